"""How many terminal cells a text takes, and how to make it take a given number."""

from __future__ import annotations

import unicodedata

from mss_tui.text.clean import DisplayText


def _char_width(char: str) -> int:
    if unicodedata.category(char) in ("Mn", "Me"):
        return 0
    return 2 if unicodedata.east_asian_width(char) in ("W", "F") else 1


def cell_width(text: str) -> int:
    """Cells that sanitised `text` takes on one line."""
    return len(text) if text.isascii() else sum(map(_char_width, text))


def fit(text: DisplayText, width: int, *, more: str = "…") -> str:
    """`text` in exactly `width` cells: padded with spaces, or cut with `more` as its last cell."""
    if text.isascii():
        size = len(text)
        if size <= width:
            return text + " " * (width - size)
        return text[: max(width - len(more), 0)] + more[:width]
    size = cell_width(text)
    if size <= width:
        return text + " " * (width - size)
    kept: list[str] = []
    room = width - len(more)
    for char in text:
        room -= _char_width(char)
        if room < 0:
            break
        kept.append(char)
    cut = "".join(kept) + more[:width]
    return cut + " " * (width - cell_width(cut))

"""What of a text is a French sentence of ours: literal pieces of the catalogue's sources that English does not have."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from babel.messages.pofile import read_po

PO = Path(__file__).resolve().parents[2] / "mss_tui" / "locale" / "en" / "LC_MESSAGES" / "mss_tui.po"
_HOLES = re.compile(r"\{[^{}]*\}")
_LETTERS = re.compile(r"[^\W\d_]")
SHORTEST = 5
"""Letters of a piece that is looked for; shorter ones are found in any language."""


def _pieces(template: str) -> list[str]:
    return [" ".join(piece.split()) for piece in _HOLES.split(template)]


@cache
def _french() -> re.Pattern[str]:
    with PO.open("rb") as file:
        known = {m.id: m.string for m in read_po(file) if m.id and isinstance(m.id, str) and m.string}
    english = " ".join(known.values()).casefold()
    pieces = {piece for source, target in known.items() if source != target for piece in _pieces(source)}
    ours = [p for p in pieces if len(_LETTERS.findall(p)) >= SHORTEST and p.casefold() not in english]
    longest_first = sorted(ours, key=len, reverse=True)
    return re.compile("|".join(rf"(?<!\w){re.escape(piece)}(?!\w)" for piece in longest_first))


def french_in(text: str, without: tuple[str, ...] = ()) -> list[str]:
    """The French of ours in `text`, once what others wrote (`without`) is taken out."""
    for word in sorted(without, key=len, reverse=True):
        text = text.replace(word, " ")
    return sorted(set(_french().findall(" ".join(text.split()))))

"""Only what differs is sent: the program's frames are compared, cell by cell, with what the terminal shows.

Textual sends whole regions: one letter typed into a text costs 3,5 kB, a screen opened five times its size. Here each
frame (moves, styles, text: nothing else) is laid over a copy of the screen, and what changed goes out, blanks at the
end of a line as one erase, what lies between as a step to the right. A blank looks the same in bold or in any colour
of letters, so it counts as plain. What is no frame passes as it is. A line that holds a character whose width terminals
do not agree on is sent whole.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import islice

from rich.cells import get_character_cell_size

Cell = tuple[str, str]
"""What a cell shows, and its style as an SGR parameter; the second cell of a wide character shows nothing."""

GAP = 4
"""Cells that did not change are sent along where a step over them would cost as much."""

_FRAME = re.compile(r"\x1b\[\d+;\d+H")
_FOREIGN = re.compile(r"\x1b(?!\[(?:\d+;\d+H|[\d;]*m))|[\x00-\x09\x0b-\x1a\x1c-\x1f\x7f-\x9f]")
_TOKEN = re.compile(r"\x1b\[(\d+);(\d+)H|\x1b\[([\d;]*)m|(\n)|([^\x1b\n]+)")
_UNSURE = re.compile("[^\x00-\u02ff\u2010-\u2027\u20ac\u2190-\u2193\u2500-\u259f]")
_BLANK: Cell = (" ", "")
_SHOW_ON_BLANKS = frozenset(("4", "7", "9"))
"""Underline, reverse, strike."""


class Frugal:
    """A copy of the screen, and what must be sent for a frame to be seen on it."""

    def __init__(self) -> None:
        self._rows: list[list[Cell]] = []
        self._size = (0, 0)
        self._cursor = self._style = ""
        self._at: tuple[int, int] | None = None

    def forget(self) -> None:
        """The terminal may show anything: frames go out as they are until one covers the whole screen."""
        self._size = (0, 0)

    def changes(self, frame: str, width: int, height: int) -> str:
        """What to send for `frame` on a terminal of that size; what is no frame comes back as it is.

        A control character that no frame has would come from outside, past every sanitiser: it is replaced here.
        """
        if not _FRAME.match(frame):
            return frame
        frame = _FOREIGN.sub("\ufffd", frame)
        if self._size != (width, height):
            self._rows = [[] for _ in range(height)]
            known = False
        else:
            known = True
        before: dict[int, list[Cell]] = {}
        cursor = self._lay(frame, before)
        self._style, self._at = "", None
        if not known:
            if not all(len(row) == width for row in self._rows):
                return frame
            self._size = (width, height)
            before = {y: [] for y in range(height)}
        sent = "".join(self._row_changes(y, old) for y, old in sorted(before.items())) + self._restyle("")
        if not sent and cursor == self._cursor:
            return ""
        self._cursor = cursor
        return sent + cursor

    def _lay(self, frame: str, before: dict[int, list[Cell]]) -> str:
        """Lay a frame over the copy; rows as they were go to `before`. Returns the move the frame ends with."""
        x = y = 0
        style = move = ""
        for token in _TOKEN.finditer(frame):
            row, column, sgr, line, text = token.groups()
            if row is not None:
                x, y, move = int(column) - 1, int(row) - 1, token[0]
            elif sgr is not None:
                style = _style(sgr)
            elif line is not None:
                y += 1
            elif y < len(self._rows):
                if y not in before:
                    before[y] = list(self._rows[y])
                x = _put(self._rows[y], x, text, style)
        return move

    def _row_changes(self, y: int, old: list[Cell]) -> str:
        new = self._rows[y]
        if new == old:
            return ""
        last = len(new)
        while last and new[last - 1] == _BLANK:
            last -= 1
        if len(old) != len(new) or _UNSURE.search("".join([cell[0] for row in (old, new) for cell in row])):
            spans = [(0, last)] if last else []
            erase = last
        else:
            spans = list(_spans(old[:last], new[:last]))
            erase = next((x for x in range(last, len(new)) if old[x] != _BLANK), len(new))
        parts = [self._move(y, start) + self._cells(new, y, start, end) for start, end in spans]
        if erase < len(new):
            parts += (self._move(y, erase), self._restyle("") if _on_blanks(self._style) else "", "\x1b[K")
        return "".join(parts)

    def _move(self, y: int, x: int) -> str:
        """To a cell: a step to the right where the line is the same, which is shorter."""
        if self._at is not None and self._at[0] == y and self._at[1] <= x:
            step = x - self._at[1]
            return f"\x1b[{step if step > 1 else ''}C" if step else ""
        return f"\x1b[{y + 1};{x + 1}H"

    def _restyle(self, style: str) -> str:
        """From the style the terminal writes in to another."""
        if style == self._style:
            return ""
        reset = "0" if self._style else ""
        self._style = style
        return f"\x1b[{';'.join(filter(None, (reset, style)))}m"

    def _cells(self, row: list[Cell], y: int, start: int, end: int) -> str:
        """Cells of line `y` as text with their styles."""
        parts: list[str] = []
        for text, style in row[start:end]:
            if style != (_on_blanks(self._style) if text == " " else self._style):
                parts.append(self._restyle(style))
            parts.append(text)
        # after the last column terminals differ in where the cursor stands
        self._at = (y, end) if end < len(row) else None
        return "".join(parts)


@lru_cache(1024)
def _style(sgr: str) -> str:
    """A style without the codes that ask for what the terminal shows by itself (never those inside a colour)."""
    kept: list[str] = []
    codes = iter(sgr.split(";"))
    for code in codes:
        if code in ("38", "48"):
            kind = next(codes, "")
            kept += (code, kind, *islice(codes, 3 if kind == "2" else 1))
        elif code not in ("", "0", "39", "49"):
            kept.append(code)
    return ";".join(kept)


@lru_cache(1024)
def _on_blanks(style: str) -> str:
    """What of a style is seen on a blank: nothing of the letters' weight and colour, where nothing makes it visible."""
    codes = style.split(";")
    background: list[str] = []
    rest = iter(codes)
    for code in rest:
        if code in _SHOW_ON_BLANKS:
            return style
        kept = (
            (code, kind := next(rest, ""), *islice(rest, 3 if kind == "2" else 1)) if code in ("38", "48") else (code,)
        )
        if code.startswith(("4", "10")):
            background += kept
    return ";".join(background)


def _put(row: list[Cell], x: int, text: str, style: str) -> int:
    """Write `text` into a row from column `x`; the column after it."""
    if len(row) < x:
        row.extend([_BLANK] * (x - len(row)))
    if 0 < x < len(row) and not row[x][0]:
        row[x - 1] = _BLANK
    if text.isascii():
        blank = (" ", _on_blanks(style))
        row[x : x + len(text)] = [(char, style) if char != " " else blank for char in text]
        x += len(text)
    else:
        for char in text:
            size = get_character_cell_size(char)
            if size == 0:
                if x:
                    row[x - 1] = (row[x - 1][0] + char, row[x - 1][1])
                continue
            row[x : x + size] = [(char, style if char != " " else _on_blanks(style)), *([("", style)] * (size - 1))]
            x += size
    if x < len(row) and not row[x][0]:
        row[x] = _BLANK
    return x


def _spans(old: list[Cell], new: list[Cell]) -> Iterator[tuple[int, int]]:
    """Runs of cells that differ, near ones joined."""
    start = end = -1
    for x, (before, after) in enumerate(zip(old, new, strict=True)):
        if before != after:
            if start < 0:
                start = x
            elif x - end > GAP:
                yield start, end
                start = x
            end = x + 1
    if start >= 0:
        yield start, end

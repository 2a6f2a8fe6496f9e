"""Only what differs is sent: the program's frames are compared, cell by cell, with what the terminal shows.

Textual sends whole regions: one letter typed into a text costs 3,5 kB, a screen opened five times its size. Here each
frame (moves, styles, text: nothing else) is laid over a copy of the screen, and what changed goes out, blanks at the
end of a line as one erase. What is no frame passes as it is. A line that holds a character whose width terminals do
not agree on is sent whole.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import islice

from rich.cells import get_character_cell_size

Cell = tuple[str, str]
"""What a cell shows, and its style as an SGR parameter; the second cell of a wide character shows nothing."""

GAP = 9
"""Cells that did not change are sent along where a move would cost more."""
ERASE_FROM = 4

_FRAME = re.compile(r"\x1b\[\d+;\d+H")
_FOREIGN = re.compile(r"\x1b(?!\[(?:\d+;\d+H|[\d;]*m))|[\x00-\x09\x0b-\x1a\x1c-\x1f\x7f-\x9f]")
_TOKEN = re.compile(r"\x1b\[(\d+);(\d+)H|\x1b\[([\d;]*)m|(\n)|([^\x1b\n]+)")
_UNSURE = re.compile("[^\x00-\u02ff\u2010-\u2027\u20ac\u2190-\u2193\u2500-\u259f]")
_BLANK: Cell = (" ", "")


class Frugal:
    """A copy of the screen, and what must be sent for a frame to be seen on it."""

    def __init__(self) -> None:
        self._rows: list[list[Cell]] = []
        self._size = (0, 0)
        self._cursor = self._style = ""

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
        self._style = ""
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
        if len(old) != len(new) or _UNSURE.search("".join([cell[0] for row in (old, new) for cell in row])):
            spans = [(0, len(new))]
        else:
            spans = list(_spans(old, new))
        return "".join(f"\x1b[{y + 1};{start + 1}H{self._cells(new, start, end)}" for start, end in spans)

    def _restyle(self, style: str) -> str:
        """From the style the terminal writes in to another."""
        if style == self._style:
            return ""
        reset = "0" if self._style else ""
        self._style = style
        return f"\x1b[{';'.join(filter(None, (reset, style)))}m"

    def _cells(self, row: list[Cell], start: int, end: int) -> str:
        """Cells as text with their styles; blanks that end the line are erased."""
        erase = ""
        if end == len(row):
            last = end
            while last > start and row[last - 1] == _BLANK:
                last -= 1
            if end - last >= ERASE_FROM:
                end, erase = last, "\x1b[K"
        parts: list[str] = []
        for x in range(start, end):
            text, style = row[x]
            if style != self._style:
                parts.append(self._restyle(style))
            parts.append(text)
        if erase:
            parts += (self._restyle(""), erase)
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


def _put(row: list[Cell], x: int, text: str, style: str) -> int:
    """Write `text` into a row from column `x`; the column after it."""
    if len(row) < x:
        row.extend([_BLANK] * (x - len(row)))
    if 0 < x < len(row) and not row[x][0]:
        row[x - 1] = _BLANK
    if text.isascii():
        row[x : x + len(text)] = [(char, style) for char in text]
        x += len(text)
    else:
        for char in text:
            size = get_character_cell_size(char)
            if size == 0:
                if x:
                    row[x - 1] = (row[x - 1][0] + char, row[x - 1][1])
                continue
            row[x : x + size] = [(char, style), *([("", style)] * (size - 1))]
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

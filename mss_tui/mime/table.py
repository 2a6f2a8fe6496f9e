"""Tables of values (CSV) in columns, in the bounded worker."""

from __future__ import annotations

import csv
from collections.abc import Mapping

from mss_tui.mime.body import part_text, view_of
from mss_tui.mime.view import View
from mss_tui.phrase import say
from mss_tui.text import cell_width, clean

MAX_ROWS = 2_000
MAX_COLUMNS = 50
MAX_CELL = 60


def csv_job(data: bytes, options: Mapping[str, str | int]) -> View:
    """Job `csv`: a table, separated by whichever of `;`, `,`, tab and `|` its first line has most of."""
    text, notes = part_text(data, options)
    lines = text.splitlines()
    separator = max(";,\t|", key=lines[0].count) if lines else ";"
    try:
        rows = [[clean(cell.strip(), MAX_CELL) for cell in row[:MAX_COLUMNS]] for row in _rows(lines, separator)]
    except csv.Error:
        return view_of(text, notes)
    if len(lines) > MAX_ROWS:
        notes += (say("Seules les {n} premières lignes sont montrées.", n=MAX_ROWS),)
    widths = [0] * MAX_COLUMNS
    for row in rows:
        for place, cell in enumerate(row):
            widths[place] = max(widths[place], cell_width(cell))
    padded = (
        "  ".join(cell + " " * (widths[place] - cell_width(cell)) for place, cell in enumerate(row)) for row in rows
    )
    return view_of("\n".join(padded), notes)


def _rows(lines: list[str], separator: str) -> list[list[str]]:
    return [row for row, _ in zip(csv.reader(lines, delimiter=separator), range(MAX_ROWS), strict=False)]

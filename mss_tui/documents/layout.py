"""Blocks of a document as lines of a given width: what the pane, the export and `xdm show --text` print.

A table wider than the pane becomes records ("En-tête : valeur"), so that nothing is cut (documents.md §2.2).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from mss_tui.model.document import Block, Cell, Heading, Media, Paragraph, Table
from mss_tui.phrase import Translate, say
from mss_tui.text import DisplayText, cell_width

MIN_COLUMN = 6
NO_TEXT = say("(section sans texte)")


def wrap(text: str, width: int) -> list[str]:
    """Sanitised `text` in lines of at most `width` cells, cut at blanks where there are any."""
    if not text.strip(" "):
        return [""]
    lines: list[str] = []
    line = ""
    room = width
    for word in text.split(" "):
        size = cell_width(word)
        if line and size + 1 > room:
            lines.append(line)
            line, room = "", width
        if size > width:
            *whole, word = _pieces(word, width)
            lines += whole
        line = f"{line} {word}" if line else word
        room = width - cell_width(line)
    lines.append(line)
    return lines


def _pieces(word: str, width: int) -> list[str]:
    """A word too long for a line, in pieces that fit."""
    pieces: list[str] = []
    start = used = 0
    for end, char in enumerate(word):
        size = cell_width(char)
        if used + size > width and end > start:
            pieces.append(word[start:end])
            start, used = end, 0
        used += size
    return [*pieces, word[start:]]


def lay_out(blocks: Iterable[Block], width: int, translate: Translate = str) -> DisplayText:
    """The blocks as text, a blank line between blocks of different kinds."""
    width = max(width, 20)
    lines: list[str] = []
    before: type[object] | None = None
    for block in (each.content for each in blocks):
        kind = type(block)
        if lines and (kind is not before or kind in (Table, Heading)):
            lines.append("")
        before = kind
        if isinstance(block, Heading):
            lines += _heading(block, width)
        elif isinstance(block, Paragraph):
            lines += _paragraph(block, width) if block.runs else [NO_TEXT.render(translate)]
        elif isinstance(block, Table):
            lines += _table(block, width)
        elif isinstance(block, Media):
            lines.append(say("[Pièce jointe : {name}]", name=block.label or block.id).render(translate))
    return DisplayText("\n".join(lines))


def _heading(heading: Heading, width: int) -> list[str]:
    text = heading.text.upper() if heading.depth == 1 else heading.text
    lines = wrap(text, width)
    rule = {1: "=", 2: "-"}.get(heading.depth)
    return [*lines, rule * min(max(map(cell_width, lines)), width)] if rule else lines


def _paragraph(paragraph: Paragraph, width: int) -> list[str]:
    margin = "  " * min(paragraph.indent, 8)
    first = margin + paragraph.marker
    rest = " " * len(first)
    body = wrap("".join(run.text for run in paragraph.runs), width - len(first))
    return [(first if i == 0 else rest) + line for i, line in enumerate(body)]


def _table(table: Table, width: int) -> list[str]:
    caption = wrap(table.caption, width) if table.caption else []
    if not table.rows:
        return caption
    columns = _widths(table.rows, width)
    return caption + (_grid(table, columns) if columns else _records(table, width))


def _widths(rows: Sequence[Sequence[Cell]], width: int) -> list[int] | None:
    """A width for each column, None when the words do not fit side by side."""
    count = len(rows[0])
    room = width - 3 * (count - 1)
    if room < MIN_COLUMN * count:
        return None
    whole = [1] * count
    words = [1] * count
    for row in rows:
        for column, cell in enumerate(row):
            if not cell.spread:
                whole[column] = max(whole[column], cell_width(cell.text))
                words[column] = max(words[column], *(cell_width(w) for w in cell.text.split(" ")))
    if sum(whole) <= room:
        return whole
    least = [min(w, max(MIN_COLUMN, room // count)) if w > room // 2 else w for w in words]
    if sum(least) > room:
        return None
    left = room - sum(least)
    wish = [max(w - n, 0) for w, n in zip(whole, least, strict=True)]
    total = sum(wish) or 1
    return [n + left * w // total for n, w in zip(least, wish, strict=True)]


def _grid(table: Table, widths: Sequence[int]) -> list[str]:
    lines: list[str] = []
    for number, row in enumerate(table.rows):
        cells = [wrap("" if cell.spread else cell.text, w) for cell, w in zip(row, widths, strict=True)]
        for i in range(max(map(len, cells))):
            parts = [
                (c[i] if i < len(c) else "") + " " * (w - cell_width(c[i] if i < len(c) else ""))
                for c, w in zip(cells, widths, strict=True)
            ]
            lines.append(" | ".join(parts).rstrip())
        if number == table.heads - 1:
            lines.append("-+-".join("-" * w for w in widths))
    return lines


def _records(table: Table, width: int) -> list[str]:
    heads = [
        " ".join(dict.fromkeys(row[column].text for row in table.rows[: table.heads] if row[column].text))
        for column in range(len(table.rows[0]))
    ]
    lines: list[str] = []
    for row in table.rows[table.heads :]:
        if lines:
            lines.append("")
        fields = [
            f"{head} : {cell.text}" if head else str(cell.text)
            for head, cell in zip(heads, row, strict=True)
            if cell.text and not (cell.spread and not head)
        ]
        lines += wrap(fields[0], width) if fields else []
        lines += [f"  {line}" for line in _packed(fields[1:], width - 2)]
    return lines


def _packed(fields: Sequence[str], width: int) -> list[str]:
    """Fields side by side, as many as fit on a line; one longer than a line is wrapped."""
    lines: list[str] = []
    line = ""
    for field in fields:
        if line and cell_width(line) + 3 + cell_width(field) > width:
            lines += wrap(line, width)
            line = ""
        line = f"{line} · {field}" if line else field
    return lines + (wrap(line, width) if line else [])

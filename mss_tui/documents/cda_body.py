"""The body of a CDA: the narrative as blocks, the embedded files (documents.md §2.2).

No stylesheet is run: the narrative is the legal reference, and this is its reading.
"""

from __future__ import annotations

import base64
import binascii
import re
import zlib
from collections.abc import Iterator

from lxml import etree

from mss_tui.documents.fault import DocumentFault
from mss_tui.documents.limits import MAX_BLOCKS, MAX_CELLS, MAX_COLUMNS, MAX_EMBEDDED, MAX_NARRATIVE
from mss_tui.documents.xml import HL7, NS, local, one_line
from mss_tui.model.document import Block, Cell, Content, Embedded, Heading, Media, Paragraph, Run, Table
from mss_tui.phrase import say
from mss_tui.text import DisplayText, clean

_EMPHASIS = re.compile(r"bold|italic|emphasis", re.I)
_INLINE = frozenset({"content", "linkHtml", "sub", "sup", "br", "footnoteRef", "footnote"})
_BLANKS = re.compile(r"[ \t\r\n\u00a0]+")


def read_embedded(document: etree._Element) -> tuple[Embedded, ...]:
    """Every file inside a document, in order: the N1 body, or observationMedia values of an N3."""
    found: list[Embedded] = []
    body = document.find("h:component/h:nonXMLBody/h:text", NS)
    if body is not None:
        found.append(_embedded(body, ""))
    for media in document.iter(f"{{{HL7}}}observationMedia"):
        value = media.find("h:value", NS)
        if value is not None and len(found) < MAX_EMBEDDED:
            found.append(_embedded(value, media.get("ID", "")))
    return tuple(found)


def _embedded(value: etree._Element, name: str) -> Embedded:
    media_type = clean(value.get("mediaType", "text/plain"), 100)
    text = "".join(map(str, value.itertext()))
    if value.get("representation", "TXT") != "B64":
        return Embedded(media_type, text.encode(), clean(name, 100))
    try:
        data = base64.b64decode(text.encode("ascii").translate(None, b" \t\r\n"), validate=True)
        if value.get("compression") == "DF":
            data = _inflate(data)
    except (binascii.Error, ValueError, zlib.error):
        fault = say("Le fichier {type} joint à ce document est abîmé.", type=media_type)
        return Embedded(media_type, b"", clean(name, 100), fault)
    return Embedded(media_type, data, clean(name, 100))


def _inflate(data: bytes, limit: int = 64_000_000) -> bytes:
    inflater = zlib.decompressobj(-15)
    out = inflater.decompress(data, limit + 1)
    if len(out) > limit:
        raise DocumentFault(say("Un fichier joint se déploie au-delà de {mo} Mo.", mo=limit // 1_000_000))
    return out


def read_blocks(document: etree._Element) -> tuple[Block, ...]:
    """The narrative of an N3, in reading order.

    Raises:
        DocumentFault: it is longer than any document a person could read.
    """
    blocks: list[Block] = []
    room = MAX_NARRATIVE
    for section in document.findall("h:component/h:structuredBody/h:component/h:section", NS):
        for content in _sections(section):
            blocks.append(Block.of(content))
            room -= _length(content)
            if len(blocks) > MAX_BLOCKS or room < 0:
                raise DocumentFault(say("Le texte du document est trop long pour être lu ici."))
    return tuple(blocks)


def _length(content: Content) -> int:
    """Characters of a block; a spread cell counts each time, since a table may repeat it."""
    if isinstance(content, Table):
        return sum(len(cell.text) for row in content.rows for cell in row)
    return sum(len(run.text) for run in content.runs) if isinstance(content, Paragraph) else 0


def _sections(top: etree._Element) -> Iterator[Content]:
    stack = [(top, 1)]
    while stack:
        section, depth = stack.pop()
        inner = section.findall("h:component/h:section", NS)
        title = one_line(section.find("h:title", NS))
        if title:
            yield Heading(min(depth, 6), title)
        text = section.find("h:text", NS)
        if text is not None:
            yield from narrative(text)
        elif not inner and section.find("h:entry", NS) is not None:
            yield Paragraph(())
        stack.extend((child, depth + 1) for child in reversed(inner))


def narrative(text: etree._Element) -> Iterator[Content]:
    """The content of one narrative text."""
    yield from _flow(text, 0)


def _flow(parent: etree._Element, indent: int) -> Iterator[Content]:
    runs = _Runs()
    runs.add(parent.text, "")
    for child in parent:
        name = local(child)
        if name in _INLINE:
            runs.inline(child, "")
        elif name:
            yield from runs.paragraphs(indent)
            yield from _block(child, name, indent)
        runs.add(child.tail, "")
    yield from runs.paragraphs(indent)


def _block(element: etree._Element, name: str, indent: int) -> Iterator[Content]:
    if name == "table":
        yield _table(element)
    elif name == "list":
        yield from _list(element, indent)
    elif name == "renderMultiMedia":
        for reference in (element.get("referencedObject") or "").split():
            yield Media(clean(reference, 100), one_line(element.find("h:caption", NS)))
    elif indent < 20:
        yield from _flow(element, indent)


def _list(element: etree._Element, indent: int) -> Iterator[Content]:
    caption = element.find("h:caption", NS)
    if caption is not None:
        yield Paragraph((Run(one_line(caption), bold=True),), indent=indent)
    ordered = element.get("listType") == "ordered"
    for number, item in enumerate(element.findall("h:item", NS), 1):
        first = True
        for block in _flow(item, indent + 1) if indent < 20 else ():
            if first and isinstance(block, Paragraph) and not block.marker:
                block = Paragraph(block.runs, f"{number}. " if ordered else "• ", indent)
            first = False
            yield block


class _Runs:
    """Collects inline words until a paragraph ends; `br` ends a line."""

    def __init__(self) -> None:
        self._lines: list[list[Run]] = [[]]

    def add(self, text: str | None, style: str) -> None:
        if text:
            shown = clean(_BLANKS.sub(" ", str(text)), 100_000)
            bold = "bold" in style.lower()
            italic = "italic" in style.lower() or "emphasis" in style.lower()
            self._lines[-1].append(Run(shown, bold, italic))

    def inline(self, element: etree._Element, style: str) -> None:
        """Take in an inline element and all it holds, without recursion."""
        stack: list[tuple[etree._Element | str, str]] = [(element, style)]
        while stack:
            node, around = stack.pop()
            if isinstance(node, str):
                self.add(node, around)
                continue
            name = local(node)
            if name == "br":
                self._lines.append([])
                continue
            own = around
            if _EMPHASIS.search(node.get("styleCode", "")):
                own = f"{around} {node.get('styleCode')}"
            after: list[tuple[etree._Element | str, str]] = []
            if node.text:
                after.append((str(node.text), own))
            for child in node:
                after.append((child, own))
                if child.tail:
                    after.append((str(child.tail), own))
            link = node.get("href")
            if name == "linkHtml" and link and link.strip() != "".join(map(str, node.itertext())).strip():
                after.append((f" <{link}>", own))
            stack.extend(reversed(after))

    def paragraphs(self, indent: int) -> Iterator[Paragraph]:
        lines, self._lines = self._lines, [[]]
        for line in lines:
            if any(run.text.strip() for run in line):
                yield Paragraph(_trimmed(line), indent=indent)


def _trimmed(line: list[Run]) -> tuple[Run, ...]:
    runs: list[Run] = []
    ends_blank = True
    for run in line:
        text = run.text.lstrip(" ") if ends_blank else run.text
        if text:
            runs.append(Run(DisplayText(text), run.bold, run.italic))
            ends_blank = text.endswith(" ")
    if runs:
        last = runs[-1]
        runs[-1] = Run(DisplayText(last.text.rstrip(" ")), last.bold, last.italic)
    return tuple(runs)


def _cell_text(cell: etree._Element) -> DisplayText:
    parts: list[str] = []
    for block in _flow(cell, 0):
        if isinstance(block, Paragraph):
            parts.append(block.marker + "".join(run.text for run in block.runs))
        elif isinstance(block, Media):
            parts.append(f"[{block.label or block.id}]")
        elif isinstance(block, Table):
            parts.extend(" | ".join(c.text for c in row) for row in block.rows)
    return clean(" / ".join(p for p in parts if p), 20_000)


def _span(cell: etree._Element, name: str, limit: int) -> int:
    value = cell.get(name, "1")
    return max(1, min(int(value), limit)) if value.isascii() and value.isdigit() and len(value) < 6 else 1


def _table(table: etree._Element) -> Table:
    """A table as a full grid: spans repeat their cell, short rows are filled."""
    rows: list[list[Cell]] = []
    pending: dict[int, tuple[int, Cell]] = {}
    heads = cells = 0
    for row in table.iter(f"{{{HL7}}}tr"):
        if _nested(row, table):
            continue
        line: list[Cell] = []
        for cell in row:
            if local(cell) not in ("td", "th"):
                continue
            _spread(line, pending)
            shown = Cell(_cell_text(cell), local(cell) == "th")
            tall = _span(cell, "rowspan", 500)
            for column in range(_span(cell, "colspan", MAX_COLUMNS)):
                if len(line) < MAX_COLUMNS:
                    if tall > 1:
                        pending[len(line)] = (tall - 1, Cell(shown.text, shown.head, spread=True))
                    line.append(shown if column == 0 else Cell(shown.text, shown.head, spread=True))
        _spread(line, pending)
        cells += len(line)
        if cells > MAX_CELLS:
            raise DocumentFault(say("Un tableau du document est trop grand pour être lu ici."))
        if line:
            rows.append(line)
            parent = row.getparent()
            in_head = parent is not None and local(parent) == "thead"
            if len(rows) == heads + 1 and (in_head or all(c.head for c in line)):
                heads += 1
    width = max(map(len, rows), default=0)
    filled = tuple(tuple(line) + (Cell(DisplayText("")),) * (width - len(line)) for line in rows)
    return Table(filled, min(heads, len(filled)), one_line(table.find("h:caption", NS)))


def _nested(row: etree._Element, table: etree._Element) -> bool:
    parent = row.getparent()
    while parent is not None and local(parent) != "table":
        parent = parent.getparent()
    return parent is not table


def _spread(line: list[Cell], pending: dict[int, tuple[int, Cell]]) -> None:
    """Put in the cells that earlier rows spread down to here; each pending column is used once a row."""
    while len(line) in pending:
        column = len(line)
        left, cell = pending.pop(column)
        if left > 1:
            pending[column] = (left - 1, cell)
            line.append(cell)
            continue
        line.append(cell)

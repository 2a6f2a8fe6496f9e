"""An HTML tree made ready to become text: what is hidden, active or remote goes, what would mislead is said.

Layout tables become blocks, links get the host they really lead to, quotations and struck-out words their marks,
exponents stay exponents ("10⁹/L" must never become "109/L").
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml.html import HtmlElement

from mss_tui.mime.html_colours import Sheet, unseen
from mss_tui.mime.html_hidden import hidden_names, is_hidden, without_media
from mss_tui.mime.links import link_to
from mss_tui.phrase import Phrase, Translate, say
from mss_tui.text import DisplayText, clean

QUOTE_IN, QUOTE_OUT = "\ue001", "\ue002"
"""Private characters around quotations; the input holds none."""

MAX_LINKS = 500
MAX_COLUMNS = 100
MAX_TABLE_WIDTH = 110

_ACTIVE = frozenset(
    (
        *(
            "script",
            "style",
            "head",
            "title",
            "meta",
            "link",
            "base",
            "template",
            "object",
            "embed",
            "applet",
            "iframe",
        ),
        *(
            "frame",
            "frameset",
            "noframes",
            "svg",
            "math",
            "audio",
            "video",
            "canvas",
            "map",
            "input",
            "select",
            "textarea",
        ),
    )
)
_STRUCK = re.compile(r"text-decoration[a-z-]{0,10}\s{0,3}:[^;]{0,40}line-through", re.I)
_SUPER = re.compile(r"vertical-align\s{0,3}:\s{0,3}super", re.I)
_KEEPS_BLANKS = re.compile(r"white-space\s{0,3}:\s{0,3}(?:pre|break-spaces)", re.I)
_CONTROL = re.compile("[\x01-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
"""lxml reads these and refuses to write them."""
_AMPERSAND = re.compile("&")
"""inscriptis resolves character references a second time."""
_HIGH = str.maketrans("0123456789+-=()n", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿ")
_LOW = str.maketrans("0123456789+-=()", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎")


class Tree:
    """`prepare` changes the tree; afterwards `links` are the numbered targets and `notes` what was left out."""

    def __init__(self, root: HtmlElement, translate: Translate = str) -> None:
        self.root = root
        self._translate = translate
        self.links: list[tuple[DisplayText, DisplayText]] = []
        self.notes: list[Phrase] = []

    def prepare(self) -> None:
        """Everything, in the order that each step needs."""
        self._change_text(_CONTROL, "\ufffd")
        sheets = [without_media((style.text or "")[:200_000]) for style in self._all("style")]
        hidden = hidden_names(sheets)
        self._drop(element for element in self._all() if element.tag in _ACTIVE)
        self._hide(*hidden)
        self._mark_unseen(Sheet(sheets))
        self._images()
        for element in self._all():
            self._mark(element)
        self._tables()
        self._change_text(_AMPERSAND, "&amp;")

    def _all(self, *tags: str) -> list[HtmlElement]:
        return [element for element in self.root.iter(*tags) if isinstance(element.tag, str)]

    def _change_text(self, pattern: re.Pattern[str], replacement: str) -> None:
        for element in self.root.iter():
            if element.text and pattern.search(element.text):
                element.text = pattern.sub(replacement, element.text)
            if element.tail and pattern.search(element.tail):
                element.tail = pattern.sub(replacement, element.tail)

    def _drop(self, elements: Iterator[HtmlElement]) -> None:
        for element in list(elements):
            if element.getparent() is not None:
                element.drop_tree()

    def _hide(self, classes: frozenset[str], ids: frozenset[str]) -> None:
        characters = 0
        for element in self._all():
            if element.getparent() is None or not is_hidden(element, classes, ids):
                continue
            characters += len("".join(element.itertext()).strip())
            element.drop_tree()
        if characters:
            self.notes.append(say("Caractères invisibles laissés de côté : {n}.", n=characters))

    def _mark_unseen(self, sheet: Sheet) -> None:
        """What has the colour of its background, or no size, stays, between brackets that say so."""
        hidden = unseen(self._all(), sheet)
        before, after = say("[texte caché : ").render(self._translate), "]"
        for element in hidden.whole:
            _around(element, before, after)
        for element in hidden.texts:
            element.text = f"{before}{element.text}{after}"
        for element in hidden.tails:
            element.tail = f"{before}{element.tail}{after}"
        if hidden.characters:
            self.notes.append(
                say("Texte caché (couleur du fond, ou taille nulle) : {n} caractères.", n=hidden.characters)
            )

    def _images(self) -> None:
        remote = 0
        for image in self._all("img"):
            source = image.get("src", "").strip().lower()
            far = source.startswith(("http", "//", "ftp"))
            remote += far
            name = image.get("alt", "").strip() or ("" if far else image.get("title", "").strip())
            if not name and source.startswith("cid:"):
                name = source[4:84].partition("@")[0]
            _become_text(image, say("[image : {name}]", name=clean(name, 200)).render(self._translate) if name else "")
        if remote:
            self.notes.append(say("Images distantes non chargées : {n}.", n=remote))

    def _mark(self, element: HtmlElement) -> None:
        style = element.attrib.pop("style", "")
        tag = element.tag
        if tag == "a":
            self._link(element)
        elif tag == "sup" or _SUPER.search(style):
            _become(element, _HIGH, "^")
        elif tag == "sub":
            _become(element, _LOW, "_")
        elif tag == "blockquote":
            _around(element, QUOTE_IN, QUOTE_OUT)
        elif tag == "hr":
            element.tag = "div"
            element.text = "─" * 20
        if tag in ("s", "strike", "del") or _STRUCK.search(style):
            _around(element, say("[barré : ").render(self._translate), "]")
        if _KEEPS_BLANKS.search(style):
            element.set("style", "white-space: pre")

    def _link(self, anchor: HtmlElement) -> None:
        link = link_to(anchor.get("href", ""))
        if link is None:
            return
        said = " ".join("".join(anchor.itertext()).split())
        if link.scheme in ("mailto", "tel"):
            if link.where and link.where.casefold() not in said.casefold():
                _around(anchor, "", f" [{link.where}]")
        elif not link.where:
            left_out = say(" [lien « {scheme} » écarté]", scheme=clean(link.scheme))
            _around(anchor, "", left_out.render(self._translate))
        elif said in (link.url, link.url.rstrip("/")) or not said:
            _around(anchor, "", "" if said else f" [{link.where}]")
        elif len(self.links) < MAX_LINKS:
            self.links.append((link.where, link.url))
            _around(anchor, "", f" [{len(self.links)}: {link.where}]")
        else:
            _around(anchor, "", f" [{link.where}]")

    def _tables(self) -> None:
        tables = self._all("table")
        outer = set()
        for table in tables:
            above = table.getparent()
            while above is not None and above.tag != "table":
                above = above.getparent()
            if above is not None:
                outer.add(above)
        for table in tables:
            rows = [[cell for cell in row if cell.tag in ("td", "th")] for row in table.iter("tr")]
            if table in outer or table.get("role") in ("presentation", "none") or max(map(len, rows), default=0) < 2:
                _flatten(table, rows, "div")
            elif _width(rows) > MAX_TABLE_WIDTH:
                _flatten(table, rows, "span")


def _become_text(element: HtmlElement, text: str) -> None:
    """`text` in the place of an element without children."""
    element.tag = "span"
    element.attrib.clear()
    element.text = text


def _around(element: HtmlElement, before: str, after: str) -> None:
    """Text at the very beginning and the very end of an element."""
    element.text = before + (element.text or "")
    if not after:
        return
    if len(element):
        element[-1].tail = (element[-1].tail or "") + after
    else:
        element.text += after


def _become(element: HtmlElement, letters: dict[int, int], mark: str) -> None:
    """Raised or lowered text: its own digits where there are such, else a mark ("1er" needs none)."""
    text = " ".join("".join(element.itertext()).split())
    if not any(char.isdigit() for char in text):
        return
    if len(text) > 20:
        _around(element, f"{mark}(", ")")
        return
    for child in element:
        element.remove(child)
    element.text = text.translate(letters) if all(ord(char) in letters for char in text) else f"{mark}{text}"


def _width(rows: list[list[HtmlElement]]) -> int:
    columns = [0] * MAX_COLUMNS
    for row in rows:
        for index, cell in enumerate(row[:MAX_COLUMNS]):
            columns[index] = max(columns[index], len(" ".join("".join(cell.itertext()).split())))
    return sum(width + 2 for width in columns if width)


def _flatten(table: HtmlElement, rows: list[list[HtmlElement]], cell_tag: str) -> None:
    """A table as blocks: its cells below one another (`div`), or in one line between bars (`span`)."""
    for part in table.iter("table", "thead", "tbody", "tfoot", "tr", "caption"):
        if part.tag == "table" and part is not table:
            continue
        part.tag = "div"
    for row in rows:
        for index, cell in enumerate(row):
            cell.tag = cell_tag
            if cell_tag == "span":
                for block in cell.iter("p", "div", "center", "br"):
                    block.tag = "span"
                    block.text = f" {block.text or ''}"
                _around(cell, " | " if index else "", "")

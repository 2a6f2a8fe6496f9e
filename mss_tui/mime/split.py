"""A message's octets as a tree of parts (RFC 2046), numbered as IMAP numbers them; runs in the bounded worker.

One pass over the lines that begin with `--`, against the stack of open boundaries: linear, no recursion, and any octets
give a tree. What is nested too deep or comes after too many parts stays in the part that holds it, and that is said.
"""

from __future__ import annotations

import re
from dataclasses import field

from mss_tui.mime.header import split_header
from mss_tui.mime.parameters import MAX_VALUE, Parameters, file_name, split_value
from mss_tui.mime.transfer import decode_transfer
from mss_tui.mime.words import decode_words
from mss_tui.model.message import Part
from mss_tui.phrase import Phrase, say
from mss_tui.record import dataclass
from mss_tui.text import clean

MAX_PARTS = 2_000
MAX_DEPTH = 100
MAX_HEADER = 1_000_000
MAX_PART_HEADER = 65_536

_DELIMITER = re.compile(rb"(?<![^\r\n])--([^\r\n]{1,256}?)(--)?[ \t]{0,100}(?![^\r\n])")
_LINE_END = re.compile(rb"\r\n|\n|\r|\Z")
_HEADER_END = re.compile(rb"\n\r{0,3}\n|\r\r(?!\n)")
_EMPTY_LINE = re.compile(rb"\r{0,3}\n|\r")
_SECTION = re.compile(r"[0-9]{1,5}(?:\.[0-9]{1,5}){0,200}\Z")
_LEADING = re.compile(rb"[\r\n]*")
Opened = dict[bytes, list[int]]
"""Open boundaries and the levels in the stack that they separate."""

_INCOMPLETE = say("Message trop imbriqué ou en trop de parties : la suite n'est que dans la vue brute.")


@dataclass(slots=True)
class Node:
    """A part as it lies in the octets: its header and body are `data[header:body]` and `data[body:end]`."""

    section: str
    header: int
    body: int
    end: int
    type: str = "text/plain"
    parameters: Parameters = ()
    disposition: str = ""
    disposition_parameters: Parameters = ()
    encoding: str = "7bit"
    content_id: str = ""
    children: list[Node] = field(default_factory=list)

    @property
    def boundary(self) -> bytes:
        """The boundary of its parts, empty where it is no multipart."""
        if not self.type.startswith("multipart/"):
            return b""
        return next((value for name, value in self.parameters if name == "boundary"), b"").rstrip()[:256]


class Split:
    """A message taken apart. `root` is its tree, `incomplete` says that parts were left together."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.incomplete = False
        start = _LEADING.match(data)
        self.root = self._part("", start.end() if start else 0, MAX_HEADER, {}, "text/plain")
        self._find_parts()

    def _part(self, section: str, at: int, limit: int, opened: Opened, default: str) -> Node:
        """The part that begins at `at`; its header ends at an empty line, or at a boundary that is open."""
        found = _EMPTY_LINE.match(self.data, at) or _HEADER_END.search(self.data, at, at + limit)
        body = found.end() if found else min(at + limit, len(self.data))
        for line in _DELIMITER.finditer(self.data, at, body):
            if line[1] in opened:
                body = line.start()
                break
        node = Node(section, at, body, len(self.data), type=default)
        self._read_header(node)
        return node

    def _read_header(self, node: Node) -> None:
        fields: dict[str, bytes] = {}
        for name, value in split_header(self.data[node.header : node.body]):
            if name.startswith("content-"):
                fields.setdefault(name, value)
        if "content-type" in fields:
            kind, node.parameters = split_value(fields["content-type"])
            node.type = kind if "/" in kind else "text/plain"
        node.disposition, node.disposition_parameters = split_value(fields.get("content-disposition", b""))
        encoding = fields.get("content-transfer-encoding", b"")[:80].decode("latin-1")
        node.encoding = clean(encoding.partition(";")[0].strip('" \t').lower()) or "7bit"
        node.content_id = clean(fields.get("content-id", b"").decode("utf-8", "replace").strip("<> "), 500)

    def _find_parts(self) -> None:
        """A boundary that a part shares with one around it belongs to the inner one until that is closed."""
        stack = [self.root]
        opened: Opened = {self.root.boundary: [0]} if self.root.boundary else {}
        count, at = 1, self.root.body
        while opened:
            line = _DELIMITER.search(self.data, at)
            if line is None:
                break
            at = line.end()
            last = line[2] is not None and line[1] in opened
            boundary = line[1] if line[1] in opened else line[1] + (line[2] or b"")
            if boundary not in opened:
                continue
            level = opened[boundary][-1]
            for node in stack[level + 1 :]:
                self._close(node, line.start())
                _forget(opened, node.boundary, above=level)
            del stack[level + 1 :]
            if last:
                _forget(opened, boundary, above=level - 1)
                continue
            if count == MAX_PARTS:
                self.incomplete = True
                break
            parent = stack[level]
            section = f"{parent.section}.{len(parent.children) + 1}".lstrip(".")
            default = "message/rfc822" if parent.type == "multipart/digest" else "text/plain"
            line_end = _LINE_END.match(self.data, at)
            child = self._part(section, line_end.end() if line_end else at, MAX_PART_HEADER, opened, default)
            parent.children.append(child)
            count += 1
            at = child.body
            stack.append(child)
            if child.boundary and len(stack) > MAX_DEPTH:
                self.incomplete = True
                child.type = "application/octet-stream"
            elif child.boundary:
                opened.setdefault(child.boundary, []).append(len(stack) - 1)

    def _close(self, node: Node, at: int) -> None:
        """The line end before a boundary belongs to the boundary (RFC 2046 §5.1.1)."""
        if self.data[at - 1 : at] == b"\n":
            at -= 1
        if self.data[at - 1 : at] == b"\r":
            at -= 1
        node.end = max(node.body, at)

    @property
    def notes(self) -> tuple[Phrase, ...]:
        """What is incomplete."""
        return (_INCOMPLETE,) if self.incomplete else ()

    def structure(self) -> Part:
        """The tree as the product knows it. A message of one part has the section "1"."""
        order = [self.root]
        for node in order:
            order.extend(node.children)
        made: dict[int, Part] = {}
        for node in reversed(order):
            made[id(node)] = _model(node, tuple(made.pop(id(child)) for child in node.children))
        return made[id(self.root)]

    def node(self, section: str) -> Node | None:
        """The part of that section; "1" is the whole body of a message of one part."""
        node = self.root
        if section == "1" and not node.children:
            return node
        if not _SECTION.match(section):
            return None
        for number in map(int, section.split(".")):
            if not 0 < number <= len(node.children):
                return None
            node = node.children[number - 1]
        return node

    def octets(self, node: Node) -> bytes:
        """The body of a part, decoded."""
        return decode_transfer(self.data[node.body : node.end], node.encoding)


def _forget(opened: Opened, boundary: bytes, *, above: int) -> None:
    levels = opened.get(boundary, [])
    while levels and levels[-1] > above:
        levels.pop()
    if not levels:
        opened.pop(boundary, None)


def _model(node: Node, children: tuple[Part, ...]) -> Part:
    kind = node.type
    if kind.startswith("multipart/") and not children:
        kind = "text/plain"
    raw = (*node.parameters, *node.disposition_parameters)
    parameters = {name: decode_words(value, MAX_VALUE) for name, value in raw}
    return Part(
        section=node.section if children else node.section or "1",
        type=kind,
        size=0 if children else node.end - node.body,
        encoding=node.encoding,
        charset=parameters.get("charset", ""),
        name=file_name(node.disposition_parameters, node.parameters),
        disposition=node.disposition,
        content_id=node.content_id,
        parameters=tuple(parameters.items()),
        parts=children,
    )

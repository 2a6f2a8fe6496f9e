"""The MIME tree of a stored message as offsets into its bytes (RFC 2045, RFC 2046), for FETCH and SEARCH.

Nothing is decoded here: FETCH gives octets as they are. Trees are bounded; what is beyond the bounds stays one part.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from mss_tui.record import dataclass

MAX_DEPTH = 40
MAX_PARTS = 1000
MAX_FIELDS = 2000

_PARAMETER = re.compile(rb';[ \t]*([^\s=;"]+)[ \t]*=[ \t]*("(?:[^"\\]|\\.)*"|[^;]*)')
_ESCAPED = re.compile(rb"\\(.)", re.DOTALL)
_TYPE = re.compile(rb"[ \t]*([^\s/;]+)[ \t]*/[ \t]*([^\s;]+)[ \t]*")
_FOLD = re.compile(rb"\r?\n")

Parameters = tuple[tuple[bytes, bytes], ...]


@dataclass(frozen=True, slots=True)
class Field:
    """A header field: its name, its unfolded value, and where it stands with its line ends."""

    name: bytes
    value: bytes
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Part:
    """A node: header `[start, body)` with the empty line, content `[body, end)`.

    `children` are those of a multipart; `message` is the message inside a message/rfc822.
    """

    start: int
    body: int
    end: int
    fields: tuple[Field, ...]
    type: bytes
    subtype: bytes
    parameters: Parameters
    children: tuple[Part, ...] = ()
    message: Part | None = None

    def get(self, name: bytes) -> bytes | None:
        """The value of the first field of that name."""
        return next((field.value for field in self.fields if field.name.lower() == name), None)

    @property
    def numbered(self) -> tuple[Part, ...]:
        """What part numbers count in this message: its children, or itself where it is no multipart."""
        return self.children or (self,)


@dataclass(frozen=True, slots=True)
class Structure:
    """A message and its tree."""

    data: bytes
    root: Part

    def part(self, path: tuple[int, ...]) -> Part | None:
        """The part that a section number names (RFC 9051 §6.4.5.1); the empty path is the message."""
        part, choices = self.root, self.root.numbered
        for number in path:
            if not 1 <= number <= len(choices):
                return None
            part = choices[number - 1]
            choices = part.message.numbered if part.message is not None else part.children
        return part

    def text(self, part: Part) -> bytes:
        """The content of a part, as encoded."""
        return self.data[part.body : part.end]

    def leaves(self) -> Iterator[Part]:
        """Every part that holds content, messages inside messages too."""
        stack = [self.root]
        while stack:
            part = stack.pop()
            if part.message is not None:
                stack.append(part.message)
            elif part.children:
                stack.extend(reversed(part.children))
            else:
                yield part


def parameters(value: bytes) -> Parameters:
    """The parameters after the first `;` of a field value, names as written, quotes removed."""
    found = []
    for name, raw in _PARAMETER.findall(value):
        text = _ESCAPED.sub(rb"\1", raw[1:-1]) if raw[:1] == b'"' else raw.strip()
        found.append((name, text))
    return tuple(found)


def _fields(data: bytes, start: int, end: int) -> tuple[tuple[Field, ...], int]:
    found: list[Field] = []
    at = start
    while at < end:
        stop = data.find(b"\n", at, end) + 1 or end
        if data[at:stop].rstrip(b"\r\n") == b"":
            return tuple(found), stop
        while stop < end and data[stop : stop + 1] in (b" ", b"\t"):
            stop = data.find(b"\n", stop, end) + 1 or end
        name, colon, value = data[at:stop].partition(b":")
        if colon and len(found) < MAX_FIELDS:
            found.append(Field(name.rstrip(), _FOLD.sub(b"", value).strip(), at, stop))
        at = stop
    return tuple(found), end


def _pieces(data: bytes, start: int, end: int, boundary: bytes) -> Iterator[tuple[int, int]]:
    """The ranges between delimiter lines; the line end before a delimiter belongs to it (RFC 2046 §5.1.1)."""
    delimiter = b"--" + boundary
    begin = -1
    at = start
    while (at := data.find(delimiter, at, end)) >= 0:
        stop = data.find(b"\n", at, end) + 1 or end
        rest = data[at + len(delimiter) : stop].strip()
        if (at == start or data[at - 1 : at] == b"\n") and rest in (b"", b"--"):
            if begin >= 0:
                last = at - 2 if data[at - 2 : at] == b"\r\n" else at - 1
                yield begin, max(begin, last)
            begin = stop
            if rest == b"--":
                return
        at = max(stop, at + 1)
    if begin >= 0:
        yield begin, end


class _Parser:
    def __init__(self, data: bytes) -> None:
        self.data = data
        self.left = MAX_PARTS

    def part(self, start: int, end: int, depth: int, default: tuple[bytes, bytes]) -> Part:
        self.left -= 1
        fields, body = _fields(self.data, start, end)
        value = next((field.value for field in fields if field.name.lower() == b"content-type"), b"")
        match = _TYPE.match(value)
        kind, subtype = (match[1], match[2]) if match else default
        values = parameters(value[match.end() :]) if match else ()
        deeper = depth < MAX_DEPTH and self.left > 0
        if kind.lower() == b"multipart":
            children = self._children(body, end, depth, subtype, values) if deeper else ()
            if children:
                return Part(start, body, end, fields, kind, subtype, values, children)
            kind, subtype, values = b"application", b"octet-stream", ()
        elif kind.lower() == b"message" and subtype.lower() in (b"rfc822", b"global"):
            if deeper:
                inner = self.part(body, end, depth + 1, (b"text", b"plain"))
                return Part(start, body, end, fields, kind, subtype, values, message=inner)
            kind, subtype = b"application", b"octet-stream"
        return Part(start, body, end, fields, kind, subtype, values)

    def _children(self, body: int, end: int, depth: int, subtype: bytes, values: Parameters) -> tuple[Part, ...]:
        boundary = next((text for name, text in values if name.lower() == b"boundary"), b"").rstrip()
        if not boundary:
            return ()
        default = (b"message", b"rfc822") if subtype.lower() == b"digest" else (b"text", b"plain")
        found = []
        for first, last in _pieces(self.data, body, end, boundary):
            if self.left <= 0:
                break
            found.append(self.part(first, last, depth + 1, default))
        return tuple(found)


def parse(data: bytes) -> Structure:
    """The tree of a message."""
    return Structure(data, _Parser(data).part(0, len(data), 0, (b"text", b"plain")))

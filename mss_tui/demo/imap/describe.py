"""ENVELOPE and BODYSTRUCTURE, and how strings go on the wire (RFC 3501 §7.4.2)."""

from __future__ import annotations

import re

from mss_tui.demo.imap.addresses import Entry, entries
from mss_tui.demo.imap.structure import Part, Structure, parameters

_QUOTABLE = re.compile(rb"[\x20-\x7e]{0,1000}\Z")


def literal(data: bytes) -> bytes:
    """A literal; a NUL, which none may hold, becomes 0x80 as other servers do."""
    return b"{%d}\r\n%s" % (len(data), data.replace(b"\0", b"\x80") if b"\0" in data else data)


def string(data: bytes) -> bytes:
    """A quoted string, or a literal where it cannot be one."""
    if not _QUOTABLE.match(data):
        return literal(data)
    return b'"' + data.replace(b"\\", b"\\\\").replace(b'"', b'\\"') + b'"'


def nstring(data: bytes | None) -> bytes:
    """A string or NIL."""
    return b"NIL" if data is None else string(data)


def _address(entry: Entry) -> bytes:
    return b"(" + b" ".join(map(nstring, (entry.name, None, entry.local, entry.domain))) + b")"


def _addresses(value: bytes | None) -> bytes:
    found = entries(value) if value else ()
    return b"(" + b"".join(map(_address, found)) + b")" if found else b"NIL"


def envelope(part: Part) -> bytes:
    """The ENVELOPE of a message; Sender and Reply-To are From where they are missing."""
    sender = _addresses(part.get(b"from"))
    named = [_addresses(part.get(name)) for name in (b"sender", b"reply-to", b"to", b"cc", b"bcc")]
    for index in (0, 1):
        if named[index] == b"NIL":
            named[index] = sender
    return b" ".join(
        (
            b"(" + nstring(part.get(b"date")),
            nstring(part.get(b"subject")),
            sender,
            *named,
            nstring(part.get(b"in-reply-to")),
            nstring(part.get(b"message-id")) + b")",
        )
    )


def _parameters(values: tuple[tuple[bytes, bytes], ...]) -> bytes:
    if not values:
        return b"NIL"
    return b"(" + b" ".join(string(text) for pair in values for text in pair) + b")"


def _disposition(part: Part) -> bytes:
    value = part.get(b"content-disposition")
    kind, _, _ = (value or b"").partition(b";")
    if not kind.strip():
        return b"NIL"
    return b"(" + string(kind.strip()) + b" " + _parameters(parameters((value or b"")[len(kind) :])) + b")"


def _language(part: Part) -> bytes:
    value = part.get(b"content-language")
    tags = [tag.strip() for tag in (value or b"").split(b",") if tag.strip()]
    return b"(" + b" ".join(map(string, tags)) + b")" if tags else b"NIL"


def _extension(part: Part) -> bytes:
    return b" ".join((_disposition(part), _language(part), nstring(part.get(b"content-location"))))


def bodystructure(structure: Structure, part: Part, *, extended: bool = True) -> bytes:
    """BODYSTRUCTURE of a part, or BODY where `extended` is false."""
    if part.children:
        children = b"".join(bodystructure(structure, child, extended=extended) for child in part.children)
        tail = b" " + _parameters(part.parameters) + b" " + _extension(part) if extended else b""
        return b"(" + children + b" " + string(part.subtype) + tail + b")"
    is_text = part.type.lower() == b"text"
    values = part.parameters
    if is_text and not any(name.lower() == b"charset" for name, _ in values):
        values = (*values, (b"charset", b"us-ascii"))
    encoding = (part.get(b"content-transfer-encoding") or b"7BIT").split(b";")[0].strip() or b"7BIT"
    items = [
        string(part.type),
        string(part.subtype),
        _parameters(values),
        nstring(part.get(b"content-id")),
        nstring(part.get(b"content-description")),
        string(encoding),
        b"%d" % (part.end - part.body),
    ]
    if part.message is not None:
        items += [envelope(part.message), bodystructure(structure, part.message, extended=extended)]
    if is_text or part.message is not None:
        items.append(b"%d" % structure.data.count(b"\n", part.body, part.end))
    if extended:
        items += [nstring(part.get(b"content-md5")), _extension(part)]
    return b"(" + b" ".join(items) + b")"

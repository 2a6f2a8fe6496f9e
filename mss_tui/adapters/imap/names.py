"""Names of mailboxes: modified UTF-7 (RFC 3501 §5.1.3) both ways, UTF-8 accepted in answers (RFC 6855)."""

from __future__ import annotations

import binascii
import re

_PLAIN = re.compile("[\x20-\x25\x27-\x7e]+")
_ENCODED = re.compile(rb"&([A-Za-z0-9+,]*)-")


def encode(name: str) -> bytes:
    """`name` as it goes on the wire."""
    out = bytearray()
    at = 0
    while at < len(name):
        plain = _PLAIN.match(name, at)
        if plain is not None:
            out += plain[0].encode("ascii")
            at = plain.end()
        elif name[at] == "&":
            out += b"&-"
            at += 1
        else:
            end = at
            while end < len(name) and name[end] != "&" and not _PLAIN.match(name, end):
                end += 1
            utf16 = name[at:end].encode("utf-16-be", "surrogatepass")
            out += b"&" + binascii.b2a_base64(utf16, newline=False).rstrip(b"=").replace(b"/", b",") + b"-"
            at = end
    return bytes(out)


def decode(raw: bytes) -> str:
    """The name that `raw` is; what is neither modified UTF-7 nor UTF-8 stands for itself, octet by octet."""
    if not raw.isascii():
        try:
            return raw.decode("utf-8")
        except UnicodeDecodeError:
            return raw.decode("latin-1")
    try:
        name = _ENCODED.sub(_chunk, raw).decode("utf-8", "surrogatepass")
    except (ValueError, binascii.Error):
        return raw.decode("ascii")
    return name if encode(name) == raw else raw.decode("ascii")


def _chunk(found: re.Match[bytes]) -> bytes:
    if not found[1]:
        return b"&"
    text = found[1].replace(b",", b"/")
    utf16 = binascii.a2b_base64(text + b"=" * (-len(text) % 4))
    return utf16.decode("utf-16-be").encode("utf-8")

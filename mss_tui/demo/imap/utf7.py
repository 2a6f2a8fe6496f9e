"""Mailbox names on the wire: modified UTF-7 (RFC 3501 §5.1.3)."""

from __future__ import annotations

import base64
import binascii
import re

_SHIFTED = re.compile(rb"&([A-Za-z0-9+,]*)-")
_PLAIN = re.compile(r"[\x20-\x7e]+|[^\x20-\x7e]+")


def encode(name: str) -> bytes:
    """A Unicode name as it goes on the wire."""
    parts = []
    for run in _PLAIN.findall(name):
        if run[0] <= "\x7e" and run[0] >= " ":
            parts.append(run.replace("&", "&-").encode("ascii"))
        else:
            packed = base64.b64encode(run.encode("utf-16-be", "surrogatepass")).rstrip(b"=").replace(b"/", b",")
            parts.append(b"&" + packed + b"-")
    return b"".join(parts)


def decode(wire: bytes) -> str:
    """The Unicode name; octets above 127 are read as UTF-8, as some clients send them.

    Raises:
        ValueError: it is neither.
    """

    def unpack(match: re.Match[bytes]) -> bytes:
        packed = match[1].replace(b",", b"/")
        if not packed:
            return b"&"
        try:
            return base64.b64decode(packed + b"=" * (-len(packed) % 4), validate=True).decode("utf-16-be").encode()
        except (binascii.Error, UnicodeError) as error:
            raise ValueError("not modified UTF-7") from error

    rest = _SHIFTED.sub(b"", wire)
    if b"&" in rest:
        raise ValueError("not modified UTF-7")
    return _SHIFTED.sub(unpack, wire).decode("utf-8")

"""The lines of a journal as a chain: each holds the hash of the one before; the head remembers how far it went."""

from __future__ import annotations

import hashlib
import json
import os
from datetime import datetime
from typing import Any, BinaryIO

from mss_tui.record import dataclass

BROKEN = "journal.rompu"
"""Act of the line that says: what stands before it is not what the head remembered."""
_BLOCK = 1 << 16


@dataclass(frozen=True, slots=True)
class Head:
    """The first `octets` octets of the file are `lines` lines, and the last of them has this hash."""

    lines: int = 0
    octets: int = 0
    hash: str = ""


def hash_of(raw: bytes) -> str:
    """Of a line without its end; of no line, nothing."""
    return hashlib.sha256(raw.rstrip(b"\n")).hexdigest() if raw else ""


def encoded(line: dict[str, Any], before: str) -> bytes:
    """A line as it is written behind the one with the hash `before`."""
    return json.dumps(line | {"previous": before}, ensure_ascii=False).encode() + b"\n"


def link(raw: bytes, before: str) -> datetime | None:
    """The moment of a line that follows the one with the hash `before`; None when it does not."""
    try:
        line = json.loads(raw)
        good = line["previous"] == before and line["act"] != BROKEN and raw.endswith(b"\n")
        return datetime.fromisoformat(line["at"]) if good else None
    except (ValueError, KeyError, TypeError):
        return None


def tail(file: BinaryIO, count: int, end: int | None = None) -> list[bytes]:
    """The last `count` lines before the offset `end`, with their ends."""
    at = file.seek(0, os.SEEK_END) if end is None else end
    found = b""
    while at > 0 and found[:-1].count(b"\n") < count:
        step = min(_BLOCK, at)
        at -= step
        file.seek(at)
        found = file.read(step) + found
    return _lines(found)[-count:]


def _lines(data: bytes) -> list[bytes]:
    """Lines ended by line feeds alone."""
    parts = data.split(b"\n")
    return [part + b"\n" for part in parts[:-1]] + ([parts[-1]] if parts[-1] else [])


def confirms(head: Head, file: BinaryIO, size: int) -> bool:
    """Is what stands before the head's offset what the head remembers?"""
    if head.octets > size:
        return False
    return hash_of((tail(file, 1, head.octets) or [b""])[0]) == head.hash


def count_lines(file: BinaryIO, start: int, end: int) -> int:
    """Line ends from `start` to `end`."""
    file.seek(start)
    count = 0
    while start < end:
        block = file.read(min(_BLOCK, end - start))
        count += block.count(b"\n")
        start += len(block) or end
    return count

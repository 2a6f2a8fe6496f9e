"""The files that messages of the demo carry, from their description in TOML."""

from __future__ import annotations

import struct
import zlib
from typing import Any

from mss_tui.demo.documents.pdf import scan_pdf, text_pdf
from mss_tui.demo.mail.build import Attached


def png(width: int, height: int) -> bytes:
    """A grey picture with a darker stroke across it."""
    rows = bytearray()
    for line in range(height):
        stroke = line * width // height
        rows += b"\0" + bytes(90 if abs(column - stroke) < 3 else 225 for column in range(width))

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(bytes(rows))) + chunk(b"IEND", b"")
    )


def attached(entry: dict[str, Any]) -> Attached:
    """One file: `pdf` lines, a `scan` of so many octets, an `image` of a size, or plain `text`."""
    name = entry["name"]
    if "pdf" in entry:
        return Attached(name, "application/pdf", text_pdf(entry["title"], entry["pdf"]))
    if "scan" in entry:
        return Attached(name, "application/pdf", scan_pdf(entry["scan"]))
    if "image" in entry:
        return Attached(name, "image/png", png(*entry["image"]), entry.get("cid", ""))
    return Attached(name, entry["type"], entry["text"].encode("utf-8"))

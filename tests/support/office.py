"""Office documents in small, with macros and without, for whoever must tell them apart."""

from __future__ import annotations

import io
import zipfile

HEADER = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
PLAIN_TYPES = '<Types><Override ContentType="application/vnd.ms-word.document.main+xml"/></Types>'


def zipped(**members: str) -> bytes:
    """An OOXML or ODF file with these members."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("[Content_Types].xml", members.pop("types", PLAIN_TYPES))
        for name, text in {"word/document.xml": "<w/>", **members}.items():
            archive.writestr(name, text)
    return out.getvalue()


def entry(name: str, kind: int = 1) -> bytes:
    """A directory entry (MS-CFB §2.6.1)."""
    written = name.encode("utf-16-le") + b"\0\0"
    return (written.ljust(64, b"\0") + bytes((len(written), 0, kind))).ljust(128, b"\0")


def ole(*entries: bytes, stream: bytes = b"") -> bytes:
    """A compound file: header, a sector of content, directory sectors."""
    content = stream.ljust(-(-max(len(stream), 1) // 512) * 512, b"\0")
    return HEADER.ljust(512, b"\0") + content + b"".join((entry("Root Entry", 5), *entries))


def bound_sheet(name: str, kind: int) -> bytes:
    """A BoundSheet8 record (MS-XLS §2.4.28): 0 is a worksheet, 1 a macro sheet."""
    body = b"\x20\x03\0\0\0" + bytes((kind, len(name), 0)) + name.encode("latin-1")
    return b"\x85\0" + len(body).to_bytes(2, "little") + body


WORD_97_MACROS = ole(entry("1Table", 2), entry("Macros"), entry("VBA"), entry("WordDocument", 2))
WORD_97 = ole(entry("1Table", 2), entry("WordDocument", 2), stream="Les Macros VBA.".encode("utf-16-le"))
DOCX = zipped()
DOCX_MACROS = zipped(**{"word/vbaProject.bin": "x"})

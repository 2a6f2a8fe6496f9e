"""Small PDF files written by hand: pages of text in Helvetica, and a scanned page of any size."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

WIDTH, LINES = 92, 54


Pieces = Sequence[bytes]
"""An object in pieces, so that a big one is put together once."""


def _file(objects: Sequence[Pieces], root: int) -> bytes:
    out = [b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n"]
    offsets = []
    end = len(out[0])
    for number, body in enumerate(objects, 1):
        offsets.append(end)
        pieces = (b"%d 0 obj\n" % number, *body, b"\nendobj\n")
        out += pieces
        end += sum(map(len, pieces))
    out.append(b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1))
    out += [b"%010d 00000 n \n" % offset for offset in offsets]
    out.append(b"trailer\n<< /Size %d /Root %d 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, root, end))
    return b"".join(out)


def _stream(pieces: Pieces, entries: bytes = b"") -> Pieces:
    return (b"<< /Length %d %s>>\nstream\n" % (sum(map(len, pieces)), entries), *pieces, b"\nendstream")


def _string(text: str) -> bytes:
    escaped = text.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")
    return b"(" + escaped.encode("cp1252", "replace") + b")"


def _page(lines: Sequence[str]) -> bytes:
    shown = b"\n".join(_string(line) + b" Tj T*" for line in lines)
    return b"BT /F1 10 Tf 13 TL 50 790 Td\n" + shown + b"\nET"


def text_pdf(title: str, lines: Sequence[str]) -> bytes:
    """A PDF of `lines` under `title`; long lines are wrapped, pages are as many as it takes."""
    wrapped = [title, ""]
    for line in lines:
        wrapped += textwrap.wrap(line, WIDTH) or [""]
    pages = [wrapped[first : first + LINES] for first in range(0, len(wrapped), LINES)]
    kids = b" ".join(b"%d 0 R" % (4 + 2 * index) for index in range(len(pages)))
    font = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>"
    objects: list[Pieces] = [
        (b"<< /Type /Catalog /Pages 2 0 R /Lang (fr-FR) >>",),
        (b"<< /Type /Pages /Kids [%s] /Count %d >>" % (kids, len(pages)),),
        (font,),
    ]
    for index, page in enumerate(pages):
        objects += [
            (
                b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << /Font << /F1 3 0 R >> >> "
                b"/Contents %d 0 R >>" % (5 + 2 * index),
            ),
            _stream((_page(page),)),
        ]
    return _file(objects, 1)


def scan_pdf(octets: int) -> bytes:
    """A PDF of one grey page without any text, as a scanner makes it, of about `octets`."""
    width = 2480
    height = max(octets // width, 1)
    row = bytes(255 - (column // 40) % 2 * 6 for column in range(width))
    image = _stream(
        [row] * height,
        b"/Type /XObject /Subtype /Image /Width %d /Height %d /ColorSpace /DeviceGray /BitsPerComponent 8 "
        % (width, height),
    )
    return _file(
        [
            (b"<< /Type /Catalog /Pages 2 0 R >>",),
            (b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",),
            (
                b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << /XObject << /I 5 0 R >> >> "
                b"/Contents 4 0 R >>",
            ),
            _stream((b"q 595 0 0 842 0 0 cm /I Do Q",)),
            image,
        ],
        1,
    )

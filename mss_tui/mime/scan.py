"""A page of a PDF as a grey picture that a text recognition can read. In the bounded worker: native code reads it."""

from __future__ import annotations

from collections.abc import Mapping

import pypdfium2 as pdfium

from mss_tui.mime.picture import Scan
from mss_tui.mime.preview import pdf_problem
from mss_tui.phrase import say

DOTS = 300
"""Per inch: what recognition programs are made for."""
MAX_PIXELS = 12_000_000
"""An A4 page at that has 8.7 million."""


def scan_job(data: bytes, options: Mapping[str, str | int]) -> Scan:
    """Job `pdf_scan`: a page. Options: `page` (from 0)."""
    try:
        document = pdfium.PdfDocument(data)
        page = document[int(options.get("page", 0))]
        width, height = page.get_size()
    except (pdfium.PdfiumError, IndexError) as error:
        return Scan(b"", 0, (pdf_problem(error),))
    if width < 1 or height < 1:
        return Scan(b"", len(document), (say("PDF illisible ou abîmé."),))
    scale = min(DOTS / 72, (MAX_PIXELS / (width * height)) ** 0.5)
    bitmap = page.render(scale=scale, grayscale=True, fill_color=(255, 255, 255, 255))
    octets = bytes(bitmap.buffer)
    rows = (octets[line * bitmap.stride : line * bitmap.stride + bitmap.width] for line in range(bitmap.height))
    return Scan(b"P5\n%d %d\n255\n" % (bitmap.width, bitmap.height) + b"".join(rows), len(document))

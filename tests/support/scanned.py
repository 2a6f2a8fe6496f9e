"""PDF files that hold pictures alone, drawn by pdfium from a PDF of words."""

from __future__ import annotations

import io

import pypdfium2 as pdfium


def scanned(pdf: bytes, *, pages: int = 1, dots: int = 72) -> bytes:
    """The first page of `pdf` as a picture, `pages` times, in a PDF without a word."""
    drawn = pdfium.PdfDocument(pdf)[0].render(scale=dots / 72)
    made = pdfium.PdfDocument.new()
    for _ in range(pages):
        image = pdfium.PdfImage.new(made)
        image.set_bitmap(drawn)
        width, height = drawn.width * 72 / dots, drawn.height * 72 / dots
        image.set_matrix(pdfium.PdfMatrix().scale(width, height))
        page = made.new_page(width, height)
        page.insert_obj(image)
        page.gen_content()
    kept = io.BytesIO()
    made.save(kept)
    return kept.getvalue()

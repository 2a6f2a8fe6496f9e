"""Pictures as half blocks and PDF files as words, in the bounded worker. Native code reads them: nowhere else."""

from __future__ import annotations

import io
import warnings
from collections.abc import Mapping

import pypdfium2 as pdfium

from mss_tui.mime.body import language_of, view_of
from mss_tui.mime.picture import Preview
from mss_tui.mime.transfer import decode_transfer
from mss_tui.mime.view import IMAGES_ONLY, View
from mss_tui.phrase import Phrase, Translate, say
from mss_tui.text import DisplayText

Options = Mapping[str, str | int]

MAX_PAGES = 100
MAX_CHARACTERS = 500_000
MAX_PIXELS = 40_000_000
MAX_CELLS = 500
_FORMATS = ("JPEG", "PNG", "GIF", "BMP", "TIFF", "WEBP")


def pdf_job(data: bytes, options: Options) -> View:
    """Job `pdf`: the words of a PDF file, page by page. Options: `encoding`."""
    octets = decode_transfer(data, str(options.get("encoding", "")))
    try:
        document = pdfium.PdfDocument(octets)
    except pdfium.PdfiumError as error:
        return View(DisplayText(""), notes=(pdf_problem(error),))
    translate = language_of(options)
    pages: list[str] = []
    size = 0
    for number in range(min(len(document), MAX_PAGES)):
        text = _page_text(document, number, translate)
        pages.append(text)
        size += len(text)
        if size > MAX_CHARACTERS:
            break
    total = len(document)
    notes: tuple[Phrase, ...] = ()
    if len(pages) < total:
        notes = (say("Seules les {n} premières pages sur {total} sont lues.", n=len(pages), total=total),)
    if not any(page.strip() for page in pages):
        return View(DisplayText(""), notes=(IMAGES_ONLY, *notes))
    marks = [say("— page {n} sur {total} —", n=n, total=total).render(translate) for n in range(1, len(pages) + 1)]
    return view_of("\n\n".join(f"{mark}\n\n{page.strip()}" for mark, page in zip(marks, pages, strict=True)), notes)


def _page_text(document: pdfium.PdfDocument, number: int, translate: Translate) -> str:
    try:
        text: str = document[number].get_textpage().get_text_range()
    except pdfium.PdfiumError:
        return say("[page illisible]").render(translate)
    return text[:MAX_CHARACTERS].replace("\r\n", "\n")


def pdf_problem(error: Exception) -> Phrase:
    """Why a PDF cannot be shown."""
    if "password" in str(error).lower():
        return say("PDF protégé par un mot de passe : enregistrez-le pour l'ouvrir.")
    return say("PDF illisible ou abîmé.")


def pdf_page_job(data: bytes, options: Options) -> Preview:
    """Job `pdf_page`: a page as a picture. Options: `page` (from 0), `columns`, `rows`, `encoding`."""
    octets = decode_transfer(data, str(options.get("encoding", "")))
    try:
        page = pdfium.PdfDocument(octets)[int(options.get("page", 0))]
        width, height = page.get_size()
    except (pdfium.PdfiumError, IndexError) as error:
        return _nothing(pdf_problem(error))
    columns, lines = _fit(width, height, options)
    if not columns:
        return _nothing(say("PDF illisible ou abîmé."))
    scale = min((columns + 0.01) / width, (lines + 0.01) / height)
    bitmap = page.render(scale=scale, rev_byteorder=True, fill_color=(255, 255, 255, 255))
    pixels = _rgb(bytes(bitmap.buffer), bitmap.width, bitmap.height, bitmap.stride, bitmap.n_channels)
    return _preview(pixels, bitmap.width, bitmap.height, int(width), int(height))


def image_job(data: bytes, options: Options) -> Preview:
    """Job `image`: a picture, its first frame. Options: `columns`, `rows`, `encoding`. Needs Pillow."""
    try:
        from PIL import Image
    except ImportError:
        return _nothing(say("Aperçu d'image : installez mss-tui avec l'option « images »."))
    Image.MAX_IMAGE_PIXELS = MAX_PIXELS
    octets = decode_transfer(data, str(options.get("encoding", "")))
    try:
        with warnings.catch_warnings(action="ignore"), Image.open(io.BytesIO(octets), formats=_FORMATS) as image:
            width, height = image.size
            columns, lines = _fit(width, height, options)
            if width * height > MAX_PIXELS or not columns:
                return _nothing(
                    say("Image trop grande pour un aperçu : {width} × {height}.", width=width, height=height)
                )
            image.draft("RGB", (columns, lines))
            small = image.resize((columns, lines), reducing_gap=2.0).convert("RGBA")
            white = Image.new("RGBA", small.size, "white")
            pixels = Image.alpha_composite(white, small).convert("RGB").tobytes()
    except MemoryError:
        raise
    except Exception:  # noqa: BLE001 - there is no list of what Pillow's readers raise
        return _nothing(say("Image illisible, abîmée ou trop grande."))
    return _preview(pixels, columns, lines, width, height)


def _fit(width: float, height: float, options: Options) -> tuple[int, int]:
    """Columns and pixel lines of the largest picture of that shape within the cells asked for; 0 when it has none."""
    columns = max(1, min(int(options.get("columns", 80)), MAX_CELLS))
    lines = 2 * max(1, min(int(options.get("rows", 24)), MAX_CELLS))
    if width < 1 or height < 1:
        return 0, 0
    scale = min(columns / width, lines / height, 1.0)
    return max(1, int(width * scale)), max(1, int(height * scale))


def _rgb(octets: bytes, width: int, height: int, stride: int, channels: int) -> bytes:
    rows = (octets[line * stride : line * stride + width * channels] for line in range(height))
    if channels == 1:
        return b"".join(bytes(level for level in row for _ in range(3)) for row in rows)
    return b"".join(bytes(level for place, level in enumerate(row) if place % channels < 3) for row in rows)


def _preview(pixels: bytes, columns: int, lines: int, width: int, height: int) -> Preview:
    """A picture with an even number of lines: white below an odd one."""
    if lines % 2:
        pixels += b"\xff" * (3 * columns)
        lines += 1
    return Preview(columns, lines // 2, pixels, width, height)


def _nothing(note: Phrase) -> Preview:
    return Preview(0, 0, b"", 0, 0, (note,))

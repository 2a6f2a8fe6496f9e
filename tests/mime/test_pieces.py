"""Pieces: what they are, what is shown of them, and what broken ones cost (one sentence)."""

from __future__ import annotations

import io
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from mss_tui.mime.kinds import content_of, extension, held, preview_job, suspicions
from mss_tui.mime.preview import image_job, pdf_job, pdf_page_job
from mss_tui.mime.table import csv_job
from mss_tui.model.message import Attachment
from mss_tui.text import DisplayText
from tests.mime.test_header import clean_line


def pdf(*pages: str) -> bytes:
    """A PDF file with a line of text a page."""
    kids = " ".join(f"{4 + 2 * n} 0 R" for n in range(len(pages)))
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    ]
    for n, text in enumerate(pages):
        stream = f"BT /F1 12 Tf 50 700 Td ({text}) Tj ET" if text else "0 0 100 100 re f"
        resources = f"/Resources << /Font << /F1 3 0 R >> >> /Contents {5 + 2 * n} 0 R"
        objects.append(f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] {resources} >>")
        objects.append(f"<< /Length {len(stream)} >>\nstream\n{stream}\nendstream")
    body = "".join(f"{number} 0 obj\n{text}\nendobj\n" for number, text in enumerate(objects, 1))
    return f"%PDF-1.4\n{body}trailer\n<< /Root 1 0 R >>\n".encode("cp1252")


def picture(width: int, height: int, kind: str = "PNG", colour: str = "red") -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (width, height), colour).save(out, kind)
    return out.getvalue()


def test_the_words_of_a_pdf_page_by_page() -> None:
    view = pdf_job(pdf("Créatinine : 90", "Suite"), {})
    assert view.text == "— page 1 sur 2 —\n\nCréatinine : 90\n\n— page 2 sur 2 —\n\nSuite"


def test_a_pdf_without_text_says_so_and_shows_its_page() -> None:
    assert "sans texte" in str(pdf_job(pdf(""), {}).notes[0])
    page = pdf_page_job(pdf(""), {"columns": 40, "rows": 20})
    assert (page.width, page.height) == (595, 842)
    assert page.rows <= 20
    assert page.columns <= 40
    assert len(page.pixels) == page.columns * page.rows * 2 * 3
    assert page.pixels[:3] == b"\xff\xff\xff"
    assert b"\0\0\0" in page.pixels


@given(st.binary(max_size=200))
def test_a_broken_pdf_costs_a_sentence(noise: bytes) -> None:
    for data in (noise, b"%PDF-1.4\n" + noise, pdf("a")[:200] + noise):
        view = pdf_job(data, {})
        assert view.text or view.notes
        assert all(map(clean_line, view.text.split("\n")))
        pdf_page_job(data, {"page": 3})


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF", "BMP", "TIFF", "WEBP"])
def test_a_picture_fits_its_cells(kind: str) -> None:
    shown = image_job(picture(300, 100, kind), {"columns": 30, "rows": 30})
    assert (shown.columns, shown.rows, shown.width, shown.height) == (30, 5, 300, 100)
    assert len(shown.pixels) == 30 * 10 * 3
    assert shown.pixels[0] > 200
    assert shown.pixels[1] < 60


def test_a_small_picture_is_not_enlarged_and_a_thin_one_is_seen() -> None:
    assert image_job(picture(3, 3), {}).columns == 3
    thin = image_job(picture(5_000, 1), {"columns": 50})
    assert (thin.columns, thin.rows) == (50, 1)


def test_a_picture_that_is_a_bomb_is_refused() -> None:
    chunk = b"IHDR" + (100_000).to_bytes(4, "big") * 2 + b"\x08\x02\0\0\0"
    bomb = b"\x89PNG\r\n\x1a\n" + (13).to_bytes(4, "big") + chunk + zlib.crc32(chunk).to_bytes(4, "big")
    assert "trop grande" in str(image_job(bomb, {}).notes[0])


@given(st.binary(max_size=200), st.sampled_from(["PNG", "JPEG", "GIF", "BMP", "TIFF", "WEBP"]), st.integers(0, 400))
def test_a_broken_picture_costs_a_sentence(noise: bytes, kind: str, at: int) -> None:
    whole = picture(20, 20, kind)
    for data in (noise, whole[:at], whole[:at] + noise + whole[at + len(noise) :]):
        shown = image_job(data, {})
        assert shown.pixels or shown.notes


def test_values_in_columns() -> None:
    view = csv_job('Analyse;Valeur;Unité\nSodium;140;mmol/L\n"K;+";4,1;mmol/L\n'.encode(), {"charset": "utf-8"})
    assert view.text.split("\n") == ["Analyse  Valeur  Unité", "Sodium   140     mmol/L", "K;+      4,1     mmol/L"]


@given(st.text(st.sampled_from('a;,\t|"\n\r\0\x1bé'), max_size=80))
def test_any_table_is_harmless(text: str) -> None:
    assert all(map(clean_line, csv_job(text.encode(), {}).text.split("\n")))


def test_a_long_table_says_that_it_goes_on() -> None:
    assert "2000" in str(csv_job(b"a;b\n" * 2_001, {}).notes[0])
    assert csv_job(b'"' + b"a" * 200_000, {}).text


@pytest.mark.parametrize(
    ("name", "first", "word"),
    [
        ("lettre.exe", b"", "peut exécuter"),
        ("lettre.pdf.scr", b"", "se fait passer"),
        ("lettre.docm", b"", "peut exécuter"),
        ("lettre.pdf", b"MZ\x90", "malgré son nom"),
        ("lettre", b"\x7fELF", "malgré son nom"),
        ("lettre.txt", b"#!/bin/sh", "malgré son nom"),
        ("lettre.pdf", b"PK\x03\x04", "n'est pas un fichier .pdf : son contenu est zip"),
        ("image.png", b"<html>", "n'a pas le contenu"),
        ("note.txt", b"%PDF-1.4", "n'est pas un fichier .txt"),
    ],
)
def test_pieces_that_deserve_mistrust(name: str, first: bytes, word: str) -> None:
    assert any(word in str(phrase) for phrase in suspicions(name, "", first))
    assert held(name, first) == ("programme" in " ".join(map(str, suspicions(name, "", first))))


@pytest.mark.parametrize(
    ("name", "first"),
    [
        *(
            ("a.pdf", b"%PDF-1.7"),
            ("a.PDF", b""),
            ("a.jpg", b"\xff\xd8\xff\xe0"),
            ("a.docx", b"PK\x03\x04"),
            ("a.txt", b"Bonjour"),
        ),
        *(("a.csv", b"a;b"), ("a", b"Bonjour"), ("", b""), ("a.dcm", b"\0" * 128 + b"DICM"), ("compte.rendu", b"x")),
    ],
)
def test_honest_pieces_raise_no_doubt(name: str, first: bytes) -> None:
    assert suspicions(name, "", first) == ()
    assert not held(name, first)


def test_contents_are_told_by_their_first_octets() -> None:
    assert content_of(b"\0" * 128 + b"DICM") == "dicom"
    assert content_of(b"RIFF\0\0\0\0WEBPVP8 ") == "webp"
    assert content_of(picture(1, 1, "JPEG")) == "jpeg"
    assert content_of(b"") == ""
    assert extension("a.tar.GZ") == "gz"
    assert extension("a.pdf. ") == "pdf"
    assert extension("sans") == ""


@pytest.mark.parametrize(
    ("kind", "name", "job"),
    [
        ("application/pdf", "x", "pdf"),
        ("application/octet-stream", "x.PDF", "pdf"),
        ("image/jpeg", "x", "image"),
        ("image/svg+xml", "x.svg", None),
        ("text/plain", "x.csv", "csv"),
        ("text/plain", "x", "text"),
        ("text/html", "x", "html"),
        ("text/calendar", "x.ics", "text"),
        ("message/rfc822", "x.eml", "message"),
        ("application/octet-stream", "x.exe", None),
        ("application/zip", "x.zip", None),
    ],
)
def test_the_job_that_shows_a_piece(kind: str, name: str, job: str | None) -> None:
    assert preview_job(Attachment("2", DisplayText(name), kind, 10)) == job

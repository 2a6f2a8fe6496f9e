"""What the first octets say to the rules."""

from __future__ import annotations

import io
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mss_tui.mime.kinds import FIRST
from mss_tui.mime.sniff import image_for_image, is_encrypted, sniffed_type
from mss_tui.rules.filetypes import Danger, danger

RAR4 = b"Rar!\x1a\x07\x00" + b"\xcf\x90\x73"
RAR5 = b"Rar!\x1a\x07\x01\x00" + b"\0\0\0\0\x21"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def zipped(*sealed: bool) -> bytes:
    """A ZIP whose entries are under a password or not."""
    out = io.BytesIO()
    places = []
    with zipfile.ZipFile(out, "w") as archive:
        for number, _ in enumerate(sealed):
            places.append(out.tell())
            archive.writestr(f"{number}.txt", b"x" * 50)
    data = bytearray(out.getvalue())
    for place, closed in zip(places, sealed, strict=True):
        data[place + 6] |= closed
    return bytes(data)


@pytest.mark.parametrize(
    ("first", "kind"),
    [
        (b"%PDF-1.7", "application/pdf"),
        (b"\xef\xbb\xbf\r\n%PDF-1.7", "application/pdf"),
        (b"MZ\x90", "application/x-executable"),
        (b"\0" * 128 + b"DICM", "application/dicom"),
        (b"Bonjour", ""),
        (b"", ""),
    ],
)
def test_the_type_that_the_first_octets_say(first: bytes, kind: str) -> None:
    assert sniffed_type(first) == kind


@pytest.mark.parametrize(
    ("name", "first", "closed"),
    [
        ("a.zip", zipped(True), True),
        ("a.zip", zipped(False), False),
        ("a.zip", zipped(False, False, True), True),
        ("a.rar", RAR4 + b"\x80\x00", True),
        ("a.rar", RAR4 + b"\x00\x00", False),
        ("a.rar", RAR5 + b"\x04", True),
        ("a.rar", RAR5 + b"\x01", False),
        ("a.docx", OLE, True),
        ("a.doc", OLE, False),
        ("a.pdf", b"%PDF-1.7", False),
    ],
)
def test_a_password_is_seen(name: str, first: bytes, closed: bool) -> None:
    assert is_encrypted(name, first) is closed


@given(
    st.binary(max_size=FIRST), st.sampled_from([b"", b"PK\x03\x04", b"Rar!\x1a\x07\x00", b"Rar!\x1a\x07\x01\x00", OLE])
)
def test_any_octets_give_an_answer(noise: bytes, start: bytes) -> None:
    sniffed_type(start + noise)
    is_encrypted("a.zip", start + noise)
    danger("lettre.pdf", "application/pdf", sniffed_type(start + noise))


def test_an_image_under_the_name_of_another_image_deceives_nobody() -> None:
    png = b"\x89PNG\r\n\x1a\n"
    assert image_for_image("photo.jpg", png)
    assert not image_for_image("photo.pdf", png)
    assert not image_for_image("photo.jpg", b"MZ\x90")


def test_a_program_under_the_name_of_a_document_is_disguised() -> None:
    assert danger("lettre.pdf", "application/pdf", sniffed_type(b"MZ\x90")) is Danger.DISGUISED
    assert danger("lettre.pdf", "application/pdf", sniffed_type(b"%PDF-1.7")) is Danger.NONE

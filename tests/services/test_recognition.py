"""Scanned letters read by a command: a small one of ours always, Debian's tesseract where it is installed."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from mss_tui.adapters.worker import ProcessWorker
from mss_tui.errors import UsageError
from mss_tui.mime.view import IMAGES_ONLY, View
from mss_tui.services import recognition
from mss_tui.services.document_files import DocumentFiles
from mss_tui.services.recognition import MAY_BE_WRONG, NOTHING_READ
from tests.support.jobs import JobsHere
from tests.support.scanned import scanned
from tests.support.xdm import n1, xdm

LETTER = (Path(__file__).parent.parent / "documents" / "lettre.pdf").read_bytes()
SIZE = "import sys; d=sys.stdin.buffer.read(); h=d.split(b'\\n',3); w,l=h[1].split();"
"""A command that knows what a PGM is."""
FAKE = (
    sys.executable,
    "-c",
    SIZE + "assert len(h[3])==int(w)*int(l) and min(h[3])<99; print('Sortie\\x1b[2J le 20', w.decode(), l.decode())",
)


async def test_an_image_is_read_by_the_declared_command_and_said_to_be_uncertain() -> None:
    worker = ProcessWorker()
    try:
        files = DocumentFiles(worker)
        pdf = scanned(LETTER, pages=2)
        assert IMAGES_ONLY in (await files.pdf_text(pdf)).notes
        view = await files.recognised(pdf, FAKE)
    finally:
        await worker.close()
    assert view.notes == (MAY_BE_WRONG,)
    assert "\x1b" not in view.text
    assert "page 2 sur 2" in view.text
    assert view.text.count("le 20 2") == 2


async def test_only_the_first_pages_are_read_and_that_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recognition, "MAX_PAGES", 1)
    view = await recognition.recognise(JobsHere(), scanned(LETTER, pages=2), FAKE)
    assert [note.render() for note in view.notes][1:] == ["Seules les 1 premières pages sur 2 sont lues."]


async def test_a_command_that_reads_nothing_or_fails_is_said() -> None:
    silent = (sys.executable, "-c", "import sys; sys.stdin.buffer.read()")
    assert (await recognition.recognise(JobsHere(), scanned(LETTER), silent)).notes == (NOTHING_READ,)
    with pytest.raises(UsageError, match="a échoué"):
        await recognition.recognise(JobsHere(), scanned(LETTER), (sys.executable, "-c", "raise SystemExit(1)"))
    broken: View = await recognition.recognise(JobsHere(), b"%PDF-1.4 no", FAKE)
    assert [note.render() for note in broken.notes] == ["PDF illisible ou abîmé."]


async def test_the_export_reads_images_only_when_a_command_is_given() -> None:
    files = DocumentFiles(JobsHere())
    (document,) = (await files.read(xdm(n1(scanned(LETTER))), "IHE_XDM.ZIP")).documents
    assert "Sortie" not in await files.text(document)
    read = await files.text(document, ocr=FAKE)
    assert "le 20 2" in read
    assert "\x1b" not in read
    assert MAY_BE_WRONG.render()[:40] in read


async def test_tesseract_reads_a_scanned_letter() -> None:
    program = shutil.which("tesseract")
    if program is None:
        pytest.skip("tesseract-ocr is not installed")
    known = subprocess.run([program, "--list-langs"], capture_output=True, text=True, check=True).stdout.split()
    language = "fra" if "fra" in known else "eng"
    command = (program, "stdin", "stdout", "-l", language)
    view = await recognition.recognise(JobsHere(), scanned(LETTER, dots=300), command)
    assert "VIAL" in view.text

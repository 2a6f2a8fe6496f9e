"""Documents through the real bounded worker: large ones pass, hostile ones leave it able to go on."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator

import pytest

from mss_tui.adapters.worker import ProcessWorker
from mss_tui.documents.fault import DocumentFault
from mss_tui.errors import InternalError, NotFound
from mss_tui.services.document_files import DocumentFiles
from tests.support.xdm import PDF, laboratory, n1, n3, text_body, unzipped, xdm, zipped


@pytest.fixture
async def files() -> AsyncIterator[DocumentFiles]:
    worker = ProcessWorker()
    yield DocumentFiles(worker)
    await worker.close()


async def test_an_archive_crosses_the_pipe_whole(files: DocumentFiles) -> None:
    data = xdm(n3(laboratory()), n1())
    archive = await files.read(data, "IHE_XDM.ZIP")
    assert [d.hash_ok for d in archive.documents] == [True, True]
    assert "Potassium" in await files.text(archive.documents[0])
    assert await files.file(data, "IHE_XDM.ZIP", archive.documents[1]) == n1()
    assert (await files.check(data)).problems == ()


async def test_a_level_1_document_of_25_megabytes_is_read(files: DocumentFiles) -> None:
    pdf = b"%PDF-1.4\n" + os.urandom(25_000_000)
    archive = await files.read(xdm(n1(pdf)), "IHE_XDM.ZIP")
    assert archive.documents[0].cda is not None
    assert archive.documents[0].cda.embedded[0].data == pdf


async def test_a_document_alone_is_told_by_its_octets(files: DocumentFiles) -> None:
    archive = await files.read(b"\xef\xbb\xbf  " + n3(body=text_body("à".encode("iso-8859-15"))), "sans-nom")
    assert "à" in await files.text(archive.documents[0])


async def test_faults_are_sentences_and_the_next_document_is_read(files: DocumentFiles) -> None:
    with pytest.raises(DocumentFault, match="abîmée"):
        await files.read(b"PK rien", "x.zip")
    with pytest.raises(DocumentFault, match="pas de ClinicalDocument"):
        await files.read(b"<x/>", "x.xml")
    bomb = zipped({**unzipped(xdm(n3())), **{f"B{i}.TXT": os.urandom(900_000) for i in range(110)}})
    with pytest.raises((DocumentFault, InternalError)):
        await files.read(bomb, "x.zip")
    assert (await files.read(xdm(n1()), "x.zip")).documents[0].hash_ok


async def test_a_pdf_without_words_says_so(files: DocumentFiles) -> None:
    archive = await files.read(xdm(n1(PDF)), "x.zip")
    assert "PDF" in (await files.text(archive.documents[0])).split("\n")[-1]


async def test_a_document_that_is_not_there_is_named(files: DocumentFiles) -> None:
    archive = await files.read(xdm(n1()), "x.zip")
    with pytest.raises(NotFound, match="n'est pas dans l'archive"):
        await files.file(zipped({"A.TXT": b""}), "x.zip", archive.documents[0])

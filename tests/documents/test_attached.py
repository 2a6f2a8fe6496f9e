"""What is attached is read once and feeds the rules; the X-MSS fields are those of the archive that leaves."""

from __future__ import annotations

import email
from pathlib import Path

import pytest

from mss_tui.adapters.clock import SetClock
from mss_tui.mime.build import build
from mss_tui.model.draft import Draft, HeldFile, LocalFile
from mss_tui.model.verdict import State, Verdict
from mss_tui.rules.catalogue import catalogue, sentence
from mss_tui.services.attached import Attached, job_of
from mss_tui.services.checking import Checker
from mss_tui.services.files import local_file
from tests.support.desk import FakeAcceptances, account, make_desk, read_file
from tests.support.fake_mail import NOW
from tests.support.jobs import JobsHere
from tests.support.office import DOCX, WORD_97, WORD_97_MACROS
from tests.support.xdm import OTHER_INS, PDF, changed, laboratory, n1, n3, unzipped, xdm, zipped


class Reads:
    """Reads files and counts how often."""

    def __init__(self) -> None:
        self.count = 0

    async def __call__(self, attachment: LocalFile) -> tuple[str, str, bytes]:
        self.count += 1
        return attachment.name, attachment.type, attachment.path.read_bytes()


def draft(*paths: Path, subject: str = "x", to: str = "a@b.mssante.fr") -> Draft:
    return Draft("k", "garde", to=(to,), subject=subject, body="Bonjour", attachments=tuple(map(local_file, paths)))


def archive(tmp_path: Path, data: bytes) -> Path:
    path = tmp_path / "IHE_XDM.ZIP"
    path.write_bytes(data)
    return path


async def verdicts(written: Draft) -> dict[str, Verdict]:
    fake = make_desk()
    attached = Attached(read_file, JobsHere())
    desk = fake.desk
    checker = Checker(desk.profile, account(), catalogue(), desk.annuaire, FakeAcceptances(), SetClock(NOW), attached)
    assert await checker.read_attachments(written)
    return {v.rule: v for v in checker.check(written) if v.state is not State.SATISFIED}


async def test_an_attachment_is_read_once_and_again_only_when_it_changed(tmp_path: Path) -> None:
    reads = Reads()
    attached = Attached(reads, JobsHere())  # type: ignore[arg-type]
    path = archive(tmp_path, xdm(n3(laboratory())))
    written = draft(path)
    assert attached.known(written) is None
    assert await attached.learn(written)
    assert not await attached.learn(written)
    assert reads.count == 1
    known = attached.known(written)
    assert known is not None
    assert (known[0].source, known[0].kind, known[0].interpretations) == ("IHE_XDM.ZIP", "xdm", {"HH"})
    path.write_bytes(xdm(n1(), n3()))
    assert attached.known(draft(path)) is None


async def test_what_is_no_document_needs_no_reading(tmp_path: Path) -> None:
    note = tmp_path / "note.txt"
    note.write_text("x")
    assert Attached(Reads(), JobsHere()).known(draft(note)) == ()  # type: ignore[arg-type]
    assert Attached(Reads(), JobsHere()).known(draft()) == ()  # type: ignore[arg-type]


async def test_the_x_mss_fields_are_computed_and_written(tmp_path: Path) -> None:
    attached = Attached(read_file, JobsHere())
    path = archive(tmp_path, xdm(n1(), n3()))
    completed = await attached.completed(draft(path))
    built = build(completed, account(), None, [await read_file(completed.attachments[0])], now=NOW, message_id="<a@b>")
    message = email.message_from_bytes(built.data)
    assert (message["X-MSS-CODECDA"], message["X-MSS-INS"]) == ("11490-0,11502-2", "O")
    assert (await attached.completed(draft())).headers == ()


async def test_fields_that_were_typed_are_replaced(tmp_path: Path) -> None:
    typed = Draft("k", "garde", to=("a@b.mssante.fr",), headers=(("X-MSS-INS", "O"), ("Bcc", "x@y.fr")))
    assert (await Attached(read_file, JobsHere()).completed(typed)).headers == ()
    assert b"\r\nBcc:" not in build(typed, account(), None, [], now=NOW, message_id="<a@b>").data


async def test_two_patients_block(tmp_path: Path) -> None:
    entries = unzipped(xdm(n3(), n1()))
    entries["IHE_XDM/SUBSET01/DOC0001.XML"] = n3(
        ins=OTHER_INS, name='<family qualifier="BR">DURAND</family><given qualifier="BR">LEO</given>'
    )
    found = await verdicts(draft(archive(tmp_path, zipped(entries))))
    assert found["pj.xdm-un-patient"].blocks


async def test_a_masked_document_is_asked_about_and_the_subject_is_written_out(tmp_path: Path) -> None:
    mask = (b'nodeRepresentation="N"', b'nodeRepresentation="INVISIBLE_PATIENT"')
    path = archive(tmp_path, changed(xdm(n3()), metadata=mask))
    found = await verdicts(draft(path, to="279035121518989@patient.mssante.fr"))
    assert found["pj.masque"].asks
    assert "VIAL PAULE 28/03/1979" in str(found["pj.xdm-objet"].values)


async def test_a_pdf_beside_an_archive_says_whether_it_claims_pdf_a(tmp_path: Path) -> None:
    copy = tmp_path / "lettre.pdf"
    copy.write_bytes(b"%PDF-1.7\n%%EOF")
    found = await verdicts(draft(archive(tmp_path, xdm(n1())), copy))
    assert found["pj.pdf-a"].state is State.VIOLATED
    copy.write_bytes(PDF)
    assert "pj.pdf-a" not in await verdicts(draft(archive(tmp_path, xdm(n1())), copy))


async def test_what_cannot_be_read_gives_no_fact_and_no_error(tmp_path: Path) -> None:
    attached = Attached(read_file, JobsHere())
    written = draft(archive(tmp_path, b"pas une archive"))
    await attached.learn(written)
    assert attached.known(written) == ()
    gone = Draft("k", "garde", attachments=(LocalFile(tmp_path / "x.pdf", "x.pdf", "application/pdf", 3),))

    async def missing(attachment: object) -> tuple[str, str, bytes]:
        from mss_tui.errors import NotFound
        from mss_tui.phrase import say

        raise NotFound(say("x"))

    assert not await Attached(missing, JobsHere()).learn(gone)


async def test_pieces_in_memory_are_told_apart_by_their_octets() -> None:
    attached = Attached(read_held, JobsHere())
    one, other = (
        Draft("k", "garde", attachments=(HeldFile(Path("IHE_XDM.ZIP"), "IHE_XDM.ZIP", "application/zip", 9, data),))
        for data in (xdm(n1()), xdm(n3()))
    )
    await attached.learn(one)
    assert attached.known(one) is not None
    assert attached.known(other) is None


async def read_held(attachment: object) -> tuple[str, str, bytes]:
    assert isinstance(attachment, HeldFile)
    return attachment.name, attachment.type, attachment.data


@pytest.mark.parametrize(
    ("name", "media_type", "job"),
    [
        ("IHE_XDM.zip", "application/zip", "xdm.open"),
        ("ihe-xdm.ZIP", "application/octet-stream", "xdm.open"),
        ("cr.xml", "text/xml", "cda.open"),
        ("lettre.PDF", "application/octet-stream", "pdf"),
        ("photos.zip", "application/zip", ""),
        ("note.txt", "text/plain", ""),
    ],
)
def test_which_attachments_are_documents(name: str, media_type: str, job: str) -> None:
    assert job_of(name, media_type) == job


async def test_macros_of_an_office_document_ask_before_it_leaves(tmp_path: Path) -> None:
    plain, armed = tmp_path / "lettre.docx", tmp_path / "bilan.doc"
    plain.write_bytes(DOCX)
    armed.write_bytes(WORD_97_MACROS)
    found = await verdicts(draft(plain, armed))
    assert found["pj.type-dangereux"].where.item == "bilan.doc"
    assert "document à macros" in sentence(found["pj.type-dangereux"]).render()
    armed.write_bytes(WORD_97)
    assert "pj.type-dangereux" not in await verdicts(draft(plain, armed))

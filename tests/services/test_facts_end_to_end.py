"""Facts that come from far make their rule speak: the service's own mailbox, an image's shape, where answers go."""

from __future__ import annotations

import struct
import zlib
from dataclasses import replace
from pathlib import Path

import pytest

from mss_tui.demo.documents.pdf import scan_pdf, text_pdf
from mss_tui.mime.sniff import pixels
from mss_tui.model.directory import DirectoryEntry, SearchResult
from mss_tui.model.draft import Draft
from mss_tui.model.people import MailboxType
from mss_tui.model.verdict import State, Verdict
from mss_tui.ports.directory import Filters
from mss_tui.services.automatic import begun
from mss_tui.services.files import local_file
from mss_tui.services.own_service import own_services
from mss_tui.text import clean
from tests.support.desk import ENTRIES, FakeDesk, make_desk

LEFEBVRE = "anne.lefebvre@chu-lyon.mssante.fr"
PATIENT = "279035121518989@patient.mssante.fr"


def png(width: int, height: int) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = zlib.compress(b"".join(b"\0" + b"\xff" * width for _ in range(height)))
    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def org(service: str, finess: str = "") -> DirectoryEntry:
    address = f"{service.lower() or 'accueil'}@chu-lyon.mssante.fr"
    return DirectoryEntry(address, "ORG", structure=clean("CH Lyon Sud"), service=clean(service), finess=finess)


def rule(fake: FakeDesk, name: str, draft: Draft) -> Verdict:
    return next(v for v in fake.desk.places[0].checker.check(draft) if v.rule == name)


async def test_a_service_with_its_own_mailbox_is_named_and_was_looked_for_once(monkeypatch: pytest.MonkeyPatch) -> None:
    fake = make_desk()
    asked: list[tuple[str, str]] = []

    def search(words: str, filters: Filters = Filters(), limit: int = 50, prefer: object = ()) -> SearchResult:
        asked.append((words, filters.type))
        return SearchResult((org("Cardiologie"), org("Urologie")), 1, False)

    monkeypatch.setattr(fake.index, "search", search)
    draft = Draft("k", "garde", to=(LEFEBVRE,), subject="Suite", body="Bonjour.")
    checker = fake.desk.places[0].checker
    assert rule(fake, "destinataire.org-disponible", draft).state is State.UNKNOWN
    await checker.learn(draft)
    verdict = rule(fake, "destinataire.org-disponible", draft)
    assert (verdict.state, verdict.values["service"]) == (State.VIOLATED, "cardiologie@chu-lyon.mssante.fr")
    await checker.learn(draft)
    assert asked == [("CH Lyon Sud", "ORG")]


@pytest.mark.parametrize(
    ("boxes", "found"),
    [
        ([org("Cardiologie"), org("Urologie")], ["cardiologie@chu-lyon.mssante.fr"]),
        ([org("")], ["accueil@chu-lyon.mssante.fr"]),
        ([org("Urologie")], []),
        ([org("Urologie"), org("")], []),
        ([replace(org("Cardiologie"), structure=clean("CH de Nancy"))], []),
        ([replace(org("Cardiologie"), type="APP")], []),
        ([], []),
    ],
)
def test_only_the_service_of_the_person_is_meant(boxes: list[DirectoryEntry], found: list[str]) -> None:
    assert [box.address for box in own_services(ENTRIES[0], boxes)] == found


def test_the_number_of_the_structure_decides_where_both_have_one() -> None:
    person = replace(ENTRIES[0], finess="690000001", service=clean("Réanimation"))
    boxes = [org("Réanimation", finess="690000002"), org("REANIMATION", finess="690000001")]
    assert own_services(person, boxes) == (boxes[1],)


_SOF = b"\xff\xc0\x00\x11\x08\x00\x78\x01\x40\x03"
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\0" + bytes(9) + b"\xff\xc4\x00\x04\0\0" + _SOF


@pytest.mark.parametrize(
    ("first", "size"),
    [
        (png(320, 120), (320, 120)),
        (b"GIF89a\x40\x01\x78\x00" + bytes(10), (320, 120)),
        (b"BM" + bytes(16) + (320).to_bytes(4, "little") + (-120).to_bytes(4, "little", signed=True), (320, 120)),
        (JPEG, (320, 120)),
        (JPEG[:20], None),
        (png(1, 1)[:14], None),
        (b"%PDF-1.4", None),
        (b"", None),
        (b"\xff\xd8\xff" + b"\xff\xe0\x00\x00" * 40, None),
    ],
)
def test_the_first_octets_of_an_image_tell_its_shape(first: bytes, size: tuple[int, int] | None) -> None:
    assert pixels(first) == size


async def test_a_signature_is_known_by_its_shape(tmp_path: Path) -> None:
    fake = make_desk(reads=True)
    for name, width, height, state in (
        ("scan001.png", 600, 150, State.VIOLATED),
        ("scan002.png", 600, 600, State.NOT_APPLICABLE),
    ):
        path = tmp_path / name
        path.write_bytes(png(width, height))
        draft = Draft("k", "garde", to=(LEFEBVRE,), subject="Suite", attachments=(local_file(path),))
        await fake.desk.places[0].checker.learn(draft)
        assert rule(fake, "pj.signature-scannee", draft).state is state


async def test_where_answers_go_is_told_to_who_writes_to_a_patient() -> None:
    fake = make_desk()
    draft = Draft("k", "garde", to=(PATIENT,), subject="Suite", reply_to="Secrétariat <accueil@cabinet.mssante.fr>")
    verdict = rule(fake, "destinataire.patient-reply-to", draft)
    assert (verdict.state, verdict.values["reply_to"]) == (State.VIOLATED, "accueil@cabinet.mssante.fr")
    assert rule(fake, "destinataire.patient-reply-to", replace(draft, reply_to="")).state is State.NOT_APPLICABLE
    built = await fake.desk.places[0].sender.prepare(draft)
    assert b"\r\nReply-To: =?utf-8?" in built.data or b"\r\nReply-To: Secr" in built.data
    assert b"<accueil@cabinet.mssante.fr>\r\n" in built.data


@pytest.mark.parametrize(
    ("words", "state"),
    [
        ("Écrire à biologie@biosud.mssante.fr", State.SATISFIED),
        ("Écrire à biologie@biosud.example", State.VIOLATED),
        ("Potassium 4,1", State.VIOLATED),
        (None, State.UNKNOWN),
    ],
)
async def test_the_document_of_an_applicative_mailbox_says_where_to_answer(
    tmp_path: Path, words: str | None, state: State
) -> None:
    fake = make_desk(kind=MailboxType.APP, reads=True)
    path = tmp_path / "resultat.pdf"
    path.write_bytes(text_pdf("Résultat", [words]) if words else scan_pdf(20_000))
    draft = Draft("k", "garde", to=(LEFEBVRE,), subject="Résultat", attachments=(local_file(path),))
    await fake.desk.places[0].checker.learn(draft)
    assert rule(fake, "contenu.applicative-expediteur", draft).state is state
    assert rule(fake, "contenu.applicative-mention", draft).state is State.VIOLATED
    mentioned = begun(draft, fake.desk.places[0].account)
    assert rule(fake, "contenu.applicative-mention", mentioned).state is State.SATISFIED
    assert begun(mentioned, fake.desk.places[0].account) == mentioned


def test_a_mailbox_that_people_read_says_nothing_of_the_kind() -> None:
    draft = Draft("k", "garde", to=(LEFEBVRE,), body="Bonjour.")
    assert begun(draft, make_desk().desk.places[0].account) == draft

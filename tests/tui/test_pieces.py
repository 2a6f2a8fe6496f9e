"""Pieces on screen through the real reader and the real worker: listed, read here, held, saved one or all."""

from __future__ import annotations

import base64
import os
import stat
import sys
import zipfile
from collections.abc import AsyncIterator
from io import BytesIO
from pathlib import Path

import pytest

from mss_tui.adapters.worker import ProcessWorker
from mss_tui.tui.screens.pieces import PiecesScreen
from tests.mime.test_pieces import pdf, picture
from tests.support.desk import FakeDesk
from tests.support.jobs import JobsHere
from tests.support.letters import letters_desk
from tests.support.office import DOCX, WORD_97_MACROS
from tests.support.screen import NARROW, golden, running, screen_text, until, write

INNER = b"From: Dr Z <z@x.mssante.fr>\r\nSubject: dedans\r\n\r\nBonjour de l'int\xc3\xa9rieur."
ICS = (
    "BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nBEGIN:VEVENT\r\nSUMMARY:Staff\r\nDTSTART:20261201T130000Z\r\n"
    "LOCATION:Salle 2\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
)


def sealed_zip() -> bytes:
    """A ZIP whose entry says that a password closes it."""
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("a.txt", "x")
    data = bytearray(out.getvalue())
    data[6] |= 1
    return bytes(data)


PIECES = (
    ("note.txt", "text/plain; charset=utf-8", "Élément de texte".encode()),
    ("bilan.csv", "text/csv; charset=utf-8", b"Analyse;Valeur\nSodium;140\n"),
    ("lettre.pdf", "application/pdf", pdf("Madame VIAL est sortie.", "Deux")),
    ("radio.png", "image/png", picture(60, 20)),
    ("rdv.ics", "application/octet-stream", ICS.encode()),
    ("avis.eml", "application/octet-stream", INNER),
    ("resultat.pdf", "application/pdf", b"MZ\x90\0" + b"\0" * 100),
    ("facture.pdf.exe", "application/octet-stream", b"MZ"),
    ("dossier.zip", "application/zip", sealed_zip()),
    ("macro.docm", "application/octet-stream", b"PK\x03\x04"),
    ("archive.dat", "application/octet-stream", b"\0\1\2"),
)
HEAD = (
    "From: Dr Anne LEFEBVRE <anne.lefebvre@chu-lyon.mssante.fr>\r\nTo: garde@hopital.mssante.fr\r\n"
    "Subject: =?utf-8?q?Pi=C3=A8ces?=\r\nDate: Fri, 20 Nov 2026 01:00:00 +0100\r\nMIME-Version: 1.0\r\n"
)


def letter(*pieces: tuple[str, str, bytes]) -> bytes:
    """A message with these pieces, in base64 as they travel."""
    parts = ["Content-Type: text/plain\r\n\r\nVoici."]
    for name, kind, data in pieces:
        text = base64.encodebytes(data).decode().replace("\n", "\r\n")
        parts.append(
            f'Content-Type: {kind}\r\nContent-Disposition: attachment; filename="{name}"\r\n'
            f"Content-Transfer-Encoding: base64\r\n\r\n{text}"
        )
    body = "".join(f"--lim\r\n{part}\r\n" for part in parts)
    return f'{HEAD}Content-Type: multipart/mixed; boundary="lim"\r\n\r\n{body}--lim--\r\n'.encode()


@pytest.fixture
async def worker() -> AsyncIterator[ProcessWorker]:
    worker = ProcessWorker()
    yield worker
    await worker.close()


@pytest.fixture
def fake(worker: ProcessWorker) -> FakeDesk:
    return letters_desk([letter(*PIECES)], worker)


def number(name: str) -> int:
    return [piece[0] for piece in PIECES].index(name)


async def test_the_list_says_size_type_and_what_deserves_mistrust(fake: FakeDesk) -> None:
    async with running(fake, NARROW) as pilot:
        await pilot.press("p")
        await until(pilot, "! 7 resultat.pdf")
        golden(pilot.app, "pieces-80x24")


@pytest.mark.parametrize(
    ("name", "seen"),
    [
        ("note.txt", "Élément de texte"),
        ("bilan.csv", "Sodium   140"),
        ("lettre.pdf", "— page 2 sur 2 —"),
        ("rdv.ics", "Salle 2"),
        ("avis.eml", "Bonjour de l'intérieur."),
        ("archive.dat", "Aucune vue pour ce type de fichier"),
    ],
)
async def test_a_piece_is_read_here(fake: FakeDesk, name: str, seen: str) -> None:
    async with running(fake) as pilot:
        await pilot.press("p")
        await until(pilot, "pièce(s)")
        await pilot.press(*["down"] * number(name), "enter")
        await until(pilot, seen)
        assert f"{number(name) + 1}/{len(PIECES)} · {name}" in screen_text(pilot.app)
        await pilot.press("escape")
        await until(pilot, f"{len(PIECES)} pièce(s)")
        await pilot.press("escape")
        await until(pilot, "Réception")


async def test_an_image_and_a_page_are_seen_as_half_blocks(fake: FakeDesk) -> None:
    async with running(fake) as pilot:
        await pilot.press("p")
        await until(pilot, "pièce(s)")
        await pilot.press(*["down"] * number("radio.png"), "enter")
        await until(pilot, "▀" * 60)
        await pilot.press("p")
        await until(pilot, "Madame VIAL est sortie.")
        await pilot.press("v")
        await until(pilot, "Page 1. v : la suivante")
        assert "▀" * 8 in screen_text(pilot.app)
        await pilot.press("v")
        await until(pilot, "Page 2.")
        await pilot.press("v")
        await until(pilot, "Madame VIAL est sortie.")


async def test_without_pillow_the_screen_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    fake = letters_desk([letter(("radio.png", "image/png", picture(6, 6)))], JobsHere())
    monkeypatch.setitem(sys.modules, "PIL", None)
    async with running(fake) as pilot:
        await pilot.press("p")
        await until(pilot, "pièce(s)")
        await pilot.press("enter")
        await until(pilot, "installez mss-tui avec l'option « images »")


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("resultat.pdf", "est un programme, malgré son nom"),
        ("facture.pdf.exe", "peut exécuter un programme (.exe)"),
        ("dossier.zip", "archive ou document chiffré"),
        ("macro.docm", "peut exécuter un programme (.docm)"),
    ],
)
async def test_a_dangerous_piece_waits_for_a_second_key_with_its_reason(
    fake: FakeDesk, tmp_path: Path, name: str, reason: str
) -> None:
    async with running(fake) as pilot:
        await pilot.press("p")
        await until(pilot, "! 7 resultat.pdf")
        await pilot.press(*["down"] * number(name))
        for key in ("enter", "e"):
            await pilot.press(key)
            await until(pilot, reason)
            await pilot.press("n")
            await until(pilot, lambda: isinstance(pilot.app.screen, PiecesScreen) and pilot.app.screen.open is None)
        await pilot.press("e")
        await until(pilot, "L'enregistrer")
        await pilot.press("o")
        await until(pilot, "Dans quel dossier ?")
        await pilot.press("ctrl+u")
        await write(pilot, str(tmp_path))
        await pilot.press("enter")
        await until(pilot, "Enregistré :")
    accepted = [line for line in fake.journal.lines if line.act == "pieces"]
    assert [(line.actor, line.details["confirm:recu.pj-suspecte"]) for line in accepted] == [("Jean MARTIN", "oui")]
    (saved,) = tmp_path.iterdir()
    assert saved.name == name
    assert stat.S_IMODE(saved.stat().st_mode) == 0o600
    assert saved.read_bytes() == PIECES[number(name)][2]


@pytest.mark.parametrize("too", [False, True])
async def test_all_are_saved_and_the_suspicious_ones_only_when_that_is_said(
    fake: FakeDesk, tmp_path: Path, too: bool
) -> None:
    (tmp_path / "note.txt").write_text("déjà là")
    async with running(fake) as pilot:
        await pilot.press("p")
        await until(pilot, "pièce(s)")
        await pilot.press("E")
        await until(pilot, "4 pièce(s) suspecte(s)")
        await pilot.press("o" if too else "n")
        await until(pilot, "Dans quel dossier ?")
        await pilot.press("ctrl+u")
        await write(pilot, str(tmp_path))
        await pilot.press("enter")
        await until(pilot, "pièces enregistrées dans")
    accepted = [line.details["n"] for line in fake.journal.lines if line.act == "pieces"]
    assert accepted == (["4"] if too else [])
    names = {path.name for path in tmp_path.iterdir()} - {"note.txt"}
    expected = {name for name, _, _ in PIECES} - {"note.txt"} | {"note (2).txt"}
    assert names == (expected if too else expected - {"resultat.pdf", "facture.pdf.exe", "dossier.zip", "macro.docm"})
    assert (tmp_path / "note.txt").read_text() == "déjà là"
    assert all(stat.S_IMODE((tmp_path / name).stat().st_mode) == 0o600 for name in names)


async def test_saving_says_how_far_it_is_and_stops_between_two_chunks(worker: ProcessWorker, tmp_path: Path) -> None:
    big = ("gros.dat", "application/octet-stream", os.urandom(900_000))
    fake = letters_desk([letter(PIECES[0], big)], worker)
    async with running(fake) as pilot:
        store = fake.letters  # type: ignore[attr-defined]
        await pilot.press("p")
        await until(pilot, "pièce(s)")
        await pilot.press("E")
        await until(pilot, "Dans quel dossier ?")
        await pilot.press("ctrl+u")
        await write(pilot, str(tmp_path))
        begun = store.chunks
        stream = store.stream

        async def two_chunks(*asked: object) -> AsyncIterator[bytes]:
            async for data in stream(*asked):
                yield data
                if store.chunks - begun == 3:  # the note is one, the big one has given two
                    fake.mail.gate.clear()

        store.stream = two_chunks
        await pilot.press("enter")
        await until(pilot, "Pièce 2 sur 2 : 383 ko reçus sur environ 900 ko")
        await pilot.press("escape")
        await until(pilot, "1 pièce(s) enregistrée(s) sur 2")
        fake.mail.gate.set()
    assert [path.name for path in tmp_path.iterdir()] == ["note.txt"]


async def test_what_the_first_octets_say_reaches_the_rules_once_the_message_is_open(worker: ProcessWorker) -> None:
    honest = ("lettre.pdf", "application/pdf", pdf("x"))
    fake = letters_desk([letter(("resultat.pdf", "application/pdf", b"MZ\x90\0"), honest)], worker)
    async with running(fake) as pilot:
        await pilot.press("enter")
        await until(pilot, "« resultat.pdf » se fait passer pour un autre type de fichier.")
        assert "« lettre.pdf »" not in screen_text(pilot.app)
        await pilot.press("i")
        await until(pilot, "recu.pj-suspecte")
        golden(pilot.app, "why-80x24")


async def test_a_document_that_holds_macros_waits_for_a_second_key(worker: ProcessWorker) -> None:
    word = ("lettre.docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", DOCX)
    old = ("bilan.doc", "application/msword", WORD_97_MACROS)
    fake = letters_desk([letter(word, old)], worker)
    async with running(fake) as pilot:
        await pilot.press("enter")
        await until(pilot, "« bilan.doc » est un fichier exécutable, un script ou un document à macros.")
        assert "« lettre.docx »" not in screen_text(pilot.app)
        await pilot.press("p")
        await until(pilot, "! 2 bilan.doc")
        await pilot.press("down", "e")
        await until(pilot, "document à macros")

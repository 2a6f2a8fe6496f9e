"""The three reflexes: ticked by what rules proved alone, people by identity, pieces by patient; the keys it takes."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from textual.pilot import Pilot

from mss_tui.demo.documents.pdf import scan_pdf, text_pdf
from mss_tui.model.directory import DirectoryEntry
from mss_tui.model.draft import Draft
from mss_tui.services.files import local_file
from mss_tui.text import clean
from mss_tui.tui.screens.composer import ComposerScreen
from mss_tui.tui.screens.reflexes import Reflexes
from tests.support.desk import FakeDesk, make_desk
from tests.support.screen import running, screen_text, until

LEFEVRE = "a.lefevre@medecin.mssante.fr"
PATIENT = "279035121518989@patient.mssante.fr"
TEN = tuple(f"soignant{n}@equipe.mssante.fr" for n in range(10))


async def asking(pilot: Pilot[int], to: tuple[str, ...] = (LEFEVRE,), **more: object) -> None:
    """The dialog, over a message to some people."""
    draft = replace(Draft("k", "garde", to=to, subject="Suite VIAL Paul", body="Bonjour."), **more)  # type: ignore[arg-type]
    pilot.app.main.write_message(pilot.app.main.place, draft)  # type: ignore[attr-defined]
    await until(pilot, lambda: isinstance(pilot.app.screen, ComposerScreen))
    await pilot.press("ctrl+x")
    await until(pilot, lambda: isinstance(pilot.app.screen, Reflexes))
    await until(pilot, "Pertinence")


def lines(pilot: Pilot[int], words: str) -> str:
    return next(line for line in screen_text(pilot.app).split("\n") if words in line)


@pytest.fixture
def everyone(monkeypatch: pytest.MonkeyPatch) -> FakeDesk:
    """A directory where everybody is published, under a name of their own."""
    fake = make_desk()

    def of_address(address: str) -> tuple[DirectoryEntry, ...]:
        return (DirectoryEntry(address, "PER", clean(address.partition("@")[0].upper()), clean("Anne")),)

    monkeypatch.setattr(fake.index, "of_address", of_address)
    return fake


async def keys_to_send(pilot: Pilot[int], fake: FakeDesk, to: tuple[str, ...], key: str) -> list[str]:
    """Answer yes to everything; returns the keys that it took after Ctrl+X."""
    left, keys = len(fake.submission.sent), []
    await asking(pilot, to, key=key)
    if "Espace cocher   m motif" in screen_text(pilot.app):
        dialog = pilot.app.screen
        assert isinstance(dialog, Reflexes)
        for _ in dialog._asks:
            await pilot.press("space")
            keys.append("space")
    await pilot.press("o")
    keys.append("o")
    await until(pilot, lambda: len(fake.submission.sent) > left)
    await until(pilot, "Envoyé à")
    return keys


async def test_ten_people_of_a_concertation_are_asked_about_once_per_list(everyone: FakeDesk) -> None:
    async with running(everyone) as pilot:
        assert await keys_to_send(pilot, everyone, TEN, "k1") == ["space", "o"]
        assert await keys_to_send(pilot, everyone, TEN, "k2") == ["o"]
        assert await keys_to_send(pilot, everyone, TEN[::-1], "k3") == ["o"]
        eleven = (*TEN, "soignant11@equipe.mssante.fr")
        assert await keys_to_send(pilot, everyone, eleven, "k4") == ["space", "o"]
        assert await keys_to_send(pilot, everyone, eleven, "k5") == ["o"]
    lines = [line.details for line in everyone.journal.lines if line.act == "send"]
    assert sum("confirm:destinataire.multiples" in details for details in lines) == 2


async def test_what_is_asked_stays_in_view_whatever_the_number_of_people(everyone: FakeDesk) -> None:
    people = tuple(f"soignant{n}@equipe.mssante.fr" for n in range(30))
    async with running(everyone) as pilot:
        await asking(pilot, people)
        await until(pilot, "30 destinataires : chacun est-il justifié")
        await until(pilot, "Page bas   Échap revenir")
        while "SOIGNANT29" not in screen_text(pilot.app):
            await pilot.press("pagedown")
        assert "30 destinataires : chacun est-il justifié" in screen_text(pilot.app)
        assert "[ ] Pertinence" in screen_text(pilot.app)


async def test_people_are_proved_by_the_directory_alone(everyone: FakeDesk) -> None:
    async with running(everyone) as pilot:
        await asking(pilot)
        assert "[x] Bon destinataire" in screen_text(pilot.app)
        assert "A.LEFEVRE" in screen_text(pilot.app)


async def test_a_yes_of_last_week_sends_but_proves_nothing() -> None:
    fake = make_desk()
    fake.acceptances.accept("destinataire.non-verifie", "inconnu@medecin.mssante.fr")
    async with running(fake) as pilot:
        await asking(pilot, ("inconnu@medecin.mssante.fr",))
        assert "[ ] Bon destinataire" in screen_text(pilot.app)
        await pilot.press("o")
        await until(pilot, "Envoyé à 1")


async def test_pieces_are_named_by_the_patient_who_was_read_in_them(tmp_path: Path) -> None:
    fake = make_desk(reads=True)
    named, scan = tmp_path / "lettre.pdf", tmp_path / "scan.pdf"
    named.write_bytes(text_pdf("Lettre", ["Patient : VIAL Paul, né le 26/11/1948"]))
    scan.write_bytes(scan_pdf(20_000))
    async with running(fake, (120, 40)) as pilot:
        await asking(pilot, attachments=(local_file(named),))
        assert "lettre.pdf" in lines(pilot, "VIAL Paul, né(e) le 26/11/1948")
        assert "[x] Information juste" in screen_text(pilot.app)
        await pilot.press("escape")
        await asking(pilot, attachments=(local_file(named), local_file(scan)), key="k2")
        assert "[x] Information juste" not in screen_text(pilot.app)
        assert "aucun patient n'y a été lu" in lines(pilot, "scan.pdf (")


async def test_a_patient_is_named_with_what_the_document_proves(tmp_path: Path) -> None:
    fake = make_desk(reads=True)
    letter = tmp_path / "lettre.pdf"
    letter.write_bytes(text_pdf("Lettre", ["Patient : DUPOND Léo, né le 15/03/1979", "INS 2 79 03 51 215 189 89"]))
    async with running(fake, (120, 40)) as pilot:
        await asking(pilot, (f"Léo DUPOND <{PATIENT}>",), subject="Suite DUPOND Léo", attachments=(local_file(letter),))
        text = " ".join(screen_text(pilot.app).replace("│", " ").split())
        for words in ("Léo DUPOND", "INS 2 79 03 51 215 189 89", "né(e) le 15/03/1979", "INS du document : le même"):
            assert words in text, words
        assert "[x] Bon destinataire" not in text


async def test_pertinence_is_never_ticked_by_the_machine(everyone: FakeDesk) -> None:
    async with running(everyone) as pilot:
        await asking(pilot)
        assert "[ ] Pertinence" in screen_text(pilot.app)
        await pilot.press("enter")
        await until(pilot, "Il reste à cocher")
        assert everyone.submission.sent == []

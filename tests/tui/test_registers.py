"""The registers as their owner sees them: who by name, what by date, withdrawn by a key; and one that does not open."""

from __future__ import annotations

from pathlib import Path

import pytest

from mss_tui.adapters.clock import SetClock
from mss_tui.adapters.store_patients import FilePatients
from mss_tui.model.patient import Mark
from mss_tui.phrase import Phrase
from tests.support.desk import make_desk
from tests.support.fake_mail import NOW
from tests.support.screen import NARROW, WIDE, golden, running, screen_text, until

NUMBER = "279035121518989"


def tell(_said: Phrase) -> None:
    """Nothing is told in these tests."""


@pytest.fixture
def store(tmp_path: Path) -> FilePatients:
    return FilePatients(tmp_path / "patients.json", "garde", SetClock(NOW), tell)


async def test_patients_are_listed_by_name_and_an_objection_is_lifted(store: FilePatients) -> None:
    store.note(NUMBER, Mark.NO_MESSAGES, "Léo DUPOND")
    fake = make_desk(patients=store)
    async with running(fake) as pilot:
        await pilot.press("I")
        await until(pilot, "opposé aux messages qui lui sont adressés")
        assert "Léo DUPOND" in screen_text(pilot.app)
        assert "2 79 03 51 215 189 89" in screen_text(pilot.app)
        await pilot.press("l")
        await until(pilot, "Ne vaut plus pour Léo DUPOND")
        await pilot.press("o")
        await until(pilot, "levé le")
        assert not store.of(NUMBER)[Mark.NO_MESSAGES].stands
        assert fake.journal.lines[-1].details["withdrawn"] == "oui"
        await pilot.press("l")
        await until(pilot, "Rien à lever ici.")


@pytest.mark.parametrize(("size", "name"), [(NARROW, "registers-80x24"), (WIDE, "registers-120x40")])
async def test_the_registers_on_screen(store: FilePatients, size: tuple[int, int], name: str) -> None:
    for mark in (Mark.INFORMED, Mark.QUALIFIED, Mark.NO_EXCHANGES):
        store.note(NUMBER, mark, "Léo DUPOND")
    store.note("277076322082910", Mark.NO_MESSAGES)
    store.withdraw("277076322082910", Mark.NO_MESSAGES)
    async with running(make_desk(patients=store), size) as pilot:
        await pilot.press("I")
        await until(pilot, "Léo DUPOND")
        golden(pilot.app, name)


async def test_a_register_that_does_not_open_is_said_and_another_begins_on_request(
    store: FilePatients, tmp_path: Path
) -> None:
    store.note(NUMBER, Mark.NO_MESSAGES, "Léo DUPOND")
    (file,) = tmp_path.glob("patients-*.sealed")
    file.write_bytes(file.read_bytes()[:-1])
    async with running(make_desk(patients=store)) as pilot:
        await pilot.press("I")
        await until(pilot, "ne s'ouvre pas")
        await pilot.press("V")
        await until(pilot, "Garder de côté")
        await pilot.press("o")
        await until(pilot, lambda: not file.exists())
        assert file.with_name(f"{file.name}.abime-1").exists()
        assert store.everyone() == ()

"""Writing to a patient: what is asked once and noted, objections, the last message, what an INS says."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from textual.pilot import Pilot

from mss_tui.adapters.clock import SetClock
from mss_tui.adapters.store_patients import FilePatients
from mss_tui.errors import UsageError
from mss_tui.model.ins import Ins, parse_ins
from mss_tui.model.patient import Mark
from mss_tui.phrase import Phrase
from mss_tui.tui.screens.composer import ComposerScreen
from mss_tui.tui.screens.patient import remarks, traits
from mss_tui.tui.widgets.field import Field
from tests.support.desk import FakeDesk, make_desk
from tests.support.fake_mail import NOW
from tests.support.screen import running, screen_text, until, write

NUMBER = "279035121518989"
PATIENT = f"{NUMBER}@patient.mssante.fr"


def tell(_said: Phrase) -> None:
    """Nothing is told in these tests."""


@pytest.fixture
def store(tmp_path: Path) -> FilePatients:
    return FilePatients(tmp_path / "patients.json", "garde", SetClock(NOW), tell)


@pytest.fixture
def fake(store: FilePatients) -> FakeDesk:
    return make_desk(patients=store)


async def writing(pilot: Pilot[int]) -> ComposerScreen:
    await pilot.press("n")
    await until(pilot, "Objet")
    await write(pilot, PATIENT)
    await pilot.press("tab", "tab", "tab")
    await write(pilot, "Votre ordonnance du 12 mars")
    await pilot.press("tab")
    await write(pilot, "Bonjour, voici la suite.")
    screen = pilot.app.screen
    assert isinstance(screen, ComposerScreen)
    return screen


async def walk_to(pilot: Pilot[int], words: str) -> None:
    for _ in range(6):
        await pilot.press("ctrl+g")
        if words in screen_text(pilot.app):
            return
    raise AssertionError(screen_text(pilot.app))


async def test_information_and_identity_are_noted_by_a_key_and_then_one_key_sends(
    fake: FakeDesk, store: FilePatients
) -> None:
    async with running(fake) as pilot:
        await writing(pilot)
        await until(pilot, "2 à confirmer")
        await walk_to(pilot, "oui, il est informé")
        await pilot.press("o")
        await until(pilot, "Noté : le patient est informé")
        await walk_to(pilot, "oui, identité qualifiée")
        await pilot.press("o")
        await until(pilot, "Noté : identité qualifiée")
        assert set(store.of(NUMBER)) == {Mark.INFORMED, Mark.QUALIFIED}
        await pilot.press("escape", "ctrl+x")
        await until(pilot, "Pertinence")
        await pilot.press("o")
        await until(pilot, "Envoyé à 1")
        assert [line.details["mark"] for line in fake.journal.lines if line.act == "patient"] == ["informe", "qualifie"]


async def test_an_objection_is_noted_blocks_and_is_lifted(fake: FakeDesk, store: FilePatients) -> None:
    async with running(fake) as pilot:
        await writing(pilot)
        await until(pilot, "2 à confirmer")
        await walk_to(pilot, "non, il s'oppose")
        await pilot.press("n")
        await until(pilot, "Le patient s'oppose…")
        await pilot.press("enter")
        await until(pilot, "Opposition notée")
        assert store.of(NUMBER)[Mark.NO_MESSAGES].stands
        await pilot.press("escape", "ctrl+x")
        await until(pilot, "1 point(s) bloquent")
        assert fake.submission.sent == []
        await pilot.press("l")
        await until(pilot, "Opposition levée")
        assert not store.of(NUMBER)[Mark.NO_MESSAGES].stands


async def test_a_register_that_does_not_open_is_said_and_the_message_stays(
    fake: FakeDesk, store: FilePatients, tmp_path: Path
) -> None:
    store.note(NUMBER, Mark.NO_MESSAGES)
    (file,) = tmp_path.glob("patients-*.sealed")
    file.write_bytes(file.read_bytes()[:-3])
    async with running(fake) as pilot:
        await writing(pilot)
        await until(pilot, "3 à confirmer")
        await walk_to(pilot, "oui, il est informé")
        await pilot.press("o")
        await until(pilot, "ne s'ouvre pas")
        assert "Votre ordonnance du 12 mars" in screen_text(pilot.app)


async def test_the_last_message_to_a_patient_says_so_in_its_header(fake: FakeDesk, store: FilePatients) -> None:
    for mark in (Mark.INFORMED, Mark.QUALIFIED):
        store.note(NUMBER, mark)
    async with running(fake) as pilot:
        await writing(pilot)
        await pilot.press("ctrl+n")
        await until(pilot, "dernier message : le patient")
        await pilot.press("down", "down", "enter")
        await until(pilot, "dernier message au patient (FIN)")
        await pilot.press("ctrl+x")
        await until(pilot, "Pertinence")
        await pilot.press("o")
        await until(pilot, "Envoyé à 1")
        assert b"\r\nX-MSS-MES: FIN\r\n" in fake.submission.sent[0].data


async def test_fin_is_not_proposed_without_a_patient() -> None:
    async with running(make_desk()) as pilot:
        await pilot.press("n")
        await until(pilot, "Objet")
        await pilot.press("ctrl+n")
        await until(pilot, "accusé de lecture")
        assert "FIN" not in screen_text(pilot.app)


async def test_a_patient_of_the_annuaire_screen_is_named_and_marked(fake: FakeDesk, store: FilePatients) -> None:
    async with running(fake) as pilot:
        await pilot.press("3")
        await until(pilot, "aucun annuaire ne liste les patients")
        await pilot.press("down", "p")
        await until(pilot, "INS du patient")
        await write(pilot, NUMBER)
        await pilot.press("enter")
        await until(pilot, "Traits d'identité")
        await write(pilot, "DUPOND, Léa, 15/03/1979")
        await pilot.press("enter")
        await until(pilot, "clé juste")
        await pilot.press("enter")
        await until(pilot, "Objet")
        assert pilot.app.screen.query_one("#to", Field).value == f"Léa DUPOND <{PATIENT}>"
        assert set(store.of(NUMBER)) == {Mark.QUALIFIED}
        assert [patient.who for patient in store.everyone()] == ["Léa DUPOND"]


def ins(number: str) -> Ins:
    found = parse_ins(number)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("number", "born", "said"),
    [
        (NUMBER, date(1979, 3, 15), ["clé juste"]),
        (NUMBER, date(1980, 3, 15), ["clé juste", "le numéro ne va pas avec cette date de naissance"]),
        ("279035121518900", date(1979, 3, 1), ["CLÉ FAUSSE : 89 attendue, revérifiez le numéro"]),
        ("279032A21518924", date(1979, 3, 1), ["né(e) en Corse"]),
    ],
)
def test_what_a_number_says(number: str, born: date, said: list[str]) -> None:
    found = [str(s) for s in remarks(ins(number), born)]
    assert [s for s in found if s in said] == said
    assert ins(number).key_matches == ("clé juste" in found)


@pytest.mark.parametrize(
    "typed", ["DUPOND", "DUPOND, Léa", "DUPOND, Léa, 31/02/1979", "DUPOND <x@y>, Léa, 01/01/1980", ""]
)
def test_traits_that_are_missing_are_asked_for(typed: str) -> None:
    with pytest.raises(UsageError):
        traits(typed)

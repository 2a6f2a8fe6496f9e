"""Patients in the rules: informed once, objecting in two ways, and a register that cannot be read asks."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from mss_tui.adapters.cache.key import KeySource
from mss_tui.adapters.clock import SetClock
from mss_tui.adapters.store_patients import FilePatients
from mss_tui.model.draft import Draft
from mss_tui.model.ins import Ins, parse_ins
from mss_tui.model.patient import Mark
from mss_tui.model.people import Caching
from mss_tui.model.verdict import State, Verdict
from mss_tui.phrase import Phrase
from mss_tui.rules.catalogue import catalogue
from mss_tui.services.checking import Checker
from mss_tui.services.registers import Registers
from tests.support.desk import FakeDesk, account, make_desk
from tests.support.fake_mail import NOW

INS = parse_ins("279035121518989")
assert INS is not None
PATIENT: Ins = INS
PRO = "a.lefevre@medecin.mssante.fr"
INFORMATION, OBJECTION, QUALIFIED = "patient.information", "patient.opposition", "destinataire.patient-identite"


def tell(_said: Phrase) -> None:
    """Nothing is told in these tests."""


class Registered:
    """A desk with registers in files."""

    def __init__(self, tmp_path: Path, days: int | None = None) -> None:
        self.fake: FakeDesk = make_desk()
        self.clock = SetClock(NOW)
        store = FilePatients(tmp_path / "patients.json", "garde", self.clock, tell)
        self.registers = Registers(store, self.fake.journal, self.clock, days)
        desk = self.fake.desk
        self.checker = Checker(
            desk.profile, account(), catalogue(), desk.annuaire, self.fake.acceptances, self.clock,
            registers=self.registers,
        )  # fmt: skip

    def note(self, mark: Mark) -> None:
        self.registers.note(PATIENT, mark, self.fake.desk.actor)
        self.checker.sent()

    def withdraw(self, mark: Mark) -> None:
        self.registers.withdraw(PATIENT, mark, self.fake.desk.actor)
        self.checker.sent()

    def said(self, rule: str, *to: str, body: str = "Bonjour.") -> Verdict:
        draft = Draft("k", "garde", to=to or (PATIENT.address,), subject="Ordonnance", body=body)
        return next(v for v in self.checker.check(draft) if v.rule == rule)


@pytest.fixture
def desk(tmp_path: Path) -> Registered:
    return Registered(tmp_path)


def test_information_is_asked_for_until_it_is_noted_and_again_once_withdrawn(desk: Registered) -> None:
    assert desk.said(INFORMATION).asks
    desk.note(Mark.INFORMED)
    assert desk.said(INFORMATION).state is State.SATISFIED
    desk.withdraw(Mark.INFORMED)
    assert desk.said(INFORMATION).asks


def test_an_information_may_have_its_days(tmp_path: Path) -> None:
    desk = Registered(tmp_path, days=365)
    desk.note(Mark.INFORMED)
    desk.clock.advance(timedelta(days=365))
    assert desk.said(INFORMATION).state is State.SATISFIED
    desk.clock.advance(timedelta(days=1))
    desk.checker.sent()
    assert desk.said(INFORMATION).asks


def test_an_objection_to_messages_blocks_those_to_the_patient_alone(desk: Registered) -> None:
    assert desk.said(OBJECTION).state is State.SATISFIED
    desk.note(Mark.NO_MESSAGES)
    assert desk.said(OBJECTION).blocks
    assert desk.said(OBJECTION, PRO, body=f"Patient INS {PATIENT.grouped}.").state is State.SATISFIED
    desk.withdraw(Mark.NO_MESSAGES)
    assert desk.said(OBJECTION).state is State.SATISFIED


def test_an_objection_to_exchanges_asks_professionals_for_a_reason(desk: Registered) -> None:
    desk.note(Mark.NO_EXCHANGES)
    verdict = desk.said(OBJECTION, PRO, body=f"Patient INS {PATIENT.grouped}.")
    assert (verdict.asks, verdict.blocks) == (True, False)
    assert desk.said(OBJECTION).state is State.SATISFIED


def test_a_qualified_identity_is_said_once(desk: Registered) -> None:
    assert desk.said(QUALIFIED).state is State.UNKNOWN
    desk.note(Mark.QUALIFIED)
    assert desk.said(QUALIFIED).state is State.SATISFIED


def test_registers_that_cannot_be_read_ask_and_never_block(tmp_path: Path) -> None:
    (tmp_path / "patients.json").mkdir()
    desk = Registered(tmp_path)
    for rule in (INFORMATION, OBJECTION):
        assert desk.said(rule).state is State.UNKNOWN
        assert desk.said(rule).asks


def test_who_noted_it_stands_in_the_journal(desk: Registered) -> None:
    desk.note(Mark.NO_EXCHANGES)
    (line,) = desk.fake.journal.lines
    assert (line.act, line.details["mark"]) == ("patient", "opposition-echanges")
    assert line.details["patient"].endswith("@patient.mssante.fr")


async def test_a_key_that_takes_asking_is_fetched_when_a_patient_is_named(tmp_path: Path) -> None:
    desk = Registered(tmp_path)
    source = KeySource("garde", Caching(command=("echo", "une phrase assez longue")))
    store = FilePatients(tmp_path / "patients.json", "garde", desk.clock, tell, source)
    await store.prepare()
    store.note(str(PATIENT), Mark.INFORMED)
    later = FilePatients(
        tmp_path / "patients.json", "garde", desk.clock, tell,
        KeySource("garde", Caching(command=("echo", "une phrase assez longue"))),
    )  # fmt: skip
    fake = desk.fake
    desk.checker = Checker(
        fake.desk.profile, account(), catalogue(), fake.desk.annuaire, fake.acceptances, desk.clock,
        registers=Registers(later, fake.journal, desk.clock),
    )  # fmt: skip
    assert desk.said(INFORMATION).state is State.UNKNOWN
    nobody = Draft("k", "garde", to=(PRO,), subject="Suite", body="Bonjour.")
    await desk.checker.learn(nobody)
    assert desk.said(INFORMATION).state is State.UNKNOWN
    assert await desk.checker.learn(replace(nobody, to=(PATIENT.address,)))
    assert desk.said(INFORMATION).state is State.SATISFIED

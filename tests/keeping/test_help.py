"""The help: every rule has something behind it, words find, hours are those of Paris; cards and the checklist."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from mss_tui.adapters.clock import SetClock
from mss_tui.config.policies import load_policy
from mss_tui.model.mailbox import Absence, Life, Remembered
from mss_tui.model.people import Account, Endpoint, MailboxType, Person, Profile
from mss_tui.model.policy import Support
from mss_tui.rules.catalogue import catalogue
from mss_tui.rules.lifecycle import ADVICE, LifeView
from mss_tui.services.departure import card, checklist
from mss_tui.services.help import articles, hours, of_rule, search
from mss_tui.services.status import AccountStatus

PARIS = ZoneInfo("Europe/Paris")
SN_HDF = load_policy("sn-hdf").support


def test_every_rule_that_comes_from_the_documents_has_help_behind_it() -> None:
    documents = re.compile(r"charte|faq|memo|formation|monsisra")
    for rule in catalogue():
        if any(documents.match(source) for source in catalogue()[rule].sources):
            assert of_rule(rule), rule
            assert search([rule]) == of_rule(rule)


def test_every_question_and_section_of_the_documents_is_there_with_its_source() -> None:
    known = {source for article in articles() for source in article.sources}
    assert {f"faq {n}" for n in range(1, 16)} | {f"charte {n}" for n in range(1, 7)} <= known
    assert {f"memo {n}" for n in range(1, 5)} | {"memo", "formation", "monsisra"} <= known
    assert len({article.id for article in articles()}) == len(articles())
    for article in articles():
        assert article.title.strip()
        assert len(article.text) > 20


@pytest.mark.parametrize(
    ("words", "first"),
    [
        (["homonymes"], "faq-5"),
        (["depublication"], "faq-14"),
        (["ÉQUIPÉ", "nulle part"], None),
        (["opposition", "patient"], "cadre-patient"),
        (["TDCS"], "charte-3"),
        (["cycle.absence"], "charte-3"),
    ],
)
def test_words_find_whatever_their_accents(words: list[str], first: str | None) -> None:
    found = search(words)
    assert (found[0].id if found else None) == first


@pytest.mark.parametrize(
    ("now", "told"),
    [
        ((2026, 11, 20, 8, 0), "ouvert jusqu'à 18 h"),
        ((2026, 11, 20, 7, 59), "fermé ; ouvre dans 1 min"),
        ((2026, 11, 20, 6, 0), "fermé ; ouvre à 8 h"),
        ((2026, 11, 20, 17, 40), "ferme dans 20 min"),
        ((2026, 11, 20, 18, 0), "fermé ; ouvre lundi à 8 h"),
        ((2026, 11, 22, 12, 0), "fermé ; ouvre demain à 8 h"),
        ((2026, 11, 19, 23, 0), "fermé ; ouvre demain à 8 h"),
    ],
)
def test_the_hours_of_the_support_are_those_of_paris(now: tuple[int, ...], told: str) -> None:
    assert str(hours(SN_HDF, datetime(*now, tzinfo=PARIS))) == told  # type: ignore[arg-type]


def test_hours_hold_on_the_days_the_clocks_change_and_elsewhere_in_the_world() -> None:
    assert str(hours(SN_HDF, datetime(2026, 10, 26, 7, 30, tzinfo=UTC))) == "ouvert jusqu'à 18 h"
    assert str(hours(SN_HDF, datetime(2026, 10, 23, 6, 30, tzinfo=UTC))) == "ouvert jusqu'à 18 h"
    half = Support(days=(1,), opens="08:30", closes="12:15")
    assert str(hours(half, datetime(2026, 11, 17, tzinfo=UTC))) == "fermé ; ouvre lundi à 8 h 30"
    assert hours(Support(), datetime(2026, 11, 17, tzinfo=UTC)) is None


def profile(**more: object) -> Profile:
    account = Account(
        "ehpad", "secretariat@ehpad.mssante.fr", MailboxType.ORG, load_policy("sn-hdf"),
        Endpoint("localhost", 143), Endpoint("localhost", 587),
    )  # fmt: skip
    person = Person("Jean MARTIN", "Dr", "10001234567", "EHPAD Les Tilleuls")
    return Profile("garde", person, (account,), **more)  # type: ignore[arg-type]


def test_cards_are_filled_in_and_leave_room_for_what_is_not_known() -> None:
    clock = SetClock(datetime(2026, 11, 20, 12, tzinfo=UTC))
    leaving = card("depart", profile(departure=date(2026, 12, 31)), clock)
    for words in ("Dr Jean MARTIN", "10001234567", "31/12/2026", "secretariat@ehpad.mssante.fr", "20/11/2026"):
        assert words in leaving
    coming = card("arrivee", profile(departure=date(2026, 12, 31)), clock, name="Anne {LEFEBVRE}", on=date(2027, 1, 4))
    assert "Anne {LEFEBVRE}" in coming
    assert "04/01/2027" in coming
    assert "RPPS : ...." in coming


def test_the_checklist_says_what_is_done_what_is_not_and_what_is_not_known() -> None:
    view = LifeView(Life.ACTIVE, 0, 0, 60, 365, None, ADVICE[Life.ACTIVE])
    known = Remembered("ehpad", overdue=0, expiring=3, absence=Absence(True))
    one = profile(departure=date(2026, 12, 31))
    steps = checklist(one, [AccountStatus(one.accounts[0], view, known, None, ())])
    assert [step.done for step in steps] == [True, True, False, True, None]
    nothing = checklist(profile(), [AccountStatus(one.accounts[0], view, Remembered("ehpad"), None, ())])
    assert [step.done for step in nothing] == [False, None, None, None, None]

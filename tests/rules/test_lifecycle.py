"""The life of a mailbox over the calendar: Paris days, leap years, clock changes, calendar months."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mss_tui.config.policies import load_policy
from mss_tui.model.directory import Publication
from mss_tui.model.facts import MailboxFacts, RowFacts
from mss_tui.model.folder import Quota
from mss_tui.model.mailbox import Life, Remembered
from mss_tui.model.paris import day
from mss_tui.model.verdict import State
from mss_tui.rules.catalogue import catalogue
from mss_tui.rules.engine import check_mailbox, check_row
from mss_tui.rules.lifecycle import ADVICE, TRANSITIONS, Event, LifeView, after, life, row_deadlines
from tests.support.rule_facts import account, mailbox, row

PARIS = ZoneInfo("Europe/Paris")
CONNECTED = datetime(2026, 3, 2, 17, 0, tzinfo=PARIS)


def at_day(days: int, connected: datetime = CONNECTED, **known: Any) -> MailboxFacts:
    """A mailbox `days` Paris days after its last connection, at noon."""
    policy = load_policy("sn-hdf")
    now = datetime.combine(connected.astimezone(PARIS).date() + timedelta(days=days), datetime.min.time(), PARIS)
    return MailboxFacts(
        account(policy), policy, Remembered("a", connected=connected, **known), now + timedelta(hours=12)
    )


def view(days: int, **known: Any) -> LifeView:
    return life(at_day(days, **known))


def states(facts: MailboxFacts, rule: str) -> set[tuple[State, str]]:
    verdicts = check_mailbox(facts, catalogue())
    return {(v.state, str(v.values.get("variant", ""))) for v in verdicts if v.rule == rule}


@pytest.mark.parametrize(
    ("days", "state", "unpublish_in", "delete_in"),
    [
        (0, Life.ACTIVE, 60, 365),
        (44, Life.ACTIVE, 16, 321),
        (45, Life.WATCH, 15, 320),
        (54, Life.WATCH, 6, 311),
        (55, Life.UNPUBLISH_NEAR, 5, 310),
        (59, Life.UNPUBLISH_NEAR, 1, 306),
        (60, Life.UNPUBLISHED, 0, 305),
        (61, Life.UNPUBLISHED, 0, 304),
        (299, Life.UNPUBLISHED, 0, 66),
        (300, Life.DELETION_NEAR, 0, 65),
        (364, Life.DELETION_NEAR, 0, 1),
        (365, Life.DELETED, 0, 0),
        (366, Life.DELETED, 0, 0),
    ],
)
def test_state_and_countdowns_by_day(days: int, state: Life, unpublish_in: int, delete_in: int) -> None:
    seen = view(days)
    assert (seen.state, seen.connected_days) == (state, days)
    assert (seen.unpublish_in_days, seen.delete_in_days) == (unpublish_in, delete_in)
    assert seen.advice == ADVICE[state]


@pytest.mark.parametrize(
    ("days", "depublication", "suppression"),
    [
        (44, (State.SATISFIED, ""), (State.SATISFIED, "")),
        (45, (State.VIOLATED, ""), (State.SATISFIED, "")),
        (59, (State.VIOLATED, ""), (State.SATISFIED, "")),
        (60, (State.VIOLATED, "depubliee"), (State.SATISFIED, "")),
        (300, (State.VIOLATED, "depubliee"), (State.VIOLATED, "")),
        (364, (State.VIOLATED, "depubliee"), (State.VIOLATED, "")),
        (365, (State.VIOLATED, "depubliee"), (State.VIOLATED, "supprimee")),
    ],
)
def test_rules_by_day(days: int, depublication: tuple[State, str], suppression: tuple[State, str]) -> None:
    facts = at_day(days)
    assert states(facts, "cycle.depublication") == {depublication}
    assert states(facts, "cycle.suppression") == {suppression}


def test_a_year_over_29_february_takes_366_days() -> None:
    facts = at_day(365, connected=datetime(2027, 6, 1, 9, tzinfo=PARIS))
    assert life(facts).delete_in_days == 1
    assert life(replace(facts, now=facts.now + timedelta(days=1))).state is Life.DELETED


def test_connected_on_29_february_ends_on_28_february() -> None:
    seen = life(at_day(10, connected=datetime(2028, 2, 29, 9, tzinfo=PARIS)))
    assert seen.delete_on == date(2029, 2, 28)


def test_days_are_those_of_paris_whatever_the_hour() -> None:
    late = datetime(2026, 3, 2, 22, 59, tzinfo=UTC)  # 23:59 in Paris
    facts = at_day(60, connected=late)
    assert life(replace(facts, now=datetime(2026, 4, 30, 21, 59, tzinfo=UTC))).unpublish_in_days == 1
    assert life(replace(facts, now=datetime(2026, 4, 30, 22, 0, tzinfo=UTC))).state is Life.UNPUBLISHED


@pytest.mark.parametrize(
    "connected", [datetime(2026, 3, 1, 0, 30, tzinfo=PARIS), datetime(2026, 9, 1, 23, 30, tzinfo=PARIS)]
)
def test_a_clock_change_moves_no_deadline(connected: datetime) -> None:
    seen = life(at_day(60, connected=connected))
    assert seen.unpublish_on == connected.date() + timedelta(days=60)
    assert (seen.state, seen.connected_days) == (Life.UNPUBLISHED, 60)


def test_nothing_known_is_unknown_and_promises_nothing() -> None:
    facts = mailbox({})
    seen = life(facts)
    assert seen.state is Life.UNKNOWN
    assert (seen.read_days, seen.connected_days, seen.unpublish_in_days, seen.delete_in_days) == (None,) * 4
    assert seen.deadline is None


def test_the_most_urgent_deadline_comes_first_then_the_next() -> None:
    first, later = view(10).deadline, view(61).deadline
    assert first is not None
    assert later is not None
    assert (first.rule, first.date, first.days) == ("cycle.depublication", date(2026, 5, 1), 50)
    assert (later.rule, later.date) == ("cycle.suppression", date(2027, 3, 2))


def test_a_mailbox_that_no_directory_lists_is_not_unpublished() -> None:
    for kind in ({"red_list": True}, {"type": "APP"}):
        seen = life(mailbox({"connected": 90, "account": kind}))
        assert (seen.state, seen.unpublish_in_days) == (Life.ACTIVE, None)


def test_absence_from_the_directory_full_quota_and_refusal_are_seen() -> None:
    assert view(1, directory=Publication.NOT_PUBLISHED).state is Life.UNPUBLISHED
    assert view(1, quota=Quota(60_000_000, 60_000_000)).state is Life.FULL
    assert view(1, refused=CONNECTED + timedelta(hours=1)).state is Life.SUSPENDED
    assert view(1, refused=CONNECTED - timedelta(hours=1)).state is Life.ACTIVE


def test_a_directory_that_still_lists_the_mailbox_after_60_days_corrects_what_is_known_here() -> None:
    checked = CONNECTED + timedelta(days=62)
    assert view(63, directory=Publication.PUBLISHED, directory_checked=checked).state is Life.WATCH
    earlier = CONNECTED + timedelta(days=20)
    assert view(63, directory=Publication.PUBLISHED, directory_checked=earlier).state is Life.UNPUBLISHED


def test_every_pair_of_state_and_event_is_decided() -> None:
    assert set(TRANSITIONS) == {(state, event) for state in Life for event in Event}


def test_every_state_can_be_reached_and_left() -> None:
    reached = {after(state, event) for state in Life for event in Event if after(state, event) is not state}
    assert reached == set(Life) - {Life.UNKNOWN}
    assert all(any(after(s, e) is not s for e in Event) for s in Life)


@given(st.sampled_from(Life), st.sampled_from(Event))
def test_an_event_told_twice_changes_nothing_more(state: Life, event: Event) -> None:
    once = after(state, event)
    assert after(once, event) is once


RECEIVED = datetime(2026, 10, 23, 10, 0, tzinfo=PARIS)


def row_at(moment: datetime, received: datetime = RECEIVED, **given: Any) -> RowFacts:
    of = replace(row(**{k: v for k, v in given.items() if k not in ("baseline", "own")}), received=received)
    return RowFacts(of, load_policy("sn-hdf"), moment, given.get("baseline"), given.get("own", False))


def test_72_hours_are_real_hours_over_the_end_of_summer_time() -> None:
    due, _ = row_deadlines(row_at(RECEIVED))
    assert due == RECEIVED.astimezone(UTC) + timedelta(hours=72)
    assert due.astimezone(PARIS).strftime("%d %H:%M") == "26 09:00"


@pytest.mark.parametrize(("hours", "variant"), [(47, ""), (48, "bientot"), (71, "bientot"), (72, ""), (100, "")])
def test_a_message_is_marked_from_48_hours_and_overdue_at_72(hours: int, variant: str) -> None:
    facts = row_at(RECEIVED + timedelta(hours=hours), received=RECEIVED.astimezone(UTC))
    facts = replace(facts, now=RECEIVED.astimezone(UTC) + timedelta(hours=hours))
    [verdict] = [v for v in check_row(facts, catalogue()) if v.rule == "cycle.72h"]
    assert verdict.state is (State.SATISFIED if hours < 48 else State.VIOLATED)
    assert verdict.values.get("variant", "") == variant


def test_72_hours_count_from_the_first_use_of_the_client() -> None:
    first_use = RECEIVED + timedelta(days=30)
    due, _ = row_deadlines(row_at(first_use, baseline=first_use))
    assert due == first_use + timedelta(hours=72)


@pytest.mark.parametrize(
    "given",
    [
        {"automatic": True},
        {"own": True},
        {"flags": ["$MssTraite"]},
        {"flags": ["$MssDelegue"]},
        {"flags": ["\\Deleted"]},
    ],
)
def test_what_needs_no_handling_has_no_72_hours(given: dict[str, Any]) -> None:
    assert row_deadlines(row_at(RECEIVED, **given))[0] is None


@pytest.mark.parametrize(
    ("received", "expires"),
    [
        (datetime(2026, 8, 22, 11, tzinfo=PARIS), date(2026, 11, 22)),
        (datetime(2026, 11, 30, 11, tzinfo=PARIS), date(2027, 2, 28)),
        (datetime(2027, 11, 30, 11, tzinfo=PARIS), date(2028, 2, 29)),
        (datetime(2026, 12, 31, 11, tzinfo=PARIS), date(2027, 3, 31)),
        (datetime(2026, 3, 31, 22, 30, tzinfo=UTC), date(2026, 7, 1)),
    ],
)
def test_deletion_is_three_calendar_months_after_arrival(received: datetime, expires: date) -> None:
    _, when = row_deadlines(row_at(received, received=received))
    assert when is not None
    assert day(when) == expires


@pytest.mark.parametrize(
    ("left", "state"), [(15, State.SATISFIED), (14, State.VIOLATED), (1, State.VIOLATED), (0, State.VIOLATED)]
)
def test_deletion_is_announced_14_days_before(left: int, state: State) -> None:
    now = datetime(2027, 1, 23, 18, tzinfo=PARIS) - timedelta(days=left)
    [verdict] = [v for v in check_row(row_at(now), catalogue()) if v.rule == "cycle.conservation"]
    assert (verdict.state, verdict.values["days"]) == (state, left)

"""The life of a BAL: states, events, and what is known of it now (catalogue §5; charte 4, faq 14).

Pure. Days are calendar days in Paris; connections are those known here ("depuis ce poste"), for no protocol gives the
last authentication (mssante-client.md §4.4).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from types import MappingProxyType

from mss_tui.model.directory import Publication
from mss_tui.model.facts import MailboxFacts, RowFacts
from mss_tui.model.mailbox import Life
from mss_tui.model.message import DELETED, Handling
from mss_tui.model.paris import day, days_between, midnight, plus_months, plus_years
from mss_tui.model.people import MailboxType
from mss_tui.phrase import Phrase, say
from mss_tui.record import dataclass


class Event(StrEnum):
    """What may happen to a mailbox; those of the calendar come from the policy's figures."""

    CONNECTED = "connexion"
    WATCH_DAY = "jour de surveillance"
    NEAR_DAY = "jour d'alerte"
    UNPUBLISH_DAY = "jour de dépublication"
    DELETION_NEAR_DAY = "jour d'alerte de suppression"
    DELETION_DAY = "jour de suppression"
    ABSENT = "absente de l'annuaire"
    PRESENT = "publiée dans l'annuaire"
    REFUSED = "authentification refusée"
    FILLED = "volume atteint"
    FREED = "volume libéré"
    GONE = "boîte inexistante"


_A, _W, _N, _U, _D = Life.ACTIVE, Life.WATCH, Life.UNPUBLISH_NEAR, Life.UNPUBLISHED, Life.DELETION_NEAR
_S, _F, _X, _I = Life.SUSPENDED, Life.FULL, Life.DELETED, Life.UNKNOWN

_FROM = (_A, _W, _N, _U, _D, _S, _F, _X, _I)
_TABLE: Mapping[Event, tuple[Life, ...]] = MappingProxyType(
    {  # from            A   W   N   U   D   S   F   X   I
        Event.CONNECTED: (_A, _A, _A, _A, _A, _A, _F, _A, _A),
        Event.WATCH_DAY: (_W, _W, _N, _U, _D, _S, _F, _X, _I),
        Event.NEAR_DAY: (_N, _N, _N, _U, _D, _S, _F, _X, _I),
        Event.UNPUBLISH_DAY: (_U, _U, _U, _U, _D, _S, _U, _X, _I),
        Event.DELETION_NEAR_DAY: (_D, _D, _D, _D, _D, _S, _D, _X, _I),
        Event.DELETION_DAY: (_X, _X, _X, _X, _X, _X, _X, _X, _I),
        Event.ABSENT: (_U, _U, _U, _U, _D, _S, _F, _X, _U),
        Event.PRESENT: (_A, _W, _N, _W, _D, _S, _F, _W, _I),
        Event.REFUSED: (_S, _S, _S, _S, _S, _S, _S, _X, _S),
        Event.FILLED: (_F, _F, _F, _U, _D, _S, _F, _X, _F),
        Event.FREED: (_A, _W, _N, _U, _D, _S, _A, _X, _I),
        Event.GONE: (_X, _X, _X, _X, _X, _X, _X, _X, _X),
    }
)
TRANSITIONS: Mapping[tuple[Life, Event], Life] = MappingProxyType(
    {(before, event): after for event, row in _TABLE.items() for before, after in zip(_FROM, row, strict=True)}
)

ADVICE: Mapping[Life, Phrase] = MappingProxyType(
    {
        Life.ACTIVE: say("Rien à faire."),
        Life.WATCH: say("Connectez-vous : la boîte sert peu depuis ce poste."),
        Life.UNPUBLISH_NEAR: say("Connectez-vous avant la dépublication."),
        Life.UNPUBLISHED: say("Connectez-vous, puis demandez à l'opérateur de publier la boîte de nouveau."),
        Life.DELETION_NEAR: say("Connectez-vous : la boîte va être supprimée définitivement."),
        Life.SUSPENDED: say("Vérifiez votre authentification ; si elle est juste, appelez le support de l'opérateur."),
        Life.FULL: say("Faites de la place : les messages qui arrivent peuvent être refusés."),
        Life.DELETED: say("Demandez à l'opérateur si la boîte existe encore."),
        Life.UNKNOWN: say("Ouvrez la boîte une fois : rien n'en est encore connu depuis ce poste."),
    }
)


@dataclass(frozen=True, slots=True)
class Deadline:
    """Something that will happen on a Paris day, unless someone acts."""

    rule: str
    date: date
    days: int


@dataclass(frozen=True, slots=True)
class LifeView:
    """A mailbox's life as the status screen shows it.

    `read_days` and `connected_days` count back from today, None when nothing is known; `unpublish_in_days` and
    `delete_in_days` are never negative: 0 is today or past. `deadline` is the most urgent one to come.
    """

    state: Life
    read_days: int | None
    connected_days: int | None
    unpublish_in_days: int | None
    delete_in_days: int | None
    deadline: Deadline | None
    advice: Phrase
    unpublish_on: date | None = None
    delete_on: date | None = None


def after(state: Life, event: Event) -> Life:
    """The state that `event` leads to."""
    return TRANSITIONS[state, event]


def published_at_all(facts: MailboxFacts) -> bool:
    """Is this mailbox one that the directory lists: neither applicative nor on the red list?"""
    return facts.account.type is not MailboxType.APP and not facts.account.red_list


def unpublish_on(facts: MailboxFacts) -> date | None:
    """The Paris day on which the mailbox is unpublished if nobody connects; None without figure or connection."""
    days, connected = facts.policy.unpublish_days.value, facts.remembered.connected
    if days is None or connected is None or not published_at_all(facts):
        return None
    return day(connected) + timedelta(days=days)


def delete_on(facts: MailboxFacts) -> date | None:
    """The Paris day on which the mailbox is deleted for good if nobody connects."""
    years, connected = facts.policy.delete_years.value, facts.remembered.connected
    return None if years is None or connected is None else plus_years(day(connected), years)


def events(facts: MailboxFacts) -> Iterator[Event]:
    """What has happened to the mailbox, as far as the facts say, in the order in which it counts."""
    known, policy, today = facts.remembered, facts.policy, day(facts.now)
    if known.connected is not None:
        yield Event.CONNECTED
        days = days_between(known.connected, facts.now)
        unpublish, delete = unpublish_on(facts), delete_on(facts)
        marks = policy.unpublish_warning_days if unpublish is not None else ()
        for mark, event in zip(sorted(marks)[:2], (Event.WATCH_DAY, Event.NEAR_DAY), strict=False):
            if days >= mark:
                yield event
        if unpublish is not None and today >= unpublish:
            yield Event.UNPUBLISH_DAY
        if delete is not None and any(days >= mark for mark in policy.delete_warning_days):
            yield Event.DELETION_NEAR_DAY
        if delete is not None and today >= delete:
            yield Event.DELETION_DAY
    if published_at_all(facts):
        if known.directory is Publication.NOT_PUBLISHED:
            yield Event.ABSENT
        elif known.directory is Publication.PUBLISHED and _checked_since(facts):
            yield Event.PRESENT
    if known.quota is not None and known.quota.limit:
        yield Event.FILLED if known.quota.used >= known.quota.limit else Event.FREED
    if known.refused is not None and (known.connected is None or known.refused > known.connected):
        yield Event.REFUSED


def _checked_since(facts: MailboxFacts) -> bool:
    """Was the directory asked after the day on which the mailbox would have left it?"""
    checked, due = facts.remembered.directory_checked, unpublish_on(facts)
    return checked is not None and (due is None or day(checked) > due)


def life(facts: MailboxFacts) -> LifeView:
    """What is known of the mailbox's life now, the most urgent deadline first."""
    state = Life.UNKNOWN
    for event in events(facts):
        state = after(state, event)
    known, today = facts.remembered, day(facts.now)
    unpublish, delete = unpublish_on(facts), delete_on(facts)
    coming = [
        Deadline(rule, on, (on - today).days)
        for rule, on in (("cycle.depublication", unpublish), ("cycle.suppression", delete))
        if on is not None and on > today
    ]
    return LifeView(
        state=state,
        read_days=_days_since(known.read, facts.now),
        connected_days=_days_since(known.connected, facts.now),
        unpublish_in_days=_days_until(unpublish, today),
        delete_in_days=_days_until(delete, today),
        deadline=min(coming, key=lambda d: d.date, default=None),
        advice=ADVICE[state],
        unpublish_on=unpublish,
        delete_on=delete,
    )


def _days_since(moment: datetime | None, now: datetime) -> int | None:
    return None if moment is None else max(days_between(moment, now), 0)


def _days_until(on: date | None, today: date) -> int | None:
    return None if on is None else max((on - today).days, 0)


def row_deadlines(facts: RowFacts) -> tuple[datetime | None, datetime | None]:
    """When a message must be handled, and when the operator deletes it (aware); None where the rule does not apply.

    The 72 h count in real hours from arrival, or from the first use of the client on the mailbox when that is later;
    not for automatic, own, handled or deleted messages. Deletion is at the beginning, in Paris, of the day that is
    the policy's number of calendar months after arrival.
    """
    row, policy = facts.row, facts.policy
    due = expires = None
    hours, months = policy.handling_hours.value, policy.retention_months.value
    waits = row.handling is Handling.TO_DO and not (row.automatic or facts.own or DELETED in row.flags)
    if hours is not None and waits:
        since = row.received if facts.baseline is None else max(row.received, facts.baseline)
        due = since.astimezone(UTC) + timedelta(hours=hours)
    if months is not None:
        expires = midnight(plus_months(day(row.received), months))
    return due, expires

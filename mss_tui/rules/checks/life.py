"""Catalogue section 5, the mailbox: reading, publication, deletion, volume, absence."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta

from mss_tui.model.directory import Publication
from mss_tui.model.facts import MailboxFacts
from mss_tui.model.paris import day, days_between
from mss_tui.model.verdict import Place
from mss_tui.phrase import Value, say
from mss_tui.rules import lifecycle
from mss_tui.rules.finding import Findings, at, decided, satisfied, unknown, violated
from mss_tui.rules.words import day as written
from mss_tui.rules.words import octets

MAILBOX = at(Place.MAILBOX)


def _off(facts: MailboxFacts, back: int) -> bool:
    """Was the Paris day `back` days ago one without reading (weekday off, leave)?"""
    of = day(facts.now) - timedelta(days=back)
    on_leave = facts.leave is not None and facts.leave[0] <= of <= facts.leave[1]
    return of.isoweekday() in facts.days_off or on_leave


def read_daily(facts: MailboxFacts) -> Findings:
    """cycle.lecture-quotidienne: working days since the last reading, today included."""
    if facts.remembered.read is None:
        yield unknown(MAILBOX)
        return
    since = days_between(facts.remembered.read, facts.now)
    missed = sum(not _off(facts, back) for back in range(min(max(since, 0), 400)))
    if missed:
        yield violated(MAILBOX, days=since, variant="jours" if since > 1 else "")
    else:
        yield satisfied(MAILBOX, days=since)


def unpublishing(facts: MailboxFacts) -> Findings:
    """cycle.depublication."""
    limit = facts.policy.unpublish_days.value
    if limit is None or not lifecycle.published_at_all(facts):
        return
    on = lifecycle.unpublish_on(facts)
    if on is None or facts.remembered.connected is None:
        yield unknown(MAILBOX)
        return
    days = days_between(facts.remembered.connected, facts.now)
    if days >= limit:
        yield violated(MAILBOX, variant="depubliee", days=days, limit=limit, date=written(on))
    elif any(days >= mark for mark in facts.policy.unpublish_warning_days):
        yield violated(MAILBOX, days=days, limit=limit, date=written(on))
    else:
        yield satisfied(MAILBOX, days=days, limit=limit, date=written(on))


def deletion(facts: MailboxFacts) -> Findings:
    """cycle.suppression."""
    if facts.policy.delete_years.value is None:
        return
    on = lifecycle.delete_on(facts)
    if on is None or facts.remembered.connected is None:
        yield unknown(MAILBOX)
        return
    days = days_between(facts.remembered.connected, facts.now)
    if day(facts.now) >= on:
        yield violated(MAILBOX, variant="supprimee", days=days, date=written(on))
    elif any(days >= mark for mark in facts.policy.delete_warning_days):
        yield violated(MAILBOX, days=days, date=written(on))
    else:
        yield satisfied(MAILBOX, days=days, date=written(on))


def publication(facts: MailboxFacts) -> Findings:
    """cycle.publication."""
    if lifecycle.published_at_all(facts):
        listed = facts.remembered.directory
        yield decided(None if listed is Publication.UNKNOWN else listed is Publication.PUBLISHED)(MAILBOX)


def volume(facts: MailboxFacts) -> Findings:
    """cycle.quota: the server's figures first, else the policy's volume."""
    quota, figure = facts.remembered.quota, facts.policy.mailbox_octets
    if quota is None or not quota.limit:
        if figure.value is not None:
            where = figure.source or facts.policy.name
            if quota is None:
                yield unknown(MAILBOX, limit=octets(figure.value), origin=where)
            else:
                yield from _filled(facts, quota.used, figure.value, where)
        return
    by = say("limite du serveur") if quota.source == "server" else quota.source
    yield from _filled(facts, quota.used, quota.limit, by)


def _filled(facts: MailboxFacts, used: int, limit: int, origin: Value) -> Findings:
    percent = used * 100 // limit
    full = any(percent >= mark for mark in facts.policy.quota_warning_percent) or percent >= 100
    found = violated if full else satisfied
    yield found(MAILBOX, percent=percent, used=octets(used), limit=octets(limit), origin=origin)


def absence(facts: MailboxFacts) -> Findings:
    """cycle.absence."""
    away, leave, today = facts.absence or facts.remembered.absence, facts.leave, day(facts.now)
    if away is not None and away.on:
        yield violated(MAILBOX, until=f" jusqu'au {written(away.end)}" if away.end else "")
    elif leave is not None and leave[0] - timedelta(days=7) <= today <= leave[1]:
        yield violated(MAILBOX, variant="conge", start=written(leave[0]), end=written(leave[1]))
    elif away is None:
        yield unknown(MAILBOX)
    else:
        yield satisfied(MAILBOX)


def shared_desk(facts: MailboxFacts) -> Findings:
    """cycle.poste-partage."""
    yield decided(facts.idle_lock)(MAILBOX)


CHECKS: Mapping[str, Callable[[MailboxFacts], Findings]] = {
    "cycle.lecture-quotidienne": read_daily,
    "cycle.depublication": unpublishing,
    "cycle.suppression": deletion,
    "cycle.publication": publication,
    "cycle.quota": volume,
    "cycle.absence": absence,
    "cycle.poste-partage": shared_desk,
}

"""Catalogue section 5, rows: 72 h and automatic deletion."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from mss_tui.model.facts import RowFacts
from mss_tui.model.message import ANSWERED, Handling
from mss_tui.model.paris import day, days_between
from mss_tui.model.verdict import Place, Severity
from mss_tui.rules.finding import Findings, at, satisfied, violated
from mss_tui.rules.lifecycle import row_deadlines
from mss_tui.rules.words import age, moment
from mss_tui.rules.words import day as written


def handled_in_time(facts: RowFacts) -> Findings:
    """cycle.72h."""
    due, _ = row_deadlines(facts)
    limit, warning = facts.policy.handling_hours.value, facts.policy.handling_warning_hours.value
    where = at(Place.ROW)
    if due is None or limit is None:
        if limit is not None and facts.row.handling is not Handling.TO_DO:
            yield satisfied(where)
        return
    since = due - timedelta(hours=limit)
    values: dict[str, Any] = {"age": age(facts.now - since), "due": moment(due), "limit": limit}
    if ANSWERED in facts.row.flags:
        yield violated(where, severity=Severity.INFO, variant="repondu", **values)
    elif facts.now >= due:
        yield violated(where, **values)
    elif warning is not None and facts.now >= since + timedelta(hours=warning):
        yield violated(where, variant="bientot", **values)
    else:
        yield satisfied(where, **values)


def kept_elsewhere(facts: RowFacts) -> Findings:
    """cycle.conservation."""
    _, expires = row_deadlines(facts)
    if expires is None:
        return
    left = days_between(facts.now, expires)
    values: dict[str, Any] = {"date": written(day(expires)), "days": left}
    warning = facts.policy.retention_warning_days.value
    if left <= 0:
        yield violated(at(Place.ROW), variant="passee", **values)
    elif warning is not None and left <= warning:
        yield violated(at(Place.ROW), **values)
    else:
        yield satisfied(at(Place.ROW), **values)


CHECKS: Mapping[str, Callable[[RowFacts], Findings]] = {
    "cycle.72h": handled_in_time,
    "cycle.conservation": kept_elsewhere,
}

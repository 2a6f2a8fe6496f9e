"""When a message of the demo came, seen from day 0."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from mss_tui.model.paris import PARIS, day, plus_months

RETENTION_MONTHS = 3
"""The operator erases what is older (charte §4)."""


def hours_before(now: datetime, hours: float) -> datetime:
    """So many hours before `now`, whole seconds."""
    return (now - timedelta(hours=hours)).replace(microsecond=0)


def erased_in(now: datetime, days: int) -> datetime:
    """A moment whose three calendar months end `days` days after `now`."""
    received = plus_months(day(now) + timedelta(days=days), -RETENTION_MONTHS)
    return datetime.combine(received, time(9, 12), PARIS)


def erased(received: datetime, now: datetime) -> bool:
    """Has the operator erased it?"""
    return plus_months(day(received), RETENTION_MONTHS) <= day(now)

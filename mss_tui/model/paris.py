"""Days as the rules count them: calendar days in Paris (design.md, Keywords)."""

from __future__ import annotations

import calendar
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

PARIS = ZoneInfo("Europe/Paris")


def day(moment: datetime) -> date:
    """The day in Paris of an aware moment."""
    return moment.astimezone(PARIS).date()


def days_between(earlier: datetime, later: datetime) -> int:
    """Days of the calendar in Paris from `earlier` to `later`; negative when they are the other way round."""
    return (day(later) - day(earlier)).days


def plus_months(start: date, months: int) -> date:
    """`start` moved by calendar months; the 31st becomes the last day of a shorter month."""
    index = start.month - 1 + months
    year, month = start.year + index // 12, index % 12 + 1
    return date(year, month, min(start.day, calendar.monthrange(year, month)[1]))


def plus_years(start: date, years: int) -> date:
    """`start` moved by calendar years; 29 February becomes 28 February."""
    return plus_months(start, 12 * years)


def midnight(of: date) -> datetime:
    """When `of` begins in Paris."""
    return datetime(of.year, of.month, of.day, tzinfo=PARIS)


def next_midnight(moment: datetime) -> datetime:
    """When the Paris day after that of `moment` begins."""
    return midnight(day(moment) + timedelta(days=1))

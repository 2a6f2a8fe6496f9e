"""The Date field (RFC 5322 §3.3, obsolete and broken forms): its moment with its own offset, or nothing."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone

_NAMES = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTHS = {name: number for number, name in enumerate(_NAMES, 1)}
_ZONES = {
    "EST": -5, "EDT": -4, "CST": -6, "CDT": -5, "MST": -7, "MDT": -6, "PST": -8, "PDT": -7,
    "CET": 1, "MET": 1, "CEST": 2, "MEST": 2, "BST": 1, "WEST": 1, "EET": 2, "EEST": 3,
}  # fmt: skip
_TIME = r"(?P<hour>\d{1,2})[:.](?P<minute>\d{2})(?:[:.](?P<second>\d{2}))?(?:\.\d{1,9})?"
_ZONE = r"(?:\s{0,4}(?P<sign>[+-])(?P<zh>\d{2}):?(?P<zm>\d{2})|\s{0,4}(?P<zone>[A-Za-z]{1,5}))?"
_FORMS = tuple(
    re.compile(form)
    for form in (
        r"(?P<day>\d{1,2})[\s-]{0,9}(?P<month>[A-Za-z]{3})[a-z]{0,6}\.?[\s-]{0,9}(?P<year>\d{2,4}),?\s{1,9}"
        rf"{_TIME}{_ZONE}",
        rf"(?P<month>[A-Za-z]{{3}})\s{{1,4}}(?P<day>\d{{1,2}})\s{{1,4}}{_TIME}(?:\s{{1,4}}[A-Z]{{3,4}})?\s{{1,4}}(?P<year>\d{{4}}){_ZONE}",
        rf"(?P<year>\d{{4}})-(?P<month>\d{{2}})-(?P<day>\d{{2}})[T\s]{_TIME}{_ZONE}",
    )
)
_EARLIEST, _LATEST = 1970, 2100


def parse_date(raw: bytes) -> datetime | None:
    """The moment that a Date field names, aware, with the offset it was written with; None when it is absurd.

    A date without a zone counts as UTC; two-digit years follow RFC 5322 §4.3.
    """
    text = raw[:200].decode("latin-1")
    for form in _FORMS:
        found = form.search(text)
        if found:
            return _moment(found)
    return None


def _moment(found: re.Match[str]) -> datetime | None:
    month, year = found["month"], int(found["year"])
    if len(found["year"]) == 2:
        year += 2000 if year < 50 else 1900
    elif len(found["year"]) == 3:
        year += 1900
    zone = _zone(found)
    number = int(month) if month.isdigit() else _MONTHS.get(month.lower(), 0)
    if zone is None or not _EARLIEST <= year <= _LATEST:
        return None
    hour, minute, second = (int(found[unit] or 0) for unit in ("hour", "minute", "second"))
    try:
        return datetime(year, number, int(found["day"]), hour, minute, min(second, 59), tzinfo=zone)
    except ValueError:
        return None


def _zone(found: re.Match[str]) -> timezone | None:
    if found["sign"]:
        offset = timedelta(hours=int(found["zh"]), minutes=int(found["zm"]))
        if int(found["zm"]) > 59 or offset > timedelta(hours=14):
            return None
        return timezone(-offset if found["sign"] == "-" else offset)
    hours = _ZONES.get((found["zone"] or "").upper(), 0)
    return timezone(timedelta(hours=hours)) if hours else UTC

"""When a message of the demo came, seen from day 0, and dates inside its text."""

from __future__ import annotations

import base64
import re
from datetime import UTC, datetime, time, timedelta
from typing import Any

from mss_tui.model.paris import PARIS, day, plus_months

RETENTION_MONTHS = 3
"""The operator erases what is older (charte §4)."""
JUST_NOW = timedelta(minutes=20)

_MARK = re.compile(r"\{(d|utc)([+-][0-9]+)\}")
_ENCODED = re.compile(r"\{b64:([^}]*)\}")


def received(entry: dict[str, Any], now: datetime) -> datetime:
    """The moment that `days` and `at`, `hours` or `erased_in` name, never later than a little before `now`."""
    if "erased_in" in entry:
        began = plus_months(day(now) + timedelta(days=entry["erased_in"]), -RETENTION_MONTHS)
        return datetime.combine(began, time(9, 12), PARIS)
    if "hours" in entry:
        return (now - timedelta(hours=entry["hours"])).replace(microsecond=0)
    hour, minute = map(int, entry["at"].split(":"))
    moment = datetime.combine(day(now) - timedelta(days=entry["days"]), time(hour, minute), PARIS)
    return min(moment, (now - JUST_NOW).replace(microsecond=0))


def erased(moment: datetime, now: datetime) -> bool:
    """Has the operator erased what came at `moment`?"""
    return plus_months(day(moment), RETENTION_MONTHS) <= day(now)


def dated(text: str, moment: datetime) -> str:
    """`text` with `{d-8}` as the date 8 days before `moment`, and `{utc+6}` as a time of an invitation."""

    def value(match: re.Match[str]) -> str:
        then = moment + timedelta(days=int(match[2]))
        if match[1] == "utc":
            return then.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
        return day(then).strftime("%d/%m/%Y")

    return _MARK.sub(value, text)


def raw(text: str, *, date: str, message_id: str, charset: str) -> bytes:
    """A message written out in full: `{date}`, `{id}`, and `{b64:…}` for what stands inside an encoded word."""

    def encode(match: re.Match[str]) -> str:
        return base64.b64encode(match[1].encode("utf-8")).decode("ascii")

    filled = _ENCODED.sub(encode, text.lstrip("\n")).replace("{date}", date).replace("{id}", message_id)
    return filled.replace("\n", "\r\n").encode(charset)

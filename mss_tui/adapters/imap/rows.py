"""Rows of the list from header fields (peers.md §D).

ENVELOPE costs 628 octets a row and has neither Auto-Submitted nor Disposition-Notification-To, which would have to be
asked for besides; these fields cost less with their names, and come with their own offsets and octets. BODYSTRUCTURE
would cost 140 more: the hints that a row shows come from Content-Type (`multipart/mixed`) and X-MSS-CODECDA
(ECO.2.4.1) instead, and the message itself, once it is opened, says what is really in it.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterable
from contextlib import suppress
from datetime import UTC, datetime, timedelta, timezone

from mss_tui.adapters.imap.hearing import read_flags
from mss_tui.adapters.imap.mailbox import Items, Mailbox
from mss_tui.adapters.imap.syntax import Malformed, Value, number, string
from mss_tui.mime.row import row_of
from mss_tui.model.message import MessageRef, Row

FIELDS = "BODY[HEADER.FIELDS]"
_NAMES = (
    "FROM TO CC REPLY-TO SUBJECT DATE MESSAGE-ID IN-REPLY-TO CONTENT-TYPE AUTO-SUBMITTED LIST-ID "
    "DISPOSITION-NOTIFICATION-TO X-MSS-CODECDA"
)
_FEW = "FROM SUBJECT DATE AUTO-SUBMITTED X-MSS-CODECDA"
_MOST = 16_384
"""Octets of header fields a row: what is longer is cut, and whole once the message is opened."""
_ITEMS = f"UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[HEADER.FIELDS ({{}})]<0.{_MOST}>"
ROW_ITEMS = _ITEMS.format(_NAMES).encode()
SHORT_ROW_ITEMS = _ITEMS.format(_FEW).encode()
"""For a slow line: a row then knows no recipients, identifiers or receipts before its message is opened."""
_BATCH = 100
"""Rows read (0.14 ms each) before others may run."""
_KEPT = 2_000
"""Rows kept in memory, a folder."""
MESSAGE_ITEMS = b"UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[HEADER]"
WINDOW = 200
"""Rows asked for in one command."""

_INTERNAL = re.compile(
    rb" ?(\d{1,2})-([A-Za-z]{3})-(\d{4}) (\d{2}):(\d{2}):(\d{2}) ([+-])(\d{2})(\d{2})\Z",
)
_MONTHS = {b: n for n, b in enumerate(b"jan feb mar apr may jun jul aug sep oct nov dec".split(), 1)}


def internal_date(value: Value) -> datetime | None:
    """INTERNALDATE, aware, UTC; None when it is none."""
    found = _INTERNAL.match(value) if isinstance(value, bytes) else None
    if found is None:
        return None
    month = _MONTHS.get(found[2].lower(), 0)
    offset = timedelta(hours=int(found[8]), minutes=int(found[9])) * (-1 if found[7] == b"-" else 1)
    try:
        day, year, hour, minute, second = (int(found[group]) for group in (1, 3, 4, 5, 6))
        return datetime(year, month, day, hour, minute, second, tzinfo=timezone(offset)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def row(ref: MessageRef, items: Items, now: datetime) -> Row:
    """The row that the items of a FETCH make; `now` stands in for a date that nobody gives.

    Raises:
        Malformed: an item is missing or is not what it should be.
    """
    return row_of(
        string(items[FIELDS]),
        now,
        ref=ref,
        received=internal_date(items.get("INTERNALDATE")),
        size=number(items["RFC822.SIZE"]),
        flags=read_flags(items["FLAGS"]),
    )


class Rows:
    """Collects the items of rows while FETCHes go on, by UID; what is no row passes by."""

    def __init__(self) -> None:
        self.items: dict[int, Items] = {}
        self.places: dict[int, int] = {}

    def hear(self, place: int, uid: int, items: Items) -> bool:
        """A FETCH: kept when it holds a row; later flags replace earlier ones."""
        if FIELDS in items:
            self.items[uid] = items
            self.places[uid] = place
            return True
        if uid in self.items and "FLAGS" in items:
            self.items[uid]["FLAGS"] = items["FLAGS"]
        return False

    async def take(self, uids: Iterable[int], account: str, box: Mailbox, now: datetime) -> tuple[Row, ...]:
        """The rows of `uids`, in that order, those kept from before included; one that cannot be read is left out."""
        found: list[Row] = []
        for place, uid in enumerate(uids):
            if place % _BATCH == _BATCH - 1:
                await asyncio.sleep(0)
            if uid in self.items:
                with suppress(Malformed, KeyError):
                    box.rows[uid] = row(MessageRef(account, box.name, box.uidvalidity, uid), self.items[uid], now)
            if uid in box.rows:
                found.append(box.rows[uid])
        while len(box.rows) > _KEPT:
            del box.rows[next(iter(box.rows))]
        return tuple(found)

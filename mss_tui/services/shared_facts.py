"""Last reading by a person, last connection, first use: shared by all who use a mailbox (METADATA; memo 1).

What this machine knows of the first two and what others left on the server stay apart in the facts file; the rules take
the later one. Of the first use the earliest known is kept: cycle.72h counts from the first use of the mailbox, and must
not begin again on every new machine.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

from mss_tui.model.mailbox import Remembered
from mss_tui.ports.mail import MailStore
from mss_tui.ports.store import FactsFile

NOTE = "lecture"
_OLD = timedelta(hours=1)
"""A note is written again when it is older than what is known here by this much."""


async def share(mail: MailStore, facts: FactsFile, account: str, now: datetime) -> Remembered:
    """Read what others left, and leave what is known here.

    A moment in the future, or a note that is none, is not believed.

    Raises:
        MssError: the mailbox cannot be reached.
    """
    note = await mail.note(NOTE)
    known = facts.of(account)
    if note is None:
        return known
    read, connected, there = _moments(note, now)
    first = min((moment for moment in (known.baseline, there) if moment is not None), default=None)
    if (read, connected, first) != (known.shared_read, known.shared_connected, known.baseline):
        known = facts.update(account, shared_read=read, shared_connected=connected, baseline=first)
    both = known.by_anyone()
    if _newer(both.read, read) or _newer(both.connected, connected) or first != there:
        shared = {"read": both.read, "connected": both.connected, "first": first}
        await mail.set_note(NOTE, json.dumps({name: _text(moment) for name, moment in shared.items()}))
    return known


def _newer(here: datetime | None, there: datetime | None) -> bool:
    return here is not None and (there is None or here - there > _OLD)


def _text(moment: datetime | None) -> str | None:
    return None if moment is None else moment.astimezone(UTC).isoformat(timespec="seconds")


def _moments(note: str, now: datetime) -> list[datetime | None]:
    try:
        found = json.loads(note) if note else {}
        moments = [found.get(name) for name in ("read", "connected", "first")]
        return [_believed(None if text is None else datetime.fromisoformat(text), now) for text in moments]
    except (ValueError, TypeError, AttributeError):
        return [None, None, None]


def _believed(moment: datetime | None, now: datetime) -> datetime | None:
    if moment is None or moment.tzinfo is None or moment > now + timedelta(days=1):
        return None
    return moment.astimezone(UTC)

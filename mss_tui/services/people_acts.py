"""Who acts on a mailbox, as the journal of this machine tells it (bal.utilisateurs; charte §4, §6)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from mss_tui.model.people import Account, MailboxType
from mss_tui.ports.store import Entry, Journal
from mss_tui.services.mailbox_rules import Identities

READ_BACK = 5_000
"""Lines of the journal that are looked through: what is older says nothing of who is there now."""

SHARED = (MailboxType.ORG, MailboxType.CAB)


def identities(entries: Iterable[Entry], mailbox: str) -> Identities:
    """Each person who acted on `mailbox`, with their first and last act among `entries`."""
    found: dict[str, tuple[datetime, datetime]] = {}
    for entry in entries:
        if entry.mailbox == mailbox and entry.actor:
            first, last = found.get(entry.actor, (entry.at, entry.at))
            found[entry.actor] = (min(first, entry.at), max(last, entry.at))
    return tuple((person, first, last) for person, (first, last) in found.items())


def who_acts(account: Account, journal: Journal) -> Identities | None:
    """Those of a shared mailbox; None for any other, which has nobody to tell apart."""
    return identities(journal.entries(READ_BACK), account.address) if account.type in SHARED else None

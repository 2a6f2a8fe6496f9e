"""The journal lines of a sending: one before, one after (ECO.4.1.1); no subject, no text.

The journal itself puts a keyed hash in the place of a patient's address.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress

from mss_tui.errors import MssError
from mss_tui.model.draft import Built
from mss_tui.model.people import Actor
from mss_tui.ports.store import Journal, OutboxRecord
from mss_tui.text import clean

ACT = "send"
_MAX_NAMED = 100


class Trail:
    """Writes the lines of one mailbox."""

    def __init__(self, journal: Journal, mailbox: str) -> None:
        self._journal = journal
        self._mailbox = mailbox

    def intent(self, actor: Actor, built: Built, reasons: Mapping[str, str] | None = None) -> None:
        """Who sends what to whom, and what was confirmed with which reason.

        Raises:
            MssError: it could not be written: the message must not leave.
        """
        people = built.recipients
        details = {"message_id": built.message_id, "n": str(len(people)), "octets": str(len(built.data))}
        details |= {f"to{n}": who for n, who in enumerate(people[:_MAX_NAMED], 1)}
        details |= {f"confirm:{rule}": clean(why, 200) or "oui" for rule, why in (reasons or {}).items()}
        self._journal.write(actor, self._mailbox, ACT, "intent", **details)

    def outcome(self, actor: Actor, record: OutboxRecord, phase: str, **details: str) -> None:
        """What became of it; a journal that fails now must not hide that."""
        known = {"message_id": record.message_id, "state": record.state.value}
        with suppress(MssError):
            self._journal.write(actor, self._mailbox, ACT, phase, **known, **{k: v for k, v in details.items() if v})

    def decision(self, actor: Actor, record: OutboxRecord, what: str) -> None:
        """What a person decided about a message of the outbox: "discarded", "left".

        Raises:
            MssError: it could not be written.
        """
        known = {"message_id": record.message_id, "state": record.state.value}
        self._journal.write(actor, self._mailbox, "outbox", "note", **known, decision=what)

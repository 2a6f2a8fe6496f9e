"""What stays on this machine: the facts file, the journal, the outbox records, what was accepted. No patient data,
but in drafts, which are sealed with the profile's key.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from mss_tui.model.mailbox import Remembered
from mss_tui.model.people import Actor
from mss_tui.model.sending import SendState
from mss_tui.record import dataclass

if TYPE_CHECKING:
    from mss_tui.model.draft import Draft


class FactsFile(Protocol):
    """Remembered facts, one file a user, written atomically, shared by the programs that run."""

    def of(self, account: str) -> Remembered:
        """What is known of an account; empty when nothing is."""
        ...

    def update(self, account: str, **changes: object) -> Remembered:
        """Change fields of `Remembered` and keep the others, under a lock."""
        ...


@dataclass(frozen=True, slots=True)
class Entry:
    """A journal line as read back: `at` is aware, UTC; `details` hold no content, secret or token."""

    at: datetime
    actor: str
    proof: str
    mailbox: str
    act: str
    phase: str
    details: Mapping[str, str]


class Journal(Protocol):
    """The journal: one line before an act on the network, one after (ECO.4.1.1, ECO.4.1.2)."""

    def write(self, actor: Actor, mailbox: str, act: str, phase: str, **details: str) -> None:
        """Append one line, locked and synced.

        Args:
            phase: "intent", "done", "failed" or "note".
            details: short texts; a keyed hash takes the place of a patient's address.

        Raises:
            MssError: it could not be written: the act must not go on.
        """
        ...

    def entries(self, last: int = 200) -> Sequence[Entry]:
        """The newest lines, oldest first."""
        ...


@dataclass(frozen=True, slots=True)
class OutboxRecord:
    """One message on its way: no address, subject or text. `answers` are SMTP codes by recipient index.

    `digest` is the SHA-256 of the copy that was stored once the rules had passed; `due` is when it may leave, None for
    at once; `want_delivery` is the delivery receipt that was asked for, which the copy does not hold (RFC 3461).
    """

    key: str
    account: str
    message_id: str
    state: SendState
    at: datetime
    stored_folder: str = ""
    stored_uidvalidity: int = 0
    stored_uid: int = 0
    answers: tuple[int, ...] = ()
    copied: bool = False
    digest: str = ""
    due: datetime | None = None
    want_delivery: bool = True


class OutboxRecords(Protocol):
    """Records of messages on their way; each synced, each locked by the process that works on it."""

    def write(self, record: OutboxRecord) -> None:
        """Store the record, atomically and synced; takes its lock for this process."""
        ...

    def claim(self, key: str) -> OutboxRecord | None:
        """Take over the record of a dead process, as it is now; None when it is gone, or somebody is at work on it."""
        ...

    def all(self) -> Sequence[tuple[OutboxRecord, bool]]:
        """Every record, and whether a live process holds it."""
        ...

    def remove(self, key: str) -> None:
        """The message is where it should be: forget it."""
        ...


class Acceptances(Protocol):
    """What the user accepted lately, so that it is not asked again (catalogue, Few questions)."""

    def recent(self, days: int) -> frozenset[tuple[str, str]]:
        """Pairs of rule and item accepted in the last `days`; `in` is asked with the item in clear."""
        ...

    def accept(self, rule: str, item: str) -> None:
        """Remember one; `item` is hashed with a key of this machine before it is stored."""
        ...


@dataclass(frozen=True, slots=True)
class Sealed:
    """A draft that the server could not keep. `tried` are Message-IDs under which it may be there all the same."""

    draft: Draft
    tried: tuple[str, ...] = ()


class SealedDrafts(Protocol):
    """Drafts of one mailbox that are on no server, encrypted on this machine (design.md, Outbox)."""

    def held(self) -> bool:
        """May there be any? Needs no key."""
        ...

    async def all(self) -> tuple[Sealed, ...]:
        """Those that can be read, by key."""
        ...

    async def seal(self, sealed: Sealed) -> bool:
        """Keep one, in the place of what was kept under its key; False where it could not be, what was kept stays."""
        ...

    async def drop(self, key: str) -> None:
        """It is elsewhere, or nobody wants it."""
        ...

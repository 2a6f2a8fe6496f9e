"""Facts: what rules read. Services fill them from mime, documents, directory and server; a rule never parses.

A fact that is missing is None or UNKNOWN, and the rule that needs it answers `unknown`, never `satisfied`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from mss_tui.model.address import Address, Kind
from mss_tui.model.directory import DirectoryEntry, Publication
from mss_tui.model.mailbox import Remembered
from mss_tui.model.message import Attachment, Row
from mss_tui.model.people import Account, Person
from mss_tui.model.policy import Policy
from mss_tui.model.verdict import Place


@dataclass(frozen=True, slots=True)
class RecipientFact:
    """One recipient as typed, and what is known of it. `address` is None when it is none."""

    place: Place
    typed: str
    name: str
    address: Address | None
    kind: Kind
    publication: Publication = Publication.UNKNOWN
    entry: DirectoryEntry | None = None
    homonyms: tuple[DirectoryEntry, ...] = ()
    formerly_published: bool = False
    known_correspondent: bool = False
    in_white_list: bool | None = None
    patient_informed: bool | None = None
    objected: bool | None = None


@dataclass(frozen=True, slots=True)
class AttachmentFact:
    """One attachment: `size` in octets raw; `encoded` as it travels in base64 with line ends."""

    name: str
    type: str
    size: int
    encoded: int


@dataclass(frozen=True, slots=True)
class OutgoingFacts:
    """A message about to leave. `encoded` is the size of the built message, or the estimate while it is written.

    `own_text` is the sender's own words: no quoted thread, no signature. `patients` are the INS found in documents.
    `remembered` holds (rule, item) pairs that were accepted lately and are not asked again.
    """

    account: Account
    policy: Policy
    person: Person | None
    recipients: tuple[RecipientFact, ...]
    subject: str
    own_text: str
    quoted: str
    attachments: tuple[AttachmentFact, ...]
    encoded: int
    server_limit: int | None = None
    origin_new: bool = True
    remembered: frozenset[tuple[str, str]] = frozenset()


@dataclass(frozen=True, slots=True)
class IncomingFacts:
    """A received message. `text` is its body where it was opened, else None."""

    row: Row
    kind: Kind
    policy: Policy
    text: str | None = None
    attachments: tuple[Attachment, ...] = ()
    return_path: str = ""


@dataclass(frozen=True, slots=True)
class RowFacts:
    """A message as the clock sees it (cycle.72h, cycle.conservation). `now` is aware, UTC."""

    row: Row
    policy: Policy
    now: datetime
    baseline: datetime | None
    own: bool = False


@dataclass(frozen=True, slots=True)
class MailboxFacts:
    """A mailbox as the clock sees it. `now` is aware, UTC; days are counted in Paris."""

    account: Account
    policy: Policy
    remembered: Remembered
    now: datetime
    person: Person | None = None
    days_off: tuple[int, ...] = ()
    leave: tuple[date, date] | None = None


Facts = OutgoingFacts | IncomingFacts | RowFacts | MailboxFacts

"""Facts: what rules read. Services fill them from mime, documents, directory and server; a rule never parses.

A fact that is missing is None or UNKNOWN, and the rule that needs it answers `unknown`, never `satisfied`.
"""

from __future__ import annotations

from datetime import date, datetime

from mss_tui.model.address import Address, Kind
from mss_tui.model.directory import DirectoryEntry, Publication
from mss_tui.model.folder import Quota
from mss_tui.model.mailbox import Absence, Remembered
from mss_tui.model.message import Attachment, Row
from mss_tui.model.people import Account, Call, Person
from mss_tui.model.policy import Policy
from mss_tui.model.verdict import Place
from mss_tui.record import dataclass


@dataclass(frozen=True, slots=True)
class PatientFact:
    """A patient the message speaks of, as the profile's registers know them; None is "no register could be read".

    `ins` is the matricule with its key. `objected_messages`: to messages sent to them; `objected_exchanges`: to
    exchanges between professionals.
    """

    ins: str
    informed: bool | None = None
    objected_messages: bool | None = None
    objected_exchanges: bool | None = None


CRITICAL = frozenset(("AA", "HH", "LL"))
"""Interpretations of a result that somebody must act on at once (HL7 table 0078)."""


@dataclass(frozen=True, slots=True)
class DocumentFact:
    """What the worker read in an attachment that is a health document. Texts are sanitised.

    `source` is the attachment's name, `kind` "xdm", "cda" or "pdf"; one fact for each document of an archive.
    `ins` is the patient's matricule with its key. `interpretations` are HL7 codes of results (AA, HH, LL…);
    `masks` of MASQUE_PS, INVISIBLE_PATIENT, INVISIBLE_REP_LEGAUX. `sender` is the author's MSSanté address in the
    document ("" when it gives none). `replaces` and `deletes` name an earlier document. `read`: had a PDF a text that
    could be read? A scan and a closed one have none.
    """

    source: str
    kind: str
    title: str = ""
    type_code: str = ""
    type_label: str = ""
    ins: str = ""
    birth_name: str = ""
    used_name: str = ""
    given: str = ""
    birth_date: str = ""
    sex: str = ""
    oid: str = ""
    act_date: str = ""
    interpretations: frozenset[str] = frozenset()
    masks: frozenset[str] = frozenset()
    sender: str | None = None
    pdf_a: bool | None = None
    replaces: str = ""
    deletes: str = ""
    read: bool | None = None


@dataclass(frozen=True, slots=True)
class RecipientFact:
    """One recipient as typed, and what is known of it. `address` is None when it is none.

    `ins_qualified`: the sender holds this INS from a qualified identity. `in_thread`: already addressed in the thread
    that is quoted. `services`: mailboxes the directory has for this person's own service.
    """

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
    ins_qualified: bool | None = None
    in_thread: bool | None = None
    services: tuple[DirectoryEntry, ...] | None = None


@dataclass(frozen=True, slots=True)
class AttachmentFact:
    """One attachment: `size` in octets raw; `encoded` as it travels in base64 with line ends.

    `sniffed` is the type its first octets say ("" where nobody looked); `pixels` are an image's width and height;
    `macros`: does the office document hold some, None where nobody looked into it?
    """

    name: str
    type: str
    size: int
    encoded: int
    inline: bool = False
    sniffed: str = ""
    encrypted: bool | None = None
    pixels: tuple[int, int] | None = None
    macros: bool | None = None


@dataclass(frozen=True, slots=True)
class OutgoingFacts:
    """A message about to leave. `encoded` is the size of the built message, or the estimate while it is written.

    `own_text` is the sender's own words: no quoted thread, no signature. `documents` is None while attachments were
    not read. `patients` is what the registers know. `headers` are the X-MSS fields as built. `white_list`: is a list
    of trust-space domains loaded, False when it should be and could not, None when the profile has none.
    `validation`: "" where the service asks for none, else "confirm" or "block". `acting` says that the individual
    identity of who acts is known. `remembered` holds (rule, item) pairs that were accepted lately and are not asked
    again; an item is `Verdict.where.item`.
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
    documents: tuple[DocumentFact, ...] | None = None
    patients: tuple[PatientFact, ...] = ()
    calls: tuple[Call, ...] = ()
    reply_to: str = ""
    headers: tuple[tuple[str, str], ...] | None = None
    last_to_patient: bool = False
    quota: Quota | None = None
    white_list: bool | None = None
    validation: str = ""
    validated: bool | None = None
    acting: bool | None = None
    departure: date | None = None
    today: date | None = None


@dataclass(frozen=True, slots=True)
class IncomingFacts:
    """A received message. `text` is its body where it was opened, else None."""

    row: Row
    kind: Kind
    policy: Policy
    text: str | None = None
    attachments: tuple[Attachment, ...] = ()
    return_path: str = ""
    documents: tuple[DocumentFact, ...] | None = None
    calls: tuple[Call, ...] = ()


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
    """A mailbox as the clock sees it. `now` is aware, UTC; days are counted in Paris.

    `days_off` are weekdays without reading, Monday is 1. `others`: how many other mailboxes the profile has.
    `identities` are who acts on the mailbox, with their first and last act, from the journal. `holder` is whose
    nominative mailbox it is, where the profile says so. `product` is the X-MSS-NIL reference. `given_names` are folded
    given names of the directory. `idle_lock`: does the program lock when idle?
    """

    account: Account
    policy: Policy
    remembered: Remembered
    now: datetime
    person: Person | None = None
    days_off: tuple[int, ...] = ()
    leave: tuple[date, date] | None = None
    absence: Absence | None = None
    others: int = 0
    identities: tuple[tuple[str, datetime, datetime], ...] | None = None
    holder: Person | None = None
    delegated: bool = False
    acting: bool | None = None
    departure: date | None = None
    product: str | None = None
    given_names: frozenset[str] | None = None
    idle_lock: bool | None = None


Facts = OutgoingFacts | IncomingFacts | RowFacts | MailboxFacts

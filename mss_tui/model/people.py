"""People and profiles: who acts, from which mailboxes, with whose phone numbers at hand."""

from __future__ import annotations

from dataclasses import field
from datetime import date
from enum import StrEnum
from pathlib import Path

from mss_tui.model.policy import Policy
from mss_tui.record import dataclass


class MailboxType(StrEnum):
    """Type of a BAL (TRE_R257): nominative, organisationnelle, applicative, de cabinet."""

    PER = "PER"
    ORG = "ORG"
    APP = "APP"
    CAB = "CAB"


class Proof(StrEnum):
    """How a person's identity is known."""

    DECLARED = "declared"
    PASSWORD = "password"  # noqa: S105
    CERTIFICATE = "certificate"
    PSC = "psc"


@dataclass(frozen=True, slots=True)
class Person:
    """A professional, as the profile names them."""

    name: str
    title: str = ""
    rpps: str = ""
    entity: str = ""


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts, and how that is known: every call that changes something takes one (ECO.4.1.2, monsisra)."""

    person: Person
    proof: Proof = Proof.DECLARED


class Security(StrEnum):
    """How TLS begins. There is no third way."""

    STARTTLS = "starttls"
    TLS = "tls"


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A server's address."""

    host: str
    port: int
    security: Security = Security.STARTTLS


class AuthMethod(StrEnum):
    """How an account proves itself to its operator."""

    PASSWORD = "password"  # noqa: S105
    CERTIFICATE = "certificate"
    TOKEN = "token"  # noqa: S105
    PSC = "psc"


@dataclass(frozen=True, slots=True)
class Auth:
    """`command` is an argument vector that prints the password or token; no shell ever runs it.

    `mechanism` fixes how a password is proved: "plain", "scram-sha-1" or "scram-sha-256"; "" is the strongest offered.
    `keyring`: the password may be looked up in the keyring of the session; `kernel_minutes` is for how long one that
    was typed stays in the kernel's. `certificate` is a PEM or PKCS#12 file, `key` the PEM file of its private key where
    that stands apart; the secret is then what opens the key. `relay` is the https address of the establishment's Pro
    Santé Connect relay, which `certificate` may open too, `relay_ca` its authorities; `identity` is the national
    identifier ("8" and the RPPS) where it is not the profile's, `card` asks for the CPS card first.
    """

    method: AuthMethod = AuthMethod.PASSWORD
    user: str = ""
    command: tuple[str, ...] = ()
    keyring: bool = False
    certificate: Path | None = None
    key: Path | None = None
    relay: str = ""
    relay_ca: Path | None = None
    identity: str = ""
    card: bool = False
    mechanism: str = ""
    kernel_minutes: int = 0


@dataclass(frozen=True, slots=True)
class Trust:
    """What a server's certificate is held against, beside the authorities of `Account.ca`.

    `sha256`: the only authorities accepted, by the SHA-256 of their DER, lower case. `crl`: a file or a directory of
    revocation lists, None where none are kept; `crl_strict` refuses a server whose revocation cannot be checked.
    `online`: whom the server's certificate names is asked (OCSP, CRL), `online_hosts` at a private address too.
    """

    sha256: tuple[str, ...] = ()
    crl: Path | None = None
    crl_strict: bool = True
    online: bool = False
    online_hosts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Account:
    """One mailbox. `ca` is a PEM file or None for the system store; `folders` maps roles to folder names.

    `holder` is whose nominative mailbox it is, where it is not the person of the profile; `delegated` says that the
    holder declared that this person may work in it (faq 10, formation).
    """

    id: str
    address: str
    type: MailboxType
    policy: Policy
    imap: Endpoint
    smtp: Endpoint
    sieve: Endpoint | None = None
    auth: Auth = Auth()
    ca: Path | None = None
    trust: Trust = Trust()
    label: str = ""
    red_list: bool = False
    folders: dict[str, str] = field(default_factory=dict)
    holder: str = ""
    delegated: bool = False


@dataclass(frozen=True, slots=True)
class Call:
    """Whom to phone."""

    who: str
    phone: str


@dataclass(frozen=True, slots=True)
class DirectorySource:
    """Where the annuaire is: an index file, and the FHIR API with the command that prints its key."""

    index: Path | None = None
    fhir_url: str = ""
    key_command: tuple[str, ...] = ()
    ca: Path | None = None


@dataclass(frozen=True, slots=True)
class JournalKeeping:
    """How long the journal is kept, and where its chain is anchored: "journald", "syslog" (TLS, RFC 5425) or ""."""

    months: int = 6
    anchor: str = ""
    host: str = ""
    port: int = 6514
    ca: Path | None = None


@dataclass(frozen=True, slots=True)
class Destination:
    """What the administrator declared that documents may be handed over to: a watched folder, or a command's input.

    `content` is what it takes: "document" (the CDA as it came), "pdf" or "text". `mode` is that of a file in `folder`.
    """

    name: str
    folder: Path | None = None
    command: tuple[str, ...] = ()
    content: str = "document"
    mode: int = 0o600


@dataclass(frozen=True, slots=True)
class Lock:
    """When the screen locks by itself, and what opens it: "identity" (PIN, password, PSC) or "key" (any key)."""

    minutes: int = 5
    unlock: str = "identity"


@dataclass(frozen=True, slots=True)
class Caching:
    """Where what was read stays: in memory, or encrypted on this machine too.

    The key of the copy is in the keyring of the session, or made of a passphrase that `command` prints or the user
    types. `wipe`: the copy goes when a locked screen is left (three wrong codes, Ctrl+Q).
    """

    encrypted: bool = False
    keyring: bool = False
    command: tuple[str, ...] = ()
    wipe: bool = True


@dataclass(frozen=True, slots=True)
class Profile:
    """How mss-tui is used: a person, their mailboxes, their habits.

    `acting` is False while the person named is a service and nobody has said who acts (bal.org-tracabilite); `acts` is
    who said so.
    `departure` is the person's last day. `validation` is "" where documents need not be validated before they leave,
    else what is done about one that was not: "confirm" or "block". `save_to` is where messages are kept outside the
    messagerie (faq 8). `alert_command` runs without any content when a critical result arrives.
    `undo_seconds` is for how long a message waits before it leaves; `want_delivery` and `want_reading` are the
    receipts that a message begun here asks for; `product` is the X-MSS-NIL reference (ECO.2.4.3).
    `signature` stands under a message begun on screen. `editor` is the command of the editor that may be opened on a
    text, empty where the environment says; `external_editor` is False where none may. `dictionary` is the file of the
    words that spelling takes as right, None where none is kept.
    `shared_host`: several people use this account of this host: nothing is kept on disk for the next one, and who acts
    is asked at the start. `clipboard`: what is copied may go to the terminal's clipboard (OSC 52).
    """

    name: str
    person: Person
    accounts: tuple[Account, ...]
    directory: DirectorySource = DirectorySource()
    calls: tuple[Call, ...] = ()
    lang: str = "fr"
    theme: str = "auto"
    low_bandwidth: bool = False
    read_only: bool = False
    folder: str = "INBOX"
    patient_informed_days: int | None = None
    days_off: tuple[int, ...] = ()
    leave: tuple[date, date] | None = None
    acting: bool = True
    acts: Person | None = None
    departure: date | None = None
    validation: str = ""
    save_to: Path | None = None
    alert_command: tuple[str, ...] = ()
    journal: JournalKeeping = JournalKeeping()
    undo_seconds: int = 0
    want_delivery: bool = True
    want_reading: bool = False
    product: str = ""
    signature: str = ""
    editor: tuple[str, ...] = ()
    external_editor: bool = True
    dictionary: Path | None = None
    keys: tuple[tuple[str, str], ...] = ()
    """Acts by id, and the key that does each in place of ours, as Textual names it."""
    lock: Lock = Lock()
    caching: Caching = Caching()
    shared_host: bool = False
    clipboard: bool = False
    searches: tuple[tuple[str, str], ...] = ()
    """Searches kept by name, as they are typed."""
    destinations: tuple[Destination, ...] = ()
    ocr: tuple[str, ...] = ()
    """Command that writes the text of the picture on its input; empty where none is declared."""

"""What is heard of a message after it left: deliveries, readings, refusals (RFC 3464, RFC 8098, CISIS-112)."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from mss_tui.record import dataclass
from mss_tui.text import DisplayText


class Event(StrEnum):
    """What a receipt says. Nothing heard is no event: it proves nothing."""

    RELAYED = "relayed"
    """Passed on to a server that gives no receipt."""
    DELAYED = "delayed"
    DELIVERED = "delivered"
    """In the recipient's mailbox: remis."""
    READ = "read"
    """Shown to a person: lu."""
    INTEGRATED = "integrated"
    """Taken up by the recipient's software: intégré."""
    NOT_INTEGRATED = "not_integrated"
    """Their software could not file the documents: KO intégration."""
    DELETED = "deleted"
    """Deleted, perhaps without having been read."""
    FAILED = "failed"


class Reason(StrEnum):
    """Why a message did not arrive; `model.advice` says what to do."""

    UNKNOWN_MAILBOX = "unknown_mailbox"
    UNKNOWN_DOMAIN = "unknown_domain"
    BAD_ADDRESS = "bad_address"
    MOVED = "moved"
    CLOSED = "closed"
    FULL = "full"
    TOO_BIG = "too_big"
    SERVER_FULL = "server_full"
    SERVER_DOWN = "server_down"
    UNREACHABLE = "unreachable"
    EXPIRED = "expired"
    LOOP = "loop"
    NOT_ALLOWED = "not_allowed"
    SENDER_REFUSED = "sender_refused"
    CONTENT_REFUSED = "content_refused"
    TOO_MANY = "too_many"
    NO_SECURITY = "no_security"
    PATIENT_CLOSED = "patient_closed"
    PATIENT_UNKNOWN = "patient_unknown"
    PATIENT_ADDRESS = "patient_address"
    INTEGRATION = "integration"
    OTHER = "other"


class Form(StrEnum):
    """What a message is as a report."""

    DELIVERY = "delivery"
    DISPOSITION = "disposition"
    WORDS = "words"
    """Ordinary mail that says it: a bounce in words, « [KO Intégration système !] »."""
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Receipt:
    """One statement about one recipient, as claimed by the report: anyone may have written it.

    `recipient` is whom it names now, `wanted` whom the message was addressed to, where the report says. `code` is an
    enhanced status code (RFC 3463) or one of the volet's error codes (900 to 906).
    """

    event: Event
    recipient: DisplayText
    wanted: DisplayText = DisplayText("")
    at: datetime | None = None
    code: str = ""
    reason: Reason | None = None
    words: DisplayText = DisplayText("")
    automatic: bool = True


@dataclass(frozen=True, slots=True)
class Report:
    """A received report, and the message it speaks of: its identifiers are empty where the report does not say."""

    form: Form
    receipts: tuple[Receipt, ...] = ()
    message_id: str = ""
    envelope_id: str = ""

"""What became of a message: a state, and each recipient's answer (design.md, Outbox; RFC 1047)."""

from __future__ import annotations

from enum import StrEnum

from mss_tui.phrase import Phrase
from mss_tui.record import dataclass
from mss_tui.text import DisplayText


class SendState(StrEnum):
    """Where a message stands. `UNKNOWN` may have left; it is never sent again without a key press."""

    DRAFT = "draft"
    QUEUED = "queued"
    SENDING = "sending"
    ACCEPTED = "accepted"
    PARTLY_REFUSED = "partly_refused"
    REFUSED = "refused"
    UNKNOWN = "unknown"


LEFT = (SendState.ACCEPTED, SendState.PARTLY_REFUSED)
"""It is at the other end, for one recipient at least."""


@dataclass(frozen=True, slots=True)
class RecipientAnswer:
    """The server's answer to one RCPT: SMTP code (0 when none came), enhanced code, sanitised words."""

    address: str
    code: int
    text: DisplayText
    enhanced: str = ""

    @property
    def accepted(self) -> bool:
        """Was it taken?"""
        return 200 <= self.code < 300


class SentCopy(StrEnum):
    """The copy in Sent, a step of its own."""

    STORED = "stored"
    WAITING = "waiting"
    FAILED = "failed"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class SendReport:
    """The end of one attempt, as far as it is known."""

    message_id: str
    state: SendState
    recipients: tuple[RecipientAnswer, ...]
    answer: DisplayText = DisplayText("")
    sent_copy: SentCopy = SentCopy.NONE
    remark: Phrase | None = None

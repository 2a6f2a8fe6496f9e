"""A message being written. Each edit makes a new draft; nothing in it was checked."""

from __future__ import annotations

from dataclasses import field
from enum import StrEnum
from pathlib import Path

from mss_tui.model.message import MessageRef
from mss_tui.record import dataclass


class Origin(StrEnum):
    """What a draft came from."""

    NEW = "new"
    REPLY = "reply"
    REPLY_ALL = "reply_all"
    FORWARD = "forward"


@dataclass(frozen=True, slots=True)
class LocalFile:
    """An attachment by path, read when the message is built. `size` in octets when it was attached."""

    path: Path
    name: str
    type: str
    size: int


@dataclass(frozen=True, slots=True)
class HeldFile(LocalFile):
    """An attachment whose octets are in memory: a piece of a message that came in a file. `path` is only its name."""

    data: bytes = b""


@dataclass(frozen=True, slots=True)
class RemotePart:
    """An attachment taken over from a received message (a forward); fetched byte for byte when built."""

    ref: MessageRef
    section: str
    name: str
    type: str
    size: int
    inline: bool = False


@dataclass(frozen=True, slots=True)
class Draft:
    """What the user typed: addresses are raw text, one each; `quoted` is cited text below the body.

    `key` names the draft for as long as it lives (journal, confirmations, recovery); it is random and says nothing.
    `validated` is the digest of the content that a named person validated, "" where nobody did.
    """

    key: str
    account: str
    to: tuple[str, ...] = ()
    cc: tuple[str, ...] = ()
    bcc: tuple[str, ...] = ()
    subject: str = ""
    body: str = ""
    quoted: str = ""
    attachments: tuple[LocalFile | RemotePart, ...] = ()
    origin: Origin = Origin.NEW
    answers: MessageRef | None = None
    in_reply_to: str = ""
    references: tuple[str, ...] = ()
    want_reading: bool = False
    want_delivery: bool = True
    last_to_patient: bool = False
    reply_to: str = ""
    """Where answers go instead of the sender (RFC 5322 §3.6.2); "" is the sender."""
    headers: tuple[tuple[str, str], ...] = ()
    """X-MSS fields computed of the attached archive when it leaves (ECO.2.4.1, ECO.2.4.2); never typed."""
    thread: tuple[str, ...] = field(default=(), compare=False)
    """Who was already addressed in the thread that is cited, lower case; empty where nobody knows."""
    saved_as: MessageRef | None = field(default=None, compare=False)
    validated: str = field(default="", compare=False)

    @property
    def recipients(self) -> tuple[str, ...]:
        """Everyone it goes to, in order."""
        return (*self.to, *self.cc, *self.bcc)

    @property
    def empty(self) -> bool:
        """Has nothing been typed that would be lost?"""
        return not (self.recipients or self.subject.strip() or self.body.strip() or self.attachments)


@dataclass(frozen=True, slots=True)
class Built:
    """The bytes that leave, fixed: CRLF line ends, no Bcc field; the same go to SMTP and to Sent (RFC 5322).

    `envelope_id` is for DSN (RFC 3461 §4.4). `eight_bit` and `utf8` say which SMTP extension the bytes need.
    """

    message_id: str
    envelope_id: str
    sender: str
    recipients: tuple[str, ...]
    data: bytes
    eight_bit: bool = False
    utf8: bool = False
    want_delivery: bool = True

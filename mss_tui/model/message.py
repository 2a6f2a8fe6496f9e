"""Messages as the product knows them: a reference, a row of the list, a tree of parts, a reading."""

from __future__ import annotations

import dataclasses
from datetime import datetime
from enum import StrEnum

from mss_tui.model.address import Correspondent
from mss_tui.model.subject import NamedPatient, named_patient, without_prefix
from mss_tui.phrase import Phrase
from mss_tui.record import dataclass
from mss_tui.text import DisplayText

SEEN, ANSWERED, FLAGGED, DELETED, DRAFT = "\\Seen", "\\Answered", "\\Flagged", "\\Deleted", "\\Draft"
FORWARDED, MDN_SENT = "$Forwarded", "$MDNSent"


@dataclasses.dataclass(frozen=True, slots=True, order=True)
class MessageRef:
    """The name of a message everywhere: account, folder, UIDVALIDITY and UID (RFC 9051 §2.3.1.1)."""

    account: str
    folder: str
    uidvalidity: int
    uid: int

    @property
    def short(self) -> str:
        """`UIDVALIDITY:UID`, as the command line writes it."""
        return f"{self.uidvalidity}:{self.uid}"


class Handling(StrEnum):
    """TDCS: what became of a message (charte §3). The keyword of each stands in `KEYWORD`."""

    TO_DO = "to_do"
    DONE = "done"
    DELEGATED = "delegated"
    FILED = "filed"


KEYWORD = {Handling.DONE: "$MssTraite", Handling.DELEGATED: "$MssDelegue", Handling.FILED: "$MssClasse"}
SENDING, TO_VALIDATE, VALIDATED, CRITICAL_SEEN = "$MssEnvoi", "$MssAValider", "$MssValide", "$MssCritiqueVu"
TAKEN_PREFIX = "$MssPris_"
PARTLY = "$MssPartiel"
"""On a copy in Sent: the server refused some of its recipients when it left."""


@dataclass(frozen=True, slots=True)
class Row:
    """What the list knows of a message, from ENVELOPE or header fields alone; the body was never read.

    `date` is the Date field with its own offset, None when it is missing or wrong; `received` is INTERNALDATE (aware,
    UTC); `size` is RFC822.SIZE in octets as encoded. `automatic` says Auto-Submitted, a report or a list.
    """

    ref: MessageRef
    sender: Correspondent
    to: tuple[Correspondent, ...]
    subject: DisplayText
    date: datetime | None
    received: datetime
    size: int
    flags: frozenset[str]
    message_id: str = ""
    in_reply_to: str = ""
    reply_to: tuple[Correspondent, ...] = ()
    cc: tuple[Correspondent, ...] = ()
    senders: int = 1
    automatic: bool = False
    receipt_to: str = ""
    has_attachment: bool = False
    has_documents: bool = False

    @property
    def title(self) -> DisplayText:
        """The subject as people see it: without the prefix of archives (ECO.3.1.3); `subject` stays as received."""
        return without_prefix(self.subject)

    @property
    def named_patient(self) -> NamedPatient | None:
        """The patient whom the subject of an archive names (ECO.2.1.3)."""
        return named_patient(self.subject)

    @property
    def seen(self) -> bool:
        """Was it read?"""
        return SEEN in self.flags

    @property
    def handling(self) -> Handling:
        """Its TDCS state, from the keywords on the server."""
        return next((state for state, word in KEYWORD.items() if word in self.flags), Handling.TO_DO)

    @property
    def taken_by(self) -> tuple[str, ...]:
        """Six hexadecimal digits of each person who has taken it."""
        return tuple(sorted(f.removeprefix(TAKEN_PREFIX) for f in self.flags if f.startswith(TAKEN_PREFIX)))


@dataclass(frozen=True, slots=True)
class Part:
    """A node of BODYSTRUCTURE (RFC 9051 §7.5.2).

    `section` is its number for FETCH ("1.2"; "" for the whole of a multipart message); `size` is in octets as
    encoded, 0 for a multipart; `name` is sanitised, for show only.
    """

    section: str
    type: str
    size: int = 0
    encoding: str = "7bit"
    charset: str = ""
    name: DisplayText = DisplayText("")
    disposition: str = ""
    content_id: str = ""
    parameters: tuple[tuple[str, str], ...] = ()
    parts: tuple[Part, ...] = ()

    def leaves(self) -> tuple[Part, ...]:
        """Every part that is not a multipart, in order, without recursion."""
        found: list[Part] = []
        stack = [self]
        while stack:
            part = stack.pop()
            if part.type.startswith("multipart/"):
                stack.extend(reversed(part.parts))
            else:
                found.append(part)
        return tuple(found)


@dataclass(frozen=True, slots=True)
class Attachment:
    """A part that a reader may save. `size` is in octets decoded, estimated from the encoded size until fetched.

    `sniffed` is the media type its first octets say ("" where nobody looked, or they say nothing); `encrypted` that
    they are those of an archive or a document under a password; `macros` that it is a document that holds some.
    """

    section: str
    name: DisplayText
    type: str
    size: int
    inline: bool = False
    sniffed: str = ""
    encrypted: bool = False
    macros: bool = False


@dataclass(frozen=True, slots=True)
class Header:
    """A header field as shown."""

    name: DisplayText
    value: DisplayText


@dataclass(frozen=True, slots=True)
class Reading:
    """A message opened: what is shown of it.

    `text` holds the words, sanitised, one paragraph a line; `quoted_from` is the line where quoted text begins, or
    None. `notes` say what is incomplete or was left out (security.md P13). `headers` are all of them, in order.
    """

    row: Row
    headers: tuple[Header, ...]
    text: DisplayText
    attachments: tuple[Attachment, ...]
    quoted_from: int | None = None
    references: tuple[str, ...] = ()
    return_path: str = ""
    notes: tuple[Phrase, ...] = ()

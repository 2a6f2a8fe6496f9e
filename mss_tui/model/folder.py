"""Folders, and what a server says of them."""

from __future__ import annotations

from enum import StrEnum

from mss_tui.model.message import Row
from mss_tui.record import dataclass


class Role(StrEnum):
    """Special use (RFC 6154); INBOX is a role of its own, NONE is any other folder."""

    INBOX = "inbox"
    DRAFTS = "drafts"
    SENT = "sent"
    ARCHIVE = "archive"
    JUNK = "junk"
    TRASH = "trash"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Folder:
    """A mailbox of the server. `name` is Unicode, as it must be given back; `path` its levels, sanitised, for show."""

    name: str
    path: tuple[str, ...]
    role: Role = Role.NONE
    selectable: bool = True
    subscribed: bool = True
    total: int | None = None
    unseen: int | None = None


@dataclass(frozen=True, slots=True)
class Quota:
    """Storage quota (RFC 9208), octets; `source` says who gave the limit ("server", or a policy's id)."""

    used: int
    limit: int
    source: str = "server"


@dataclass(frozen=True, slots=True)
class Opened:
    """A folder opened: its counts, and the newest rows first. `permanent_keywords`: may new keywords be stored?"""

    account: str
    folder: str
    uidvalidity: int
    uidnext: int
    total: int
    unseen: int | None
    rows: tuple[Row, ...]
    read_only: bool = False
    permanent_keywords: bool = True

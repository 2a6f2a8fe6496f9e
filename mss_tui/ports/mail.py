"""A mailbox on a server. Calls are coarse: one call is one network flight where the server allows it (design.md).

Every method raises only `MssError`s (`CannotConnect`, `TlsRefused`, `ConnectionLost`, `HostileServer`,
`ServerRefused`, `AuthRefused`, `DeadlinePassed`, `NotFound`) and may be cancelled at any await; after a cancelled or
failed call the mailbox is usable again (it reconnects by itself on the next call, with a growing, jittered delay).
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Collection, Sequence
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol

from mss_tui.errors import MssError
from mss_tui.model.folder import Folder, Opened, Quota
from mss_tui.model.message import FLAGGED, SEEN, MessageRef, Part, Row
from mss_tui.model.paris import day
from mss_tui.phrase import Phrase
from mss_tui.record import dataclass
from mss_tui.text.fold import fold


@dataclass(frozen=True, slots=True)
class Fetched:
    """A message's header and structure as they are on the server, bytes unchanged.

    `first` is the whole of part 1 as encoded, where it was asked for and is short; else None.
    """

    row: Row
    header: bytes
    structure: Part
    first: bytes | None = None


@dataclass(frozen=True, slots=True)
class Query:
    """What to look for; fields that are set must all match. `text` is header or body, `words` subject or sender."""

    words: str = ""
    sender: str = ""
    subject: str = ""
    text: str = ""
    since: date | None = None
    before: date | None = None
    unseen: bool = False
    flagged: bool = False
    keyword: str = ""
    without: Collection[str] = ()

    def matcher(self) -> Callable[[Row], bool]:
        """Which rows match, accents and letter case aside; `text` cannot be seen in a row and is passed over."""
        words = [fold(word) for word in self.words.split()]
        sender, subject = fold(self.sender), fold(self.subject)

        def matches(row: Row) -> bool:
            heading = fold(row.subject)
            people = fold(f"{row.sender.name} {row.sender.address}")
            received = day(row.received)
            return (
                all(word in heading or word in people for word in words)
                and sender in people
                and subject in heading
                and (self.since is None or received >= self.since)
                and (self.before is None or received < self.before)
                and not (self.unseen and SEEN in row.flags)
                and not (self.flagged and FLAGGED not in row.flags)
                and (not self.keyword or self.keyword in row.flags)
                and row.flags.isdisjoint(self.without)
            )

        return matches


@dataclass(frozen=True, slots=True)
class Found:
    """UIDs that match, newest first. `on_server` says who searched: the screen shows it."""

    uids: tuple[int, ...]
    on_server: bool


@dataclass(frozen=True, slots=True)
class Moved:
    """Where messages went: source and target references, in pairs. Without UIDPLUS `pairs` is empty."""

    folder: str
    pairs: tuple[tuple[MessageRef, MessageRef], ...]


class Line(StrEnum):
    """The state of the connection."""

    OFFLINE = "offline"
    CONNECTING = "connecting"
    ONLINE = "online"


@dataclass(frozen=True, slots=True)
class LineChanged:
    """The connection changed; `tls` is version and anchor ("TLS 1.3, CA du profil") once it is online."""

    line: Line
    tls: Phrase | None = None
    error: MssError | None = None


@dataclass(frozen=True, slots=True)
class Arrived:
    """New messages in the watched folder, newest first, with the new total."""

    folder: str
    rows: tuple[Row, ...]
    total: int


@dataclass(frozen=True, slots=True)
class Changed:
    """Flags of messages changed, by us elsewhere or by a colleague."""

    folder: str
    flags: tuple[tuple[int, frozenset[str]], ...]


@dataclass(frozen=True, slots=True)
class Removed:
    """Messages are gone from the folder."""

    folder: str
    uids: frozenset[int]
    total: int


@dataclass(frozen=True, slots=True)
class Reset:
    """UIDVALIDITY changed or the view can no longer be trusted: open the folder again, forget what was shown."""

    folder: str


@dataclass(frozen=True, slots=True)
class Counted:
    """Another folder than the watched one holds so many messages now, so many of them unseen (NOTIFY, RFC 5465)."""

    folder: str
    total: int
    unseen: int


Event = LineChanged | Arrived | Changed | Removed | Reset | Counted


@dataclass(frozen=True, slots=True)
class Kept:
    """A folder as this machine saw it last, `at` (aware, UTC)."""

    opened: Opened
    at: datetime


class SortKey(StrEnum):
    """What a list is sorted by: INTERNALDATE, the Date field, the first sender's name, the subject without "Re:"."""

    ARRIVAL = "arrival"
    DATE = "date"
    SENDER = "sender"
    SUBJECT = "subject"
    SIZE = "size"


@dataclass(frozen=True, slots=True)
class Threads:
    """Conversations as UIDs, each from its beginning, the one with the newest message first."""

    threads: tuple[tuple[int, ...], ...]
    on_server: bool


@dataclass(frozen=True, slots=True)
class ServerFacts:
    """What a server says of itself, sanitised, for show.

    `software` is from ID (RFC 2971), `prefixes` are other people's and shared namespaces (RFC 2342), `rights` are the
    letters of RFC 4314 for one folder (None where the server has no ACL), `comment` its description (RFC 5464).
    """

    software: str
    capabilities: tuple[str, ...]
    prefixes: tuple[str, ...] = ()
    rights: str | None = None
    comment: str = ""


class Arranging(Protocol):
    """A mailbox that can put its messages in order."""

    async def sort(self, folder: str, key: SortKey, *, descending: bool = False) -> Found:
        """Every message of a folder in order; on the server, or over the newest rows where it cannot."""
        ...

    async def threads(self, folder: str) -> Threads:
        """The conversations of a folder; on the server, or among the newest rows where it cannot."""
        ...

    async def about(self, folder: str = "INBOX") -> ServerFacts:
        """What the server says of itself and of a folder."""
        ...


class FolderKeeping(Protocol):
    """A mailbox whose folders can be changed. `levels` are a name's levels as people write them, sanitised."""

    async def create_folder(self, levels: Sequence[str]) -> str:
        """Make a folder and subscribe to it; its name on the server."""
        ...

    async def rename_folder(self, folder: str, levels: Sequence[str]) -> str:
        """Give a folder another name, with those below it; its name on the server."""
        ...

    async def delete_folder(self, folder: str) -> None:
        """Delete a folder; one that holds messages or folders is refused."""
        ...

    async def subscribe(self, folder: str, wanted: bool) -> None:
        """Subscribe to a folder, or no longer."""
        ...


class MailStore(Arranging, FolderKeeping, Protocol):
    """One account's mailbox."""

    async def connect(self) -> None:
        """Connect and authenticate now, rather than on the first call. One try per credential (P20)."""
        ...

    async def folders(self, *, counts: bool = False) -> tuple[Folder, ...]:
        """All folders, INBOX first, then by role, then by name; with `counts`, total and unseen in the same flight."""
        ...

    async def open(self, folder: str, rows: int = 50, *, read_only: bool = False) -> Opened:
        """Select `folder` and fetch its newest `rows`."""
        ...

    async def kept(self, folder: str, rows: int = 50) -> Kept | None:
        """A folder from what is kept on this machine, without asking anyone; None where nothing is. Never fails."""
        ...

    async def rows(self, folder: str, first: int, last: int) -> tuple[Row, ...]:
        """Rows by position, 0 the newest, `last` excluded; for the viewport. Positions are those of the last event."""
        ...

    async def rows_of(self, folder: str, uids: Sequence[int]) -> tuple[Row, ...]:
        """Rows by UID, in the order given; those that are gone are left out."""
        ...

    async def fetch(self, ref: MessageRef, *, text: bool = False) -> Fetched:
        """Header and structure of one message, without marking it read; with `text`, what is likely to be shown too."""
        ...

    async def section(self, ref: MessageRef, section: str, limit: int | None = None) -> bytes:
        """The octets of a part as encoded ("" = the whole message), at most `limit` of them."""
        ...

    def stream(self, ref: MessageRef, section: str, chunk: int = 1 << 18) -> AsyncIterator[bytes]:
        """The octets of a part as encoded, in chunks of at most `chunk`."""
        ...

    async def flag(
        self, refs: Collection[MessageRef], add: Collection[str] = (), remove: Collection[str] = ()
    ) -> tuple[tuple[MessageRef, frozenset[str]], ...]:
        """Add and remove flags and keywords; returns the flags as the server says they are now."""
        ...

    async def claim(self, ref: MessageRef, keyword: str, prefix: str) -> frozenset[str]:
        """Add `keyword` unless another one that begins with `prefix` is there; the flags as they are now.

        Of several who call it at once for one message, exactly one finds its keyword in the answer.
        """
        ...

    async def note(self, name: str) -> str | None:
        """A short note that everyone at this mailbox sees: "" where there is none, None where none can be kept."""
        ...

    async def set_note(self, name: str, text: str) -> bool:
        """Store such a note, one line of at most 900 printable ASCII characters; False where none can be kept."""
        ...

    async def move(self, refs: Collection[MessageRef], folder: str) -> Moved:
        """Move messages of one folder; nothing leaves its folder before its copy is confirmed (P12)."""
        ...

    async def copy(self, refs: Collection[MessageRef], folder: str) -> Moved:
        """Copy messages of one folder."""
        ...

    async def expunge(self, refs: Collection[MessageRef]) -> None:
        """Delete for good exactly these (UID EXPUNGE); refused where the server cannot do it safely."""
        ...

    async def append(
        self, folder: str, data: bytes, flags: Collection[str] = (), received: datetime | None = None
    ) -> MessageRef | None:
        """Store a message; its reference where the server gives one (UIDPLUS)."""
        ...

    async def search(self, folder: str, query: Query) -> Found:
        """Look for messages on the server."""
        ...

    async def quota(self) -> Quota | None:
        """Storage quota of INBOX, None where the server has none."""
        ...

    def events(self) -> AsyncIterator[Event]:
        """What happens, as it happens, while someone listens; the folder opened last is watched (IDLE)."""
        ...

    async def close(self) -> None:
        """Log out and close. Never fails, takes at most two seconds."""
        ...

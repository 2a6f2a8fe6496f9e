"""`ImapStore`: a mailbox over IMAP (RFC 3501, 9051), as `ports.mail.MailStore` asks for it."""

from __future__ import annotations

import asyncio
import random
import ssl
from collections import deque
from collections.abc import AsyncIterator, Callable, Collection, Sequence
from datetime import datetime

from mss_tui.adapters.imap import arranging, changing, describing, finding, keeping, reading
from mss_tui.adapters.imap.claiming import claim
from mss_tui.adapters.imap.folders import Listing
from mss_tui.adapters.imap.limits import Limits
from mss_tui.adapters.imap.line import Line, Pause
from mss_tui.adapters.imap.mailbox import Mailbox
from mss_tui.adapters.imap.notes import read_note, write_note
from mss_tui.adapters.imap.refusals import hostile
from mss_tui.adapters.imap.rows import ROW_ITEMS, SHORT_ROW_ITEMS
from mss_tui.adapters.imap.session import Session
from mss_tui.adapters.imap.watching import Watch
from mss_tui.model.folder import Folder, Opened, Quota
from mss_tui.model.message import MessageRef, Row
from mss_tui.model.people import Account
from mss_tui.phrase import say
from mss_tui.ports.clock import Clock
from mss_tui.ports.mail import Event, Fetched, Found, Kept, Moved, Query, ServerFacts, SortKey, Threads
from mss_tui.ports.secrets import Secrets

_AHEAD = 2
"""Chunks of a part that are asked for before the first has come."""


class ImapStore:
    """One account's mailbox. Connects on the first call; may be used by several tasks of one loop at once.

    Args:
        remembered: (folder, UIDVALIDITY, UIDNEXT, EXISTS, lowest UID of the first page or 0) from the facts file: saves
            a turn when a folder is opened.
        low_bandwidth: half the octets a row (`rows.SHORT_ROW_ITEMS`).
        limits: what the server may send.
        pause, jitter: how reconnection waits, and its share of chance in [0, 1).
    """

    def __init__(
        self,
        account: Account,
        secrets: Secrets,
        context: ssl.SSLContext,
        clock: Clock,
        *,
        remembered: Collection[tuple[str, int, int, int, int]] = (),
        low_bandwidth: bool = False,
        limits: Limits = Limits(),
        pause: Pause = asyncio.sleep,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        self._clock = clock
        row_items = SHORT_ROW_ITEMS if low_bandwidth else ROW_ITEMS
        self._line = Line(account, secrets, context, limits, pause, jitter, row_items)
        self._known = {name: reading.Known(validity, uidnext, low) for name, validity, uidnext, _, low in remembered}
        self._watch = Watch(self._line, clock)

    async def connect(self) -> None:
        """Connect and authenticate now, rather than on the first call."""
        await self._line.session()

    async def folders(self, *, counts: bool = False) -> tuple[Folder, ...]:
        """All folders, INBOX first, then by role, then by name; with `counts`, total and unseen in the same flight."""
        return await self._line.read(lambda session: Listing(session).read(counts=counts))

    async def open(self, folder: str, rows: int = 50, *, read_only: bool = False) -> Opened:
        """Select `folder` and fetch its newest `rows`."""

        async def look(session: Session) -> tuple[Opened, Mailbox]:
            await self._prepare(session, folder)
            return await reading.open_folder(
                session, folder, rows, read_only=read_only, known=self._known.get(folder), now=self._clock.now()
            )

        opened, box = await self._line.read(look, ahead=True)
        lowest = opened.rows[-1].ref.uid if opened.rows else 0
        self._known[folder] = reading.Known(opened.uidvalidity, opened.uidnext, lowest)
        self._watch.follow(opened, box)
        return opened

    async def _prepare(self, session: Session, folder: str) -> None:
        """Before a folder is selected on a connection (`adapters.cache` remembers what it was)."""

    async def kept(self, folder: str, rows: int = 50) -> Kept | None:
        """Nothing is kept on this machine."""
        return None

    async def rows(self, folder: str, first: int, last: int) -> tuple[Row, ...]:
        """Rows by position, 0 the newest, `last` excluded; positions are those of the last event."""
        now = self._clock.now()
        told = self._watch.told(folder)
        return await self._line.read(lambda session: reading.rows_at(session, folder, first, last, now, told))

    async def rows_of(self, folder: str, uids: Sequence[int]) -> tuple[Row, ...]:
        """Rows by UID, in the order given; those that are gone are left out."""
        now = self._clock.now()
        return await self._line.read(lambda session: reading.rows_of(session, folder, uids, now))

    async def fetch(self, ref: MessageRef, *, text: bool = False) -> Fetched:
        """Header and structure of one message, without marking it read; with `text`, part 1 where it is short."""
        return await self._line.read(lambda session: reading.fetch(session, ref, self._clock.now(), text=text))

    async def section(self, ref: MessageRef, section: str, limit: int | None = None) -> bytes:
        """The octets of a part as encoded ("" = the whole message), at most `limit` of them."""
        octets = self._line.limits.literal if limit is None else limit
        return await self._line.read(lambda session: reading.section(session, ref, section, 0, limit), octets)

    async def stream(self, ref: MessageRef, section: str, chunk: int = 1 << 18) -> AsyncIterator[bytes]:
        """The octets of a part as encoded, in chunks of at most `chunk`; the next are on their way meanwhile.

        Raises:
            HostileServer: the server leaves octets out in the middle.
        """

        def ask(first: int) -> asyncio.Task[bytes]:
            return asyncio.ensure_future(
                self._line.read(lambda session: reading.section(session, ref, section, first, chunk), chunk)
            )

        asked: deque[asyncio.Task[bytes]] = deque(ask(place * chunk) for place in range(_AHEAD))
        following = _AHEAD * chunk
        ended = False
        try:
            while asked:
                octets = await asked.popleft()
                if ended and octets:
                    raise hostile(say("il donne une pièce jointe incomplète"))
                ended = ended or len(octets) < chunk
                if not ended:
                    asked.append(ask(following))
                    following += chunk
                if octets:
                    yield octets
        finally:
            for task in asked:
                task.cancel()
            await asyncio.gather(*asked, return_exceptions=True)

    async def flag(
        self, refs: Collection[MessageRef], add: Collection[str] = (), remove: Collection[str] = ()
    ) -> tuple[tuple[MessageRef, frozenset[str]], ...]:
        """Add and remove flags and keywords; returns the flags as the server says they are now."""
        return await self._line.change(lambda session: changing.flag(session, refs, add, remove))

    async def claim(self, ref: MessageRef, keyword: str, prefix: str) -> frozenset[str]:
        """Add `keyword` unless another one that begins with `prefix` is there; the flags as they are now."""
        return await self._line.change(lambda session: claim(session, ref, keyword, prefix))

    async def note(self, name: str) -> str | None:
        """A short note that everyone at this mailbox sees; None where the server keeps none (METADATA)."""
        return await self._line.read(lambda session: read_note(session, name))

    async def set_note(self, name: str, text: str) -> bool:
        """Store such a note; False where the server does not take it."""
        return await self._line.change(lambda session: write_note(session, name, text))

    async def move(self, refs: Collection[MessageRef], folder: str) -> Moved:
        """Move messages of one folder; nothing leaves its folder before its copy is confirmed (P12)."""
        return await self._line.change(lambda session: changing.move(session, refs, folder))

    async def copy(self, refs: Collection[MessageRef], folder: str) -> Moved:
        """Copy messages of one folder."""
        return await self._line.change(lambda session: changing.copy(session, refs, folder))

    async def expunge(self, refs: Collection[MessageRef]) -> None:
        """Delete for good exactly these (UID EXPUNGE); refused where the server cannot do it safely."""
        await self._line.change(lambda session: changing.expunge(session, refs))

    async def append(
        self, folder: str, data: bytes, flags: Collection[str] = (), received: datetime | None = None
    ) -> MessageRef | None:
        """Store a message; its reference where the server gives one (UIDPLUS)."""
        return await self._line.change(
            lambda session: changing.append(session, folder, data, flags, received), len(data)
        )

    async def search(self, folder: str, query: Query) -> Found:
        """Look for messages on the server; `Found.on_server` is False where it could not."""
        return await self._line.read(lambda session: finding.search(session, folder, query, self._clock.now()))

    async def sort(self, folder: str, key: SortKey, *, descending: bool = False) -> Found:
        """Every message of a folder in order; on the server, or over the newest rows where it cannot."""
        now = self._clock.now()
        return await self._line.read(lambda session: arranging.sort(session, folder, key, descending, now))

    async def threads(self, folder: str) -> Threads:
        """The conversations of a folder; on the server, or among the newest rows where it cannot."""
        now = self._clock.now()
        return await self._line.read(lambda session: arranging.threads(session, folder, now))

    async def about(self, folder: str = "INBOX") -> ServerFacts:
        """What the server says of itself and of a folder."""
        return await self._line.read(lambda session: describing.about(session, folder))

    async def create_folder(self, levels: Sequence[str]) -> str:
        """Make a folder and subscribe to it; its name on the server."""
        return await self._line.change(lambda session: keeping.create(session, levels))

    async def rename_folder(self, folder: str, levels: Sequence[str]) -> str:
        """Give a folder another name, with those below it; its name on the server."""
        return await self._line.change(lambda session: keeping.rename(session, folder, levels))

    async def delete_folder(self, folder: str) -> None:
        """Delete a folder that holds neither messages nor folders."""
        await self._line.change(lambda session: keeping.delete(session, folder))

    async def subscribe(self, folder: str, wanted: bool) -> None:
        """Subscribe to a folder, or no longer."""
        await self._line.change(lambda session: keeping.subscribe(session, folder, wanted))

    async def quota(self) -> Quota | None:
        """Storage quota of INBOX, None where the server has none."""
        return await self._line.read(lambda session: finding.read_quota(session))

    def events(self) -> AsyncIterator[Event]:
        """What happens, as it happens, while someone listens; the folder opened last is watched (IDLE)."""
        return self._watch.events()

    async def close(self) -> None:
        """Log out and close. Never fails, takes at most two seconds."""
        await self._watch.close()
        await self._line.close()

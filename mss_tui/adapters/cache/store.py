"""`CachedStore`: a mailbox over IMAP whose rows and read messages are kept, encrypted, from one start to the next.

A row from the copy and what is read under it are of one message, or nothing is shown (security.md P14): content is
bound to the folder's UIDVALIDITY and UID, and to date of reception, size, sender, subject and Message-ID of the row on
screen; what the server then gives under that UID is held against the same row.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Collection, Sequence
from contextlib import aclosing
from dataclasses import replace
from itertools import takewhile
from typing import Any

from mss_tui.adapters.cache.copy import MailCopy
from mss_tui.adapters.cache.encoding import FolderCopy, same_message
from mss_tui.adapters.imap import ImapStore
from mss_tui.adapters.imap.mailbox import Mailbox
from mss_tui.adapters.imap.refusals import not_found
from mss_tui.adapters.imap.session import Session
from mss_tui.model.folder import Folder, Opened
from mss_tui.model.message import MessageRef, Row
from mss_tui.ports.mail import Arrived, Event, Fetched, Kept, Moved

MOST_ROWS = 500
"""Rows kept, a folder."""
PAGE = 25
"""Rows below which a look into a folder (a command that wants three) takes no copy's place."""
MOST_SECTION = 512_000
"""Octets of a section that is kept; what is longer is fetched again."""
MOST_SHOWN = 5_000
SAVE_AFTER = 1.0
"""Seconds that changes are gathered in before they are written."""
PATIENCE = 2.0
"""Seconds that a connection waits for the copy (its key may be in a keyring) before a folder is opened without it."""


class CachedStore(ImapStore):
    """As `ImapStore`; `kept` answers at once, and a folder is then opened by what changed since (QRESYNC)."""

    def __init__(self, copy: MailCopy, *args: Any, save_after: float = SAVE_AFTER, **options: Any) -> None:
        super().__init__(*args, **options)
        self._copy = copy
        self._save_after = save_after
        self._read: dict[str, asyncio.Future[FolderCopy | None]] = {}
        self._saved: dict[str, FolderCopy | None] = {}
        self._unseen: dict[str, int | None] = {}
        self._changed: set[str] = set()
        self._timer: asyncio.TimerHandle | None = None
        self._writing = asyncio.Lock()
        self._turn = asyncio.Lock()
        self._tasks: set[asyncio.Task[None]] = set()
        self._shown: dict[MessageRef, Row] = {}

    # folders

    async def kept(self, folder: str, rows: int = 50) -> Kept | None:
        """The newest rows of a folder as they were when it was last open."""
        copy = await self._left(folder)
        if copy is None:
            return None
        newest = copy.rows[: min(copy.newest, rows)]
        self._show(newest)
        return Kept(opened_of(self._copy.account.id, copy, newest), copy.at)

    async def _left(self, folder: str) -> FolderCopy | None:
        """The folder as it was left, read once."""
        if folder not in self._read:
            self._read[folder] = asyncio.ensure_future(self._copy.folder(folder))
        return await asyncio.shield(self._read[folder])

    async def _prepare(self, session: Session, folder: str) -> None:
        if folder in self._saved:
            return
        try:
            async with asyncio.timeout(PATIENCE):
                copy = await self._left(folder)
        except TimeoutError:
            return
        self._saved[folder] = copy
        if copy is not None and copy.modseq:
            newest = [row.ref.uid for row in copy.rows[: copy.newest]]
            state = (copy.uidvalidity, copy.uidnext, copy.modseq)
            session.recall(Mailbox.recalled(folder, session.limits, state, newest[::-1], copy.rows))

    async def open(self, folder: str, rows: int = 50, *, read_only: bool = False) -> Opened:
        """Select `folder` and fetch what is new among its newest `rows`."""
        opened = await super().open(folder, rows, read_only=read_only)
        self._show(opened.rows)
        self._unseen[folder] = opened.unseen
        self._later(folder)
        return opened

    async def rows(self, folder: str, first: int, last: int) -> tuple[Row, ...]:
        """Rows by position."""
        found = await super().rows(folder, first, last)
        self._show(found)
        self._later(folder)
        return found

    async def rows_of(self, folder: str, uids: Sequence[int]) -> tuple[Row, ...]:
        """Rows by UID."""
        found = await super().rows_of(folder, uids)
        self._show(found)
        return found

    async def folders(self, *, counts: bool = False) -> tuple[Folder, ...]:
        """All folders."""
        found = await super().folders(counts=counts)
        self._beside(self._copy.keep_folders(found))
        return found

    async def events(self) -> AsyncIterator[Event]:
        """What happens; it is kept too."""
        async with aclosing(super().events()) as events:  # type: ignore[type-var]  # it is a generator
            async for event in events:
                folder = getattr(event, "folder", "")
                if isinstance(event, Arrived):
                    self._show(event.rows)
                if folder:
                    self._later(folder)
                yield event

    # messages

    async def fetch(self, ref: MessageRef, *, text: bool = False) -> Fetched:
        """Header and structure, from the copy where the row on screen is its own.

        Raises:
            NotFound: the server has another message under this name.
        """
        shown = self._shown.get(ref)
        if shown is None:
            return await super().fetch(ref, text=text)
        kept = await self._copy.message(shown)
        if kept is not None:
            return replace(kept, row=replace(kept.row, flags=shown.flags))
        fetched = await super().fetch(ref, text=text)
        if not same_message(shown, fetched.row):
            await self._distrust(ref.folder)
            raise not_found()
        if text:
            self._beside(self._keep_message(fetched))
        return fetched

    async def section(self, ref: MessageRef, section: str, limit: int | None = None) -> bytes:
        """The octets of a part, from the copy where the row on screen is its own."""
        shown = self._shown.get(ref)
        if shown is None or not section:
            return await super().section(ref, section, limit)
        kept = await self._copy.section(shown, section)
        if kept is not None:
            return kept[1] if limit is None else kept[1][:limit]
        octets = await super().section(ref, section, limit)
        if len(octets) <= MOST_SECTION and (limit is None or len(octets) < limit):
            self._beside(self._copy.keep_section(shown, section, octets))
        return octets

    async def flag(
        self, refs: Collection[MessageRef], add: Collection[str] = (), remove: Collection[str] = ()
    ) -> tuple[tuple[MessageRef, frozenset[str]], ...]:
        """Add and remove flags and keywords."""
        found = await super().flag(refs, add, remove)
        self._changes(refs)
        return found

    async def claim(self, ref: MessageRef, keyword: str, prefix: str) -> frozenset[str]:
        """Add `keyword` unless another one that begins with `prefix` is there."""
        found = await super().claim(ref, keyword, prefix)
        self._changes([ref])
        return found

    async def move(self, refs: Collection[MessageRef], folder: str) -> Moved:
        """Move messages of one folder."""
        moved = await super().move(refs, folder)
        self._changes(refs)
        return moved

    async def expunge(self, refs: Collection[MessageRef]) -> None:
        """Delete for good exactly these."""
        await super().expunge(refs)
        self._changes(refs)

    async def close(self) -> None:
        """Write what is left to write, log out. Takes a few seconds at most."""
        if self._timer is not None:
            self._timer.cancel()
        await self._save()
        while self._tasks:
            await asyncio.wait(self._tasks)
        await super().close()
        await self._copy.close()

    # keeping

    def _show(self, rows: Sequence[Row]) -> None:
        self._shown.update((row.ref, row) for row in rows)
        while len(self._shown) > MOST_SHOWN:
            del self._shown[next(iter(self._shown))]

    def _changes(self, refs: Collection[MessageRef]) -> None:
        for ref in refs:
            self._later(ref.folder)

    def _later(self, folder: str) -> None:
        """Something of a folder changed: write it soon."""
        self._changed.add(folder)
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(self._save_after, self._due)

    def _due(self) -> None:
        self._timer = None
        self._beside(self._save())

    def _beside(self, work: Awaitable[object]) -> None:
        """Keep something without anybody waiting; one after the other, a section after the message that it is of."""

        async def in_turn() -> None:
            async with self._turn:
                await work

        task = asyncio.ensure_future(in_turn())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _save(self) -> None:
        async with self._writing:
            changed, self._changed = self._changed, set()
            for folder in changed & self._unseen.keys():
                copy = self._state(folder)
                if copy is not None:
                    self._saved[folder] = await self._copy.keep_folder(copy, self._saved.get(folder))

    async def _keep_message(self, fetched: Fetched) -> None:
        if fetched.row.ref.folder in self._changed:
            await self._save()
        await self._copy.keep_message(fetched)

    def _state(self, folder: str) -> FolderCopy | None:
        """A folder as it is known now; None once the line is cut: what was last written stands.

        While a folder is being selected again its MODSEQ may be ahead of its rows: it is then not written (0).
        """
        session = self._line.alive
        box = session.known(folder) if session is not None else None
        if box is None or not box.uidvalidity or box.exists is None:
            return None
        rows = tuple(box.rows[uid] for uid in sorted(box.rows, reverse=True)[:MOST_ROWS])
        if len(rows) < min(PAGE, box.total):
            return None
        in_place = takewhile(lambda pair: pair[0].ref.uid == pair[1], zip(rows, reversed(box.newest), strict=False))
        return FolderCopy(
            folder,
            box.uidvalidity,
            box.uidnext,
            box.total,
            self._unseen.get(folder),
            box.modseq if box.resyncs else 0,
            sum(1 for _ in in_place),
            box.keeps_keywords,
            self._clock.now(),
            rows,
        )

    async def _distrust(self, folder: str) -> None:
        """A UID names another message than it did: nothing that was remembered of this folder is believed."""
        session = self._line.alive
        box = session.known(folder) if session is not None else None
        if box is not None:
            box.rows.clear()
        self._shown = {ref: row for ref, row in self._shown.items() if ref.folder != folder}
        await self._copy.forget_folder(folder)


def opened_of(account: str, copy: FolderCopy, rows: tuple[Row, ...], total: int | None = None) -> Opened:
    """A folder that was kept, as if it had just been opened."""
    return Opened(
        account=account,
        folder=copy.name,
        uidvalidity=copy.uidvalidity,
        uidnext=copy.uidnext,
        total=copy.total if total is None else total,
        unseen=copy.unseen,
        rows=rows,
        permanent_keywords=copy.keywords,
    )

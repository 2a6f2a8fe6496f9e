"""A mailbox without a line (`--offline`): what the encrypted copy holds, and one sentence for everything else."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Collection, Sequence
from datetime import datetime

from mss_tui.adapters.cache.copy import MailCopy
from mss_tui.adapters.cache.encoding import FolderCopy
from mss_tui.adapters.cache.store import opened_of
from mss_tui.adapters.offline import offline
from mss_tui.errors import CannotConnect
from mss_tui.model.folder import Folder, Opened, Quota
from mss_tui.model.message import MessageRef, Row
from mss_tui.model.people import Account
from mss_tui.phrase import say
from mss_tui.ports.mail import (
    Event,
    Fetched,
    Found,
    Kept,
    Line,
    LineChanged,
    Moved,
    Query,
    ServerFacts,
    SortKey,
    Threads,
)


def no_copy() -> CannotConnect:
    """There is nothing to show."""
    return CannotConnect(
        say("Hors ligne : ce poste n'a pas de copie de ce dossier."),
        remedy=say('Relancez sans --offline ; cache = "encrypted" dans le profil garde une copie chiffrée.'),
    )


class OfflineStore:
    """One account's mailbox, of which only what was kept can be seen. Nothing connects."""

    def __init__(self, account: Account, copy: MailCopy | None) -> None:
        self._account = account
        self._copy = copy
        self._left: dict[str, FolderCopy | None] = {}
        self._over = asyncio.Event()

    async def kept(self, folder: str, rows: int = 50) -> Kept | None:
        """All that is kept of a folder; its total is what is here."""
        copy = await self._folder(folder)
        if copy is None:
            return None
        return Kept(opened_of(self._account.id, copy, copy.rows, len(copy.rows)), copy.at)

    async def _folder(self, name: str) -> FolderCopy | None:
        if name not in self._left and self._copy is not None:
            self._left[name] = await self._copy.folder(name)
        return self._left.get(name)

    async def open(self, folder: str, rows: int = 50, *, read_only: bool = False) -> Opened:
        """What is kept of it."""
        kept = await self.kept(folder, rows)
        if kept is None:
            raise no_copy()
        return kept.opened

    async def rows(self, folder: str, first: int, last: int) -> tuple[Row, ...]:
        """Rows by position among those kept."""
        copy = await self._folder(folder)
        if copy is None:
            raise no_copy()
        return copy.rows[first:last]

    async def rows_of(self, folder: str, uids: Sequence[int]) -> tuple[Row, ...]:
        """Rows by UID."""
        copy = await self._folder(folder)
        if copy is None:
            raise no_copy()
        known = {row.ref.uid: row for row in copy.rows}
        return tuple(known[uid] for uid in uids if uid in known)

    async def folders(self, *, counts: bool = False) -> tuple[Folder, ...]:
        """All folders as they were."""
        found = await self._copy.folders() if self._copy is not None else ()
        if not found:
            raise no_copy()
        return found

    async def fetch(self, ref: MessageRef, *, text: bool = False) -> Fetched:
        """A message that was read."""
        shown = await self._row(ref)
        kept = await self._copy.message(shown) if self._copy is not None and shown is not None else None
        if kept is None:
            raise self._not_read()
        return kept

    async def section(self, ref: MessageRef, section: str, limit: int | None = None) -> bytes:
        """A section that was read."""
        shown = await self._row(ref)
        kept = await self._copy.section(shown, section) if self._copy is not None and shown is not None else None
        if kept is None:
            raise self._not_read()
        return kept[1] if limit is None else kept[1][:limit]

    async def stream(self, ref: MessageRef, section: str, chunk: int = 1 << 18) -> AsyncIterator[bytes]:
        """A section that was read."""
        yield await self.section(ref, section)

    async def _row(self, ref: MessageRef) -> Row | None:
        copy = await self._folder(ref.folder)
        return None if copy is None else next((row for row in copy.rows if row.ref == ref), None)

    def _not_read(self) -> CannotConnect:
        return CannotConnect(
            say("Hors ligne : ce message n'est pas dans la copie de ce poste."),
            meaning=say("Seuls les messages déjà lus y sont, sans leurs grandes pièces."),
            remedy=say("Relancez sans --offline."),
        )

    async def search(self, folder: str, query: Query) -> Found:
        """Among the rows that are kept; the text of messages is not looked through."""
        copy = await self._folder(folder)
        if copy is None or query.text:
            raise no_copy() if copy is None else offline()
        matches = query.matcher()
        return Found(tuple(row.ref.uid for row in copy.rows if matches(row)), on_server=False)

    async def events(self) -> AsyncIterator[Event]:
        """There is no line."""
        yield LineChanged(Line.OFFLINE)
        await self._over.wait()

    async def close(self) -> None:
        """Close the copy."""
        self._over.set()
        if self._copy is not None:
            await self._copy.close()

    # what wants the network

    async def connect(self) -> None:
        """Refused."""
        raise offline()

    async def sort(self, folder: str, key: SortKey, *, descending: bool = False) -> Found:
        """Refused."""
        raise offline()

    async def threads(self, folder: str) -> Threads:
        """Refused."""
        raise offline()

    async def about(self, folder: str = "INBOX") -> ServerFacts:
        """Refused."""
        raise offline()

    async def create_folder(self, levels: Sequence[str]) -> str:
        """Refused."""
        raise offline()

    async def rename_folder(self, folder: str, levels: Sequence[str]) -> str:
        """Refused."""
        raise offline()

    async def delete_folder(self, folder: str) -> None:
        """Refused."""
        raise offline()

    async def subscribe(self, folder: str, wanted: bool) -> None:
        """Refused."""
        raise offline()

    async def flag(
        self, refs: Collection[MessageRef], add: Collection[str] = (), remove: Collection[str] = ()
    ) -> tuple[tuple[MessageRef, frozenset[str]], ...]:
        """Refused."""
        raise offline()

    async def claim(self, ref: MessageRef, keyword: str, prefix: str) -> frozenset[str]:
        """Refused."""
        raise offline()

    async def note(self, name: str) -> str | None:
        """Refused."""
        raise offline()

    async def set_note(self, name: str, text: str) -> bool:
        """Refused."""
        raise offline()

    async def move(self, refs: Collection[MessageRef], folder: str) -> Moved:
        """Refused."""
        raise offline()

    async def copy(self, refs: Collection[MessageRef], folder: str) -> Moved:
        """Refused."""
        raise offline()

    async def expunge(self, refs: Collection[MessageRef]) -> None:
        """Refused."""
        raise offline()

    async def append(
        self, folder: str, data: bytes, flags: Collection[str] = (), received: datetime | None = None
    ) -> MessageRef | None:
        """Refused."""
        raise offline()

    async def quota(self) -> Quota | None:
        """Refused."""
        raise offline()

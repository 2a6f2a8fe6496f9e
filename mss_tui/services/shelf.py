"""Where a message lies on its way: in Drafts under `$MssEnvoi`, then in Sent (design.md, Outbox)."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta

from mss_tui.errors import MssError, NotFound, ServerRefused
from mss_tui.model.folder import Role
from mss_tui.model.message import DRAFT, SEEN, SENDING, MessageRef, Row
from mss_tui.model.paris import day
from mss_tui.model.people import Account
from mss_tui.model.sending import SentCopy
from mss_tui.ports.mail import MailStore, Query
from mss_tui.ports.store import OutboxRecord

MAX_FOUND = 20


class Shelf:
    """Drafts and Sent of one account. Everything here may raise `MssError`; nothing here can lose a message."""

    def __init__(self, account: Account, store: MailStore) -> None:
        self._account = account
        self._store = store
        self._folders: dict[Role, str] = {}

    async def folder(self, role: Role) -> str | None:
        """The name of a folder by its role: the profile's word first, then the server's; None where there is none."""
        named = self._account.folders.get(role.value)
        if named:
            return named
        if not self._folders:
            self._folders = {f.role: f.name for f in await self._store.folders() if f.selectable}
        return self._folders.get(role)

    async def put(self, data: bytes, message_id: str, at: datetime) -> MessageRef | None:
        """Store a message about to leave; None where the account has no Drafts."""
        drafts = await self.folder(Role.DRAFTS)
        if drafts is None:
            return None
        ref = await self._store.append(drafts, data, (SEEN, DRAFT, SENDING))
        return ref or await self.find(Role.DRAFTS, message_id, at)

    async def find(self, role: Role, message_id: str, at: datetime) -> MessageRef | None:
        """A message by its Message-ID, among those stored since the day before `at`."""
        row = await self.find_row(role, message_id, at)
        return row.ref if row is not None else None

    async def find_row(self, role: Role, message_id: str, at: datetime) -> Row | None:
        """The same, as a list shows it."""
        name = await self.folder(role)
        if name is None:
            return None
        found = await self._store.search(name, Query(text=message_id, since=day(at - timedelta(days=1))))
        rows = await self._store.rows_of(name, found.uids[:MAX_FOUND])
        return next((row for row in rows if row.message_id == message_id), None)

    async def octets(self, ref: MessageRef) -> bytes:
        """The whole of a stored message."""
        return await self._store.section(ref, "")

    async def release(self, ref: MessageRef) -> None:
        """It is an ordinary draft again."""
        await self._store.flag([ref], remove=(SENDING,))

    async def drop(self, ref: MessageRef) -> None:
        """Delete one version of a draft, now that another one is safe."""
        await self._store.expunge([ref])

    async def mark(self, ref: MessageRef, keyword: str) -> None:
        """Flag a message: the one that was answered or forwarded."""
        await self._store.flag([ref], add=(keyword,))

    async def sent(self, ref: MessageRef | None, message_id: str, at: datetime, data: bytes | None) -> SentCopy:
        """Bring an accepted message to Sent: moved where it can be, else stored there and then taken out of Drafts.

        May be called again at any time: a copy that is there already is left alone.

        Args:
            ref: where it lies in Drafts, if that is known.
            data: its octets, where they are at hand.
        """
        target = await self.folder(Role.SENT)
        if target is None:
            return SentCopy.NONE
        ref = ref or await self.find(Role.DRAFTS, message_id, at)
        if ref is not None and await self._moved(ref, target, message_id, at):
            return SentCopy.STORED
        if await self.find(Role.SENT, message_id, at) is None:
            if data is None and ref is not None:
                with suppress(NotFound):
                    data = await self.octets(ref)
            if not data:
                return SentCopy.FAILED
            await self._store.append(target, data, (SEEN,))
        if ref is not None:
            with suppress(MssError):
                await self.drop(ref)
        return SentCopy.STORED

    async def _moved(self, ref: MessageRef, target: str, message_id: str, at: datetime) -> bool:
        try:
            moved = await self._store.move([ref], target)
        except (ServerRefused, NotFound):
            return False
        arrived = moved.pairs[0][1] if moved.pairs else await self.find(Role.SENT, message_id, at)
        if arrived is None:
            return False
        # Only now: with the mark, nobody elsewhere takes it for a draft that may still be sent
        with suppress(MssError):
            await self._store.flag([arrived], add=(SEEN,), remove=(DRAFT, SENDING))
        return True


def ref_of(record: OutboxRecord) -> MessageRef | None:
    """Where the record's message is stored."""
    if not record.stored_uid:
        return None
    return MessageRef(record.account, record.stored_folder, record.stored_uidvalidity, record.stored_uid)


def with_ref(record: OutboxRecord, ref: MessageRef) -> OutboxRecord:
    """The record, and where its message is stored."""
    return replace(record, stored_folder=ref.folder, stored_uidvalidity=ref.uidvalidity, stored_uid=ref.uid)

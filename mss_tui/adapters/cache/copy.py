"""The encrypted copy of one mailbox, from the event loop: SQLite works in one thread, whatever fails is said once.

A cache never stands in the way: what cannot be read is not there, what cannot be written is not kept. A file that does
not open is made anew, but where nothing could fill it again (--offline), and where it has drafts.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

from mss_tui.adapters.cache import rows, vault
from mss_tui.adapters.cache.encoding import FolderCopy
from mss_tui.adapters.cache.key import Key, KeySource
from mss_tui.adapters.store import Tell
from mss_tui.errors import MssError
from mss_tui.model.folder import Folder
from mss_tui.model.message import Row
from mss_tui.model.people import Account
from mss_tui.phrase import Phrase, say
from mss_tui.ports.clock import Clock
from mss_tui.ports.mail import Fetched
from mss_tui.text import clean

T = TypeVar("T")
DAMAGED = (ValueError, KeyError, TypeError, IndexError, AttributeError)
"""What decoding raises where a page was proved whole but holds something else than this version writes."""


class MailCopy:
    """What this machine keeps of one mailbox.

    Args:
        place: the directory of the profile's copies.
        thread: the one thread of all copies.
        mend: may a file that does not open be made anew?
    """

    def __init__(
        self,
        account: Account,
        place: Path,
        keys: KeySource,
        thread: ThreadPoolExecutor,
        clock: Clock,
        tell: Tell,
        *,
        mend: bool = True,
    ) -> None:
        self.account = account
        self.path = path_of(place, account)
        self._keys = keys
        self._thread = thread
        self._clock = clock
        self._tell = tell
        self._mend = mend
        self._database: Any = None
        self._given_up = False

    async def folder(self, name: str) -> FolderCopy | None:
        """A folder as it was left."""
        return await self.do(lambda database: rows.read_folder(database, self.account.id, name), None)

    async def keep_folder(self, copy: FolderCopy, before: FolderCopy | None) -> FolderCopy | None:
        """Keep a folder; None where it could not be kept."""
        return await self.do(lambda database: rows.write_folder(database, copy, before), None)

    async def forget_folder(self, name: str) -> None:
        """Keep nothing of a folder."""
        await self.do(lambda database: rows.forget_folder(database, name), None)

    async def message(self, shown: Row) -> Fetched | None:
        """The message whose row is on screen, if it was read before."""
        found = await self.section(shown, rows.MESSAGE)
        return None if found is None else found[0]

    async def section(self, shown: Row, section: str) -> tuple[Fetched, bytes] | None:
        """A section of the message whose row is on screen, if it was read before."""
        return await self.do(lambda database: rows.read_content(database, shown, section, self._now()), None)

    async def keep_message(self, fetched: Fetched) -> None:
        """Keep a message that was read."""
        await self.do(lambda database: rows.write_message(database, fetched, self._now()), None)

    async def keep_section(self, shown: Row, section: str, octets: bytes) -> None:
        """Keep a section that was read."""
        await self.do(lambda database: rows.write_section(database, shown, section, octets, self._now()), None)

    async def folders(self) -> tuple[Folder, ...]:
        """The folders of the mailbox."""
        return await self.do(rows.read_folders, ())

    async def keep_folders(self, folders: tuple[Folder, ...]) -> None:
        """Keep them."""
        await self.do(lambda database: rows.write_folders(database, folders), None)

    async def count(self) -> list[tuple[str, int, int, str]] | None:
        """What is kept of each folder; None where the copy does not open."""
        return await self.do(rows.count, None)

    @property
    def has_drafts(self) -> bool:
        """May there be drafts in it that are nowhere else? Needs no key."""
        return os.path.lexists(vault.mark_of(self.path))

    async def forget_mail(self) -> bool:
        """Delete all but sealed drafts, and close it; False where it does not open."""

        def forget(database: Any) -> bool:
            rows.forget_mail(database)
            return True

        done = await self.do(forget, False)
        await self.close()
        return done

    async def close(self) -> None:
        """Nothing more is read or written."""
        await self._in_thread(self._end)

    async def wipe(self) -> None:
        """Delete it, and keep nothing more.

        Raises:
            MssError: it cannot be deleted.
        """
        await self.close()
        vault.remove(self.path)

    def _now(self) -> int:
        return int(self._clock.now().timestamp())

    async def do(self, act: Callable[[Any], T], otherwise: T) -> T:
        """What `act` makes of the database, in its thread; `otherwise` where that cannot be."""
        if self._given_up:
            return otherwise
        try:
            key = await self._keys.key()
        except MssError as error:
            self._give_up(say("{what} {meaning}", what=error.what, meaning=error.meaning or error.remedy or ""))
            return otherwise
        found, said, ended = await self._in_thread(lambda: self._guarded(key, act, otherwise))
        if said is not None and not self._given_up:
            self._given_up = ended
            self._tell(said)
        return found

    def _give_up(self, said: Phrase) -> None:
        if not self._given_up:
            self._given_up = True
            self._tell(said)

    async def _in_thread(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)

    # in the thread

    def _guarded(self, key: Key, act: Callable[[Any], T], otherwise: T) -> tuple[T, Phrase | None, bool]:
        """What `act` makes, what is to be said, and whether the copy is of no use any more."""
        said: Phrase | None = None
        for tried in (False, True):
            try:
                if self._given_up:
                    return otherwise, None, True
                if self._database is None:
                    self._database = vault.open_vault(self.path, self.account.address, key)
                return act(self._database), said, False
            except (vault.Unusable, *DAMAGED):
                pass
            except MssError as error:
                return otherwise, say("{what} {remedy}", what=error.what, remedy=error.remedy or ""), True
            except Exception as error:
                module = vault.library()
                if isinstance(error, module.OperationalError):  # held by another program, or the disk is full
                    return otherwise, None, False
                if not isinstance(error, module.DatabaseError):
                    raise
            self._end(keep_going=True)
            if tried or not self._mend or self.has_drafts:
                return otherwise, self._does_not_open(), True
            try:
                vault.remove(self.path)
            except MssError as error:
                return otherwise, error.what, True
            said = say(
                "La copie chiffrée de {address} ne s'ouvrait pas (autre clé, ou fichier abîmé) : elle est refaite.",
                address=clean(self.account.address),
            )
        raise AssertionError  # the loop returns

    def _does_not_open(self) -> Phrase:
        if self.has_drafts:
            return say(
                "La copie chiffrée de {address} ne s'ouvre pas (autre clé, ou fichier abîmé). Elle tient des "
                "brouillons qui ne sont pas sur le serveur : elle reste en place. Relancez avec la bonne clé.",
                address=clean(self.account.address),
            )
        return say(
            "La copie chiffrée de {address} ne s'ouvre pas : autre clé, ou fichier abîmé.",
            address=clean(self.account.address),
        )

    def _end(self, *, keep_going: bool = False) -> None:
        self._given_up = self._given_up or not keep_going
        database, self._database = self._database, None
        if database is not None:
            database.close()


def path_of(place: Path, account: Account) -> Path:
    """The file of a mailbox among the copies of a profile; ids of accounts are names of files (config.keys.NAME)."""
    return place / f"{account.id}.db"

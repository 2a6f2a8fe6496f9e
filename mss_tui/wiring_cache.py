"""The encrypted copies of a profile's mailboxes, and mailboxes without a line; imported where somebody asks for one."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any

from mss_tui.adapters.cache.copy import MailCopy, path_of
from mss_tui.adapters.cache.key import KeySource
from mss_tui.adapters.cache.vault import octets_of, remove
from mss_tui.errors import MssError
from mss_tui.model.people import Account
from mss_tui.phrase import Phrase
from mss_tui.ports.clock import Clock
from mss_tui.ports.mail import MailStore
from mss_tui.record import dataclass


@dataclass(frozen=True, slots=True)
class Held:
    """What a copy holds: octets on disk; each folder with rows, messages read and its date (ISO 8601).

    `folders` is None where the copy does not open, or nobody gave its key.
    """

    account: str
    octets: int
    folders: tuple[tuple[str, int, int, str], ...] | None


class Copies:
    """The copies of a profile.

    Args:
        place: their directory.
        mend: may a copy that does not open be made anew?
    """

    def __init__(
        self, place: Path, keys: KeySource, clock: Clock, tell: Callable[[Phrase], None], *, mend: bool = True
    ) -> None:
        self._place = place
        self._keys = keys
        self._clock = clock
        self._tell = tell
        self._mend = mend
        self._thread = ThreadPoolExecutor(1, "cache")
        self._open: list[MailCopy] = []

    def of(self, account: Account) -> MailCopy:
        """The copy of a mailbox; it is opened when it is first asked for something."""
        copy = MailCopy(account, self._place, self._keys, self._thread, self._clock, self._tell, mend=self._mend)
        self._open.append(copy)
        return copy

    def store(self, account: Account, *args: Any, **options: Any) -> MailStore:
        """A mailbox over IMAP with its copy; the arguments are those of `ImapStore`."""
        from mss_tui.adapters.cache.store import CachedStore

        return CachedStore(self.of(account), account, *args, **options)

    async def ask_ahead(self) -> None:
        """Ask now for what only the user can give; what fails is said when a copy is opened.

        Raises:
            asyncio.CancelledError: a signal ended the question.
        """
        if self._keys.asks:
            with suppress(MssError):
                await self._keys.key()

    async def wipe(self) -> None:
        """Delete every copy; nothing more is kept.

        Raises:
            MssError: one cannot be deleted.
        """
        for copy in self._open:
            await copy.wipe()

    async def held(self, accounts: Iterable[Account]) -> tuple[Held, ...]:
        """What there is of these mailboxes."""
        found = []
        for account in accounts:
            octets = octets_of(path_of(self._place, account))
            copy = self.of(account)
            folders = await copy.count() if octets else []
            await copy.close()
            found.append(Held(account.id, octets, None if folders is None else tuple(folders)))
        return tuple(found)

    async def close(self) -> None:
        """Close every copy, forget the key."""
        for copy in self._open:
            await copy.close()
        self._thread.shutdown(wait=False)
        self._keys.forget()


def left(place: Path, accounts: Iterable[Account]) -> tuple[Held, ...]:
    """What is on disk of these mailboxes, whatever is in it."""
    return tuple(Held(account.id, octets_of(path_of(place, account)), None) for account in accounts)


def clear(place: Path, accounts: Iterable[Account]) -> dict[str, int]:
    """Delete the copies of these mailboxes, whatever their key; the octets each had.

    Raises:
        MssError: one cannot be deleted.
    """
    return {account.id: remove(path_of(place, account)) for account in accounts}


def offline_store(account: Account, copies: Copies | None) -> MailStore:
    """A mailbox of which only its copy can be seen."""
    from mss_tui.adapters.cache.offline import OfflineStore

    return OfflineStore(account, copies.of(account) if copies is not None else None)

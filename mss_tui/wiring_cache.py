"""The encrypted copies of a profile's mailboxes, and mailboxes without a line; imported where somebody asks for one."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any

from mss_tui.adapters.cache.copy import MailCopy, path_of
from mss_tui.adapters.cache.drafts import CopyDrafts, count
from mss_tui.adapters.cache.key import KeySource
from mss_tui.adapters.cache.vault import mark_of, octets_of, remove
from mss_tui.errors import MssError
from mss_tui.model.people import Account
from mss_tui.phrase import Phrase, say
from mss_tui.ports.clock import Clock
from mss_tui.ports.mail import MailStore
from mss_tui.ports.store import SealedDrafts
from mss_tui.record import dataclass
from mss_tui.text import clean


@dataclass(frozen=True, slots=True)
class Held:
    """What a copy holds: octets on disk; each folder with rows, messages read and its date (ISO 8601).

    `folders` is None where the copy does not open, or nobody gave its key; so is `drafts`, the number of those that
    are nowhere else, unless it is 0.
    """

    account: str
    octets: int
    folders: tuple[tuple[str, int, int, str], ...] | None
    drafts: int | None = 0


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
        self._shared: dict[str, MailCopy] = {}

    def of(self, account: Account) -> MailCopy:
        """The copy of a mailbox; it is opened when it is first asked for something."""
        copy = MailCopy(account, self._place, self._keys, self._thread, self._clock, self._tell, mend=self._mend)
        self._open.append(copy)
        return copy

    def shared(self, account: Account) -> MailCopy:
        """The one copy of a mailbox that everything at a desk goes through; who closes the mailbox closes it."""
        if account.id not in self._shared:
            self._shared[account.id] = self.of(account)
        return self._shared[account.id]

    def drafts(self, account: Account) -> SealedDrafts:
        """The drafts of a mailbox that are on no server."""
        return CopyDrafts(self.shared(account))

    def store(self, account: Account, *args: Any, **options: Any) -> MailStore:
        """A mailbox over IMAP with its copy; the arguments are those of `ImapStore`."""
        from mss_tui.adapters.cache.store import CachedStore

        return CachedStore(self.shared(account), account, *args, **options)

    async def ask_ahead(self) -> None:
        """Ask now for what only the user can give; what fails is said when a copy is opened.

        Raises:
            asyncio.CancelledError: a signal ended the question.
        """
        if self._keys.asks:
            with suppress(MssError):
                await self._keys.key()

    async def wipe(self) -> None:
        """Delete every copy; nothing more is kept but drafts that are nowhere else, and that is said.

        Raises:
            MssError: one cannot be deleted.
        """
        for copy in self._open:
            await copy.close()
        for copy in {copy.path: copy for copy in self._open}.values():
            if not copy.has_drafts:
                await copy.wipe()
                continue
            again = MailCopy(copy.account, self._place, self._keys, self._thread, self._clock, self._tell, mend=False)
            said = say("{address} : copie effacée, sauf les brouillons qui ne sont pas sur le serveur.",
                       address=clean(copy.account.address))  # fmt: skip
            if not await again.forget_mail():
                said = say("{address} : copie laissée en place, pour ses brouillons qui ne sont pas sur le serveur.",
                           address=clean(copy.account.address))  # fmt: skip
            self._tell(said)

    async def held(self, accounts: Iterable[Account]) -> tuple[Held, ...]:
        """What there is of these mailboxes."""
        found = []
        for account in accounts:
            octets = octets_of(path_of(self._place, account))
            copy = self.of(account)
            folders = await copy.count() if octets else []
            drafts = await copy.do(count, None) if octets and copy.has_drafts else 0
            await copy.close()
            found.append(Held(account.id, octets, None if folders is None else tuple(folders), drafts))
        return tuple(found)

    async def close(self) -> None:
        """Close every copy, forget the key."""
        for copy in self._open:
            await copy.close()
        self._thread.shutdown(wait=False)
        self._keys.forget()


def left(place: Path, accounts: Iterable[Account]) -> tuple[Held, ...]:
    """What is on disk of these mailboxes, whatever is in it."""
    paths = {account.id: path_of(place, account) for account in accounts}
    return tuple(
        Held(name, octets_of(path), None, None if mark_of(path).exists() else 0) for name, path in paths.items()
    )


def clear(place: Path, accounts: Iterable[Account]) -> dict[str, int]:
    """Delete the copies of these mailboxes, drafts too, whatever their key; the octets each had.

    Raises:
        MssError: one cannot be deleted.
    """
    return {account.id: remove(path_of(place, account)) for account in accounts}


def offline_store(account: Account, copies: Copies | None) -> MailStore:
    """A mailbox of which only its copy can be seen."""
    from mss_tui.adapters.cache.offline import OfflineStore

    return OfflineStore(account, copies.shared(account) if copies is not None else None)

"""Encrypted copies for tests: keys without a keyring, a thread that ends, stores that use them."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from mss_tui.adapters.cache.copy import MailCopy
from mss_tui.adapters.cache.key import Key, KeySource, RawKey
from mss_tui.model.people import Account, Caching
from mss_tui.phrase import Phrase
from tests.support.servers import FixedClock

KEY = bytes(range(32))


class GivenKey(KeySource):
    """A key that is there."""

    def __init__(self, key: Key = RawKey(KEY)) -> None:
        super().__init__("essai", Caching(encrypted=True))
        self._key = key

    async def key(self) -> Key:
        return self._key


class Making:
    """Makes the copies of one test, one after the other, in one place. `told` is what they said."""

    def __init__(self, place: Path, thread: ThreadPoolExecutor) -> None:
        self.place = place
        self.told: list[str] = []
        self._thread = thread

    def _tell(self, phrase: Phrase) -> None:
        self.told.append(phrase.render())

    def copy(self, account: Account, keys: KeySource | None = None, *, mend: bool = True) -> MailCopy:
        """The copy of a mailbox, as the next run of the program finds it."""
        return MailCopy(account, self.place, keys or GivenKey(), self._thread, FixedClock(), self._tell, mend=mend)

    def octets(self) -> bytes:
        """Every octet of every file that is there now."""
        return b"".join(path.read_bytes() for path in sorted(self.place.rglob("*")) if path.is_file())


@contextlib.contextmanager
def making(place: Path) -> Iterator[Making]:
    """A place for copies."""
    with ThreadPoolExecutor(1) as thread:
        yield Making(place, thread)

"""The keys of the registers: the profile's own (`cache_key`: keyring, command, credential), and the machine's.

Where the profile has one, it seals; what the machine's key sealed before still opens, and is sealed anew on a change.
"""

from __future__ import annotations

import asyncio
import hashlib
from typing import TYPE_CHECKING

from mss_tui.adapters.store_key import MachineKey
from mss_tui.errors import MssError
from mss_tui.phrase import say

if TYPE_CHECKING:
    from mss_tui.adapters.cache.key import KeySource

SALT = 16


class RegisterKey:
    """Keys of one profile's registers.

    Args:
        source: the profile's way to its own key; one that only the user knows is not asked for.
    """

    def __init__(self, machine: MachineKey, profile: str, source: KeySource | None = None) -> None:
        self._machine = machine
        self._profile = profile
        self._source = None if source is None or source.asks else source
        self._own: bytes | None = None
        self._failure: MssError | None = None

    async def prepare(self) -> bool:
        """Fetch the profile's own key, where it has one; True when there is a new one.

        Raises:
            MssError: it cannot be had now.
        """
        if self._source is None or self._own is not None:
            return False
        salt = hashlib.sha256(f"mss-tui registre\n{self._profile}".encode()).digest()[:SALT]
        try:
            key = await self._source.key()
            self._own = await asyncio.to_thread(key.octets, salt)
        except MssError as error:
            self._source.forget()
            self._failure = error
            raise
        return True

    def octets(self) -> tuple[bytes, ...]:
        """The key that seals, then those that also open.

        Raises:
            MssError: the profile's own is not here, or the machine's can be neither read nor made.
        """
        if self._source is None:
            return (self._machine.octets(),)
        if self._own is None:
            raise self._failure or MssError(
                say("La clé des registres n'a pas encore été demandée."), remedy=say("Recommencez dans un instant.")
            )
        return self._own, self._machine.octets()

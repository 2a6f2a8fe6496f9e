"""The idle lock of a screen: when it closes, what opens it, and when it gives up (Ségur SC.SSI/IE.38, IE.58).

A code is kept as Argon2id of a random salt (RFC 9106: 3 passes over 64 MiB a try), in memory alone.
"""

from __future__ import annotations

import asyncio
import hmac
import os
from collections.abc import Callable
from datetime import timedelta
from enum import Enum, auto

from mss_tui.errors import UsageError
from mss_tui.model.people import Lock
from mss_tui.phrase import say
from mss_tui.ports.clock import Clock

TRIES = 3
SHORTEST = 4
_PASSES, _LANES, _MEMORY_KIB, _OCTETS = 3, 4, 64 * 1024, 32


class Outcome(Enum):
    """What a try to open led to."""

    OPEN = auto()
    WRONG = auto()
    OUT = auto()


class Guard:
    """The lock. `proves` says whether a text is the password of the mailbox; None where there is none to compare."""

    def __init__(self, rule: Lock, clock: Clock, proves: Callable[[str], bool] | None = None) -> None:
        self._delay = timedelta(minutes=rule.minutes)
        self._clock = clock
        self._proves = proves
        self._code: tuple[bytes, bytes] | None = None
        self._last = clock.now()
        self._wrong = 0
        self.any_key = rule.unlock == "key"
        self.locked = False

    def touch(self) -> None:
        """The person did something."""
        self._last = self._clock.now()

    @property
    def due(self) -> bool:
        """Has nobody done anything for too long?"""
        return not self.locked and self._clock.now() - self._last >= self._delay

    @property
    def has_code(self) -> bool:
        """Was a code chosen?"""
        return self._code is not None

    @property
    def takes_password(self) -> bool:
        """Does the password of the mailbox open it?"""
        return self._proves is not None

    @property
    def left(self) -> int:
        """Tries left."""
        return TRIES - self._wrong

    async def choose(self, code: str) -> None:
        """Take a code.

        Raises:
            UsageError: it is too short or too easy.
        """
        if len(code) < SHORTEST or len(set(code)) < 2 or code in "01234567890" or code in "09876543210":
            raise UsageError(
                say("Ce code est trop simple."),
                remedy=say("Prenez au moins {n} chiffres ou lettres, ni tous pareils ni à la suite.", n=SHORTEST),
            )
        salt = os.urandom(16)
        self._code = salt, await asyncio.to_thread(_hashed, code, salt)

    async def try_open(self, text: str) -> Outcome:
        """Try a code or the password; the third wrong one in a row ends the session."""
        good = self._proves is not None and self._proves(text)
        if not good and self._code is not None:
            salt, kept = self._code
            good = hmac.compare_digest(await asyncio.to_thread(_hashed, text, salt), kept)
        if good:
            self.opened()
            return Outcome.OPEN
        self._wrong += 1
        return Outcome.OUT if self._wrong >= TRIES else Outcome.WRONG

    def opened(self) -> None:
        """Whoever is there has proved it."""
        self._wrong = 0
        self.locked = False
        self.touch()


def _hashed(code: str, salt: bytes) -> bytes:
    from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

    stretch = Argon2id(salt=salt, length=_OCTETS, iterations=_PASSES, lanes=_LANES, memory_cost=_MEMORY_KIB)
    return stretch.derive(code.encode())

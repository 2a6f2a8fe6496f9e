"""Calls to the API: not too many, tried again where that can help, given up for a while where it cannot.

17 calls a second are allowed to an application (annuaire.md §1.1). Answers 429 and 5xx, cut bodies and lost
connections are tried again twice, after what Retry-After says or a growing, jittered delay. After three failures in a
row nothing is asked for a minute: the local index answers meanwhile.
"""

from __future__ import annotations

import asyncio
import random
from collections import deque
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import TypeVar

from mss_tui.adapters.directory.https import Answer
from mss_tui.adapters.hostwide import Shared
from mss_tui.errors import CannotConnect, DeadlinePassed, MssError, ServerRefused
from mss_tui.phrase import say
from mss_tui.ports.clock import Clock

T = TypeVar("T")
Sleep = Callable[[float], Awaitable[None]]

CALLS_A_SECOND = 15
SHARED_TRIES = 20
"""Turns waited for among the processes of the host; then the call is made all the same."""
TRIES = 3
LONGEST_WAIT = 20.0
FIRST_DELAY = 0.5
FAILURES = 3
REST = timedelta(seconds=60)


class Again(CannotConnect):
    """A failure that another try may not meet. `after`: seconds that the server asks for, None when it does not say."""

    def __init__(self, error: MssError, after: float | None = None) -> None:
        super().__init__(error.what, meaning=error.meaning, remedy=error.remedy, detail=error.detail)
        self.after = after


class Calls:
    """The way every call takes."""

    def __init__(
        self,
        clock: Clock,
        sleep: Sleep = asyncio.sleep,
        jitter: Callable[[], float] = random.random,
        shared: Shared | None = None,
    ) -> None:
        self._clock = clock
        self._shared = shared
        self._sleep = sleep
        self._jitter = jitter
        self._started: deque[datetime] = deque(maxlen=CALLS_A_SECOND)
        self._failures = 0
        self._closed_until: datetime | None = None
        self._turn = asyncio.Lock()

    async def make(self, call: Callable[[], Awaitable[T]]) -> T:
        """The result of `call`, tried again where it raises `Again`.

        Raises:
            MssError: it failed for good, or nothing is asked for now.
        """
        if self._closed_until is not None and self._clock.now() < self._closed_until:
            raise CannotConnect(
                say("L'Annuaire Santé en ligne ne répond pas ; il n'est plus interrogé pendant une minute."),
                meaning=say("L'annuaire local sert en attendant."),
            )
        tried = 0
        while True:
            tried += 1
            await self._take_turn()
            try:
                result = await call()
            except Again as error:
                wait = error.after if error.after is not None else FIRST_DELAY * 2**tried * (0.5 + self._jitter())
                if tried == TRIES or wait > LONGEST_WAIT:
                    self._failed(error.after)
                    raise
                await self._sleep(wait)
            except ServerRefused:
                raise
            except (CannotConnect, DeadlinePassed):
                self._failed(None)
                raise
            else:
                self._failures = 0
                self._closed_until = None
                return result

    def _failed(self, after: float | None) -> None:
        self._failures += 1
        if after is not None and after > LONGEST_WAIT:
            self._closed_until = self._clock.now() + timedelta(seconds=min(after, 3600))
        elif self._failures >= FAILURES:
            self._closed_until = self._clock.now() + REST

    async def _take_turn(self) -> None:
        async with self._turn:
            now = self._clock.now()
            if len(self._started) == CALLS_A_SECOND:
                wait = 1.0 - (now - self._started[0]).total_seconds()
                if 0 < wait <= 1:
                    await self._sleep(wait)
                    now += timedelta(seconds=wait)
            if self._shared is not None:
                for _ in range(SHARED_TRIES):
                    wait = self._shared.take(self._clock.now())
                    if not wait:
                        break
                    await self._sleep(wait * (1 + self._jitter() / 2))
            self._started.append(now)


def retry_after(answer: Answer, now: datetime) -> float | None:
    """Seconds that Retry-After asks for (RFC 9110 §10.2.3), None when it says nothing usable."""
    said = answer.headers.get("retry-after", "").strip()
    if said.isascii() and said.isdigit():
        return float(said[:6])
    try:
        return max(0.0, (parsedate_to_datetime(said).replace(tzinfo=UTC) - now).total_seconds())
    except (TypeError, ValueError, OverflowError):
        return None

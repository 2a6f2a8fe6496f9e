"""The demo's clock: it starts where it is told and runs on from there."""

from __future__ import annotations

import time
from datetime import datetime, timedelta


class RunningClock:
    """A clock that shows `start` when it is made."""

    def __init__(self, start: datetime) -> None:
        self._start = start
        self._began = time.monotonic()

    def __call__(self) -> datetime:
        """The moment, aware."""
        return self._start + timedelta(seconds=int(time.monotonic() - self._began))

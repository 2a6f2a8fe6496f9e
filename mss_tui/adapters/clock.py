"""The clock of the machine, and one that is set by hand."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta


class SystemClock:
    """The machine's time, `shift` later: the demo moves its days with it."""

    def __init__(self, shift: timedelta = timedelta()) -> None:
        self._shift = shift

    def now(self) -> datetime:
        """The moment, aware, UTC."""
        return datetime.now(UTC) + self._shift


class SetClock:
    """A clock that stands still until it is moved."""

    def __init__(self, moment: datetime) -> None:
        self._moment = moment.astimezone(UTC)

    def now(self) -> datetime:
        """The moment, aware, UTC."""
        return self._moment

    def set(self, moment: datetime) -> None:
        """Set it."""
        self._moment = moment.astimezone(UTC)

    def advance(self, by: timedelta) -> None:
        """Move it."""
        self._moment += by

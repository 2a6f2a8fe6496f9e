"""Time. Nothing else in the product asks the system what time it is."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol


class Clock(Protocol):
    """The wall clock, movable in tests and in the demo."""

    def now(self) -> datetime:
        """The moment, aware, UTC."""
        ...

"""Submission of a message (RFC 6409)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from enum import StrEnum
from typing import Protocol

from mss_tui.model.draft import Built
from mss_tui.model.sending import RecipientAnswer, SendReport
from mss_tui.record import dataclass


class Stage(StrEnum):
    """How far a submission is. From `DATA` on, a loss leaves the outcome unknown; before it, nothing left."""

    CONNECTING = "connecting"
    ADDRESSING = "addressing"
    DATA = "data"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class Progress:
    """`sent` of `total` octets."""

    stage: Stage
    sent: int = 0
    total: int = 0


Decide = Callable[[tuple[RecipientAnswer, ...]], Awaitable[bool]]
"""Asked before DATA when some recipients, not all, were refused: send to the others?"""
Watch = Callable[[Progress], None]


class Submission(Protocol):
    """One operator's submission server. One connection a message, closed on any error."""

    async def limit(self) -> int | None:
        """The server's SIZE in octets as encoded (RFC 1870), None when it does not say."""
        ...

    async def authenticate(self) -> None:
        """Connect, authenticate and leave: would a message be taken?

        Raises:
            MssError: as for `submit`.
        """
        ...

    async def submit(
        self, built: Built, *, decide: Decide, watch: Watch, before_data: Callable[[], None]
    ) -> SendReport:
        """Send `built`; every recipient's answer is in the report.

        `before_data` is called, synchronously, after the recipients were accepted and before DATA is sent: the
        outbox writes `unknown` there. Cancelling before that sends nothing; after it the report is `unknown`.

        Raises:
            MssError: nothing was sent, for certain (connection, TLS, authentication, MAIL refused).
        """
        ...

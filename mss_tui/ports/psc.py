"""Pro Santé Connect, as front ends and the mail adapters see it: one session of one professional.

A thick client may not talk to Pro Santé Connect itself: a relay of the establishment does (auth-tls-mail-libraries.md
§1.3). Tokens stay in memory (ECO.1.2.5).
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from mss_tui.ports.secrets import Secret
from mss_tui.record import dataclass


class Channel(StrEnum):
    """Where the professional confirms: the e-CPS application, or the CPS card on their own computer."""

    MOBILE = "MOBILE"
    CARD = "CARD"


@dataclass(frozen=True, slots=True)
class Attempt:
    """One request to confirm: the two digits to compare, and until when. `handle` is the relay's, never shown."""

    number: str
    channel: Channel
    until: datetime
    handle: Secret
    interval: float


class Professional(Protocol):
    """The session. Only what a person does prolongs it, never work in the background."""

    @property
    def ends_at(self) -> datetime | None:
        """When it ends, as far as the relay has said; None while there is none."""
        ...

    @property
    def preferred(self) -> Channel:
        """What the profile proposes first."""
        ...

    def ask_with(self, ask: Callable[[], Awaitable[None]] | None) -> None:
        """How to bring the person to confirm when a token is wanted and there is no session; None: not at all."""
        ...

    async def begin(self, channel: Channel) -> Attempt:
        """Ask the relay; the phone or the card program now shows the same number.

        Raises:
            AuthRefused: the relay does not know this professional.
            MssError: the relay cannot be reached.
        """
        ...

    async def wait(self, attempt: Attempt) -> None:
        """Until it was confirmed.

        Raises:
            AuthRefused: declined, too late, or by somebody else.
        """
        ...

    def touch(self) -> None:
        """The person does something."""
        ...

"""A session of Pro Santé Connect: confirmed once (CIBA, poll), then tokens renewed while it lives (ECO.1.2.5–7)."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import datetime, timedelta

from mss_tui.adapters.psc.relay import Relay, Said
from mss_tui.errors import AuthRefused, CannotConnect, DeadlinePassed, MssError, ServerRefused
from mss_tui.phrase import Phrase, say
from mss_tui.ports.clock import Clock
from mss_tui.ports.psc import Attempt, Channel
from mss_tui.ports.secrets import Secret

Ask = Callable[[], Awaitable[None]]
Sleep = Callable[[float], Awaitable[None]]

MARGIN = timedelta(seconds=30)
"""A token is renewed that long before its end, or at half of its life where that is later."""
PRESENT = timedelta(minutes=5)
"""Who did something within that time is there: renewing then prolongs the session."""
SLOWER, SLOWEST = 5.0, 30.0
FAREWELL_SECONDS = 3.0
_DENIED = say("La demande Pro Santé Connect a été refusée sur l'appareil.")
_LATE = say("La demande Pro Santé Connect n'a pas été confirmée à temps.")
_OVER = say("La session Pro Santé Connect est terminée.")


class PscSession:
    """The session of `identity` at a relay (`ports.psc.Professional`)."""

    def __init__(
        self, relay: Relay, identity: str, clock: Clock, *, card: bool = False, sleep: Sleep = asyncio.sleep
    ) -> None:
        self._relay = relay
        self._identity = identity
        self._clock = clock
        self._sleep = sleep
        self._ask: Ask | None = None
        self._lock = asyncio.Lock()
        self._token: Secret | None = None
        self._renew_at = self._expires_at = self._active_at = clock.now()
        self._ends_at: datetime | None = None
        self._open = False
        self._declined = False
        self.preferred = Channel.CARD if card else Channel.MOBILE

    @property
    def ends_at(self) -> datetime | None:
        """When it ends; None while there is none."""
        return self._ends_at if self._open else None

    def ask_with(self, ask: Ask | None) -> None:
        """How to bring the person to confirm; None: not at all."""
        self._ask = ask

    def touch(self) -> None:
        """The person does something."""
        self._active_at = self._clock.now()

    def forget(self) -> None:
        """A server refused the token: the next one is a fresh one."""
        self._token = None

    async def token(self) -> Secret:
        """A token with some life left, without a word to the person while the session lives.

        Raises:
            AuthRefused: there is no session, and nobody to ask or they declined.
            MssError: the relay cannot be reached and the token at hand has run out.
        """
        async with self._lock:
            if self._token is not None and self._clock.now() < self._renew_at:
                return self._token
            if self._open:
                await self._renew()
            if not self._open:
                if self._ask is None or self._declined:
                    raise _refused(_OVER if self._declined else say("Pro Santé Connect n'est pas ouvert."))
                try:
                    await self._ask()
                except AuthRefused:
                    self._declined = True  # asked once, not at each attempt to reconnect
                    raise
            if self._token is None:
                raise _refused(_OVER)
            return self._token

    async def begin(self, channel: Channel) -> Attempt:
        """Ask the relay to have the person confirm."""
        number = f"{secrets.randbelow(100):02}"
        wanted = {"nationalId": self._identity, "bindingMessage": number, "channel": channel.value}
        said = await self._relay.post("/connect", wanted)
        if said.status in (401, 403, 404):
            raise AuthRefused(
                say("Le relais {host} ne connaît pas l'identifiant de ce profil.", host=self._relay.host),
                remedy=say("Vérifiez le RPPS du profil et que ce poste est inscrit au relais."),
            )
        handle = said.text("auth_req_id")
        if said.status != 200 or not handle:
            raise self._odd(said)
        until = self._clock.now() + timedelta(seconds=said.seconds("expires_in", 120, 600))
        return Attempt(number, channel, until, Secret(handle), said.seconds("interval", 2, SLOWEST))

    async def wait(self, attempt: Attempt) -> None:
        """Poll until it was confirmed (CIBA core §7.3, §11); a line that is cut meanwhile is waited for."""
        interval = attempt.interval
        while True:
            await self._sleep(interval)
            if self._clock.now() >= attempt.until:
                raise _refused(_LATE)
            try:
                said = await self._relay.post("/token", {"auth_req_id": attempt.handle.reveal()})
            except (CannotConnect, DeadlinePassed):
                interval = min(interval + SLOWER, SLOWEST)
                continue
            match said.status, said.text("error"):
                case 200, "":
                    self._declined = False
                    self.touch()
                    return self._take(said)
                case _, "authorization_pending":
                    pass
                case _, "slow_down":
                    interval = min(interval + SLOWER, SLOWEST)
                case _, "access_denied":
                    raise _refused(_DENIED)
                case _, "expired_token":
                    raise _refused(_LATE)
                case _:
                    raise self._odd(said)

    async def close(self) -> None:
        """End the session at the relay too; never fails."""
        if self._open:
            with suppress(MssError, TimeoutError):
                async with asyncio.timeout(FAREWELL_SECONDS):
                    await self._relay.post("/disconnect", {})
        self._end()
        await self._relay.close()

    async def _renew(self) -> None:
        present = self._clock.now() - self._active_at < PRESENT
        try:
            said = await self._relay.post("/renew", {"keepAlive": present})
        except (CannotConnect, DeadlinePassed):
            if self._token is not None and self._clock.now() < self._expires_at:
                return
            raise
        if said.status == 200:
            self._take(said)
        elif said.status in (400, 401, 403, 404):
            self._end()
        else:
            raise self._odd(said)

    def _take(self, said: Said) -> None:
        token, who = said.text("access_token"), said.text("national_id", 100)
        if not token or " " in token:
            raise self._odd(said)
        if who and who != self._identity:
            raise AuthRefused(
                say("Pro Santé Connect a été confirmé par quelqu'un d'autre que le titulaire du profil."),
                meaning=say("Rien n'a été ouvert."),
                remedy=say("Choisissez le profil de la personne qui confirme."),
            )
        now = self._clock.now()
        life = timedelta(seconds=said.seconds("expires_in", 60))
        self._token, self._open = Secret(token), True
        self._expires_at = now + life
        self._renew_at = now + max(life - MARGIN, life / 2)
        left = said.seconds("session_expires_in", 0)
        self._ends_at = now + timedelta(seconds=left) if left else None

    def _end(self) -> None:
        self._token, self._open, self._ends_at = None, False, None

    def _odd(self, said: Said) -> ServerRefused:
        return ServerRefused(
            say("Le relais Pro Santé Connect {host} a répondu {status}.", host=self._relay.host, status=said.status),
            remedy=say("Réessayez ; si cela se répète, prévenez votre service informatique."),
        )


def _refused(what: Phrase) -> AuthRefused:
    return AuthRefused(
        what,
        meaning=say("La messagerie n'est pas ouverte ; les brouillons sont gardés."),
        remedy=say("Recommencez depuis l'écran Pro Santé Connect (Ctrl+P, « Pro Santé Connect »)."),
    )

"""The way to the server: connect, authenticate once a credential, reconnect, and bound every call."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Awaitable, Callable, Coroutine
from typing import TypeVar

from mss_tui.adapters.imap.limits import Limits
from mss_tui.adapters.imap.refusals import auth_refused, late, lost
from mss_tui.adapters.imap.session import Session
from mss_tui.errors import AuthRefused, ConnectionLost, MssError
from mss_tui.model.people import Account, AuthMethod
from mss_tui.ports.secrets import Secret, Secrets

T = TypeVar("T")
Pause = Callable[[float], Coroutine[object, object, None]]
_FIRST, _LONGEST, _PATIENCE = 1.0, 60.0, 4.0


class Line:
    """The connections of one account: one to work, made when it is needed, and others on request."""

    def __init__(
        self,
        account: Account,
        secrets: Secrets,
        context: ssl.SSLContext,
        limits: Limits,
        pause: Pause,
        jitter: Callable[[], float],
        row_items: bytes,
    ) -> None:
        self.account = account
        self.limits = limits
        self.pause = pause
        self.connected = asyncio.Event()
        """Set when a working connection was made."""
        self._secrets = secrets
        self._context = context
        self._jitter = jitter
        self._row_items = row_items
        self._lock = asyncio.Lock()
        self._session: Session | None = None
        self._refused: Secret | None = None
        self._failures = 0
        self._attempts = 0
        self._closings = 0
        self._last: MssError | None = None
        self._entering: asyncio.Future[None] | None = None

    @property
    def alive(self) -> Session | None:
        """The working connection, if there is one."""
        session = self._session
        return session if session is not None and session.error is None else None

    async def session(self, *, ahead: bool = False) -> Session:
        """The working connection, made anew where there is none.

        Whoever waited for an attempt that failed gets its error; after a failure the next attempt waits a little.

        Args:
            ahead: the password may still be on its way; commands given now follow it in the same flight.
        """
        session = await self._working()
        if not ahead:
            await session.entered()
        return session

    async def _working(self) -> Session:
        asked, closings = self._attempts, self._closings
        async with self._lock:
            if self.alive is not None:
                return self.alive
            if self._last is not None and self._attempts > asked:
                raise self._last
            self._attempts += 1
            if self._failures:
                await self.pause(min(self.delay(self._failures), _PATIENCE))
            try:
                session = await self.another(ahead=True)
            except MssError as error:
                self._failures += 1
                self._last = error
                raise
            if closings != self._closings:
                session.drop(lost())
                raise lost()
            if self._session is not None:
                session.inherit(self._session)
            self._session = session
            self._entering = asyncio.ensure_future(self._follow(session))
            return session

    async def _follow(self, session: Session) -> None:
        """Note whether the server let a connection in."""
        try:
            async with asyncio.timeout(self.limits.connect):
                await session.entered()
        except TimeoutError:
            session.drop(late())
            self._failures += 1
        except MssError as error:
            self._failures += 1
            self._last = error
        else:
            self._failures, self._last = 0, None
            self.connected.set()

    def delay(self, failures: int) -> float:
        """Seconds before the next attempt: doubling to a minute, each between half of it and the whole."""
        return float(min(_FIRST * 2 ** min(failures - 1, 10), _LONGEST) * (0.5 + self._jitter() / 2))

    async def spare(self) -> Session:
        """One connection more; that it is refused says nothing of the credential that the working one stands on."""
        return await self._begin(await self._secret())

    async def another(self, *, ahead: bool = False) -> Session:
        """A new connection, authenticated; with `ahead`, a password may still be on its way.

        A refused token may only be an old one: one more try with a fresh one, on a new connection, never with the same
        (auth-tls-mail-libraries.md §1.5).
        """
        secret = await self._secret()
        try:
            return await self._begin(secret, ahead=ahead)
        except AuthRefused:
            self._forget(secret)
            if self.account.auth.method not in (AuthMethod.TOKEN, AuthMethod.PSC):
                raise
        secret = await self._secret()
        try:
            return await self._begin(secret)
        except AuthRefused:
            self._forget(secret)
            raise

    async def read(self, act: Callable[[Session], Awaitable[T]], octets: int = 0, *, ahead: bool = False) -> T:
        """Do `act`, which changes nothing; once more by itself when a connection that stood before turns out lost."""
        stood, closings = self.alive is not None, self._closings
        session = await self.session(ahead=ahead)
        try:
            return await self._bounded(session, act, octets)
        except ConnectionLost:
            if not stood or closings != self._closings:
                raise
        return await self._bounded(await self.session(), act, octets)

    async def change(self, act: Callable[[Session], Awaitable[T]], octets: int = 0) -> T:
        """Do `act`, which changes something: never twice by itself."""
        return await self._bounded(await self.session(), act, octets, changing=True)

    async def close(self) -> None:
        """Log out. Never fails."""
        self._closings += 1
        session, self._session = self._session, None
        if session is not None:
            await session.logout()

    async def _bounded(
        self, session: Session, act: Callable[[Session], Awaitable[T]], octets: int, *, changing: bool = False
    ) -> T:
        """Do `act` before its deadline; one that only waits to hear ends sooner when the server falls silent."""
        silence = None if changing else asyncio.ensure_future(self._silence(session))
        try:
            async with asyncio.timeout(self.limits.deadline(octets)):
                return await act(session)
        except TimeoutError:
            error = late(changing=changing)
            session.drop(error)
            raise error from None
        finally:
            if silence is not None:
                silence.cancel()

    async def _silence(self, session: Session) -> None:
        clock = asyncio.get_running_loop().time
        left = self.limits.call
        while left > 0:
            await asyncio.sleep(left)
            left = session.pipeline.moved_at + self.limits.call - clock()
        session.drop(late())

    async def _begin(self, secret: Secret | None, *, ahead: bool = False) -> Session:
        def refused(error: MssError) -> None:
            if isinstance(error, AuthRefused):
                self._forget(secret)

        begun = Session.begin(self.account, self._context, secret, self.limits, refused if ahead else None)
        try:
            async with asyncio.timeout(self.limits.connect):
                session = await begun
        except TimeoutError:
            raise late() from None
        session.row_items = self._row_items
        return session

    async def _secret(self) -> Secret | None:
        if self.account.auth.method is AuthMethod.CERTIFICATE:
            return None
        secret = await self._secrets.of(self.account)
        if self._refused is not None and secret.reveal() == self._refused.reveal():
            raise auth_refused()
        return secret

    def _forget(self, secret: Secret | None) -> None:
        self._refused = secret
        self._secrets.forget(self.account)

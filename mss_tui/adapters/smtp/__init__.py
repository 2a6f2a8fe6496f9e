"""Submission over aiosmtplib, in a thread and an event loop of its own (RFC 6409; design.md, Layers)."""

from __future__ import annotations

import ssl
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

import aiosmtplib

from mss_tui.adapters.smtp.answers import ours
from mss_tui.adapters.smtp.aside import Aside
from mss_tui.adapters.smtp.session import Session, Talk
from mss_tui.adapters.smtp.upload import Deadlines
from mss_tui.errors import AuthRefused
from mss_tui.model.draft import Built
from mss_tui.model.people import Account, AuthMethod
from mss_tui.model.sending import RecipientAnswer, SendReport
from mss_tui.ports.secrets import Secret, Secrets
from mss_tui.ports.submission import Decide, Progress, Stage, Watch

__all__ = ["Deadlines", "SmtpSubmission"]

T = TypeVar("T")


class SmtpSubmission:
    """One account's submission server (`ports.submission.Submission`)."""

    def __init__(
        self, account: Account, secrets: Secrets, context: ssl.SSLContext, deadlines: Deadlines = Deadlines()
    ) -> None:
        self._account = account
        self._secrets = secrets
        self._context = context
        self._deadlines = deadlines
        self._limit: int | None = None

    async def limit(self) -> int | None:
        """The server's SIZE; asked without authentication, remembered once it was told."""
        if self._limit is None:

            async def ask(session: Session, aside: Aside[int | None]) -> int | None:
                await session.open()
                aside.finish(session.size)
                return session.size

            self._limit = await self._aside(ask)
        return self._limit

    async def authenticate(self) -> None:
        """Authenticate and leave: would a message be taken from this account? See the port."""

        async def enter(session: Session, aside: Aside[None], secret: Secret | None) -> None:
            await session.open()
            await session.authenticate(secret)
            self._limit = session.size
            aside.finish(None)

        await self._authenticated(enter)

    async def submit(
        self, built: Built, *, decide: Decide, watch: Watch, before_data: Callable[[], None]
    ) -> SendReport:
        """Send `built`. See the port."""

        async def send(session: Session, aside: Aside[SendReport], secret: Secret | None) -> SendReport:
            async def decided(answers: tuple[RecipientAnswer, ...]) -> bool:
                return await aside.ask(lambda: decide(answers))

            async def ready() -> None:
                async def call() -> None:
                    before_data()

                await aside.ask(call)

            def progress(step: Progress) -> None:
                aside.tell(watch, step)

            progress(Progress(Stage.CONNECTING, 0, len(built.data)))
            await session.open()
            await session.authenticate(secret)
            self._limit = session.size
            report = await session.send(built, Talk(decided, ready, progress))
            progress(Progress(Stage.DONE, len(built.data), len(built.data)))
            aside.finish(report)
            return report

        return await self._authenticated(send)

    async def _authenticated(self, use: Callable[[Session, Aside[T], Secret | None], Coroutine[Any, Any, T]]) -> T:
        """Do `use`; once more with a fresh token where one was refused, since it may only be an old one.

        Nothing has left then (auth-tls-mail-libraries.md §1.5).
        """
        method = self._account.auth.method
        secret = None if method is AuthMethod.CERTIFICATE else await self._secrets.of(self._account)
        try:
            return await self._aside(lambda session, aside: use(session, aside, secret))
        except AuthRefused:
            self._secrets.forget(self._account)
            if method not in (AuthMethod.TOKEN, AuthMethod.PSC) or secret is None:
                raise
            fresh = await self._secrets.of(self._account)
            if fresh.reveal() == secret.reveal():
                raise
        try:
            return await self._aside(lambda session, aside: use(session, aside, fresh))
        except AuthRefused:
            self._secrets.forget(self._account)
            raise

    async def _aside(self, use: Callable[[Session, Aside[T]], Coroutine[Any, Any, T]]) -> T:
        host = self._account.smtp.host

        async def work(aside: Aside[T]) -> T:
            session = Session(self._account, self._context, self._deadlines)
            try:
                result = await use(session, aside)
                await session.leave()
            except (aiosmtplib.SMTPException, OSError) as error:
                raise ours(error, host) from error
            finally:
                await session.close()
            return result

        return await Aside(work).result()

"""The demo's submission server: aiosmtpd with TLS and AUTH required, SIZE and DSN (RFC 6409, RFC 3461).

aiosmtpd answers 555 to DSN parameters, so they are taken out of MAIL and RCPT before it reads them.
"""

from __future__ import annotations

import asyncio
import logging
import re
import ssl
from base64 import b64decode
from typing import Any, cast

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session, syntax

from mss_tui.demo import sasl
from mss_tui.demo.delivery import Delivery, Notice, Recipient
from mss_tui.demo.line import SHUTTING
from mss_tui.demo.store import MAX_MESSAGE, MailStore

MAX_RECIPIENTS = 100
MAX_CONNECTIONS = 64
_MAIL_PARAMETERS, _RCPT_PARAMETERS = ("RET", "ENVID"), ("NOTIFY", "ORCPT")


_HEXCHAR = re.compile(r"\+([0-9A-F]{2})")


def _xtext(text: str) -> str | None:
    """The text that an xtext stands for (RFC 3461 §4); None when it is not printable ASCII."""
    plain = _HEXCHAR.sub(lambda match: chr(int(match[1], 16)), text)
    return plain if plain.isascii() and (plain.isprintable()) else None


def _without(arg: str | None, names: tuple[str, ...]) -> tuple[str, dict[str, str]]:
    kept, taken = [], {}
    for word in (arg or "").split(" "):
        name, equals, value = word.partition("=")
        if equals and name.upper() in names:
            taken[name.upper()] = value
        else:
            kept.append(word)
    return " ".join(kept), taken


class _DsnEnvelope(Envelope):
    """An envelope that keeps what the sender wants to be told."""

    def __init__(self) -> None:
        super().__init__()
        self.full_return = False
        self.envelope_id = ""
        self.recipients: list[Recipient] = []


class _Submission(SMTP):
    """One connection."""

    def __init__(self, house: SubmissionHouse) -> None:
        super().__init__(
            house,
            hostname="demo.mssante.fr",
            ident="mss-tui demo",
            data_size_limit=MAX_MESSAGE,
            tls_context=house.tls,
            require_starttls=True,
            auth_required=True,
            auth_require_tls=True,
            auth_exclude_mechanism=["LOGIN"],
            authenticator=house.authenticate,
            command_call_limit={"AUTH": 3, "*": 1000},
            loop=asyncio.get_running_loop(),
        )
        self._house = house

    def _create_envelope(self) -> _DsnEnvelope:
        return _DsnEnvelope()

    @property
    def _wishes(self) -> _DsnEnvelope:
        return cast("_DsnEnvelope", self.envelope)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._house.lines.add(self)
        super().connection_made(transport)
        if len(self._house.lines) > MAX_CONNECTIONS:
            self.abort()

    def connection_lost(self, error: Exception | None) -> None:
        self._house.lines.discard(self)
        super().connection_lost(error)

    def abort(self) -> asyncio.Task[None] | None:
        """End the connection now; returns its task."""
        for transport in (self.transport, self._original_transport):
            if isinstance(transport, asyncio.WriteTransport):
                transport.abort()
        task: asyncio.Task[None] | None = self._handler_coroutine
        if task is not None:
            task.cancel()
        return task

    @syntax("MAIL FROM: <address>", extended=" [SP <mail-parameters>]")
    async def smtp_MAIL(self, arg: str | None) -> None:  # noqa: N802
        arg, wishes = _without(arg, _MAIL_PARAMETERS)
        envelope_id = _xtext(wishes.get("ENVID", ""))
        if envelope_id is None or wishes.get("RET", "HDRS").upper() not in ("HDRS", "FULL"):
            await self.push("501 5.5.4 RET or ENVID is not understood")
            return
        await super().smtp_MAIL(arg)
        self._wishes.full_return = wishes.get("RET", "").upper() == "FULL"
        self._wishes.envelope_id = envelope_id

    @syntax("RCPT TO: <address>", extended=" [SP <mail-parameters>]")
    async def smtp_RCPT(self, arg: str | None) -> None:  # noqa: N802
        arg, wishes = _without(arg, _RCPT_PARAMETERS)
        notices = [word.upper() for word in wishes.get("NOTIFY", "FAILURE").split(",")]
        original = _xtext(wishes.get("ORCPT", ""))
        if original is None or not set(notices) <= set(Notice) or ("NEVER" in notices and len(notices) > 1):
            await self.push("501 5.5.4 NOTIFY or ORCPT is not understood")
            return
        before = len(self._wishes.rcpt_tos)
        await super().smtp_RCPT(arg)
        for address in self._wishes.rcpt_tos[before:]:
            self._wishes.recipients.append(Recipient(address, frozenset(map(Notice, notices)), original))

    async def auth_XOAUTH2(self, _: Any, args: list[str]) -> AuthResult:  # noqa: N802
        """XOAUTH2: the token of an account of the demo is its password."""
        response = await self._response(args)
        if response is None:
            return AuthResult(success=False, handled=True)
        account = sasl.bearer(self._house.store, response)
        if account is not None:
            return AuthResult(success=True, auth_data=LoginPassword(account.address.encode(), b""))
        await self.challenge_auth(sasl.REFUSED_TOKEN)
        return AuthResult(success=False, handled=False)

    async def _response(self, args: list[str]) -> bytes | None:
        if len(args) < 2:
            answer = await self.challenge_auth("")
            return answer if isinstance(answer, bytes) else None
        try:
            return b64decode(args[1], validate=True)
        except ValueError:
            await self.push("501 5.5.2 base64 expected")
            return None


class SubmissionHouse:
    """What every connection shares: accounts, delivery, TLS. Also aiosmtpd's handler."""

    def __init__(self, store: MailStore, delivery: Delivery, tls: ssl.SSLContext) -> None:
        self.tls = tls
        self.lines: set[_Submission] = set()
        self.store = store
        self._delivery = delivery
        self._server: asyncio.Server | None = None

    async def open(self) -> int:
        """Listen on a free port of loopback, and return it."""
        # aiosmtpd logs every command line, addresses included.
        logging.getLogger("mail.log").setLevel(logging.CRITICAL + 1)
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(lambda: _Submission(self), "127.0.0.1", 0)
        return int(self._server.sockets[0].getsockname()[1])

    async def shut(self) -> None:
        """Stop listening, end every connection."""
        if self._server is None:
            return
        self._server.close()
        tasks = [line.abort() for line in tuple(self.lines)]
        ending: set[asyncio.Future[Any]] = {task for task in tasks if task is not None}
        ending.add(asyncio.ensure_future(self._server.wait_closed()))
        await asyncio.wait(ending, timeout=SHUTTING)

    def authenticate(self, _: SMTP, __: Session, ___: Envelope, mechanism: str, login: LoginPassword) -> AuthResult:
        """The hook for PLAIN. `handled=False`, else nothing is answered to a wrong password."""
        user, password = (part.decode("utf-8", "replace") for part in login)
        if self.store.authenticate(user, password) is not None:
            return AuthResult(success=True, auth_data=login)
        return AuthResult(success=False, handled=False)

    async def handle_EHLO(  # noqa: N802
        self, _: SMTP, session: Session, __: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        """Say what else is offered."""
        session.host_name = hostname
        more = ["250-PIPELINING", "250-ENHANCEDSTATUSCODES"]
        return [*responses[:-1], *more, *(["250-DSN"] if session.ssl else []), responses[-1]]

    async def handle_MAIL(  # noqa: N802
        self, _: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """A user sends from its own address only; receipts come from nobody (RFC 8098 §3)."""
        user = cast("LoginPassword", session.auth_data).login.decode("utf-8", "replace")
        if address.lower() not in (user.lower(), "<>"):
            return "553 5.7.1 sender address is not yours"
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 2.1.0 Ok"

    async def handle_RCPT(  # noqa: N802
        self, _: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Answer for one recipient."""
        if len(envelope.rcpt_tos) >= MAX_RECIPIENTS:
            return "452 4.5.3 too many recipients"
        answer = self._delivery.answer(address)
        if answer.startswith("2"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, _: SMTP, session: Session, envelope: _DsnEnvelope) -> str:  # noqa: N802
        """Deliver, and report."""
        return self._delivery.deliver(
            (envelope.mail_from or "").removeprefix("<>"),
            envelope.recipients,
            bytes(envelope.original_content or b""),
            full=envelope.full_return,
            envelope_id=envelope.envelope_id,
        )

"""One connection to a submission server, command by command (RFC 6409; auth-tls-mail-libraries.md §5.2).

aiosmtplib connects, upgrades to TLS and reads replies; every command is said here, so that each recipient's answer is
kept, one authentication is tried once, and the instant after which a message may have left is known exactly.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Awaitable, Callable
from contextlib import suppress

import aiosmtplib

from mss_tui.adapters.smtp.answers import NOTHING_LEFT, Answer, answer, hostile, refused, without_tls, xtext
from mss_tui.adapters.smtp.aside import still_wanted
from mss_tui.adapters.smtp.auth import authenticate
from mss_tui.adapters.smtp.upload import Deadlines, Upload
from mss_tui.adapters.tls import Anchored
from mss_tui.errors import InternalError, ServerRefused, UsageError
from mss_tui.model.address import parse_address
from mss_tui.model.draft import Built
from mss_tui.model.people import Account, Security
from mss_tui.model.sending import RecipientAnswer, SendReport, SendState
from mss_tui.phrase import say
from mss_tui.ports.secrets import Secret
from mss_tui.ports.submission import Progress, Stage
from mss_tui.record import dataclass
from mss_tui.text import DisplayText, clean

HELLO = "[127.0.0.1]"
"""The machine's name is nobody's business, and asking for it may block for seconds."""


@dataclass(frozen=True, slots=True)
class Talk:
    """The caller's side of a submission, as coroutines that may be awaited from here."""

    decide: Callable[[tuple[RecipientAnswer, ...]], Awaitable[bool]]
    before_data: Callable[[], Awaitable[None]]
    watch: Callable[[Progress], None]


class Session:
    """A connection of its own for one message; never used again after an error."""

    def __init__(self, account: Account, context: ssl.SSLContext, deadlines: Deadlines) -> None:
        implicit = account.smtp.security is Security.TLS
        self._account = account
        self._context = context
        self._deadlines = deadlines
        self._smtp = aiosmtplib.SMTP(
            hostname=account.smtp.host,
            port=account.smtp.port,
            use_tls=implicit,
            start_tls=not implicit,
            tls_context=context,
            local_hostname=HELLO,
            timeout=deadlines.command,
        )
        self._transport: asyncio.BaseTransport | None = None
        self._upload: Upload | None = None

    async def open(self) -> None:
        """Connect, verify the certificate, ask what the server can do."""
        try:
            await self._smtp.connect(timeout=self._deadlines.connect)
        except (aiosmtplib.SMTPException, ssl.SSLError) as error:
            if type(error) is aiosmtplib.SMTPException and self._account.smtp.security is Security.STARTTLS:
                raise without_tls(self._account.smtp.host) from error
            cause = error if isinstance(error, ssl.SSLError) else error.__cause__
            if isinstance(self._context, Anchored) and self._context.soften(cause):
                await self._smtp.connect(timeout=self._deadlines.connect)
            else:
                raise
        self._transport = self._smtp.transport
        if isinstance(self._context, Anchored) and self._context.online is not None:
            await self._context.online.settle(self._inside())
        await self._smtp.ehlo()

    @property
    def transport(self) -> asyncio.BaseTransport | None:
        """The line, once it is open."""
        return self._transport

    @property
    def size(self) -> int | None:
        """The largest message that the server takes, octets (RFC 1870); None when it does not say."""
        text = self._smtp.esmtp_extensions.get("size", "")
        return int(text) if text.isascii() and text.isdigit() and 0 < len(text) < 16 and int(text) else None

    async def authenticate(self, secret: Secret | None) -> None:
        """One mechanism, one try; then EHLO again, because some extensions show only now.

        Raises:
            AuthRefused: the server says no; also when it says so by a challenge and hangs up.
            ServerRefused: it offers nothing that the profile allows, or cannot tell now.
            HostileServer: it does not know the password that it says it checks.
        """
        offered = {name.upper() for name in self._smtp.server_auth_methods}
        await authenticate(self._say, self._account, secret, offered, self._inside())
        await self._smtp.ehlo()

    def _inside(self) -> ssl.SSLObject:
        found: ssl.SSLObject = self._transport.get_extra_info("ssl_object")  # type: ignore[union-attr]
        return found

    async def send(self, built: Built, talk: Talk) -> SendReport:
        """Envelope and message. See `ports.submission.Submission.submit`."""
        checked(built)
        talk.watch(Progress(Stage.ADDRESSING, 0, len(built.data)))
        await self._mail(built)
        answers = [await self._rcpt(built, recipient) for recipient in built.recipients]

        def report(state: SendState, said: DisplayText = DisplayText("")) -> SendReport:
            return SendReport(built.message_id, state, tuple(answers), said)

        accepted = [a for a in answers if a.accepted]
        if not accepted:
            return report(SendState.REFUSED)
        if len(accepted) < len(answers) and not await talk.decide(tuple(answers)):
            await self._say(b"RSET")
            return report(SendState.DRAFT)
        # said before it is true, so that nobody thinks that stopping is still sure to stop it
        talk.watch(Progress(Stage.DATA, 0, len(built.data)))
        await talk.before_data()
        said = await self._say(b"DATA")
        if said.code != 354:
            if said.code < 400:
                raise hostile(said.line)
            return report(SendState.REFUSED, said.line)
        self._upload = Upload(self._smtp, self._deadlines, talk.watch)
        state, line = await self._upload.run(built.data)
        if state is SendState.ACCEPTED and len(accepted) < len(answers):
            state = SendState.PARTLY_REFUSED
        return report(state, line)

    async def _mail(self, built: Built) -> None:
        if self.size is not None and len(built.data) > self.size:
            raise ServerRefused(
                say(
                    "Le message ({size} Mo) dépasse ce que le serveur d'envoi accepte ({limit} Mo).",
                    size=_megabytes(len(built.data)),
                    limit=_megabytes(self.size),
                ),
                meaning=NOTHING_LEFT,
                remedy=say("Retirez une pièce jointe, ou envoyez en plusieurs messages."),
            )
        needed = (("8bitmime", built.eight_bit, b"BODY=8BITMIME"), ("smtputf8", built.utf8, b"SMTPUTF8"))
        options = [f"SIZE={len(built.data)}".encode()] if self._offers("size") else []
        for extension, wanted, option in needed:
            if wanted and not self._offers(extension):
                raise ServerRefused(
                    say("Le serveur d'envoi n'accepte pas ce message ({extension}).", extension=extension.upper()),
                    meaning=NOTHING_LEFT,
                    remedy=say("Réécrivez le message ici plutôt que de renvoyer un fichier."),
                )
            options += [option] if wanted else []
        if self._offers("dsn"):
            # headers alone in the report: health data must not travel back
            options += [b"RET=HDRS", b"ENVID=" + xtext(built.envelope_id).encode()]
        said = await self._say(b"MAIL", f"FROM:<{built.sender}>".encode("ascii"), *options)
        if said.code >= 300:
            raise refused(say("Le serveur d'envoi refuse votre adresse {who}.", who=clean(built.sender)), said)

    async def _rcpt(self, built: Built, recipient: str) -> RecipientAnswer:
        options = []
        if self._offers("dsn"):
            notify = "SUCCESS,FAILURE,DELAY" if built.want_delivery else "FAILURE,DELAY"
            if not built.sender:
                notify = "NEVER"  # there is nobody to report to (RFC 3461 §6.1)
            options = [f"NOTIFY={notify}".encode(), f"ORCPT=rfc822;{xtext(recipient)}".encode()]
        said = await self._say(b"RCPT", f"TO:<{recipient}>".encode("ascii"), *options)
        if said.code == 421:
            raise refused(say("Le serveur d'envoi a interrompu l'échange."), said)
        if 300 <= said.code < 400:
            raise hostile(said.line)
        return RecipientAnswer(recipient, said.code, said.text, said.enhanced)

    def _offers(self, extension: str) -> bool:
        return self._smtp.supports_extension(extension)

    async def _say(self, *words: bytes) -> Answer:
        response = await self._smtp.execute_command(*words)
        still_wanted()
        return answer(response.code, response.message)

    async def leave(self) -> None:
        """Say goodbye and close; for after a result is known, so nothing here can change it."""
        if self._upload is not None and not self._upload.ended:
            return
        with suppress(aiosmtplib.SMTPException, OSError):
            await self._smtp.quit(timeout=self._deadlines.goodbye)

    async def close(self) -> None:
        """Close at once, without sending what is still in the buffers."""
        transport = self._transport or self._smtp.transport
        self._smtp.close()
        if isinstance(transport, asyncio.WriteTransport):
            transport.abort()
        for _ in range(3):  # the socket closes in callbacks of the loop
            await asyncio.sleep(0)


def checked(built: Built) -> None:
    """Refuse what could not be said on an SMTP line exactly as it is.

    Raises:
        UsageError: an address does not come back from the parser as it was.
        InternalError: a bare CR or LF, or a line that is too long (RFC 5321 §2.3.8; SMTP smuggling).
    """
    senders = (built.sender,) if built.sender else ()  # a read receipt has none (RFC 8098 §3)
    for address in (*senders, *built.recipients):
        if str(parse_address(address)) != address:
            raise UsageError(
                say("« {address} » n'est pas une adresse exacte.", address=clean(address, 80)), meaning=NOTHING_LEFT
            )
    data = built.data
    lines = data.count(b"\r\n")
    if (
        not data.endswith(b"\r\n")
        or data.count(b"\n") != lines
        or data.count(b"\r") != lines
        or b"\0" in data
        or max(map(len, data.split(b"\r\n"))) > 998
    ):
        raise InternalError(say("Le message n'est pas écrit comme le protocole le demande."), meaning=NOTHING_LEFT)


def _megabytes(octets: int) -> str:
    return f"{octets / 1e6:.1f}".replace(".", ",")

"""From nothing to a verified TLS line: implicit (993) or STARTTLS (143). Until then nothing is believed or told.

A greeting that is not `* OK`, a STARTTLS that is not offered or refused, and any octet behind its OK end the
connection (security.md P2, P3; NO STARTTLS, USENIX Security 2021).
"""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import Callable

from mss_tui.adapters.imap.limits import CLEAR_OCTETS, Limits
from mss_tui.adapters.imap.pipeline import Pipeline
from mss_tui.adapters.imap.reader import Reader
from mss_tui.adapters.imap.refusals import bye, hostile, lost, unreachable
from mss_tui.adapters.imap.response import Continuation, Data, Status, classify
from mss_tui.adapters.imap.syntax import Malformed
from mss_tui.adapters.tls import Anchored, tls_error
from mss_tui.errors import MssError, TlsRefused
from mss_tui.model.people import Endpoint, Security
from mss_tui.phrase import Phrase, say

Hear = Callable[[Status | Data], None]
_TAG = "A1"
_KEEP_ALIVE = {"TCP_KEEPIDLE": 60, "TCP_KEEPINTVL": 15, "TCP_KEEPCNT": 4, "TCP_USER_TIMEOUT": 20_000}
_TALKS = say("il parle en clair quand il devrait se taire")
_GREETING = say("il ne salue pas comme un serveur IMAP à qui l'on doit s'authentifier")


async def open_line(endpoint: Endpoint, context: ssl.SSLContext, limits: Limits, hear: Hear) -> Pipeline:
    """A line to `endpoint` inside TLS, its greeting heard.

    Raises:
        CannotConnect: nobody answers, or the server says BYE.
        TlsRefused: no TLS, or not with whom it should be.
        HostileServer: the server does not behave; nothing was sent to it.
    """
    loop = asyncio.get_running_loop()
    pipeline = Pipeline(loop, limits, hear)
    try:
        if endpoint.security is Security.TLS:
            await loop.create_connection(
                lambda: pipeline, endpoint.host, endpoint.port, ssl=context, server_hostname=endpoint.host
            )
        else:
            await _start_tls(loop, endpoint, context, pipeline)
        await pipeline.greeting
        if isinstance(context, Anchored) and context.online is not None:
            await context.online.begin(pipeline.transport.get_extra_info("ssl_object"), pipeline.fail)
    except ssl.SSLError as error:
        pipeline.fail(lost())
        if isinstance(context, Anchored) and context.soften(error):
            return await open_line(endpoint, context, limits, hear)
        raise tls_error(error, endpoint.host) from error
    except OSError as error:
        pipeline.fail(lost())
        raise unreachable(endpoint.host, error) from error
    except BaseException:
        pipeline.fail(lost())
        raise
    _keep_alive(pipeline.transport)
    return pipeline


def _keep_alive(transport: asyncio.BaseTransport) -> None:
    """Let the system notice a line that died without a word: within two minutes idle, within twenty seconds in use."""
    line: socket.socket = transport.get_extra_info("socket")
    line.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for option, value in _KEEP_ALIVE.items():
        if hasattr(socket, option):
            line.setsockopt(socket.IPPROTO_TCP, getattr(socket, option), value)


async def _start_tls(
    loop: asyncio.AbstractEventLoop, endpoint: Endpoint, context: ssl.SSLContext, pipeline: Pipeline
) -> None:
    transport, clear = await loop.create_connection(lambda: ClearLine(loop), endpoint.host, endpoint.port)
    try:
        await clear.ready
        inner = await loop.start_tls(transport, pipeline, context, server_hostname=endpoint.host)
    except BaseException:
        transport.abort()
        raise
    if inner is None:
        raise lost()
    pipeline.connection_made(inner)
    pipeline.greeted()


class ClearLine(asyncio.Protocol):
    """The line before TLS: a greeting, one STARTTLS, its answer. `ready` is set when TLS may begin."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.ready: asyncio.Future[None] = loop.create_future()
        self._reader = Reader(Limits(line=CLEAR_OCTETS, literal=0, response=CLEAR_OCTETS))
        self._transport: asyncio.Transport | None = None
        self._greeted = self._asked = self._agreed = False
        self._octets = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The transport is there."""
        assert isinstance(transport, asyncio.Transport)  # noqa: S101 - create_connection gives no other
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Take the greeting and the answer; anything more is an attack or a fault."""
        try:
            self._octets += len(data)
            for pieces in self._reader.feed(data):
                if self._agreed:
                    raise hostile(_TALKS)
                self._take(classify(pieces))
            if self._octets > CLEAR_OCTETS or (self._agreed and not self._reader.idle) or self.ready.done():
                raise hostile(_TALKS)
            if self._agreed and self._transport is not None:
                self._transport.pause_reading()
                self.ready.set_result(None)
            elif self._greeted and not self._asked and self._transport is not None:
                self._asked = True
                self._transport.write(f"{_TAG} STARTTLS\r\n".encode())
        except MssError as error:
            self._fail(error)
        except Malformed:
            self._fail(hostile(say("une réponse n'est pas de l'IMAP")))

    def connection_lost(self, exc: Exception | None) -> None:
        """The connection is gone."""
        self._fail(lost())

    def _take(self, response: Status | Data | Continuation) -> None:
        if isinstance(response, Status):
            if not self._greeted:
                self._greet(response)
                return
            if response.tag == _TAG and self._asked:
                self._answered(response)
                return
            if response.tag:
                raise hostile(_TALKS)
            if response.word == "BYE":
                raise bye(response)
        if not self._greeted or isinstance(response, Continuation):
            raise hostile(_GREETING)

    def _greet(self, status: Status) -> None:
        if status.word == "BYE" and not status.tag:
            raise bye(status)
        if status.word != "OK" or status.tag:
            raise hostile(_GREETING)
        if status.code == "CAPABILITY" and b"STARTTLS" not in status.arguments.upper().split():
            raise _no_tls(say("il n'offre pas STARTTLS"))
        self._greeted = True

    def _answered(self, status: Status) -> None:
        if not status.ok:
            raise _no_tls(say("il refuse STARTTLS"))
        self._agreed = True

    def _fail(self, error: MssError) -> None:
        if self._transport is not None:
            self._transport.abort()
        if not self.ready.done():
            self.ready.set_exception(error)
            self.ready.exception()


def _no_tls(reason: Phrase) -> TlsRefused:
    return TlsRefused(
        say("Connexion refusée : le serveur ne chiffre pas ({reason}).", reason=reason.template),
        meaning=say("Rien ne lui a été envoyé."),
        remedy=say("Vérifiez l'adresse, le port et « security » du profil, ou appelez votre opérateur."),
    )

"""DATA: the message goes up in pieces, and the final dot apart.

Until the dot is written a loss means that nothing was delivered (RFC 5321 §4.1.1.4); from there on it means that
nobody knows (RFC 1047). The time limit is on standing still, not on the whole: a slow line may take what it needs.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, cast

import aiosmtplib

from mss_tui.adapters.smtp.answers import Answer, answer, hostile
from mss_tui.adapters.smtp.aside import still_wanted
from mss_tui.errors import DeadlinePassed, HostileServer
from mss_tui.model.sending import SendState
from mss_tui.phrase import say
from mss_tui.ports.submission import Progress, Stage
from mss_tui.record import dataclass
from mss_tui.text import DisplayText

CHUNK = 1 << 16


@dataclass(frozen=True, slots=True)
class Deadlines:
    """Seconds: to connect; for the answer to a command; for one piece of the message to move; for the last answer."""

    connect: float = 30
    command: float = 120
    stall: float = 120
    final: float = 600
    goodbye: float = 2


class _Paced(asyncio.Protocol):
    """Stands before aiosmtplib's protocol and knows when everything written has gone on to the transport."""

    def __init__(self, inner: asyncio.Protocol) -> None:
        self._inner = inner
        self.free = asyncio.Event()
        self.free.set()

    def pause_writing(self) -> None:
        self.free.clear()

    def resume_writing(self) -> None:
        self.free.set()

    def data_received(self, data: bytes) -> None:
        self._inner.data_received(data)

    def eof_received(self) -> bool | None:
        return self._inner.eof_received()

    def connection_lost(self, exc: Exception | None) -> None:
        self.free.set()
        self._inner.connection_lost(exc)


class Upload:
    """The end of one transaction, after 354."""

    def __init__(self, smtp: aiosmtplib.SMTP, deadlines: Deadlines, watch: Callable[[Progress], None]) -> None:
        if smtp.protocol is None or smtp.transport is None:
            raise aiosmtplib.SMTPServerDisconnected("Connection lost")
        self._transport = cast(asyncio.Transport, smtp.transport)
        self._protocol = smtp.protocol
        self._deadlines = deadlines
        self._watch = watch
        self.ended = False
        """Was the dot written? Before it, whatever is said is part of the message."""

    async def run(self, data: bytes) -> tuple[SendState, DisplayText]:
        """What became of `data` (CRLF line ends), and the server's words.

        Raises:
            MssError, aiosmtplib.SMTPException, OSError: nothing left, for certain.
        """
        # asyncio.Protocol is what SMTPProtocol is in fact; its class declares less
        paced = _Paced(cast(asyncio.Protocol, self._protocol))
        self._transport.set_protocol(paced)
        self._transport.set_write_buffer_limits(high=1)
        reply = asyncio.ensure_future(self._protocol.read_response(timeout=None))
        try:
            early = await self._write(data, paced, reply)
            if early is not None:
                return SendState.REFUSED, early.line
            self.ended = True
            self._transport.write(b".\r\n")
            return await self._end(reply)
        finally:
            reply.cancel()
            await asyncio.wait({reply})
            if not reply.cancelled():
                reply.exception()

    async def _write(self, data: bytes, paced: _Paced, reply: asyncio.Future[aiosmtplib.SMTPResponse]) -> Answer | None:
        """Everything but the dot; the server's refusal where it did not wait for the end."""
        total = len(data)
        stuffed = data.replace(b"\r\n.", b"\r\n..")
        if stuffed.startswith(b"."):
            stuffed = b"." + stuffed
        view = memoryview(stuffed)
        for at in range(0, len(view), CHUNK):
            self._transport.write(view[at : at + CHUNK])
            free = asyncio.ensure_future(paced.free.wait())
            either: set[asyncio.Future[Any]] = {free, reply}
            try:
                await asyncio.wait(either, timeout=self._deadlines.stall, return_when=asyncio.FIRST_COMPLETED)
                if reply.done():
                    said = reply.result()
                    early = answer(said.code, said.message)
                    if early.code < 400:
                        raise hostile(early.line)
                    return early
                if not free.done():
                    raise DeadlinePassed(
                        say("Le serveur d'envoi ne reçoit plus rien."),
                        meaning=say("Le message n'est pas parti en entier, donc pas du tout ; le brouillon est gardé."),
                        remedy=say("Vérifiez le réseau, puis recommencez."),
                    )
            finally:
                free.cancel()
            still_wanted()
            self._watch(Progress(Stage.DATA, min(at + CHUNK, total), total))
        return None

    async def _end(self, reply: asyncio.Future[aiosmtplib.SMTPResponse]) -> tuple[SendState, DisplayText]:
        await asyncio.wait({reply}, timeout=self._deadlines.final)
        if not reply.done() or reply.exception() is not None:
            return SendState.UNKNOWN, DisplayText("")
        try:
            said = answer(reply.result().code, reply.result().message)
        except HostileServer:
            return SendState.UNKNOWN, DisplayText("")
        if said.code >= 400:
            return SendState.REFUSED, said.line
        return (SendState.ACCEPTED if said.code < 300 else SendState.UNKNOWN), said.line

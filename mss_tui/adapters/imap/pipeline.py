"""Commands in flight on one connection: aioimaplib's protocol with everything that reads or waits replaced.

Commands are written together in the order in which they were given. A barrier stops the flight: a literal that the
server must agree to, a SASL exchange, IDLE; what was given behind a refused authentication is never sent. Nothing is
attributed to a command by its place: a command ends with its own tag, and untagged data goes to one listener.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Callable

from aioimaplib.aioimaplib import IMAP4ClientProtocol

from mss_tui.adapters.imap.limits import Limits
from mss_tui.adapters.imap.order import Answer, Judge, Order
from mss_tui.adapters.imap.reader import Reader
from mss_tui.adapters.imap.refusals import bye, hostile, lost
from mss_tui.adapters.imap.response import Continuation, Data, Status, classify
from mss_tui.adapters.imap.syntax import Malformed
from mss_tui.adapters.imap.wire import Literals, Piece
from mss_tui.errors import InternalError, MssError
from mss_tui.phrase import say
from mss_tui.text import DisplayText

for _name in ("aioimaplib", "aioimaplib.aioimaplib"):
    logging.getLogger(_name).disabled = True  # it writes passwords, tokens and bodies (I11)

_CHUNK = 1 << 16
"""Octets written at once: on the slowest line, eight seconds."""
_DROP_OVER = 1 << 20
_CHALLENGES = 10


class Pipeline(IMAP4ClientProtocol):  # type: ignore[misc]
    """One connection. `hear` gets every untagged status and datum, in order, and must not fail or wait."""

    def __init__(self, loop: asyncio.AbstractEventLoop, limits: Limits, hear: Callable[[Status | Data], None]) -> None:
        super().__init__(loop)
        self._limits = limits
        self._reader = Reader(limits)
        self._hear = hear
        self._queue: deque[Order] = deque()
        self._flight: dict[str, Order] = {}
        self._asking: Order | None = None
        self._barrier: Order | None = None
        self._outgoing: deque[bytes | memoryview] = deque()
        self._paused = False
        self._scheduled = False
        self._count = self._octets = 0
        self._drained: asyncio.Future[None] | None = None
        self._bye = DisplayText("")
        self.moved_at = 0.0
        """When an octet last went either way."""
        self.literals = Literals.ASK
        self.greeting: asyncio.Future[Status] = loop.create_future()
        self.error: MssError | None = None
        self.ended: asyncio.Future[MssError] = loop.create_future()

    # what the loop calls

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The transport is there."""
        super().connection_made(transport)
        self.transport.set_write_buffer_limits(high=_CHUNK)

    def pause_writing(self) -> None:
        """The other side reads slowly."""
        self._paused = True

    def resume_writing(self) -> None:
        """There is room again."""
        self._paused = False
        self._write()

    def data_received(self, data: bytes) -> None:
        """Take octets in; every failure here ends the connection and everything that waits on it."""
        if self.error is not None:
            return
        self.moved_at = self.loop.time()
        try:
            self._octets += len(data)
            for pieces in self._reader.feed(data):
                if self.error is None:
                    self._take(classify(pieces))
            if self._octets > self._limits.octets:
                raise hostile(say("une réponse dépasse la taille permise"))
        except MssError as error:
            self.fail(error)
        except Malformed:
            self.fail(hostile(say("une réponse n'est pas de l'IMAP")))
        except Exception as error:  # noqa: BLE001 - a fault of ours must not leave the callers waiting
            self.fail(InternalError.of(error))

    def connection_lost(self, exc: Exception | None) -> None:
        """The connection is gone."""
        self.fail(lost(self._bye))

    # what the session calls

    def greeted(self) -> None:
        """The greeting was heard before TLS began."""
        self.greeting.set_result(Status("OK"))

    def submit(
        self, *pieces: Piece, barrier: bool = False, answer: Answer | None = None, judge: Judge | None = None
    ) -> Order:
        """Give a command; it is written with all others given in the same turn of the loop.

        Raises:
            MssError: the connection is gone.
        """
        if self.error is not None:
            raise self.error
        order = Order(self.new_tag(), pieces, self.literals, self.loop, barrier=barrier, answer=answer, judge=judge)
        self._queue.append(order)
        if not self._scheduled:
            self._scheduled = True
            self.loop.call_soon(self._pump)
        return order

    async def finish(self, order: Order) -> Status:
        """Wait for the end of a command. Cancelling never leaves the connection between two states.

        Raises:
            MssError: the connection ended first.
        """
        try:
            return await order.done
        except asyncio.CancelledError:
            self._abandon(order)
            raise

    async def drain(self) -> None:
        """Wait until no command is in flight, the abandoned ones included.

        Raises:
            MssError: the connection ended first.
        """
        while self._flight and self.error is None:
            if self._barrier is not None and self._barrier.idles:
                self.end_idle(self._barrier)
            if self._drained is None or self._drained.done():
                self._drained = self.loop.create_future()
            await asyncio.shield(self._drained)
        if self.error is not None:
            raise self.error

    def fail(self, error: MssError) -> None:
        """End the connection now; everything that waits on it gets `error`."""
        if self.error is not None:
            return
        self.error = error
        self.ended.set_result(error)
        waiting = [order.done for order in (*self._flight.values(), *self._queue)]
        for future in (*waiting, self.greeting):
            if not future.done():
                future.set_exception(error)
                future.exception()  # whoever no longer waits must not make the loop complain
        self._queue.clear()
        self._flight.clear()
        self._set_drained()
        self._outgoing.clear()
        if self.transport is not None:
            self.transport.abort()

    # sending

    def _pump(self) -> None:
        self._scheduled = False
        if self.error is not None:
            return
        if self._barrier is not None and self._barrier.idles and self._queue:
            self.end_idle(self._barrier)
        while self._queue and self._asking is None and self._barrier is None:
            order = self._queue[0]
            if order.done.done():  # cancelled before it was sent
                self._queue.popleft()
                continue
            if order.barrier and self._flight:
                break
            self._queue.popleft()
            self._flight[order.tag] = order
            self._outgoing.extend(order.waiting.popleft())
            if order.waiting or order.answer is not None:
                self._asking = order
            if order.barrier:
                self._barrier = order
        self._write()

    def _write(self) -> None:
        while self._outgoing and not self._paused and self.error is None:
            batch = bytearray()
            while self._outgoing and len(batch) < _CHUNK:
                piece = self._outgoing.popleft()
                room = _CHUNK - len(batch)
                if len(piece) > room:
                    self._outgoing.appendleft(memoryview(piece)[room:])
                    piece = memoryview(piece)[:room]
                batch += piece
            self.moved_at = self.loop.time()
            self.transport.write(bytes(batch))

    def end_idle(self, order: Order) -> None:
        """End an IDLE: DONE, once, and only after the server has said `+`; its `done` follows."""
        if order is self._barrier and not order.ending:
            order.ending = True
            if order.idling:
                self._outgoing.append(b"DONE\r\n")
                self._write()

    def _abandon(self, order: Order) -> None:
        if order.tag not in self._flight:
            return
        if order.idles:
            self.end_idle(order)
        elif order is self._asking or order is self._barrier or self._outgoing or self._reader.missing > _DROP_OVER:
            self.fail(lost())  # the other side waits for octets, or sends many that nobody wants

    # receiving

    def _take(self, response: Status | Data | Continuation) -> None:
        if not self.greeting.done():
            self._greet(response)
        elif isinstance(response, Continuation):
            self._continue(response.text)
        elif isinstance(response, Status) and response.tag:
            self._end(response)
        else:
            self._count += 1
            if self._count > self._limits.untagged:
                raise hostile(say("il envoie sans fin"))
            if isinstance(response, Status) and response.word == "BYE":
                self._bye = response.text
            self._hear(response)

    def _greet(self, response: Status | Data | Continuation) -> None:
        """Only `* OK` is a greeting (I9): PREAUTH would be a session that is not ours."""
        if not isinstance(response, Status) or response.tag or response.word not in ("OK", "BYE"):
            raise hostile(say("il ne salue pas comme un serveur IMAP à qui l'on doit s'authentifier"))
        if response.word == "BYE":
            raise bye(response)
        self.greeting.set_result(response)
        self._hear(response)

    def _continue(self, text: bytes) -> None:
        order = self._asking
        if order is None:
            raise hostile(say("il demande ce que personne ne lui doit"))
        if order.answer is None:
            self._outgoing.extend(order.waiting.popleft())
            if not order.waiting:
                self._asking = None
        else:
            self._challenged(order, order.answer, text)
        self._pump()

    def _challenged(self, order: Order, answer: Answer, text: bytes) -> None:
        if order.idles:
            order.idling = True
            self._asking = None
            answer(text)
            if order.ending:
                self._outgoing.append(b"DONE\r\n")
            return
        order.challenges += 1
        if order.challenges > _CHALLENGES:
            raise hostile(say("son authentification n'a pas de fin"))
        line = answer(text)
        if line is not None:
            self._outgoing.append(line + b"\r\n")

    def _end(self, status: Status) -> None:
        self._count = self._octets = 0
        order = self._flight.pop(status.tag, None)
        if order is None:
            return  # an answer that nobody waits for harms nobody
        if self._asking is order:
            self._asking = None
        if self._barrier is order:
            self._barrier = None
        error = order.judge(status) if order.judge is not None else None
        if not order.done.done():
            order.done.set_result(status)
        if error is not None:
            raise error
        if order.barrier and not status.ok and not order.idles:
            self._refuse_queue()
        if not self._flight:
            self._set_drained()
        self._pump()

    def _set_drained(self) -> None:
        if self._drained is not None and not self._drained.done():
            self._drained.set_result(None)

    def _refuse_queue(self) -> None:
        """What was given behind a refused authentication is never sent."""
        while self._queue:
            order = self._queue.popleft()
            if not order.done.done():
                order.done.set_exception(lost())
                order.done.exception()

"""A connection of the demo operator: bounded lines and octets in, bytes out, TLS from the start or later."""

from __future__ import annotations

import asyncio
import logging
import ssl
from collections.abc import Awaitable, Callable

_log = logging.getLogger(__name__)

READ_AHEAD = 1 << 16
SHUTTING = 3.0
"""Seconds that ending every connection may take: a line lost in the middle of a handshake may never say that it is."""
STALLED = 60.0
"""Seconds after which a client that does not read its answers is let go."""


class Gone(Exception):
    """The other side is gone, or was sent away."""


class TooLong(Exception):
    """A line or a literal passes the limit."""


def _look(task: asyncio.Task[None]) -> None:
    """A fault of ours ends one connection; it goes to the debug log, never to the terminal of who tries the demo."""
    if not task.cancelled() and (error := task.exception()) is not None:
        _log.debug("a connection of the demo ended", exc_info=error)


class Line(asyncio.Protocol):
    """One connection. `serve` runs as its task and the connection ends with it."""

    def __init__(self, serve: Callable[[Line], Awaitable[None]], open_lines: set[Line]) -> None:
        self._serve = serve
        self._open_lines = open_lines
        self._transport: asyncio.Transport | None = None
        self._buffer = bytearray()
        self._room = READ_AHEAD
        self._paused = False
        self._eof = False
        self._data: asyncio.Future[None] | None = None
        self._writable = asyncio.Event()
        self._writable.set()
        self.closed: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.task: asyncio.Task[None] | None = None

    @property
    def secure(self) -> bool:
        """Is it under TLS?"""
        return self._transport is not None and self._transport.get_extra_info("sslcontext") is not None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin to serve."""
        self._transport = transport  # type: ignore[assignment]
        self._open_lines.add(self)
        self.task = asyncio.get_running_loop().create_task(self._run())
        self.task.add_done_callback(_look)

    async def _run(self) -> None:
        try:
            await self._serve(self)
        except (Gone, TooLong, TimeoutError):
            pass
        finally:
            self.close()

    def connection_lost(self, exc: Exception | None) -> None:
        """Tell whoever waits that nothing more comes."""
        self._eof = True
        self._wake()
        self._writable.set()
        self._open_lines.discard(self)
        if not self.closed.done():
            self.closed.set_result(None)

    def data_received(self, data: bytes) -> None:
        """Keep what came; stop reading when more is there than anyone asked for."""
        self._buffer += data
        if len(self._buffer) > self._room and not self._paused and self._transport is not None:
            self._paused = True
            self._transport.pause_reading()
        self._wake()

    def eof_received(self) -> bool:
        """The other side ended its half: the connection closes."""
        self._eof = True
        self._wake()
        return False

    def pause_writing(self) -> None:
        """The other side does not keep up."""
        self._writable.clear()

    def resume_writing(self) -> None:
        """It does again."""
        self._writable.set()

    def _wake(self) -> None:
        if self._data is not None and not self._data.done():
            self._data.set_result(None)

    async def _more(self, wanted: int) -> None:
        if self._eof:
            raise Gone
        self._room = max(READ_AHEAD, wanted)
        if self._paused and self._transport is not None:
            self._paused = False
            self._transport.resume_reading()
        self._data = asyncio.get_running_loop().create_future()
        try:
            await self._data
        finally:
            self._data = None

    def _take(self, size: int) -> bytes:
        taken = bytes(self._buffer[:size])
        del self._buffer[:size]
        return taken

    async def read_line(self, limit: int) -> bytes:
        """The next line without its end (CRLF, or a bare LF).

        Raises:
            TooLong: no end within `limit` octets.
            Gone: the connection ended.
        """
        seen = 0
        while True:
            at = self._buffer.find(b"\n", seen, limit + 2)
            if at >= 0:
                return self._take(at + 1)[:-1].removesuffix(b"\r")
            seen = len(self._buffer)
            if seen > limit + 1:
                raise TooLong
            await self._more(limit)

    async def read_exactly(self, size: int) -> bytes:
        """`size` octets; the caller has checked that it wants so many."""
        while len(self._buffer) < size:
            await self._more(size)
        return self._take(size)

    def write(self, data: bytes) -> None:
        """Send; `drain` waits until it may go on."""
        if self._transport is not None and not self._transport.is_closing():
            self._transport.write(data)

    async def drain(self) -> None:
        """Wait for a client that is slow to read; one that does not read at all is let go."""
        if self._transport is None or self._transport.is_closing():
            raise Gone
        if not self._writable.is_set():
            async with asyncio.timeout(STALLED):
                await self._writable.wait()

    async def start_tls(self, context: ssl.SSLContext) -> None:
        """Go under TLS. Octets that came before the handshake are an injection: the line is dropped (RFC 2595 §2)."""
        if self._buffer or self._transport is None:
            raise Gone
        try:
            self._transport = await asyncio.get_running_loop().start_tls(
                self._transport, self, context, server_side=True, ssl_handshake_timeout=20
            )
        except BaseException as error:
            # asyncio does not tell a protocol that its line was lost in the middle of the handshake
            self.connection_lost(None)
            if isinstance(error, OSError | TimeoutError):
                raise Gone from error
            raise
        if self._transport is None:
            raise Gone

    def close(self) -> None:
        """End the connection once what was written is sent."""
        if self._transport is not None:
            self._transport.close()

    def abort(self) -> None:
        """End it now."""
        if self.task is not None:
            self.task.cancel()
        if self._transport is not None:
            self._transport.abort()


class Door:
    """A listening socket on loopback, and the connections that came through it."""

    def __init__(self, server: asyncio.Server, lines: set[Line], most: int) -> None:
        self._server = server
        self._lines = lines
        self._most = most

    @classmethod
    async def open(
        cls, serve: Callable[[Line], Awaitable[None]], *, tls: ssl.SSLContext | None = None, most: int = 64
    ) -> Door:
        """Listen on a free port of 127.0.0.1; at most `most` connections at a time are served.

        Args:
            tls: for implicit TLS; without it the line begins in clear.
        """
        lines: set[Line] = set()

        async def bounded(line: Line) -> None:
            if len(lines) <= most:
                await serve(line)

        server = await asyncio.get_running_loop().create_server(
            lambda: Line(bounded, lines), "127.0.0.1", 0, ssl=tls, ssl_handshake_timeout=20 if tls else None
        )
        return cls(server, lines, most)

    @property
    def port(self) -> int:
        """The port it listens on."""
        return int(self._server.sockets[0].getsockname()[1])

    async def shut(self) -> None:
        """Stop listening and end every connection; one that does not end is left behind after `SHUTTING`."""
        self._server.close()
        lines = tuple(self._lines)
        for line in lines:
            line.abort()
        ending = {line.closed for line in lines} | {line.task for line in lines if line.task is not None}
        ending.add(asyncio.ensure_future(self._server.wait_closed()))
        await asyncio.wait(ending, timeout=SHUTTING)
        await asyncio.sleep(0)

"""A transport that only remembers, for feeding octets to a protocol."""

from __future__ import annotations

import asyncio
from typing import Any

from mss_tui.adapters.imap.limits import Limits
from mss_tui.adapters.imap.pipeline import Pipeline
from mss_tui.adapters.imap.response import Data, Status


class Wire(asyncio.Transport):
    """What was written, and whether the connection was ended."""

    def __init__(self) -> None:
        super().__init__()
        self.written = b""
        self.aborted = False

    def write(self, data: Any) -> None:
        self.written += bytes(data)

    def abort(self) -> None:
        self.aborted = True

    close = abort

    def set_write_buffer_limits(self, high: int | None = None, low: int | None = None) -> None:
        """No buffer, no limit."""

    def lines(self) -> list[bytes]:
        """The lines written since the last call."""
        written, self.written = self.written, b""
        return written.split(b"\r\n")[:-1]


async def turn() -> None:
    """Let everything that is ready run."""
    for _ in range(10):
        await asyncio.sleep(0)


class Fed:
    """Our pipeline, greeted, on a `Wire`."""

    def __init__(self, limits: Limits = Limits(), *, greet: bool = True) -> None:
        self.heard: list[Status | Data] = []
        self.wire = Wire()
        self.pipeline = Pipeline(asyncio.get_running_loop(), limits, self.heard.append)
        self.pipeline.connection_made(self.wire)
        if greet:
            self.feed(b"* OK ready\r\n")
            self.heard.clear()

    def feed(self, data: bytes) -> None:
        """Octets from the server."""
        self.pipeline.data_received(data)

    async def tags(self) -> list[bytes]:
        """Tags of the commands written since the last call."""
        await turn()
        return [line.split()[0] for line in self.wire.lines()]

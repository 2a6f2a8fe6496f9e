"""A line that counts: octets each way, and how often the client speaks after the server (TLS handshake included)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field, replace

from mss_tui.model.people import Account, Endpoint


@dataclass
class Count:
    """What passed since the last `reset`. `account` reaches the server through here."""

    account: Account
    up: int = 0
    down: int = 0
    turns: int = 0
    connections: int = 0
    most: int = 1 << 40
    """Octets from the server after which every connection is cut."""
    lines: list[asyncio.StreamWriter] = field(default_factory=list)

    def reset(self) -> None:
        """Begin to count anew."""
        self.up = self.down = self.turns = 0

    def cut(self) -> None:
        """End every connection, without a word."""
        for line in self.lines:
            line.transport.abort()
        self.lines.clear()


@asynccontextmanager
async def counted(account: Account) -> AsyncIterator[Count]:
    """Put a counting line between a client and the server of `account`."""
    tasks: set[asyncio.Task[None]] = set()

    async def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        count.connections += 1
        there, back = await asyncio.open_connection(account.imap.host, account.imap.port)
        count.lines += (writer, back)
        heard = True

        async def upwards() -> None:
            nonlocal heard
            while data := await reader.read(1 << 16):
                count.up += len(data)
                count.turns += heard
                heard = False
                back.write(data)

        async def downwards() -> None:
            nonlocal heard
            while data := await there.read(1 << 16):
                writer.write(data[: max(count.most - count.down, 0)])
                count.down += len(data)
                heard = True
                if count.down >= count.most:
                    await writer.drain()
                    count.cut()
            writer.close()

        task = asyncio.current_task()
        if task is not None:
            tasks.add(task)
        with suppress(OSError, asyncio.CancelledError):
            await asyncio.gather(upwards(), downwards())

    server = await asyncio.start_server(accept, account.imap.host, 0)
    port = server.sockets[0].getsockname()[1]
    count = Count(replace(account, imap=Endpoint(account.imap.host, port, account.imap.security)))
    try:
        yield count
    finally:
        server.close()
        count.cut()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await server.wait_closed()

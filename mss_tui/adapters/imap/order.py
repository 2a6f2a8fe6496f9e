"""One command on its way: what it still has to send, who answers for it, and how it ended."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Sequence

from aioimaplib.aioimaplib import Command

from mss_tui.adapters.imap.response import Status
from mss_tui.adapters.imap.wire import Literals, Piece, segments
from mss_tui.errors import MssError

Answer = Callable[[bytes], bytes | None]
"""Given what the server said with `+`; returns the line to send, or None to send nothing (IDLE)."""
Judge = Callable[[Status], MssError | None]
"""Given how a command ended; returns the error that ends the connection, before anything behind it is believed."""


class Order(Command):  # type: ignore[misc]
    """A command on its way. `done` gets its tagged status, or the error that ended the connection.

    Args:
        barrier: sent only when no other command is in flight, and nothing is sent behind it before it has ended.
    """

    def __init__(
        self,
        tag: str,
        pieces: Sequence[Piece],
        literals: Literals,
        loop: asyncio.AbstractEventLoop,
        *,
        barrier: bool = False,
        answer: Answer | None = None,
        judge: Judge | None = None,
    ) -> None:
        name = pieces[0].decode("ascii") if isinstance(pieces[0], bytes) else ""
        super().__init__(name, tag, loop=loop)
        self.waiting = deque(segments(tag.encode(), pieces, literals))
        self.barrier = barrier
        self.answer = answer
        self.judge = judge
        self.challenges = 0
        self.idling = self.ending = False
        self.done: asyncio.Future[Status] = loop.create_future()

    @property
    def idles(self) -> bool:
        """Is it IDLE, which DONE ends?"""
        return str(self.name) == "IDLE"

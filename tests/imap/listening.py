"""Listening to a store's events in tests."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, TypeVar

from mss_tui.adapters.imap import ImapStore
from mss_tui.ports.mail import Event, MailStore

E = TypeVar("E")


class Listener:
    """Takes events as they come; `until` waits for one."""

    def __init__(self, store: MailStore) -> None:
        self.events: list[Event] = []
        self._store = store
        self._news = asyncio.Condition()
        self._task = asyncio.ensure_future(self._listen())

    async def _listen(self) -> None:
        async for event in self._store.events():
            async with self._news:
                self.events.append(event)
                self._news.notify_all()

    async def until(self, kind: type[E] | tuple[type[E], ...], when: Callable[[E], bool] = lambda event: True) -> E:
        """The first event of a kind for which `when` holds; everything before it is forgotten."""

        def found() -> list[Any]:
            return [event for event in self.events if isinstance(event, kind) and when(event)]

        async with asyncio.timeout(20), self._news:
            await self._news.wait_for(found)
            event = found()[0]
            del self.events[: self.events.index(event) + 1]
            return event  # type: ignore[no-any-return]

    async def stop(self) -> None:
        """Stop listening."""
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)


Listen = Callable[[ImapStore], Listener]

"""Keys one after the other: over a slow line several come at once, and each must see what the one before it did.

Textual hands a letter to the focused field at once, while a bound key (Retour arrière, an arrow, Ctrl+X) climbs from
widget to widget before it acts: in a burst, later letters overtake it. Here a key waits until a token sent behind the
one before has come back along the same way.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Awaitable, Callable
from time import monotonic

from textual import events
from textual.app import App
from textual.message import Message
from textual.message_pump import MessagePump

OVERDUE_SECONDS = 0.5
"""A token that was lost (its widget is gone) holds keys back no longer than this."""


class KeyDone(Message, bubble=True):
    """What climbs behind a key: once it is here, everything that the key began at once is done."""


class KeyOrder:
    """The keys of an application, in order."""

    def __init__(self, app: App[int], handle: Callable[[events.Event], Awaitable[None]]) -> None:
        self._app = app
        self._handle = handle
        self._waiting: deque[events.Event] = deque()
        self._since: float | None = None

    async def take(self, event: events.Event) -> None:
        """A key or a paste has come."""
        if self._since is not None and monotonic() - self._since < OVERDUE_SECONDS:
            self._waiting.append(event)
            if len(self._waiting) == 1:
                self._app.set_timer(OVERDUE_SECONDS, self._overdue)
            return
        await self._handle_one(event)

    async def _handle_one(self, event: events.Event) -> None:
        target: MessagePump = self._app.focused or self._app.screen
        self._since = monotonic()
        await self._handle(event)
        if not target.is_attached:
            target = self._app.focused or self._app.screen
        target.post_message(KeyDone())

    async def done(self) -> None:
        """The token of the last key is here."""
        self._since = None
        if self._waiting:
            await self._handle_one(self._waiting.popleft())

    async def _overdue(self) -> None:
        if self._since is not None and self._waiting and monotonic() - self._since >= OVERDUE_SECONDS:
            await self.done()

"""Events: the state of the line, and what happens in the folder that was opened last (IDLE, RFC 2177).

A second connection idles and only says that there is something; the working one asks and tells. Where the server
refuses a second one, the working one idles between calls; where it has no IDLE, it is asked from time to time. Where it
has NOTIFY, the second one stays in the inbox and hears of every folder (docs/adr/0011).
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from typing import Any

from mss_tui.adapters.imap.counting import INBOX, TELL_ALL, Counts
from mss_tui.adapters.imap.delta import Watched
from mss_tui.adapters.imap.line import Line
from mss_tui.adapters.imap.mailbox import Mailbox
from mss_tui.adapters.imap.refusals import late, lost
from mss_tui.adapters.imap.session import Session
from mss_tui.errors import AuthRefused, InternalError, MssError, NotFound, ServerRefused
from mss_tui.model.folder import Opened
from mss_tui.ports.clock import Clock
from mss_tui.ports.mail import Event, LineChanged, Reset
from mss_tui.ports.mail import Line as State

IDLE = 540.0
"""Seconds of one IDLE: below the ten minutes after which some servers and firewalls forget a connection."""
POLL = 60.0
QUIET = 1.0
STEADY = 60.0
"""A connection that lived so long was a good one: the next delay begins anew."""
_MOST_EVENTS = 1_000


class Watch:
    """Tells events to whoever listens; works only while someone does."""

    def __init__(self, line: Line, clock: Clock) -> None:
        self._line = line
        self._clock = clock
        self._queues: list[asyncio.Queue[Event | None]] = []
        self._task: asyncio.Task[None] | None = None
        self._watched: Watched | None = None
        self._moved = asyncio.Event()
        self._wake = asyncio.Event()

    def follow(self, opened: Opened, box: Mailbox) -> None:
        """Watch this folder from now on, from this state on."""
        self._watched = Watched(opened, box)
        self._moved.set()

    def told(self, folder: str) -> int | None:
        """How many messages of a folder the front end knows of, None when it is not watched."""
        return self._watched.total if self._watched is not None and self._watched.folder == folder else None

    async def events(self) -> AsyncIterator[Event]:
        """Events until `close`."""
        queue: asyncio.Queue[Event | None] = asyncio.Queue()
        self._queues.append(queue)
        if self._task is None or self._task.done():
            self._task = asyncio.ensure_future(self._run())
        elif self._line.alive is not None:
            queue.put_nowait(LineChanged(State.ONLINE, self._line.alive.tls))
        try:
            while (event := await queue.get()) is not None:
                yield event
        finally:
            self._queues.remove(queue)
            if not self._queues:
                await self._stop()

    async def close(self) -> None:
        """Stop listening; every `events` ends."""
        for queue in self._queues:
            queue.put_nowait(None)
        await self._stop()

    async def _stop(self) -> None:
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
            await asyncio.wait([task])

    def _tell(self, event: Event) -> None:
        for queue in self._queues:
            if queue.qsize() >= _MOST_EVENTS:
                while not queue.empty():
                    queue.get_nowait()
                if self._watched is not None:
                    event = Reset(self._watched.folder)
            queue.put_nowait(event)

    async def _run(self) -> None:
        failures = 0
        clock = asyncio.get_running_loop().time
        while True:
            if self._line.alive is None:
                self._tell(LineChanged(State.CONNECTING))
            began = clock()
            try:
                session = await self._line.session()
                self._tell(LineChanged(State.ONLINE, session.tls))
                error = await self._attend(session)
            except MssError as caught:
                error = caught
            except Exception as caught:  # noqa: BLE001 - a fault of ours is told, and tried again like any other
                error = InternalError.of(caught)
            failures = 1 if clock() - began > STEADY else failures + 1
            self._tell(LineChanged(State.OFFLINE, error=error))
            await self._wait(failures, error)

    async def _wait(self, failures: int, error: MssError) -> None:
        """Wait before the next attempt, or until a call has connected; a refusal is never tried again from here."""
        if self._line.alive is None:
            self._line.connected.clear()
        connected = asyncio.ensure_future(self._line.connected.wait())
        ends: list[asyncio.Future[Any]] = [connected]
        if not isinstance(error, AuthRefused):
            ends.append(asyncio.ensure_future(self._line.pause(self._line.delay(failures))))
        try:
            await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for end in ends:
                end.cancel()

    async def _until_ended(self, session: Session) -> MssError:
        """What ended the connection; before, what its certificate is worth is told once that is known."""
        if await session.checked() and session.error is None:
            self._tell(LineChanged(State.ONLINE, session.tls))
        return await session.ended()

    async def _attend(self, session: Session) -> MssError:
        """Serve one working connection until it ends; what ended it."""
        session.on_news = self._wake.set
        session.on_selected = self._selected
        if self._watched is not None and not self._watched.tells(session.mailbox):
            self._wake.set()
        tasks = [
            asyncio.ensure_future(self._relay(session)),
            asyncio.ensure_future(self._listen(session)),
            asyncio.ensure_future(self._until_ended(session)),
        ]
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                error = task.result()
                if error is not None:
                    return error
            return late()
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.wait(tasks)

    def _selected(self, box: Mailbox) -> None:
        """The working connection came back to the watched folder: compare."""
        if self._watched is not None and self._watched.folder == box.name:
            self._wake.set()

    async def _relay(self, session: Session) -> None:
        """Tell what is new, whenever something says that there is."""
        while True:
            await self._wake.wait()
            self._wake.clear()
            watched = self._watched
            if watched is None:
                continue
            try:
                async with asyncio.timeout(self._line.limits.deadline()):
                    events = await watched.report(session, self._clock.now())
            except TimeoutError:
                session.drop(late())
                raise late() from None
            except (NotFound, ServerRefused):  # the folder is gone, or no longer ours
                events = watched.give_up()
            if watched is self._watched:
                for event in events:
                    self._tell(event)

    async def _listen(self, session: Session) -> None:
        """Wait for the server to say something, in the way that it allows."""
        failures = 0
        clock = asyncio.get_running_loop().time
        while session.can("IDLE"):
            began = clock()
            try:
                second = await self._line.spare()
            except (ServerRefused, AuthRefused):  # no second connection for us: the one that we have must do
                await self._idle_between(session)
                return
            except MssError:
                second = None
            if second is not None:
                with suppress(MssError):
                    await self._idle_beside(second)
            failures = 1 if clock() - began > STEADY else failures + 1
            await self._line.pause(self._line.delay(failures))
        while True:
            await self._line.pause(POLL)
            self._wake.set()

    async def _idle_beside(self, second: Session) -> None:
        """IDLE on a connection of its own; what it hears wakes the working one."""
        second.on_overflow = lambda: second.drop(lost())  # it will say nothing more: begin again
        try:
            if second.can("NOTIFY"):
                with suppress(ServerRefused, NotFound):
                    await self._idle_on_all(second)
            await self._idle_on(second)
        finally:
            second.drop(lost())

    async def _idle_on_all(self, second: Session) -> None:
        """Hear of the inbox by IDLE, of every other folder by NOTIFY; no other folder is ever selected here.

        Raises:
            ServerRefused, NotFound: the server does not allow it.
        """
        counts = Counts(second, tell=self._tell, watched=lambda: self._watched, wake=self._wake.set)
        with second.hearing("STATUS", counts.hear):
            async with second.within(INBOX, examine=True) as box:
                box.curious = True
                second.on_news = lambda: counts.stir(box)
                await second.run(TELL_ALL)
                if self._watched is not None and self._watched.folder == INBOX and self._watched.behind(box):
                    self._wake.set()
                counts.stale.set()
                while True:
                    if counts.stale.is_set():
                        await counts.count()
                    self._moved.clear()
                    elsewhere = self._watched is not None and self._watched.folder != INBOX
                    pause = self._line.pause(POLL if elsewhere else IDLE)
                    await second.idle(counts.stale.wait(), self._moved.wait(), pause)
                    if elsewhere and not self._moved.is_set():
                        self._wake.set()  # what another program put there is told only to who has it selected and asks

    async def _idle_on(self, second: Session) -> None:
        """Hear of the watched folder."""
        said = asyncio.Event()
        second.on_news = said.set
        while True:
            self._moved.clear()
            watched = self._watched
            if watched is None:
                await self._moved.wait()
                continue
            async with second.within(watched.folder, examine=True) as box:
                box.curious = True
                if watched.behind(box):
                    self._wake.set()
                while not self._moved.is_set():
                    said.clear()
                    await second.idle(said.wait(), self._moved.wait(), self._line.pause(IDLE))
                    if box.take_news():
                        self._wake.set()

    async def _idle_between(self, session: Session) -> None:
        """IDLE on the working connection while nobody calls; any call ends it."""
        while True:
            self._moved.clear()
            watched = self._watched
            if watched is None:
                await self._moved.wait()
                continue
            if session.mailbox is None or session.mailbox.name != watched.folder:
                self._wake.set()  # whoever tells selects it again
            else:
                await session.idle(self._wake.wait(), self._moved.wait(), self._line.pause(IDLE))
            await self._line.pause(QUIET)

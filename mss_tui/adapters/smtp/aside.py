"""Work in a thread and an event loop of its own, so that a long upload never stalls the screen (design.md, Layers)."""

from __future__ import annotations

import asyncio
import concurrent.futures
import contextvars
import threading
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import suppress
from typing import Any, Generic, TypeVar

T = TypeVar("T")
R = TypeVar("R")
CLOSING = 2.0


class Aside(Generic[T]):
    """One piece of work beside the caller's loop. Made in that loop, awaited once with `result`.

    The work may talk back: `ask` runs a coroutine in the caller's loop, `tell` a function. `finish` hands the result
    over while the work still says goodbye.
    """

    def __init__(self, work: Callable[[Aside[T]], Coroutine[Any, Any, T]]) -> None:
        self._work = work
        self._caller = asyncio.get_running_loop()
        self._context = contextvars.copy_context()
        self._outcome: concurrent.futures.Future[T] = concurrent.futures.Future()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._task: asyncio.Task[Any] | None = None
        self._stop = False

    async def result(self) -> T:
        """The work's result; cancelling cancels the work, and waits for it to have closed what it had open."""
        threading.Thread(target=self._main, name="mss-smtp", daemon=True).start()
        waiter = asyncio.wrap_future(self._outcome)
        try:
            return await asyncio.shield(waiter)
        except asyncio.CancelledError:
            self._cancel()
            await asyncio.wait({waiter}, timeout=CLOSING)
            if waiter.done() and not waiter.cancelled():
                waiter.exception()  # what the work raised as it was ended is nobody's business any more
            raise

    def finish(self, value: T) -> None:
        """The result is known; what the work does from now on changes nothing."""
        if not self._outcome.done():
            self._outcome.set_result(value)

    async def ask(self, question: Callable[[], Awaitable[R]]) -> R:
        """Run a coroutine in the caller's loop and context; its errors come back here."""

        async def asked() -> R:
            return await question()

        run = asyncio.run_coroutine_threadsafe
        return await asyncio.wrap_future(self._context.run(run, asked(), self._caller))

    def tell(self, word: Callable[..., object], *args: object) -> None:
        """Call a function in the caller's loop, without waiting."""
        with suppress(RuntimeError):  # that loop is closed: nobody listens
            self._context.run(self._caller.call_soon_threadsafe, word, *args)

    def _cancel(self) -> None:
        self._stop = True
        if self._loop is not None and self._task is not None:
            with suppress(RuntimeError):  # it ended in between
                self._loop.call_soon_threadsafe(self._task.cancel)

    def _main(self) -> None:
        with suppress(asyncio.CancelledError):
            asyncio.run(self._body())

    async def _body(self) -> None:
        """The outcome is known here, before the loop closes: that may wait for a resolver that does not answer."""
        self._loop = asyncio.get_running_loop()
        self._task = asyncio.current_task()
        try:
            if self._stop:
                raise asyncio.CancelledError
            self.finish(await self._work(self))
        except asyncio.CancelledError:
            self._outcome.cancel()
            raise
        except BaseException as error:  # noqa: BLE001 - it is raised again in the caller's task
            if not self._outcome.done():
                self._outcome.set_exception(error)


def still_wanted() -> None:
    """Raise the cancellation that `asyncio.wait_for` of Python 3.11 swallows when a reply comes in the same turn."""
    task = asyncio.current_task()
    if task is not None and task.cancelling():
        raise asyncio.CancelledError

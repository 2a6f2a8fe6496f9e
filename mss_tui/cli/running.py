"""Runs a command: signals end it cleanly, errors become a sentence and an exit code.

A command that needs no event loop does not pay for importing one (`status` in 150 ms).
"""

from __future__ import annotations

import contextlib
import signal
from collections.abc import Awaitable, Callable, Iterator
from types import FrameType

from mss_tui.cli.narration import Narration
from mss_tui.errors import ExitCode, InternalError, MssError
from mss_tui.phrase import Phrase, say

_ENDING: dict[int, Phrase] = {
    signal.SIGHUP: say("ligne coupée : arrêt propre."),
    signal.SIGINT: say("interrompu."),
    signal.SIGTERM: say("arrêté."),
}


class Stopping:
    """Which signal, if any, asked the program to end."""

    def __init__(self) -> None:
        self.signal: int | None = None

    def caught(self, number: int) -> None:
        """The first one counts."""
        self.signal = self.signal or number

    @property
    def exit_code(self) -> int:
        """128 and the signal's number (129, 130, 143)."""
        return 128 + (self.signal or signal.SIGINT)


def run(command: Callable[[], Awaitable[int] | int], narration: Narration, stopping: Stopping) -> int:
    """The exit code of `command`. SIGINT, SIGTERM and SIGHUP cancel it; what it then does is its own affair."""
    try:
        with _interrupting(stopping):
            begun = command()
            code = begun if isinstance(begun, int) else _in_loop(begun, stopping)
    except MssError as error:
        narration.error(error)
        code = error.exit_code
    except KeyboardInterrupt:
        code = stopping.exit_code
    except Exception as error:  # noqa: BLE001 - the last one: no traceback ever reaches a user
        narration.error(InternalError.of(error))
        code = ExitCode.INTERNAL
    if stopping.signal is not None:
        narration.say(_ENDING[stopping.signal])
        return stopping.exit_code
    return int(code)


@contextlib.contextmanager
def _interrupting(stopping: Stopping) -> Iterator[None]:
    """Signals raise KeyboardInterrupt where no event loop takes them."""

    def interrupt(number: int, frame: FrameType | None) -> None:
        stopping.caught(number)
        raise KeyboardInterrupt

    before = {number: signal.signal(number, interrupt) for number in _heard()}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _heard() -> list[int]:
    """Signals that nobody set aside for us (nohup, a job in the background of a shell)."""
    return [number for number in _ENDING if signal.getsignal(number) is not signal.SIG_IGN]


def _in_loop(begun: Awaitable[int], stopping: Stopping) -> int:
    import asyncio

    async def main() -> int:
        loop = asyncio.get_running_loop()
        task = asyncio.current_task()

        def stop(number: int) -> None:
            stopping.caught(number)
            if task is not None:
                task.cancel()

        for number in _heard():
            loop.add_signal_handler(number, stop, number)
        return await begun

    try:
        return asyncio.run(main())
    except asyncio.CancelledError:
        raise KeyboardInterrupt from None

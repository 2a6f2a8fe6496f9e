"""Runs a command in an event loop: signals end it cleanly, errors become a sentence and an exit code."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Awaitable, Callable

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


def run(command: Callable[[], Awaitable[int]], narration: Narration, stopping: Stopping) -> int:
    """The exit code of `command`. SIGINT, SIGTERM and SIGHUP cancel it; what it then does is its own affair."""
    try:
        code = asyncio.run(_main(command, stopping))
    except MssError as error:
        narration.error(error)
        code = error.exit_code
    except (asyncio.CancelledError, KeyboardInterrupt):
        code = stopping.exit_code
    except Exception as error:  # noqa: BLE001 - the last one: no traceback ever reaches a user
        narration.error(InternalError.of(error))
        code = ExitCode.INTERNAL
    if stopping.signal is not None:
        narration.say(_ENDING[stopping.signal])
        return stopping.exit_code
    return int(code)


async def _main(command: Callable[[], Awaitable[int]], stopping: Stopping) -> int:
    loop = asyncio.get_running_loop()
    task = asyncio.current_task()

    def stop(number: int) -> None:
        stopping.caught(number)
        if task is not None:
            task.cancel()

    for number in _ENDING:
        loop.add_signal_handler(number, stop, number)
    try:
        return await command()
    finally:
        for number in _ENDING:
            loop.remove_signal_handler(number)

"""The operator alone, for other programs to try themselves on."""

from __future__ import annotations

import asyncio
import contextlib
import signal
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from mss_tui.demo.operator import Operator


async def serve(
    directory: Path, now: datetime, on_ready: Callable[[dict[str, Any]], None], *, empty: bool = False, day: int = 0
) -> None:
    """Run the operator until SIGTERM or SIGHUP, or until the task is cancelled; nothing is left behind.

    Args:
        directory: as for `Operator.start`.
        on_ready: called once with the document of the contract's first line.

    Raises:
        UsageError: the extra `demo` is not installed.
    """
    loop = asyncio.get_running_loop()
    ended = asyncio.Event()
    handled = []
    # Outside the main thread there are no signal handlers; cancelling still ends it.
    with contextlib.suppress(ValueError, RuntimeError):
        for number in (signal.SIGTERM, signal.SIGHUP):
            loop.add_signal_handler(number, ended.set)
            handled.append(number)
    operator = await Operator.start(directory, now, empty=empty, day=day)
    try:
        on_ready(operator.line_json())
        await ended.wait()
    finally:
        for number in handled:
            loop.remove_signal_handler(number)
        await operator.stop()

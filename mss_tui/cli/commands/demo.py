"""`demo --serve`: the embedded operator alone; `demo`: the operator around the screens."""

from __future__ import annotations

import argparse
import asyncio
import os
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from mss_tui.adapters.clock import SystemClock
from mss_tui.adapters.directory.build import build
from mss_tui.adapters.store_facts import JsonFactsFile
from mss_tui.cli.context import Context
from mss_tui.demo.mail.mailboxes import ACCOUNTS
from mss_tui.demo.operator import Operator
from mss_tui.errors import ExitCode
from mss_tui.phrase import say

BASELINE_DAYS = 120
"""For how long the demo's mailboxes have been used with this program on day 0: no message of theirs is older."""


async def run(context: Context) -> int:
    """Serve until a signal comes."""
    async with operator(context) as running:
        if context.json:
            context.output.document({name: of for name, of in running.line_json().items() if name != "schema"})
        else:
            context.output.text(context.t(say("Configuration : {path}", path=str(running.config))))
            for account in running.accounts:
                context.output.text(f"{account.address} ({account.type})   {account.password}")
            context.narration.say(say("l'opérateur d'essai tourne ; Ctrl+C l'arrête."))
        await asyncio.Event().wait()
    return ExitCode.DONE


async def around(context: Context, screen: Callable[[Context], Awaitable[int]]) -> int:
    """Show the screens on a fresh operator, gone when they are left."""
    async with operator(context) as running:
        options = argparse.Namespace(**vars(context.options) | {"config": running.config, "profile": "demo"})
        return await screen(replace(context, options=options))


@asynccontextmanager
async def operator(context: Context) -> AsyncIterator[Operator]:
    """An operator in a directory of its own; with --day N its day 0 is N days ago, so that no clock has to be moved."""
    day = context.options.day
    clock = SystemClock()
    start = clock.now() - timedelta(days=day)
    running = await Operator.start(_directory(), start, day=day, psc=context.options.auth == "psc")
    try:
        await asyncio.to_thread(build, running.extraction, running.directory / "annuaire.sqlite", clock)
        facts = JsonFactsFile(running.state / "facts.json", context.narration.say)
        for account in ACCOUNTS:
            baseline = start - timedelta(days=BASELINE_DAYS)
            facts.update(account.id, read=start, connected=start, baseline=baseline)
        yield running
    finally:
        await running.stop()


def _directory() -> Path:
    """A new directory for us alone, in memory where the system has such a place."""
    runtime = os.environ.get("XDG_RUNTIME_DIR", "")
    return Path(tempfile.mkdtemp(prefix="mss-demo-", dir=runtime if runtime and Path(runtime).is_dir() else None))

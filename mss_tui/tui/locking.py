"""Watches for a screen that nobody is at, and asks for the code that opens it again."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING

from mss_tui.errors import AuthRefused, ExitCode, UsageError
from mss_tui.phrase import say
from mss_tui.tui.paint import Tone
from mss_tui.tui.screens.ask import AskText
from mss_tui.tui.screens.psc import PscScreen

if TYPE_CHECKING:
    from mss_tui.tui.application import MssApp

SECONDS = 2.0


def watch_over(app: MssApp) -> None:
    """Lock when nobody has been there for too long, also while no terminal is attached; ask for Pro Santé Connect.

    A session of Pro Santé Connect that ends behind the lock is the end: nobody is there to open it again (ECO.1.2.6).
    """

    def look() -> None:
        if app.guard.due:
            app.lock()
        ends = app.psc.ends_at if app.psc is not None else None
        if app.guard.locked and not app.guard.any_key and ends is not None and ends <= app.desk.clock.now():
            app.run_worker(app.log_out(ExitCode.AUTH_REFUSED), group="leave", exclusive=True, exit_on_error=False)

    async def ask() -> None:
        done: asyncio.Future[bool | None] = asyncio.get_running_loop().create_future()

        def ended(opened: bool | None) -> None:
            with suppress(asyncio.InvalidStateError):
                done.set_result(opened)

        if isinstance(app.screen, PscScreen) or app.psc is None:
            raise AuthRefused(say("Pro Santé Connect n'est pas ouvert."))
        app.push_screen(PscScreen(app.psc), ended)
        if not await done:
            raise AuthRefused(
                say("Pro Santé Connect n'a pas été ouvert."), remedy=say("Ctrl+Y le rouvre ; rien n'est perdu.")
            )
        app.refresh_status()

    app.set_interval(SECONDS, look)
    if app.psc is not None:
        app.psc.ask_with(ask)


async def choose_code(app: MssApp) -> None:
    """Ask for a code."""
    help_line = say("Il rouvre l'écran verrouillé ; il n'est gardé qu'en mémoire. Échap renoncer")
    code = await app.push_screen_wait(AskText(say("Code de verrouillage"), help_line=help_line, secret=True))
    if code is None:
        return
    try:
        await app.guard.choose(code)
    except UsageError as error:
        app.fail(error)
    else:
        app.say(say("Code choisi : Ctrl+L verrouille, ce code rouvre."), Tone.GOOD)

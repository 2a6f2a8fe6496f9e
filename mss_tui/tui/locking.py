"""Watches for a screen that nobody is at, and asks for the code that opens it again."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, cast

from textual.app import App

from mss_tui.errors import AuthRefused, ExitCode, UsageError
from mss_tui.phrase import say
from mss_tui.ports.psc import Professional
from mss_tui.services.desk import Desk
from mss_tui.services.guard import Guard
from mss_tui.tui.frugal_screen import Frugal
from mss_tui.tui.paint import Tone
from mss_tui.tui.screens.ask import AskText
from mss_tui.tui.screens.hidden import HiddenScreen
from mss_tui.tui.screens.psc import PscScreen

if TYPE_CHECKING:
    from mss_tui.tui.application import MssApp

SECONDS = 2.0


class Lockable(App[int]):
    """An application whose screen locks, and which may have a session of Pro Santé Connect."""

    desk: Desk
    frugal: Frugal
    guard: Guard
    psc: Professional | None
    shown: asyncio.Future[MssApp] | None = None
    """Gets the application once it can ask something."""
    _asking: asyncio.Future[bool] | None = None

    @property
    def _mss(self) -> MssApp:
        return cast("MssApp", self)

    def action_hide(self) -> None:
        """Lock the screen; first a code is chosen where nothing else could open it again."""
        can_open = self.guard.any_key or self.guard.has_code or self.guard.takes_password or self.psc is not None
        if can_open:
            self.lock()
        else:
            self.action_choose_code()

    def lock(self) -> None:
        """Blank the screen until somebody proves who they are."""
        if not isinstance(self.screen, HiddenScreen):
            self.guard.locked = True
            self.push_screen(HiddenScreen())

    def opened(self) -> None:
        """Show again what was there."""
        self.guard.opened()
        self.frugal.forget()
        if isinstance(self.screen, HiddenScreen):
            self.screen.dismiss(None)

    def push_screen(self, screen: Any, *args: Any, **options: Any) -> Any:
        """Show a screen; while it is locked, below the lock."""
        shown = super().push_screen(screen, *args, **options)
        if self.guard.locked and not isinstance(self.screen, HiddenScreen | PscScreen):
            super().push_screen(HiddenScreen())
        return shown

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Nothing but leaving is done behind a locked screen."""
        if self.guard.locked and action in ("help", "palette", "choose_code", "psc"):
            return False
        return super().check_action(action, parameters)

    def action_choose_code(self) -> None:
        """A code that opens the locked screen."""
        self.run_worker(choose_code(self._mss), name="code", group="code", exclusive=True, exit_on_error=False)

    def action_psc(self) -> None:
        """Open the session of Pro Santé Connect."""
        if self.psc is None:
            self._mss.say(say("Ce profil ne passe pas par Pro Santé Connect."))
        else:
            self._psc_screen(self.psc)

    def _psc_screen(self, session: Professional) -> asyncio.Future[bool]:
        """The screen that opens the session, one for all who ask; whether it did."""
        if self._asking is None or self._asking.done():
            asking: asyncio.Future[bool] = asyncio.get_running_loop().create_future()

            def ended(opened: bool | None) -> None:
                self._mss.refresh_status()
                if not asking.done():
                    asking.set_result(bool(opened))

            self._asking = asking
            # whoever asks may be a task of the line, which knows of no application
            self.call_later(lambda: self.push_screen(PscScreen(session), ended))
        return self._asking

    async def ask_psc(self) -> None:
        """Have the person open the session of Pro Santé Connect.

        Raises:
            AuthRefused: they would not.
        """
        if self.psc is None:
            raise AuthRefused(say("Pro Santé Connect n'est pas ouvert."))
        if not await asyncio.shield(self._psc_screen(self.psc)):
            raise AuthRefused(
                say("Pro Santé Connect n'a pas été ouvert."), remedy=say("Ctrl+Y le rouvre ; rien n'est perdu.")
            )

    async def log_out(self, code: ExitCode = ExitCode.DONE) -> None:
        """Leave without a question: what was being written is kept."""
        from mss_tui.tui import interrupted

        await interrupted.keep(self.desk, interrupted.seen(self._mss))
        self.exit(int(code), return_code=int(code))


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

    app.set_interval(SECONDS, look)
    if app.psc is not None:
        app.psc.ask_with(app.ask_psc)
    if app.shown is not None and not app.shown.done():
        app.shown.set_result(app)


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

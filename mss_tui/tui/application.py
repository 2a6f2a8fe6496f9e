"""The Textual application: holds the desk, says things, moves between screens, leaves cleanly."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from time import monotonic
from typing import Any, ClassVar

from textual import events
from textual.app import App
from textual.binding import BindingType
from textual.dom import DOMNode
from textual.worker import Worker

from mss_tui.errors import InternalError, MssError
from mss_tui.language import translator
from mss_tui.phrase import Phrase, say
from mss_tui.ports.mail import Line, LineChanged
from mss_tui.services.desk import Desk, Place
from mss_tui.services.folder_view import FolderView
from mss_tui.services.status import AccountStatus, account_status
from mss_tui.tui.actions import Scope, bindings
from mss_tui.tui.paint import THEMES, Paint, Tone
from mss_tui.tui.screens.ask import AskChoice, AskYesNo, Choice
from mss_tui.tui.screens.base import MssScreen
from mss_tui.tui.screens.hidden import HiddenScreen
from mss_tui.tui.screens.main import MainScreen

WAKE_SECONDS = 120.0


class MssApp(App[int]):
    """mss-tui on a terminal."""

    CSS_PATH = "mss.tcss"
    ENABLE_COMMAND_PALETTE = False
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (100, "-wide")]  # noqa: RUF012 - declared so by Textual
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(Scope.APP)]

    def __init__(
        self,
        desk: Desk,
        *,
        place: Place,
        opening: asyncio.Task[FolderView],
        read_only: bool = False,
        theme: str = "auto",
        low_bandwidth: bool = False,
        ascii_marks: bool = False,
    ) -> None:
        super().__init__()
        self.desk = desk
        self.read_only = read_only
        self.low_bandwidth = low_bandwidth
        self.fault: BaseException | None = None
        self.paint = Paint(theme, ascii_marks=ascii_marks)
        self.t = translator(desk.profile.lang)
        self.said: tuple[str, Tone] = ("", Tone.PLAIN)
        self.lines: dict[str, LineChanged] = {}
        self._outbox = 0
        self._last_key = monotonic()
        self._first = (place, opening)
        for known in THEMES:
            self.register_theme(known)
        self.theme = self.paint.theme

    def on_mount(self) -> None:
        """The inbox is the first screen and stays below the others."""
        self.animation_level = "none"
        self.set_class(self.paint.ascii_marks, "-ascii")
        place, opening = self._first
        self.push_screen(MainScreen(place, opening))

    def words(self, phrase: Phrase) -> str:
        """A sentence in the user's language."""
        return phrase.render(self.t)

    # what is said

    def say(self, phrase: Phrase, tone: Tone = Tone.PLAIN) -> None:
        """Say one sentence in the status area; it stays until the next one."""
        self._say(self.words(phrase), tone)

    def fail(self, error: MssError) -> None:
        """Say what failed, what it means and what to do."""
        self._say(error.render(self.t), Tone.BAD)

    def _say(self, text: str, tone: Tone) -> None:
        if self.said != (text, tone):
            self.said = (text, tone)
            for screen in self.screen_stack:
                if isinstance(screen, MssScreen):
                    screen.show_said()

    def quiet(self) -> None:
        """Nothing more to say."""
        self._say("", Tone.PLAIN)

    def work(self, node: DOMNode, group: str, coroutine: Coroutine[Any, Any, None]) -> Worker[None]:
        """Do something that takes time, alone in its group of `node`; a failure is said, never raised."""
        return node.run_worker(self._guarded(coroutine), name=group, group=group, exclusive=True, exit_on_error=False)

    async def _guarded(self, coroutine: Coroutine[Any, Any, None]) -> None:
        try:
            await coroutine
        except MssError as error:
            self.fail(error)
        except Exception as error:  # noqa: BLE001 - a fault of ours is said in one sentence; its text may hold patient data
            self.fail(InternalError.of(error))

    # the lines of the accounts

    def line_changed(self, place: Place, change: LineChanged) -> None:
        """The connection of a mailbox changed."""
        self.lines[place.account.id] = change
        if change.error is not None and change.line is Line.OFFLINE:
            self.fail(change.error)
        self.refresh_status()

    def refresh_status(self) -> None:
        """Draw the status line again, where something in it changed."""
        for screen in self.screen_stack:
            if isinstance(screen, MssScreen):
                screen.show_status()

    def life(self) -> AccountStatus:
        """What is known of the mailbox shown, without asking anyone."""
        place = self.main.place
        return account_status(place.account, place.checker, self.desk.facts)

    def outbox_count(self) -> int:
        """Messages on their way."""
        return self._outbox

    def count_outbox(self) -> None:
        """Count again, from this machine alone."""
        try:
            self._outbox = sum(len(place.outbox.list()) for place in self.desk.places)
        except MssError as error:
            self.fail(error)
        self.refresh_status()

    @property
    def main(self) -> MainScreen:
        """The inbox screen."""
        return next(screen for screen in self.screen_stack if isinstance(screen, MainScreen))

    # keys that work everywhere

    async def on_event(self, event: events.Event) -> None:
        """A key after a pause draws what time has changed (a delay that has run out) before it acts."""
        if isinstance(event, events.Key):
            now = monotonic()
            if now - self._last_key > WAKE_SECONDS:
                for screen in self.screen_stack:
                    if isinstance(screen, MainScreen):
                        screen.wake()
            self._last_key = now
        await super().on_event(event)

    def action_help(self) -> None:
        """The keys of the focused pane, and the marks."""
        from mss_tui.tui.screens.help import HelpScreen

        if not isinstance(self.screen, HelpScreen):
            self.push_screen(HelpScreen(self.screen))

    def action_palette(self) -> None:
        """Look for an act by its name."""
        from mss_tui.tui.palette import open_palette

        if not isinstance(self.screen, AskChoice):
            open_palette(self)

    def action_hide(self) -> None:
        """Blank the screen until a key."""
        if not isinstance(self.screen, HiddenScreen):
            self.push_screen(HiddenScreen())

    def action_calls(self) -> None:
        """Whom to phone."""
        calls = [Choice(f"{call.who}  {call.phone}") for call in self.desk.profile.calls]
        fixed = [
            Choice(self.words(say("SAMU  15"))),
            Choice(self.words(say("Urgences par texte (sourds, malentendants)  114"))),
        ]
        self.push_screen(AskChoice(say("Qui appeler"), [*calls, *fixed], filtered=False))

    def action_to_inbox(self) -> None:
        """Back to the list."""
        while not isinstance(self.screen, MainScreen) and len(self.screen_stack) > 2:
            self.pop_screen()

    def action_to_composer(self) -> None:
        """A new message."""
        self.main.action_new()

    def action_to_annuaire(self) -> None:
        """The annuaire, for no field in particular."""
        from mss_tui.tui.screens.annuaire import AnnuaireScreen

        self.action_to_inbox()
        self.push_screen(AnnuaireScreen(self.main.place))

    def action_to_status(self) -> None:
        """The life of the mailboxes."""
        from mss_tui.tui.screens.status import StatusScreen

        self.action_to_inbox()
        self.push_screen(StatusScreen())

    def action_to_journal(self) -> None:
        """The last lines of the journal."""
        from mss_tui.tui.screens.journal import JournalScreen

        self.action_to_inbox()
        self.push_screen(JournalScreen())

    def action_help_quit(self) -> None:
        """Ctrl+C outside a text: say how to leave (Textual would say it in English, with markup)."""
        self.say(say("Ctrl+Q quitte mss-tui."))

    def action_leave(self) -> None:
        """Leave; a message being written or sent is asked about first."""
        self.run_worker(self._leave(), name="leave", group="leave", exclusive=True, exit_on_error=False)

    async def _leave(self) -> None:
        for screen in reversed(self.screen_stack):
            if isinstance(screen, MssScreen) and (question := screen.keeps_us()) is not None:
                if not await self.push_screen_wait(AskYesNo(question)):
                    return
                break
        self.exit(0)

    def copy_to_clipboard(self, text: str) -> None:
        """Copied text stays in this program: patient data never goes to the terminal's clipboard (OSC 52)."""
        self._clipboard = text

    def _fatal_error(self) -> None:
        """Leave without Textual's traceback, whose local variables may hold patient data."""
        self._close_messages_no_wait()

    def _handle_exception(self, error: Exception) -> None:
        if self.fault is None:
            self.fault = error
        super()._handle_exception(error)

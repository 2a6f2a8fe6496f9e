"""The Textual application: holds the desk, says things, moves between screens, leaves cleanly."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from time import monotonic
from typing import TYPE_CHECKING, Any, ClassVar

from textual import events
from textual.binding import BindingType
from textual.dom import DOMNode
from textual.driver import Driver
from textual.worker import Worker

from mss_tui.errors import InternalError, MssError
from mss_tui.language import translator
from mss_tui.phrase import Phrase, say
from mss_tui.ports.mail import Line, LineChanged
from mss_tui.ports.psc import Professional
from mss_tui.services.desk import Desk, Place
from mss_tui.services.folder_view import FolderView
from mss_tui.services.guard import Guard
from mss_tui.services.mailbox_rules import MailboxRules
from mss_tui.services.status import AccountStatus, account_status
from mss_tui.tui.actions import Scope, bindings
from mss_tui.tui.departures import Departures
from mss_tui.tui.frugal_screen import Frugal
from mss_tui.tui.key_order import KeyDone, KeyOrder
from mss_tui.tui.locking import Lockable, watch_over
from mss_tui.tui.own_keys import own_keys
from mss_tui.tui.pages import Pages
from mss_tui.tui.paint import THEMES, Paint, Tone
from mss_tui.tui.screens.ask import AskChoice, Choice
from mss_tui.tui.screens.base import MssScreen
from mss_tui.tui.screens.main import MainScreen
from mss_tui.tui.screens.main_people import PeopleScreen
from mss_tui.tui.writing import Writing

if TYPE_CHECKING:
    from mss_tui.tui.interrupted import OnScreen

WAKE_SECONDS = 120.0


class MssApp(Pages, Lockable):
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
        driver_class: type[Driver] | None = None,
        guard: Guard | None = None,
        psc: Professional | None = None,
    ) -> None:
        super().__init__(driver_class=driver_class)
        self.frugal = Frugal()
        self.desk = desk
        self.read_only = read_only
        self.low_bandwidth = low_bandwidth
        self.fault: BaseException | None = None
        self.left: OnScreen | None = None
        self.paint = Paint(theme, ascii_marks=ascii_marks)
        self.t = translator(desk.profile.lang)
        self.said: tuple[str, Tone] = ("", Tone.PLAIN)
        self.lines: dict[str, LineChanged] = {}
        self.departures = Departures(self)
        self.writing = Writing(self)
        self.guard = guard or Guard(desk.profile.lock, desk.clock)
        self.psc = psc
        self.own_keys, self._wrong_keys = own_keys(desk.profile.keys)
        self._outbox = 0
        self._last_key = monotonic()
        self._keys = KeyOrder(self, super().on_event)
        self.main: MainScreen = PeopleScreen(place, opening)
        for known in THEMES:
            self.register_theme(known)
        self.theme = self.paint.theme

    def on_mount(self) -> None:
        """The inbox is the first screen and stays below the others."""
        self.animation_level = "none"
        self.set_class(self.paint.ascii_marks, "-ascii")
        self.set_keymap(self.own_keys)
        self.push_screen(self.main)
        watch_over(self)
        for wrong in self._wrong_keys[:1]:
            self.say(wrong, Tone.BAD)

    def begin_outbox(self) -> None:
        """What waits may leave: once the first rows are shown, since it is much to load."""
        self.departures.start()
        self.count_outbox()
        self.offer_what_was_written()

    def offer_what_was_written(self) -> None:
        """Drafts of the last program that are offered again; those sealed on this machine also without a line."""
        if any(
            (place.sealed is not None and place.sealed.held())
            or (not place.box.offline and self.desk.facts.of(place.account.id).interrupted)
            for place in self.desk.places
        ):
            from mss_tui.tui.interrupted import offer

            self.work(self.main, "interrupted", offer(self))

    def words(self, phrase: Phrase) -> str:
        """A sentence in the user's language."""
        return phrase.render(self.t)

    # what is said

    def say(self, phrase: Phrase, tone: Tone = Tone.PLAIN) -> None:
        """Say one sentence in the status area; it stays until the next one."""
        self._say(self.words(phrase), tone)

    def fail(self, error: MssError, more: Phrase | None = None) -> None:
        """Say what failed, what it means and what to do; and `more` of what it means here."""
        self._say(" ".join([error.render(self.t), *([self.words(more)] if more else [])]), Tone.BAD)

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
        self.departures.online(place, change.line is Line.ONLINE)
        if change.error is not None and change.line is Line.OFFLINE:
            self.fail(change.error)
        self.refresh_status()

    def refresh_status(self) -> None:
        """Draw the status line again, where something in it changed."""
        for screen in self.screen_stack:
            if isinstance(screen, MssScreen):
                screen.show_status()

    def life(self, place: Place | None = None) -> AccountStatus:
        """What is known of a mailbox, the one shown when none is named, without asking anyone."""
        place = place or self.main.place
        desk = self.desk
        rules = MailboxRules(desk.profile, place.account, desk.catalogue, desk.clock)
        return account_status(place.account, rules, desk.facts)

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

    # keys that work everywhere

    async def on_event(self, event: events.Event) -> None:
        """Keys and pastes go one after the other; the first after a pause draws what time has changed."""
        if isinstance(event, events.Key | events.Paste) and not event.is_forwarded:
            if self.guard.due:
                self.lock()
                return
            self.guard.touch()
            if self.psc is not None and not self.guard.locked:
                self.psc.touch()
            now = monotonic()
            if now - self._last_key > WAKE_SECONDS:
                self.main.wake()
            self._last_key = now
            await self._keys.take(event)
        else:
            await super().on_event(event)

    async def on_key_done(self, message: KeyDone) -> None:
        """What a key began at once is done: the next one."""
        message.stop()
        await self._keys.done()

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

    def action_calls(self) -> None:
        """Whom to phone."""
        calls = [Choice(f"{call.who}  {call.phone}") for call in self.desk.profile.calls]
        known = {call.phone.replace(" ", "") for call in self.desk.profile.calls}
        fixed = [
            Choice(self.words(words))
            for phone, words in (
                ("15", say("SAMU  15")),
                ("114", say("Urgences par texte (sourds, malentendants)  114")),
            )
            if phone not in known
        ]
        self.push_screen(AskChoice(say("Qui appeler"), [*calls, *fixed], filtered=False))

    def action_to_inbox(self) -> None:
        """Back to the list."""
        while not isinstance(self.screen, MainScreen) and len(self.screen_stack) > 2:
            self.pop_screen()
        self.refresh_status()

    def action_to_list(self) -> None:
        """To the list of messages, wherever one is."""
        self.action_to_inbox()
        if self.screen is self.main:
            self.main.show_pane("list")

    def action_to_composer(self) -> None:
        """The messages being written, one after the other; a new one where there is none."""
        if not self.writing.show_last():
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

    def action_to_outbox(self) -> None:
        """What waits, and what may have left."""
        from mss_tui.tui.screens.outbox import OutboxScreen

        self.action_to_inbox()
        self.push_screen(OutboxScreen())

    def action_help_quit(self) -> None:
        """Ctrl+C outside a text: say how to leave (Textual would say it in English, with markup)."""
        self.say(say("Ctrl+Q quitte mss-tui."))

    def action_leave(self) -> None:
        """Leave; a message being written or sent is asked about first."""
        from mss_tui.tui.leaving import leave

        self.run_worker(leave(self), name="leave", group="leave", exclusive=True, exit_on_error=False)

    def copy_to_clipboard(self, text: str) -> None:
        """Copied text stays in this program: it goes to the terminal (OSC 52) only where asked."""
        self._clipboard = text
        if self.desk.profile.clipboard:
            super().copy_to_clipboard(text)

    def look_back(self) -> OnScreen | None:
        """What is to be kept when the program ends without being left; None where it has hardly begun."""
        from mss_tui.tui.interrupted import seen

        try:
            return seen(self)
        except Exception:  # noqa: BLE001 - it ends already, and for a reason of its own
            return None

    def _fatal_error(self) -> None:
        """Leave without Textual's traceback, whose local variables may hold patient data."""
        self._close_messages_no_wait()

    def _handle_exception(self, error: Exception) -> None:
        if self.fault is None:
            self.fault = error
            self.left = self.look_back()
        super()._handle_exception(error)

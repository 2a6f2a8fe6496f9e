"""Leaving the program: what is being written, sent or waits to leave is asked about first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.screen import ModalScreen

from mss_tui.errors import MssError
from mss_tui.phrase import say
from mss_tui.tui.departures import Sent
from mss_tui.tui.screens.ask import AskChoice, AskYesNo, Choice
from mss_tui.tui.screens.base import MssScreen
from mss_tui.tui.wording import to_the_second

if TYPE_CHECKING:
    from mss_tui.tui.application import MssApp


async def leave(app: MssApp) -> None:
    """Ask what is to be asked, then leave; behind a locked screen nothing is asked."""
    if app.guard.locked:
        await app.log_out()
        return
    for screen in dict.fromkeys((*reversed(app.screen_stack), *app.writing.screens)):
        if isinstance(screen, MssScreen) and (question := screen.keeps_us()) is not None:
            if not await app.push_screen_wait(AskYesNo(question)):
                return
            break
    if not await app.writing.may_leave():
        return
    for sent in app.departures.soon():
        if not await _leaves_with(app, sent):
            return
    app.exit(0)


async def _leaves_with(app: MssApp, sent: Sent) -> bool:
    """May the program be left, with a message that waits for its undo delay? It is sent now, or kept waiting."""
    choices = [
        Choice(app.words(say("L'envoyer maintenant, puis quitter")), "now"),
        Choice(app.words(say("Le laisser en file : il partira au prochain lancement")), "later"),
        Choice(app.words(say("Rester")), ""),
    ]
    question = say("Un message attend encore de partir, à {hour}", hour=to_the_second(sent.due))
    choice = await app.push_screen_wait(AskChoice(question, choices, filtered=False))
    if choice is None or not choice.key:
        return False
    if choice.key == "now" and sent.draft.key in app.departures.waiting:
        try:
            await app.departures.hurry(sent)
        except MssError as error:
            app.fail(error)
            return False
        return not isinstance(app.screen, ModalScreen)
    return True

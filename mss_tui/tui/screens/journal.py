"""The last lines of the journal, newest first: who did what on which mailbox, and when."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.binding import BindingType

from mss_tui.errors import MssError
from mss_tui.phrase import Phrase, say
from mss_tui.text import clean
from mss_tui.tui.actions import Scope, bindings
from mss_tui.tui.paint import Line, Tone
from mss_tui.tui.screens.ask import AskText
from mss_tui.tui.screens.page import PageScreen, PageText
from mss_tui.tui.widgets.lines import paragraph
from mss_tui.tui.wording import full_moment

LAST = 200
FILTERED = 5_000
PHASE: dict[str, Phrase] = {
    "intent": say("demandé"),
    "done": say("fait"),
    "failed": say("ÉCHEC"),
    "note": say("noté"),
}


class JournalScreen(PageScreen):
    """The journal."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings(Scope.JOURNAL)]
    _words = ""

    def heading(self) -> Phrase:
        """How much of it."""
        return say("Journal : les {n} derniers actes", n=LAST)

    def key_hints(self) -> tuple[Scope, ...]:
        """What can be done here."""
        return (Scope.JOURNAL, Scope.PAGE)

    def action_look_for(self) -> None:
        """Show only lines with some words."""
        self.mss.work(self, "journal", self._look_for())

    async def _look_for(self) -> None:
        question = say("Lignes qui contiennent (vide : toutes) :")
        words = await self.mss.push_screen_wait(AskText(question, value=self._words))
        self._words = words or ""
        self.query_one(PageText).show(self.lines)

    def lines(self, width: int) -> Sequence[Line]:
        """One act a line, with its details."""
        try:
            entries = self.mss.desk.journal.entries(FILTERED if self._words else LAST)
        except MssError as error:
            return paragraph(error.render(self.mss.t), width, Tone.BAD)
        lines: list[Line] = []
        for entry in reversed(entries):
            phase = self.mss.words(PHASE[entry.phase]) if entry.phase in PHASE else clean(entry.phase)
            details = " ".join(f"{clean(name)}={clean(value, 120)}" for name, value in entry.details.items())
            who = f"{clean(entry.act)}  {clean(entry.mailbox)}  {clean(entry.actor)}"
            text = f"{full_moment(entry.at)}  {phase:<8} {who}  {details}"
            if not all(word in text.casefold() for word in self._words.casefold().split()):
                continue
            lines += paragraph(text, width, Tone.BAD if entry.phase == "failed" else Tone.PLAIN, indent=" " * 18)
        nothing = say("Aucune ligne ne contient ces mots.") if self._words else say("Le journal est vide.")
        return lines or paragraph(self.mss.words(nothing), width)

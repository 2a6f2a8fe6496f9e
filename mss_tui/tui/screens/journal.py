"""The last lines of the journal, newest first: who did what on which mailbox, and when."""

from __future__ import annotations

from collections.abc import Sequence

from mss_tui.errors import MssError
from mss_tui.phrase import Phrase, say
from mss_tui.text import clean
from mss_tui.tui.paint import Line, Tone
from mss_tui.tui.screens.page import PageScreen
from mss_tui.tui.widgets.lines import paragraph
from mss_tui.tui.wording import full_moment

LAST = 200
PHASE: dict[str, Phrase] = {
    "intent": say("demandé"),
    "done": say("fait"),
    "failed": say("ÉCHEC"),
    "note": say("noté"),
}


class JournalScreen(PageScreen):
    """The journal."""

    def heading(self) -> Phrase:
        """How much of it."""
        return say("Journal : les {n} derniers actes", n=LAST)

    def lines(self, width: int) -> Sequence[Line]:
        """One act a line, with its details."""
        try:
            entries = self.mss.desk.journal.entries(LAST)
        except MssError as error:
            return paragraph(error.render(self.mss.t), width, Tone.BAD)
        lines: list[Line] = []
        for entry in reversed(entries):
            phase = self.mss.words(PHASE[entry.phase]) if entry.phase in PHASE else clean(entry.phase)
            details = " ".join(f"{clean(name)}={clean(value, 120)}" for name, value in entry.details.items())
            who = f"{clean(entry.act)}  {clean(entry.mailbox)}  {clean(entry.actor)}"
            text = f"{full_moment(entry.at)}  {phase:<8} {who}  {details}"
            lines += paragraph(text, width, Tone.BAD if entry.phase == "failed" else Tone.PLAIN, indent=" " * 18)
        return lines or paragraph(self.mss.words(say("Le journal est vide.")), width)

"""What became of a sent message, in full, with what to do about those who did not get it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.binding import BindingType

from mss_tui.model.message import Row
from mss_tui.phrase import Phrase, say
from mss_tui.services.desk import Place
from mss_tui.services.drafts import addressed_to
from mss_tui.services.receipts import Timeline
from mss_tui.text import clean
from mss_tui.tui.actions import Scope, bindings
from mss_tui.tui.paint import Line
from mss_tui.tui.receipt_words import timeline_words
from mss_tui.tui.screens.page import PageScreen
from mss_tui.tui.widgets.lines import paragraph


class TimelineScreen(PageScreen):
    """The timeline of one message of Sent."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings(Scope.TIMELINE, Scope.PAGE)]

    def __init__(self, place: Place, row: Row, timeline: Timeline) -> None:
        super().__init__()
        self._place = place
        self._row = row
        self._timeline = timeline

    def heading(self) -> Phrase:
        """Which message."""
        return say("Suivi : {subject}", subject=clean(self._row.subject, 60) or "-")

    def key_hints(self) -> tuple[Scope, ...]:
        """Its act."""
        return (Scope.TIMELINE, Scope.PAGE)

    def lines(self, width: int) -> Sequence[Line]:
        """Recipient by recipient."""
        words = self.mss.words
        lines: list[Line] = []
        for text, tone in timeline_words(self._timeline, words):
            lines += paragraph(text, width, tone, indent="    ")
        if any(heard.last is None and not heard.refused for heard in self._timeline.people):
            proves = say(
                "« Aucun accusé reçu » ne prouve rien : certains serveurs n'en donnent pas. Téléphonez si c'est urgent."
            )
            lines += [(), *paragraph(words(proves), width)]
        if self.missed:
            lines += [(), *paragraph(words(say("e écrire aux {n} qui ne l'ont pas reçu", n=len(self.missed))), width)]
        return lines

    @property
    def missed(self) -> tuple[str, ...]:
        """Who did not get it, as far as anyone said."""
        return tuple(heard.address for heard in self._timeline.people if heard.failed)

    def action_resend(self) -> None:
        """Write to these alone."""
        if self.missed:
            self.mss.work(self, "resend", self._resend())
        else:
            self.mss.say(say("Personne n'a refusé ce message."))

    async def _resend(self) -> None:
        reading = await self._place.reader.open(self._row, self.mss.desk.actor, mark=False)
        self.mss.main.write_message(self._place, addressed_to(reading, self._place.account, self.missed))

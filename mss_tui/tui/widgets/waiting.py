"""The messages of the outboxes as rows."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import BindingType

from mss_tui.model.message import Row as MessageRow
from mss_tui.phrase import say
from mss_tui.services.desk import Place
from mss_tui.services.waiting import Waiting
from mss_tui.tui.actions import Scope, bindings
from mss_tui.tui.paint import Tone
from mss_tui.tui.receipt_words import STATE, STATE_TONE
from mss_tui.tui.widgets.rows import Row, Rows
from mss_tui.tui.wording import moment


class WaitingList(Rows):
    """The messages, oldest first."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings(Scope.MOVES)]

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self.listed: list[tuple[Place, Waiting]] = []
        self.known: dict[str, MessageRow] = {}

    def count(self) -> int:
        """Messages."""
        return len(self.listed)

    def row(self, position: int, width: int) -> Row:
        """When, what state, what message."""
        place, waiting = self.listed[position]
        words, fit = self.desk_app.words, self.desk_app.paint.fit
        row = self.known.get(waiting.key)
        what = row.subject if row is not None else waiting.message_id
        when = moment(waiting.due or waiting.at)
        said = say("un autre mss-tui s'en occupe") if waiting.elsewhere else STATE[waiting.state]
        if waiting.late:
            said = say("EN RETARD : à vous de décider")
        state = words(said)
        text = f" {when}  {fit(state, 34)} {fit(place.account.id, 14)} {what}"
        return text, Tone.WARN if waiting.late else STATE_TONE.get(waiting.state, Tone.PLAIN)

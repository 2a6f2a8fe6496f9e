"""What the server answered, recipient by recipient, when it was not plainly yes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from textual.binding import BindingType
from textual.containers import Vertical
from textual.widget import Widget

from mss_tui.model.sending import SendReport, SendState
from mss_tui.phrase import Phrase, say
from mss_tui.text import clean
from mss_tui.tui.actions import Scope, bindings
from mss_tui.tui.paint import Line, Tone
from mss_tui.tui.screens.base import Dialog
from mss_tui.tui.widgets.lines import Lines, paragraph
from mss_tui.tui.widgets.title import Title

HEAD: dict[SendState, Phrase] = {
    SendState.PARTLY_REFUSED: say("Parti pour une partie des destinataires seulement"),
    SendState.REFUSED: say("Refusé par le serveur : rien n'est parti, le message est gardé"),
    SendState.UNKNOWN: say("Peut-être parti : la ligne s'est coupée avant la réponse"),
    SendState.QUEUED: say("En attente d'envoi"),
    SendState.DRAFT: say("Gardé comme brouillon"),
    SendState.SENDING: say("En cours d'envoi"),
    SendState.ACCEPTED: say("Envoyé"),
}


class ReportScreen(Dialog[None]):
    """The report of one attempt."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings(Scope.DIALOG)]

    def __init__(self, report: SendReport) -> None:
        super().__init__()
        self._report = report

    def compose(self) -> Iterable[Widget]:
        """State, remark, each recipient's answer."""
        with Vertical(classes="box"):
            yield Title(HEAD[self._report.state])
            lines = Lines(classes="report")
            lines.show(self._lines)
            yield lines
            yield Title(say("Échap fermer"), quiet=True)

    def _lines(self, width: int) -> list[Line]:
        report, lines = self._report, list[Line]()
        if report.remark is not None:
            lines += [*paragraph(self.mss.words(report.remark), width, Tone.WARN), ()]
        for answer in report.recipients:
            said = f"{answer.code or '-'} {answer.enhanced} {answer.text}".replace("  ", " ")
            tone = Tone.GOOD if answer.accepted else Tone.BAD
            state = say("accepté") if answer.accepted else say("refusé")
            told = say("{state} {who} : {said}", state=state, who=clean(answer.address), said=clean(said))
            lines += paragraph(self.mss.words(told), width, tone, indent="  ")
        if report.answer:
            lines += [(), *paragraph(clean(report.answer), width)]
        return lines

    def action_choose(self) -> None:
        """Entrée closes too."""
        self.dismiss(None)

    def action_cancel(self) -> None:
        """Échap."""
        self.dismiss(None)

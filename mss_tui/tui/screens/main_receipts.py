"""The main screen: what became of sent messages, what reports say, and read receipts that others ask for."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from textual.binding import BindingType
from textual.containers import Vertical
from textual.widget import Widget

from mss_tui.errors import ConfirmationNeeded, MssError
from mss_tui.model.folder import Role
from mss_tui.model.message import MDN_SENT, Row
from mss_tui.phrase import Phrase, say
from mss_tui.services.desk import Place
from mss_tui.text import clean
from mss_tui.tui.actions import Scope, bindings
from mss_tui.tui.message_lines import Said
from mss_tui.tui.paint import Tone
from mss_tui.tui.screens.ask import AskYesNo
from mss_tui.tui.screens.base import Dialog
from mss_tui.tui.screens.main_watching import MainWatching
from mss_tui.tui.widgets.lines import Lines, paragraph
from mss_tui.tui.widgets.title import Title

SEND, IGNORE = "send", "ignore"


class AskReceipt(Dialog[str]):
    """Send a read receipt, or not; Échap decides nothing."""

    BINDINGS: ClassVar[list[BindingType]] = [
        *(b for b in bindings(Scope.DIALOG) if b.id != "dialog.choose"),
        ("o", f"answer('{SEND}')"),
        ("i", f"answer('{IGNORE}')"),
    ]

    def __init__(self, question: Phrase) -> None:
        super().__init__()
        self._question = question

    def compose(self) -> Iterable[Widget]:
        """The question and its keys."""
        with Vertical(classes="box"):
            lines = Lines()
            text = self.mss.words(self._question)
            lines.show(lambda width: paragraph(text, width))
            lines.styles.height = 4
            yield lines
            yield Title(say("o envoyer   i ignorer, ne plus demander   Échap plus tard"), quiet=True)

    def on_mount(self) -> None:
        """Keys go to the dialog itself."""
        self.query_one(Lines).focus()

    def action_answer(self, answer: str) -> None:
        """The key that was pressed."""
        self.dismiss(answer)

    def action_cancel(self) -> None:
        """Later."""
        self.dismiss("")


class MainReceipts(MainWatching):
    """A on a message."""

    def opened(self, place: Place, row: Row) -> None:
        """A message is shown: say beside it what its receipts say. Nothing is asked of anyone but its own server."""
        if not self.mss.low_bandwidth:
            self.mss.work(self, "receipts", self._beside(place, row))

    async def _beside(self, place: Place, row: Row) -> None:
        from mss_tui.tui.receipt_words import report_words, timeline_words

        words = self.mss.words
        said: list[Said] = []
        try:
            if self.folder.role is Role.SENT or _own(place, row):
                said += timeline_words(await place.receipts.of(row, place.outbox.codes(row.message_id)), words)
            else:
                report = await place.receipts.said_by(row)
                if report is not None:
                    said += report_words(report, words)
                elif asks_receipt(row):
                    asks = say("A : envoyer ou ignorer l'accusé de lecture qu'on vous demande.")
                    said.append((words(asks), Tone.STRONG))
        except MssError:
            return  # the message is on screen all the same; A asks again, and says why not
        message = self.view.message
        if said and message is not None and message.reading.row.ref == row.ref:
            self.view.tell(tuple(said))

    def action_receipts(self) -> None:
        """What became of it; or answer a request for a read receipt."""
        row = self.row_here()
        if row is not None:
            self.mss.work(self, "receipts", self._receipts(self.place_of(row.ref), row))

    async def _receipts(self, place: Place, row: Row) -> None:
        if self.folder.role is Role.SENT or _own(place, row):
            self.mss.say(say("Recherche des accusés…"))
            await self._show_timeline(place, row)
            self.mss.quiet()
        elif row.receipt_to or MDN_SENT in row.flags:
            await self._answer_receipt(place, row)
        else:
            await self._sent_message(place, row)

    async def _sent_message(self, place: Place, row: Row) -> None:
        """From a report to the message it speaks of."""
        report = await place.receipts.said_by(row)
        if report is None:
            self.mss.say(say("Aucun accusé de lecture n'est demandé pour ce message."))
            return
        found = await place.receipts.about(report, row.received)
        if found is None:
            self.mss.say(say("Le message dont parle ce rapport n'est pas dans Envoyés."), Tone.WARN)
            return
        await self._show_timeline(place, found)

    async def _show_timeline(self, place: Place, row: Row) -> None:
        from mss_tui.tui.screens.timeline import TimelineScreen

        self.mss.push_screen(
            TimelineScreen(place, row, await place.receipts.of(row, place.outbox.codes(row.message_id)))
        )

    async def _answer_receipt(self, place: Place, row: Row) -> None:
        if self.mss.read_only:
            self.mss.say(say("Lecture seule : aucun accusé n'est envoyé."), Tone.WARN)
            return
        row = await place.reader.row(row.ref)  # a colleague may have answered meanwhile
        asked = await place.reading_receipts.asked(row)
        if asked is None or asked.answered:
            self.mss.say(
                say("Cette demande d'accusé de lecture est déjà réglée.")
                if asked
                else say("Aucun accusé de lecture n'est à envoyer pour ce message.")
            )
            return
        question = say("Envoyer un accusé de lecture à {to} ?", to=clean(str(asked.to), 200))
        if asked.elsewhere:
            question = say(
                "Envoyer un accusé de lecture à {to} ? ATTENTION : ce n'est pas l'adresse de retour du message.",
                to=clean(str(asked.to), 200),
            )
        answer = await self.mss.push_screen_wait(AskReceipt(question))
        actor = self.mss.desk.actor
        if answer == IGNORE:
            await place.reading_receipts.ignore(row, actor)
            self.mss.say(say("Aucun accusé ne part ; la demande ne sera plus montrée."), Tone.GOOD)
        elif answer == SEND:
            try:
                await place.reading_receipts.send(row, actor)
            except ConfirmationNeeded as error:
                if not await self.mss.push_screen_wait(AskYesNo(error.what)):
                    return
                await place.reading_receipts.send(row, actor, although_elsewhere=True)
            self.mss.say(say("Accusé de lecture envoyé à {to}.", to=clean(str(asked.to), 200)), Tone.GOOD)
        if answer:
            self.view.tell(())
            if self.shown is not None:
                self.shown.view.mark({row.ref: row.flags | {MDN_SENT}})


def _own(place: Place, row: Row) -> bool:
    """Was it sent from this mailbox?"""
    return row.sender.address.casefold() == place.account.address.casefold()


def asks_receipt(row: Row) -> bool:
    """Does the message wait for an answer about a read receipt?"""
    return bool(row.receipt_to) and MDN_SENT not in row.flags

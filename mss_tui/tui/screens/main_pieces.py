"""The main screen: pieces of a message, what the rules say of it and why, reporting a suspicious one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from mss_tui.model.message import MessageRef, Reading, Row
from mss_tui.phrase import say
from mss_tui.services.desk import Place
from mss_tui.text import clean
from mss_tui.tui.message_lines import attachment_line, full
from mss_tui.tui.paint import Tone
from mss_tui.tui.screens.ask import AskChoice, AskText, Choice
from mss_tui.tui.screens.documents_main import read_documents
from mss_tui.tui.screens.main_receipts import MainReceipts
from mss_tui.tui.widgets.paths import complete_path, readable_path


class MainPieces(MainReceipts):
    """p, e, i, ! on a message."""

    async def beside(self, place: Place, reading: Reading) -> None:
        """What the first octets of the pieces say, then what its documents say; a slow line is spared the first."""
        if reading.attachments and not self.mss.low_bandwidth:
            from mss_tui.services.pieces import Pieces

            learned = await Pieces(place.reader, self.mss.desk.documents.worker, reading).learn()
            message = self.view.message
            if learned != reading and message is not None and message.reading.row.ref == reading.row.ref:
                verdicts = place.checker.incoming(learned, self.mss.desk.documents.facts(reading.row.ref))
                if verdicts != message.verdicts:
                    self.view.learned(replace(message, reading=learned, verdicts=verdicts))
            reading = learned
        await read_documents(self, place, reading)

    def judge_again(self, flags: Mapping[MessageRef, frozenset[str]]) -> None:
        """The open message was marked: what the rules say of it may be true no more."""
        message = self.view.message
        if message is None or message.reading.row.ref not in flags:
            return
        row = message.reading.row
        reading = replace(message.reading, row=replace(row, flags=flags[row.ref]))
        verdicts = self.place_of(row.ref).checker.incoming(reading, self.mss.desk.documents.facts(row.ref))
        if verdicts != message.verdicts:
            self.view.learned(replace(message, reading=reading, verdicts=verdicts))

    async def reading_of(self, place: Place, row: Row) -> Reading:
        """The message as read: the open one, or fetched without marking it."""
        message = self.view.message
        if message is not None and message.reading.row.ref == row.ref:
            return message.reading
        return await place.reader.open(row, self.mss.desk.actor, mark=False)

    def action_pieces(self) -> None:
        """The pieces of the message."""
        row = self.row_here()
        if row is not None:
            self.mss.work(self, "open-message", self._pieces(self.place_of(row.ref), row))

    async def _pieces(self, place: Place, row: Row) -> None:
        from mss_tui.services.pieces import Pieces
        from mss_tui.tui.screens.pieces import PiecesScreen

        reading = await self.reading_of(place, row)
        if not reading.attachments:
            self.mss.say(say("Ce message n'a pas de pièce jointe."))
            return
        self.mss.quiet()
        pieces = Pieces(place.reader, self.mss.desk.documents.worker, reading)
        self.mss.push_screen(PiecesScreen(pieces, full(row.sender)))

    def action_source(self) -> None:
        """What the rules say of the message, and where each comes from."""
        row = self.row_here()
        if row is not None:
            self.mss.work(self, "open-message", self._source(self.place_of(row.ref), row))

    async def _source(self, place: Place, row: Row) -> None:
        from mss_tui.tui.screens.why import WhyScreen

        reading = await self.reading_of(place, row)
        found = [*place.checker.incoming(reading, self.mss.desk.documents.facts(row.ref))]
        said = {(verdict.rule, verdict.where) for verdict in found}
        listed = place.box.entry(row).verdicts
        found += [v for v in listed if v.shows and (v.rule, v.where) not in said]
        self.mss.push_screen(WhyScreen(found, full(row.sender)))

    def action_report(self) -> None:
        """Signaler a suspicious message."""
        row = self.row_here()
        if row is not None:
            self.mss.work(self, "open-message", self._report(self.place_of(row.ref), row))

    async def _report(self, place: Place, row: Row) -> None:
        from mss_tui.services.suspect import report_on
        from mss_tui.tui.screens.suspect import SuspectScreen

        reading = await self.reading_of(place, row)
        report = report_on(reading, place.account.policy, self.mss.desk.clock.now())
        self.mss.push_screen(SuspectScreen(place, reading, report))

    def action_save(self) -> None:
        """Enregistrer hors messagerie: a piece, all of them, or the message itself."""
        row = self.row_here()
        if row is not None:
            self.mss.work(self, "save", self._save(self.place_of(row.ref), row))

    async def _save(self, place: Place, row: Row) -> None:
        from mss_tui.services.pieces import Pieces
        from mss_tui.tui.screens.pieces_saving import save_pieces

        reading = await self.reading_of(place, row)
        words = self.mss.words
        choices = [Choice(attachment_line(i, a, words), str(i)) for i, a in enumerate(reading.attachments, 1)]
        if len(choices) > 1:
            choices.append(Choice(self.mss.words(say("toutes les pièces")), "all"))
        choices.append(Choice(self.mss.words(say("le message entier (.eml)")), "eml"))
        choice = await self.mss.push_screen_wait(AskChoice(say("Enregistrer quoi ?"), choices, filtered=False))
        if choice is None:
            return
        if choice.key == "eml":
            asked = AskText(say("Dans quel dossier ? (Tab complète)"), value=f"{Path.home()}/", complete=complete_path)
            folder = await self.mss.push_screen_wait(asked)
            if folder is not None:
                saved = await place.reader.save_message(row, readable_path(folder), self.mss.desk.actor)
                self.mss.say(say("Enregistré : {path}", path=clean(str(saved))), Tone.GOOD)
            return
        pieces = Pieces(place.reader, self.mss.desk.documents.worker, reading)
        wanted = reading.attachments if choice.key == "all" else (reading.attachments[int(choice.key) - 1],)
        await save_pieces(self, pieces, wanted)

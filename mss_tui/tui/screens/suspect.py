"""Signaler un message suspect: whom to call, the technical fields to copy, the original to nobody outside."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar

from textual.binding import BindingType

from mss_tui.model.message import Reading
from mss_tui.phrase import Phrase, say
from mss_tui.services.desk import Place
from mss_tui.services.files import write_new
from mss_tui.services.suspect import Report, draft_to_support, note_report, report_text, support_words
from mss_tui.text import clean
from mss_tui.tui.actions import Scope, bindings
from mss_tui.tui.paint import Line, Tone
from mss_tui.tui.screens.ask import AskText
from mss_tui.tui.screens.page import PageScreen
from mss_tui.tui.widgets.lines import labelled, paragraph
from mss_tui.tui.widgets.paths import complete_path, readable_path


class SuspectScreen(PageScreen):
    """The report on one message."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings(Scope.SUSPECT)]

    def __init__(self, place: Place, reading: Reading, report: Report) -> None:
        super().__init__()
        self._place = place
        self._reading = reading
        self._report = report

    def heading(self) -> Phrase:
        """What it is."""
        return say("Signaler un message suspect   (Échap revient)")

    def key_hints(self) -> tuple[Scope, ...]:
        """Its own keys."""
        return (Scope.SUSPECT,)

    def lines(self, width: int) -> Sequence[Line]:
        """Whom, how, and what to give them."""
        words, report = self.mss.words, self._report
        lines = labelled(words(say("Qui")), support_words(report, self.mss.t), width, Tone.STRONG)
        lines.append(())
        steps = [
            say("N'ouvrez ni pièce ni lien, ne répondez pas ; appelez l'expéditeur par un numéro que vous connaissez."),
            say("Donnez au support les champs techniques ci-dessous : ils ne disent rien du contenu."),
            say("w écrit au support, l'original joint : son adresse est dans l'espace de confiance.")
            if report.address
            else say("L'original reste ici : aucune adresse de l'espace de confiance n'est connue pour le recevoir."),
        ]
        for step in steps:
            lines += paragraph(f"- {words(step)}", width, indent="  ")
        lines.append(())
        for part in report_text(report, self.mss.t).split("\n"):
            lines += paragraph(part, width, indent="    ")
        return lines

    def _note(self, how: str) -> None:
        note_report(self.mss.desk.journal, self.mss.desk.actor, self._place.account.address, self._reading, how)

    def action_copy(self) -> None:
        """Copy whom to tell and the technical fields: nothing in them is of a patient."""
        self._note("copie")
        text = f"{support_words(self._report, self.mss.t)}\n\n{report_text(self._report, self.mss.t)}"
        self.mss.copy_to_clipboard(text)
        if self.mss.desk.profile.clipboard:
            self.mss.say(say("Copié, au presse-papiers du terminal aussi."), Tone.GOOD)
        else:
            self.mss.say(
                say("Copié dans mss-tui seulement (Ctrl+V). Le presse-papiers du terminal demande "
                    "« clipboard = true » dans le profil ; e enregistre le texte.")
            )  # fmt: skip

    def action_save(self) -> None:
        """Enregistrer the fields as a text."""
        self.mss.work(self, "save", self._save())

    async def _save(self) -> None:
        asked = AskText(say("Dans quel dossier ? (Tab complète)"), value=f"{Path.home()}/", complete=complete_path)
        folder = await self.mss.push_screen_wait(asked)
        if folder is None:
            return
        name = f"signalement-{self._reading.row.ref.uid}.txt"
        text = f"{report_text(self._report, self.mss.t)}\n".encode()
        path = await asyncio.to_thread(write_new, readable_path(folder), name, text)
        self._note("fichier")
        self.mss.say(say("Enregistré : {path}", path=clean(str(path))), Tone.GOOD)

    def action_write(self) -> None:
        """Write to the support with the original, where the policy says that is safe."""
        if not self._report.address:
            nobody = say("Aucune adresse de l'espace de confiance n'est connue : appelez, ou prenez le portail.")
            self.mss.say(nobody, Tone.WARN)
            return
        self.mss.work(self, "write", self._write())

    async def _write(self) -> None:
        draft = await draft_to_support(self._reading, self._report, self._place.reader, self._place.account)
        self._note("message au support")
        self.mss.main.write_message(self._place, draft)

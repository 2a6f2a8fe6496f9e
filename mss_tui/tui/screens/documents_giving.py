"""A document leaves its screen: handed over to what the administrator declared, copied, read from its images."""

from __future__ import annotations

from mss_tui.mime.view import IMAGES_ONLY
from mss_tui.phrase import say
from mss_tui.services.destinations import File, content, hand_over, none_declared
from mss_tui.services.recognition import MAY_BE_WRONG, NOT_DECLARED
from mss_tui.tui.paint import Tone
from mss_tui.tui.screens.ask import AskChoice, AskYesNo, Choice
from mss_tui.tui.screens.documents_reading import DocumentsReading


class DocumentsGiving(DocumentsReading):
    """Documents of one message that are handed over, copied, recognised."""

    def action_hand_over(self) -> None:
        """Remettre: this document or all of them, to the folder or the command of a declared destination."""
        self.mss.work(self, "hand-over", self._hand_over())

    async def _hand_over(self) -> None:
        desk, words = self.mss.desk, self.mss.words
        declared = desk.profile.destinations
        if not declared:
            self.mss.say(none_declared(), Tone.WARN)
            return
        choices = []
        for number, each in enumerate(declared):
            choices.append(Choice(words(say("{name} : ce document", name=each.name)), f"{number} one"))
            if len(self.all) > 1:
                every = say("{name} : les {n} documents", name=each.name, n=len(self.all))
                choices.append(Choice(words(every), f"{number} all"))
        choice = await self.mss.push_screen_wait(AskChoice(say("Remettre à"), choices, filtered=False))
        if choice is None:
            return
        chosen, _, how_many = choice.key.partition(" ")
        to = declared[int(chosen)]
        wanted = self.all if how_many == "all" else (self.all[self.here],)
        if any(document.hash_ok is False or document.size_ok is False for _, document in wanted):
            odd = say("L'empreinte d'un document n'est pas celle que l'archive annonce. Le remettre quand même ?")
            if not await self.mss.push_screen_wait(AskYesNo(odd)):
                return
        self.mss.say(say("Remise à {name}… (Échap annule)", name=to.name))
        files: list[File] = []
        for received, document in wanted:
            octets = await desk.documents.octets(self.place.reader, received, document)
            origin = {"from": received.ref.folder, "uids": str(received.ref.uid), "part": received.source.section}
            files += await content(to, desk.documents, document, octets, origin, self.mss.t)
        said = await hand_over(to, files, desk.journal, desk.actor, self.place.account.address)
        done = say("{n} fichier(s) remis à {name}. {said}", n=len(files), name=to.name, said=said)
        self.mss.say(done, Tone.GOOD)

    def action_copy(self) -> None:
        """Copier: the text of this document."""
        self.mss.work(self, "copy", self._copy())

    async def _copy(self) -> None:
        text = await self.mss.desk.documents.text(self.document, translate=self.mss.t)
        read = [v.text for (of, _), v in self._pdfs.items() if of == self.here and MAY_BE_WRONG in v.notes]
        self.mss.copy_to_clipboard("\n\n".join([text, *(f"{self.mss.words(MAY_BE_WRONG)}\n\n{each}" for each in read)]))
        if self.mss.desk.profile.clipboard:
            self.mss.say(say("Texte copié, au presse-papiers du terminal aussi : pensez à le vider."), Tone.GOOD)
        else:
            self.mss.say(
                say("Texte copié dans mss-tui seulement (Ctrl+V). Le presse-papiers du terminal demande "
                    "« clipboard = true » dans le profil ; e enregistre le texte.")
            )  # fmt: skip

    def action_recognise(self) -> None:
        """Reconnaître: the words of PDF files made of images, by the declared command."""
        self.mss.work(self, "recognise", self._recognise())

    async def _recognise(self) -> None:
        here = self.here
        images = [place for (of, place), view in self._pdfs.items() if of == here and IMAGES_ONLY in view.notes]
        if not images:
            self.mss.say(say("Ce document n'a pas de PDF fait d'images, ou il est encore lu."))
            return
        command = self.mss.desk.profile.ocr
        if not command:
            self.mss.say(NOT_DECLARED, Tone.WARN)
            return
        self.mss.say(say("Reconnaissance de caractères… (Échap annule)"))
        for place in images:
            data = self.embedded()[place].data
            self._pdfs[here, place] = await self.mss.desk.documents.recognised(data, command, self.mss.t)
        if here == self.here:
            self.text.renew()
        self.mss.say(MAY_BE_WRONG, Tone.WARN)

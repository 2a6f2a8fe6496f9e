"""The documents of a message: read, searched, saved; one at a time, n and p between them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import ClassVar

from textual.binding import BindingType
from textual.widget import Widget

from mss_tui.mime.names import safe_name
from mss_tui.mime.view import IMAGES_ONLY, View
from mss_tui.model.document import Embedded, XdmEntry
from mss_tui.model.message import Reading
from mss_tui.phrase import say
from mss_tui.services.copies import UNLIKE, without_copy
from mss_tui.services.desk import Place
from mss_tui.services.documents import Received
from mss_tui.services.recognition import NOT_DECLARED, POSSIBLE
from mss_tui.text import clean
from mss_tui.tui.actions import Scope, bindings
from mss_tui.tui.paint import Line, Tone
from mss_tui.tui.screens.ask import AskChoice, AskText, Choice, folded
from mss_tui.tui.screens.base import MssScreen
from mss_tui.tui.screens.documents_lines import READABLE, document_lines
from mss_tui.tui.widgets.paths import complete_path, readable_path
from mss_tui.tui.widgets.picture import DocumentText
from mss_tui.tui.widgets.title import Title

_ENDS = {"application/pdf": "pdf", "text/plain": "txt", "image/jpeg": "jpg", "image/png": "png", "image/gif": "gif"}

_LONG = ("others", "picture", "hand-over", "recognise")
"""Groups of work that Échap gives up."""


class DocumentsReading(MssScreen):
    """Documents opened from one message, read, searched, saved; acts on people stand in the class built on it."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings(Scope.DOCUMENTS)]

    def __init__(self, place: Place, reading: Reading, received: tuple[Received, ...]) -> None:
        super().__init__()
        self.place = place
        self.reading = reading
        self.all: tuple[tuple[Received, XdmEntry], ...] = tuple(
            (each, document) for each in received for document in each.archive.documents
        )
        self.here = 0
        self._pdfs: dict[tuple[int, int], View] = {}
        self._words = ""
        self._shown: list[tuple[int, int]] = []
        self._page = -1
        self._received = received
        self._without_copy: tuple[XdmEntry, ...] = ()

    def body(self) -> Iterable[Widget]:
        """Heading, text."""
        yield Title(id="document-title")
        yield DocumentText(id="document")

    def on_mount(self) -> None:
        """Show the first one."""
        self.give_keys("document")
        self._show()
        if not self.mss.low_bandwidth:
            self.mss.work(self, "copies", self._compare_copies())

    async def _compare_copies(self) -> None:
        """PDF files beside an archive are compared with those inside; where one differs, its document says so."""
        self._without_copy = await without_copy(self.place.reader, self.reading, self._received)
        if self._without_copy:
            self.text.renew()

    def key_hints(self) -> tuple[Scope, ...]:
        """The keys of documents."""
        return (Scope.DOCUMENTS,)

    @property
    def text(self) -> DocumentText:
        """The pane."""
        return self.query_one("#document", DocumentText)

    @property
    def document(self) -> XdmEntry:
        """The one that is shown."""
        return self.all[self.here][1]

    def embedded(self) -> tuple[Embedded, ...]:
        """Its files."""
        return self.document.cda.embedded if self.document.cda is not None else ()

    def _show(self, *, keep_place: bool = False) -> None:
        received, document = self.all[self.here]
        who = document.cda.header.patient.label if document.cda is not None else ""
        counted = f"{self.here + 1}/{len(self.all)}"
        title = " · ".join(part for part in (counted, document.label, who) if part)
        self.query_one("#document-title", Title).put(title, clean(received.source.name, 60))
        documents = self.mss.desk.documents
        earlier = documents.replaced_by(document, received.ref)
        later = documents.replacing(document, received.ref)
        number, words = self.here, self.mss.words

        warnings = (*received.remarks, *received.archive.warnings)

        def lines(width: int) -> list[Line]:
            pdfs = {file: view for (of, file), view in self._pdfs.items() if of == number}
            unlike = (UNLIKE,) if any(document is each for each in self._without_copy) else ()
            return document_lines(document, (*warnings, *unlike), pdfs, words, width, earlier=earlier, later=later)

        self.text.show_picture(None)
        self._shown, self._page = [], -1
        self.text.show(lines, keep_place=keep_place)
        self.mss.work(self, "pdf", self._read_pdfs(number))

    async def _read_pdfs(self, number: int) -> None:
        """The words of the PDF files inside, each once; what is read meanwhile stays where it is."""
        for place, file in enumerate(self.embedded()):
            if file.media_type in READABLE and file.data and (number, place) not in self._pdfs:
                view = await self.mss.desk.documents.pdf_text(file.data)
                if IMAGES_ONLY in view.notes:
                    how = POSSIBLE if self.mss.desk.profile.ocr else NOT_DECLARED
                    view = replace(view, notes=(*view.notes, how))
                self._pdfs[number, place] = view
                if number == self.here:
                    self.text.renew()

    def action_other(self, by: int) -> None:
        """The next or the previous document."""
        there = self.here + by
        if 0 <= there < len(self.all):
            self.here = there
            self._show()
        else:
            self.mss.say(say("Pas d'autre document dans ce message."))

    # search inside

    def action_search(self) -> None:
        """Look for words; again for the next place."""
        self.mss.work(self, "ask", self._search())

    async def _search(self) -> None:
        help_line = say("Entrée : l'occurrence suivante   Échap renoncer")
        asked = AskText(say("Chercher dans ce document"), value=self._words, help_line=help_line)
        words = await self.mss.push_screen_wait(asked)
        if not words:
            return
        start = self.text.top + 1 if words == self._words else self.text.top
        self._words = words
        lines = [folded("".join(text for text, _ in line)) for line in self.text.lines]
        order = [*range(start, len(lines)), *range(min(start, len(lines)))]
        found = next((index for index in order if folded(words) in lines[index]), None)
        if found is None:
            self.mss.say(say("« {words} » n'est pas dans ce document.", words=clean(words, 60)), Tone.WARN)
            return
        self.text.scroll_lines(found - self.text.top)
        count = sum(folded(words) in line for line in lines)
        self.mss.say(say("« {words} » : {n} ligne(s). / puis Entrée : la suivante.", words=clean(words, 60), n=count))

    # pictures

    def action_preview(self) -> None:
        """The next page or image as a picture, then the text again."""
        self.mss.work(self, "picture", self._preview())

    async def _preview(self) -> None:
        pictures = [f for f in self.embedded() if f.data and (f.media_type in READABLE or "image/" in f.media_type)]
        if not pictures:
            self.mss.say(say("Ce document ne contient ni image ni PDF."))
            return
        if self.mss.low_bandwidth:
            self.mss.say(say("Aperçu coupé sur une ligne lente : e enregistre le fichier."))
            return
        index, page = self._shown[-1] if self._shown else (0, -1)
        step = (index, page + 1) if pictures[index].media_type in READABLE else (index + 1, 0)
        while step[0] < len(pictures):
            size = self.text.size
            picture = await self.mss.desk.documents.picture(pictures[step[0]], size.width - 2, size.height, step[1])
            if picture.columns:
                self._shown.append(step)
                self.text.show_picture(picture)
                self.mss.say(say("Page {n}. v : la suivante   Échap : le texte", n=step[1] + 1))
                return
            if step[1] == 0:
                for note in picture.notes[:1]:
                    self.mss.say(note, Tone.WARN)
            step = (step[0] + 1, 0)
        self._shown = []
        self.text.show_picture(None)

    # saving

    def action_save(self) -> None:
        """Enregistrer: this document, a file inside, everything, the text."""
        self.mss.work(self, "save", self._save())

    async def _save(self) -> None:
        received, document = self.all[self.here]
        words = self.mss.words
        choices = [Choice(words(say("ce document (CDA)")), "cda")] if document.file or document.cda else []
        for number, file in enumerate(self.embedded()):
            if file.data:
                inner = say("fichier {n} : {type}", n=number + 1, type=file.media_type)
                choices.append(Choice(words(inner), f"f{number}"))
        choices.append(Choice(words(say("le texte (.txt)")), "text"))
        choices.append(Choice(words(say("tout : documents et fichiers")), "all"))
        choice = await self.mss.push_screen_wait(AskChoice(say("Enregistrer quoi ?"), choices, filtered=False))
        if choice is None:
            return
        asked = AskText(say("Dans quel dossier ? (Tab complète)"), value=f"{Path.home()}/", complete=complete_path)
        folder = await self.mss.push_screen_wait(asked)
        if folder is None:
            return
        wanted = [(received, document)] if choice.key != "all" else list(self.all)
        saved = 0
        for each, one in wanted:
            for name, octets in await self._files(each, one, choice.key):
                await self.mss.desk.documents.save(
                    each, name, octets, readable_path(folder), self.mss.desk.actor, self.place.account.address
                )
                saved += 1
        self.mss.say(say("{n} fichier(s) enregistré(s) dans {folder}", n=saved, folder=clean(folder)), Tone.GOOD)

    async def _files(self, received: Received, document: XdmEntry, what: str) -> list[tuple[str, bytes]]:
        documents = self.mss.desk.documents
        stem = safe_name(document.label)[:60] or "document"
        if what == "text":
            return [(f"{stem}.txt", (await documents.text(document, translate=self.mss.t)).encode())]
        files: list[tuple[str, bytes]] = []
        if what in ("cda", "all") and (document.file or document.cda is not None):
            name = Path(document.file or received.source.name).name
            files.append((name, await documents.octets(self.place.reader, received, document)))
        for number, file in enumerate(document.cda.embedded if document.cda is not None else ()):
            if file.data and what in ("all", f"f{number}"):
                end = _ENDS.get(file.media_type.partition(";")[0].lower(), "bin")
                files.append((f"{stem}-{number + 1}.{end}", file.data))
        return files

    def action_back(self) -> None:
        """Échap: the text again, else the message."""
        busy = [w for w in self.workers if w.node is self and w.group in _LONG and w.is_running]
        for worker in busy:
            worker.cancel()
        if busy:
            self.mss.say(say("Annulé."))
        elif self.text.picture is not None:
            self._shown = []
            self.text.show_picture(None)
            self.mss.quiet()
        else:
            self.dismiss(None)

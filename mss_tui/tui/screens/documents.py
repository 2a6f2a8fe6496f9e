"""The documents of a message: read, searched, saved, answered; one at a time, n and p between them."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import ClassVar

from textual.binding import BindingType
from textual.widget import Widget

from mss_tui.documents.identity import badge
from mss_tui.mime.names import safe_name
from mss_tui.mime.view import View
from mss_tui.model.address import in_trust_space, split_named
from mss_tui.model.document import Embedded, XdmEntry
from mss_tui.model.ins import parse_ins
from mss_tui.model.message import Reading, Row
from mss_tui.phrase import Phrase, say
from mss_tui.services import composing
from mss_tui.services.box import Box
from mss_tui.services.desk import Place
from mss_tui.services.document_making import Made, envelope, make_of
from mss_tui.services.documents import Received
from mss_tui.text import clean
from mss_tui.tui.actions import Scope, bindings
from mss_tui.tui.paint import Line, Tone
from mss_tui.tui.screens.ask import AskChoice, AskText, AskYesNo, Choice, folded
from mss_tui.tui.screens.base import MssScreen
from mss_tui.tui.screens.documents_form import DocumentFormScreen, held
from mss_tui.tui.screens.documents_lines import READABLE, document_lines, patient_line
from mss_tui.tui.widgets.paths import complete_path, readable_path
from mss_tui.tui.widgets.picture import DocumentText
from mss_tui.tui.widgets.title import Title
from mss_tui.tui.wording import moment

_ENDS = {"application/pdf": "pdf", "text/plain": "txt", "image/jpeg": "jpg", "image/png": "png", "image/gif": "gif"}


class DocumentsScreen(MssScreen):
    """Documents opened from one message."""

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

    def body(self) -> Iterable[Widget]:
        """Heading, text."""
        yield Title(id="document-title")
        yield DocumentText(id="document")

    def on_mount(self) -> None:
        """Show the first one."""
        self.give_keys("document")
        self._show()

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

        def lines(width: int) -> list[Line]:
            pdfs = {file: view for (of, file), view in self._pdfs.items() if of == number}
            return document_lines(document, received.archive.warnings, pdfs, words, width, earlier=earlier, later=later)

        self.text.show_picture(None)
        self._shown, self._page = [], -1
        self.text.show(lines, keep_place=keep_place)
        self.mss.work(self, "pdf", self._read_pdfs(number))

    async def _read_pdfs(self, number: int) -> None:
        """The words of the PDF files inside, each once; what is read meanwhile stays where it is."""
        for place, file in enumerate(self.embedded()):
            if file.media_type in READABLE and file.data and (number, place) not in self._pdfs:
                self._pdfs[number, place] = await self.mss.desk.documents.pdf_text(file.data)
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

    # people

    def action_write_patient(self) -> None:
        """Écrire au patient: at the address of the document's INS."""
        self.mss.work(self, "ask", self._write_patient())

    async def _write_patient(self) -> None:
        patient = self.document.cda.header.patient if self.document.cda is not None else None
        ins = parse_ins(patient.ins) if patient is not None else None
        if patient is None or ins is None:
            self.mss.say(say("Ce document n'a pas d'INS : pas d'adresse de patient."), Tone.WARN)
            return
        if badge(patient):
            odd: Phrase = say("INS {badge} : cette adresse n'est celle de personne. Écrire quand même ?",
                              badge=badge(patient))  # fmt: skip
            if not await self.mss.push_screen_wait(AskYesNo(odd)):
                return
        elif not ins.key_matches:
            self.mss.say(say("La clé de cette INS est fausse : pas d'adresse de patient."), Tone.BAD)
            return
        self.mss.say(say("À {who}", who=patient_line(self.document)))
        self._write_to(f"{patient.label} <{ins.address}>")

    def action_reply_author(self) -> None:
        """Répondre à l'auteur: at the address in the document, else to who sent the message."""
        authors = self.document.cda.header.authors if self.document.cda is not None else ()
        extra = self.place.account.policy.extra_domains
        known = (split_named(author.address)[1] for author in authors)
        address = next((a for a in known if "@" in a and in_trust_space(a.rpartition("@")[2], extra)), "")
        draft = composing.reply(self.reading, self.place.account)
        if address:
            draft = replace(draft, to=(address,), cc=())
        else:
            self.mss.say(say("Le document ne donne pas d'adresse MSSanté de son auteur : réponse à l'expéditeur."))
        self.mss.main.write_message(self.place, draft)

    def _write_to(self, to: str) -> None:
        self.mss.main.write_message(self.place, composing.new_draft(self.place.account, to=(to,)))

    def action_make(self) -> None:
        """Make a document for this patient, a new version of this one, or ask for its deletion."""
        self.mss.work(self, "ask", self._make())

    async def _make(self) -> None:
        words, cda = self.mss.words, self.document.cda
        if cda is None:
            self.mss.say(say("Ce document n'est pas un CDA."), Tone.WARN)
            return
        choices = [
            Choice(words(say("un nouveau document pour ce patient")), "new"),
            Choice(words(say("annule et remplace ce document")), "replace"),
            Choice(words(say("demander la suppression de ce document")), "delete"),
        ]
        choice = await self.mss.push_screen_wait(AskChoice(say("Fabriquer"), choices, filtered=False))
        if choice is None:
            return
        if choice.key == "delete":
            await self._ask_deletion()
            return
        earlier = self.document if choice.key == "replace" else None
        self.mss.push_screen(DocumentFormScreen(self.place, self._made, patient=cda.header.patient, earlier=earlier))

    async def _ask_deletion(self) -> None:
        received, document = self.all[self.here]
        octets = await self.mss.desk.documents.octets(self.place.reader, received, document)
        person, address = self.mss.desk.profile.person, self.place.account.address
        class_code = document.class_code.code if document.class_code is not None else ""
        sender = envelope(person.entity or person.name, address, self.mss.desk.clock.now())
        made = await asyncio.to_thread(make_of, (octets,), sender, class_code=class_code, action="D")
        body = say(
            "Bonjour,\n\nmerci de supprimer le document « {title} » joint, envoyé par erreur.", title=document.label
        )
        self._made(made, self.mss.words(body))

    def _made(self, made: Made, body: str = "") -> None:
        """A message around what was made."""
        draft = composing.new_draft(self.place.account, subject=made.subject, body=body)
        self.mss.main.write_message(self.place, replace(draft, attachments=held(made)))
        for remark in made.remarks[:1]:
            self.mss.say(remark, Tone.WARN)

    def action_others(self) -> None:
        """Every message of this patient, in every mailbox."""
        self.mss.say(say("Recherche des messages de ce patient sur les serveurs… (Échap annule)"))
        self.mss.work(self, "others", self._others())

    async def _others(self) -> None:
        patient = self.document.cda.header.patient if self.document.cda is not None else None
        if patient is None or not (patient.ins or patient.birth_name):
            self.mss.say(say("Ce document ne nomme pas de patient."), Tone.WARN)
            return
        boxes = [place.box for place in self.mss.desk.places]
        found = await self.mss.desk.documents.of_patient(boxes, patient.ins, patient.birth_name)
        self.mss.quiet()
        choices = [Choice(self._row_line(box, row), str(index)) for index, (box, row) in enumerate(found)]
        if not choices:
            self.mss.say(say("Aucun message trouvé. Dans une archive jamais ouverte, aucun serveur ne peut chercher."))
            return
        choice = await self.mss.push_screen_wait(AskChoice(say("Messages de {who}", who=patient.label), choices))
        if choice is not None:
            box, row = found[int(choice.key)]
            place = self.mss.desk.place(box.account.id)
            self.mss.action_to_inbox()
            self.mss.main.open_elsewhere(place, row)

    def _row_line(self, box: Box, row: Row) -> str:
        return f"{moment(row.received)}  {box.account.id}/{row.ref.folder}  {row.sender.label}  {row.title}"

    def action_back(self) -> None:
        """Échap: the text again, else the message."""
        busy = [w for w in self.workers if w.node is self and w.group in ("others", "picture") and w.is_running]
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

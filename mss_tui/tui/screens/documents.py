"""The documents of a message, and what is done from them: writing to the patient or the author, making a document."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from mss_tui.documents.identity import badge
from mss_tui.model.address import in_trust_space, split_named
from mss_tui.model.ins import parse_ins
from mss_tui.model.message import Row
from mss_tui.phrase import Phrase, say
from mss_tui.services import composing
from mss_tui.services.box import Box
from mss_tui.services.document_making import Made, envelope, make_of
from mss_tui.tui.paint import Tone
from mss_tui.tui.screens.ask import AskChoice, AskYesNo, Choice
from mss_tui.tui.screens.documents_form import DocumentFormScreen, held
from mss_tui.tui.screens.documents_giving import DocumentsGiving
from mss_tui.tui.screens.documents_lines import patient_line
from mss_tui.tui.wording import moment


class DocumentsScreen(DocumentsGiving):
    """Documents opened from one message."""

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
        made = await asyncio.to_thread(
            make_of, (octets,), sender, class_code=class_code, action="D", given_format=document.format
        )
        body = say("Bonjour,\n\nmerci de supprimer le document joint : « {title} ».", title=document.label)
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

"""Documents of received messages: opened in the worker, in memory; nothing on disk but an explicit save."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Sequence
from pathlib import Path

from mss_tui.documents.facts import facts_of
from mss_tui.documents.fault import DocumentFault
from mss_tui.errors import MssError
from mss_tui.model.document import Archive, Patient, XdmEntry
from mss_tui.model.facts import DocumentFact
from mss_tui.model.ins import parse_ins
from mss_tui.model.message import Attachment, MessageRef, Reading, Row
from mss_tui.model.people import Actor
from mss_tui.phrase import Phrase, say
from mss_tui.ports.mail import Query
from mss_tui.ports.store import Journal
from mss_tui.ports.worker import BoundedWorker
from mss_tui.record import dataclass
from mss_tui.rules.xdm import plain
from mss_tui.services.attached import job_of
from mss_tui.services.box import Box
from mss_tui.services.document_files import DocumentFiles
from mss_tui.services.files import write_new
from mss_tui.services.reading import Reader
from mss_tui.text import clean

KEPT = 6
UNASKED = 3_000_000
"""Octets of an archive that is read without being asked for, so that its warnings stand in the message."""
MAX_FOUND = 100


@dataclass(frozen=True, slots=True)
class Received:
    """An archive of a received message; `source` is the attachment it came in."""

    ref: MessageRef
    source: Attachment
    archive: Archive
    remarks: tuple[Phrase, ...] = ()
    """Where the patient of a document is not the one of the message, or not as in other messages: warnings only."""

    @property
    def facts(self) -> tuple[DocumentFact, ...]:
        """What the rules may know of it."""
        kind = "xdm" if job_of(self.source.name, self.source.type) == "xdm.open" else "cda"
        return facts_of(self.archive, self.source.name, kind)


@dataclass(frozen=True, slots=True)
class Earlier:
    """A document seen before in another message."""

    ref: MessageRef
    title: str
    patient_ins: str
    birth_name: str
    ids: frozenset[str]
    replaced: str = ""


class Documents(DocumentFiles):
    """Opens, saves and finds documents for every mailbox of a desk.

    What a document replaces is looked for among those opened since the program began: nothing of a patient is kept
    beyond that.
    """

    def __init__(self, worker: BoundedWorker, journal: Journal) -> None:
        super().__init__(worker)
        self.typed: dict[str, str] = {}
        """What was typed of the structure in the last form, proposed in the next; nothing of a patient."""
        self._journal = journal
        self._kept: OrderedDict[MessageRef, tuple[Received, ...]] = OrderedDict()
        self._seen: dict[tuple[MessageRef, int], Earlier] = {}
        self._facts: dict[MessageRef, tuple[DocumentFact, ...]] = {}

    @staticmethod
    def pieces(reading: Reading) -> tuple[Attachment, ...]:
        """The attachments of a message that are archives or CDA documents."""
        found = (a for a in reading.attachments if job_of(a.name, a.type) in ("xdm.open", "cda.open"))
        zips = (a for a in reading.attachments if a.name.lower().endswith(".zip") and reading.row.has_documents)
        return tuple(dict.fromkeys((*found, *zips)))

    def facts(self, ref: MessageRef) -> tuple[DocumentFact, ...] | None:
        """What is known of a message's documents; None while they were not opened."""
        return self._facts.get(ref)

    def facts_of_row(self, row: Row) -> tuple[DocumentFact, ...] | None:
        """The same, for a row of the list."""
        return self._facts.get(row.ref)

    async def open(self, reader: Reader, reading: Reading, *, unasked: bool = False) -> tuple[Received, ...]:
        """Every archive of a message. With `unasked`, large ones are left for later and nothing is raised.

        Raises:
            DocumentFault: none of them can be read; the sentence is that of the first.
            MssError: the message cannot be fetched.
        """
        ref = reading.row.ref
        if ref in self._kept:
            self._kept.move_to_end(ref)
            return self._kept[ref]
        pieces = self.pieces(reading)
        if unasked and (not pieces or sum(piece.size for piece in pieces) > UNASKED):
            return ()
        opened: list[Received] = []
        fault: MssError | None = None
        for piece in pieces:
            try:
                data = await reader.octets(ref, piece.section)
                archive = await self.read(data, piece.name, piece.type)
                opened.append(Received(ref, piece, archive, self._remarks(archive, reading.row)))
            except MssError as error:
                if not isinstance(error, DocumentFault) and not unasked:
                    raise
                fault = fault or error
        if fault is not None and not opened:
            if unasked:
                return ()
            raise fault
        self._keep(ref, tuple(opened))
        return tuple(opened)

    def _keep(self, ref: MessageRef, opened: tuple[Received, ...]) -> None:
        self._kept[ref] = opened
        while len(self._kept) > KEPT:
            self._kept.popitem(last=False)
        self._facts[ref] = tuple(fact for received in opened for fact in received.facts)
        documents = [d for received in opened for d in received.archive.documents]
        for number, document in enumerate(documents):
            patient = document.cda.header.patient if document.cda is not None else Patient()
            self._seen[ref, number] = Earlier(
                ref, document.label, patient.ins, patient.birth_name, document.ids, document.replaced
            )

    def _remarks(self, archive: Archive, row: Row) -> tuple[Phrase, ...]:
        """Where documents and the message around them disagree (ECO.2.1.2: the documents say who the patient is)."""
        patients = [d.cda.header.patient for d in archive.documents if d.cda is not None]
        named, sender = row.named_patient, parse_ins(row.sender.address.partition("@")[0])
        found: list[Phrase] = []
        for patient in patients[:1]:
            known = {_folded(patient.birth_name), _folded(patient.used_name)} - {""}
            if named is not None and known and _folded(named.family) not in known:
                found.append(
                    say("L'objet nomme {named}, le document {who}.", named=named.label, who=clean(patient.label, 80))
                )
            if sender is not None and patient.ins and str(sender) != patient.ins:
                found.append(say("Le patient qui écrit n'est pas celui du document : les deux INS diffèrent."))
            others = (e for e in self._seen.values() if e.ref != row.ref and e.birth_name)
            same = [e for e in others if patient.ins and e.patient_ins == patient.ins]
            odd = next((e for e in same if _folded(e.birth_name) not in known), None)
            if odd is not None:
                name = clean(odd.birth_name, 80)
                found.append(
                    say("La même INS porte un autre nom, {name}, dans le message {ref}.", name=name, ref=odd.ref.short)
                )
        return tuple(found)

    def replaced_by(self, document: XdmEntry, ref: MessageRef) -> Earlier | None:
        """The document received before, among those opened, that this one replaces or asks to delete."""
        wanted = {document.replaced} if document.replaced else set(document.ids if document.action == "D" else ())
        return next((e for e in self._seen.values() if e.ref != ref and wanted & e.ids), None)

    def replacing(self, document: XdmEntry, ref: MessageRef) -> Earlier | None:
        """A document opened since that says it replaces this one."""
        return next(
            (e for e in self._seen.values() if e.ref != ref and e.replaced and e.replaced in document.ids), None
        )

    async def octets(self, reader: Reader, received: Received, document: XdmEntry) -> bytes:
        """A document byte for byte as it came.

        Raises:
            NotFound: the archive has no file for it.
        """
        data = await reader.octets(received.ref, received.source.section)
        return await self.file(data, received.source.name, document)

    async def save(
        self, received: Received, name: str, octets: bytes, folder: Path, actor: Actor, mailbox: str
    ) -> Path:
        """Save a file of a document in `folder`, 0600, under its cleaned name; an existing file is never touched.

        Raises:
            UsageError: the folder cannot be written to.
        """
        details = {
            "from": received.ref.folder,
            "uids": str(received.ref.uid),
            "part": received.source.section,
            "octets": str(len(octets)),
        }
        self._journal.write(actor, mailbox, "save", "intent", **details)
        try:
            path = await asyncio.to_thread(write_new, folder, clean(name), octets)
        except MssError as error:
            self._journal.write(actor, mailbox, "save", "failed", **details, error=type(error).__name__)
            raise
        self._journal.write(actor, mailbox, "save", "done", **details)
        return path

    async def of_patient(self, boxes: Sequence[Box], ins: str, birth_name: str = "") -> tuple[tuple[Box, Row], ...]:
        """Messages that concern a patient, newest first: whose text or address has the INS, whose subject as an
        archive's names them, whose documents were opened.

        A mailbox that cannot be reached now is left out; what is inside an archive that was never opened no server
        can search.
        """
        found: list[tuple[Box, Row]] = []
        for box in boxes:
            try:
                found += await self._of_patient(box, ins, birth_name)
            except MssError:
                continue
        return tuple(sorted(found, key=lambda pair: pair[1].received, reverse=True)[:MAX_FOUND])

    async def _of_patient(self, box: Box, ins: str, birth_name: str) -> list[tuple[Box, Row]]:
        found: list[tuple[Box, Row]] = []
        for folder in await box.folders():
            if not folder.selectable:
                continue
            known = [e.ref for e in self._seen.values() if e.patient_ins == ins]
            uids = {r.uid for r in known if (r.account, r.folder) == (box.account.id, folder.name)}
            surely = set(uids)
            surely |= set((await box.mail.search(folder.name, Query(text=ins))).uids) if ins else set()
            named = set((await box.mail.search(folder.name, Query(subject=birth_name))).uids) if birth_name else set()
            rows = await box.mail.rows_of(folder.name, sorted(surely | named, reverse=True)[:MAX_FOUND])
            for row in rows:
                patient = row.named_patient
                same = patient is not None and _folded(patient.family) == _folded(birth_name)
                if row.ref.uid in surely or same:
                    found.append((box, row))
        return found

    def forget(self) -> None:
        """Drop everything kept in memory (lock, log-out)."""
        self._kept.clear()
        self._seen.clear()
        self._facts.clear()


def _folded(name: str) -> str:
    return plain(name).casefold().replace("-", " ").strip()

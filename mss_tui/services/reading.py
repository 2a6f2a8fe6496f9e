"""Opening messages: header and structure from the server, the text through the bounded worker, attachments on demand.

What was opened lately is kept in memory, by reference (UIDVALIDITY and UID), so that the next message costs no round
trip when it was fetched ahead. Nothing is written anywhere but an attachment that a person saves.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from mss_tui.errors import DeadlinePassed, InternalError, MssError, NotFound
from mss_tui.mime.choose import attachments, structure_notes
from mss_tui.mime.header import parse_mailboxes, split_header
from mss_tui.mime.transfer import decode_transfer
from mss_tui.mime.view import MAX_OCTETS, Step, View, plan, raw_view, shown_headers
from mss_tui.model.message import SEEN, Attachment, MessageRef, Part, Reading, Row
from mss_tui.model.people import Actor
from mss_tui.phrase import Phrase, say
from mss_tui.ports.mail import Fetched
from mss_tui.ports.store import Journal
from mss_tui.ports.worker import BoundedWorker
from mss_tui.services.box import Box
from mss_tui.services.files import write_new
from mss_tui.text import DisplayText, clean

KEPT = 30
RAW_OCTETS = 300_000
SECONDS = 2.0
ATTACHMENT_OCTETS = 100_000_000


class Reader:
    """Reads the messages of one mailbox."""

    def __init__(self, box: Box, worker: BoundedWorker, journal: Journal) -> None:
        self._box = box
        self._worker = worker
        self._journal = journal
        self._kept: OrderedDict[MessageRef, Reading] = OrderedDict()
        self._structures: dict[MessageRef, Part] = {}
        self._ahead: asyncio.Task[None] | None = None

    async def open(self, row: Row, actor: Actor, *, mark: bool = True) -> Reading:
        """The message of a row; with `mark` it is then read for everyone who sees this mailbox.

        Raises:
            NotFound: it is gone.
        """
        ref = row.ref
        details = {"from": ref.folder, "uids": str(ref.uid), "message_id": clean(row.message_id, 200)}
        self._journal.write(actor, self._box.account.address, "read", "intent", **details)
        reading = await self._reading(row)
        if mark and not row.seen:
            flags = await self._box.mail.flag([ref], [SEEN])
            reading = self._keep(replace(reading, row=replace(reading.row, flags=_flags(flags, ref, row))))
        self._journal.write(actor, self._box.account.address, "read", "done", **details)
        return reading

    async def row(self, ref: MessageRef) -> Row:
        """The row of a reference.

        Raises:
            NotFound: it is gone.
        """
        rows = await self._box.mail.rows_of(ref.folder, [ref.uid])
        if not rows or rows[0].ref != ref:
            raise NotFound(
                say("Le message {ref} n'est plus dans « {folder} ».", ref=ref.short, folder=clean(ref.folder)),
                remedy=say("Relisez la liste (à la ligne de commande : « mss-tui inbox »)."),
            )
        return rows[0]

    async def peek(self, row: Row) -> Reading:
        """The message of a row for the program's own use: nobody reads it, nothing is marked or noted."""
        return await self._reading(row)

    async def _reading(self, row: Row) -> Reading:
        kept = self._kept.get(row.ref)
        if kept is not None:
            self._kept.move_to_end(row.ref)
            return self._keep(replace(kept, row=replace(row, senders=kept.row.senders)))
        return self._keep(await self._read(row))

    def _keep(self, reading: Reading) -> Reading:
        self._kept[reading.row.ref] = reading
        while len(self._kept) > KEPT:
            old, _ = self._kept.popitem(last=False)
            self._structures.pop(old, None)
        return reading

    async def _read(self, row: Row) -> Reading:
        fetched = await self._box.mail.fetch(row.ref, text=True)
        self._structures[row.ref] = fetched.structure
        view = await self._view(fetched)
        fields = dict(split_header(fetched.header))
        senders = sum(len(parse_mailboxes(v)) for n, v in split_header(fetched.header) if n == "from")
        return Reading(
            row=replace(row, senders=max(row.senders, senders)),
            headers=shown_headers(fetched.header),
            text=view.text,
            attachments=attachments(fetched.structure),
            quoted_from=view.quoted_from,
            references=_message_ids(fields.get("references", b"")),
            return_path=clean(_text(fields.get("return-path", b"")).strip("<> "), 254),
            notes=(*structure_notes(fetched.structure), *view.notes),
        )

    async def _view(self, fetched: Fetched) -> View:
        step = plan(fetched.structure)
        if step is None:
            return View(DisplayText(""))
        notes: tuple[Phrase, ...] = ()
        while True:
            octets = [await self._octets_of(fetched, section) for section in step.sections]
            try:
                view = await self._worker.run(step.job, View, b"".join(octets), step.options(octets), seconds=SECONDS)
            except (DeadlinePassed, InternalError) as error:
                simpler = step.simpler()
                if simpler is None:
                    raw = say("{what} Vue brute : les octets tels qu'ils sont.", what=error.what)
                    return View(self._plain(step, octets), notes=(raw,))
                notes = (say("{what} Seul le texte simple est montré.", what=error.what),)
                step = simpler
                continue
            return replace(view, notes=view.notes + notes)

    async def _octets_of(self, fetched: Fetched, section: str) -> bytes:
        if fetched.first is not None and section == "1":
            return fetched.first
        return await self._box.mail.section(fetched.row.ref, section, MAX_OCTETS)

    def _plain(self, step: Step, octets: Sequence[bytes]) -> DisplayText:
        """The octets as they are: what is left when nothing else reads them in time."""
        encoding = str(step.options(octets).get("encoding", ""))
        return raw_view(decode_transfer(octets[0][:RAW_OCTETS], encoding), RAW_OCTETS)

    def prefetch(self, rows: Sequence[Row]) -> None:
        """Fetch these messages ahead, in this order, unless someone asks for something else meanwhile."""
        if self._ahead is not None:
            self._ahead.cancel()
        wanted = [row for row in rows if row.ref not in self._kept]
        self._ahead = asyncio.create_task(self._fetch_ahead(wanted)) if wanted else None

    async def _fetch_ahead(self, rows: Sequence[Row]) -> None:
        for row in rows:
            try:
                await self._reading(row)
            except MssError:
                return

    async def raw(self, ref: MessageRef) -> DisplayText:
        """The message as it is on the server, its beginning where it is long; only made safe to show."""
        octets = await self._box.mail.section(ref, "", RAW_OCTETS)
        text = raw_view(octets, RAW_OCTETS)
        if len(octets) >= RAW_OCTETS:
            return DisplayText(f"{text}\n[…]")
        return text

    async def octets(self, ref: MessageRef, section: str, watch: Callable[[int], None] | None = None) -> bytes:
        """The octets of a part, decoded; of the whole message, as it is, when `section` is empty.

        `watch` is told about how many octets, decoded, have come; what is cancelled stops there.

        Raises:
            NotFound: the message has no such part.
            InternalError: it is larger than anything an operator carries.
        """
        encoding = (await self.part(ref, section)).encoding if section else ""
        chunks: list[bytes] = []
        size = 0
        async for chunk in self._box.mail.stream(ref, section):
            size += len(chunk)
            if size > ATTACHMENT_OCTETS:
                raise InternalError(
                    say("Cette pièce dépasse {mo} Mo.", mo=ATTACHMENT_OCTETS // 1_000_000),
                    meaning=say("Elle n'a pas été enregistrée."),
                )
            chunks.append(chunk)
            if watch is not None:
                watch(size * 57 // 78 if encoding.lower() == "base64" else size)
        whole = b"".join(chunks)
        if not section:
            return whole
        return await asyncio.to_thread(decode_transfer, whole, encoding)

    async def beginning(self, ref: MessageRef, section: str, octets: int) -> bytes:
        """The first octets of a part as encoded, about `octets` of them."""
        return await self._box.mail.section(ref, section, octets)

    async def part(self, ref: MessageRef, section: str) -> Part:
        """What the structure says of a part.

        Raises:
            NotFound: the message has no such part.
        """
        structure = self._structures.get(ref)
        if structure is None:
            structure = (await self._box.mail.fetch(ref)).structure
            self._structures[ref] = structure
        for leaf in structure.leaves():
            if (leaf.section or "1") == section:
                return leaf
        raise NotFound(
            say("Le message {ref} n'a pas de pièce {section}.", ref=ref.short, section=clean(section, 40)),
            remedy=say("« mss-tui read {ref} » les montre.", ref=ref.short),
        )

    def learned(self, reading: Reading) -> None:
        """More is known of a message that is kept."""
        if reading.row.ref in self._kept:
            self._kept[reading.row.ref] = reading

    async def save(
        self,
        ref: MessageRef,
        attachment: Attachment,
        folder: Path,
        actor: Actor,
        watch: Callable[[int], None] | None = None,
    ) -> Path:
        """Save an attachment in `folder`, 0600, under its cleaned name; an existing file is never touched.

        Raises:
            UsageError: the folder cannot be written to.
        """
        octets = await self.octets(ref, attachment.section, watch)
        return await self._save(ref, octets, attachment.name, folder, actor, attachment.section)

    async def save_message(self, row: Row, folder: Path, actor: Actor) -> Path:
        """Enregistrer a message outside the messagerie, as .eml, byte for byte (faq 8)."""
        octets = await self.octets(row.ref, "")
        name = f"{row.received:%Y%m%d-%H%M}-{row.ref.uid}.eml"
        return await self._save(row.ref, octets, clean(name), folder, actor, "")

    async def _save(
        self, ref: MessageRef, octets: bytes, name: DisplayText, folder: Path, actor: Actor, section: str
    ) -> Path:
        details = {"from": ref.folder, "uids": str(ref.uid), "part": section or "message", "octets": str(len(octets))}
        self._journal.write(actor, self._box.account.address, "save", "intent", **details)
        try:
            path = await asyncio.to_thread(write_new, folder, name, octets)
        except MssError as error:
            self._journal.write(
                actor, self._box.account.address, "save", "failed", **details, error=type(error).__name__
            )
            raise
        self._journal.write(actor, self._box.account.address, "save", "done", **details)
        return path

    def forget(self) -> None:
        """Drop everything kept in memory (lock, log-out, UIDVALIDITY change)."""
        if self._ahead is not None:
            self._ahead.cancel()
        self._kept.clear()
        self._structures.clear()


def _flags(flags: Sequence[tuple[MessageRef, frozenset[str]]], ref: MessageRef, row: Row) -> frozenset[str]:
    return next((now for changed, now in flags if changed == ref), row.flags | {SEEN})


def _text(raw: bytes) -> str:
    return raw.decode("ascii", "replace")


def _message_ids(raw: bytes) -> tuple[str, ...]:
    """Message-IDs of a References field, the newest fifty."""
    found = [word for word in _text(raw).replace(">", "> ").split() if word.startswith("<") and word.endswith(">")]
    return tuple(clean(word, 500) for word in found[-50:])

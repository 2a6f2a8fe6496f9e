"""The pieces of an opened message: what speaks against each, shown inline, saved one by one or all (security.md P17).

Nothing of a piece is ever run, and nothing is written but the file that a person asks for, under the name and in the
folder it then has. What is shown is read in the bounded worker.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path

from mss_tui.errors import MssError
from mss_tui.mime.kinds import FIRST, extension, preview_job, suspicions
from mss_tui.mime.macros import MOST, Macros, may_hold_macros
from mss_tui.mime.picture import Preview
from mss_tui.mime.sniff import image_for_image, is_encrypted, past_blanks, sniffed_type
from mss_tui.mime.transfer import decode_transfer
from mss_tui.mime.view import MAX_OCTETS, View, part_options
from mss_tui.model.message import Attachment, Reading
from mss_tui.model.people import Actor
from mss_tui.phrase import Phrase, say
from mss_tui.ports.worker import BoundedWorker
from mss_tui.record import dataclass
from mss_tui.rules.filetypes import Danger, danger
from mss_tui.services.reading import Reader
from mss_tui.text import DisplayText, clean

SECONDS = 10.0
LOOKED_AT = 30
"""Pieces whose first octets are fetched without being asked for."""
GLANCE = 300_000
"""Octets of an office document that is looked into without being asked for."""
AT_HAND = 20_000_000
"""Octets of a piece that are kept while its message is looked at."""
_TEXTS = ("text", "html", "csv")

_DOUBTS: dict[Danger, Phrase] = {
    Danger.RUNS: say("fichier exécutable, script ou document à macros"),
    Danger.DISGUISED: say("fichier qui se fait passer pour un autre"),
    Danger.ENCRYPTED: say("archive ou document chiffré : rien ne peut en être vérifié"),
}

Watch = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Shown:
    """A piece as it is shown: its words, or a picture where it has none."""

    view: View
    picture: Preview | None = None


class Pieces:
    """The pieces of one message. `reading` grows with what is learned of them."""

    def __init__(self, reader: Reader, worker: BoundedWorker, reading: Reading) -> None:
        self._reader = reader
        self._worker = worker
        self.reading = reading
        self._first: dict[str, bytes] = {}
        self._macros: dict[str, bool] = {}
        self._octets: tuple[str, bytes] = ("", b"")

    async def learn(self) -> Reading:
        """Fetch the first octets of the pieces, in one flight, and say what they are; what cannot be fetched now stays
        unknown. Short office documents are looked into for macros.
        """
        listed = self.reading.attachments[:LOOKED_AT]
        await asyncio.gather(*(self._look(a) for a in listed if a.section not in self._first))
        return await self._learned([a for a in listed if a.size <= GLANCE])

    async def examine(self, wanted: Iterable[Attachment]) -> Reading:
        """All that speaks against some pieces, before they are read here or saved: longer documents are looked into."""
        await self.learn()
        return await self._learned([a for a in wanted if a.size <= MOST])

    async def _learned(self, documents: Iterable[Attachment]) -> Reading:
        for piece in documents:
            await self._look_into(piece)
        looked = tuple(self._described(a) for a in self.reading.attachments)
        if looked != self.reading.attachments:
            self.reading = replace(self.reading, attachments=looked)
            self._reader.learned(self.reading)
        return self.reading

    async def _look(self, piece: Attachment) -> None:
        try:
            part = await self._reader.part(self.reading.row.ref, piece.section)
            data = await self._reader.beginning(self.reading.row.ref, piece.section, 2 * FIRST)
        except MssError:
            return
        self._first[piece.section] = decode_transfer(data, part.encoding)[:FIRST]

    async def _look_into(self, piece: Attachment) -> None:
        first = self._first.get(piece.section, b"")
        if piece.section in self._macros or not may_hold_macros(piece.name, first):
            return
        try:
            data = await self._whole(piece)
            self._macros[piece.section] = (await self._worker.run("macros", Macros, data, seconds=SECONDS)).found
        except MssError:
            return

    def _described(self, piece: Attachment) -> Attachment:
        piece = replace(piece, macros=self._macros.get(piece.section, piece.macros))
        first = self._first.get(piece.section)
        if first is None:
            return piece
        sniffed = "" if image_for_image(piece.name, first) else sniffed_type(first)
        return replace(piece, sniffed=sniffed, encrypted=is_encrypted(piece.name, first))

    def doubts(self, piece: Attachment) -> tuple[Phrase, ...]:
        """Why a person must say yes before this piece is opened or saved; nothing when nothing speaks against it."""
        piece = self._described(piece)
        first = past_blanks(self._first.get(piece.section, b""))
        found = suspicions(piece.name, piece.type, b"" if image_for_image(piece.name, first) else first)
        kind = danger(piece.name, piece.type, piece.sniffed, piece.encrypted, piece.macros)
        if kind is Danger.ENCRYPTED or (kind is not Danger.NONE and not found):
            return (*found, say("« {name} » : {doubt}.", name=clean(piece.name, 120), doubt=_DOUBTS[kind]))
        return found

    def held(self, pieces: Iterable[Attachment]) -> tuple[Attachment, ...]:
        """Those of `pieces` that wait for a yes."""
        return tuple(piece for piece in pieces if self.doubts(piece))

    # shown

    async def show(self, piece: Attachment, columns: int, rows: int, watch: Watch | None = None) -> Shown:
        """A piece on the screen: its words, a table, the pages of a PDF, the message inside, a picture.

        Raises:
            DeadlinePassed, InternalError: it is too complex to be read; it can only be saved.
            NotFound: the message has no such piece.
        """
        job = preview_job(piece)
        ref = self.reading.row.ref
        if job is None:
            return Shown(View(DisplayText(""), notes=(say("Aucune vue pour ce type de fichier : e l'enregistre."),)))
        if job in _TEXTS:
            part = await self._reader.part(ref, piece.section)
            options = part_options(part)
            if extension(piece.name) == "ics":
                options |= {"type": "text/calendar"}
            data = await self._reader.beginning(ref, piece.section, MAX_OCTETS)
            return Shown(await self._worker.run(job, View, data, options, seconds=SECONDS))
        data = await self._whole(piece, watch)
        if job == "image":
            picture = await self._picture(job, data, columns, rows, 0)
            return Shown(View(DisplayText(""), notes=picture.notes), picture if picture.columns else None)
        return Shown(await self._worker.run(job, View, data, seconds=SECONDS))

    async def page(self, piece: Attachment, columns: int, rows: int, page: int) -> Preview | None:
        """A page of a PDF (from 0), or the image, as half blocks; None where there is none."""
        job = preview_job(piece)
        if job not in ("pdf", "image") or (job == "image" and page):
            return None
        data = await self._whole(piece)
        picture = await self._picture("pdf_page" if job == "pdf" else job, data, columns, rows, page)
        return picture if picture.columns else None

    async def _picture(self, job: str, data: bytes, columns: int, rows: int, page: int) -> Preview:
        options: dict[str, str | int] = {"columns": columns, "rows": rows, "page": page}
        return await self._worker.run(job, Preview, data, options, seconds=SECONDS)

    async def _whole(self, piece: Attachment, watch: Watch | None = None) -> bytes:
        """The octets of a piece; those of the last one asked for are at hand."""
        if self._octets[0] == piece.section:
            return self._octets[1]
        data = await self._reader.octets(self.reading.row.ref, piece.section, watch)
        self._octets = (piece.section, data) if len(data) <= AT_HAND else ("", b"")
        return data

    # saved

    async def save(self, piece: Attachment, folder: Path, actor: Actor, watch: Watch | None = None) -> Path:
        """Save a piece in `folder`, 0600, under its cleaned name; an existing file is never touched.

        Raises:
            UsageError: the folder cannot be written to.
        """
        return await self._reader.save(self.reading.row.ref, piece, folder, actor, watch)

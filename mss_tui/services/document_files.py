"""Archives and CDA documents whose octets are at hand: read, checked, taken apart in the bounded worker."""

from __future__ import annotations

from collections.abc import Sequence

from mss_tui.documents.answers import Checked, FileOctets, Opened
from mss_tui.documents.text import as_text
from mss_tui.errors import NotFound
from mss_tui.mime.picture import Preview
from mss_tui.mime.view import IMAGES_ONLY, View
from mss_tui.model.document import Archive, Embedded, XdmEntry
from mss_tui.phrase import Translate, say
from mss_tui.ports.worker import BoundedWorker
from mss_tui.services.attached import job_of
from mss_tui.text import clean_lines

SECONDS = 10.0
EXPORT_WIDTH = 80


class DocumentFiles:
    """Reads documents; nothing is kept, nothing is written."""

    def __init__(self, worker: BoundedWorker) -> None:
        self._worker = worker

    @property
    def worker(self) -> BoundedWorker:
        """What reads hostile octets."""
        return self._worker

    async def read(self, data: bytes, name: str, media_type: str = "") -> Archive:
        """The documents of an archive, or of a CDA alone: told by its first octets where the name says neither.

        Raises:
            DocumentFault: they cannot be read.
        """
        opened = await self._worker.run(_job(data, name, media_type), Opened, data, {"name": name}, seconds=SECONDS)
        return opened.result()

    async def check(self, data: bytes) -> Checked:
        """What is wrong with an archive that is to leave."""
        return await self._worker.run("xdm.check", Checked, data, seconds=SECONDS)

    async def file(self, data: bytes, name: str, document: XdmEntry) -> bytes:
        """A document of the archive whose octets are `data`, byte for byte; `data` itself where that is one document.

        Raises:
            NotFound: the archive has no file for it.
        """
        if _job(data, name, "") == "cda.open":
            return data
        found = await self._worker.run("xdm.file", FileOctets, data, {"name": document.file}, seconds=SECONDS)
        if found.data is None:
            raise NotFound(say("« {name} » n'est pas dans l'archive.", name=document.label))
        return found.data

    async def pdf_text(self, data: bytes) -> View:
        """The words of a PDF, page by page; its notes say when it is made of images."""
        return await self._worker.run("pdf", View, data, seconds=SECONDS)

    async def picture(self, file: Embedded, columns: int, rows: int, page: int = 0) -> Preview:
        """A page of a PDF, or an image, as half blocks."""
        options: dict[str, str | int] = {"columns": columns, "rows": rows, "page": page}
        job = "pdf_page" if file.media_type == "application/pdf" else "image"
        return await self._worker.run(job, Preview, file.data, options, seconds=SECONDS)

    async def recognised(self, data: bytes, command: Sequence[str], translate: Translate = str) -> View:
        """The words of a PDF made of images, as the command that the administrator declared reads them."""
        from mss_tui.services.recognition import recognise

        return await recognise(self._worker, data, command, translate)

    async def text(
        self, document: XdmEntry, width: int = EXPORT_WIDTH, translate: Translate = str, *, ocr: Sequence[str] = ()
    ) -> str:
        """A document as text, the words of its PDF files below it; with `ocr`, those of their images too."""
        parts: list[str] = [as_text(document, width, translate)]
        for file in document.cda.embedded if document.cda is not None else ():
            if file.media_type == "application/pdf" and file.data:
                view = await self.pdf_text(file.data)
                if ocr and IMAGES_ONLY in view.notes:
                    view = await self.recognised(file.data, ocr, translate)
                notes = (note.render(translate) for note in view.notes)
                parts.append(clean_lines("\n".join([view.text, *notes]).strip("\n")))
        return "\n\n".join(part for part in parts if part)


def _job(data: bytes, name: str, media_type: str) -> str:
    if data.startswith(b"PK"):
        return "xdm.open"
    if data.lstrip(b"\xef\xbb\xbf\xff\xfe\x00 \t\r\n").startswith(b"<"):
        return "cda.open"
    return "cda.open" if job_of(name, media_type) == "cda.open" else "xdm.open"

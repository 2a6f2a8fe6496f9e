"""Is the PDF beside an archive the one inside its level 1 document (ECO.2.1.5)? A warning, never a refusal."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from mss_tui.model.document import Level, XdmEntry
from mss_tui.model.message import Reading
from mss_tui.phrase import say
from mss_tui.services.attached import job_of
from mss_tui.services.documents import Received
from mss_tui.services.reading import Reader

MOST = 10
"""PDF files that are compared, and their octets below."""
MOST_OCTETS = 30_000_000

UNLIKE = say("Aucun PDF joint au message n'est identique à celui de ce document : fiez-vous au document.")


async def without_copy(reader: Reader, reading: Reading, received: Sequence[Received]) -> tuple[XdmEntry, ...]:
    """The level 1 documents whose PDF is not among those attached to the message; none where no PDF is attached.

    Raises:
        MssError: an attachment cannot be fetched.
    """
    documents = [d for each in received for d in each.archive.documents if _pdf(d)]
    beside = [a for a in reading.attachments if job_of(a.name, a.type) == "pdf"]
    if not documents or not beside or len(beside) > MOST or sum(a.size for a in beside) > MOST_OCTETS:
        return ()
    there = {_digest(await reader.octets(reading.row.ref, attachment.section)) for attachment in beside}
    return tuple(d for d in documents if _digest(_pdf(d)) not in there)


def _pdf(document: XdmEntry) -> bytes:
    """The PDF that is a level 1 document's body; empty where it has none."""
    if document.cda is None or document.cda.header.level is not Level.N1:
        return b""
    return next((f.data for f in document.cda.embedded if f.media_type == "application/pdf"), b"")


def _digest(octets: bytes) -> bytes:
    return hashlib.sha256(octets).digest()

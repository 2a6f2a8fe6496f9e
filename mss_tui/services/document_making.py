"""A message's documents made here: archive, PDF copy, subject and X-MSS fields, from a PDF and a form or ready CDAs."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime

from mss_tui.documents.build import ARCHIVE_NAME, Envelope, archive
from mss_tui.documents.build_cda import cda_of_pdf
from mss_tui.documents.build_metadata import described
from mss_tui.documents.facts import claims_pdf_a, facts_of
from mss_tui.documents.form import DocumentForm
from mss_tui.documents.xdm import read_xdm
from mss_tui.errors import UsageError
from mss_tui.model.document import Coded, Identifier, Level, XdmEntry
from mss_tui.phrase import Phrase, say
from mss_tui.record import dataclass
from mss_tui.rules.xdm import PREFIX, headers_of, pdf_name_of, subject_of

PRODUCT = "mss-tui"
REPLACES = "[Annule et remplace] "
"""After the prefix, where receivers sort by it (mssante-client.md §2.2)."""


@dataclass(frozen=True, slots=True)
class Made:
    """What goes into a message: the archive, its PDF copies by name, the subject, the X-MSS fields; and remarks."""

    archive: bytes
    copies: tuple[tuple[str, bytes], ...]
    subject: str
    headers: tuple[tuple[str, str], ...]
    remarks: tuple[Phrase, ...] = ()
    name: str = ARCHIVE_NAME


def new_oid() -> str:
    """An OID of its own for a document or a submission (X.667: 2.25 and a random UUID)."""
    return f"2.25.{uuid.uuid4().int}"


def envelope(institution: str, address: str, now: datetime) -> Envelope:
    """Who sends: the source is the sending mailbox, always the same OID for the same address."""
    source = f"2.25.{uuid.uuid5(uuid.NAMESPACE_DNS, address.lower()).int}"
    return Envelope(institution, address, PRODUCT, source, new_oid(), now)


def make(form: DocumentForm, pdf: bytes, sender: Envelope, *, class_code: str = "") -> Made:
    """The documents of a message around a PDF.

    Raises:
        UsageError: something is missing from the form; the sentence names it.
    """
    content = cda_of_pdf(form, pdf)
    return make_of((content,), sender, class_code=class_code, action="C" if form.replaces is not None else "")


def make_of(
    contents: Sequence[bytes],
    sender: Envelope,
    *,
    class_code: str = "",
    action: str = "",
    given_format: Coded | None = None,
) -> Made:
    """The documents of a message from ready CDAs. `action`: "C" replaces, "D" asks for deletion.

    `given_format`: that of the METADATA they came with.

    Raises:
        UsageError: they are no CDA, concern several patients, or lack what METADATA must say.
    """
    packed = archive(
        [described(c, class_code=class_code, action=action, given_format=given_format) for c in contents], sender
    )
    read = read_xdm(packed)
    facts = facts_of(read, ARCHIVE_NAME)
    copies: list[tuple[str, bytes]] = []
    remarks: list[Phrase] = []
    for document, fact in zip(read.documents, facts, strict=True):
        pdf = _pdf_of(document)
        if pdf is None:
            remarks.append(say("« {title} » n'a pas de PDF : joignez-en la copie.", title=document.label))
            continue
        copies.append((pdf_name_of(fact) or "document.pdf", pdf))
        if claims_pdf_a(pdf) is False:
            remarks.append(say("« {title} » : le PDF ne se déclare pas PDF/A-1.", title=document.label))
    if action != "D" and any(d.cda and d.cda.header.replaces for d in read.documents):
        action = "C"
    subject = subject_of(facts)
    if action == "C":
        subject = subject.replace(PREFIX, PREFIX + REPLACES, 1)
    return Made(packed, tuple(copies), subject, tuple(headers_of(facts).items()), tuple(remarks))


def _pdf_of(document: XdmEntry) -> bytes | None:
    """The PDF of a level 1 document; that of a level 3 one is an annexe of it, never its copy."""
    if document.cda is None or document.cda.header.level is not Level.N1:
        return None
    return next((f.data for f in document.cda.embedded if f.media_type == "application/pdf" and f.data), None)


def next_version(earlier: XdmEntry) -> tuple[Identifier, Identifier, int]:
    """What a new version says of the one before: the id it replaces, the set both are of, its number.

    Raises:
        UsageError: the earlier document has no identifier.
    """
    header = earlier.cda.header if earlier.cda is not None else None
    if header is None or header.id is None:
        raise UsageError(
            say("Le document à remplacer n'a pas d'identifiant."), remedy=say("Envoyez le nouveau sans remplacement.")
        )
    number = int(header.version) if header.version.isascii() and header.version.isdigit() else 1
    return header.id, header.set_id or header.id, number + 1

"""A document as lines: the panel in French, what is worth a warning, the narrative, the files it holds."""

from __future__ import annotations

from collections.abc import Mapping

from mss_tui.documents.identity import identity_status
from mss_tui.documents.layout import lay_out
from mss_tui.documents.text import LABEL, panel, plain_text
from mss_tui.documents.wording import day
from mss_tui.mime.view import View
from mss_tui.model.document import Embedded, XdmEntry
from mss_tui.phrase import Phrase, say
from mss_tui.services.documents import Earlier, Received
from mss_tui.tui.paint import Line, Tone
from mss_tui.tui.widgets.lines import labelled, paragraph
from mss_tui.tui.wording import Words, octets

READABLE = ("application/pdf",)


def document_lines(
    document: XdmEntry,
    warnings: tuple[Phrase, ...],
    pdfs: Mapping[int, View],
    words: Words,
    width: int,
    *,
    earlier: Earlier | None = None,
    later: Earlier | None = None,
) -> list[Line]:
    """Everything a reader needs, in that order; `pdfs` are the words of the embedded PDF files read so far."""
    lines: list[Line] = []
    for field in panel(document):
        tone = Tone.BAD if field.alert else Tone.PLAIN
        lines += labelled(words(field.label), words(field.value), width, tone, room=LABEL + 1)
    if earlier is not None:
        known = say("version d'avant : message {ref}, {title}", ref=earlier.ref.short, title=earlier.title)
        lines += labelled("", words(known), width, room=LABEL + 1)
    if later is not None:
        newer = say("remplacé par le document du message {ref}", ref=later.ref.short)
        lines += labelled(words(say("Périmé")), words(newer), width, Tone.BAD, room=LABEL + 1)
    for warning in warnings:
        lines += paragraph(f"! {words(warning)}", width, Tone.WARN, indent="  ")
    if document.cda is None:
        if document.fault is None:
            lines += [(), *paragraph(words(say("Ce n'est pas un CDA : e l'enregistre.")), width)]
        return lines
    lines.append(())
    if document.cda.blocks:
        narrative = lay_out(document.cda.blocks, width, lambda template: words(Phrase(template)))
        lines += [((line, Tone.PLAIN),) for line in narrative.split("\n")]
    for number, file in enumerate(document.cda.embedded):
        lines += _file(number, file, pdfs.get(number), words, width)
    return lines


def _file(number: int, file: Embedded, view: View | None, words: Words, width: int) -> list[Line]:
    plain = plain_text(file)
    if plain is not None:
        return [line for part in plain.split("\n") for line in paragraph(part, width)]
    size = octets(len(file.data))
    name = f" {file.id}" if file.id else ""
    head = words(say("[fichier {n}{name} : {type}, {size} · v aperçu, e enregistrer]", n=number + 1, name=name,
                     type=file.media_type, size=size))  # fmt: skip
    lines: list[Line] = [(), *paragraph(head, width, Tone.STRONG, indent="  ")]
    if view is None:
        if file.media_type in READABLE and file.data:
            lines += paragraph(words(say("lecture du PDF…")), width, Tone.FAINT)
        return lines
    lines += [line for part in view.text.split("\n") for line in paragraph(part, width)] if view.text else []
    for note in view.notes:
        lines += paragraph(f"i {words(note)}", width, indent="  ")
    return lines


def list_lines(received: tuple[Received, ...], words: Words) -> list[str]:
    """The documents of a message, a line each, for the message pane: type, date, author, level, integrity."""
    shown: list[str] = []
    documents = [document for each in received for document in each.archive.documents]
    for number, document in enumerate(documents, 1):
        header = document.cda.header if document.cda is not None else None
        parts = [f"{number} {document.label}"]
        if header is not None:
            parts += [day(header.effective), header.authors[0].name if header.authors else "", header.patient.label]
        if document.hash_ok is False or document.size_ok is False:
            parts.append(words(say("EMPREINTE DIFFÉRENTE")))
        elif document.hash_ok:
            parts.append(words(say("empreinte vérifiée")))
        if header is not None and header.critical:
            parts.append("BIO!")
        shown.append("   ".join(part for part in parts if part))
    return shown


def patient_line(document: XdmEntry) -> Phrase:
    """Who, and how sure: for a question before writing to them."""
    patient = document.cda.header.patient if document.cda is not None else None
    if patient is None:
        return say("patient inconnu")
    return say("{who} ({status})", who=patient.label, status=identity_status(patient))

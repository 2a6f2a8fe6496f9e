"""A whole document as text: its header panel in words, then its narrative (documents.md §2.1, panel order)."""

from __future__ import annotations

from mss_tui.documents import wording
from mss_tui.documents.flavors import given, value_phrase
from mss_tui.documents.identity import badge, identity_status
from mss_tui.documents.layout import lay_out, wrap
from mss_tui.model.document import Author, Cda, Embedded, Patient, XdmEntry
from mss_tui.phrase import Phrase, Translate, listed, say
from mss_tui.record import dataclass
from mss_tui.text import DisplayText, clean_lines

LABEL = 12


@dataclass(frozen=True, slots=True)
class Field:
    """A line of the panel. `alert`: to be seen at once."""

    label: Phrase
    value: Phrase
    alert: bool = False


def panel(document: XdmEntry) -> tuple[Field, ...]:
    """What the header says, in the order a reader needs it."""
    fields = [*_alerts(document)]
    if document.cda is None:
        if document.title:
            fields.append(_field(say("Document"), document.title))
        if document.type is not None:
            fields.append(_field(say("Type"), document.type.label or document.type.code))
        return tuple(fields)
    header = document.cda.header
    fields += _patient(header.patient)
    kind = header.code.label or header.code.code
    fields.append(_field(say("Document"), header.title or kind or document.label))
    if kind and kind != header.title:
        fields.append(_field(say("Type"), kind))
    version = say(" · version {n}", n=value_phrase(header.version)) if header.version else say("")
    fields.append(
        Field(say("Du"), say("{day}{version}", day=value_phrase(wording.moment(header.effective)), version=version))
    )
    secret = document.confidentiality or ((header.confidentiality,) if header.confidentiality.code else ())
    for code in secret:
        if code.code != "N":
            fields.append(Field(say("Diffusion"), wording.confidentiality(code), alert=True))
    for author in header.authors:
        fields.append(_field(say("Auteur"), author_line(author)))
    written = [set(author.name.split()) for author in header.authors]
    if header.responsible and not any(set(header.responsible.split()) <= words for words in written):
        fields.append(_field(say("Responsable"), header.responsible))
    if header.service_start or header.service_code:
        act = header.service_code.label if header.service_code else ""
        told = [value_phrase(part) for part in (wording.moment(header.service_start), act) if part]
        fields.append(Field(say("Acte"), listed(told, " · ")))
    if header.custodian:
        fields.append(_field(say("Conservé par"), header.custodian))
    return tuple(fields)


def _field(label: Phrase, value: str) -> Field:
    return Field(label, value_phrase(value))


def _alerts(document: XdmEntry) -> list[Field]:
    found: list[Field] = []
    if document.cda is not None and document.cda.header.critical:
        codes = document.cda.header.critical
        words = listed([say("{code} ({words})", code=code, words=wording.critical(code)) for code in codes])
        found.append(Field(say("BIO !"), say("résultat critique : {codes}", codes=words), alert=True))
    if document.action == "D":
        said = say("l'émetteur demande de supprimer ce document ; rien n'est fait sans vous")
        found.append(Field(say("Suppression"), said, alert=True))
    elif document.replaced or document.action == "C":
        unnamed = say("une version antérieure, qu'il ne nomme pas")
        earlier = say("{earlier}", earlier=document.replaced) if document.replaced else unnamed
        found.append(Field(say("Remplace"), earlier, alert=True))
    if document.hash_ok is False or document.size_ok is False:
        said = say("l'empreinte ou la taille n'est pas celle que METADATA annonce")
        found.append(Field(say("Intégrité"), said, alert=True))
    elif document.hash_ok:
        found.append(Field(say("Intégrité"), say("empreinte vérifiée")))
    return found


def author_line(author: Author) -> str:
    """Who, in which speciality, of which structure."""
    return " · ".join(p for p in (author.name, author.speciality, author.structure) if p)


def _patient(patient: Patient) -> list[Field]:
    names = [patient.birth_name or patient.used_name, _givens(patient) or patient.used_given]
    told = [value_phrase(name) for name in names if name]
    fields = [Field(say("Patient"), listed(told, " ") if told else say("non nommé"))]
    born = value_phrase(wording.day(patient.birth_date)) if patient.birth_date else None
    place = " ".join(p for p in (patient.birth_city, f"({patient.birth_county})" if patient.birth_county else "") if p)
    known = [say("né(e) le {day}", day=born)] if born else []
    known += [wording.sex(patient.sex)] if patient.sex else []
    known += [say("à {place}", place=value_phrase(place))] if place else []
    if known:
        fields.append(Field(say(""), listed(known, " · ")))
    used = " ".join(n for n in (patient.used_name, patient.used_given) if given(n))
    if used and used != " ".join(n for n in (patient.birth_name, patient.birth_given) if n):
        fields.append(_field(say("Utilisé"), used))
    status = identity_status(patient)
    number = say("{number} · ", number=wording.matricule(patient.ins)) if patient.ins else say("")
    odd = bool(badge(patient))
    fields.append(Field(say("INS"), say("{number}{status}", number=number, status=status), alert=odd))
    return fields


def _givens(patient: Patient) -> str:
    """The birth given names, the first one first: older documents list only the others without a qualifier."""
    first, listed = patient.birth_given, patient.birth_givens
    if not first or listed.casefold().startswith(first.casefold()):
        return listed or first
    return f"{first} {listed}".strip()


def as_text(document: XdmEntry, width: int, translate: Translate = str) -> DisplayText:
    """Panel, warnings and narrative in lines of `width` cells: the export and `xdm show --text`."""
    lines: list[str] = []
    for field in panel(document):
        label = field.label.render(translate).ljust(LABEL)
        for number, line in enumerate(wrap(field.value.render(translate), max(width - LABEL - 1, 20))):
            lines.append(f"{label if number == 0 else ' ' * LABEL} {line}".rstrip())
    for warning in document.cda.warnings if document.cda is not None else ():
        lines += wrap(f"! {warning.render(translate)}", width)
    if document.fault is not None:
        lines += wrap(f"! {document.fault.render(translate)}", width)
    if document.cda is not None:
        lines += ["", body(document.cda, width, translate)]
    return DisplayText("\n".join(lines))


def body(cda: Cda, width: int, translate: Translate = str) -> DisplayText:
    """The narrative, and what a level 1 document holds where that is text."""
    parts = [lay_out(cda.blocks, width, translate)] if cda.blocks else []
    parts += [plain for file in cda.embedded if (plain := plain_text(file)) is not None]
    return DisplayText("\n\n".join(parts))


def plain_text(file: Embedded) -> DisplayText | None:
    """The words of an embedded text file, None for another kind.

    Its charset is kept as it was (CORE): UTF-8 where it can be that, else ISO-8859-15, which French software writes.
    """
    if not file.media_type.lower().startswith("text/") or "html" in file.media_type.lower():
        return None
    try:
        return clean_lines(file.data.decode("utf-8-sig"))
    except UnicodeDecodeError:
        return clean_lines(file.data.decode("iso-8859-15"))

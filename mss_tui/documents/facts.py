"""What the rules may know of an archive: facts, from what was read."""

from __future__ import annotations

import re

from mss_tui.documents import wording
from mss_tui.documents.flavors import given
from mss_tui.model.document import Archive, XdmEntry
from mss_tui.model.facts import DocumentFact

_MASKS = {
    "MASQUE_PS": "MASQUE_PS",
    "INVISIBLE_PATIENT": "INVISIBLE_PATIENT",
    "INVISIBLE_REPRESENTANTS_LEGAUX": "INVISIBLE_REP_LEGAUX",
    "INVISIBLE_REP_LEGAUX": "INVISIBLE_REP_LEGAUX",
}
_PDF_A = re.compile(rb"pdfaid:part\s*(?:>|=\s*[\"'])\s*([1-4])")


def facts_of(archive: Archive, source: str, kind: str = "xdm") -> tuple[DocumentFact, ...]:
    """One fact for each document of an archive attached under the name `source`."""
    return tuple(_fact(document, source, kind) for document in archive.documents)


def _fact(document: XdmEntry, source: str, kind: str) -> DocumentFact:
    masks = {code.code for code in document.confidentiality}
    if document.cda is None:
        kind_of, title = document.type, document.title
        ins, _, rest = document.patient_id.partition("^")
        oid = next(iter(re.findall(r"&([\d.]+)&", rest)), "")
        return DocumentFact(
            source=source,
            kind=kind,
            title=title,
            type_code=kind_of.code if kind_of else "",
            type_label=kind_of.label if kind_of else "",
            ins=ins if rest.endswith("NH") else "",
            oid=oid if rest.endswith("NH") else "",
            masks=frozenset(_MASKS[m] for m in masks & _MASKS.keys()),
            deletes=document.unique_id if document.action == "D" else "",
            replaces=document.replaced,
        )
    header = document.cda.header
    patient = header.patient
    own = str(header.id) if header.id is not None else document.unique_id
    return DocumentFact(
        source=source,
        kind=kind,
        title=header.title,
        type_code=header.code.code,
        type_label=header.code.label,
        ins=patient.ins,
        birth_name=_trait(patient.birth_name),
        used_name=_trait(patient.used_name),
        given=_trait(patient.birth_given or patient.birth_givens),
        birth_date=wording.day(patient.birth_date) if given(patient.birth_date) else "",
        sex=_trait(patient.sex),
        oid=patient.ins_oid,
        act_date=header.service_start,
        interpretations=frozenset(header.critical),
        masks=frozenset(_MASKS[m] for m in (masks | set(header.masks)) & _MASKS.keys()),
        sender=header.authors[0].address if header.authors else "",
        replaces="" if document.action == "D" else document.replaced or (own if document.action == "C" else ""),
        deletes=own if document.action == "D" else "",
    )


def _trait(text: str) -> str:
    return text if given(text) else ""


def claims_pdf_a(data: bytes) -> bool | None:
    """Does a PDF claim to be PDF/A-1 in its XMP (pdfaid:part)? None when it is no PDF. A claim, not a proof."""
    if not data.lstrip()[:5].startswith(b"%PDF-"):
        return None
    found = _PDF_A.search(data)
    return found is not None and found[1] == b"1"

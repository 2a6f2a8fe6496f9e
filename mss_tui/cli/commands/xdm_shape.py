"""Documents as the command line contract shows them."""

from __future__ import annotations

from typing import Any

from mss_tui.documents import wording
from mss_tui.documents.identity import badge, identity_status
from mss_tui.model.document import Archive, Coded, Patient, XdmEntry
from mss_tui.phrase import Translate

Shape = dict[str, Any]


def _coded(code: Coded | None) -> Shape | None:
    return None if code is None else {"code": code.code, "system": code.system, "label": code.label}


def _patient(patient: Patient, translate: Translate) -> Shape:
    born = wording.iso(patient.birth_date)
    return {
        "ins": patient.ins or None,
        "oid": patient.ins_oid or None,
        "birth_name": patient.birth_name or None,
        "given": patient.birth_given or patient.birth_givens or None,
        "used_name": patient.used_name or None,
        "birth_date": born or patient.birth_date or None,
        "sex": patient.sex or None,
        "birth_place": patient.birth_county or None,
        "status": identity_status(patient).render(translate),
        "badge": badge(patient) or None,
    }


def document(of: XdmEntry, translate: Translate) -> Shape:
    """One document; the CDA's values where it has them."""
    header = of.cda.header if of.cda is not None else None
    secret = of.confidentiality or ((header.confidentiality,) if header is not None else ())
    return {
        "file": of.file or None,
        "title": of.title or None,
        "type": _coded(of.type),
        "level": header.level.value if header is not None else None,
        "id": str(header.id) if header is not None and header.id is not None else of.unique_id or None,
        "version": header.version if header is not None else None,
        "date": wording.iso(header.effective) or header.effective if header is not None else None,
        "confidentiality": [code.code for code in secret],
        "patient": _patient(header.patient, translate) if header is not None else None,
        "authors": [
            {
                "name": author.name,
                "id": str(author.id) if author.id is not None else None,
                "speciality": author.speciality or None,
                "structure": author.structure or None,
                "address": author.address or None,
            }
            for author in (header.authors if header is not None else ())
        ],
        "custodian": header.custodian or None if header is not None else None,
        "critical": list(header.critical) if header is not None else [],
        "hash_ok": of.hash_ok,
        "size_ok": of.size_ok,
        "action": of.action or None,
        "replaces": of.replaced or None,
        "embedded": [
            {"type": file.media_type, "size": len(file.data), "id": file.id or None}
            for file in (of.cda.embedded if of.cda is not None else ())
        ],
        "fault": of.fault.render(translate) if of.fault is not None else None,
    }


def archive(of: Archive, translate: Translate) -> Shape:
    """Every document, then what is worth a warning."""
    return {
        "documents": [document(one, translate) for one in of.documents],
        "warnings": [warning.render(translate) for warning in of.warnings],
    }


def line(number: int, of: XdmEntry) -> str:
    """A document on one line: number, marks, level, date, patient, title."""
    header = of.cda.header if of.cda is not None else None
    marks = "!" if of.fault is not None or of.hash_ok is False or of.size_ok is False else " "
    level = header.level.value if header is not None else "--"
    date = wording.day(header.effective) if header is not None else ""
    patient = header.patient.label if header is not None else ""
    critical = "BIO! " if header is not None and header.critical else ""
    return f"{number:>2} {marks} {level}  {date:<10}  {patient:<26}  {critical}{of.label}"

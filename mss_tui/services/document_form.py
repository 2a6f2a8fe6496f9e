"""The form of a document to make, from what was typed: a command's options or a screen's fields, by the same names.

The names: `ins`, `oid`, `ins_qualified` (anything but ""), `birth_name`, `given`, `givens`, `used_name`, `used_given`,
`birth_date`, `sex`, `birth_place`, `birth_city`, `local_id` (OID^IPP); `author`, `rpps`, `structure`, `structure_id`,
`sector`; `type`, `title`, `act_date`. A missing one is empty.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, time
from typing import Any

from mss_tui.documents.form import AuthorForm, DocumentForm, type_of
from mss_tui.documents.wording import day
from mss_tui.errors import ConfirmationNeeded, UsageError
from mss_tui.model.document import Identifier, Patient, XdmEntry
from mss_tui.model.paris import PARIS
from mss_tui.model.people import Person
from mss_tui.phrase import say
from mss_tui.services.document_making import new_oid, next_version
from mss_tui.text import clean

Typed = Mapping[str, str]

_DAY = re.compile(r"(\d{2})/(\d{2})/(\d{4})\Z")
_PATIENT = {
    "ins": "ins", "ins_oid": "oid", "birth_name": "birth_name", "birth_given": "given", "birth_givens": "givens",
    "used_name": "used_name", "used_given": "used_given", "birth_date": "birth_date", "sex": "sex",
    "birth_county": "birth_place", "birth_city": "birth_city",
}  # fmt: skip
"""Traits of a patient and the names they are typed under."""


def author_from(typed: Typed, person: Person, address: str) -> AuthorForm:
    """The author: what was typed, then the profile's person. Words all in capitals are the family name."""
    words = (typed.get("author") or person.name).split()
    family = [w for w in words if w == w.upper() and len(w) > 1] or words[-1:]
    return AuthorForm(
        family=" ".join(family),
        given=" ".join(w for w in words if w not in family),
        rpps=typed.get("rpps") or person.rpps,
        structure=typed.get("structure") or person.entity,
        structure_id=typed.get("structure_id", ""),
        title="" if typed.get("author") not in ("", None, person.name) else person.title,
        address=address,
    )


def patient_from(typed: Typed, known: Patient | None) -> Patient:
    """The patient: a known one, changed by what was typed; nothing else is filled in.

    Raises:
        ConfirmationNeeded: an INS leaves only from a qualified identity, which the sender has to say (ECO.2.2.6).
    """
    given = {trait: typed.get(name, "").strip() for trait, name in _PATIENT.items()}
    given["ins"] = re.sub(r"\s", "", given["ins"]).upper()
    given["birth_date"] = _digits(given["birth_date"])
    given["sex"] = given["sex"].upper()
    given["birth_givens"] = given["birth_givens"] or given["birth_given"]
    changes: dict[str, Any] = {trait: clean(value, 200) for trait, value in given.items() if value}
    patient = replace(known or Patient(), **changes)
    if typed.get("local_id"):
        root, _, extension = typed["local_id"].strip().partition("^")
        patient = replace(patient, ids=(Identifier(clean(root, 200), clean(extension, 200)),))
    if patient.ins and not typed.get("ins_qualified"):
        raise ConfirmationNeeded(
            say("Une INS ne part que d'une identité au statut « qualifiée »."),
            meaning=say("Rien n'a été fabriqué."),
            remedy=say("Confirmez-le (--ins-qualified), ou envoyez sans INS avec un identifiant local (--local-id)."),
        )
    return patient


def typed_patient(patient: Patient) -> dict[str, str]:
    """A known patient as a form shows them."""
    shown = {name: str(getattr(patient, trait)) for trait, name in _PATIENT.items()}
    return shown | {"birth_date": day(patient.birth_date) if patient.birth_date else ""}


def _digits(written: str) -> str:
    found = _DAY.match(written.strip())
    return f"{found[3]}{found[2]}{found[1]}" if found else written.strip()


def moment_of(written: str, now: datetime) -> datetime:
    """The date of an act: the day at noon in Paris, `now` where none is given.

    Raises:
        UsageError: it is no date.
    """
    if not written.strip():
        return now
    try:
        found = datetime.strptime(_digits(written), "%Y%m%d").date()  # noqa: DTZ007 - a day has no zone
    except ValueError as error:
        raise UsageError(say("« {day} » n'est pas une date (JJ/MM/AAAA).", day=clean(written, 40))) from error
    return datetime.combine(found, time(12), PARIS)


def form_from(
    typed: Typed, person: Person, address: str, now: datetime, *, earlier: XdmEntry | None, patient: Patient | None
) -> DocumentForm:
    """The form of a document; `earlier` is what it replaces, whose patient and type it takes where none is typed.

    Raises:
        UsageError: something has not its form; the sentence names it.
        ConfirmationNeeded: the INS is not said to be qualified.
    """
    old = earlier.cda.header if earlier is not None and earlier.cda is not None else None
    code = typed.get("type", "").strip()
    kind = old.code if old is not None and code in ("", old.code.code) else type_of(code)
    replaces, set_id, version = next_version(earlier) if earlier is not None else (None, Identifier(new_oid()), 1)
    if patient is None and old is not None:
        patient = old.patient
    return DocumentForm(
        patient=patient_from(typed, patient),
        author=author_from(typed, person, address),
        type=kind,
        title=typed.get("title", "").strip() or str(kind.label),
        sector=typed.get("sector", "").strip(),
        made=now,
        act=moment_of(typed.get("act_date", ""), now),
        id=new_oid(),
        set_id=set_id,
        version=version,
        replaces=replaces,
    )

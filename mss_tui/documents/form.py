"""What is asked to make a document of a PDF: nothing of a patient is invented, what is missing is asked by its name."""

from __future__ import annotations

import re
from datetime import datetime

from mss_tui.documents.data import load
from mss_tui.documents.flavors import given as is_given
from mss_tui.errors import UsageError
from mss_tui.model.document import Coded, Identifier, Patient
from mss_tui.model.ins import InsOid, parse_ins
from mss_tui.phrase import Phrase, say
from mss_tui.record import dataclass
from mss_tui.text import DisplayText, clean

LOINC = "2.16.840.1.113883.6.1"
CLASSES, SECTORS, SETTINGS = "1.2.250.1.213.1.1.4.1", "1.2.250.1.71.4.2.4", "1.2.250.1.213.1.1.4.9"
_DAY = re.compile(r"(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\Z")
_OID = re.compile(r"[0-2](?:\.(?:0|[1-9]\d*))+\Z")


@dataclass(frozen=True, slots=True)
class AuthorForm:
    """Who signs: RPPS of eleven digits, structure with its FINESS or other national identifier (`IDNST`)."""

    family: str
    given: str
    rpps: str
    structure: str
    structure_id: str
    title: str = ""
    speciality: Coded | None = None
    address: str = ""


@dataclass(frozen=True, slots=True)
class DocumentForm:
    """A document to make. `ids` are OIDs of its own (document, set); `made` and `act` are aware.

    `replaces` is the document that this one replaces; its set is then that one's (`set_id`), its version the next.
    """

    patient: Patient
    author: AuthorForm
    type: Coded
    title: str
    sector: str
    made: datetime
    act: datetime
    id: str
    set_id: Identifier
    version: int = 1
    replaces: Identifier | None = None


def document_types() -> tuple[Coded, ...]:
    """The reviewed table of types."""
    return tuple(
        Coded(row["code"], row.get("system", LOINC), DisplayText(row["label"])) for row in load("types")["type"]
    )


def type_of(code: str) -> Coded:
    """A type of the table.

    Raises:
        UsageError: it has none of that code.
    """
    found = next((t for t in document_types() if t.code == code), None)
    if found is None:
        raise UsageError(
            say("Le type de document « {code} » n'est pas dans la table.", code=clean(code, 60))
            if code
            else say("Il manque le type de document."),
            remedy=say("Types : {known}.", known=", ".join(f"{t.code} ({t.label})" for t in document_types())),
        )
    return found


def class_of(code: str) -> Coded | None:
    """The class of a type (ASS_X04, the reviewed part of it); None where it has to be named."""
    row = next((row for row in load("types")["type"] if row["code"] == code), None)
    return class_named(row["class"]) if row else None


def class_named(code: str) -> Coded:
    """A class by its code.

    Raises:
        UsageError: there is none.
    """
    label = load("types")["classes"].get(code)
    if label is None:
        raise UsageError(
            say("La classe de document « {code} » n'existe pas.", code=clean(code, 40)),
            remedy=say("Classes : {known}.", known=", ".join(load("types")["classes"])),
        )
    return Coded(code, CLASSES, DisplayText(label))


def sector_named(code: str) -> tuple[Coded, Coded]:
    """A sector of activity and its setting of practice.

    Raises:
        UsageError: the table has none of that code.
    """
    rows = load("sectors")["sector"]
    row = next((row for row in rows if row["code"] == code), None)
    if row is None:
        raise UsageError(
            say("Le secteur d'activité « {code} » n'est pas dans la table.", code=clean(code, 40)),
            remedy=say("Secteurs : {known}.", known=", ".join(f"{r['code']} ({r['label']})" for r in rows)),
        )
    setting = row["setting"]
    return (
        Coded(code, SECTORS, DisplayText(row["label"])),
        Coded(setting, SETTINGS, DisplayText(load("sectors")["settings"][setting])),
    )


def validate(form: DocumentForm) -> None:
    """Everything that the standard asks is there (documents.md §2.1, §3).

    Raises:
        UsageError: something is missing or has not its form; the sentence names it.
    """
    _patient(form.patient)
    author = form.author
    for value, name in (
        (form.title, say("le titre du document")),
        (author.family, say("le nom de l'auteur")),
        (author.rpps, say("le RPPS de l'auteur")),
        (author.structure, say("le nom de la structure de l'auteur")),
        (author.structure_id, say("l'identifiant (FINESS) de la structure")),
    ):
        if not value.strip():
            raise _missing(name)
    if not re.fullmatch(r"\d{11}", author.rpps):
        raise UsageError(say("Un RPPS a onze chiffres ; « {rpps} » n'en est pas un.", rpps=clean(author.rpps, 40)))
    if not re.fullmatch(r"[0-9A-Za-z]{9,14}", author.structure_id):
        raise UsageError(say("« {id} » n'est pas l'identifiant d'une structure.", id=clean(author.structure_id, 40)))
    sector_named(form.sector)


def _patient(patient: Patient) -> None:
    if not is_given(patient.birth_name):
        raise _missing(say("le nom de naissance du patient"))
    if patient.birth_date and not _DAY.match(patient.birth_date):
        raise UsageError(say("La date de naissance du patient s'écrit AAAAMMJJ."))
    if not patient.ins:
        if not any(i.extension and _OID.match(i.root) for i in patient.ids):
            raise _missing(say("l'INS du patient, ou son identifiant local (IPP) avec l'OID qui l'attribue"))
        return
    ins = parse_ins(patient.ins)
    if ins is None or not ins.key_matches:
        raise UsageError(
            say("Le matricule INS n'a pas la bonne forme ou la bonne clé."),
            meaning=say("Un document ne part pas avec une INS fausse."),
            remedy=say("Relisez-le sur l'identité qualifiée ; ne le corrigez pas de vous-même."),
        )
    if patient.ins_oid not in {oid.value for oid in InsOid}:
        raise UsageError(say("L'OID « {oid} » n'est pas celui d'une INS.", oid=clean(patient.ins_oid, 60)))
    for value, name in (
        (patient.birth_given, say("le premier prénom de naissance du patient")),
        (patient.birth_givens, say("la liste des prénoms de naissance du patient")),
        (patient.birth_date, say("la date de naissance du patient")),
        (patient.sex, say("le sexe du patient")),
        (patient.birth_county, say("le code du lieu de naissance du patient (COG)")),
    ):
        if not is_given(value):
            raise _missing(name, with_ins=True)
    if patient.sex not in ("M", "F"):
        raise UsageError(say("Le sexe d'une INS est M ou F."))


def _missing(name: Phrase, *, with_ins: bool = False) -> UsageError:
    return UsageError(
        say("Il manque {name}.", name=name),
        meaning=say("Rien n'a été fabriqué : rien d'un patient n'est inventé."),
        remedy=say("Une INS voyage avec tous ses traits : donnez-le, ou envoyez sans INS.") if with_ins else None,
    )

"""What a clinical document says, before it is CDA or PDF."""

from __future__ import annotations

import tomllib
import unicodedata
import uuid
from collections.abc import Sequence
from datetime import date, datetime
from importlib.resources import files

from mss_tui.demo.annuaire.people import Professional, Structure
from mss_tui.model.ins import InsOid
from mss_tui.model.paris import PARIS
from mss_tui.record import dataclass

INS_OID = InsOid.DEMO
"""Nobody's identity: readers show that it is a demonstration."""


@dataclass(frozen=True, slots=True)
class Patient:
    """An invented person and their matricule (traits of `documents.md` §3)."""

    ins: str
    birth_name: str
    given: str
    born: date
    sex: str
    county: str
    city: str
    used_name: str = ""

    @property
    def name(self) -> str:
        """The name they go by."""
        return self.used_name or self.birth_name


def patients() -> dict[str, Patient]:
    """Every patient of the demo."""
    data = tomllib.loads(files("mss_tui.demo.documents").joinpath("patients.toml").read_text("utf-8"))
    return {key: Patient(**values) for key, values in data.items()}


@dataclass(frozen=True, slots=True)
class DocumentType:
    """Type of a document: LOINC code and label (JDV_J07), and its class (JDV_J06)."""

    code: str
    label: str
    class_code: str
    class_label: str


TYPES = {
    "liaison": DocumentType("11490-0", "Lettre de liaison à la sortie d'un établissement de soins", "11", "Synthèse"),
    "biologie": DocumentType("11502-2", "CR d'examens biologiques", "10", "Compte rendu"),
    "imagerie": DocumentType("18748-4", "CR d'imagerie médicale", "10", "Compte rendu"),
}


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the narrative: paragraphs, then a table whose first row is its header."""

    title: str
    text: Sequence[str] = ()
    table: Sequence[Sequence[str]] = ()


@dataclass(frozen=True, slots=True)
class Result:
    """A laboratory result with its interpretation (HL7 ObservationInterpretation: HH, LL…)."""

    code: str
    label: str
    value: str
    unit: str
    interpretation: str


@dataclass(frozen=True, slots=True)
class Clinical:
    """One document. `key` makes its identifiers; `replaces` is the key of the version before."""

    key: str
    type: DocumentType
    title: str
    patient: Patient
    author: Professional
    structure: Structure
    made: datetime
    sections: Sequence[Section]
    results: Sequence[Result] = ()
    structured: bool = True
    version: int = 1
    replaces: str = ""

    @property
    def codes(self) -> tuple[str, str]:
        """The author's profession as CDA writes it: code and label."""
        job = self.author.profession
        if job.skill:
            return f"G15_{job.code}/{job.skill}", f"{job.label} - {job.skill_label}"
        return f"G15_{job.code}", job.label


def oid(key: str) -> str:
    """An OID of its own for `key` (X.667: 2.25 and a UUID)."""
    return f"2.25.{uuid.uuid5(uuid.NAMESPACE_DNS, key + '.demo.mssante.fr').int}"


def stamp(moment: datetime) -> str:
    """An HL7 time with its offset."""
    return moment.astimezone(PARIS).strftime("%Y%m%d%H%M%S%z")


def plain(text: str) -> str:
    """`text` without accents, as subjects and file names want it (ECO.2.1.3)."""
    decomposed = unicodedata.normalize("NFKD", text)
    return "".join(char for char in decomposed if not unicodedata.combining(char))


def subject(document: Clinical) -> str:
    """The subject of a message that carries it (ECO.2.1.3)."""
    who = document.patient
    name, given = plain(who.birth_name).upper(), plain(who.given)
    return f"XDM/1.0/DDM+{document.type.label[:40].strip()} {name} {given} {who.born:%d/%m/%Y}"


def file_name(document: Clinical) -> str:
    """The name of its PDF copy (ECO.2.1.6)."""
    who = document.patient
    day = document.made.astimezone(PARIS)
    label = document.type.label[:40].strip().replace("'", " ")
    return f"{day:%Y%m%d}_{label}_{plain(who.birth_name)}_{plain(who.given)}.pdf"

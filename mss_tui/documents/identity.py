"""What may be said of a patient's identity: in the standard's own words, never more (documents.md §3).

A receiver cannot see the sender's local status: "identité vérifiée" is never said.
"""

from __future__ import annotations

from mss_tui.documents.flavors import given
from mss_tui.model.document import CdaHeader, Patient
from mss_tui.model.ins import InsOid, parse_ins
from mss_tui.phrase import Phrase, listed, say

NOBODY = say("Identité de test ou de démonstration : ce n'est pas un vrai patient.")
_NOT_REAL = {InsOid.TEST.value: "TEST", InsOid.DEMO.value: "DEMO"}


def badge(patient: Patient) -> str:
    """TEST or DEMO where the matricule is nobody's, else ""."""
    return _NOT_REAL.get(patient.ins_oid, "")


def missing_traits(patient: Patient) -> tuple[Phrase, ...]:
    """Which of the four traits of an INS are not there (ECO.2.4.2)."""
    traits = (
        (patient.birth_name, say("nom de naissance")),
        (patient.birth_given, say("premier prénom de naissance")),
        (patient.birth_date, say("date de naissance")),
        (patient.sex, say("sexe")),
    )
    return tuple(name for value, name in traits if not given(value))


def identity_status(patient: Patient) -> Phrase:
    """The state of the INS, worded as far as a receiver may say it."""
    if not patient.ins:
        return say("pas d'INS dans ce document")
    if badge(patient):
        return say("INS {badge} : ce n'est pas un vrai patient", badge=badge(patient))
    missing = missing_traits(patient)
    if missing:
        return say("INS présente, traits incomplets : {missing}", missing=listed(missing))
    return say("INS présente, traits complets (déclarée qualifiée par l'émetteur)")


def identity_warnings(header: CdaHeader) -> tuple[Phrase, ...]:
    """What is odd about the patient's identity: warnings, never rejections."""
    patient = header.patient
    found: list[Phrase] = []
    if patient.ins:
        ins = parse_ins(patient.ins)
        if ins is None:
            found.append(say("Le matricule INS du document n'a pas la forme d'un INS."))
        elif not ins.key_matches:
            found.append(
                say(
                    "La clé de l'INS du document est fausse : {key} au lieu de {right}.",
                    key=ins.key,
                    right=ins.expected_key,
                )
            )
        if badge(patient):
            found.append(NOBODY)
        else:
            found += _hints(patient)
    if len({i.extension for i in patient.ids if i.root == patient.ins_oid}) > 1:
        found.append(say("Le document donne plusieurs matricules INS pour son patient."))
    return tuple(found)


def _hints(patient: Patient) -> list[Phrase]:
    """Traits that the number does not repeat: only a hint, since a NIR may differ legitimately."""
    ins = parse_ins(patient.ins)
    if ins is None:
        return []
    odd: list[Phrase] = []
    sex = {"1": "M", "2": "F"}.get(ins.number[0])
    if sex and patient.sex in ("M", "F") and patient.sex != sex:
        odd.append(say("sexe"))
    if patient.birth_date[:4].isdigit() and patient.birth_date[2:4] != ins.number[1:3]:
        odd.append(say("année de naissance"))
    if not odd:
        return []
    return [
        say(
            "Le matricule et les traits diffèrent ({what}) : à vérifier, ce peut être légitime.",
            what=listed(odd),
        )
    ]

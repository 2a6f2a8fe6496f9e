"""Subjects of archives: the prefix is never shown, the patient is named where the form is that of ECO.2.1.3."""

from __future__ import annotations

import pytest

from mss_tui.model.subject import carries_documents, named_patient, without_prefix


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("XDM/1.0/DDM+CR IRM VIAL Paul 26/11/1978", "CR IRM VIAL Paul 26/11/1978"),
        ("[KO Intégration système !][902] XDM/1.0/DDM+CR VIAL Paul", "[KO Intégration système !][902] CR VIAL Paul"),
        ("Re: xdm/1.0/ddm+Lettre", "Re: Lettre"),
        ("XDM/1.0/DDM", ""),
        ("Bonjour", "Bonjour"),
    ],
)
def test_the_prefix_is_hidden_wherever_it_stands(raw: str, shown: str) -> None:
    assert without_prefix(raw) == shown
    assert carries_documents(raw) == ("DDM" in raw.upper())


@pytest.mark.parametrize(
    ("raw", "family", "given", "born"),
    [
        ("XDM/1.0/DDM+2 documents VIAL Paul 26/11/1978", "VIAL", "Paul", "26/11/1978"),
        ("XDM/1.0/DDM+CR IRM VIAL Paul", "VIAL", "Paul", ""),
        ("XDM/1.0/DDM+Lettre de liaison DE LA TOUR Anne-Marie 01/02/1950", "DE LA TOUR", "Anne-Marie", "01/02/1950"),
        ("XDM/1.0/DDM+[Annule et remplace] Synthèse médicale O'BRIEN Lea", "O'BRIEN", "Lea", ""),
        ("XDM/1.0/DDM+CR d'imagerie medicale CORSE FIGATELLIX 03/04/1960", "CORSE", "FIGATELLIX", "03/04/1960"),
    ],
)
def test_the_patient_is_named(raw: str, family: str, given: str, born: str) -> None:
    patient = named_patient(raw)
    assert patient is not None
    assert (patient.family, patient.given, patient.born) == (family, given, born)
    assert f"{patient.about} {patient.label} {born}".rstrip() == without_prefix(raw)


@pytest.mark.parametrize("raw", ["CR VIAL Paul", "XDM/1.0/DDM+", "XDM/1.0/DDM+document", "XDM/1.0/DDM+CR 12 34", ""])
def test_no_patient_is_guessed(raw: str) -> None:
    assert named_patient(raw) is None

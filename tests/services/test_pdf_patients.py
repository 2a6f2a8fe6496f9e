"""Whom a PDF is about: by INS and by labelled names, never by the professionals in it; and the rules that follow."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from mss_tui.demo.documents.pdf import scan_pdf, text_pdf
from mss_tui.model.draft import Draft
from mss_tui.model.verdict import State, Verdict
from mss_tui.services.files import local_file
from mss_tui.services.pdf_patients import pdf_facts
from tests.support.desk import FakeDesk, make_desk

INS, OTHER = "279035121518989", "277076322082910"
TO = f"{INS}@patient.mssante.fr"


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("Patient : Mme DUPOND Léa", ("DUPOND", "Léa", "")),
        ("Concerne : Léa DUPOND-MARTIN, née le 15/03/1979", ("DUPOND-MARTIN", "Léa", "15/03/1979")),
        ("Nom de naissance : DUPOND   Prénom : Léa\nNé(e) le : 15.03.1979", ("DUPOND", "Léa", "15/03/1979")),
        ("Nom : Dupond\nPrénoms : Léa Marie\nSexe : F", ("Dupond", "Léa Marie", "")),
        ("J'ai vu Madame DUPOND Léa, née le 15/03/1979, adressée", ("DUPOND", "Léa", "15/03/1979")),
        (
            "Nom de naissance NESSI Tel 04\nPrénom(s) de naissance Ruth Isabelle\nNée le 14 juillet 1977",
            ("NESSI", "Ruth Isabelle", "14/07/1977"),
        ),
        (
            "Nom de naissance PAT-TROIS\nPrénom(s) DOMINIQUE [DOMINIQUE]\nNée le 1er Mai 1976",
            ("PAT-TROIS", "DOMINIQUE", "01/05/1976"),
        ),
        ("Nom du patient inconnu. Prénom à préciser", ("", "", "")),
        ("Dr Jean MARTIN\nCher confrère, merci de voir ce patient.\nDr Anne LEFEBVRE", ("", "", "")),
        ("Nom du médecin : MARTIN", ("", "", "")),
        ("Bilan du 12/03/2024, prescrit par le Dr Paul VIAL", ("", "", "")),
    ],
)
def test_a_name_counts_where_the_page_says_whose_it_is(text: str, named: tuple[str, str, str]) -> None:
    (fact,) = pdf_facts(text, "cr.pdf", pdf_a=None)
    assert (fact.birth_name, fact.given, fact.birth_date) == named
    assert fact.read is True


def test_numbers_count_when_their_key_is_right_and_each_person_once() -> None:
    text = f"Patient : DUPOND Léa\n2 79 03 51 215 189 89, {INS}. Facture 2790351215189 90. Et {OTHER}."
    first, second = pdf_facts(text, "cr.pdf", pdf_a=None)
    assert (first.ins, first.birth_name, second.ins, second.birth_name) == (INS, "DUPOND", OTHER, "")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (f"INS : {INS}   N° assuré : {OTHER}", [INS]),
        (f"N° de sécurité sociale : {OTHER}\nMatricule INS {INS}", [INS]),
        (f"N° de sécurité sociale : {OTHER}", [OTHER]),
        (f"Assuré : {OTHER}\nConjoint assuré : {INS}", [OTHER]),
        (f"Assuré : {OTHER}\nOuvrant droit : {INS}", [""]),
        (f"Mère : {OTHER}\nBébé : {INS}", [INS]),
        (f"Représentant légal, INS {OTHER}", [""]),
    ],
)
def test_the_number_of_whoever_is_insured_is_no_second_patient(text: str, found: list[str]) -> None:
    assert [fact.ins for fact in pdf_facts(text, "cr.pdf", pdf_a=None)] == found


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Patient : Mme MARTIN Léa, née DUPOND, le 15/03/1979", ("DUPOND", "MARTIN")),
        ("Patiente : Mme MARTIN Léa (née DUPOND)", ("DUPOND", "MARTIN")),
        ("Nom de naissance : DUPOND\nNom d'usage : MARTIN\nPrénom : Léa", ("DUPOND", "MARTIN")),
        ("Nom utilisé : MARTIN  Nom de naissance : DUPOND  Prénom : Léa", ("DUPOND", "MARTIN")),
        ("Patient : DUPOND Léa", ("DUPOND", "")),
    ],
)
def test_both_names_of_a_patient_are_known(text: str, names: tuple[str, str]) -> None:
    (fact,) = pdf_facts(text, "cr.pdf", pdf_a=None)
    assert (fact.birth_name, fact.used_name, fact.given) == (*names, "Léa")


def test_the_address_to_answer_to_is_found() -> None:
    (fact,) = pdf_facts(f"Écrire à cardio@chu-lyon.mssante.fr ou {TO}, info@exemple.fr", "cr.pdf", pdf_a=None)
    assert fact.sender == "cardio@chu-lyon.mssante.fr"


@pytest.mark.parametrize(
    "text",
    ["", " \n\f", "x" * 200_000, "Nom : " * 20_000, "A" * 90_000 + " né", "AB " * 30_000, ("Ab CD " * 60 + "\n") * 200],
)
def test_any_text_is_read_without_harm(text: str) -> None:
    (fact,) = pdf_facts(text, "cr.pdf", pdf_a=None)
    assert (fact.ins, fact.birth_name) == ("", "")
    assert fact.read is bool(text.strip())


@pytest.fixture
def fake() -> FakeDesk:
    return make_desk(reads=True)


async def said(fake: FakeDesk, rule: str, data: bytes, tmp_path: Path, *, subject: str, to: str) -> list[Verdict]:
    path = tmp_path / "compte rendu.pdf"
    path.write_bytes(data)
    checker = fake.desk.places[0].checker
    draft = Draft("k", "garde", to=(to,), subject=subject, body="Bonjour.", attachments=(local_file(path),))
    await checker.learn(draft)
    return [v for v in checker.check(draft) if v.rule == rule]


async def test_a_pdf_of_another_patient_does_not_leave(fake: FakeDesk, tmp_path: Path) -> None:
    data = text_pdf("Compte rendu", ["Patient : VIAL Paul, né le 26/11/1948", f"INS {OTHER}"])
    (blocked,) = await said(fake, "destinataire.patient-document", data, tmp_path, subject="Suite", to=TO)
    assert blocked.blocks
    own = text_pdf("Compte rendu", ["Patient : DUPOND Léa", f"INS {INS}"])
    (fine,) = await said(fake, "destinataire.patient-document", own, tmp_path, subject="Suite", to=TO)
    assert fine.state is State.SATISFIED


async def test_a_subject_that_names_someone_else_is_confirmed(fake: FakeDesk, tmp_path: Path) -> None:
    data = text_pdf("Compte rendu", ["Patient : VIAL Paul, né le 26/11/1948"])
    rule, to = "pj.patient-discordant", "a.lefevre@medecin.mssante.fr"
    (wrong,) = await said(fake, rule, data, tmp_path, subject="CR de Mme DUPOND Léa", to=to)
    assert wrong.asks
    assert "VIAL Paul" in str(wrong.values["patients"])
    (right,) = await said(fake, rule, data, tmp_path, subject="CR de M. VIAL Paul", to=to)
    assert right.state is State.SATISFIED


async def test_two_patients_in_one_pdf_are_asked_about_once(fake: FakeDesk, tmp_path: Path) -> None:
    data = text_pdf("Tableau", [f"DUPOND Léa INS {INS}", f"VIAL Anne INS {OTHER}"])
    to = "a.lefevre@medecin.mssante.fr"
    (several,) = await said(fake, "contenu.plusieurs-patients", data, tmp_path, subject="Tableau", to=to)
    assert several.asks
    assert [v.state for v in await said(fake, "pj.patient-discordant", data, tmp_path, subject="Tableau", to=to)] == [
        State.SATISFIED
    ]


async def test_a_scan_is_not_taken_for_a_document_of_nobody(fake: FakeDesk, tmp_path: Path) -> None:
    rule, to = "contenu.patient-non-identifie", "a.lefevre@medecin.mssante.fr"
    (scanned,) = await said(fake, rule, scan_pdf(20_000), tmp_path, subject="Suite", to=to)
    assert scanned.state is State.UNKNOWN
    assert not scanned.asks
    (nobody,) = await said(fake, rule, text_pdf("Lettre", ["Bonjour."]), tmp_path, subject="Suite", to=to)
    assert nobody.state is State.VIOLATED


async def test_a_minor_is_written_to_at_their_own_address(fake: FakeDesk, tmp_path: Path) -> None:
    data = text_pdf("Compte rendu", ["Patient : DUPOND Zoé, née le 12/04/2015"])
    rule = "destinataire.patient-document"
    (parent,) = await said(fake, rule, data, tmp_path, subject="Suite", to=TO)
    assert (parent.values["variant"], parent.blocks) == ("mineur", False)
    assert parent.shows
    own = replace(parent, rule=rule)
    child = await said(fake, rule, data, tmp_path, subject="Suite", to="215047512300158@patient.mssante.fr")
    assert own not in child
    assert not [v for v in child if v.shows]

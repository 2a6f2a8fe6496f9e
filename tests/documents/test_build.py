"""Built, read again, checked: what leaves is what the standard asks, and nothing of a patient is invented."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from mss_tui.documents.build import archive
from mss_tui.documents.build_metadata import described
from mss_tui.documents.check import check_archive
from mss_tui.documents.facts import facts_of
from mss_tui.documents.form import class_of, document_types, sector_named
from mss_tui.documents.hl7 import utc
from mss_tui.documents.xdm import read_xdm
from mss_tui.documents.xml import NS, parse
from mss_tui.errors import UsageError
from mss_tui.model.document import Coded, Identifier
from mss_tui.rules.xdm import headers_of, pdf_name_of, subject_of
from tests.support.xdm import (
    ENVELOPE,
    INS,
    NIR,
    OTHER_INS,
    PATIENT,
    PDF,
    changed,
    form,
    laboratory,
    n1,
    n3,
    unzipped,
    xdm,
    zipped,
)  # fmt: skip

CHECKER = Path(__file__).parents[3] / "shared" / "tools" / "validate_cda.py"
NAMELESS = replace(PATIENT, ins="", ins_oid="", birth_date="", sex="", birth_county="", birth_city="")  # type: ignore[arg-type]
LOCAL = replace(NAMELESS, ids=(Identifier("1.2.3.4", "IPP42"),))


def problems(data: bytes) -> list[str]:
    return list(map(str, check_archive(data)))


@pytest.mark.parametrize("made", [xdm(n1()), xdm(n3(laboratory())), xdm(n3(), n1())], ids=["N1", "N3", "two"])
def test_what_is_built_is_read_back_without_a_remark_but_the_n1_rules_of_its_own(made: bytes) -> None:
    assert problems(made) == []
    assert all(document.hash_ok and document.size_ok for document in read_xdm(made).documents)


def test_the_form_comes_back_to_the_letter() -> None:
    (document,) = read_xdm(xdm(n1())).documents
    assert document.cda is not None
    header = document.cda.header
    assert replace(header.patient, ids=()) == PATIENT
    assert (header.title, header.version, str(header.id)) == ("Lettre de liaison", "1", "2.25.1001")
    assert (header.authors[0].name, header.authors[0].structure) == ("Jean MARTIN DR", "Cabinet du Port")
    assert document.cda.embedded[0].data == PDF
    assert (document.patient_id, document.unique_id) == (f"{INS}^^^&{NIR}&ISO^NH", "2.25.1001")
    assert document.class_code is not None
    assert document.class_code.code == "10"
    assert [code.code for name, code in document.codes if name == "practiceSettingCode"] == ["AMBULATOIRE"]


def test_the_layout_is_that_of_the_standard() -> None:
    entries = unzipped(xdm(n1(), n3()))
    assert list(entries) == [
        "README.TXT", "INDEX.HTM", "IHE_XDM/SUBSET01/METADATA.XML",
        "IHE_XDM/SUBSET01/DOC0001.XML", "IHE_XDM/SUBSET01/DOC0002.XML",
    ]  # fmt: skip
    assert b"\r\n" in entries["README.TXT"]
    assert b"garde@hopital.mssante.fr" in entries["README.TXT"]
    meta = entries["IHE_XDM/SUBSET01/METADATA.XML"]
    assert hashlib.sha1(entries["IHE_XDM/SUBSET01/DOC0001.XML"]).hexdigest().upper().encode() in meta
    assert b'classificationNode="urn:uuid:a54d6aa5-d40d-43f9-88c5-b4633d873bdd"' in meta


def test_the_same_input_gives_the_same_octets() -> None:
    assert xdm(n1()) == xdm(n1())


def test_an_n1_carries_exactly_the_three_templates() -> None:
    roots = [t.get("root") for t in parse(n1()).findall("h:templateId", NS)]
    assert roots == ["2.16.840.1.113883.2.8.2.1", "1.2.250.1.213.1.1.1.1", "1.3.6.1.4.1.19376.1.2.20"]
    without = n1().replace(b'<templateId root="1.2.250.1.213.1.1.1.1"/>', b"")
    assert any("exactement les trois templateId" in p for p in problems(xdm(without)))


@pytest.mark.parametrize(
    ("trait", "words"),
    [
        ("birth_name", "le nom de naissance"),
        ("birth_given", "le premier prénom de naissance"),
        ("birth_givens", "la liste des prénoms"),
        ("birth_date", "la date de naissance"),
        ("sex", "le sexe"),
        ("birth_county", "le code du lieu de naissance"),
    ],
)
def test_an_ins_without_one_of_its_traits_is_asked_for_it(trait: str, words: str) -> None:
    with pytest.raises(UsageError, match=f"Il manque {words}"):
        n1(patient=replace(PATIENT, **{trait: ""}))


def test_a_patient_without_ins_needs_a_local_identifier_and_nothing_is_invented() -> None:
    with pytest.raises(UsageError, match="IPP"):
        n1(patient=NAMELESS)
    made = n1(patient=LOCAL)
    assert b'<birthTime nullFlavor="UNK"/>' in made
    assert b"birthplace" not in made
    (document,) = read_xdm(xdm(made)).documents
    assert document.patient_id == "IPP42^^^&1.2.3.4&ISO^PI"
    assert headers_of(facts_of(read_xdm(xdm(made)), "x")) == {"X-MSS-CODECDA": "11490-0", "X-MSS-INS": "N"}


@pytest.mark.parametrize("ins", ["279035121518988", "27903512151898", "x"])
def test_a_wrong_matricule_never_leaves(ins: str) -> None:
    with pytest.raises(UsageError, match="forme ou la bonne clé"):
        n1(patient=replace(PATIENT, ins=ins))


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"title": " "}, "le titre"),
        ({"sector": "SA99"}, "n'est pas dans la table"),
        ({"author": replace(form().author, rpps="")}, "le RPPS"),
        ({"author": replace(form().author, rpps="123")}, "onze chiffres"),
        ({"author": replace(form().author, structure_id="")}, "FINESS"),
        ({"title": "a\x07b"}, "caractère de contrôle"),
    ],
)
def test_what_is_missing_of_the_document_is_named(changes: dict[str, object], words: str) -> None:
    with pytest.raises(UsageError, match=words):
        n1(**changes)


def test_only_a_pdf_is_put_into_an_n1() -> None:
    with pytest.raises(UsageError, match="n'est pas un PDF"):
        n1(b"GIF89a")


def test_two_patients_never_share_an_archive() -> None:
    with pytest.raises(UsageError, match="plusieurs patients"):
        xdm(n3(), n3(ins=OTHER_INS))


def test_a_ready_document_that_lacks_what_metadata_must_say_is_refused_by_name() -> None:
    with pytest.raises(UsageError, match="secteur d'activité"):
        xdm(n3().replace(b"<healthCareFacility>", b"<x>").replace(b"</healthCareFacility>", b"</x>"))


def test_a_type_outside_the_table_asks_for_its_class() -> None:
    odd = n3().replace(b'code="11502-2"', b'code="99999-9"')
    with pytest.raises(UsageError, match="Nommez-la"):
        described(odd)
    assert described(odd, class_code="11").class_code.label == "Synthèse"


def test_subject_headers_and_pdf_name_are_those_of_the_archive() -> None:
    facts = facts_of(read_xdm(xdm(n1())), "IHE_XDM.ZIP")
    assert subject_of(facts) == "XDM/1.0/DDM+Lettre de liaison à la sortie d'un établ VIAL PAULE 28/03/1979"
    assert headers_of(facts) == {"X-MSS-CODECDA": "11490-0", "X-MSS-INS": "O"}
    assert pdf_name_of(facts[0]) == "20261120_Lettre de liaison à la sortie d'un établ_VIAL_PAULE.pdf"


def test_a_replacement_names_what_it_replaces_in_both_forms() -> None:
    again = n1(id="2.25.1002", version=2, replaces=Identifier("2.25.1001"))
    (document,) = read_xdm(xdm(again, action="C")).documents
    assert (document.action, document.replaced) == ("C", "2.25.1001")
    assert document.cda is not None
    assert (document.cda.header.version, str(document.cda.header.set_id)) == ("2", "2.25.1000")
    assert problems(xdm(again, action="C")) == []


def test_the_format_of_a_level_3_is_the_given_one_and_a_level_1_keeps_its_own() -> None:
    lab = Coded("urn:ihe:lab:xd-lab:2008", "1.3.6.1.4.1.19376.1.2.3")

    def format_of(content: bytes, given: Coded | None) -> str:
        (document,) = read_xdm(archive([described(content, given_format=given)], ENVELOPE)).documents
        assert document.format is not None
        return document.format.code

    assert format_of(n3(), lab) == lab.code
    assert format_of(n3(), None) == "urn:asipSante:modelesHorsProfils:2011"
    assert format_of(n1(), lab) == "urn:ihe:iti:xds-sd:pdf:2008"


@pytest.mark.parametrize(
    ("broken", "words"),
    [
        (lambda e: {k: v for k, v in e.items() if k != "README.TXT"}, "README.TXT manque"),
        (lambda e: {**e, "IHE_XDM/SUBSET01/Lettre de liaison.pdf": b"x"}, "ISO 9660"),
        (lambda e: {k.removeprefix("IHE_XDM/"): v for k, v in e.items()}, "sous-dossier de IHE_XDM"),
    ],
)
def test_the_checker_names_what_is_wrong_with_the_layout(broken: object, words: str) -> None:
    assert any(words in p for p in problems(zipped(broken(unzipped(xdm(n1()))))))  # type: ignore[operator]


@pytest.mark.parametrize(
    ("piece", "old", "new", "words"),
    [
        ("metadata", b'name="languageCode"', b'name="x"', "languageCode manque"),
        ("metadata", b"f4f85eac-e6cb-4883-b524-f2705394840f", b"0", "confidentialityCode manque"),
        ("metadata", b"2e82c1f6-a085-4c72-9da3-8640a32e42ab", b"0", "uniqueId manque"),
        ("document", b"<setId", b"<x", "setId manque"),
        ("document", b"<county>51215</county>", b"", "lieu de naissance"),
        ("document", b'qualifier="BR">VIAL', b'qualifier="SP">VIAL', "qualificatifs BR et CL"),
        ("document", b"<performer", b"<x", "exactement un exécutant"),
    ],
)
def test_the_checker_names_what_is_wrong_with_the_words(piece: str, old: bytes, new: bytes, words: str) -> None:
    entries = changed(
        xdm(n3(name='<family qualifier="BR">VIAL</family><given qualifier="BR">PAULE</given>')), **{piece: (old, new)}
    )
    if b"<performer" in old:
        entries = changed(entries, document=(b"</performer>", b"</x>"))
    if b"<setId" in old:
        pass
    assert any(words in p for p in problems(entries)), problems(entries)


def test_a_pdf_that_does_not_claim_pdf_a_is_said() -> None:
    assert any("PDF/A-1" in p for p in problems(xdm(n1(b"%PDF-1.7\n%%EOF"))))


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("20210104160527+0100", "20210104150527"),
        ("20210104003000+0100", "20210103233000"),
        ("20210704120000", "20210704100000"),
        ("20210104", "20210104"),
        ("inconnu", ""),
    ],
)
def test_times_are_told_in_utc(written: str, told: str) -> None:
    assert utc(written) == told


def test_the_tables_agree_with_themselves() -> None:
    assert all(class_of(t.code) for t in document_types())
    assert sector_named("SA01")[1].code == "ETABLISSEMENT"


@pytest.mark.skipif(not CHECKER.exists(), reason="the schema checker is not beside this checkout")
@pytest.mark.parametrize(
    "made",
    [n1(), n1(patient=LOCAL), n1(id="2.25.5", version=2, replaces=Identifier("2.25.4"))],
    ids=["complete", "without INS", "replacement"],
)
def test_the_schema_of_the_ans_accepts_what_is_built(made: bytes, tmp_path: Path) -> None:
    path = tmp_path / "IHE_XDM.ZIP"
    path.write_bytes(xdm(made))
    ran = subprocess.run([sys.executable, str(CHECKER), str(path)], capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr

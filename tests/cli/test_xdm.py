"""`xdm`: the contract's keys and exit codes, nothing written but what is asked, and what is built is read again."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Run
from tests.support.xdm import INS, NIR, PDF, changed, laboratory, n1, n3, xdm

PATIENT = (
    "--ins", INS, "--oid", NIR, "--ins-qualified", "--birth-name", "VIAL", "--given", "PAULE",
    "--givens", "PAULE MARIE",
    "--birth-date", "28/03/1979", "--sex", "F", "--birth-place", "51215",
)  # fmt: skip
AUTHOR = (
    "--author", "Jean MARTIN", "--rpps", "10100000001", "--structure", "Cabinet du Port", "--structure-id", "590000001",
    "--sector", "SA07",
)  # fmt: skip


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    path = tmp_path / "IHE_XDM.ZIP"
    path.write_bytes(xdm(n3(laboratory()), n1()))
    return path


@pytest.fixture
def pdf(tmp_path: Path) -> Path:
    path = tmp_path / "lettre.pdf"
    path.write_bytes(PDF)
    return path


def test_show_has_the_keys_of_the_contract(run: Run, archive: Path) -> None:
    ran = run("xdm", "show", str(archive), "--json")
    assert (ran.code, ran.err) == (0, "")
    first = ran.document["documents"][0]
    assert {
        "file", "title", "type", "level", "id", "version", "date", "confidentiality", "patient", "authors", "hash_ok",
        "size_ok", "replaces",
    } <= set(first)  # fmt: skip
    assert "text" not in first
    assert {"ins", "oid", "birth_name", "given", "used_name", "birth_date", "sex", "birth_place"} <= set(
        first["patient"]
    )
    assert (first["level"], first["date"], first["critical"]) == ("N3", "2026-11-20T02:30:00+01:00", ["HH"])
    assert first["patient"]["birth_date"] == "1979-03-28"
    assert ran.document["warnings"] == []


def test_show_with_its_text(run: Run, archive: Path) -> None:
    assert "Potassium" in run("xdm", "show", str(archive), "--json", "--text").document["documents"][0]["text"]
    ran = run("xdm", "show", str(archive), "--text")
    assert "2 79 03 51 215 189 89" in ran.out
    assert "Analyse : Potassium" in ran.out
    assert max(map(len, ran.out.split("\n"))) <= 80


def test_list_gives_each_document_a_line_and_says_what_is_critical(run: Run, archive: Path) -> None:
    lines = run("xdm", "list", str(archive)).out.splitlines()
    assert [line.split()[1] for line in lines] == ["N3", "N1"]
    assert "VIAL PAULE" in lines[0]
    assert "BIO! CR de biologie" in lines[0]


def test_a_difference_is_said(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "x.zip"
    path.write_bytes(changed(xdm(n3()), document=(b"Sortie", b"SORTIE")))
    assert "empreinte ou taille" in run("xdm", "list", str(path)).out
    assert run("xdm", "check", str(path)).code == 10


@pytest.mark.parametrize("content", [b"", b"rien", b"PK\x03\x04", b"<x/>"])
def test_what_is_no_document_is_a_sentence_and_nothing_is_written(run: Run, tmp_path: Path, content: bytes) -> None:
    path, out = tmp_path / "x.zip", tmp_path / "out"
    out.mkdir()
    path.write_bytes(content)
    for action in (("list",), ("show",), ("extract", "--save", str(out))):
        ran = run("xdm", action[0], str(path), *action[1:])
        assert ran.code == 2
        assert ran.err.startswith("mss-tui : ")
        assert "Traceback" not in ran.err
    assert list(out.iterdir()) == []
    assert run("xdm", "check", str(path)).code == 10


@pytest.mark.parametrize("act", ["show", "check"])
def test_a_missing_file_is_named(run: Run, act: str) -> None:
    ran = run("xdm", act, "/nulle/part")
    assert (ran.code, ran.out) == (2, "")
    assert ran.err == "mss-tui : « /nulle/part » n'existe pas ou ne peut pas être lu. Vérifiez le chemin.\n"


def test_a_damaged_archive_is_a_sentence_without_the_name_of_an_exception(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "IHE_XDM.ZIP"
    path.write_bytes(b"rien")
    ran = run("xdm", "show", str(path))
    assert "L'archive ne peut pas être lue : elle est abîmée ou incomplète." in ran.err
    assert "BadZipFile" not in ran.err


def test_extract_saves_documents_and_what_they_hold_and_overwrites_nothing(
    run: Run, archive: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    out.mkdir()
    saved = [Path(p) for p in run("xdm", "extract", str(archive), "--save", str(out), "--json").document["saved"]]
    assert [p.name for p in saved] == ["DOC0001.XML", "DOC0002.XML", "Lettre de liaison-1.pdf"]
    assert saved[0].read_bytes() == n3(laboratory())
    assert saved[2].read_bytes() == PDF
    assert all(p.stat().st_mode & 0o777 == 0o600 for p in saved)
    again = run("xdm", "extract", str(archive), "--save", str(out), "--document", "1")
    assert Path(again.out.strip()).name != "DOC0001.XML"
    assert run("xdm", "extract", str(archive), "--save", str(out), "--document", "9").code == 2


def test_what_is_built_is_checked_and_shown(run: Run, pdf: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    ran = run("xdm", "build", "--pdf", str(pdf), "--save", str(out), "--type", "11490-0", *PATIENT, *AUTHOR,
              "--act-date", "19/11/2026", "--json")  # fmt: skip
    assert ran.code == 0, ran.err
    built = ran.document
    assert built["subject"] == "XDM/1.0/DDM+Lettre de liaison à la sortie d'un établ VIAL PAULE 28/03/1979"
    assert built["headers"] == {"X-MSS-CODECDA": "11490-0", "X-MSS-INS": "O"}
    (copy,) = built["copies"]
    assert Path(copy).name == "20261119_Lettre de liaison à la sortie d'un établ_VIAL_PAULE.pdf"
    assert Path(copy).read_bytes() == PDF
    assert run("xdm", "check", built["archive"]).code == 0
    shown = run("xdm", "show", built["archive"], "--json").document["documents"][0]
    assert (shown["patient"]["ins"], shown["authors"][0]["name"]) == (INS, "Jean MARTIN")


def test_an_ins_leaves_only_when_it_is_said_to_be_qualified(run: Run, pdf: Path, tmp_path: Path) -> None:
    without = tuple(word for word in PATIENT if word != "--ins-qualified")
    ran = run("xdm", "build", "--pdf", str(pdf), "--save", str(tmp_path), "--type", "11490-0", *without, *AUTHOR)
    assert ran.code == 11
    assert "--ins-qualified" in ran.err
    assert [p.name for p in tmp_path.iterdir() if p.suffix.lower() == ".zip"] == []


@pytest.mark.parametrize(
    ("left_out", "words"),
    [("--birth-name", "nom de naissance"), ("--rpps", "RPPS"), ("--structure-id", "FINESS"), ("--sector", "secteur")],
)
def test_what_is_missing_is_asked_by_name(run: Run, pdf: Path, tmp_path: Path, left_out: str, words: str) -> None:
    given = [*PATIENT, *AUTHOR]
    at = given.index(left_out)
    del given[at : at + 2]
    ran = run("xdm", "build", "--pdf", str(pdf), "--save", str(tmp_path), "--type", "11490-0", *given)
    assert (ran.code, words in ran.err) == (2, True), ran.err


def test_a_new_version_replaces_and_a_deletion_asks(run: Run, pdf: Path, tmp_path: Path) -> None:
    first, second, third = (tmp_path / name for name in ("un", "deux", "trois"))
    for folder in (first, second, third):
        folder.mkdir()
    common = ("--pdf", str(pdf), "--type", "11490-0", *PATIENT, *AUTHOR, "--json")
    earlier = run("xdm", "build", "--save", str(first), *common).document["archive"]
    built = run("xdm", "build", "--save", str(second), "--replaces", earlier, *common).document
    assert built["subject"].startswith("XDM/1.0/DDM+[Annule et remplace] ")
    old = run("xdm", "show", earlier, "--json").document["documents"][0]
    new = run("xdm", "show", built["archive"], "--json").document["documents"][0]
    assert (new["replaces"], new["version"], new["action"]) == (old["id"], "2", "C")
    deletion = run("xdm", "build", "--save", str(third), "--deletes", earlier, *AUTHOR, "--json").document
    asked = run("xdm", "show", deletion["archive"], "--json").document["documents"][0]
    assert (asked["action"], asked["id"]) == ("D", old["id"])


def test_ready_documents_are_packed(run: Run, tmp_path: Path) -> None:
    source, out = tmp_path / "cr.xml", tmp_path / "out"
    out.mkdir()
    source.write_bytes(n3(laboratory()))
    ran = run("xdm", "build", "--cda", str(source), "--save", str(out), *AUTHOR, "--json")
    assert ran.code == 0, ran.err
    assert "n'a pas de PDF" in ran.document["warnings"][0]
    assert json.loads(run("xdm", "list", ran.document["archive"], "--json").out)["documents"][0]["hash_ok"]

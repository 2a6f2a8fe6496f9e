"""The registers from the command line: the INS comes on standard input and leaves it sealed."""

from __future__ import annotations

from tests.cli.conftest import Demo

INS = "2 79 03 51 215 189 89"
OTHER = "277076322082910"


def test_what_is_noted_is_shown_with_its_dates_and_lifted(demo: Demo) -> None:
    assert demo.run("patient", "show", "--json", input=INS).document["notes"] == []
    assert demo.run("patient", "noter", "opposition-messages", input=INS).code == 0
    lifted = demo.run("patient", "lever", "opposition-messages", "--json", input=INS).document
    (note,) = lifted["notes"]
    assert note["mark"] == "opposition-messages"
    assert note["withdrawn"] >= note["since"]
    shown = demo.run("patient", "show", input=INS)
    assert "levé le" in shown.out


def test_the_register_is_listed_by_name(demo: Demo) -> None:
    assert demo.run("patient", "noter", "informe", input=f"{OTHER}\nPaul VIAL\n").code == 0
    found = demo.run("patient", "list", "--json").document["patients"]
    (vial,) = (patient for patient in found if patient["ins"] == OTHER)
    assert vial["name"] == "Paul VIAL"
    assert [note["mark"] for note in vial["notes"]] == ["informe"]
    assert "Paul VIAL · INS 2 77 07 63 220 829 10" in demo.run("patient", "list").out


def test_a_register_that_does_not_open_is_said_and_begun_anew_on_request(demo: Demo) -> None:
    assert demo.run("patient", "noter", "informe", input=OTHER).code == 0
    assert demo.run("patient", "recommencer", "--json").document["set_aside"] is False
    (file,) = demo.home.rglob("patients-*.sealed")
    file.write_bytes(b"?")
    ran = demo.run("patient", "noter", "qualifie", input=INS)
    assert ran.code != 0
    assert "ne s'ouvre pas" in ran.err
    assert file.read_bytes() == b"?"
    assert demo.run("patient", "recommencer", "--json").document["set_aside"] is True
    assert demo.run("patient", "list", "--json").document["patients"] == []


def test_what_is_no_ins_and_what_is_read_only_are_said(demo: Demo) -> None:
    assert demo.run("patient", "noter", "informe", input="12345").code == 2
    ran = demo.run("--read-only", "patient", "noter", "informe", input=INS)
    assert (ran.code, "lecture seule" in ran.err) == (2, True)


def test_the_rules_of_a_script_know_who_was_informed(demo: Demo) -> None:
    message = (
        "check",
        "--to",
        "279035121518989@patient.mssante.fr",
        "--subject",
        "Votre ordonnance",
        "--body",
        "Bonjour",
    )
    assert "patient.information" in demo.run(*message, "--json").document["needs_confirmation"]
    assert demo.run("patient", "noter", "informe", input=INS).code == 0
    assert "patient.information" not in demo.run(*message, "--json").document["needs_confirmation"]

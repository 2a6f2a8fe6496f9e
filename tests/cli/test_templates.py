"""Letters from the command line."""

from __future__ import annotations

from tests.cli.conftest import Demo

SOPHIE = "sophie.petitjean@infirmier.demo.mssante.fr"
FILLED = ("--field", "patient=VIAL Paul", "--field", "date de naissance=12/04/1950", "--field", "question=Que faire ?")


def test_letters_are_listed_with_their_fields(demo: Demo) -> None:
    found = {t["name"]: t for t in demo.run("templates", "list", "--json").document["templates"]}
    assert found["demande-avis"]["fields"] == ["patient", "date de naissance", "histoire", "question", "votre nom"]
    assert "champs : patient" in demo.run("templates", "list").out


def test_a_letter_is_checked_filled_and_refused_where_a_field_is_not(demo: Demo) -> None:
    message = ("check", "--to", SOPHIE, "--template", "demande-avis", *FILLED)
    ran = demo.run(*message)
    assert ran.code == 2
    assert "histoire" in ran.err
    assert demo.run(*message, "--field", "histoire=dyspnée", "--json").code in (0, 11)
    assert demo.run("check", "--to", SOPHIE, "--template", "inconnu").code != 0

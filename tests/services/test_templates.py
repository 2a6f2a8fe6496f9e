"""Letters: every one can be filled, and then no rule on words speaks of it; one's own stand beside them."""

from __future__ import annotations

from pathlib import Path

import pytest

from mss_tui.errors import NotFound, UsageError
from mss_tui.model.draft import Draft
from mss_tui.model.people import Person
from mss_tui.model.verdict import State
from mss_tui.services.templates import Template, fields, filled, first_field, named, templates
from tests.support.desk import make_desk

USAGES = {
    "ehpad-pharmacie", "dac-ssiad", "pcpe-mdph", "ime-departement", "maia", "dac-coordination", "pmi-camsp-mdph",
    "rendez-vous", "orientation", "demande-avis", "compte-rendu", "liaison", "projet-personnalise",
    "mauvais-destinataire", "pas-le-destinataire", "annule-et-remplace",
}  # fmt: skip


def test_every_usage_of_the_documents_has_its_letter() -> None:
    assert {t.name for t in templates(None)} == USAGES


@pytest.mark.parametrize("letter", templates(None), ids=lambda t: t.name)
def test_a_filled_letter_is_stopped_by_no_rule_on_words(letter: Template) -> None:
    assert letter.fields
    done = filled(letter, dict.fromkeys(letter.fields, "DUPOND Léa"), Person("Jean MARTIN", "Dr"))
    assert done.fields == ()
    draft = Draft("k", "garde", to=("a.lefevre@medecin.mssante.fr",), subject=done.subject, body=done.body)
    said = [v for v in make_desk().desk.places[0].checker.check(draft) if v.state is State.VIOLATED]
    reminded = ["contenu.pj-oubliee"] if letter.name == "ehpad-pharmacie" else []  # the prescription is to be attached
    assert [v.rule for v in said if v.rule.startswith(("contenu.", "objet."))] == reminded


def test_the_sender_is_named_by_itself_and_other_fields_stay() -> None:
    done = filled(named("compte-rendu", None), {"patient": "DUPOND Léa"}, Person("Jean MARTIN", "Dr"))
    assert "Dr Jean MARTIN" in done.body
    assert done.subject == "Compte rendu de DUPOND Léa"
    assert done.fields == ("date de naissance", "date", "conclusion", "conduite")


def test_a_value_is_never_read_as_a_field_or_a_command_of_the_terminal() -> None:
    letter = Template("x", "x", "", "{un nom} {autre nom}")
    done = filled(letter, {"un nom": "\x1b[31m{autre nom}"})
    assert "\x1b" not in done.body
    assert done.body.endswith("{autre nom} {autre nom}")


def test_what_is_not_there_is_said() -> None:
    with pytest.raises(NotFound):
        named("inconnu", None)
    with pytest.raises(UsageError, match="n'a pas de champ"):
        filled(named("liaison", None), {"inconnu": "x"})


def test_braces_that_are_no_field_are_text() -> None:
    assert fields("{} {1} {A} {a\nb} { x }") == ()
    assert first_field("ab {un champ} {autre}") == (3, 13)


def test_ones_own_letters_stand_first_and_take_the_place_of_a_shipped_one(tmp_path: Path) -> None:
    (tmp_path / "liaison.txt").write_text("Objet : Liaison {patient}\n\nChers confrères,\n")
    (tmp_path / "note.txt").write_text("Sans objet dit.\n")
    (tmp_path / "image.txt").write_bytes(b"\xff\xfe\x00")
    (tmp_path / "autre.md").write_text("Objet : non")
    found = templates(tmp_path)
    assert [t.name for t in found if t.own] == ["liaison", "note"]
    assert (found[0].subject, found[0].body) == ("Liaison {patient}", "Chers confrères,\n")
    assert found[1].subject == ""
    assert sum(t.name == "liaison" for t in found) == 1
    assert templates(tmp_path / "absent") == templates(None)

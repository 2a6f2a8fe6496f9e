"""Words folded, joined and heard."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz.distance import OSA

from mss_tui.adapters.directory import phonetic
from mss_tui.adapters.directory.aliases import also
from mss_tui.adapters.directory.gather import department_code
from mss_tui.adapters.directory.layout import family_words, given_words
from mss_tui.adapters.directory.words import deletions, split

SAME_SOUND = (
    "dupond dupont",
    "durant durand",
    "gauthier gautier gothier",
    "hernandez ernandes",
    "philippe filipe",
    "moreau moro maureau",
    "leroy leroi",
    "lefevre lefebvre",
    "meyer mayer maier",
    "schmitt schmidt",
    "thibault thibaut tibo",
    "martin martain",
    "boucher bouchet",
    "lopez lopes",
    "rodriguez rodrigues",
    "lefranc lefran",
    "vincent vinsan",
    "lemaire lemere",
    "christophe kristof",
    "benoit benois",
)
OTHER_SOUND = ("martin martinez", "bernard bertrand", "marin marine", "anne anna", "petit petiot", "roux rousseau")


@pytest.mark.parametrize("names", SAME_SOUND)
def test_names_that_are_heard_the_same_have_one_key(names: str) -> None:
    assert len({phonetic.key(name) for name in names.split()}) == 1


@pytest.mark.parametrize("names", OTHER_SOUND)
def test_names_that_are_heard_otherwise_have_other_keys(names: str) -> None:
    assert len({phonetic.key(name) for name in names.split()}) == len(names.split())


@given(st.text(max_size=40))
def test_a_key_can_be_made_of_anything(text: str) -> None:
    phonetic.key(text)


@given(st.text(max_size=60))
def test_splitting_what_was_split_changes_nothing(text: str) -> None:
    words = split(text)
    assert split(" ".join(words)) == words


def test_accents_case_and_signs_are_put_aside() -> None:
    assert split("Jean-Luc O’BRIEN, d'Œuvre ÉLÉONORE ŒÇ ﬁn LYON 03") == (
        str.split("jean luc o brien d oeuvre eleonore oec fin lyon 03")
    )


WORD = st.text("abcd", min_size=1, max_size=7)


@given(WORD, WORD)
def test_words_one_edit_apart_share_a_deletion(one: str, other: str) -> None:
    if OSA.distance(one, other) <= 1:
        assert deletions(one) & deletions(other)


def test_names_are_found_by_their_parts_and_as_one() -> None:
    assert set(family_words("DE LA FONTAINE")) == {"sdelafontaine", "sd", "ffontaine", "ff"}
    assert set(family_words("LE")) == {"sle", "sl"}
    assert set(family_words("DUPONT-MARTIN")) == {"wdupontmartin", "sd", "fdupont", "fmartin", "fd", "fm"}
    assert set(given_words("Jean-Luc")) == {"gjean", "gluc", "gjeanluc", "gj", "gl"}
    assert family_words("") == []
    assert family_words("???") == []


def test_people_say_other_words_than_labels() -> None:
    assert {"cardiologue", "cardio"} <= also(split("Cardiologie et Maladies vasculaires (SM)"))
    assert {"generaliste"} <= also(split("Qualifié en Médecine générale (SM)"))
    assert {"infirmiere", "ide"} <= also(split("Infirmier"))
    assert {"kine"} <= also(split("Masseur-Kinésithérapeute"))
    assert {"orl"} <= also(split("Oto-rhino-laryngologie (SM)"))


@pytest.mark.parametrize(
    ("postal_code", "code"),
    [("69003", "69"), ("97400", "974"), ("20000", "2a"), ("20200", "2b"), ("01000", "01"), ("", "")],
)
def test_a_postal_code_says_its_departement(postal_code: str, code: str) -> None:
    assert department_code(postal_code) == code

"""Searching: what is found, in which order, with which filters, at which cost, and from which file."""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mss_tui.adapters.directory.build import build
from mss_tui.adapters.directory.database import read_only
from mss_tui.adapters.directory.index import SqliteIndex
from mss_tui.adapters.directory.layout import ROW, Row
from mss_tui.adapters.directory.ranking import score
from mss_tui.adapters.directory.terms import Lexicon
from mss_tui.adapters.directory.typed import take_apart
from mss_tui.errors import NotFound, UsageError
from mss_tui.ports.directory import Filters
from tests.annuaire.conftest import NAME, FixedClock
from tests.support.extraction import DOCTOR, Box, boxes, write


def keys(found: object) -> list[str]:
    return [entry.address.partition("@")[0] for entry in found.entries]  # type: ignore[attr-defined]


@pytest.fixture(scope="module")
def crowd(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("crowd")
    build(write(folder / NAME, boxes(400, seed=7)), folder / "annuaire.sqlite", FixedClock())
    return folder / "annuaire.sqlite"


def everyone(path: Path) -> list[Row]:
    return [Row._make(columns) for columns in read_only(path).execute(ROW)]


TYPED = str.split(
    "martin jean le la roy dubois sophie medecin cardio lyon 69 75012 ehpad cabinet st saint dr m j infirmiere"
)


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_a_search_finds_what_a_look_at_every_mailbox_finds(crowd: Path, data: st.DataObject) -> None:
    people = everyone(crowd)
    row = data.draw(st.sampled_from(people))
    own = [word[1:] for word in row.words() if word[0] != "i"] + TYPED
    words = data.draw(st.lists(st.sampled_from(own), min_size=1, max_size=3))
    text = " ".join(word[: data.draw(st.integers(1, len(word)))] for word in words) + data.draw(
        st.sampled_from(["", " "])
    )
    index = SqliteIndex(crowd, FixedClock())
    found = [entry.address for entry in index.search(text, limit=200).entries]
    typed = take_apart(text)
    lexicon = Lexicon(read_only(crowd))
    readings = [(typed, False)] + [(joined, True) for one, joined in typed.joined() if lexicon.knows(one)]
    plain, alike = [], []
    for person in people:
        for reading, joined in readings:
            for look, found_so in ((lexicon.of, plain), (lexicon.alike, alike)):
                given = score(
                    person, person.words(), [look(word) for word in reading.words], reading.optional, joined=joined
                )
                if given is not None:
                    found_so.append((given, person.address))
    if typed.chunk:
        plain += [((1, 6, 0), person.address) for person in people if person.address.startswith(typed.chunk)]
    wanted = {address for _, address in (plain if len(set(plain)) >= 200 else plain + alike)}
    if len(wanted) <= 200:
        assert set(found) == wanted
    else:
        assert len(found) == 200
    index.close()


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=60))
def test_any_text_can_be_typed(crowd: Path, text: str) -> None:
    index = SqliteIndex(crowd, FixedClock())
    assert len(index.search(text, limit=5).entries) <= 5
    index.close()


@settings(max_examples=100, deadline=None)
@given(st.text('"*()ANDORNEAT^:+-{}.@ é', max_size=30))
def test_full_text_syntax_is_only_text(crowd: Path, text: str) -> None:
    index = SqliteIndex(crowd, FixedClock())
    index.search(text, Filters(profession=text, speciality=text, place=text, type=text))
    index.close()


def test_filters_narrow_and_never_add(index: SqliteIndex) -> None:
    assert keys(index.search("lefebvre anne", Filters(speciality="cardiologie"))) == ["anne.lefebvre"]
    assert keys(index.search("lefebvre anne", Filters(profession="infirmier")))[:1] == ["a.lefebvre"]
    assert keys(index.search("lefebvre anne", Filters(place="69310"))) == ["anne.lefebvre"]
    assert keys(index.search("lefebvre anne", Filters(place="lyon")))[:1] == ["a.lefebvre"]
    assert keys(index.search("tilleuls", Filters(type="ORG"))) == ["cardiologie", "accueil"]
    assert keys(index.search("tilleuls", Filters(type="PER"))) == ["q.vandenbroucke"]
    assert keys(index.search("tilleuls", Filters(place="nancy"))) == []
    assert keys(index.search("tilleuls", Filters(profession="zzz"))) == []


def test_filters_alone_list_what_they_allow(index: SqliteIndex) -> None:
    found = index.search("", Filters(place="grenoble", type="ORG"))
    assert set(keys(found)) == {"accueil", "cardiologie"}
    assert index.search("").entries == ()


def test_favourites_come_first_in_their_tier_only(index: SqliteIndex) -> None:
    nurse, cardiologist = "a.lefebvre@infirmier.mssante.fr", "anne.lefebvre@chu-lyon.mssante.fr"
    assert keys(index.search("lefebvre anne", prefer=[nurse]))[:2] == ["a.lefebvre", "anne.lefebvre"]
    assert keys(index.search("lefebvre anne", prefer=[cardiologist]))[:2] == ["anne.lefebvre", "a.lefebvre"]
    near = index.search("lefebvre", prefer=["anna.lefevre@medecin.mssante.fr"])
    assert near.entries[0].tier == "exact"
    assert "ANNA" not in near.entries[0].given


def test_a_favourite_is_found_among_more_than_can_be_shown(index: SqliteIndex) -> None:
    found = index.search("l", limit=3, prefer=["thi.le@medecin.mssante.fr"])
    assert keys(found)[0] == "thi.le"
    assert found.truncated


def test_an_address_is_found_whatever_its_case(index: SqliteIndex) -> None:
    (entry,) = index.of_address("ANNE.Lefebvre@CHU-Lyon.mssante.fr")
    assert (entry.family, entry.rpps, entry.town) == ("LEFEBVRE", "10900007018", "PIERRE BENITE")
    assert index.of_address("personne@medecin.mssante.fr") == ()


def test_homonyms_are_other_people_of_the_same_whole_name(index: SqliteIndex) -> None:
    (entry,) = index.of_address("anne.lefebvre@chu-lyon.mssante.fr")
    others = index.homonyms(entry)
    assert "10900002231" in {other.rpps for other in others}
    assert {(other.family, other.given.upper()) for other in others} == {("LEFEBVRE", "ANNE")}
    (service,) = index.of_address("accueil@ehpad-tilleuls.mssante.fr")
    assert index.homonyms(service) == ()


def test_labels_of_codes_come_from_the_extraction(index: SqliteIndex) -> None:
    assert index.labels({"10", "SM04", "?"}) == {"10": "Médecin", "SM04": "Cardiologie et Maladies vasculaires (SM)"}


def test_the_age_is_counted_in_days_of_paris(index: SqliteIndex, clock: FixedClock) -> None:
    clock.at = datetime(2026, 11, 19, 22, 59, tzinfo=UTC)
    assert index.age_days() == 0
    clock.at += timedelta(minutes=2)
    assert index.age_days() == 1
    assert index.search("martin").age_days == 1


def test_a_search_counts_few_statements(index: SqliteIndex, index_file: Path) -> None:
    index.search("warm")
    said: list[str] = []
    index._open.database.set_trace_callback(said.append)  # type: ignore[union-attr]
    for text in ("m", "ma", "mar", "martin j", "lefebvre anne cardio lyon", "vandenbruocke quitterie", "10900007018"):
        said.clear()
        index.search(text)
        assert len([one for one in said if not one.startswith("--")]) <= 40, text


def test_an_update_is_seen_by_an_index_that_is_open(tmp_path: Path, clock: FixedClock) -> None:
    path = tmp_path / "annuaire.sqlite"
    build(write(tmp_path / "a.txt", [Box("a@x.mssante.fr", family="AVANT", given="UN")]), path, clock)
    index = SqliteIndex(path, clock)
    assert keys(index.search("avant")) == ["a"]
    build(write(tmp_path / "b.txt", [Box("b@x.mssante.fr", family="APRES", given="DEUX")]), path, clock)
    assert keys(index.search("avant")) == []
    assert keys(index.search("apres")) == ["b"]


def test_no_index_says_how_to_get_one(tmp_path: Path, clock: FixedClock) -> None:
    index = SqliteIndex(tmp_path / "none.sqlite", clock)
    with pytest.raises(NotFound, match="annuaire update"):
        index.search("martin")
    assert index.age_days() is None


@pytest.mark.parametrize("content", [b"", b"not a database" * 100, b"SQLite format 3\0" + b"\xff" * 5000])
def test_a_damaged_file_says_to_make_it_again(tmp_path: Path, clock: FixedClock, content: bytes) -> None:
    path = tmp_path / "annuaire.sqlite"
    path.write_bytes(content)
    with pytest.raises(UsageError, match="annuaire update"):
        SqliteIndex(path, clock).search("martin")


def test_a_file_of_another_layout_says_to_make_it_again(tmp_path: Path, clock: FixedClock) -> None:
    path = tmp_path / "annuaire.sqlite"
    build(write(tmp_path / "a.txt", [Box("a@x.mssante.fr", family="UN")]), path, clock)
    with sqlite3.connect(path) as database:
        database.execute("UPDATE meta SET value = '999' WHERE key = 'schema'")
    with pytest.raises(UsageError, match="annuaire update"):
        SqliteIndex(path, clock).search("martin")


def test_what_is_shown_is_sanitised(tmp_path: Path, clock: FixedClock) -> None:
    path = tmp_path / "annuaire.sqlite"
    hostile = Box(
        "x@y.mssante.fr",
        family="MAR\x1b[2JTIN",
        given="\u202eNNA",
        profession=DOCTOR,
        structure="\x9b31m",
        service="\x07",
        town="LY\x00ON",
    )
    build(write(tmp_path / "a.txt", [hostile]), path, clock)
    (entry,) = SqliteIndex(path, clock).of_address("x@y.mssante.fr")
    shown = "".join((entry.family, entry.given, entry.structure, entry.service, entry.town))
    assert shown.isprintable()

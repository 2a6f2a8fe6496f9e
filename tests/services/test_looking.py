"""What is typed in a search, and what it finds among the rows that are here."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mss_tui.errors import UsageError
from mss_tui.model.folder import Opened
from mss_tui.model.message import DELETED, SEEN, Row
from mss_tui.ports.mail import Query
from mss_tui.services.box import Box
from mss_tui.services.folder_view import FolderView
from mss_tui.services.looking import FILTERS, LONGEST, query_of
from tests.support.desk import sample_rows

TODAY = date(2026, 11, 20)


@pytest.mark.parametrize(
    ("typed", "query"),
    [
        ("bilan INR", Query(words="bilan INR")),
        ("de:labo objet:biologie", Query(sender="labo", subject="biologie")),
        ('objet:"lettre de liaison" sortie', Query(subject="lettre de liaison", words="sortie")),
        ("De:Léa", Query(sender="Léa")),
        ("depuis:7j avant:2026-11-19", Query(since=date(2026, 11, 13), before=date(2026, 11, 19))),
        ("depuis:01/02/26", Query(since=date(2026, 2, 1))),
        ("non-lu suivi", Query(unseen=True, flagged=True)),
        ("traité", Query(keyword="$MssTraite")),
        ("texte:potassium", Query(text="potassium")),
        ("patient:DUPOND", Query(subject="DUPOND")),
        ("l'ordonnance d'hier", Query(words="l'ordonnance d'hier")),
        ('"pas fermé', Query(words="pas fermé")),
        ("https://x", Query(words="https://x")),
        ("de:", Query(words="de:")),
        ("", Query()),
    ],
)
def test_what_is_typed_is_a_query(typed: str, query: Query) -> None:
    assert query_of(typed, TODAY) == query


def test_what_is_to_be_handled_is_what_nobody_handled() -> None:
    assert DELETED in query_of("a-traiter", TODAY).without
    assert "$MssTraite" in query_of("À-traiter", TODAY).without


@pytest.mark.parametrize("typed", ["depuis:demain", "avant:32/12/2026", "avant:2026-13-01", "depuis:1/2"])
def test_a_day_that_is_none_is_said(typed: str) -> None:
    with pytest.raises(UsageError, match="pas un jour"):
        query_of(typed, TODAY)


@pytest.mark.parametrize("typed", [typed for typed, _ in FILTERS])
def test_every_usual_filter_is_a_query(typed: str) -> None:
    assert query_of(typed, TODAY) != Query(words=typed)


@given(st.text(max_size=2 * LONGEST))
def test_anything_can_be_typed(typed: str) -> None:
    try:
        query = query_of(typed, TODAY)
    except UsageError:
        return
    assert len(query.words) <= LONGEST
    for row in sample_rows():
        assert query.matcher()(row) in (True, False)


def view_of(rows: tuple[Row, ...]) -> FolderView:
    return FolderView(Opened("garde", "INBOX", 7, 100, len(rows), None, rows))


def test_rows_that_are_here_are_found_whatever_the_accents() -> None:
    view = view_of(sample_rows())
    folded = Box.search_here(view, query_of("resultat", TODAY))
    assert len(folded) == len(Box.search_here(view, query_of("RÉSULTAT", TODAY)))
    unread = Box.search_here(view, query_of("non-lu", TODAY))
    assert 0 < len(unread) < len(view)
    assert all(SEEN not in row.flags for row in unread.known())


def test_a_list_of_its_own_forgets_what_is_gone() -> None:
    rows = sample_rows()
    uids = [row.ref.uid for row in rows]
    view = FolderView.listed(view_of(rows), uids, rows[:2], asked=uids[:3])
    assert len(view) == len(rows) - 1
    assert uids[2] not in (view.uids or ())
    assert view.missing(0, 10) == (2, len(view))
    assert view.remove(frozenset({uids[0]}))
    assert [row.ref.uid for row in view.known()] == [uids[1]]

"""Who is found first, query by query (relevance.toml), and the page that shows it."""

from __future__ import annotations

import pytest

from mss_tui.adapters.directory.index import SqliteIndex
from tests.annuaire.relevance import PAGE, QUERIES, Query, page


@pytest.mark.parametrize("query", QUERIES, ids=lambda query: query.words)
def test_the_right_person_comes_first(index: SqliteIndex, query: Query) -> None:
    found = index.search(query.words).entries
    keys = [entry.address.partition("@")[0] for entry in found]
    assert set(keys[: len(query.first)]) == set(query.first)
    if query.first:
        assert {entry.tier for entry in found[: len(query.first)]} == {query.tier}
    else:
        assert not keys


@pytest.mark.parametrize("query", QUERIES, ids=lambda query: query.words)
def test_tiers_come_in_their_order(index: SqliteIndex, query: Query) -> None:
    order = ["exact", "prefix", "phonetic", "near"]
    tiers = [order.index(entry.tier) for entry in index.search(query.words).entries]
    assert tiers == sorted(tiers)


def test_the_page_is_the_list() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "python -m tests.annuaire.relevance"

"""Indexes for the tests, built once from extractions of our own."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from mss_tui.adapters.directory.build import build
from mss_tui.adapters.directory.index import SqliteIndex
from tests.annuaire.relevance import PEOPLE
from tests.support.extraction import boxes, write

NAME = "Extraction_Correspondance_MSSante_202611190500.txt"


class FixedClock:
    """A clock that stands still until it is set."""

    def __init__(self, at: datetime = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)) -> None:
        self.at = at

    def now(self) -> datetime:
        return self.at


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock()


@pytest.fixture(scope="session")
def index_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The people of the relevance list among 3 000 invented mailboxes."""
    folder = tmp_path_factory.mktemp("annuaire")
    source = write(folder / NAME, [*PEOPLE, *boxes(3_000)])
    build(source, folder / "annuaire.sqlite", FixedClock())
    return folder / "annuaire.sqlite"


@pytest.fixture
def index(index_file: Path, clock: FixedClock) -> Iterator[SqliteIndex]:
    opened = SqliteIndex(index_file, clock)
    yield opened
    opened.close()

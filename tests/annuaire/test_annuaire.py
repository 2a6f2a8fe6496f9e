"""The service: search in its own thread, verification in its order, wording, who comes first."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from datetime import timedelta
from pathlib import Path

import pytest

from mss_tui.adapters.directory.build import build
from mss_tui.adapters.directory.index import SqliteIndex
from mss_tui.adapters.directory.known import KnownFile
from mss_tui.errors import CannotConnect, MssError, NotFound, UsageError
from mss_tui.model.directory import DirectoryEntry, Publication, SearchResult, Tier, Verification
from mss_tui.phrase import say
from mss_tui.ports.directory import Filters, Updated, UpdateStep, UpdateWatch
from mss_tui.services.annuaire import FRESH, STALE_DAYS, Annuaire, age_phrase, publication_phrase
from mss_tui.text import clean
from tests.annuaire.conftest import FixedClock
from tests.support.extraction import Box, write

ANNE = "anne.lefebvre@chu-lyon.mssante.fr"
NURSE = "a.lefebvre@infirmier.mssante.fr"
NEW = "nouveau@medecin.mssante.fr"


class Api:
    """An API that knows one address, counts, and may fail."""

    def __init__(self, *known: DirectoryEntry) -> None:
        self.known = known
        self.asked: list[str] = []
        self.fails = False

    async def of_address(self, address: str) -> tuple[DirectoryEntry, ...]:
        self.asked.append(address)
        if self.fails:
            raise CannotConnect(say("rien"))
        return tuple(entry for entry in self.known if entry.address == address.lower())

    async def of_rpps(self, rpps: Sequence[str]) -> tuple[DirectoryEntry, ...]:
        if self.fails:
            raise CannotConnect(say("rien"))
        return tuple(entry for entry in self.known if entry.rpps in rpps)

    async def close(self) -> None:
        pass


@pytest.fixture
def api() -> Api:
    entry = DirectoryEntry(NEW, "PER", clean("NOUVEAU"), clean("PAUL"), rpps="10900054321")
    return Api(DirectoryEntry(NEW, "PER", entry.family, entry.given, rpps=entry.rpps, profession=clean("10")))


@pytest.fixture
async def annuaire(index: SqliteIndex, api: Api, clock: FixedClock) -> AsyncIterator[Annuaire]:
    made = Annuaire(index, api, clock)
    yield made
    await made.close()


async def test_a_search_is_answered_by_the_index(annuaire: Annuaire, api: Api) -> None:
    found = await annuaire.search("lefebvre anne cardio")
    assert [entry.address for entry in found.entries] == [ANNE]
    assert found.age_days == 1
    assert found.size > 3_000
    assert not api.asked


async def test_favourites_then_recent_correspondents_come_first(
    index: SqliteIndex, clock: FixedClock, tmp_path: Path
) -> None:
    known = KnownFile(tmp_path / "correspondants.json", "garde", lambda phrase: None)
    annuaire = Annuaire(index, None, clock, known=known)
    known.wrote_to([NURSE])
    assert (await annuaire.search("lefebvre anne")).entries[0].address == NURSE
    known.set_favourite(ANNE, True)
    assert [entry.address for entry in (await annuaire.search("lefebvre anne")).entries[:2]] == [ANNE, NURSE]
    await annuaire.close()


class Slow:
    """An index whose first search waits until it is let go."""

    def __init__(self) -> None:
        self.go = threading.Event()
        self.begun = threading.Event()
        self.searched: list[str] = []
        self.threads: set[int] = set()

    def search(
        self, words: str, filters: Filters = Filters(), limit: int = 50, prefer: Sequence[str] = ()
    ) -> SearchResult:
        self.threads.add(threading.get_ident())
        self.begun.set()
        if not self.searched:
            self.go.wait(10)
        self.searched.append(words)
        return SearchResult((), None, False)

    def of_address(self, address: str) -> tuple[DirectoryEntry, ...]:
        return ()

    def homonyms(self, entry: DirectoryEntry, limit: int = 20) -> tuple[DirectoryEntry, ...]:
        return ()

    def formerly(self, address: str) -> bool:
        return False

    def labels(self, codes: Collection[str]) -> Mapping[str, str]:
        return {}

    def age_days(self) -> int | None:
        return None

    def close(self) -> None:
        pass


async def test_a_late_answer_is_dropped_and_what_waited_is_never_asked(clock: FixedClock) -> None:
    slow = Slow()
    annuaire = Annuaire(slow, None, clock)
    first = asyncio.create_task(annuaire.search("l"))
    await asyncio.to_thread(slow.begun.wait, 10)
    second = asyncio.create_task(annuaire.search("le"))
    await asyncio.sleep(0)
    third = asyncio.create_task(annuaire.search("lef"))
    await asyncio.sleep(0)
    first.cancel()
    second.cancel()
    await asyncio.wait([first, second])
    assert first.cancelled()
    assert second.cancelled()
    slow.go.set()
    assert isinstance(await third, SearchResult)
    assert slow.searched == ["l", "lef"]
    assert slow.threads != {threading.get_ident()}
    assert len(slow.threads) == 1
    await annuaire.close()


async def test_an_address_of_the_index_needs_no_api(annuaire: Annuaire, api: Api, clock: FixedClock) -> None:
    found = await annuaire.verify(ANNE.upper())
    assert (found.state, found.source, found.checked_at) == (Publication.PUBLISHED, "index", clock.at)
    assert found.entry is not None
    assert found.entry.rpps == "10900007018"
    assert "10900002231" in {other.rpps for other in found.homonyms}
    assert not api.asked


async def test_what_the_index_has_not_is_asked_of_the_api(annuaire: Annuaire, api: Api) -> None:
    found = await annuaire.verify(NEW)
    assert (found.state, found.source) == (Publication.PUBLISHED, "fhir")
    assert found.entry is not None
    assert found.entry.profession == "Médecin"


async def test_what_neither_has_is_not_published_and_never_said_not_to_exist(annuaire: Annuaire) -> None:
    found = await annuaire.verify("liste.rouge@medecin.mssante.fr")
    assert (found.state, found.entry) == (Publication.NOT_PUBLISHED, None)
    assert "non publiée" in str(publication_phrase(found))
    assert "n'existe pas" not in str(publication_phrase(found))


async def test_where_the_api_fails_the_index_decides(annuaire: Annuaire, api: Api) -> None:
    api.fails = True
    found = await annuaire.verify(NEW)
    assert (found.state, found.source) == (Publication.NOT_PUBLISHED, "index")
    assert (await annuaire.verify(ANNE)).state is Publication.PUBLISHED


async def test_an_old_extraction_proves_no_absence(
    index: SqliteIndex, api: Api, clock: FixedClock, annuaire: Annuaire
) -> None:
    clock.at += timedelta(days=STALE_DAYS)
    api.fails = True
    assert (await annuaire.verify(NEW)).state is Publication.UNKNOWN
    assert (await annuaire.verify(ANNE)).state is Publication.PUBLISHED
    api.fails = False
    gone = await annuaire.verify(ANNE, again=True)
    assert (gone.state, gone.source) == (Publication.NOT_PUBLISHED, "fhir")


async def test_without_any_source_nothing_is_known(clock: FixedClock) -> None:
    annuaire = Annuaire(None, None, clock)
    found = await annuaire.verify(ANNE)
    assert (found.state, found.source) == (Publication.UNKNOWN, "")
    assert await annuaire.age_days() is None
    assert annuaire.in_white_list("x.mssante.fr") is None
    with pytest.raises(NotFound, match="annuaire update"):
        await annuaire.search("martin")
    await annuaire.close()


async def test_an_answer_is_kept_with_its_date_until_it_is_asked_again(
    annuaire: Annuaire, api: Api, clock: FixedClock
) -> None:
    first = await annuaire.verify(NEW)
    clock.at += timedelta(hours=1)
    assert await annuaire.verify(NEW.upper()) is first
    assert api.asked == [NEW]
    again = await annuaire.verify(NEW, again=True)
    assert again.checked_at == clock.at
    clock.at += FRESH
    assert (await annuaire.verify(NEW)).checked_at == clock.at
    assert len(api.asked) == 3


async def test_what_is_unknown_is_asked_anew_every_time(clock: FixedClock, api: Api) -> None:
    api.fails = True
    annuaire = Annuaire(None, api, clock)
    assert (await annuaire.verify(NEW)).state is Publication.UNKNOWN
    api.fails = False
    assert (await annuaire.verify(NEW)).state is Publication.PUBLISHED


async def test_an_address_that_left_the_directory_is_said(tmp_path: Path, clock: FixedClock) -> None:
    path = tmp_path / "annuaire.sqlite"
    gone = Box("parti@medecin.mssante.fr", family="PARTI")
    build(write(tmp_path / "a.txt", [gone]), path, clock)
    other = write(tmp_path / "Extraction_202611190500.txt", [Box("reste@medecin.mssante.fr", family="RESTE")])
    build(other, path, clock)
    annuaire = Annuaire(SqliteIndex(path, clock), None, clock)
    found = await annuaire.verify(gone.address)
    assert (found.state, found.formerly_published) == (Publication.NOT_PUBLISHED, True)
    assert "n'est plus publiée" in str(publication_phrase(found))
    await annuaire.close()


async def test_only_an_exact_number_or_address_picks_somebody(annuaire: Annuaire) -> None:
    for words in ("10900007018", ANNE, f" {ANNE.upper()} "):
        one = await annuaire.only(words)
        assert one is not None
        assert one.address == ANNE
    for words in ("lefebvre anne cardio", "1090000701", "anne.lefebvre@ch", "540990017", "anne.lefebvre", ""):
        assert await annuaire.only(words) is None


async def test_details_come_from_the_api_else_from_the_index(annuaire: Annuaire, api: Api) -> None:
    (entry,) = (await annuaire.search(ANNE)).entries
    assert {found.rpps for found in await annuaire.details(entry)} == {"10900007018"}
    api.known = (DirectoryEntry(NEW, "PER", rpps="10900007018"),)
    assert [found.address for found in await annuaire.details(entry)] == [NEW]
    api.fails = True
    assert {found.rpps for found in await annuaire.details(entry)} == {"10900007018"}
    (service,) = (await annuaire.search("accueil@ehpad-tilleuls.mssante.fr")).entries
    assert [found.address for found in await annuaire.details(service)] == [service.address]


class Updates:
    """An update that brings nothing, or fails."""

    def __init__(self, error: MssError | None = None) -> None:
        self.error = error

    async def update(self, source: Path | None, watch: UpdateWatch) -> Updated:
        if self.error is not None:
            raise self.error
        return Updated(0, None, 0)


def ignore(step: UpdateStep) -> None:
    """Nobody watches."""


async def test_an_update_forgets_what_was_verified(index: SqliteIndex, api: Api, clock: FixedClock) -> None:
    annuaire = Annuaire(index, api, clock, updates=Updates())
    await annuaire.verify(NEW)
    await annuaire.update(None, ignore)
    await annuaire.verify(NEW)
    assert len(api.asked) == 2
    await annuaire.close()


async def test_a_profile_without_updates_says_so(annuaire: Annuaire) -> None:
    with pytest.raises(UsageError, match="administrateur"):
        await annuaire.update(None, ignore)


@pytest.mark.parametrize(
    ("days", "words"),
    [(None, "inconnue"), (0, "du jour"), (1, "il y a 1 j"), (30, "il y a 30 j"), (31, "trop ancienne")],
)
def test_the_age_is_said(days: int | None, words: str) -> None:
    assert words in str(age_phrase(days))


def test_every_state_of_a_verification_has_its_sentence(clock: FixedClock) -> None:
    said = {
        str(publication_phrase(Verification(ANNE, state, "index", clock.at, formerly_published=formerly)))
        for state in Publication
        for formerly in (False, True)
    }
    assert len(said) == 4


def test_tiers_have_their_order() -> None:
    assert list(Tier) == ["exact", "prefix", "phonetic", "near"]

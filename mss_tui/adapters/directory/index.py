"""The local index: finds people and services as fast as they are typed, offline (annuaire.md §4, §7).

A search asks the full-text table for candidates, the likeliest kinds first, until there are enough of them, and ranks
these by `ranking.score`. The statements of one search are few and each is bounded, so a keystroke takes about as long
for a common name as for a rare one.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from mss_tui.adapters.directory.build import address_hash
from mss_tui.adapters.directory.candidates import RARE, Candidates, Narrowing, rows
from mss_tui.adapters.directory.database import read_only
from mss_tui.adapters.directory.entry import entry_of
from mss_tui.adapters.directory.layout import ROW, Row, family_words, given_words
from mss_tui.adapters.directory.ranking import TIERS, Score, score
from mss_tui.adapters.directory.terms import Alternatives, Lexicon
from mss_tui.adapters.directory.typed import Typed, take_apart
from mss_tui.errors import MssError, NotFound, UsageError
from mss_tui.model.directory import DirectoryEntry, SearchResult
from mss_tui.model.paris import days_between
from mss_tui.phrase import say
from mss_tui.ports.clock import Clock
from mss_tui.ports.directory import Filters
from mss_tui.record import dataclass
from mss_tui.text import clean

T = TypeVar("T")
MAX_LIMIT = 200
_ADDRESS_BEGUN: Score = (1, 6, 0)
"""Of a mailbox whose address begins as typed."""


@dataclass(frozen=True, slots=True)
class _Preferred:
    """A mailbox that a profile prefers, its words, and these as one text that says in no time what it has not."""

    row: Row
    tokens: list[str]
    text: str

    def may_fit(self, words: Sequence[Alternatives]) -> bool:
        """Is every word there, or perhaps something like it?"""
        return all(word.others or f" {word.word.text}" in self.text for word in words)


@dataclass(slots=True)
class _Open:
    """A file opened: its identity, what it says of itself, its words, and the mailboxes that a profile prefers."""

    identity: tuple[int, int]
    database: sqlite3.Connection
    lexicon: Lexicon
    size: int
    made: datetime | None
    preferred: tuple[Sequence[str], list[_Preferred]] = ((), [])


class SqliteIndex:
    """The index `path`; when an update replaces it, the next call reads the new one.

    One thread at a time may use it.
    """

    def __init__(self, path: Path, clock: Clock) -> None:
        self._path = path
        self._clock = clock
        self._open: _Open | None = None

    def search(
        self, words: str, filters: Filters = Filters(), limit: int = 50, prefer: Sequence[str] = ()
    ) -> SearchResult:
        """Entries for what was typed, best first; those of the addresses `prefer` before others of their tier.

        Raises:
            MssError: there is no index, or it is damaged.
        """
        return self._guarded(lambda index: self._search(index, words, filters, min(limit, MAX_LIMIT), tuple(prefer)))

    def of_address(self, address: str) -> tuple[DirectoryEntry, ...]:
        """Everyone published at exactly this address, letter case aside."""
        return self._guarded(lambda index: tuple(entry_of(row) for row in _at(index, address)))

    def homonyms(self, entry: DirectoryEntry, limit: int = 20) -> tuple[DirectoryEntry, ...]:
        """Other people of the same family and given name, one entry each."""
        return self._guarded(lambda index: self._homonyms(index, entry, limit))

    def formerly(self, address: str) -> bool:
        """Did it stand in an earlier extraction and is gone from this one?"""

        def ask(index: _Open) -> bool:
            gone = index.database.execute("SELECT 1 FROM gone WHERE address = ?", (address_hash(address),)).fetchone()
            return gone is not None and not _at(index, address)

        return self._guarded(ask)

    def labels(self, codes: Collection[str]) -> Mapping[str, str]:
        """What professions (TRE_G15) and specialities (TRE_R38…) are called in the extraction, by code."""

        def ask(index: _Open) -> Mapping[str, str]:
            rows = index.database.execute("SELECT profession_code, profession, speciality_code, speciality FROM skill")
            said = {code: label for row in rows for code, label in (row[:2], row[2:]) if code in codes}
            return {code: clean(label) for code, label in said.items()}

        return self._guarded(ask)

    def age_days(self) -> int | None:
        """Days since the extraction was made; None when there is no index, or nobody knows."""
        try:
            return self._guarded(self._age)
        except MssError:
            return None

    def size(self) -> int:
        """How many mailboxes there are; 0 without an index."""
        try:
            return self._guarded(lambda index: index.size)
        except MssError:
            return 0

    def close(self) -> None:
        """Let go of the file."""
        if self._open is not None:
            self._open.database.close()
            self._open = None

    def _guarded(self, act: Callable[[_Open], T]) -> T:
        try:
            return act(self._current())
        except sqlite3.Error as error:
            self.close()
            raise UsageError(
                say("L'index de l'annuaire « {path} » ne peut pas être lu.", path=clean(str(self._path))),
                remedy=say("Refaites-le : « mss-tui annuaire update »."),
                detail=clean(str(error)),
            ) from error

    def _current(self) -> _Open:
        """The file as it is now, opened."""
        try:
            status = self._path.stat()
        except OSError as error:
            if self._open is not None:
                return self._open
            raise NotFound(
                say("Il n'y a pas d'annuaire sur ce poste."),
                remedy=say("Chargez-le : « mss-tui annuaire update »."),
                detail=clean(str(self._path)),
            ) from error
        identity = (status.st_ino, status.st_mtime_ns)
        if self._open is None or self._open.identity != identity:
            database = read_only(self._path)
            self.close()
            said = dict(database.execute("SELECT key, value FROM meta"))
            made = datetime.fromisoformat(said["made"]) if said.get("made") else None
            size = int(said.get("mailboxes") or 0)
            self._open = _Open(identity, database, Lexicon(database), size, made)
        return self._open

    def _age(self, index: _Open) -> int | None:
        return None if index.made is None else max(0, days_between(index.made, self._clock.now()))

    def _search(self, index: _Open, text: str, filters: Filters, limit: int, prefer: Sequence[str]) -> SearchResult:
        typed = take_apart(text)
        narrowing = Narrowing(filters, index.lexicon)
        scored: dict[int, tuple[Score, Row]] = {}
        cut = False
        if typed.address:
            rows = _beginning(index.database, typed.address, limit + 1)
            cut = len(rows) > limit
            scored = {row.id: (_address_score(row, typed.address), row) for row in rows if narrowing.allows(row)}
        elif typed.words:
            scored, cut = self._search_words(index, typed, narrowing, limit, prefer)
        elif not narrowing.empty:
            candidates = Candidates(index.database, narrowing, limit)
            candidates.gather(())
            scored = {row.id: ((0, 0, 0), row) for row in candidates.rows()}
            cut = candidates.cut
        ranks = {address.lower(): rank for rank, address in enumerate(prefer)}
        best = sorted(
            scored.values(), key=lambda it: (it[0][0], ranks.get(it[1].address.lower(), len(ranks)), it[0], it[1].id)
        )
        entries = tuple(entry_of(row, TIERS[given[0]]) for given, row in best[:limit])
        return SearchResult(entries, self._age(index), cut or len(best) > limit, index.size)

    def _search_words(
        self, index: _Open, typed: Typed, narrowing: Narrowing, limit: int, prefer: Sequence[str]
    ) -> tuple[dict[int, tuple[Score, Row]], bool]:
        lexicon = index.lexicon
        readings = [typed, *(joined for one, joined in typed.joined() if lexicon.knows(one))]
        candidates = Candidates(index.database, narrowing, limit)
        fitting: list[tuple[Typed, list[Alternatives]]] = []
        for reading in readings:
            words = [lexicon.of(word) for word in reading.words]
            if min(word.boxes for word in words) <= RARE:
                words = [lexicon.alike(word) for word in reading.words]
            rarest = min(words, key=lambda word: word.boxes)
            if rarest.boxes <= RARE:
                candidates.gather_rare(rarest)
            else:
                candidates.gather(words)
            fitting.append((reading, words))
        if not candidates.enough:
            fitting = [(reading, [lexicon.alike(word) for word in reading.words]) for reading in readings]
            for _, words in fitting:
                if min(word.boxes for word in words) > RARE:
                    candidates.gather_more(words)
        found = [(row, row.words()) for row in candidates.rows()]
        found += [
            (one.row, one.tokens)
            for one in _preferred(index, prefer)
            if any(one.may_fit(words) for _, words in fitting) and narrowing.allows(one.row)
        ]
        if typed.chunk and not candidates.enough:
            begun = _beginning(index.database, typed.chunk, limit)
            found += [(row, row.words()) for row in begun if narrowing.allows(row)]
        scored: dict[int, tuple[Score, Row]] = {}
        for row, tokens in found:
            given = [
                score(row, tokens, words, reading.optional, joined=reading is not typed) for reading, words in fitting
            ]
            if typed.chunk and row.address.lower().startswith(typed.chunk):
                given.append(_ADDRESS_BEGUN)
            fits = [one for one in given if one is not None]
            if fits:
                scored[row.id] = min(fits), row
        return scored, candidates.cut

    def _homonyms(self, index: _Open, entry: DirectoryEntry, limit: int) -> tuple[DirectoryEntry, ...]:
        family, given = family_words(entry.family), set(given_words(entry.given))
        if not family or not given:
            return ()
        expression = " AND ".join(f'"{word}"' for word in (family[0], *sorted(given)))
        numbers = index.database.execute("SELECT rowid FROM found WHERE found MATCH ? LIMIT 500", (expression,))
        others: dict[str, DirectoryEntry] = {}
        for row in rows(index.database, [number for (number,) in numbers]):
            other = entry_of(row)
            same = other.rpps == entry.rpps if other.rpps and entry.rpps else other.address == entry.address
            if not same and set(row.given_words.split()) == given:
                others.setdefault(other.rpps or other.address, other)
        return tuple(others.values())[:limit]


def _at(index: _Open, address: str) -> list[Row]:
    found = index.database.execute(ROW + "WHERE box.address = ? COLLATE NOCASE", (address,))
    return list(map(Row._make, found))


def _preferred(index: _Open, prefer: Sequence[str]) -> list[_Preferred]:
    """The mailboxes of `prefer`, looked up once for as long as they are the same."""
    if index.preferred[0] != prefer:
        found = [(row, row.words()) for address in prefer for row in _at(index, address)]
        known = [_Preferred(row, tokens, " " + " ".join(token[1:] for token in tokens)) for row, tokens in found]
        index.preferred = (prefer, known)
    return index.preferred[1]


def _beginning(database: sqlite3.Connection, text: str, limit: int) -> list[Row]:
    found = database.execute(
        ROW + "WHERE box.address >= ? COLLATE NOCASE AND box.address < ? COLLATE NOCASE LIMIT ?",
        (text, text + "\U0010ffff", limit),
    )
    return list(map(Row._make, found))


def _address_score(row: Row, address: str) -> Score:
    return (0 if row.address.lower() == address else 1, 0, 0)

"""Candidates for what was typed: full-text questions, the likeliest kinds of match first."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence

from mss_tui.adapters.directory.layout import ALL, PERSONAL, ROW, Class, Row
from mss_tui.adapters.directory.terms import CALLED, NAME, WHOLE, Alternatives, Lexicon, any_of
from mss_tui.adapters.directory.typed import Word
from mss_tui.adapters.directory.words import PARTICLES, saints, split
from mss_tui.ports.directory import Filters

RARE = 100
"""Mailboxes of a word that are looked at one by one rather than asked for together with the other words."""
_SHARED_TYPES = "kapp", "kcab", "korg"
_MATCH = "SELECT rowid FROM found WHERE found MATCH ? LIMIT ?"
_ROWS = ROW + "WHERE box.id IN (SELECT value FROM json_each(?)) ORDER BY box.id"  # noqa: S608


class Narrowing:
    """What the filters ask, as a full-text expression and for one row."""

    def __init__(self, filters: Filters, lexicon: Lexicon) -> None:
        self._asked = [
            (letters, word)
            for letters, text in (
                (Class.PROFESSION + Class.SPECIALITY, filters.profession),
                (Class.SPECIALITY + Class.PROFESSION, filters.speciality),
                (Class.PLACE, filters.place),
            )
            for word in saints(split(text))
            if word not in PARTICLES
        ]
        self._type = filters.type.strip().upper()
        self._lexicon = lexicon

    @property
    def empty(self) -> bool:
        """Is anything allowed?"""
        return not self._asked and not self._type

    def expression(self, wanted: str) -> str:
        """`wanted`, narrowed; "" where nothing can be found."""
        parts = [wanted] if wanted else []
        for letters, word in self._asked:
            parts.append(any_of(self._lexicon.of(Word(word, open=True)).beginning(letters)))
        if not all(parts):
            return ""
        if self._type and self._type != PERSONAL:
            parts.append(f'"{Class.TYPE}{"".join(filter(str.isalnum, self._type.lower()))}"')
        joined = " AND ".join(parts)
        if joined and self._type == PERSONAL:
            joined = f"({joined}) NOT ({' OR '.join(_SHARED_TYPES)})"
        return joined

    def allows(self, row: Row) -> bool:
        """Is `row` one of what is asked for?"""
        if self._type and row.type != self._type:
            return False
        tokens = row.words() if self._asked else []
        return all(
            any(token[0] in letters and token[1:].startswith(word) for token in tokens) for letters, word in self._asked
        )


class Candidates:
    """Numbers of mailboxes that may be meant, gathered question by question until there are enough.

    What a rare word alone has brought may not fit the others: it is not counted.
    """

    def __init__(self, database: sqlite3.Connection, narrowing: Narrowing, limit: int) -> None:
        self.numbers: dict[int, None] = {}
        self.cut = False
        self._unsure: set[int] = set()
        self._asked: set[str] = set()
        self._database = database
        self._narrowing = narrowing
        self._limit = limit

    @property
    def enough(self) -> bool:
        """Are there as many as may be shown?"""
        return len(self.numbers) >= self._limit

    def gather(self, words: Sequence[Alternatives]) -> None:
        """Add what has every one of `words`, exactly or from its beginning."""
        loose = [any_of(word.loose(ALL)) for word in words]
        found = self._ask(loose)
        if len(found) > self._limit:
            self.cut = True
            for heads in _heads(words) if words else ():
                self.numbers.update(dict.fromkeys(self._ask((*heads, *loose))))
                if self.enough:
                    return
        self.numbers.update(dict.fromkeys(found))

    def gather_rare(self, word: Alternatives) -> None:
        """Add everything that has `word` or what is like it, whatever else was typed; ranking sorts it out."""
        self._unsure.update(self._ask([any_of(word.alike(ALL, near=True))], RARE))

    def gather_more(self, words: Sequence[Alternatives]) -> None:
        """Add what has every one of `words`, or what begins or sounds so, or what is one typing error away.

        One question asks for all of it; only where that brings too much, the better kinds are asked for first.
        """
        everything = [any_of(word.alike(ALL, near=True)) for word in words]
        found = self._ask(everything, len(self.numbers))
        if len(found) > self._limit + len(self.numbers):
            self.cut = True
            for kinds in (
                [any_of(word.beginning(ALL)) for word in words],
                [any_of(word.alike(ALL, near=False)) for word in words],
                [any_of(term for word in words for term in word.alike(WHOLE, near=True)), *everything],
            ):
                if self.enough:
                    return
                self.numbers.update(dict.fromkeys(self._ask(kinds, len(self.numbers))))
        self.numbers.update(dict.fromkeys(found))

    def rows(self) -> list[Row]:
        """The mailboxes themselves."""
        return rows(self._database, self._unsure.union(self.numbers))

    def _ask(self, parts: Sequence[str], more: int = 0) -> list[int]:
        """Numbers of what has all of `parts`, one more than may be shown; nothing where that was asked before."""
        expression = self._narrowing.expression(" AND ".join(parts)) if all(parts) else ""
        if not expression or expression in self._asked:
            return []
        self._asked.add(expression)
        return [number for (number,) in self._database.execute(_MATCH, (expression, self._limit + 1 + more))]


def rows(database: sqlite3.Connection, numbers: Iterable[int]) -> list[Row]:
    """Mailboxes by number, in the order of numbers."""
    wanted = json.dumps(sorted(numbers))
    return list(map(Row._make, database.execute(_ROWS, (wanted,))))


def _heads(words: Sequence[Alternatives]) -> Iterator[tuple[str, ...]]:
    """What the name must have, from the most to the least telling."""
    whole = any_of(term for word in words for term in word.strict(WHOLE))
    begun = any_of(term for word in words for term in word.loose(WHOLE))
    family = any_of(term for word in words for term in word.loose(NAME))
    called = any_of(term for word in words for term in word.loose(CALLED))
    if len(words) > 1:
        given = any_of(term for word in words for term in word.loose(Class.GIVEN))
        yield whole, given
        yield family, given
        yield (whole,)
    else:
        yield (whole,)
        yield (begun,)
    yield (family,)
    yield (called,)

"""Candidates for what was typed: full-text questions, the likeliest kinds of match first."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence

from mss_tui.adapters.directory.layout import ALL, PERSONAL, ROW, Class, Row
from mss_tui.adapters.directory.terms import CALLED, NAME, Alternatives, Lexicon, any_of
from mss_tui.adapters.directory.typed import Word
from mss_tui.adapters.directory.words import PARTICLES, saints, split
from mss_tui.ports.directory import Filters

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
        return all(
            any(token[0] in letters and token[1:].startswith(word) for token in row.words)
            for letters, word in self._asked
        )


class Candidates:
    """Numbers of mailboxes that may be meant, gathered question by question until there are enough."""

    def __init__(self, database: sqlite3.Connection, narrowing: Narrowing, limit: int) -> None:
        self.numbers: dict[int, None] = {}
        self.cut = False
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
        if not self.enough:
            beginning = [any_of(word.beginning(ALL)) for word in words]
            if beginning != loose:
                self._add(beginning)

    def gather_alike(self, words: Sequence[Alternatives]) -> None:
        """Add what has every one of `words`, or what sounds so, or what is one typing error away."""
        for near in (False, True):
            if not self.enough and any(word.near if near else word.heard for word in words):
                alike = [any_of(word.alike(ALL, near=near)) for word in words]
                self._add((any_of(term for word in words for term in word.alike(Class.SQUASHED, near=near)), *alike))
                if not self.enough:
                    self._add(alike)

    def rows(self) -> list[Row]:
        """The mailboxes themselves."""
        return rows(self._database, self.numbers)

    def _add(self, parts: Sequence[str]) -> None:
        found = self._ask(parts, len(self.numbers))
        self.cut = self.cut or len(found) > self._limit + len(self.numbers)
        self.numbers.update(dict.fromkeys(found))

    def _ask(self, parts: Sequence[str], more: int = 0) -> list[int]:
        """Numbers of what has all of `parts`, one more than may be shown."""
        expression = self._narrowing.expression(" AND ".join(parts)) if all(parts) else ""
        if not expression:
            return []
        return [number for (number,) in self._database.execute(_MATCH, (expression, self._limit + 1 + more))]


def rows(database: sqlite3.Connection, numbers: Iterable[int]) -> list[Row]:
    """Mailboxes by number, in the order of numbers."""
    wanted = json.dumps(sorted(numbers))
    return [Row(*columns) for columns in database.execute(_ROWS, (wanted,))]


def _heads(words: Sequence[Alternatives]) -> Iterator[tuple[str, ...]]:
    """What the name must have, from the most to the least telling."""
    whole = any_of(term for word in words for term in word.strict(Class.SQUASHED))
    begun = any_of(term for word in words for term in word.loose(Class.SQUASHED))
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

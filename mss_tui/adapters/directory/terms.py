"""Words turned into full-text terms: which words of the index one typed word can stand for."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache

from rapidfuzz.distance import OSA

from mss_tui.adapters.directory import phonetic
from mss_tui.adapters.directory.layout import BIT, HEARD, HEARD_LENGTH, MISTYPED, NEAR_LENGTH, Class
from mss_tui.adapters.directory.typed import Word
from mss_tui.adapters.directory.words import deletions

MAX_WORDS = 60
"""Where more words than this begin as typed, the prefix index of the full-text table is asked instead."""
MAX_ALIKE = 40
NUMBER_LENGTH = 6
"""Fewer digits are a postal code or a département."""

NAME = Class.SQUASHED + Class.FAMILY
CALLED = Class.GIVEN + Class.OWN


@dataclass(frozen=True, slots=True)
class Alternatives:
    """Words of the index, each with its classes: those that are `exact`, that `begin`, sound or look like one.

    `many` says that too many begin alike to be listed; `begin` is then empty.
    """

    word: Word
    exact: dict[str, int]
    begin: dict[str, int]
    many: bool
    heard: dict[str, int] = field(default_factory=dict)
    near: dict[str, int] = field(default_factory=dict)

    def strict(self, classes: str) -> list[str]:
        """Full-text terms for the word itself, in `classes`."""
        if _is_number(self.word.text):
            return [f'"{Class.NUMBER}{self.word.text}"'] if Class.NUMBER in classes else []
        return list(_terms(self.exact, classes))

    def loose(self, classes: str) -> list[str]:
        """The same, with what begins so while it is being typed or where it is no word of the index."""
        closed = self.exact or _is_number(self.word.text)
        return self.strict(classes) if closed and not self.word.open else self.beginning(classes)

    def beginning(self, classes: str) -> list[str]:
        """Full-text terms for everything that begins so."""
        if _is_number(self.word.text):
            return [f'"{Class.NUMBER}{self.word.text}" *'] if Class.NUMBER in classes else []
        if self.many and len(self.word.text) > 1:
            return [*(f'"{letter}{self.word.text}" *' for letter in classes), *_terms(self.exact, classes)]
        return list(_terms(self.begin | self.exact, classes))

    def alike(self, classes: str, *, near: bool) -> list[str]:
        """The same, with what sounds so and, if `near`, what is one typing error away."""
        return [*self.beginning(classes), *_terms(self.heard | self.near if near else self.heard, classes)]


def _terms(words: dict[str, int], classes: str) -> Iterable[str]:
    for text, mask in words.items():
        for letter in classes:
            if mask & BIT.get(letter, 0) or (letter == Class.OWN and mask & BIT[Class.STRUCTURE]):
                yield f'"{letter}{text}"'


def _is_number(text: str) -> bool:
    """Is it an RPPS, a FINESS, a SIRET, or enough of one? These are no words of the lexicon."""
    return len(text) >= NUMBER_LENGTH and text.isdigit()


def any_of(terms: Iterable[str]) -> str:
    """One of `terms`; "" where there is none: nothing can be found."""
    joined = " OR ".join(terms)
    return f"({joined})" if joined else ""


class Lexicon:
    """The words of one index."""

    def __init__(self, database: sqlite3.Connection) -> None:
        self._database = database
        self.of = lru_cache(maxsize=256)(self._of)
        self.alike = lru_cache(maxsize=256)(self._alike)

    def knows(self, word: Word) -> bool:
        """Is it a family or given name, or the beginning of one where it is still being typed?"""
        wanted = BIT["s"] | BIT["f"] | BIT["g"]
        found = self.of(word)
        return found.many or any(mask & wanted for mask in (found.begin if word.open else found.exact).values())

    def _of(self, word: Word) -> Alternatives:
        if _is_number(word.text):
            return Alternatives(word, {}, {}, many=False)
        rows = self._database.execute(
            "SELECT text, classes FROM word WHERE text >= ? AND text < ? LIMIT ?",
            (word.text, word.text + "\U0010ffff", MAX_WORDS + 1),
        ).fetchall()
        many = len(rows) > MAX_WORDS
        exact = {text: mask for text, mask in rows[:1] if text == word.text}
        for text in word.texts[1:]:
            exact |= dict(self._database.execute("SELECT text, classes FROM word WHERE text = ?", (text,)))
        return Alternatives(word, exact, {} if many else dict(rows), many)

    def _alike(self, word: Word) -> Alternatives:
        plain = self.of(word)
        text = word.text
        heard: dict[str, int] = {}
        near: dict[str, int] = {}
        key = phonetic.key(text) if len(text) >= HEARD_LENGTH else ""
        if key:
            rows = self._database.execute(
                "SELECT word.text, classes FROM sound JOIN word ON word.text = sound.text WHERE sound.key = ? LIMIT ?",
                (key, MAX_ALIKE),
            )
            heard = {other: mask & HEARD for other, mask in rows if other not in plain.exact}
        if len(text) >= NEAR_LENGTH and text.isalpha():
            rows = self._database.execute(
                "SELECT text, classes FROM near JOIN word ON word.id = near.rowid WHERE near MATCH ? LIMIT ?",
                (any_of(f'"{deletion}"' for deletion in deletions(text)), 10 * MAX_ALIKE),
            )
            known = plain.exact.keys() | heard.keys()
            near = {
                other: mask & (MISTYPED | BIT[Class.SQUASHED])
                for other, mask in rows
                if other not in known and OSA.distance(text, other, score_cutoff=1) <= 1
            }
        return Alternatives(word, plain.exact, plain.begin, plain.many, heard, near)

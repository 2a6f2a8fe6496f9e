"""Words turned into full-text terms: which words of the index one typed word can stand for."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from dataclasses import field, replace
from functools import lru_cache

from mss_tui.adapters.directory import phonetic
from mss_tui.adapters.directory.layout import BIT, HEARD, HEARD_LENGTH, MISTYPED, NEAR_LENGTH, Class
from mss_tui.adapters.directory.typed import Word
from mss_tui.adapters.directory.words import deletions
from mss_tui.record import dataclass

MAX_WORDS = 60
"""Where more words than this begin as typed, the prefix index of the full-text table is asked instead."""
MAX_SHORT, INDEXED = 8, 4
"""The same for words of few letters, which the prefix index has as they are."""
MAX_ALIKE = 12
"""The most frequent of the words that sound or look alike are meant."""
DOUBLE_LENGTH = 7
"""Letters of a double name written as one from which it is looked for."""
NUMBER_LENGTH = 6
"""Fewer digits are a postal code or a département."""
WHOLE_NUMBER = 9
"""Digits of a FINESS, the shortest number that names one structure or person."""
FREQUENT = 1_000
"""Mailboxes from which a word is meant as it was typed, whatever it sounds or looks like."""
FEW, EVERY = 20, 1 << 30
"""Mailboxes of a number, and of words too many to be counted."""

_WordRow = tuple[str, int, int]
_HEARD = """SELECT word.text, classes, boxes FROM sound JOIN word ON word.text = sound.text
WHERE sound.key = ? ORDER BY boxes DESC, word.text LIMIT ?"""
_NEAR = """SELECT text, classes, boxes FROM near JOIN word ON word.id = near.rowid
WHERE near MATCH ? ORDER BY boxes DESC, text LIMIT ?"""

WHOLE = Class.WHOLE + Class.DOUBLE
NAME = WHOLE + Class.FAMILY
CALLED = Class.GIVEN + Class.OWN


@dataclass(frozen=True, slots=True)
class Alternatives:
    """Words of the index, each with its classes: those that are `exact`, that `begin`, sound or look like one.

    `many` says that too many begin alike to be listed; `begin` is then empty. `boxes` is how many mailboxes all of
    these may find, at most, and `meant` how many the word itself finds. `others` are the words that do not begin
    with the word, each with its tier.
    """

    word: Word
    exact: dict[str, int]
    begin: dict[str, int]
    many: bool
    boxes: int
    meant: int = 0
    heard: dict[str, int] = field(default_factory=dict)
    near: dict[str, int] = field(default_factory=dict)
    others: dict[str, int] = field(default_factory=dict)

    def strict(self, classes: str) -> list[str]:
        """Full-text terms for the word itself, in `classes`."""
        if _is_number(self.word.text):
            return [f'"{Class.NUMBER}{self.word.text}"'] if Class.NUMBER in classes else []
        return [*_terms(self.exact, classes), *self._double(classes, "")]

    def loose(self, classes: str) -> list[str]:
        """The same, with what begins so while it is being typed or where it is no word of the index."""
        closed = self.exact or _is_number(self.word.text)
        return self.strict(classes) if closed and not self.word.open else self.beginning(classes)

    def beginning(self, classes: str) -> list[str]:
        """Full-text terms for everything that begins so."""
        if _is_number(self.word.text):
            return [f'"{Class.NUMBER}{self.word.text}" *'] if Class.NUMBER in classes else []
        if self.many and len(self.word.text) > 1:
            letters = (letter for letter in classes if letter in BIT)
            return [*(f'"{letter}{self.word.text}" *' for letter in letters), *_terms(self.exact, classes)]
        return [*_terms(self.begin | self.exact, classes), *self._double(classes, " *")]

    def elsewhere(self, letter: str) -> bool:
        """May the word stand in a class that no lexicon has: is it a number, or a double name written as one?"""
        if letter == Class.NUMBER:
            return _is_number(self.word.text)
        known = self.exact or self.begin or self.many
        return letter == Class.DOUBLE and not known and len(self.word.text) >= DOUBLE_LENGTH

    def _double(self, classes: str, ending: str) -> list[str]:
        if Class.DOUBLE not in classes or not self.elsewhere(Class.DOUBLE):
            return []
        return [f'"{Class.DOUBLE}{self.word.text}"{ending}']

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
            return Alternatives(word, {}, {}, many=False, boxes=FEW if len(word.text) >= WHOLE_NUMBER else EVERY)
        rows = self._database.execute(
            "SELECT text, classes, boxes FROM word WHERE text >= ? AND text < ? LIMIT ?",
            (word.text, word.text + "\U0010ffff", MAX_WORDS + 1),
        ).fetchall()
        many = len(rows) > (MAX_WORDS if len(word.text) > INDEXED else MAX_SHORT)
        same = [row for row in rows[:1] if row[0] == word.text]
        for text in word.texts[1:]:
            same += self._database.execute("SELECT text, classes, boxes FROM word WHERE text = ?", (text,))
        boxes = EVERY if many else sum(row[2] for row in {*rows, *same})
        meant = sum(row[2] for row in same)
        return Alternatives(
            word, _classes(same), {} if many else _classes(rows), many, boxes, meant, others=_spelt(word)
        )

    def _alike(self, word: Word) -> Alternatives:
        plain = self.of(word)
        if plain.meant >= FREQUENT:
            return plain
        text = word.text
        heard: list[_WordRow] = []
        near: list[_WordRow] = []
        key = phonetic.key(text) if len(text) >= HEARD_LENGTH else ""
        if key:
            heard = self._database.execute(_HEARD, (key, MAX_ALIKE)).fetchall()
        if len(text) >= NEAR_LENGTH and text.isalpha():
            from rapidfuzz.distance import OSA  # 4 MB, for those who type

            other = any_of(f'"{deletion}"' for deletion in deletions(text))
            rows = self._database.execute(_NEAR, (other, 20 * MAX_ALIKE)).fetchall()
            near = [row for row in rows if OSA.distance(text, row[0], score_cutoff=1) <= 1]
        sounding = {other: mask & HEARD for other, mask in _classes(heard).items() if other not in plain.exact}
        typing = {
            other: mask & MISTYPED
            for other, mask in _classes(near[:MAX_ALIKE]).items()
            if other not in plain.exact and other not in sounding
        }
        boxes = plain.boxes + sum(row[2] for row in heard) + sum(row[2] for row in near[:MAX_ALIKE])
        others = dict.fromkeys(typing, 3) | dict.fromkeys(sounding, 2) | plain.others
        return replace(plain, boxes=boxes, heard=sounding, near=typing, others=others)


def _spelt(word: Word) -> dict[str, int]:
    """Other spellings of the word itself, which fit exactly (SAINT for ST)."""
    return dict.fromkeys(word.texts[1:], 0)


def _classes(rows: Iterable[_WordRow]) -> dict[str, int]:
    return {text: classes for text, classes, _ in rows}

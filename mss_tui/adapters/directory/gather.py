"""Reads the lines of an extraction into few, small objects: each distinct name, service, skill and place once."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Sequence

from mss_tui.adapters.directory.layout import (
    BIT,
    PERSONAL,
    family_words,
    given_words,
    own_words,
    place_words,
    service_words,
    skill_words,
)

_CORSICA = {"200": "2a", "201": "2a", "202": "2b", "206": "2b"}

BoxRow = tuple[str, str, str, int, int, int, int, int, int, str]


class Column:
    """A column of the mailboxes: numbers of distinct texts, and what is kept of each text."""

    __slots__ = ("at", "details", "numbers", "words")

    def __init__(self) -> None:
        self.at = array("i")
        self.numbers: dict[str, int] = {}
        self.words: list[str] = []
        self.details: list[tuple[str, ...]] = []

    def rows(self) -> Iterator[tuple[int | str, ...]]:
        """Lines of the column's table."""
        if self.details:
            return ((n, *texts, words) for n, (texts, words) in enumerate(zip(self.details, self.words, strict=True)))
        return ((number, text, self.words[number]) for text, number in self.numbers.items())


class Gathered:
    """Every mailbox that was read. `classes` holds the classes of each word, as a sum."""

    def __init__(self) -> None:
        self.classes: dict[str, int] = {}
        self.addresses: list[str] = []
        self.rpps = array("q")
        self._own: dict[int, str] = {}
        self.family, self.given, self.service = Column(), Column(), Column()
        self.skill, self.place = Column(), Column()
        self._kind = Column()
        self._columns = (self._kind, self.family, self.given, self.service, self.skill, self.place)

    def __len__(self) -> int:
        return len(self.addresses)

    def add(self, columns: list[str]) -> None:
        """One line of the extraction, as `rows.read` gives it."""
        texts = (
            f"{columns[0]}|{columns[8]}",
            columns[9],
            columns[10],
            columns[7],
            f"{columns[14]}|{columns[16]}",
            f"{columns[5]}|{columns[6]}|{columns[18]}",
        )
        for column, text in zip(self._columns, texts, strict=True):
            number = column.numbers.get(text)
            if number is None:
                number = self._new(column, text)
            column.at.append(number)
        if columns[0] != PERSONAL:
            words = own_words(columns[0], columns[1])
            self._known(words)
            self._own[len(self.addresses)] = " ".join(words)
        rpps = columns[3]
        self.addresses.append(columns[1])
        self.rpps.append(int(rpps) if len(rpps) == 11 and rpps.isascii() and rpps.isdigit() else 0)

    def in_order(self) -> list[int]:
        """Positions of the mailboxes by name; those that are nobody's come last, by structure."""
        family = _ranks([words.partition(" ")[0] or "~" for words in self.family.words])
        given = _ranks(self.given.words)
        place = _ranks([place[0].casefold() for place in self.place.details])
        nobody = self.family.numbers.get("", -1)
        keys = [
            family[f] << 24 | (place[p] if f == nobody else given[g])
            for f, g, p in zip(self.family.at, self.given.at, self.place.at, strict=True)
        ]
        return sorted(range(len(keys)), key=keys.__getitem__)

    def box(self, at: int) -> BoxRow:
        """A line of table `box`, its number aside."""
        kind, family, given, service, skill, place = [column.at[at] for column in self._columns]
        type_, title = self._kind.details[kind]
        own = self._own.get(at, "")
        return (self.addresses[at], type_, title, self.rpps[at], family, given, service, skill, place, own)

    def _new(self, column: Column, text: str) -> int:
        words: list[str] = []
        if column is self.family:
            words = family_words(text)
        elif column is self.given:
            words = given_words(text)
        elif column is self.service:
            words = service_words(text)
        elif column is self.place:
            details, words = _place(text.split("|"))
            column.details.append(details)
        else:
            first, _, second = text.partition("|")
            column.details.append((first, second))
            if column is self.skill:
                words = skill_words(first, second)
        self._known(words)
        number = column.numbers[text] = len(column.words)
        column.words.append(" ".join(words))
        return number

    def _known(self, words: Iterable[str]) -> None:
        classes = self.classes
        for word in words:
            classes[word[1:]] = classes.get(word[1:], 0) | BIT.get(word[0], 0)


def _ranks(texts: Sequence[str]) -> list[int]:
    """For each text its place in the order of all."""
    ranks = [0] * len(texts)
    for rank, number in enumerate(sorted(range(len(texts)), key=texts.__getitem__)):
        ranks[number] = rank
    return ranks


def _place(columns: Sequence[str]) -> tuple[tuple[str, ...], list[str]]:
    """Structure, FINESS, street, town and postal code, and the words of them.

    Args:
        columns: kind and number of the structure (5, 6), then columns 18 to 30.
    """
    kind, number, structure, sign, _, _, *street, _, line, postal, department, _ = columns
    head, _, rest = line.partition(" ")
    town = rest if head.isdigit() else line
    postal = postal or (head if head.isdigit() else "")
    words = place_words(
        f"{structure} {sign}", f"{town} {department}", (postal.lower(), department_code(postal)), number
    )
    finess = number if kind == "1" else ""
    return (structure or sign, finess, " ".join(filter(None, street)), town, postal), words


def department_code(postal_code: str) -> str:
    """The département of a postal code: 69003 is 69, 97400 is 974, 20200 is 2b."""
    if postal_code[:2] in ("97", "98"):
        return postal_code[:3]
    return _CORSICA.get(postal_code[:3], postal_code[:2])


def gather(lines: Iterable[list[str]]) -> Gathered:
    """Everything in `lines`."""
    gathered = Gathered()
    for columns in lines:
        gathered.add(columns)
    return gathered

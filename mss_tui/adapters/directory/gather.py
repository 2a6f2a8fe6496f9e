"""Reads the lines of an extraction into few, small objects: each distinct name, service, skill and place once.

What a text means (its words) is worked out when it is written, while the database is busy with the texts before it.
"""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence

from mss_tui.adapters.directory.layout import (
    BIT,
    FREQUENCY,
    PERSONAL,
    address_words,
    family_words,
    given_words,
    place_words,
    service_words,
    skill_words,
)

_CORSICA = {"200": "2a", "201": "2a", "202": "2b", "206": "2b"}

BoxRow = tuple[str, int, int, int, int, int, int, str]
TextRow = tuple[int | str, ...]


class Column:
    """A column of the mailboxes: distinct texts, numbered as they came, and the number at each mailbox."""

    __slots__ = ("at", "numbers")

    def __init__(self) -> None:
        self.at = array("i")
        self.numbers: dict[str, int] = {}


class Gathered:
    """Every mailbox that was read.

    `lexicon` holds, for each word that was written, the sum of its classes, and above `FREQUENCY` bits how many
    mailboxes have it.
    """

    def __init__(self) -> None:
        self.lexicon: dict[str, int] = {}
        self._addresses: list[str] = []
        self._rpps = array("q")
        self._family, self._given, self._service = Column(), Column(), Column()
        self._skill, self._place = Column(), Column()
        self._columns = (self._family, self._given, self._service, self._skill, self._place)

    def __len__(self) -> int:
        return len(self._addresses)

    def add(self, columns: list[str]) -> None:
        """One line of the extraction, as `rows.read` gives it."""
        texts = (
            columns[9],
            columns[10],
            columns[7],
            "|".join((columns[0], columns[8], *columns[13:17])),
            f"{columns[5]}|{columns[6]}|{columns[18]}",
        )
        for column, text in zip(self._columns, texts, strict=True):
            numbers = column.numbers
            column.at.append(numbers.setdefault(text, len(numbers)))
        rpps = columns[3]
        self._addresses.append(columns[1])
        self._rpps.append(int(rpps) if len(rpps) == 11 and rpps.isascii() and rpps.isdigit() else 0)

    def texts(self) -> Iterator[tuple[str, int, Iterator[TextRow]]]:
        """Each table of texts: its name, how many columns it has, its rows."""
        yield "family", 3, self._named(self._family, family_words)
        yield "given", 3, self._named(self._given, given_words)
        yield "service", 3, self._named(self._service, service_words)
        yield "skill", 8, self._skills()
        yield "place", 7, self._places()

    def boxes(self) -> Iterator[BoxRow]:
        """Table `box`, its number aside, by name; mailboxes that are nobody's come last, by structure."""
        personal = [skill.startswith(f"{PERSONAL}|") for skill in self._skill.numbers]
        families, givens, services = self._family.at, self._given.at, self._service.at
        skills, places, addresses, rpps = self._skill.at, self._place.at, self._addresses, self._rpps
        for at in self._in_order():
            skill, address = skills[at], addresses[at]
            own = "" if personal[skill] else self._known(address_words(address), 1)
            yield address, rpps[at], families[at], givens[at], services[at], skill, places[at], own

    def _in_order(self) -> Iterable[int]:
        family = _ranks([(family_words(text) or ["~~"])[0][1:] for text in self._family.numbers])
        given = _ranks([text.casefold() for text in self._given.numbers])
        place = _ranks([text.split("|", 3)[2].casefold() for text in self._place.numbers])
        nobody = self._family.numbers.get("", -1)
        keys = array("q")
        for f, g, p in zip(self._family.at, self._given.at, self._place.at, strict=True):
            keys.append(family[f] << 24 | (place[p] if f == nobody else given[g]))
        return sorted(range(len(keys)), key=keys.__getitem__)

    def _known(self, words: Sequence[str], boxes: int) -> str:
        """`words` of so many mailboxes as one text, once the lexicon knows them."""
        lexicon = self.lexicon
        more = boxes << FREQUENCY
        for word in words:
            bit = BIT.get(word[0])
            if bit:
                lexicon[word[1:]] = (lexicon.get(word[1:], 0) | bit) + more
        return " ".join(words)

    def _named(self, column: Column, words: Callable[[str], list[str]]) -> Iterator[TextRow]:
        boxes = Counter(column.at)
        return ((number, text, self._known(words(text), boxes[number])) for text, number in column.numbers.items())

    def _skills(self) -> Iterator[TextRow]:
        boxes = Counter(self._skill.at)
        for text, number in self._skill.numbers.items():
            columns = text.split("|")
            yield number, *columns, self._known(skill_words(columns[3], columns[5]), boxes[number])

    def _places(self) -> Iterator[TextRow]:
        boxes = Counter(self._place.at)
        for text, number in self._place.numbers.items():
            kind, code, structure, sign, _, _, *street, _, line, postal, department, _ = text.split("|")
            head, _, rest = line.partition(" ")
            town = rest if head.isdigit() else line
            postal = postal or (head if head.isdigit() else "")
            codes = (postal.lower(), department_code(postal))
            words = place_words(f"{structure} {sign}", f"{town} {department}", codes, code)
            finess = code if kind == "1" else ""
            where = (structure or sign, finess, " ".join(filter(None, street)), town, postal)
            yield number, *where, self._known(words, boxes[number])


def _ranks(texts: Sequence[str]) -> list[int]:
    """For each text its place in the order of all."""
    ranks = [0] * len(texts)
    for rank, number in enumerate(sorted(range(len(texts)), key=texts.__getitem__)):
        ranks[number] = rank
    return ranks


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

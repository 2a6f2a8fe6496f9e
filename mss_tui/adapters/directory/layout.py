"""The index file: its tables, its classes of words, and what one mailbox is in it.

The file is one SQLite database, written once and never changed in place. Mailboxes are numbered in the order of names,
so that the first matches of a word are the first in the alphabet without sorting. Each distinct name, service, skill
and place is stored once, with its words. The full-text table has no columns: the class of a word is its first letter
(`fmartin`: a family name; `tlyon`: a town), which makes it a third of the size and lets one prefix index serve all.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import NamedTuple

from mss_tui.adapters.directory.aliases import NOISE, also
from mss_tui.adapters.directory.words import saints, significant, split, squash

PERSONAL = "PER"
"""The type of a mailbox that is one person's."""

SCHEMA = 1
"""Changes when an older program could not read the file; such an index is built again, never converted."""


class Class(StrEnum):
    """What a word is in a mailbox.

    `WHOLE` is a whole family name of one word, particles included (MARTIN, DELAFONTAINE); `DOUBLE` is one of several
    words, written as one; `FAMILY` is a word of a name that has others; `OWN` is a word of the structure or service
    that a mailbox is the mailbox of.
    """

    WHOLE = "s"
    DOUBLE = "w"
    FAMILY = "f"
    GIVEN = "g"
    OWN = "o"
    PROFESSION = "p"
    SPECIALITY = "q"
    STRUCTURE = "c"
    PLACE = "t"
    ADDRESS = "a"
    NUMBER = "i"
    TYPE = "k"


ALL = "".join(kind for kind in Class if kind is not Class.TYPE)
BIT = {letter: 1 << position for position, letter in enumerate(ALL) if letter not in (Class.NUMBER, Class.DOUBLE)}
"""A word's classes are stored as a sum of these; numbers and double names are in no lexicon."""
FREQUENCY = 16
"""Bits below a word's frequency where both are one number."""
HEARD = BIT["s"] | BIT["f"] | BIT["g"]
"""Classes that are also found by sound."""
MISTYPED = HEARD | BIT["t"] | BIT["o"] | BIT["c"]
"""Classes that are also found with one typing error."""
HEARD_LENGTH = 3
"""Shorter words sound like too many others."""
NEAR_LENGTH = 5
"""Shorter words have too many neighbours."""

TABLES = """
CREATE TABLE meta(key TEXT PRIMARY KEY, value TEXT) WITHOUT ROWID;
CREATE TABLE family(id INTEGER PRIMARY KEY, text TEXT, words TEXT);
CREATE TABLE given(id INTEGER PRIMARY KEY, text TEXT, words TEXT);
CREATE TABLE service(id INTEGER PRIMARY KEY, text TEXT, words TEXT);
CREATE TABLE skill(id INTEGER PRIMARY KEY, type TEXT, title TEXT, profession_code TEXT, profession TEXT,
    speciality_code TEXT, speciality TEXT, words TEXT);
CREATE TABLE place(id INTEGER PRIMARY KEY, structure TEXT, finess TEXT, street TEXT, town TEXT, postal_code TEXT,
    words TEXT);
CREATE TABLE box(id INTEGER PRIMARY KEY, address TEXT, rpps INTEGER, family INTEGER, given INTEGER, service INTEGER,
    skill INTEGER, place INTEGER, own_words TEXT);
CREATE VIRTUAL TABLE found USING fts5(words, content='', detail=none, columnsize=0, tokenize='ascii', prefix='3 4 5');
CREATE TABLE word(text TEXT PRIMARY KEY, id INTEGER, classes INTEGER, boxes INTEGER) WITHOUT ROWID;
CREATE TABLE sound(key TEXT, text TEXT, PRIMARY KEY(key, text)) WITHOUT ROWID;
CREATE VIRTUAL TABLE near USING fts5(deletions, content='', detail=none, columnsize=0, tokenize='ascii');
CREATE TABLE gone(address INTEGER PRIMARY KEY, since TEXT);
"""
FILL = """INSERT INTO found(rowid, words)
SELECT box.id, family.words || ' ' || given.words || ' ' || skill.words || CASE skill.type
    WHEN 'PER' THEN ' ' || service.words || ' ' || place.words
    ELSE replace(' ' || service.words || ' ' || place.words, ' c', ' o') || ' ' || box.own_words
        || ' k' || lower(skill.type) END
    || CASE WHEN box.rpps THEN printf(' i%011d', box.rpps) ELSE '' END
FROM box JOIN family ON family.id = box.family JOIN given ON given.id = box.given
    JOIN service ON service.id = box.service JOIN skill ON skill.id = box.skill JOIN place ON place.id = box.place
WHERE box.id BETWEEN ? AND ?
"""
"""Gives each mailbox its words: those of a structure (c) are the own name (o) of a mailbox that is nobody's."""
INDEXES = ("CREATE INDEX box_address ON box(address COLLATE NOCASE)", "CREATE INDEX word_id ON word(id)")
ROW = """SELECT box.id, box.address, skill.type, skill.title, box.rpps, family.text, given.text, service.text,
    skill.profession, skill.speciality, place.structure, place.finess, place.street, place.town, place.postal_code,
    family.words, given.words, skill.words, service.words, place.words, box.own_words
FROM box JOIN family ON family.id = box.family JOIN given ON given.id = box.given
    JOIN service ON service.id = box.service JOIN skill ON skill.id = box.skill JOIN place ON place.id = box.place
"""


class Row(NamedTuple):
    """One mailbox as stored, in the order of `ROW`. `rpps` is 0 where there is none."""

    id: int
    address: str
    type: str
    title: str
    rpps: int
    family: str
    given: str
    service: str
    profession: str
    speciality: str
    structure: str
    finess: str
    street: str
    town: str
    postal_code: str
    family_words: str
    given_words: str
    skill_words: str
    service_words: str
    place_words: str
    own_words: str

    def words(self) -> list[str]:
        """Every classed word of the mailbox, as `FILL` gives them to the full-text table, but for its type."""
        around = f"{self.service_words} {self.place_words}".split()
        if self.type != PERSONAL:
            around = [Class.OWN + word[1:] if word[0] == Class.STRUCTURE else word for word in around]
        words = [*self.family_words.split(), *self.given_words.split(), *self.skill_words.split(), *around]
        words += self.own_words.split()
        return [*words, f"{Class.NUMBER}{self.rpps:011d}"] if self.rpps else words


def family_words(family: str) -> list[str]:
    """The words of a family name, and its initials.

    MARTIN: `smartin`; DE LA FONTAINE: `sdelafontaine`, `ffontaine`; DUPONT-MARTIN: `wdupontmartin`, `fdupont`,
    `fmartin`.
    """
    parts = saints(split(family))
    if not parts:
        return []
    words, whole = significant(parts), squash(parts)
    if words == [whole]:
        return [Class.WHOLE + whole, *([Class.WHOLE + whole[0]] if len(whole) > 1 else [])]
    together = Class.DOUBLE if len(words) > 1 else Class.WHOLE
    initials = (word[0] for word in words)
    return [together + whole, Class.WHOLE + whole[0], *_distinct(Class.FAMILY, (*words, *initials))]


def given_words(given: str) -> list[str]:
    """JEAN-LUC: `gjean`, `gluc`, `gjeanluc`, and the initials `gj` and `gl`."""
    parts = split(given)
    joined = [squash(parts)] if len(parts) > 1 else []
    return _distinct(Class.GIVEN, (*parts, *joined, *(word[0] for word in parts)))


def _distinct(letter: str, words: Iterable[str]) -> list[str]:
    return [letter + word for word in dict.fromkeys(words)]


def service_words(service: str) -> list[str]:
    """Secrétariat de cardiologie: `csecretariat`, `ccardiologie`."""
    return [Class.STRUCTURE + word for word in significant(saints(split(service)))]


def skill_words(profession: str, speciality: str) -> list[str]:
    """Médecin, Cardiologie: `pmedecin`, `pdocteur`, `qcardiologie`, `qcardiologue`, `qcardio`."""
    words: list[str] = []
    for letter, label in ((Class.PROFESSION, profession), (Class.SPECIALITY, speciality)):
        said = dict.fromkeys(word for word in split(label) if word not in NOISE)
        words += [letter + word for word in (*said, *sorted(also(said)))]
    return words


def place_words(names: str, where: str, codes: tuple[str, ...], number: str) -> list[str]:
    """The words of a structure's `names`, of town and département, their `codes`, and its own number."""
    towns = (word for word in significant(saints(split(where))) if word != "cedex")
    return [
        *(Class.STRUCTURE + word for word in dict.fromkeys(significant(saints(split(names))))),
        *(Class.PLACE + word for word in dict.fromkeys((*towns, *filter(None, codes)))),
        *(Class.NUMBER + word for word in split(number)),
    ]


def address_words(address: str) -> list[str]:
    """`asecretariat`, `ach`, `aexemple` for secretariat@ch-exemple.mssante.fr."""
    local, _, domain = address.rpartition("@")
    labels = domain.lower().removesuffix("mssante.fr")
    return [Class.ADDRESS + word for word in significant(split(f"{local} {labels}")) if not word.isdigit()]

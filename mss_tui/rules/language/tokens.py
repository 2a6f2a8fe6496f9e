"""A text as folded words with their places, sentences and quotation marks: what patterns look at."""

from __future__ import annotations

import re
from dataclasses import field
from types import MappingProxyType

from mss_tui.record import dataclass
from mss_tui.rules.words import flat

_TOKEN = re.compile(
    r"([a-zœæß][a-z0-9œæß]*|\d{1,2} ?h(?: ?\d\d)?(?![a-z0-9])|\d+(?:[.,:/]\d+)*|[%€?])"
    r"([^a-z0-9œæß%€?]*)"
)
_LIGATURES = str.maketrans({"œ": "oe", "æ": "ae", "ß": "ss"})
_ABBREVIATIONS = frozenset(("m", "mr", "mme", "mlle", "dr", "pr", "st", "ste", "cf", "tel", "av", "p", "j", "n", "me"))
_SHORT = MappingProxyType(
    {
        "ds": "dans",
        "vs": "vous",
        "ns": "nous",
        "qd": "quand",
        "tt": "tout",
        "tte": "toute",
        "tjs": "toujours",
        "bcp": "beaucoup",
        "pb": "probleme",
        "urgt": "urgent",
        "urgte": "urgente",
        "pt": "patient",
        "pte": "patiente",
        "msg": "message",
    }
)
"""Abbreviations as patterns write them."""
_GREETED = frozenset(("madame", "monsieur", "mademoiselle"))
_OPENS, _CLOSES, _ENDS, _CLAUSE = frozenset("«“"), frozenset("»”"), frozenset(".!;"), frozenset(",:()")


@dataclass(slots=True)
class Tokens:
    """Words of a text, in parallel lists with their places; sentences are numbered.

    `quoted` are indexes of words between quotation marks, `clauses` of words that begin a clause: a comma, a colon,
    a bracket or a new line stands before.
    """

    text: str
    words: list[str] = field(default_factory=list)
    starts: list[int] = field(default_factory=list)
    ends: list[int] = field(default_factory=list)
    sentences: list[int] = field(default_factory=list)
    quoted: set[int] = field(default_factory=set)
    clauses: set[int] = field(default_factory=set)


def tokenise(text: str) -> Tokens:
    """The tokens of a text: the sender's own words alone."""
    found = Tokens(text)
    _Adder(found, text, flat(text)).run()
    for at, word in enumerate(found.words):
        if word in _GREETED and at + 1 in found.clauses:
            found.words[at] = "salutation"
        elif word == "plait" and found.words[max(at - 3, 0) : at - 1] == ["s", "il"]:
            found.words[at - 3 : at - 1] = ["svp", "svp"]
    return found


def _spelled(word: str, after: str) -> str:
    """A word as patterns write it: the m of "m'a" is me, œ is oe."""
    if word == "m":
        return "me" if after[:1] == "'" else word
    return word.translate(_LIGATURES)


class _Adder:
    """Appends the tokens of one text, keeping count of sentences and quotation marks."""

    def __init__(self, into: Tokens, text: str, folded: str) -> None:
        self._into = into
        self._text = text
        self._folded = folded
        self._sentence = 0
        self._inside = self._straight = False

    def run(self) -> None:
        """Read the text."""
        into = self._into
        words, starts, ends, sentences = into.words, into.starts, into.ends, into.sentences
        first = _TOKEN.search(self._folded)
        at = 0 if first is None else first.start()
        if at:
            self._between(self._folded[:at], 0)
        for word, after in _TOKEN.findall(self._folded):
            starts.append(at)
            end = at + len(word)
            ends.append(end)
            at = end + len(after)
            if self._inside or self._straight:
                into.quoted.add(len(words))
            if word in _SHORT:
                words.append(_SHORT[word])
            else:
                words.append(word if word.isalnum() and word.isascii() and word != "m" else _spelled(word, after))
            sentences.append(self._sentence)
            if after != " ":
                self._between(after, end)
            if word == "?":
                self._sentence += 1

    def _between(self, marks: str, at: int) -> None:
        """What stands between two words: ends of sentences and clauses, quotation marks."""
        into, before = self._into, len(self._into.words)
        for offset, mark in enumerate(marks):
            if mark in _ENDS:
                abbreviated = mark == "." and offset == 0 and bool(into.words) and into.words[-1] in _ABBREVIATIONS
                if not abbreviated:
                    self._sentence += 1
            elif mark == "\n":
                into.clauses.add(before)
                following = self._text[at + offset + 1 : at + offset + 2]
                if not following.islower():
                    self._sentence += 1
                    self._straight = False
                if following in ("\n", ""):
                    self._inside = False
            elif mark in _CLAUSE:
                into.clauses.add(before)
            elif mark in _OPENS:
                self._inside = True
            elif mark in _CLOSES:
                self._inside = False
            elif mark == '"':
                self._straight = not self._straight

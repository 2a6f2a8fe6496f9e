"""What a person typed, taken apart: words that must be found, words that may be, or an address."""

from __future__ import annotations

import re
from dataclasses import replace

from mss_tui.adapters.directory.words import PARTICLES, TITLES, saints, split, squash
from mss_tui.record import dataclass

MAX_TEXT = 200
MAX_WORDS = 8
MIN_CHUNK = 3
"""Characters from which one word may be the beginning of an address."""

_NUMBER_LENGTHS = (9, 11, 14)
"""Digits of a FINESS, an RPPS, a SIRET: people paste them in groups."""
_DOMAIN_NOISE = frozenset({"mssante", "fr"})
_ADDRESS = re.compile(r"[^\s<>,;\"]*@[^\s<>,;\"]*")


@dataclass(frozen=True, slots=True)
class Word:
    """A word that must be found. `open`: it is still being typed, what begins with it is meant too."""

    text: str
    open: bool = False

    @property
    def texts(self) -> tuple[str, ...]:
        """The word as the index may spell it."""
        return tuple(dict.fromkeys((self.text, *saints([self.text]))))


@dataclass(frozen=True, slots=True)
class Typed:
    """`words` must all be found; `optional` ones only raise the rank; `address` replaces both where it is set.

    `raw` holds every word in order, for joining (LE ROY, LEROY); `chunk` what may be the beginning of an address.
    """

    words: tuple[Word, ...] = ()
    optional: tuple[str, ...] = ()
    raw: tuple[Word, ...] = ()
    address: str = ""
    chunk: str = ""

    def joined(self) -> list[tuple[Word, Typed]]:
        """The same with two to four neighbours written as one, which comes with it."""
        others = []
        for size in (2, 3, 4):
            for start in range(len(self.raw) - size + 1):
                run = self.raw[start : start + size]
                one = Word(squash([word.text for word in run]), run[-1].open)
                before, after = self.raw[:start], self.raw[start + size :]
                words = (*_required(before), one, *_required(after))
                others.append((one, replace(self, words=words, optional=(), raw=())))
        return others


def _required(words: tuple[Word, ...]) -> tuple[Word, ...]:
    return tuple(word for word in words if word.open or word.text not in PARTICLES)


def take_apart(text: str) -> Typed:
    """`text` as it is searched for."""
    text = text[:MAX_TEXT]
    address = _ADDRESS.search(text)
    if address is not None and not address[0].startswith("@"):
        return Typed(address=address[0].lower())
    words = split(text)
    if address is not None:
        words = [word for word in words if word not in _DOMAIN_NOISE]
    digits = "".join(words)
    if len(words) > 1 and digits.isdigit() and len(digits) in _NUMBER_LENGTHS:
        words = [digits]
    words = [word[1:] if len(word) == 12 and word.isdigit() and word[0] == "8" else word for word in words]
    while len(words) > 1 and words[0] in TITLES:
        del words[0]
    del words[MAX_WORDS:]
    ends_open = text[-1:].isalnum()
    raw = tuple(Word(word, ends_open and at == len(words) - 1) for at, word in enumerate(words))
    required = _required(raw) or raw
    optional = tuple(word.text for word in raw if word not in required)
    chunk = text.strip().lower()
    return Typed(required, optional, raw, chunk=chunk if len(chunk) >= MIN_CHUNK and " " not in chunk else "")

"""What words and pairs of words add to a label's score: a linear model, beside the cues.

The weights are in `data/langue/mots.json`, written by `docs/make_rules_words.py`: for each word, beginning of a word
("rappe*") and pair of words, a weight for each label. Their sum over a message, scaled by its length, moves the
score that the cues give; it is the share of every word in the verdict that `check --explain` shows.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import cache, lru_cache
from importlib.resources import files
from math import sqrt

from mss_tui.record import dataclass
from mss_tui.rules.language.passages import REMEMBERED, read
from mss_tui.rules.language.tokens import Tokens

BEGINNING = 5
"""Letters by which forms of one word are taken together."""
SLOPE, EVEN, LEAST, MOST = 0.35, 1.4, -0.7, 1.0
"""How the sum moves a score: by `SLOPE` for each unit above `-EVEN`, within `LEAST` and `MOST`."""
OPEN = frozenset(("insultant", "pj-oubliee"))
"""Labels whose words are without end (insults, names of documents): words never seen do not speak against them."""
FIGURE = "NUM"


@dataclass(frozen=True, slots=True)
class Weights:
    """For each label its constant, and for each known word its weights in the order of `labels`, in hundredths."""

    labels: Sequence[str]
    constants: Sequence[int]
    words: Mapping[str, Sequence[int]]

    def total(self, label: str, words: Collection[str]) -> float:
        """The sum for a label of known words, scaled by their number."""
        at, of = self.labels.index(label), self.words
        return (self.constants[at] + sum([of[word][at] for word in words]) / sqrt(len(words) + 1)) / 100

    def weight(self, label: str, word: str) -> float:
        """The weight of a word; 0 of an unknown one."""
        of = self.words.get(word)
        return of[self.labels.index(label)] / 100 if of else 0.0


def moved(label: str, total: float) -> float:
    """What the total of a label adds to the score that its cues give."""
    return max(0.0 if label in OPEN else LEAST, min(MOST, SLOPE * (total + EVEN)))


@cache
def weights() -> Weights:
    """The weights as they were learnt."""
    data = json.loads(files("mss_tui.rules.data").joinpath("langue/mots.json").read_bytes())
    return Weights(data["labels"], data["constants"], data["words"])


def grams(tokens: Tokens) -> Iterator[tuple[str, int, int]]:
    """Words, beginnings of words and pairs of words that are not quoted, each with its first and last place.

    Figures are one word.
    """
    before = ""
    for at, word in enumerate(tokens.words):
        if at in tokens.quoted:
            before = ""
            continue
        here = FIGURE if word[0].isdigit() else word
        yield here, at, at
        if len(here) > BEGINNING:
            yield f"{here[:BEGINNING]}*", at, at
        if before:
            yield f"{before} {here}", at - 1, at
        before = here


@lru_cache(maxsize=REMEMBERED)
def known(text: str) -> frozenset[str]:
    """The words of a passage that have a weight."""
    table = weights().words
    return frozenset(gram for gram, _, _ in grams(read(text).tokens) if gram in table)

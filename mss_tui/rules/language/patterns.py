"""A small language of patterns over folded words, compiled once and looked for all together in one pass.

A pattern is a line of items, all within one sentence:

    joins                  the word            joins|joint        one of these words
    convoqu*               a word that begins so
    @famille               a word of a lexicon (data)
    NUM, NUM<88, HEURE     a number, one below 88, an hour (14h, 8h30)
    TABAS, TAHAUT          a systolic pressure too low, too high, in mmHg or cmHg
    ~3                     up to three words, whatever they are
    svp?                   the item before may be missing (written at its end)

The lexical item that is rarest to meet (the longest words, no class) is its anchor: the pattern is tried only there.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from math import inf
from types import MappingProxyType

from mss_tui.record import dataclass
from mss_tui.rules.language.tokens import Tokens

Hit = tuple[int, int]
"""First and last token of a match."""


@dataclass(frozen=True, slots=True)
class Item:
    """One item: exact words and beginnings, or numbers within `ranges`, or hours; or a gap of up to `gap` words."""

    words: frozenset[str] = frozenset()
    stems: tuple[str, ...] = ()
    ranges: tuple[tuple[float, float], ...] = ()
    hour: bool = False
    gap: int = 0
    optional: bool = False

    def fits(self, word: str) -> bool:
        """Is `word` one that the item means?"""
        if word[0].isdigit() and (self.ranges or self.hour):
            if "h" in word:
                return self.hour and _number(word) < HOURS
            return any(low <= _number(word) <= high for low, high in self.ranges)
        return word in self.words or (bool(self.stems) and word.startswith(self.stems))

    @property
    def lexical(self) -> bool:
        """May the pattern be looked for by this item?"""
        return bool(self.words or self.stems) and not (self.ranges or self.hour or self.optional)

    @property
    def breadth(self) -> int:
        """How often it will be met, as far as one can tell: short words weigh more, then their number."""
        shortest = min(map(len, (*self.words, *self.stems)), default=0)
        return len(self.words) + 3 * len(self.stems) + (200 if shortest < 3 else 60 if shortest == 3 else 0)


HOURS = 24
WORDS = 8192
"""Words whose patterns are remembered: more than a person's drafts hold."""
HEAD = 3
"""Letters by which beginnings of words are found; none is shorter."""

Pattern = tuple[Item, ...]

RANGES: Mapping[str, tuple[tuple[float, float], ...]] = MappingProxyType(
    {"NUM": ((0.0, inf),), "TABAS": ((40.0, 85.0), (4.0, 8.5)), "TAHAUT": ((20.0, 30.0), (200.0, 300.0))}
)


def _number(word: str) -> float:
    """The first number of a token: 3,5 → 3.5; 75/40 → 75."""
    match = re.match(r"\d+(?:[.,]\d+)?", word)
    return float(match.group().replace(",", ".")) if match else 0.0


class Compiler:
    """Makes patterns of lines; items are shared.

    Args:
        lexicons: word lists by name.
    """

    def __init__(self, lexicons: Mapping[str, Sequence[str]]) -> None:
        self._lexicons = lexicons
        self._items: dict[str, Item] = {}

    def pattern(self, line: str) -> Pattern:
        """The items of a pattern.

        Raises:
            KeyError: it names a lexicon that is not there.
        """
        return tuple(self._items.get(text) or self._item(text) for text in line.split())

    def _item(self, text: str) -> Item:
        if text[0] == "~":
            item = Item(gap=int(text[1:]))
        else:
            bare = text.removesuffix("?") or text
            item = self._alternatives(bare.split("|"), optional=bare != text)
        self._items[text] = item
        return item

    def _alternatives(self, parts: list[str], *, optional: bool) -> Item:
        words: list[str] = []
        stems: list[str] = []
        ranges: list[tuple[float, float]] = []
        for part in parts:
            if part[0] == "@":
                lexicon = self._lexicons[part[1:]]
                words += [w for w in lexicon if w[-1] != "*"]
                stems += [w[:-1] for w in lexicon if w[-1] == "*"]
            elif part in RANGES:
                ranges += RANGES[part]
            elif part.startswith(("NUM<", "NUM>")):
                limit = float(part[4:])
                ranges.append((0.0, limit - 1e-9) if part[3] == "<" else (limit + 1e-9, inf))
            elif part[-1] == "*":
                stems.append(part[:-1])
            elif part != "HEURE":
                words.append(part)
        return Item(frozenset(words), tuple(stems), tuple(ranges), hour="HEURE" in parts, optional=optional)


@dataclass(frozen=True, slots=True)
class _Entry:
    """A pattern with its anchor, and what decides quickly that it cannot match.

    `before` and `after` are the words that may stand right beside the anchor, None where that takes more to say;
    of each set of `required` a word must stand in the sentence.
    """

    name: str
    pattern: Pattern
    anchor: int
    before: frozenset[str] | None
    after: frozenset[str] | None
    required: tuple[frozenset[str], ...]


class PatternIndex:
    """Patterns by the words of their anchors."""

    def __init__(self, patterns: Iterable[tuple[str, Pattern]]) -> None:
        self._by_word: dict[str, list[_Entry]] = {}
        self._by_head: dict[str, list[tuple[str, _Entry]]] = {}
        for name, pattern in patterns:
            lexical = [at for at, item in enumerate(pattern) if item.lexical]
            if not lexical:
                raise ValueError(f"pattern without a word: {name}")
            anchor = min(lexical, key=lambda at: pattern[at].breadth)
            entry = _entry(name, pattern, anchor)
            for word in pattern[anchor].words:
                self._by_word.setdefault(word, []).append(entry)
            for stem in pattern[anchor].stems:
                self._by_head.setdefault(stem[:HEAD], []).append((stem, entry))

        self._candidates = lru_cache(maxsize=WORDS)(self._look_up)

    def _look_up(self, word: str) -> Sequence[_Entry]:
        """The patterns that `word` anchors."""
        begun = self._by_head.get(word[:HEAD], ())
        return (*self._by_word.get(word, ()), *(entry for stem, entry in begun if word.startswith(stem)))

    def find(self, tokens: Tokens, start: int, end: int) -> dict[str, list[Hit]]:
        """Every match of every pattern whose anchor stands from token `start` to before `end`, by pattern name."""
        hits: dict[str, list[Hit]] = {}
        look_up = self._candidates
        sentence, present = -1, set[str]()
        around = [*(tokens.words[start - 1 : start] or [""]), *tokens.words[start : end + 1], ""]
        for at in range(start, end):
            candidates = look_up(tokens.words[at])
            if not candidates:
                continue
            left, right = around[at - start], around[at - start + 2]
            for entry in candidates:
                if entry.after is not None and right not in entry.after:
                    continue
                if entry.before is not None and left not in entry.before:
                    continue
                if entry.required and sentence != tokens.sentences[at]:
                    sentence = tokens.sentences[at]
                    last = bisect_right(tokens.sentences, sentence)
                    present = set(tokens.words[bisect_left(tokens.sentences, sentence) : last])
                for words in entry.required:
                    if present.isdisjoint(words):
                        break
                else:
                    hit = _match(entry, tokens, at)
                    if hit is not None:
                        hits.setdefault(entry.name, []).append(hit)
        return hits


def _entry(name: str, pattern: Pattern, anchor: int) -> _Entry:
    def beside(at: int) -> frozenset[str] | None:
        item = pattern[at] if 0 <= at < len(pattern) else None
        simple = item is not None and item.lexical and not item.stems
        return item.words if item is not None and simple else None

    before, after = beside(anchor - 1), beside(anchor + 1)
    near = (anchor - 1, anchor, anchor + 1)
    required = tuple(i.words for at, i in enumerate(pattern) if at not in near and i.lexical and not i.stems)
    return _Entry(name, pattern, anchor, before, after, required)


def _match(entry: _Entry, tokens: Tokens, at: int) -> Hit | None:
    last = _forward(entry.pattern, entry.anchor + 1, tokens, at + 1)
    if last is None:
        return None
    first = _backward(entry.pattern, entry.anchor - 1, tokens, at - 1)
    return None if first is None else (first, last)


def _forward(pattern: Pattern, item: int, tokens: Tokens, at: int) -> int | None:
    """The last token of a match of the items from `item` on, from token `at` on, in the sentence of the one before."""
    if item == len(pattern):
        return at - 1
    here = pattern[item]
    inside = at < len(tokens.words) and not _breaks(tokens, at)
    if here.gap:
        for skipped in range(here.gap + 1):
            last = _forward(pattern, item + 1, tokens, at + skipped)
            if last is not None:
                return last
            if at + skipped >= len(tokens.words) or _breaks(tokens, at + skipped):
                return None
        return None
    if inside and here.fits(tokens.words[at]):
        last = _forward(pattern, item + 1, tokens, at + 1)
        if last is not None:
            return last
    return _forward(pattern, item + 1, tokens, at) if here.optional else None


def _breaks(tokens: Tokens, at: int) -> bool:
    """Does a new sentence begin at `at`?"""
    return tokens.sentences[at] != tokens.sentences[at - 1]


def _backward(pattern: Pattern, item: int, tokens: Tokens, at: int) -> int | None:
    """The first token of a match of the items up to `item`, ending at token `at`."""
    if item < 0:
        return at + 1
    here = pattern[item]
    inside = at >= 0 and tokens.sentences[at] == tokens.sentences[at + 1]
    if here.gap:
        for skipped in range(here.gap + 1):
            first = _backward(pattern, item - 1, tokens, at - skipped)
            if first is not None:
                return first
            if at - skipped < 0 or tokens.sentences[at - skipped] != tokens.sentences[at - skipped + 1]:
                return None
        return None
    if inside and here.fits(tokens.words[at]):
        first = _backward(pattern, item - 1, tokens, at - 1)
        if first is not None:
            return first
    return _backward(pattern, item - 1, tokens, at) if here.optional else None

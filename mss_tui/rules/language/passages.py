"""A text cut where no sentence is cut, and each passage read once: a keystroke has only its own passage read again."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache

from mss_tui.record import dataclass
from mss_tui.rules.language.cues import language
from mss_tui.rules.language.patterns import Hit
from mss_tui.rules.language.tokens import Tokens, tokenise

MAX_CHARS = 60_000
"""Text beyond is not read: no message of a person is that long, and the time stays bounded."""
REMEMBERED = 1024
"""Passages kept: three drafts of 20 kB."""
SHORT = 160
"""Characters under which a passage goes on beyond the end of a sentence: many small ones cost more than they save."""
_CUT = re.compile(r"\n(?![a-zà-öø-ÿœ])\s*|(?<=[a-z0-9à-öø-ÿ]{5}[.!?]) +(?=[A-ZÀ-ÖØ-Þ])")
"""Ends of lines that are not wrapped in a sentence, and of sentences that no abbreviation ends."""
_MARKS = re.compile(r"[«»“”\"]")


@dataclass(frozen=True, slots=True)
class Passage:
    """Sentences of a text with the patterns met in them."""

    tokens: Tokens
    hits: Mapping[str, Sequence[Hit]]


@lru_cache(maxsize=REMEMBERED)
def read(text: str) -> Passage:
    """A passage read; the same text is not read twice while it is remembered."""
    tokens = tokenise(text)
    return Passage(tokens, language().everywhere.find(tokens, 0, len(tokens.words)))


@lru_cache(maxsize=REMEMBERED)
def beside(text: str, sentence: int) -> frozenset[str]:
    """The patterns met in a sentence of a passage that only matter beside a cue."""
    tokens = read(text).tokens
    first, end = bisect_left(tokens.sentences, sentence), bisect_right(tokens.sentences, sentence)
    return frozenset(language().beside.find(tokens, first, end))


def cut(text: str) -> Iterator[tuple[int, str]]:
    """The passages of a text with their places; none ends between quotation marks, but at a blank line."""
    text = text[:MAX_CHARS]
    marked = _MARKS.search(text) is not None
    start = 0
    for match in _CUT.finditer(text):
        end = match.end()
        if match.group().count("\n") > 1 or (end - start > SHORT and not (marked and _open(text, start, end))):
            yield start, text[start:end]
            start = end
    if start < len(text):
        yield start, text[start:]


def _open(text: str, start: int, end: int) -> bool:
    """Is a quotation mark that opens in this part of the text not closed in it?"""
    part = text[start:end]
    opened, closed = part.count("«") + part.count("“"), part.count("»") + part.count("”")
    return opened > closed or part.count('"') % 2 == 1

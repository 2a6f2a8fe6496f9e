"""How well a mailbox fits what was typed: a tier, which is shown, and an order within it (annuaire.md §7)."""

from __future__ import annotations

from collections.abc import Sequence

from mss_tui.adapters.directory.layout import Class, Row
from mss_tui.adapters.directory.terms import Alternatives
from mss_tui.model.directory import Tier

TIERS = (Tier.EXACT, Tier.PREFIX, Tier.PHONETIC, Tier.NEAR)

_COST = {
    Class.SQUASHED: 0,
    Class.FAMILY: 2,
    Class.GIVEN: 2,
    Class.OWN: 3,
    Class.NUMBER: 2,
    Class.PROFESSION: 4,
    Class.SPECIALITY: 4,
    Class.PLACE: 4,
    Class.STRUCTURE: 5,
    Class.ADDRESS: 6,
}
_NOT_NAMED = 8
"""Where no word is of the family name or of the mailbox's own name."""
_JOINED = 3
"""Where words typed apart only begin a name that is written as one."""
_INITIAL = 1

Score = tuple[int, int, int]
"""Tier, cost, given names that were not typed: the smaller the better."""


def score(row: Row, words: Sequence[Alternatives], optional: Sequence[str], *, joined: bool) -> Score | None:
    """How well `row` fits all of `words`; None when one of them does not fit at all.

    Args:
        optional: particles that were typed; a name that has them fits better.
        joined: words that were typed apart are among `words` as one.
    """
    tier = cost = 0
    named = False
    given = 0
    for word in words:
        best = _best(row.words, word)
        if best is None:
            return None
        worst, price, letter = best
        tier = max(tier, worst)
        cost += price
        named = named or letter in "sfoi"
        given += letter == Class.GIVEN
    if optional:
        known = {word[1:] for word in row.family_words.split()} | {row.family.casefold().split(" ")[0]}
        cost += sum(word not in known for word in optional)
    if joined and tier:
        cost += _JOINED
    spare = sum(len(word) > 2 for word in row.given_words.split()) - given
    return tier, cost + (0 if named else _NOT_NAMED), spare


def _best(tokens: Sequence[str], word: Alternatives) -> tuple[int, int, str] | None:
    text, exact, heard, near = word.word.text, word.word.texts, word.heard, word.near
    best: tuple[int, int, str] | None = None
    for token in tokens:
        letter, said = token[0], token[1:]
        if said in exact:
            level = _INITIAL if len(said) == 1 and letter in "sfg" else 0
        elif said.startswith(text) and len(text) > 1:
            level = 1
        elif said in heard:
            level = 2
        elif said in near:
            level = 3
        else:
            continue
        found = (level, _COST[Class(letter)], letter)
        if best is None or found < best:
            best = found
    return best

"""How well a mailbox fits what was typed: a tier, which is shown, and an order within it (annuaire.md §7)."""

from __future__ import annotations

from collections.abc import Sequence

from mss_tui.adapters.directory.layout import BIT, Class, Row
from mss_tui.adapters.directory.terms import Alternatives
from mss_tui.model.directory import Tier

TIERS = (Tier.EXACT, Tier.PREFIX, Tier.PHONETIC, Tier.NEAR)

_COST: dict[str, int] = {
    Class.WHOLE: 0,
    Class.DOUBLE: 0,
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

Score = tuple[int, int, int]
"""Tier, cost, given names that were not typed: the smaller the better."""


def score(
    row: Row, tokens: Sequence[str], words: Sequence[Alternatives], optional: Sequence[str], *, joined: bool
) -> Score | None:
    """How well `row` fits all of `words`; None when one of them does not fit at all.

    Args:
        tokens: the words of `row`.
        optional: particles that were typed; a name that has them fits better.
        joined: words that were typed apart are among `words` as one.
    """
    tier = cost = 0
    named = False
    given = 0
    for word in words:
        best = _best(tokens, word)
        if best is None:
            return None
        worst, price, letter = best
        tier = max(tier, worst)
        cost += price
        named = named or letter in "swfoi"
        given += letter == Class.GIVEN
    if optional:
        known = {word[1:] for word in row.family_words.split()} | {row.family.casefold().split(" ")[0]}
        cost += sum(word not in known for word in optional)
    if joined and tier:
        cost += _JOINED
    spare = sum(len(word) > 2 for word in row.given_words.split()) - given
    return tier, cost + (0 if named else _NOT_NAMED), spare


def _best(tokens: Sequence[str], word: Alternatives) -> tuple[int, int, str] | None:
    """The best match of one word: tier, cost, class."""
    text, others = word.word.text, word.others
    size = len(text) + 1
    best: tuple[int, int, str] | None = None
    for token in tokens:
        if token.startswith(text, 1) and (size > 2 or len(token) == size):
            # one letter is an initial, which begins a name
            level = 0 if len(token) == size and (size > 2 or token[0] not in "sfg") else 1
        elif others and token[1:] in others:
            level = others[token[1:]]
        else:
            continue
        if token[0] not in BIT and not word.elsewhere(token[0]):
            continue
        found = (level, _COST[token[0]], token[0])
        if best is None or found < best:
            best = found
    return best

"""Subjects that say nothing of the matter (objet.vague)."""

from __future__ import annotations

import re
from functools import cache

from mss_tui.rules.data import load
from mss_tui.rules.words import tokens

_MARK = re.compile(r"\s*(?:re|ré|rép|rep|tr|fwd?|fw)\s*(?:\[\d+\])?\s*:", re.IGNORECASE)

_INITIAL = re.compile(r"\b(?:M|Mr|Mme|Mlle|Melle)\.? ?[A-ZÀ-Þ]\b")


@cache
def _words() -> frozenset[str]:
    data = load("objets")
    return frozenset(f"{data['empty']} {data['link']}".split())


def says_nothing(subject: str) -> bool:
    """Does a subject that is not empty say nothing of the matter: marks of reply, dates, polite and general words?"""
    rest = subject
    while match := _MARK.match(rest):
        rest = rest[match.end() :]
    if _INITIAL.search(rest):
        return False
    known = _words()
    return all(word in known or word.isdigit() or len(word) == 1 for word in tokens(rest))

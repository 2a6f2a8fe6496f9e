"""Subjects that say nothing of the matter (objet.vague)."""

from __future__ import annotations

from functools import cache

from mss_tui.rules.data import load
from mss_tui.rules.words import tokens


@cache
def _empty() -> frozenset[str]:
    return frozenset(load("objets")["empty"].split())


_ALONE_SAYS_SOMETHING = frozenset(("rdv", "consultation", "avis"))


def says_nothing(subject: str) -> bool:
    """Does a subject that is not empty say nothing of the matter?"""
    words = [t for t in tokens(subject) if not t.isdigit()]
    return all(word in _empty() for word in words) and not any(word in _ALONE_SAYS_SOMETHING for word in words)

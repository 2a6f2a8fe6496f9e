"""Names of people: is the name that was typed the one the directory gives?"""

from __future__ import annotations

from functools import cache

from mss_tui.model.directory import DirectoryEntry
from mss_tui.rules.data import load
from mss_tui.rules.words import tokens


@cache
def _titles() -> frozenset[str]:
    return frozenset(load("noms")["titles"].split())


@cache
def given_names() -> frozenset[str]:
    """The most common given names, folded; for want of the directory's own."""
    return frozenset(load("noms")["given"].split())


def _alike(a: str, b: str) -> bool:
    """The same word, or one the beginning of the other (an initial, a shortened given name)."""
    return a == b or ((a.startswith(b) or b.startswith(a)) and min(len(a), len(b)) != 2)


def same_person(name: str, entry: DirectoryEntry) -> bool:
    """May `name` stand for the holder of `entry`?

    The family name must be there; another given name than the directory's makes it another person. A mailbox that is
    nobody's is compared by the words of its service and structure.
    """
    typed = [t for t in tokens(name) if t not in _titles()]
    if not typed:
        return True
    if not entry.family:
        known = set(tokens(f"{entry.service} {entry.structure} {entry.town} {entry.address.partition('@')[0]}"))
        return not known or any(t in known for t in typed)
    family, given = tokens(entry.family), tokens(entry.given)
    rest = [t for t in typed if t not in family]
    if len(rest) == len(typed):
        return False
    known = set(tokens(f"{entry.profession} {entry.speciality} {entry.structure} {entry.service} {entry.town}"))
    others = [t for t in rest if t not in known and not t.isdigit()]
    return not others or not given or any(_alike(t, g) for t in others for g in given)

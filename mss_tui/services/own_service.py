"""The organisational mailbox of a person's own service, among those of their structure (formation: continuity)."""

from __future__ import annotations

from collections.abc import Iterable

from mss_tui.model.directory import DirectoryEntry
from mss_tui.rules.words import tokens

STEM = 6
"""Letters that a speciality and its service share: cardiologue, Cardiologie; pédiatre, Pédiatrie."""
MOST = 3


def own_services(person: DirectoryEntry, boxes: Iterable[DirectoryEntry]) -> tuple[DirectoryEntry, ...]:
    """Mailboxes of the person's service by its name, else by their speciality, else the only one of the structure."""
    there = [b for b in boxes if b.type == "ORG" and b.address != person.address and _same_structure(person, b)]
    own = set(tokens(person.service))
    if own:
        named = [b for b in there if set(tokens(b.service)) == own]
        if named:
            return tuple(named[:MOST])
    stems = {word[:STEM] for word in tokens(person.speciality) if len(word) >= STEM}
    alike = [b for b in there if stems & {word[:STEM] for word in tokens(b.service or b.who)}]
    if alike:
        return tuple(alike[:MOST])
    return tuple(there) if len(there) == 1 and not there[0].service else ()


def _same_structure(one: DirectoryEntry, other: DirectoryEntry) -> bool:
    if one.finess and other.finess:
        return one.finess == other.finess
    return bool(tokens(one.structure)) and tokens(one.structure) == tokens(other.structure)

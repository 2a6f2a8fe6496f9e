"""Annuaire Santé: entries, search results, verifications (annuaire.md)."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from mss_tui.record import dataclass
from mss_tui.text import DisplayText


class Tier(StrEnum):
    """How a result was found; shown, in this order, near matches never first."""

    EXACT = "exact"
    PREFIX = "prefix"
    PHONETIC = "phonetic"
    NEAR = "near"


class Publication(StrEnum):
    """Is an address in the directory? `NOT_PUBLISHED` never means that it does not exist (liste rouge)."""

    PUBLISHED = "published"
    NOT_PUBLISHED = "not_published"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class DirectoryEntry:
    """A mailbox of the directory and who holds it. Every text is sanitised; `address` is as published."""

    address: str
    type: str
    family: DisplayText = DisplayText("")
    given: DisplayText = DisplayText("")
    title: DisplayText = DisplayText("")
    rpps: str = ""
    profession: DisplayText = DisplayText("")
    speciality: DisplayText = DisplayText("")
    structure: DisplayText = DisplayText("")
    service: DisplayText = DisplayText("")
    finess: str = ""
    street: DisplayText = DisplayText("")
    town: DisplayText = DisplayText("")
    postal_code: str = ""
    tier: Tier = Tier.EXACT
    type_inferred: bool = False

    @property
    def who(self) -> str:
        """The person, or the structure of a mailbox that is nobody's."""
        person = f"{self.family} {self.given}".strip()
        return person or self.service or self.structure or self.address


@dataclass(frozen=True, slots=True)
class SearchResult:
    """`age_days`: days since the extraction, None when nobody knows; `size`: mailboxes searched."""

    entries: tuple[DirectoryEntry, ...]
    age_days: int | None
    truncated: bool
    size: int = 0


@dataclass(frozen=True, slots=True)
class Verification:
    """What is known of one address, from where, and since when (aware, UTC).

    `services`: organisational mailboxes of a person's own service, None where nobody looked.
    """

    address: str
    state: Publication
    source: str
    checked_at: datetime
    entry: DirectoryEntry | None = None
    homonyms: tuple[DirectoryEntry, ...] = ()
    formerly_published: bool = False
    services: tuple[DirectoryEntry, ...] | None = None

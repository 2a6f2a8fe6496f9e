"""The annuaire: a local index to search in, an API to verify with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from mss_tui.model.directory import DirectoryEntry, SearchResult


@dataclass(frozen=True, slots=True)
class Filters:
    """What results must be; empty is any."""

    profession: str = ""
    speciality: str = ""
    place: str = ""
    type: str = ""


class DirectoryIndex(Protocol):
    """The local index. Synchronous and fast (5 ms a search); services run it in its own thread."""

    def search(self, words: str, filters: Filters = Filters(), limit: int = 50) -> SearchResult:
        """Entries for what was typed, best first."""
        ...

    def of_address(self, address: str) -> tuple[DirectoryEntry, ...]:
        """Everyone published at exactly this address, letter case aside."""
        ...

    def homonyms(self, entry: DirectoryEntry, limit: int = 20) -> tuple[DirectoryEntry, ...]:
        """Other people of the same family and given name."""
        ...

    def formerly(self, address: str) -> bool:
        """Did it stand in an earlier extraction and is gone from this one?"""
        ...

    def age_days(self) -> int | None:
        """Days since the extraction was made."""
        ...

    def close(self) -> None:
        """Let go of the file."""
        ...


class DirectoryApi(Protocol):
    """The FHIR API v2: exact questions only, never search as you type (annuaire.md §0)."""

    async def of_address(self, address: str) -> tuple[DirectoryEntry, ...]:
        """Everyone published at exactly this address."""
        ...

    async def of_rpps(self, rpps: Sequence[str]) -> tuple[DirectoryEntry, ...]:
        """Every mailbox of these professionals."""
        ...

    async def close(self) -> None:
        """Let go of connections."""
        ...

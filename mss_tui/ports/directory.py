"""The annuaire: a local index to search in, an API to verify with."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Protocol

from mss_tui.model.directory import DirectoryEntry, SearchResult
from mss_tui.phrase import Phrase
from mss_tui.record import dataclass


@dataclass(frozen=True, slots=True)
class Filters:
    """What results must be; empty is any."""

    profession: str = ""
    speciality: str = ""
    place: str = ""
    type: str = ""


class DirectoryIndex(Protocol):
    """The local index. Synchronous and fast (5 ms a search); services run it in its own thread."""

    def search(
        self, words: str, filters: Filters = Filters(), limit: int = 50, prefer: Sequence[str] = ()
    ) -> SearchResult:
        """Entries for what was typed, best first; those of the addresses `prefer` before others of their tier."""
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

    def labels(self, codes: Collection[str]) -> Mapping[str, str]:
        """What professions and specialities are called in the extraction, by code (TRE_G15, TRE_R38…)."""
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
        """Everyone published at exactly this address. Profession and speciality may be codes (`labels`)."""
        ...

    async def of_rpps(self, rpps: Sequence[str]) -> tuple[DirectoryEntry, ...]:
        """Every mailbox of these professionals."""
        ...

    async def close(self) -> None:
        """Let go of connections."""
        ...


class UpdateStage(StrEnum):
    """What an update of the annuaire is doing. `done` and `total` of a step are octets, or mailboxes for `INDEX`."""

    DOWNLOAD = "download"
    READ = "read"
    INDEX = "index"
    TRUST = "trust"


@dataclass(frozen=True, slots=True)
class UpdateStep:
    """How far an update is; `total` is 0 when nobody knows."""

    stage: UpdateStage
    done: int
    total: int


UpdateWatch = Callable[[UpdateStep], None]
"""Told how far an update is, in the thread of the event loop."""


@dataclass(frozen=True, slots=True)
class Updated:
    """What an update brought: mailboxes, the date of the extraction, how many disappeared, domains of the white list.

    `domains` is None when the list was not loaded; `trust_error` then says why.
    """

    mailboxes: int
    made: datetime | None
    gone: int
    domains: int | None = None
    trust_error: Phrase | None = None


class DirectoryUpdate(Protocol):
    """Brings the local index and the list of trust-space domains up to date."""

    async def update(self, source: Path | None, watch: UpdateWatch) -> Updated:
        """From the file `source`, or from the configured address when it is None; may be cancelled.

        Raises:
            MssError: nothing was replaced.
        """
        ...


@dataclass(frozen=True, slots=True)
class TrustDomain:
    """A domain of the trust space: who operates it, and whom to ask (mssante-client.md §3.4). Sanitised."""

    name: str
    description: str = ""
    operator: str = ""
    contact: str = ""
    support: str = ""


class TrustSpace(Protocol):
    """The list of domains of the trust space. Synchronous and fast."""

    @property
    def unreadable(self) -> bool:
        """Is there a list that cannot be read?"""
        ...

    def in_white_list(self, domain: str) -> bool | None:
        """Is it listed? None when no list is loaded."""
        ...

    def domain(self, name: str) -> TrustDomain | None:
        """What the list says of a domain."""
        ...


class KnownCorrespondents(Protocol):
    """Favourites and recent correspondents of a profile: professional addresses only, never a patient's."""

    def favourites(self) -> tuple[str, ...]:
        """Addresses, the newest favourite first."""
        ...

    def recent(self) -> tuple[str, ...]:
        """Addresses lately written to, the newest first."""
        ...

    def set_favourite(self, address: str, favourite: bool) -> None:
        """Add to the favourites, or take away."""
        ...

    def wrote_to(self, addresses: Sequence[str]) -> None:
        """Remember whom a message went to."""
        ...

"""The annuaire as people use it: search while typing, verify before sending, keep up to date (annuaire.md §0).

Search is local; the API only verifies. Nobody is ever picked for the user, except by an exact RPPS number or address.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import TypeVar

from mss_tui.errors import MssError, NotFound, UsageError
from mss_tui.model.directory import DirectoryEntry, Publication, SearchResult, Tier, Verification
from mss_tui.model.people import MailboxType
from mss_tui.phrase import Phrase, say
from mss_tui.ports.clock import Clock
from mss_tui.ports.directory import (
    DirectoryApi,
    DirectoryIndex,
    DirectoryUpdate,
    Filters,
    KnownCorrespondents,
    TrustSpace,
    Updated,
    UpdateWatch,
)
from mss_tui.services.own_service import own_services
from mss_tui.text import clean

T = TypeVar("T")

STALE_DAYS = 30
"""An extraction older than this must not be relied on (annuaire.md §1.1)."""
FRESH = timedelta(hours=12)
"""How long a verification by the API stands before it is made again."""
MAX_CACHED = 500
MOST_OF_A_STRUCTURE = 200

INDEX, API = "index", "fhir"
"""Sources of a verification."""


class Annuaire:
    """One profile's way to the annuaire. Every part of it may be missing."""

    def __init__(
        self,
        index: DirectoryIndex | None,
        api: DirectoryApi | None,
        clock: Clock,
        *,
        known: KnownCorrespondents | None = None,
        trust: TrustSpace | None = None,
        updates: DirectoryUpdate | None = None,
    ) -> None:
        self.known = known
        self.trust = trust
        self._index = index
        self._api = api
        self._clock = clock
        self._updates = updates
        self._thread = ThreadPoolExecutor(1, "annuaire") if index is not None else None
        self._verified: dict[str, Verification] = {}

    async def search(self, words: str, filters: Filters = Filters(), limit: int = 50) -> SearchResult:
        """Entries for what was typed, best first, this profile's correspondents before others of their tier.

        A caller that is no longer interested cancels: its answer is dropped.

        Raises:
            MssError: there is no index.
        """
        known = self.known

        def ask(index: DirectoryIndex) -> SearchResult:
            prefer = (*known.favourites(), *known.recent()) if known is not None else ()
            return index.search(words, filters, limit, prefer)

        return await self._ask(ask)

    async def verify(self, address: str, *, again: bool = False) -> Verification:
        """What is known of `address`: exact in the index, else exact in the API, else unknown.

        An answer is kept with its date: `again` asks anew. Never raises where a source fails: it is then unknown.
        """
        key = address.lower()
        kept = self._verified.get(key)
        if kept is not None and not again and self._clock.now() - kept.checked_at < FRESH:
            return kept
        verified = await self._verify(address)
        if verified.state is not Publication.UNKNOWN:
            while len(self._verified) >= MAX_CACHED:
                del self._verified[next(iter(self._verified))]
            self._verified.pop(key, None)
            self._verified[key] = verified
        return verified

    async def _verify(self, address: str) -> Verification:
        now = self._clock.now()
        local = await self._or_none(lambda index: index.of_address(address))
        stale = (await self.age_days() or 0) > STALE_DAYS
        if local and not (stale and self._api):
            return await self._published(address, INDEX, now, local)
        formerly = bool(await self._or_none(lambda index: index.formerly(address)))
        if self._api is not None:
            try:
                remote = await self._labelled(await self._api.of_address(address))
            except MssError:
                remote = None
            if remote:
                return await self._published(address, API, now, remote)
            if remote is not None:
                return Verification(address, Publication.NOT_PUBLISHED, API, now, formerly_published=formerly)
        if local:
            return await self._published(address, INDEX, now, local)
        state = Publication.UNKNOWN if local is None or stale else Publication.NOT_PUBLISHED
        return Verification(address, state, INDEX if local is not None else "", now, formerly_published=formerly)

    async def _published(
        self, address: str, source: str, at: datetime, entries: Sequence[DirectoryEntry]
    ) -> Verification:
        entry = entries[0]
        homonyms = await self._or_none(lambda index: index.homonyms(entry)) or ()
        services = await self._services(entry)
        return Verification(address, Publication.PUBLISHED, source, at, entry, homonyms, services=services)

    async def _services(self, entry: DirectoryEntry) -> tuple[DirectoryEntry, ...] | None:
        """The mailboxes of a person's own service; None where the directory could not be asked."""
        if entry.type != MailboxType.PER or not entry.structure:
            return ()
        filters = Filters(type=MailboxType.ORG)
        found = await self._or_none(lambda index: index.search(entry.structure, filters, MOST_OF_A_STRUCTURE))
        return None if found is None else own_services(entry, found.entries)

    async def details(self, entry: DirectoryEntry) -> tuple[DirectoryEntry, ...]:
        """Every mailbox of the person of `entry`, from the API where there is one, else from the index.

        Raises:
            MssError: neither answers.
        """
        if self._api is not None and entry.rpps:
            try:
                found = await self._labelled(await self._api.of_rpps([entry.rpps]))
            except MssError:
                if self._index is None:
                    raise
            else:
                if found:
                    return found
        if entry.rpps:
            return (await self._ask(lambda index: index.search(entry.rpps))).entries or (entry,)
        return await self._ask(lambda index: index.of_address(entry.address)) or (entry,)

    async def only(self, words: str) -> DirectoryEntry | None:
        """The one entry meant by an exact RPPS number or address; None wherever there is a choice to make."""
        wanted = words.strip()
        found = (await self.search(wanted, limit=3)).entries
        exact = [e for e in found if e.tier is Tier.EXACT and wanted.lower() in (e.rpps, e.address.lower())]
        return exact[0] if len({entry.address.lower() for entry in exact}) == 1 else None

    async def _labelled(self, entries: tuple[DirectoryEntry, ...]) -> tuple[DirectoryEntry, ...]:
        """`entries` of the API with labels for codes, as far as the extraction knows them."""
        codes = {code for entry in entries for code in (entry.profession, entry.speciality)}
        labels = await self._or_none(lambda index: index.labels(codes)) or {}
        return tuple(
            replace(
                entry,
                profession=clean(labels.get(entry.profession, entry.profession)),
                speciality=clean(labels.get(entry.speciality, entry.speciality)),
            )
            for entry in entries
        )

    async def update(self, source: Path | None, watch: UpdateWatch) -> Updated:
        """Bring index and white list up to date from the file `source`, or from the configured address.

        Raises:
            MssError: nothing was replaced.
        """
        if self._updates is None:
            raise UsageError(
                say("Ce profil ne met pas d'annuaire à jour."),
                remedy=say("Demandez-le à l'administrateur du poste, ou nommez un index dans [directory]."),
            )
        updated = await self._updates.update(source, watch)
        self._verified.clear()
        return updated

    async def age_days(self) -> int | None:
        """Days since the extraction was made; None when nobody knows."""
        return await self._or_none(lambda index: index.age_days())

    def in_white_list(self, domain: str) -> bool | None:
        """Is `domain` in the list of the trust space? None when no list is loaded."""
        return self.trust.in_white_list(domain) if self.trust is not None else None

    def wrote_to(self, addresses: Sequence[str]) -> None:
        """Remember whom a message went to; never a patient.

        Raises:
            MssError: it could not be written.
        """
        if self.known is not None:
            self.known.wrote_to(addresses)

    async def close(self) -> None:
        """Let go of the index and of connections."""
        if self._index is not None and self._thread is not None:
            await asyncio.get_running_loop().run_in_executor(self._thread, self._index.close)
            self._thread.shutdown(wait=False)
            self._thread = None
        if self._api is not None:
            await self._api.close()

    async def _ask(self, question: Callable[[DirectoryIndex], T]) -> T:
        """The index's answer, from its own thread."""
        if self._index is None or self._thread is None:
            raise NotFound(
                say("Il n'y a pas d'annuaire sur ce poste."), remedy=say("Chargez-le : « mss-tui annuaire update ».")
            )
        index = self._index
        return await asyncio.get_running_loop().run_in_executor(self._thread, lambda: question(index))

    async def _or_none(self, question: Callable[[DirectoryIndex], T]) -> T | None:
        try:
            return await self._ask(question)
        except MssError:
            return None


def age_phrase(days: int | None) -> Phrase:
    """How old the extraction is, as it is shown wherever it is used."""
    if days is None:
        return say("extraction de date inconnue")
    if days > STALE_DAYS:
        return say("extraction d'il y a {days} jours : trop ancienne, mettez-la à jour", days=days)
    if days == 0:
        return say("extraction du jour")
    return say("extraction d'il y a {days} j", days=days)


def publication_phrase(verification: Verification) -> Phrase:
    """What a verification says; what is not found is never said not to exist (liste rouge)."""
    if verification.state is Publication.PUBLISHED:
        return say("publiée dans l'Annuaire Santé")
    if verification.state is Publication.UNKNOWN:
        return say("non vérifiée : l'Annuaire Santé n'a pas pu être consulté")
    if verification.formerly_published:
        return say("n'est plus publiée dans l'Annuaire Santé (elle l'a été)")
    return say("non publiée dans l'Annuaire Santé (liste rouge, dépubliée ou trop récente)")

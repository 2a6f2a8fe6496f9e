"""What a desk has besides its inbox, imported and made when it is first asked for.

The screen shows rows before any of it is there; a command pays for what it uses.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import cached_property
from typing import TYPE_CHECKING

from mss_tui.model.message import Row
from mss_tui.model.people import Account, Actor, Profile
from mss_tui.ports.sieve import ScriptStore
from mss_tui.ports.store import FactsFile, Journal
from mss_tui.rules.catalogue import Catalogue
from mss_tui.services.desk import Desk, Place
from mss_tui.wiring_means import Means

if TYPE_CHECKING:
    from mss_tui.adapters.store_acceptances import FileAcceptances
    from mss_tui.adapters.store_outbox import FileOutboxRecords
    from mss_tui.adapters.worker import ProcessWorker
    from mss_tui.model.facts import DocumentFact
    from mss_tui.services.annuaire import Annuaire
    from mss_tui.services.documents import Documents
    from mss_tui.services.registers import Registers

TEMPLATES = "modeles"
"""The folder of the user's own letters, beside the configuration."""


class LaterDesk(Desk):
    """A desk whose annuaire, documents and worker are made when they are first asked for."""

    def __init__(
        self,
        profile: Profile,
        means: Means,
        actor: Actor,
        journal: Journal,
        facts: FactsFile,
        rules: Catalogue,
        leave: Callable[[], Awaitable[object]] | None,
    ) -> None:
        vars(self).update(
            profile=profile,
            actor=actor,
            journal=journal,
            facts=facts,
            catalogue=rules,
            clock=means.clock,
            close_others=self._close_others,
            means=means,
            template_folder=means.places.config.parent / TEMPLATES,
        )
        self._leave = leave

    if TYPE_CHECKING:
        means: Means

    def take(self, places: tuple[Place, ...]) -> None:
        """The mailboxes."""
        scripts = {place.account.id: found for place in places if (found := self._scripts(place.account))}
        vars(self).update(places=places, scripts=scripts)

    @cached_property
    def worker(self) -> ProcessWorker:
        """The bounded worker; its process starts with its first job."""
        from mss_tui.adapters.worker import ProcessWorker

        return ProcessWorker(lang=self.profile.lang)

    @cached_property
    def acceptances(self) -> FileAcceptances:
        """What was accepted lately."""
        from mss_tui.adapters.store_acceptances import FileAcceptances

        return FileAcceptances(self.means.places.acceptances, self.means.clock, self.means.tell)

    @cached_property
    def registers(self) -> Registers:
        """Who was informed, who objected."""
        from mss_tui.adapters.cache.key import KeySource
        from mss_tui.adapters.store_patients import FilePatients
        from mss_tui.services.registers import Registers

        means, profile = self.means, self.profile
        keys = KeySource(profile.name, profile.caching)
        store = FilePatients(means.places.patients, profile.name, means.clock, means.tell, keys)
        return Registers(store, self.journal, means.clock, profile.patient_informed_days)

    @cached_property
    def records(self) -> FileOutboxRecords:
        """The records of the outbox."""
        from mss_tui.adapters.store_outbox import FileOutboxRecords

        return FileOutboxRecords(self.means.places.outbox, self.means.tell)

    @cached_property
    def documents(self) -> Documents:
        """Documents of received messages."""
        from mss_tui.services.documents import Documents

        return Documents(self.worker, self.journal)

    def known_documents(self, row: Row) -> tuple[DocumentFact, ...] | None:
        """What is known of a message's documents; None while none were opened."""
        return self.documents.facts_of_row(row) if "documents" in vars(self) else None

    @cached_property
    def annuaire(self) -> Annuaire:
        """The annuaire of the profile."""
        from mss_tui.wiring_annuaire import annuaire_of

        return annuaire_of(self.profile, self.means)

    def _scripts(self, account: Account) -> ScriptStore | None:
        """The scripts of a mailbox; None where its operator offers no ManageSieve."""
        if account.sieve is None:
            return None
        if self.means.offline:
            from mss_tui.adapters.offline import OfflineScripts

            return OfflineScripts()
        from mss_tui.adapters.sieve import SieveScripts

        return SieveScripts(account, account.sieve, self.means.secrets, self.means.context(account))

    async def forget_copies(self) -> None:
        """Delete the encrypted copies, where the profile says so.

        Raises:
            MssError: one cannot be deleted; its key still closes it.
        """
        if self.means.copies is not None and self.profile.caching.wipe:
            await self.means.copies.wipe()

    async def _close_others(self) -> None:
        if "worker" in vars(self):
            await self.worker.close()
        if "annuaire" in vars(self):
            await self.annuaire.close()
        if self._leave is not None:
            await self._leave()

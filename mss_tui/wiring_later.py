"""What a desk has besides its inbox, imported and made when it is first asked for.

The screen shows rows before any of it is there; a command pays for what it uses.
"""

from __future__ import annotations

import os
import ssl
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from mss_tui.adapters.places import Places
from mss_tui.adapters.tls import context_for
from mss_tui.model.message import Row
from mss_tui.model.people import Account, Actor, Profile
from mss_tui.phrase import Phrase, say
from mss_tui.ports.clock import Clock
from mss_tui.ports.mail import MailStore
from mss_tui.ports.secrets import Secret, Secrets
from mss_tui.ports.sieve import ScriptStore
from mss_tui.ports.store import FactsFile, Journal
from mss_tui.rules.catalogue import Catalogue
from mss_tui.services.box import Box
from mss_tui.services.desk import Desk, Place

if TYPE_CHECKING:
    from mss_tui.adapters.store_acceptances import FileAcceptances
    from mss_tui.adapters.store_outbox import FileOutboxRecords
    from mss_tui.adapters.worker import ProcessWorker
    from mss_tui.model.draft import Built
    from mss_tui.model.facts import DocumentFact
    from mss_tui.model.sending import SendReport
    from mss_tui.ports.directory import DirectoryApi, Updated, UpdateWatch
    from mss_tui.ports.submission import Decide, Submission, Watch
    from mss_tui.services.annuaire import Annuaire
    from mss_tui.services.attached import Attached
    from mss_tui.services.attachments import Attachments
    from mss_tui.services.checking import Checker
    from mss_tui.services.documents import Documents
    from mss_tui.services.handling import Acts
    from mss_tui.services.outbox import Outbox
    from mss_tui.services.reading import Reader
    from mss_tui.services.reading_receipts import ReadingReceipts
    from mss_tui.services.receipts import Receipts
    from mss_tui.services.registers import Registers
    from mss_tui.services.sending import Sender

TEMPLATES = "modeles"
"""The folder of the user's own letters, beside the configuration."""
Tell = Callable[[Phrase], None]


@dataclass(frozen=True, slots=True)
class Means:
    """What a desk is made with, beside the profile.

    `by_person`: a person is at the screen, so that opening the inbox is reading it. `tell` receives what is worth a
    sentence and is no error (a damaged file set aside). `indexes` are annuaire indexes, the first that is there is
    used. `identities` are the contexts of accounts that show a certificate (`wiring_identity`). `low_bandwidth` is
    the command line's word; the profile's counts too.
    """

    places: Places
    secrets: Secrets
    clock: Clock
    tell: Tell
    by_person: bool
    indexes: tuple[Path, ...] = ()
    contexts: Mapping[Path | None, ssl.SSLContext] = field(default_factory=dict)
    identities: Mapping[str, ssl.SSLContext] = field(default_factory=dict)
    low_bandwidth: bool = False

    def context(self, account: Account) -> ssl.SSLContext:
        """The TLS of an account.

        Raises:
            ConfigError: a file of trust anchors cannot be read.
        """
        return (
            self.identities.get(account.id)
            or self.contexts.get(account.ca)
            or context_for(account.ca, account.trust, self.clock.now())
        )


class LaterSubmission:
    """A submission whose library is imported when the first message leaves: reading never opens SMTP."""

    def __init__(self, account: Account, secrets: Secrets, context: ssl.SSLContext) -> None:
        self._made: Submission | None = None
        self._with = (account, secrets, context)

    def _submission(self) -> Submission:
        if self._made is None:
            from mss_tui.adapters.smtp import SmtpSubmission

            self._made = SmtpSubmission(*self._with)
        return self._made

    async def limit(self) -> int | None:
        """The server's SIZE."""
        return await self._submission().limit()

    async def submit(
        self, built: Built, *, decide: Decide, watch: Watch, before_data: Callable[[], None]
    ) -> SendReport:
        """Send `built`."""
        return await self._submission().submit(built, decide=decide, watch=watch, before_data=before_data)


@dataclass(frozen=True, slots=True)
class LaterUpdate:
    """An update of the annuaire whose libraries are imported when somebody asks for one."""

    index: Path
    clock: Clock
    context: ssl.SSLContext

    async def update(self, source: Path | None, watch: UpdateWatch) -> Updated:
        """From the file `source`, or from the configured address."""
        from mss_tui.adapters.directory.update import AnnuaireUpdate

        return await AnnuaireUpdate(self.index, self.clock, self.context).update(source, watch)


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

        return ProcessWorker()

    @cached_property
    def acceptances(self) -> FileAcceptances:
        """What was accepted lately."""
        from mss_tui.adapters.store_acceptances import FileAcceptances

        return FileAcceptances(self.means.places.acceptances, self.means.clock, self.means.tell)

    @cached_property
    def registers(self) -> Registers:
        """Who was informed, who objected."""
        from mss_tui.adapters.store_patients import FilePatients
        from mss_tui.services.registers import Registers

        means, profile = self.means, self.profile
        store = FilePatients(means.places.patients, profile.name, means.clock, means.tell)
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
        """The annuaire of the profile: its own index, else the first that this machine has; its API where it has one.

        Updates go to the profile's own index, else to the last place, which is the user's.
        """
        from mss_tui.adapters.directory.index import SqliteIndex
        from mss_tui.adapters.directory.known import KnownFile
        from mss_tui.adapters.directory.whitelist import NAME, WhiteList
        from mss_tui.services.annuaire import Annuaire

        means, source = self.means, self.profile.directory
        known = KnownFile(means.places.state / "correspondants.json", self.profile.name, means.tell)
        path = source.index or next((p for p in means.indexes if p.exists()), None)
        own = source.index or (means.indexes[-1] if means.indexes else None)
        context = means.contexts.get(source.ca) or context_for(source.ca)
        api: DirectoryApi | None = None
        if source.fhir_url and source.key_command:
            from mss_tui.adapters.directory.fhir import FhirDirectory
            from mss_tui.adapters.hostwide import directory_calls, place_of

            shared = directory_calls(place_of(means.places.state))
            api = FhirDirectory(source.fhir_url, _fhir_key(source.key_command), context, means.clock, shared=shared)
        return Annuaire(
            SqliteIndex(path, means.clock) if path is not None else None,
            api,
            means.clock,
            known=known,
            trust=WhiteList(path.with_name(NAME)) if path is not None else None,
            updates=LaterUpdate(own, means.clock, context) if own is not None else None,
        )

    def _scripts(self, account: Account) -> ScriptStore | None:
        """The scripts of a mailbox; None where its operator offers no ManageSieve."""
        if account.sieve is None:
            return None
        from mss_tui.adapters.sieve import SieveScripts

        return SieveScripts(account, account.sieve, self.means.secrets, self.means.context(account))

    async def _close_others(self) -> None:
        if "worker" in vars(self):
            await self.worker.close()
        if "annuaire" in vars(self):
            await self.annuaire.close()
        if self._leave is not None:
            await self._leave()


class LaterPlace(Place):
    """A mailbox of such a desk."""

    def __init__(self, desk: LaterDesk, account: Account, store: MailStore, context: ssl.SSLContext) -> None:
        means = desk.means
        box = Box(account, store, desk.facts, desk.catalogue, means.clock, by_person=means.by_person)
        box.documents_of = desk.known_documents
        vars(self).update(account=account, box=box)
        self._desk = desk
        self._submission = LaterSubmission(account, means.secrets, context)

    @cached_property
    def reader(self) -> Reader:
        """Reads its messages."""
        from mss_tui.services.reading import Reader

        return Reader(self.box, self._desk.worker, self._desk.journal)

    @cached_property
    def acts(self) -> Acts:
        """Acts on received messages."""
        from mss_tui.services.handling import Acts

        return Acts(self.box, self._desk.journal)

    @cached_property
    def _attachments(self) -> Attachments:
        from mss_tui.services.attachments import Attachments

        return Attachments(self.box.mail)

    @cached_property
    def _attached(self) -> Attached:
        from mss_tui.services.attached import Attached

        return Attached(self._attachments.read, self._desk.worker)

    @cached_property
    def checker(self) -> Checker:
        """The rules on what is written and received here."""
        from mss_tui.services.checking import Checker

        d = self._desk
        return Checker(
            d.profile,
            self.account,
            d.catalogue,
            d.annuaire,
            d.acceptances,
            d.clock,
            self._attached,
            d.facts,
            d.registers,
        )

    @cached_property
    def sender(self) -> Sender:
        """Sends from this mailbox."""
        from mss_tui.services.sending import Sender

        desk = self._desk
        return Sender(
            self.account,
            desk.profile.person,
            store=self.box.mail,
            submission=self._submission,
            records=desk.records,
            journal=desk.journal,
            acceptances=desk.acceptances,
            clock=desk.clock,
            check=self.checker.check_built,
            read=self._attachments.read,
            complete=self._attached.completed,
            product=desk.profile.product,
            accepted=self.checker.sent,
            wrote_to=desk.annuaire.wrote_to,
        )

    @cached_property
    def outbox(self) -> Outbox:
        """What waits, and what may have left."""
        from mss_tui.services.outbox import Outbox

        return Outbox(self.sender, self._desk.records, self._desk.clock)

    @cached_property
    def receipts(self) -> Receipts:
        """What became of what was sent."""
        from mss_tui.services.receipts import Receipts

        return Receipts(self.box.mail, self.sender.shelf, self._desk.worker)

    @cached_property
    def reading_receipts(self) -> ReadingReceipts:
        """Answers to those who ask whether they were read."""
        from mss_tui.services.reading_receipts import ReadingReceipts

        desk = self._desk
        return ReadingReceipts(
            self.account,
            desk.profile.person,
            store=self.box.mail,
            submission=self._submission,
            journal=desk.journal,
            clock=desk.clock,
            product=desk.profile.product,
        )


def _fhir_key(command: tuple[str, ...]) -> Callable[[], Awaitable[Secret]]:
    async def key() -> Secret:
        from mss_tui.adapters.secrets_command import run
        from mss_tui.adapters.secrets_value import password

        return password(await run(command, os.environ), say("La commande de la clé de l'annuaire"))

    return key

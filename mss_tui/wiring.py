"""Joins services and adapters for a profile; the only place that names adapters."""

from __future__ import annotations

import os
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from mss_tui.adapters.directory.index import SqliteIndex
from mss_tui.adapters.directory.known import KnownFile
from mss_tui.adapters.directory.whitelist import NAME as WHITE_LIST
from mss_tui.adapters.directory.whitelist import WhiteList
from mss_tui.adapters.imap import ImapStore
from mss_tui.adapters.journal_anchor import SyslogAnchor, anchor_for
from mss_tui.adapters.journal_files import rotate
from mss_tui.adapters.places import Places
from mss_tui.adapters.secrets_command import run
from mss_tui.adapters.secrets_value import password
from mss_tui.adapters.store_acceptances import FileAcceptances
from mss_tui.adapters.store_facts import JsonFactsFile
from mss_tui.adapters.store_journal import JsonlJournal
from mss_tui.adapters.store_outbox import FileOutboxRecords
from mss_tui.adapters.tls import context_for
from mss_tui.adapters.worker import ProcessWorker
from mss_tui.errors import MssError
from mss_tui.model.draft import Built
from mss_tui.model.people import Account, Actor, Profile, Proof
from mss_tui.model.sending import SendReport
from mss_tui.phrase import Phrase, say
from mss_tui.ports.clock import Clock
from mss_tui.ports.directory import DirectoryApi, Updated, UpdateWatch
from mss_tui.ports.secrets import Secret, Secrets
from mss_tui.ports.sieve import ScriptStore
from mss_tui.ports.submission import Decide, Submission, Watch
from mss_tui.rules.catalogue import catalogue
from mss_tui.services.annuaire import Annuaire
from mss_tui.services.attached import Attached
from mss_tui.services.attachments import Attachments
from mss_tui.services.box import Box
from mss_tui.services.checking import Checker
from mss_tui.services.desk import Desk, Place
from mss_tui.services.document_files import DocumentFiles
from mss_tui.services.documents import Documents
from mss_tui.services.handling import Acts
from mss_tui.services.outbox import Outbox
from mss_tui.services.reading import Reader
from mss_tui.services.reading_receipts import ReadingReceipts
from mss_tui.services.receipts import Receipts
from mss_tui.services.sending import Sender

if TYPE_CHECKING:
    from mss_tui.services.letters import Letters

Tell = Callable[[Phrase], None]


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


@dataclass(frozen=True, slots=True)
class Means:
    """What a desk is made with, beside the profile.

    `by_person`: a person is at the screen, so that opening the inbox is reading it. `tell` receives what is worth a
    sentence and is no error (a damaged file set aside). `indexes` are annuaire indexes, the first that is there is
    used.
    """

    places: Places
    secrets: Secrets
    clock: Clock
    tell: Tell
    by_person: bool
    indexes: tuple[Path, ...] = ()
    contexts: Mapping[Path | None, ssl.SSLContext] = field(default_factory=dict)


def build(profile: Profile, means: Means) -> Desk:
    """The desk of a profile. Nothing connects yet.

    Raises:
        ConfigError: a file of trust anchors cannot be read.
    """
    facts = JsonFactsFile(means.places.facts, means.tell)
    anchor = anchor_for(profile.journal, means.clock, means.tell)
    journal = JsonlJournal(means.places.journal, means.clock, means.tell, anchor)
    try:
        actor = Actor(profile.person, Proof.DECLARED)
        rotate(means.places.journal, means.clock, means.tell, actor, profile.journal.months)
    except MssError as error:
        means.tell(error.what)
    acceptances = FileAcceptances(means.places.acceptances, means.clock, means.tell)
    records = FileOutboxRecords(means.places.outbox, means.tell)
    worker = ProcessWorker()
    documents = Documents(worker, journal)
    annuaire = _annuaire(profile, means)
    rules = catalogue()

    def place(account: Account) -> Place:
        context = means.contexts.get(account.ca) or context_for(account.ca)
        store = ImapStore(account, means.secrets, context, means.clock, remembered=facts.of(account.id).folders)
        box = Box(account, store, facts, rules, means.clock, by_person=means.by_person)
        box.documents_of = documents.facts_of_row
        read = Attachments(store).read
        attached = Attached(read, worker)
        checker = Checker(profile, account, rules, annuaire, acceptances, means.clock, attached)
        submission = LaterSubmission(account, means.secrets, context)
        sender = Sender(
            account,
            profile.person,
            store=store,
            submission=submission,
            records=records,
            journal=journal,
            acceptances=acceptances,
            clock=means.clock,
            check=checker.check_built,
            read=read,
            complete=attached.completed,
            product=profile.product,
        )
        return Place(
            account=account,
            box=box,
            reader=Reader(box, worker, journal),
            acts=Acts(box, journal),
            checker=checker,
            sender=sender,
            outbox=Outbox(sender, records, means.clock),
            receipts=Receipts(store, sender.shelf, worker),
            reading_receipts=ReadingReceipts(
                account,
                profile.person,
                store=store,
                submission=submission,
                journal=journal,
                clock=means.clock,
                product=profile.product,
            ),
        )

    async def close_others() -> None:
        await worker.close()
        await annuaire.close()
        if isinstance(anchor, SyslogAnchor):
            await anchor.leave()

    return Desk(
        profile=profile,
        actor=Actor(profile.person, Proof.DECLARED),
        places=tuple(map(place, profile.accounts)),
        annuaire=annuaire,
        journal=journal,
        facts=facts,
        catalogue=rules,
        clock=means.clock,
        close_others=close_others,
        documents=documents,
        scripts={account.id: scripts for account in profile.accounts if (scripts := _scripts(account, means))},
    )


def _scripts(account: Account, means: Means) -> ScriptStore | None:
    """The scripts of a mailbox; None where its operator offers no ManageSieve."""
    if account.sieve is None:
        return None
    from mss_tui.adapters.sieve import SieveScripts

    context = means.contexts.get(account.ca) or context_for(account.ca)
    return SieveScripts(account, account.sieve, means.secrets, context)


def _annuaire(profile: Profile, means: Means) -> Annuaire:
    """The annuaire of a profile: its own index, else the first that this machine has; its API where one is named.

    Updates go to the profile's own index, else to the last place, which is the user's.
    """
    source = profile.directory
    known = KnownFile(means.places.state / "correspondants.json", profile.name, means.tell)
    path = source.index or next((p for p in means.indexes if p.exists()), None)
    own = source.index or (means.indexes[-1] if means.indexes else None)
    context = means.contexts.get(source.ca) or context_for(source.ca)
    api: DirectoryApi | None = None
    if source.fhir_url and source.key_command:
        from mss_tui.adapters.directory.fhir import FhirDirectory

        api = FhirDirectory(source.fhir_url, _fhir_key(source.key_command), context, means.clock)
    return Annuaire(
        SqliteIndex(path, means.clock) if path is not None else None,
        api,
        means.clock,
        known=known,
        trust=WhiteList(path.with_name(WHITE_LIST)) if path is not None else None,
        updates=LaterUpdate(own, means.clock, context) if own is not None else None,
    )


def _fhir_key(command: tuple[str, ...]) -> Callable[[], Awaitable[Secret]]:
    async def key() -> Secret:
        return password(await run(command, os.environ), say("La commande de la clé de l'annuaire"))

    return key


@asynccontextmanager
async def document_files() -> AsyncIterator[DocumentFiles]:
    """What reads health documents that lie in files; no profile is needed, and nothing connects."""
    worker = ProcessWorker()
    try:
        yield DocumentFiles(worker)
    finally:
        await worker.close()


@asynccontextmanager
async def letters(clock: Clock) -> AsyncIterator[Letters]:
    """What reads messages that lie in files; no profile is needed, and nothing connects."""
    from mss_tui.services.letters import Letters  # with it comes what takes messages apart, which starts nothing else

    worker = ProcessWorker()
    try:
        yield Letters(worker, clock)
    finally:
        await worker.close()

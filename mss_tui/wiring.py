"""Joins services and adapters for a profile; the only place that names adapters."""

from __future__ import annotations

import ssl
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from mss_tui.adapters.imap import ImapStore
from mss_tui.adapters.places import Places
from mss_tui.adapters.store_acceptances import FileAcceptances
from mss_tui.adapters.store_facts import JsonFactsFile
from mss_tui.adapters.store_journal import JsonlJournal
from mss_tui.adapters.store_outbox import FileOutboxRecords
from mss_tui.adapters.tls import context_for
from mss_tui.adapters.worker import ProcessWorker
from mss_tui.model.draft import Built
from mss_tui.model.people import Account, Actor, Profile, Proof
from mss_tui.model.sending import SendReport
from mss_tui.phrase import Phrase
from mss_tui.ports.clock import Clock
from mss_tui.ports.directory import DirectoryApi, DirectoryIndex
from mss_tui.ports.secrets import Secrets
from mss_tui.ports.submission import Decide, Submission, Watch
from mss_tui.rules.catalogue import catalogue
from mss_tui.services.annuaire import Annuaire
from mss_tui.services.attachments import Attachments
from mss_tui.services.box import Box
from mss_tui.services.checking import Checker
from mss_tui.services.desk import Desk, Place
from mss_tui.services.handling import Acts
from mss_tui.services.letters import Letters
from mss_tui.services.outbox import Outbox
from mss_tui.services.reading import Reader
from mss_tui.services.sending import Sender

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
    journal = JsonlJournal(means.places.journal, means.clock, means.tell)
    acceptances = FileAcceptances(means.places.acceptances, means.clock, means.tell)
    records = FileOutboxRecords(means.places.outbox, means.tell)
    worker = ProcessWorker()
    annuaire = _annuaire(profile, means)
    rules = catalogue()

    def place(account: Account) -> Place:
        context = means.contexts.get(account.ca) or context_for(account.ca)
        store = ImapStore(account, means.secrets, context, means.clock, remembered=facts.of(account.id).folders)
        box = Box(account, store, facts, rules, means.clock, by_person=means.by_person)
        checker = Checker(profile, account, rules, annuaire, acceptances, means.clock)
        sender = Sender(
            account,
            profile.person,
            store=store,
            submission=LaterSubmission(account, means.secrets, context),
            records=records,
            journal=journal,
            acceptances=acceptances,
            clock=means.clock,
            check=checker.check_built,
            read=Attachments(store).read,
        )
        return Place(
            account=account,
            box=box,
            reader=Reader(box, worker, journal),
            acts=Acts(box, journal),
            checker=checker,
            sender=sender,
            outbox=Outbox(sender, records, means.clock),
        )

    async def close_others() -> None:
        await worker.close()
        await annuaire.close()

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
    )


def _annuaire(profile: Profile, means: Means) -> Annuaire:
    """The annuaire of a profile: its own index, else the first that this machine has."""
    named = profile.directory.index
    path = named or next((p for p in means.indexes if p.exists()), None)
    index: DirectoryIndex | None = None
    if path is not None:
        from mss_tui.adapters.directory.index import SqliteIndex

        index = SqliteIndex(path, means.clock)
    api: DirectoryApi | None = None
    return Annuaire(index, api, means.clock)


@asynccontextmanager
async def letters(clock: Clock) -> AsyncIterator[Letters]:
    """What reads messages that lie in files; no profile is needed, and nothing connects."""
    worker = ProcessWorker()
    try:
        yield Letters(worker, clock)
    finally:
        await worker.close()

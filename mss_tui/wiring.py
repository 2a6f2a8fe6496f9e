"""Joins services and adapters for a profile; with its neighbours `wiring_*` the only place that names adapters.

What the first rows need is imported here; everything else by those, when it is first asked for.
"""

from __future__ import annotations

import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from mss_tui.adapters.imap import ImapStore
from mss_tui.adapters.journal_anchor import SyslogAnchor, anchor_for
from mss_tui.adapters.journal_files import rotate
from mss_tui.adapters.store_facts import JsonFactsFile
from mss_tui.adapters.store_journal import JsonlJournal
from mss_tui.errors import MssError
from mss_tui.model.people import Account, Actor, Profile, Proof
from mss_tui.ports.clock import Clock
from mss_tui.ports.mail import MailStore
from mss_tui.rules.catalogue import catalogue
from mss_tui.services.desk import Desk
from mss_tui.wiring_later import LaterDesk
from mss_tui.wiring_means import Means
from mss_tui.wiring_place import LaterPlace

if TYPE_CHECKING:
    from mss_tui.services.document_files import DocumentFiles
    from mss_tui.services.letters import Letters

__all__ = ["Means", "build", "document_files", "letters"]


def build(profile: Profile, means: Means) -> Desk:
    """The desk of a profile. Nothing connects yet.

    Raises:
        ConfigError: a file of trust anchors cannot be read.
    """
    facts = JsonFactsFile(means.places.facts, means.tell)
    anchor = None if means.offline else anchor_for(profile.journal, means.clock, means.tell)
    journal = JsonlJournal(means.places.journal, means.clock, means.tell, anchor)
    actor = Actor(profile.acts or profile.person, Proof.DECLARED)
    try:
        rotate(means.places.journal, means.clock, means.tell, actor, profile.journal.months)
    except MssError as error:
        means.tell(error.what)

    def place(account: Account) -> LaterPlace:
        context = means.context(account)
        return LaterPlace(desk, account, store_of(account, context), context)

    def store_of(account: Account, context: ssl.SSLContext) -> MailStore:
        if means.offline:
            from mss_tui.wiring_cache import offline_store

            return offline_store(account, means.copies)
        make = ImapStore if means.copies is None else means.copies.store
        return make(
            account,
            means.secrets,
            context,
            means.clock,
            remembered=facts.of(account.id).folders,
            low_bandwidth=means.low_bandwidth or profile.low_bandwidth,
        )

    leave = anchor.leave if isinstance(anchor, SyslogAnchor) else None
    desk = LaterDesk(profile, means, actor, journal, facts, catalogue(), leave)
    desk.take(tuple(map(place, profile.accounts)))
    return desk


@asynccontextmanager
async def document_files(lang: str = "fr") -> AsyncIterator[DocumentFiles]:
    """What reads health documents that lie in files; no profile is needed, and nothing connects."""
    from mss_tui.adapters.worker import ProcessWorker
    from mss_tui.services.document_files import DocumentFiles

    worker = ProcessWorker(lang=lang)
    try:
        yield DocumentFiles(worker)
    finally:
        await worker.close()


@asynccontextmanager
async def letters(clock: Clock, lang: str = "fr") -> AsyncIterator[Letters]:
    """What reads messages that lie in files; no profile is needed, and nothing connects."""
    from mss_tui.adapters.worker import ProcessWorker
    from mss_tui.services.letters import Letters  # with it comes what takes messages apart, which starts nothing else

    worker = ProcessWorker(lang=lang)
    try:
        yield Letters(worker, clock)
    finally:
        await worker.close()

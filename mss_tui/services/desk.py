"""Everything a front end needs for one profile: the desk at which a person, or a script, works.

Services are imported where they are first used: the inbox is on screen before the composer's rules are loaded.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import field
from pathlib import Path
from typing import TYPE_CHECKING

from mss_tui.errors import MssError, NotFound
from mss_tui.model.message import CRITICAL_SEEN, DELETED, Row
from mss_tui.model.people import Account, Actor, MailboxType, Profile
from mss_tui.phrase import say
from mss_tui.ports.clock import Clock
from mss_tui.ports.mail import Query
from mss_tui.ports.sieve import ScriptStore
from mss_tui.ports.store import FactsFile, Journal, SealedDrafts
from mss_tui.ports.submission import Submission
from mss_tui.record import dataclass
from mss_tui.text import clean

if TYPE_CHECKING:
    from mss_tui.rules.catalogue import Catalogue
    from mss_tui.services.absence import Absences
    from mss_tui.services.annuaire import Annuaire
    from mss_tui.services.box import Box
    from mss_tui.services.checking import Checker
    from mss_tui.services.documents import Documents
    from mss_tui.services.handling import Acts
    from mss_tui.services.outbox import Outbox
    from mss_tui.services.reading import Reader
    from mss_tui.services.reading_receipts import ReadingReceipts
    from mss_tui.services.receipts import Receipts
    from mss_tui.services.registers import Registers
    from mss_tui.services.sending import Sender
    from mss_tui.services.status import AccountStatus

MAX_LOOKED = 200


@dataclass(frozen=True)
class Place:
    """One mailbox with all its services. What reading does not need may be made when it is first asked for."""

    account: Account
    box: Box
    reader: Reader
    acts: Acts
    checker: Checker
    sender: Sender
    outbox: Outbox
    receipts: Receipts
    reading_receipts: ReadingReceipts
    submission: Submission
    sealed: SealedDrafts | None = None


@dataclass(frozen=True)
class Desk:
    """A profile at work."""

    profile: Profile
    actor: Actor
    places: tuple[Place, ...]
    annuaire: Annuaire
    journal: Journal
    facts: FactsFile
    catalogue: Catalogue
    clock: Clock
    documents: Documents
    close_others: Callable[[], Awaitable[None]]
    scripts: Mapping[str, ScriptStore] = field(default_factory=dict)
    registers: Registers | None = None
    template_folder: Path | None = None

    async def forget_copies(self) -> None:
        """Delete what is kept of mail on this machine, where the profile says so: somebody was locked out."""

    def place(self, account: str = "") -> Place:
        """The mailbox of an account by id or address; the first when none is named.

        Raises:
            NotFound: the profile has no such account.
        """
        if not account:
            return self.places[0]
        for place in self.places:
            if account.casefold() in (place.account.id.casefold(), place.account.address.casefold()):
                return place
        raise NotFound(
            say(
                "Le profil « {profile} » n'a pas de compte « {account} ».",
                profile=self.profile.name,
                account=clean(account),
            ),
            remedy=say("Comptes : {known}.", known=", ".join(p.account.id for p in self.places)),
        )

    def status(self) -> tuple[AccountStatus, ...]:
        """The life of every mailbox, from the facts file alone."""
        from mss_tui.services.status import account_status

        return tuple(account_status(p.account, p.checker, self.facts, self.journal) for p in self.places)

    async def critical(self, place: Place) -> tuple[Row, ...]:
        """Messages of the inbox, among the newest, whose critical result nobody has acknowledged."""
        from mss_tui.services.critical import find_critical

        found = await place.box.mail.search("INBOX", Query(without=(CRITICAL_SEEN, DELETED)))
        rows = await place.box.mail.rows_of("INBOX", found.uids[:MAX_LOOKED])
        return await find_critical(place.reader, self.documents, rows)

    def absences(self, place: Place | None = None) -> Absences:
        """The absence message of a mailbox, of the first when none is named."""
        from mss_tui.services.absence import Absences

        account = (place or self.place()).account
        return Absences(account, self.scripts.get(account.id), self.facts, self.journal, self.clock)

    async def refresh(self, place: Place) -> AccountStatus:
        """Ask the server and the annuaire what the facts file keeps: quota, counts of the inbox, own publication.

        Raises:
            MssError: the mailbox cannot be reached; what is known stays.
        """
        from mss_tui.services.shared_facts import share
        from mss_tui.services.status import account_status

        await place.box.connect()
        await place.box.quota()
        place.box.remembered = await share(place.box.mail, self.facts, place.account.id, self.clock.now())
        await place.box.recount()
        absences = self.absences(place)
        if absences.possible:
            with suppress(MssError):  # a server of scripts that does not answer hides nothing of the mailbox
                await absences.show()
        if place.account.type is not MailboxType.APP:
            found = await self.annuaire.verify(place.account.address)
            self.facts.update(place.account.id, directory=found.state, directory_checked=found.checked_at)
        return account_status(place.account, place.checker, self.facts)

    async def close(self) -> None:
        """Log out everywhere; never fails, takes at most a few seconds."""
        await asyncio.gather(*(place.box.close() for place in self.places), self.close_others(), return_exceptions=True)

"""What a mailbox has besides its list, imported and made when it is first asked for."""

from __future__ import annotations

import ssl
from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING

from mss_tui.model.people import Account
from mss_tui.ports.mail import MailStore
from mss_tui.ports.secrets import Secrets
from mss_tui.services.box import Box
from mss_tui.services.desk import Place
from mss_tui.wiring_later import LaterDesk
from mss_tui.wiring_means import Means

if TYPE_CHECKING:
    from mss_tui.model.draft import Built
    from mss_tui.model.sending import SendReport
    from mss_tui.ports.submission import Decide, Submission, Watch
    from mss_tui.services.attached import Attached
    from mss_tui.services.attachments import Attachments
    from mss_tui.services.checking import Checker
    from mss_tui.services.handling import Acts
    from mss_tui.services.outbox import Outbox
    from mss_tui.services.reading import Reader
    from mss_tui.services.reading_receipts import ReadingReceipts
    from mss_tui.services.receipts import Receipts
    from mss_tui.services.sending import Sender


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

    async def authenticate(self) -> None:
        """Would a message be taken?"""
        await self._submission().authenticate()

    async def submit(
        self, built: Built, *, decide: Decide, watch: Watch, before_data: Callable[[], None]
    ) -> SendReport:
        """Send `built`."""
        return await self._submission().submit(built, decide=decide, watch=watch, before_data=before_data)


def _submission(account: Account, means: Means, context: ssl.SSLContext) -> Submission:
    if not means.offline:
        return LaterSubmission(account, means.secrets, context)
    from mss_tui.adapters.offline import OfflineSubmission

    return OfflineSubmission()


class LaterPlace(Place):
    """A mailbox of such a desk."""

    def __init__(self, desk: LaterDesk, account: Account, store: MailStore, context: ssl.SSLContext) -> None:
        means = desk.means
        box = Box(account, store, desk.facts, desk.catalogue, means.clock, by_person=means.by_person)
        box.documents_of = desk.known_documents
        box.offline = means.offline
        vars(self).update(account=account, box=box, submission=_submission(account, means, context))
        vars(self).update(sealed=None if means.copies is None else means.copies.drafts(account))
        self._desk = desk

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
            submission=self.submission,
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
            submission=self.submission,
            journal=desk.journal,
            clock=desk.clock,
            product=desk.profile.product,
        )

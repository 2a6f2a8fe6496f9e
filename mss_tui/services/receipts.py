"""What became of a sent message: the receipts that came back for it, recipient by recipient (ECO.2.3.1, ECO.2.3.2).

A receipt is tied by the Message-ID or the envelope identifier of the message, and by nothing else. None received
proves nothing: it is said « aucun accusé reçu », never « non lu » (CISIS-113).
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from mss_tui.errors import DeadlinePassed, InternalError
from mss_tui.mime.header import parse_mailboxes, split_header
from mss_tui.mime.report_words import may_be_report
from mss_tui.model.folder import Role
from mss_tui.model.message import PARTLY, MessageRef, Row
from mss_tui.model.paris import day
from mss_tui.model.receipt import Event, Form, Receipt, Report
from mss_tui.ports.mail import MailStore, Query
from mss_tui.ports.worker import BoundedWorker
from mss_tui.record import dataclass
from mss_tui.services.shelf import Shelf
from mss_tui.text import DisplayText

MAX_REPORTS = 60
MAX_OCTETS = 256_000
"""Of each report: its fields come first, what it sends back comes last."""
MAX_PEOPLE = 200
KEPT_TRYING = timedelta(days=30)
"""How much older than its report a message may be: servers try for 5 days, people read for longer."""
_LOOKED_IN = (Role.INBOX, Role.ARCHIVE)
_NEVER = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Heard:
    """A recipient, and what was heard of the message at their end, oldest first."""

    address: DisplayText
    receipts: tuple[Receipt, ...] = ()
    refused: bool = False
    """Refused by one's own server when the message left."""

    @property
    def last(self) -> Receipt | None:
        """The newest receipt; None is « aucun accusé reçu »."""
        return self.receipts[-1] if self.receipts else None

    @property
    def failed(self) -> bool:
        """Did it not arrive, as far as anyone said?"""
        return self.refused or (self.last is not None and self.last.event is Event.FAILED)


@dataclass(frozen=True, slots=True)
class Timeline:
    """What is known of a sent message.

    `others` are receipts that name nobody it was addressed to (a forward, a list). `complete` is False when there were
    more reports than are read, or one that could not be. `reports` say where the receipts stand. `accepted` says that
    one's own server took it for every recipient that is not `refused`.
    """

    message_id: str
    sent: datetime
    people: tuple[Heard, ...]
    others: tuple[Receipt, ...]
    reading_asked: bool
    complete: bool
    reports: tuple[MessageRef, ...] = ()
    accepted: bool = False


class Receipts:
    """Looks for the receipts of one account."""

    def __init__(self, store: MailStore, shelf: Shelf, worker: BoundedWorker) -> None:
        self._store = store
        self._shelf = shelf
        self._worker = worker

    async def of(self, row: Row, codes: Sequence[int] = ()) -> Timeline:
        """The timeline of a message in Sent, or of one that may have left.

        Args:
            codes: the submission server's answers by recipient, where they are remembered.

        Raises:
            MssError: the server could not be asked.
        """
        fields = dict(reversed(split_header((await self._store.fetch(row.ref)).header)))
        addressed = [p for name in ("to", "cc", "bcc") for p in parse_mailboxes(fields.get(name, b""), MAX_PEOPLE)]
        envelope = row.message_id.strip("<>").partition("@")[0]
        rows, complete = await self._candidates(envelope, row.received) if envelope else ((), True)
        reports = await asyncio.gather(*(self._report(r.ref) for r in rows))
        ours: list[tuple[MessageRef, Report]] = []
        for found, report in zip(rows, reports, strict=True):
            if report is None:
                complete = False
            elif report.message_id == row.message_id or (not report.message_id and report.envelope_id == envelope):
                ours.append((found.ref, report))
        people, others = _by_person([p.address for p in addressed if p.address], [report for _, report in ours])
        known = len(codes) == len(people)
        if known:
            people = tuple(replace(heard, refused=code >= 400) for heard, code in zip(people, codes, strict=True))
        left = row.ref.folder == await self._shelf.folder(Role.SENT)
        return Timeline(
            message_id=row.message_id,
            sent=row.received,
            people=people,
            others=others,
            reading_asked="disposition-notification-to" in fields,
            complete=complete,
            reports=tuple(ref for ref, _ in ours),
            accepted=left and (known or PARTLY not in row.flags),
        )

    async def said_by(self, row: Row) -> Report | None:
        """What a received message says of one that was sent; None where it is no report, by its looks or its words.

        Raises:
            MssError: the server could not be asked.
        """
        if not (row.automatic or may_be_report(row.sender.label, row.sender.address, row.subject)):
            return None
        report = await self._report(row.ref)
        return None if report is None or report.form is Form.NONE else report

    async def about(self, report: Report, received: datetime) -> Row | None:
        """The sent message that a report speaks of; None where it names none that is in Sent.

        Raises:
            MssError: the server could not be asked.
        """
        name = await self._shelf.folder(Role.SENT)
        wanted = report.message_id or report.envelope_id
        if name is None or not wanted:
            return None
        query = Query(text=wanted.strip("<>"), since=day(received - KEPT_TRYING))
        found = await self._store.search(name, query)
        for row in await self._store.rows_of(name, found.uids[:MAX_REPORTS]):
            if wanted in (row.message_id, row.message_id.strip("<>").partition("@")[0]):
                return row
        return None

    async def _candidates(self, identifier: str, since: datetime) -> tuple[Sequence[Row], bool]:
        rows: list[Row] = []
        complete = True
        for role in _LOOKED_IN:
            name = await self._shelf.folder(role)
            if name is None:
                continue
            query = Query(text=identifier, since=day(since - timedelta(days=1)))
            uids = (await self._store.search(name, query)).uids
            complete = complete and len(uids) <= MAX_REPORTS
            rows += await self._store.rows_of(name, uids[:MAX_REPORTS])
        return rows, complete

    async def _report(self, ref: MessageRef) -> Report | None:
        data = await self._store.section(ref, "", MAX_OCTETS)
        try:
            return await self._worker.run("report", Report, data)
        except (DeadlinePassed, InternalError):
            return None


def _by_person(
    addressed: Iterable[DisplayText], reports: Iterable[Report]
) -> tuple[tuple[Heard, ...], tuple[Receipt, ...]]:
    """Receipts under the recipient they speak of: whom it was addressed to, else whom it names."""
    names = {address.casefold(): address for address in addressed}
    people: dict[str, list[Receipt]] = {key: [] for key in names}
    others: list[Receipt] = []
    for report in reports:
        if report.form is Form.NONE:
            continue
        for receipt in report.receipts:
            wanted, named = receipt.wanted.casefold(), receipt.recipient.casefold()
            people.get(wanted, people.get(named, others)).append(receipt)

    def when(receipt: Receipt) -> datetime:
        return receipt.at or _NEVER

    heard = tuple(Heard(names[key], tuple(sorted(found, key=when))) for key, found in people.items())
    return heard, tuple(sorted(others, key=when))

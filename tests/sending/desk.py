"""A sender and an outbox with everything around them in memory, unless a test brings its own."""

from __future__ import annotations

from dataclasses import dataclass, field

from mss_tui.model.draft import Built, Draft
from mss_tui.model.people import Account
from mss_tui.model.sending import RecipientAnswer, SendReport
from mss_tui.model.verdict import Verdict
from mss_tui.ports.mail import MailStore
from mss_tui.ports.store import Journal, OutboxRecords
from mss_tui.ports.submission import Progress, Submission
from mss_tui.services.attachments import Attachments
from mss_tui.services.outbox import Outbox
from mss_tui.services.sending import Sender
from tests.sending.fakes import (
    FixedClock,
    MemoryAcceptances,
    MemoryJournal,
    MemoryRecords,
    MemoryStore,
    MemorySubmission,
)
from tests.sending.samples import ACTOR, MARTIN, account


@dataclass
class Desk:
    store: MailStore
    submission: Submission
    records: OutboxRecords
    journal: Journal
    acceptances: MemoryAcceptances = field(default_factory=MemoryAcceptances)
    clock: FixedClock = field(default_factory=FixedClock)
    account: Account = field(default_factory=account)
    verdicts: tuple[Verdict, ...] = ()
    goes_on: bool = True
    asked: list[tuple[RecipientAnswer, ...]] = field(default_factory=list)
    checked: list[Built] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.sender = Sender(
            self.account,
            MARTIN,
            store=self.store,
            submission=self.submission,
            records=self.records,
            journal=self.journal,
            acceptances=self.acceptances,
            clock=self.clock,
            check=self.check,
            read=Attachments(self.store).read,
        )
        self.outbox = Outbox(self.sender, self.records, self.clock)

    def check(self, draft: Draft, built: Built) -> tuple[Verdict, ...]:
        self.checked.append(built)
        return self.verdicts

    async def decide(self, answers: tuple[RecipientAnswer, ...]) -> bool:
        self.asked.append(answers)
        return self.goes_on

    def watch(self, step: Progress) -> None:
        pass

    async def send(self, draft: Draft, **confirmed: str) -> SendReport:
        return await self.sender.send(draft, ACTOR, confirmed=confirmed, decide=self.decide, watch=self.watch)

    async def retry(self, key: str) -> SendReport:
        return await self.outbox.retry(key, ACTOR, decide=self.decide, watch=self.watch)


class Here(Desk):
    """A desk whose fakes a test may look into."""

    store: MemoryStore
    submission: MemorySubmission
    records: MemoryRecords
    journal: MemoryJournal

    def phases(self) -> list[str]:
        return [line.phase for line in self.journal.lines]


def here(
    *,
    store: MemoryStore | None = None,
    submission: MemorySubmission | None = None,
    records: MemoryRecords | None = None,
    journal: MemoryJournal | None = None,
    verdicts: tuple[Verdict, ...] = (),
    goes_on: bool = True,
) -> Here:
    return Here(
        store or MemoryStore(),  # type: ignore[arg-type]
        submission or MemorySubmission(),
        records or MemoryRecords(),
        journal or MemoryJournal(),  # type: ignore[arg-type]
        verdicts=verdicts,
        goes_on=goes_on,
    )

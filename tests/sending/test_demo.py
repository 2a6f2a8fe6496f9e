"""Sending through the demo's own operator: the same adapters, the same promises."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator

from mss_tui.adapters.imap import ImapStore
from mss_tui.adapters.smtp import SmtpSubmission
from mss_tui.adapters.tls import context_for
from mss_tui.adapters.worker import ProcessWorker
from mss_tui.model.folder import Role
from mss_tui.model.people import Account
from mss_tui.model.receipt import Event
from mss_tui.model.sending import SendState, SentCopy
from mss_tui.services.receipts import Receipts
from tests.sending.desk import Desk
from tests.sending.fakes import FixedClock, MemoryJournal, MemoryRecords
from tests.sending.samples import draft
from tests.support import servers
from tests.support.servers import Demo, Passwords

demo = servers.demo


@contextlib.asynccontextmanager
async def desk_of(demo: Demo, account: Account) -> AsyncIterator[Desk]:
    secrets = Passwords(of=demo.password)
    context = context_for(demo.ca)
    clock = FixedClock()
    clock.at = servers.NOW
    store = ImapStore(account, secrets, context, clock)
    submission = SmtpSubmission(account, secrets, context)
    try:
        yield Desk(store, submission, MemoryRecords(), MemoryJournal(), clock=clock, account=account)  # type: ignore[arg-type]
    finally:
        await store.close()


async def test_a_message_reaches_a_colleague_and_its_delivery_is_heard_of(demo: Demo) -> None:
    account, other = demo.new_account(), demo.new_account()
    worker = ProcessWorker()
    async with desk_of(demo, account) as desk, desk_of(demo, other) as colleague:
        assert await desk.submission.limit() is not None
        report = await desk.send(draft(to=(other.address,), body="Bonjour,\n.\nà vous.\n"))
        assert (report.state, report.sent_copy) == (SendState.ACCEPTED, SentCopy.STORED)
        built = desk.checked[0]
        folders = {f.role: f.name for f in await desk.store.folders()}
        sent = (await desk.store.open(folders[Role.SENT])).rows
        assert [row.message_id for row in sent] == [report.message_id]
        assert (await desk.store.open(folders[Role.DRAFTS])).total == 0
        arrived = (await colleague.store.open("INBOX")).rows
        assert built.data in await colleague.store.section(arrived[0].ref, "")
        timeline = await Receipts(desk.store, desk.sender.shelf, worker).of(sent[0])
        assert [p.last and p.last.event for p in timeline.people] == [Event.DELIVERED]
    await worker.close()

"""Sending for real: Dovecot's submission, a relay that delivers and reports, Dovecot's folders."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email import message_from_bytes, policy
from pathlib import Path

import pytest

from mss_tui.adapters.imap import ImapStore
from mss_tui.adapters.smtp import SmtpSubmission
from mss_tui.adapters.store_journal import JsonlJournal
from mss_tui.adapters.store_outbox import FileOutboxRecords
from mss_tui.adapters.tls import context_for
from mss_tui.adapters.worker import ProcessWorker
from mss_tui.errors import AuthRefused
from mss_tui.model.draft import RemotePart
from mss_tui.model.message import SEEN
from mss_tui.model.people import Account, AuthMethod
from mss_tui.model.receipt import Event, Reason
from mss_tui.model.sending import SendState, SentCopy
from mss_tui.phrase import Phrase
from mss_tui.services.drafts import keep
from mss_tui.services.receipts import Receipts
from tests.sending.desk import Desk
from tests.sending.fakes import FixedClock
from tests.sending.samples import ACTOR, draft
from tests.support.dovecot import DOMAIN, PORTS, PrivateDovecot, need_dovecot
from tests.support.smtp import FixedSecrets, Relay

pytestmark = pytest.mark.real_server
SENT, DRAFTS = "Envoyés", "Brouillons"


@dataclass
class Post:
    """Dovecot and its relay."""

    dovecot: PrivateDovecot
    relay: Relay

    def body(self, message_id: str) -> bytes:
        """The octets of one message as the relay got them, without what Dovecot wrote above."""
        (data,) = [m.data for m in self.relay.operator.received if message_id.encode() in m.data]
        return data[data.index(b"Date: ") :]


@pytest.fixture(scope="module")
def post() -> Iterator[Post]:
    need_dovecot()
    relay = Relay(DOMAIN)
    server = PrivateDovecot(relay=relay.start()).start()
    relay.lmtp = (server.host, PORTS["lmtp"])
    yield Post(server, relay)
    server.stop()
    relay.stop()


@pytest.fixture
async def worker() -> AsyncIterator[ProcessWorker]:
    worker = ProcessWorker()
    yield worker
    await worker.close()


def said(phrase: Phrase) -> None:
    raise AssertionError(str(phrase))


@asynccontextmanager
async def desk_of(
    post: Post, folder: Path, account: Account, secrets: FixedSecrets | None = None
) -> AsyncIterator[Desk]:
    secrets = secrets or FixedSecrets(post.dovecot.password(account.address))
    context = context_for(account.ca)
    clock = FixedClock()
    clock.at = datetime.now(UTC)
    imap = FixedSecrets(post.dovecot.password(account.address))
    store = ImapStore(post.dovecot.account(account.address), imap, context, clock)
    records = FileOutboxRecords(folder / "outbox", said)
    journal = JsonlJournal(folder / "journal.jsonl", clock, said)
    desk = Desk(store, SmtpSubmission(account, secrets, context), records, journal, clock=clock, account=account)
    try:
        yield desk
    finally:
        await store.close()
        records.close()


async def test_a_message_leaves_arrives_and_its_copy_is_in_sent(post: Post, tmp_path: Path) -> None:
    account = post.dovecot.new_account()
    other = post.dovecot.new_user()
    async with desk_of(post, tmp_path, account) as desk:
        report = await desk.send(draft(to=(other,), body="Bonjour,\n.\n\nà vous.\n"))
        assert (report.state, report.sent_copy) == (SendState.ACCEPTED, SentCopy.STORED)
        built = desk.checked[0]
        sent = await desk.store.open(SENT)
        assert [row.message_id for row in sent.rows] == [report.message_id]
        assert sent.rows[0].flags - {"\\Recent"} == {SEEN}
        assert await desk.store.section(sent.rows[0].ref, "") == built.data
        assert (await desk.store.open(DRAFTS)).total == 0
        assert desk.outbox.list() == ()
    assert post.body(report.message_id) == built.data
    arrived = [m for m in post.relay.operator.received if report.message_id.encode() in m.data]
    assert arrived[0].mail == {"RET": "HDRS", "ENVID": built.envelope_id}
    assert arrived[0].rcpt[other]["NOTIFY"] == "SUCCESS,FAILURE,DELAY"
    assert arrived[0].rcpt[other]["ORCPT"].lower() == f"rfc822;{other}"


async def test_reports_come_back_and_make_a_timeline(post: Post, tmp_path: Path, worker: ProcessWorker) -> None:
    account = post.dovecot.new_account()
    other = post.dovecot.new_user()
    async with desk_of(post, tmp_path, account) as desk:
        report = await desk.send(draft(to=(other,), cc=(f"nobody-here@{DOMAIN}",)))
        assert report.state is SendState.ACCEPTED
        sent = (await desk.store.open(SENT)).rows[0]
        timeline = await Receipts(desk.store, desk.sender.shelf, worker).of(sent)
    assert [(p.address, p.last and p.last.event) for p in timeline.people] == [
        (other, Event.DELIVERED),
        (f"nobody-here@{DOMAIN}", Event.FAILED),
    ]
    assert timeline.people[1].receipts[0].reason is Reason.UNKNOWN_MAILBOX
    assert timeline.complete


async def test_a_recipient_refused_by_the_next_server_is_put_to_the_sender(post: Post, tmp_path: Path) -> None:
    account = post.dovecot.new_account()
    other = post.dovecot.new_user()
    async with desk_of(post, tmp_path, account) as desk:
        report = await desk.send(draft(to=(other,), cc=(f"refuse@{DOMAIN}",)))
    assert report.state is SendState.PARTLY_REFUSED
    assert [(a.code, a.enhanced) for a in report.recipients] == [(250, "2.1.5"), (550, "5.1.1")]
    assert desk.asked == [report.recipients]


@pytest.mark.parametrize("text", [b"bonjour", "à l'hôpital".encode()], ids=["7bit", "8bit"])
async def test_a_message_forwarded_whole_is_the_same_octets_wherever_it_was_kept(
    post: Post, tmp_path: Path, text: bytes
) -> None:
    """As it is on the server, and taken from the draft in which it was kept meanwhile."""
    account = post.dovecot.new_account()
    original = b"From: Labo <a@b.mssante.fr>\r\nSubject: =?utf-8?q?r=C3=A9sultat?=\r\n\r\n%s  \r\n.\r\n" % text
    post.dovecot.deliver(account.address, original)
    async with desk_of(post, tmp_path, account) as desk:
        row = (await desk.store.open("INBOX")).rows[0]
        stored = await desk.store.section(row.ref, "")
        assert stored.endswith(original)
        first = draft(attachments=(RemotePart(row.ref, "", "resultat.eml", "message/rfc822", row.size),))
        kept = (await keep(desk.sender, first, desk.clock.now())).draft
        assert kept.saved_as is not None
        fetched = await desk.store.fetch(kept.saved_as)
        (leaf,) = [part for part in fetched.structure.leaves() if part.section == "2"]
        again = replace(kept, attachments=(RemotePart(kept.saved_as, "2", leaf.name, leaf.type, leaf.size),))
        for one in (first, again):
            whole = message_from_bytes((await desk.sender.prepare(one)).data, policy=policy.default)
            (piece,) = whole.iter_attachments()  # type: ignore[attr-defined]
            seven_bit = text.isascii()
            assert piece.get_content_type() == ("message/rfc822" if seven_bit else "application/octet-stream")
            octets = (await desk.sender.prepare(one)).data if seven_bit else piece.get_payload(decode=True)
            assert stored in octets


async def test_a_message_that_waits_leaves_after_a_restart(post: Post, tmp_path: Path) -> None:
    account = post.dovecot.new_account()
    async with desk_of(post, tmp_path, account) as desk:
        key = await desk.outbox.queue(
            draft(to=(account.address,), bcc=(post.dovecot.new_user(),)),
            ACTOR,
            confirmed={},
            due=desk.clock.now(),
        )
        wire = desk.checked[0]
    async with desk_of(post, tmp_path, account) as desk:
        assert [w.state for w in await desk.outbox.recover()] == [SendState.QUEUED]
        (attempt,) = await desk.outbox.run(ACTOR, watch=desk.watch)
        assert attempt.key == key
        assert attempt.report is not None
        assert (attempt.report.state, attempt.report.sent_copy) == (SendState.ACCEPTED, SentCopy.STORED)
        sent = await desk.store.open(SENT)
        assert (await desk.store.section(sent.rows[0].ref, "")).startswith(b"Bcc: ")
    assert post.body(wire.message_id) == wire.data


async def test_a_full_mailbox_still_sends_and_says_that_the_copy_waits(tmp_path: Path) -> None:
    need_dovecot()
    relay = Relay(DOMAIN)
    server = await asyncio.to_thread(PrivateDovecot(relay=relay.start(), quota=1).start)
    relay.operator.deliver = lambda mail: None
    try:
        post = Post(server, relay)
        account = server.new_account()
        async with desk_of(post, tmp_path, account) as desk:
            report = await desk.send(draft(to=(f"refuse-not@{DOMAIN}",), want_delivery=False))
            assert report.state is SendState.ACCEPTED
            assert report.sent_copy is SentCopy.WAITING
            assert [w.state for w in desk.outbox.list()] == [SendState.ACCEPTED]
        assert len(relay.operator.received) == 1
    finally:
        server.stop()
        relay.stop()


# Dovecot makes the next login wait for seconds after a bad one: these come last.


async def test_a_wrong_password_is_refused_and_the_draft_kept(post: Post, tmp_path: Path) -> None:
    account = post.dovecot.new_account()
    secrets = FixedSecrets("faux")
    async with desk_of(post, tmp_path, account, secrets) as desk:
        with pytest.raises(AuthRefused):
            await desk.send(draft(to=(account.address,)))
        assert (await desk.store.open(DRAFTS)).total == 1
    assert secrets.forgotten == [account.id]


async def test_a_token_is_accepted_and_an_old_one_recognised(post: Post, tmp_path: Path) -> None:
    user = post.dovecot.new_user()
    account = post.dovecot.account(user, method=AuthMethod.PSC)
    async with desk_of(post, tmp_path, account, FixedSecrets(post.dovecot.token(user))) as desk:
        assert (await desk.send(draft(to=(user,)))).state is SendState.ACCEPTED
    old = FixedSecrets(post.dovecot.token(user, seconds=-60))
    async with desk_of(post, tmp_path, account, old) as desk:
        with pytest.raises(AuthRefused, match="Pro Santé Connect"):
            await desk.send(draft(key="other", to=(user,)))
    assert old.forgotten == [account.id]

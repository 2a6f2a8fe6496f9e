"""Two mailboxes of a profile on real servers, as one list: whose each message is, what one costs the other."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from mss_tui.adapters.clock import SetClock
from mss_tui.adapters.imap import ImapStore
from mss_tui.adapters.tls import context_for
from mss_tui.errors import AuthRefused
from mss_tui.model.message import SEEN
from mss_tui.model.people import Account
from mss_tui.ports.mail import Query
from mss_tui.rules.catalogue import catalogue
from mss_tui.services.box import Box
from mss_tui.services.unified import UnifiedView, inboxes, need, search
from tests.keeping.conftest import message, shared
from tests.support.desk import FakeFacts
from tests.support.servers import NOW, MailServer, Passwords

FIRST = datetime(2026, 11, 1, tzinfo=UTC)


def box_of(server: MailServer, account: Account, facts: FakeFacts, secrets: Passwords | None = None) -> Box:
    store = ImapStore(account, secrets or Passwords(of=server.password), context_for(server.ca), SetClock(NOW))
    return Box(shared(account), store, facts, catalogue(), SetClock(NOW), by_person=True)


@pytest.fixture
def accounts(mail_server: MailServer) -> tuple[Account, Account]:
    """One with a message an hour, the other with one every ten hours."""
    one, two = mail_server.new_account(), mail_server.new_account()
    for account, count, hours in ((one, 120, 1), (two, 12, 10)):
        for number in range(count):
            received = FIRST + timedelta(hours=number * hours, minutes=30 * (account is two))
            mail_server.fill(account.address, [message(f"n° {number}", number)], received=received)
    return one, two


async def test_messages_stand_by_date_and_each_is_marked_in_its_own_mailbox(
    mail_server: MailServer, accounts: tuple[Account, Account]
) -> None:
    facts = FakeFacts()
    boxes = {account.id: box_of(mail_server, account, facts) for account in accounts}
    try:
        parts = [part async for _, part, _ in inboxes([*boxes.values()], 50, read_only=False) if part is not None]
        view = UnifiedView(parts)
        assert await need(view, boxes, 132) == (True, [])
        rows = view.known()
        assert len(rows) == view.total == 132
        assert [row.received for row in rows] == sorted((row.received for row in rows), reverse=True)
        assert {row.ref.account for row in rows[:10]} == {account.id for account in accounts}

        (mine, theirs) = (next(row for row in rows if row.ref.account == account.id) for account in accounts)
        for row in (mine, theirs):
            view.mark(dict(await boxes[row.ref.account].mail.flag([row.ref], [SEEN])))
        assert [row.ref for row in view.known() if row.seen] == [
            row.ref for row in rows if row.ref in (mine.ref, theirs.ref)
        ]
        for account in accounts:
            found = await boxes[account.id].mail.search("INBOX", Query(unseen=True))
            assert len(found.uids) == {accounts[0].id: 119, accounts[1].id: 11}[account.id]

        found_in = [await search(boxes[part.account], part, Query(subject="n° 7")) for part in parts]
        hits = UnifiedView([part for part, _ in found_in])
        assert {row.ref.account for row in hits.known()} == {account.id for account in accounts}
        assert all("n° 7" in row.subject for row in hits.known())
    finally:
        for box in boxes.values():
            await box.close()


async def test_a_refused_mailbox_hides_nothing_of_the_other(
    mail_server: MailServer, accounts: tuple[Account, Account]
) -> None:
    facts = FakeFacts()
    good = box_of(mail_server, accounts[0], facts)
    bad = box_of(mail_server, accounts[1], facts, Passwords("faux"))
    try:
        answers = {box.account.id: (part, error) async for box, part, error in inboxes([good, bad], 5, read_only=True)}
        part, error = answers[accounts[0].id]
        assert error is None
        assert part is not None
        assert len(UnifiedView([part]).known()) == 5
        assert isinstance(answers[accounts[1].id][1], AuthRefused)
        assert facts.of(accounts[0].id).read is None, "nothing was on screen"
    finally:
        await good.close()
        await bad.close()

"""The next message is at hand before it is asked for: opening it is no round trip; nor is the text waited for twice."""

from __future__ import annotations

import asyncio

import pytest

from mss_tui.model.message import SEEN
from mss_tui.model.people import Actor, Person, Security
from mss_tui.rules.catalogue import catalogue
from mss_tui.services.box import Box
from mss_tui.services.reading import Reader
from tests.imap.conftest import OpenStore
from tests.imap.counting import counted
from tests.imap.messages import real_letter
from tests.support.desk import FakeFacts, FakeJournal
from tests.support.dovecot import PrivateDovecot
from tests.support.jobs import JobsHere
from tests.support.servers import FixedClock

pytestmark = pytest.mark.real_server
ME = Actor(Person("Anne LEFEBVRE"))


async def test_a_message_that_was_fetched_ahead_opens_without_a_round_trip(
    dovecot: PrivateDovecot, open_store: OpenStore
) -> None:
    account = dovecot.new_account(Security.TLS)
    dovecot.fill(account.address, map(real_letter, range(10)))
    async with counted(account) as line:
        store, clock = open_store(dovecot, line.account), FixedClock()
        box = Box(account, store, FakeFacts(), catalogue(), clock, by_person=False)  # type: ignore[arg-type]
        reader = Reader(box, JobsHere(), FakeJournal(clock))
        rows = (await store.open("INBOX", 10)).rows
        line.reset()
        first = await reader.open(rows[0], ME, mark=False)
        assert line.turns == 1  # the text comes with the structure
        reader.prefetch([rows[1], rows[2]])
        assert reader._ahead is not None
        await asyncio.wait([reader._ahead])
        line.reset()
        second = await reader.open(rows[1], ME, mark=False)
        again = await reader.open(rows[0], ME, mark=False)
        assert (line.turns, line.down) == (0, 0)
        assert second.text
        assert again.text == first.text
        marked = await reader.open(rows[2], ME)
        assert SEEN in marked.row.flags
        assert line.turns == 1  # the flag alone


async def test_what_somebody_asks_for_goes_before_what_is_fetched_ahead(
    dovecot: PrivateDovecot, open_store: OpenStore
) -> None:
    account = dovecot.new_account(Security.TLS)
    dovecot.fill(account.address, map(real_letter, range(10)))
    store, clock = open_store(dovecot, account), FixedClock()
    box = Box(account, store, FakeFacts(), catalogue(), clock, by_person=False)  # type: ignore[arg-type]
    reader = Reader(box, JobsHere(), FakeJournal(clock))
    rows = (await store.open("INBOX", 10)).rows
    reader.prefetch(rows[1:5])
    before = reader._ahead
    reader.prefetch(rows[6:7])
    assert before is not None
    await asyncio.wait([before])
    assert before.cancelled()
    assert (await reader.open(rows[5], ME, mark=False)).text

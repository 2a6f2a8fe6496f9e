"""Large parts pass through: they never stand whole in memory on their way (security.md P15)."""

from __future__ import annotations

import tracemalloc
from collections.abc import Iterator

import pytest

from tests.imap.conftest import OpenStore
from tests.imap.messages import with_attachment
from tests.support.dovecot import PrivateDovecot

pytestmark = pytest.mark.real_server
LINES = 330_000
MEGA = 1 << 20


@pytest.fixture
def peak() -> Iterator[None]:
    tracemalloc.start()
    yield
    tracemalloc.stop()


@pytest.mark.usefixtures("peak")
async def test_a_part_of_25_megaoctets_is_read_in_chunks(dovecot: PrivateDovecot, open_store: OpenStore) -> None:
    account = dovecot.new_account()
    dovecot.fill(account.address, [with_attachment(b"\r\n".join([b"QUJD" * 19] * LINES))])
    store = open_store(dovecot, account)
    ref = (await store.open("INBOX")).rows[0].ref
    tracemalloc.reset_peak()
    before = tracemalloc.get_traced_memory()[0]
    octets = 0
    async for chunk in store.stream(ref, "2"):
        octets += len(chunk)
    assert octets == 78 * LINES - 2 > 24 * MEGA
    assert tracemalloc.get_traced_memory()[1] - before < 4 * MEGA


@pytest.mark.usefixtures("peak")
async def test_a_message_of_25_megaoctets_is_sent_as_it_stands(dovecot: PrivateDovecot, open_store: OpenStore) -> None:
    store = open_store(dovecot, dovecot.new_account())
    message = with_attachment(b"\r\n".join([b"QUJD" * 19] * LINES))
    await store.connect()
    tracemalloc.reset_peak()
    before = tracemalloc.get_traced_memory()[0]
    ref = await store.append("Envoyés", message)
    assert ref is not None
    assert tracemalloc.get_traced_memory()[1] - before < 4 * MEGA

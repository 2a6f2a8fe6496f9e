"""Order, conversations, and what a server says of itself: where it can, and where it cannot."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest

from mss_tui.adapters.imap import ImapStore
from mss_tui.ports.mail import SortKey
from tests.imap.conftest import OpenStore
from tests.imap.messages import letter
from tests.imap.scripted import FULL, Authority, Ordinary, serving
from tests.support.dovecot import PrivateDovecot, need_dovecot

Make = Callable[..., ImapStore]


@pytest.fixture(scope="module", params=["rich", "poor"])
def server(request: pytest.FixtureRequest) -> Iterator[PrivateDovecot]:
    """Dovecot with and without SORT and THREAD."""
    need_dovecot()
    running = PrivateDovecot(capability="IMAP4rev1" if request.param == "poor" else "").start()
    yield running
    running.stop()


def answering(number: int, to: int, subject: str) -> bytes:
    return b"In-Reply-To: <%d@alpha.mssante.fr>\r\n" % to + letter(number, subject)


@pytest.mark.real_server
async def test_messages_in_order(server: PrivateDovecot, open_store: OpenStore) -> None:
    account = server.new_account()
    senders = ["Zoe <z@a.fr>", "Anne <a@a.fr>", "Marc <m@a.fr>"]
    for number, (sender, subject) in enumerate(zip(senders, ["Re: b", "c", "a"], strict=True), 1):
        message = letter(number, subject, sender) + b"x" * 100 * number
        server.fill(account.address, [message], received=datetime(2026, 11, 4 - number, tzinfo=UTC))
    store = open_store(server, account)
    rich = "SORT" in (await store.about()).capabilities

    async def order(key: SortKey, descending: bool = False) -> tuple[int, ...]:
        found = await store.sort("INBOX", key, descending=descending)
        assert found.on_server is rich
        return found.uids

    assert await order(SortKey.ARRIVAL) == (3, 2, 1)
    assert await order(SortKey.ARRIVAL, descending=True) == (1, 2, 3)
    assert await order(SortKey.SENDER) == (2, 3, 1)
    assert await order(SortKey.SUBJECT) == (3, 1, 2)
    assert await order(SortKey.SIZE, descending=True) == (3, 2, 1)


@pytest.mark.real_server
async def test_conversations(server: PrivateDovecot, open_store: OpenStore) -> None:
    account = server.new_account()
    server.fill(
        account.address,
        [letter(1, "un"), letter(2, "deux"), answering(3, 1, "Re: un"), letter(4, "quatre"), answering(5, 3, "Re: un")],
    )
    store = open_store(server, account)
    found = await store.threads("INBOX")
    assert found.threads == ((1, 3, 5), (4,), (2,))
    assert found.on_server is ("SORT" in (await store.about()).capabilities)
    assert (await store.threads("Archives")).threads == ()


@pytest.mark.real_server
async def test_what_the_server_says_of_itself(server: PrivateDovecot, open_store: OpenStore) -> None:
    account = server.new_account()
    with server.colleague(account.address) as colleague:
        colleague.send(b"M1 SETMETADATA INBOX (/shared/comment {10+}\r\nR\xc3\xa9ception)\r\n")
        assert colleague.readline().startswith(b"M1 OK")
    facts = await open_store(server, account).about()
    if "ID" in facts.capabilities:
        assert (facts.software, facts.comment) == ("Dovecot", "Réception")
        assert facts.rights is not None
        assert {*"lrswite"} <= {*facts.rights}
    else:
        assert (facts.software, facts.rights, facts.comment) == ("", None, "")


async def test_what_a_server_says_of_itself_is_cleaned(authority: Authority, scripted_store: Make) -> None:
    answers = {
        b"ID": b'* ID ("name" "ev\x1bil" "version" NIL)\r\nTAG OK\r\n',
        b"NAMESPACE": b'* NAMESPACE (("" "/")) (("Autres/" "/")) (("&AOk-quipe/" "/"))\r\nTAG OK\r\n',
        b"MYRIGHTS": b"TAG NO [NOPERM] no\r\n",
        b"GETMETADATA": b"* METADATA INBOX ((\r\nTAG OK\r\n",
    }
    async with serving(authority, Ordinary(answers, capabilities=FULL + b" ID NAMESPACE ACL METADATA")) as served:
        facts = await scripted_store(served).about()
    assert facts.software == "ev␛il"
    assert facts.prefixes == ("Autres/", "équipe/")
    assert (facts.rights, facts.comment) == (None, "")

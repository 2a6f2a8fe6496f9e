"""Counts of other folders come by themselves where the server has NOTIFY (RFC 5465); where it has not, as ever."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from mss_tui.adapters.imap import ImapStore
from mss_tui.adapters.imap.watching import IDLE
from mss_tui.adapters.tls import context_for
from mss_tui.model.message import SEEN
from mss_tui.ports.mail import Arrived, Changed, Counted, Line, LineChanged
from tests.imap.conftest import OpenStore
from tests.imap.counting import counted
from tests.imap.listening import Listen, Listener
from tests.imap.messages import letter
from tests.imap.scripted import FULL, Answer, Authority, Ordinary, Peer, serving
from tests.support.dovecot import PrivateDovecot, need_dovecot
from tests.support.servers import FixedClock, Passwords

NOTIFY = FULL + b" NOTIFY"


def of(folder: str, total: int) -> Callable[[Counted], bool]:
    return lambda event: (event.folder, event.total) == (folder, total)


@pytest.mark.real_server
async def test_what_happens_in_other_folders_is_told_without_a_single_octet_of_ours(
    dovecot: PrivateDovecot, open_store: OpenStore, listen: Listen
) -> None:
    account = dovecot.new_account()
    user = account.address
    async with counted(account) as line:
        store = open_store(dovecot, line.account)
        await store.open("INBOX")
        listener = listen(store)
        dovecot.fill(user, [letter(1)], folder="Envoy&AOk-s")
        await listener.until(Counted, of("Envoyés", 1))
        dovecot.fill(user, [letter(2)], folder="Archives")
        await listener.until(Counted, of("Archives", 1))
        line.reset()
        dovecot.fill(user, [letter(3)], folder="Archives")
        assert (await listener.until(Counted, of("Archives", 2))).unseen == 2
        with dovecot.colleague(user) as colleague:
            colleague.select("Archives")
            colleague.uid("STORE", "1:*", "+FLAGS", "(\\Seen)")
            await listener.until(Counted, lambda event: event.unseen == 0)
            colleague.uid("STORE", "1", "+FLAGS", "(\\Deleted)")
            colleague.expunge()
            await listener.until(Counted, of("Archives", 1))
        assert line.up == 0


@pytest.mark.real_server
async def test_the_watched_folder_is_told_as_ever_and_is_another_after_another_was_opened(
    dovecot: PrivateDovecot, open_store: OpenStore, listen: Listen
) -> None:
    account = dovecot.new_account()
    dovecot.fill(account.address, [letter(1)])
    store = open_store(dovecot, account)
    rows = (await store.open("INBOX")).rows
    listener = listen(store)
    dovecot.fill(account.address, [letter(2)])
    assert (await listener.until(Arrived)).total == 2
    with dovecot.colleague(account.address) as colleague:
        colleague.select("INBOX")
        colleague.uid("STORE", str(rows[0].ref.uid), "+FLAGS", "(\\Seen)")
        assert (await listener.until(Changed)).flags == ((rows[0].ref.uid, frozenset({SEEN})),)
        colleague.uid("STORE", str(rows[0].ref.uid), "+FLAGS", "($MssTraite)")
        assert (await listener.until(Changed)).flags == ((rows[0].ref.uid, frozenset({SEEN, "$MssTraite"})),)
    await store.open("Archives")
    dovecot.fill(account.address, [letter(3)], folder="Archives")
    assert (await listener.until(Arrived)).folder == "Archives"
    dovecot.fill(account.address, [letter(4)])
    assert (await listener.until(Counted, of("INBOX", 3))).unseen == 2


@pytest.mark.real_server
async def test_the_same_dovecot_without_it_is_listened_to_by_idle(open_store: OpenStore, listen: Listen) -> None:
    need_dovecot()
    server = PrivateDovecot(capability="IMAP4rev1 LITERAL+ IDLE ENABLE CONDSTORE QRESYNC UIDPLUS MOVE ESEARCH").start()
    try:
        account = server.new_account()
        store = open_store(server, account)
        await store.open("INBOX")
        listener = listen(store)
        server.fill(account.address, [letter(1)])
        assert (await listener.until(Arrived)).total == 1
        await store.open("Archives")
        server.fill(account.address, [letter(2)], folder="Archives")
        assert (await listener.until(Arrived)).folder == "Archives"
        assert not [event for event in listener.events if isinstance(event, Counted)]
    finally:
        server.stop()


SEEN_NOW = b"* 3 FETCH (UID 3 FLAGS (\\Seen))\r\nTAG OK done\r\n"
"""What the working connection hears when it is told to look."""


@pytest.mark.real_server
async def test_a_mailbox_nobody_has_opened_tells_its_inbox_too(
    dovecot: PrivateDovecot, open_store: OpenStore, listen: Listen
) -> None:
    account = dovecot.new_account()
    listener = listen(open_store(dovecot, account))
    await listener.until(Counted, of("INBOX", 0))
    dovecot.fill(account.address, [letter(1)])
    assert (await listener.until(Counted, of("INBOX", 1))).unseen == 1


@pytest.mark.real_server
async def test_what_came_before_the_second_connection_is_not_missed(
    dovecot: PrivateDovecot, open_store: OpenStore, listen: Listen
) -> None:
    account = dovecot.new_account()
    store = open_store(dovecot, account)
    await store.open("INBOX")
    dovecot.fill(account.address, [letter(1)])
    assert (await listen(store).until(Arrived)).total == 1


async def _idle(peer: Peer, tag: bytes, text: bytes) -> None:
    peer.send(b"+ idling\r\n* 3 FETCH (UID 3 FLAGS (\\Seen))\r\n")
    assert await peer.line() == b"DONE"
    peer.send(tag + b" OK done\r\n")


@pytest.mark.parametrize(
    "refused",
    [
        {b"NOTIFY": b"TAG NO [NOPERM] not for you\r\n"},
        {b"NOTIFY": b"TAG BAD what\r\n"},
        {b"EXAMINE INBOX": b"TAG NO [NOPERM] not that one\r\n"},
    ],
    ids=["NO", "BAD", "no inbox"],
)
async def test_a_server_that_refuses_it_is_listened_to_by_idle(
    authority: Authority, listen: Listen, scripted_store: OpenStore, refused: dict[bytes, Answer]
) -> None:
    answers: dict[bytes, Answer] = {b"IDLE": _idle, b"NOOP": SEEN_NOW}
    async with serving(authority, Ordinary(answers | refused, capabilities=NOTIFY)) as served:
        store = scripted_store(served)
        await store.open("Archives")
        assert (await listen(store).until(Changed)).flags == ((3, frozenset({SEEN})),)
        assert served.connections == 2
        assert served.commands(b"EXAMINE") == [b"EXAMINE INBOX", b"EXAMINE Archives"]


async def test_the_second_connection_selects_the_inbox_and_never_another_folder(
    authority: Authority, listen: Listen, scripted_store: OpenStore
) -> None:
    """What it hears there of a folder that is not watched is counted; where that is refused, the rest is told."""
    answers: dict[bytes, Answer] = {
        b"IDLE": _idle,
        b"NOTIFY": b"* STATUS Neuf (MESSAGES 2 UNSEEN 0)\r\nTAG OK done\r\n",
        b"STATUS INBOX": b"* STATUS INBOX (MESSAGES 3 UNSEEN 2)\r\nTAG OK [CLIENTBUG] it is selected\r\n",
    }
    refusing = Ordinary(answers | {b"STATUS INBOX": b"TAG BAD it is selected\r\n"}, capabilities=NOTIFY)
    for talk, told in ((Ordinary(answers, capabilities=NOTIFY), ["Neuf", "INBOX"]), (refusing, ["Neuf"])):
        async with serving(authority, talk) as served:
            store = scripted_store(served)
            await store.open("Archives")
            listener = listen(store)
            assert [(await listener.until(Counted)).folder for _ in told] == told
            await store.open("Corbeille")
            idles = len(served.commands(b"IDLE"))
            while len(served.commands(b"IDLE")) < idles + 3:
                await asyncio.sleep(0)
            assert (served.commands(b"EXAMINE"), served.connections) == ([b"EXAMINE INBOX"], 2)


async def test_a_server_without_it_is_not_asked(
    authority: Authority, listen: Listen, scripted_store: OpenStore
) -> None:
    async with serving(authority, Ordinary({b"IDLE": _idle, b"NOOP": SEEN_NOW})) as served:
        store = scripted_store(served)
        await store.open("INBOX")
        await listen(store).until(Changed)
        assert served.commands(b"NOTIFY") == []


async def test_counts_that_are_told_twice_or_in_part_are_no_news(
    authority: Authority, listen: Listen, scripted_store: OpenStore
) -> None:
    """Dovecot writes names in UTF-8 here, in literals, and only what changed."""
    counts = (
        b"* STATUS Archives (MESSAGES 5 UIDNEXT 6 UNSEEN 1)\r\n* STATUS Archives (UIDNEXT 6)\r\n"
        b"* STATUS Archives (MESSAGES 5 UNSEEN 1)\r\n* STATUS Neuf (HIGHESTMODSEQ 4)\r\n* STATUS (\r\n"
        b"* STATUS Archives (UNSEEN 0)\r\n* STATUS {8}\r\nEnvoy\xc3\xa9s (MESSAGES 2 UNSEEN 0)\r\n"
        b"TAG OK done\r\n"
    )
    async with serving(authority, Ordinary({b"IDLE": _idle, b"NOTIFY": counts}, capabilities=NOTIFY)) as served:
        store = scripted_store(served)
        await store.open("INBOX")
        listener = listen(store)
        told = [await listener.until(Counted) for _ in range(3)]
        assert told == [Counted("Archives", 5, 1), Counted("Archives", 5, 0), Counted("Envoyés", 2, 0)]


async def test_a_server_that_could_not_keep_up_is_asked_anew(
    authority: Authority, listen: Listen, scripted_store: OpenStore
) -> None:
    """After NOTIFICATIONOVERFLOW it tells nothing more, not even of the selected folder (RFC 5465 §5.8)."""

    async def overflow(peer: Peer, tag: bytes, text: bytes) -> None:
        peer.send(b"+ idling\r\n* OK [NOTIFICATIONOVERFLOW] too much\r\n")
        await peer.line()

    full = Ordinary({b"IDLE": overflow}, capabilities=NOTIFY)
    again = Ordinary({b"IDLE": _idle, b"NOTIFY": b"* STATUS Archives (MESSAGES 5 UNSEEN 1)\r\nTAG OK done\r\n"},
                     capabilities=NOTIFY)  # fmt: skip
    async with serving(authority, full, full, again) as served:
        store = scripted_store(served)
        await store.open("INBOX")
        listener = listen(store)
        await listener.until(LineChanged, lambda event: event.line is Line.ONLINE)
        assert await listener.until(Counted) == Counted("Archives", 5, 1)
        assert (served.connections, len(served.commands(b"NOTIFY"))) == (3, 2)


@pytest.mark.parametrize("capabilities", [FULL, NOTIFY], ids=["IDLE", "NOTIFY"])
async def test_an_idle_is_begun_anew_before_anybody_forgets_the_line(
    authority: Authority, scripted_store: OpenStore, capabilities: bytes
) -> None:
    """RFC 2177: a server may end one after half an hour; some, and some firewalls, after ten minutes."""
    asked: list[float] = []
    again = asyncio.Event()

    async def pause(seconds: float) -> None:
        asked.append(seconds)
        if len(asked) >= 3:
            again.set()
        await asyncio.sleep(0)

    async with serving(authority, Ordinary({b"IDLE": _idle}, capabilities=capabilities)) as served:
        store = ImapStore(
            served.account, Passwords("motdepasse"), context_for(served.account.ca), FixedClock(), pause=pause
        )
        await store.open("INBOX")
        listener = Listener(store)
        try:
            await asyncio.wait_for(again.wait(), 20)
            assert len(served.commands(b"IDLE")) >= 2
            assert len(served.commands(b"NOTIFY")) == (capabilities is NOTIFY), "once a connection"
            assert {*asked} == {IDLE}
            assert IDLE < 600
        finally:
            await listener.stop()
            await store.close()

"""What happens in a folder is told as it happens, on real servers and after every kind of interruption."""

from __future__ import annotations

import asyncio
import contextlib

import pytest

from mss_tui.errors import AuthRefused, ConnectionLost
from mss_tui.model.message import SEEN
from mss_tui.ports.mail import Arrived, Changed, Event, Line, LineChanged, Removed, Reset
from tests.imap.conftest import OpenStore
from tests.imap.listening import Listen, Listener
from tests.imap.messages import letter
from tests.imap.scripted import FULL, Authority, Ordinary, Peer, row, serving
from tests.support.dovecot import PrivateDovecot, need_dovecot
from tests.support.servers import MailServer, Passwords


async def online(listener: Listener) -> LineChanged:
    return await listener.until(LineChanged, lambda event: event.line is Line.ONLINE)


async def test_new_mail_flags_and_removals_are_told(
    mail_server: MailServer, open_store: OpenStore, listen: Listen
) -> None:
    account = mail_server.new_account()
    mail_server.fill(account.address, (letter(n) for n in range(1, 6)))
    store = open_store(mail_server, account)
    rows = (await store.open("INBOX")).rows
    listener = listen(store)
    assert "TLS 1.3" in str((await online(listener)).tls)
    with mail_server.colleague(account.address) as colleague:
        colleague.select("INBOX")
        mail_server.fill(account.address, [letter(6), letter(7)])
        arrived = [await listener.until(Arrived)]
        if arrived[0].total < 7:
            arrived.append(await listener.until(Arrived))
        assert arrived[-1].total == 7
        assert sorted(row.message_id for event in arrived for row in event.rows) == [
            "<6@alpha.mssante.fr>",
            "<7@alpha.mssante.fr>",
        ]
        colleague.uid("STORE", str(rows[1].ref.uid), "+FLAGS", "(\\Seen $MssTraite)")
        changed = await listener.until(Changed)
        assert changed.flags == ((rows[1].ref.uid, frozenset({SEEN, "$MssTraite"})),)
        colleague.uid("STORE", str(rows[2].ref.uid), "+FLAGS", "(\\Deleted)")
        colleague.uid("EXPUNGE", str(rows[2].ref.uid))
        removed = await listener.until(Removed)
        assert (removed.uids, removed.total) == (frozenset({rows[2].ref.uid}), 6)
    assert [r.message_id[1] for r in await store.rows("INBOX", 0, 6)] == ["7", "6", "5", "4", "2", "1"]


async def test_our_own_move_is_told_as_a_removal(
    mail_server: MailServer, open_store: OpenStore, listen: Listen
) -> None:
    account = mail_server.new_account()
    mail_server.fill(account.address, (letter(n) for n in range(1, 4)))
    store = open_store(mail_server, account)
    rows = (await store.open("INBOX")).rows
    listener = listen(store)
    await online(listener)
    await store.move([rows[1].ref], "Archives")
    removed = await listener.until(Removed)
    assert (removed.uids, removed.total) == (frozenset({rows[1].ref.uid}), 2)


async def test_the_folder_opened_last_is_watched(
    mail_server: MailServer, open_store: OpenStore, listen: Listen
) -> None:
    account = mail_server.new_account()
    store = open_store(mail_server, account)
    await store.open("INBOX")
    listener = listen(store)
    await online(listener)
    await store.open("Envoyés")
    mail_server.fill(account.address, [letter(1)])
    mail_server.fill(account.address, [letter(2)], folder="Envoy&AOk-s")
    arrived = await listener.until(Arrived)
    assert (arrived.folder, [row.message_id for row in arrived.rows]) == ("Envoyés", ["<2@alpha.mssante.fr>"])


async def test_what_happened_while_another_folder_was_read_is_told(
    mail_server: MailServer, open_store: OpenStore, listen: Listen
) -> None:
    account = mail_server.new_account()
    mail_server.fill(account.address, (letter(n) for n in range(1, 5)))
    mail_server.fill(account.address, [letter(9)], folder="Archives")
    store = open_store(mail_server, account)
    other = (await store.open("Archives")).rows[0].ref
    rows = (await store.open("INBOX")).rows
    await store.section(other, "1")
    with mail_server.colleague(account.address) as colleague:
        colleague.select("INBOX")
        colleague.uid("STORE", str(rows[0].ref.uid), "+FLAGS", "(\\Seen)")
        colleague.uid("STORE", str(rows[3].ref.uid), "+FLAGS", "(\\Deleted)")
        colleague.uid("EXPUNGE", str(rows[3].ref.uid))
    mail_server.fill(account.address, [letter(5)])
    listener = listen(store)
    events = [await listener.until(kind) for kind in (Removed, Changed, Arrived)]
    assert isinstance(events[0], Removed)
    assert events[0].uids == {rows[3].ref.uid}
    assert isinstance(events[1], Changed)
    assert events[1].flags == ((rows[0].ref.uid, frozenset({SEEN})),)
    assert isinstance(events[2], Arrived)
    assert ([row.message_id for row in events[2].rows], events[2].total) == (["<5@alpha.mssante.fr>"], 4)


@pytest.mark.real_server
async def test_where_only_one_connection_is_allowed_it_idles_between_calls(
    open_store: OpenStore, listen: Listen
) -> None:
    need_dovecot()
    server = PrivateDovecot(connections=1).start()
    try:
        account = server.new_account()
        store = open_store(server, account)
        await store.append("INBOX", letter(1))
        rows = (await store.open("INBOX")).rows
        listener = listen(store)
        await online(listener)
        assert await store.section(rows[0].ref, "1")
        server.deliver(account.address, letter(2))
        assert (await listener.until(Arrived)).total == 2
        await store.append("Archives", letter(3))
        assert (await store.open("Archives")).total == 1
        await store.open("INBOX")
        server.deliver(account.address, letter(4))
        assert (await listener.until(Arrived)).total == 3
        assert "Maximum number of connections" in server.log()
    finally:
        server.stop()


async def test_a_second_connection_that_is_refused_costs_no_password(
    authority: Authority, listen: Listen, scripted_store: OpenStore
) -> None:
    """Some servers refuse it as they refuse a wrong password."""

    async def idle(peer: Peer, tag: bytes, text: bytes) -> None:
        peer.send(b"+ idling\r\n* 3 FETCH (UID 3 FLAGS (\\Seen))\r\n")
        assert await peer.line() == b"DONE"
        peer.send(tag + b" OK done\r\n")

    secrets = Passwords("juste")
    refusing = Ordinary({b"AUTHENTICATE": b"TAG NO [AUTHENTICATIONFAILED] too many of you\r\n"})
    async with serving(authority, Ordinary({b"IDLE": idle}), refusing) as served:
        store = scripted_store(served, secrets)
        await store.open("INBOX")
        listener = listen(store)
        assert (await listener.until(Changed)).flags == ((3, frozenset({SEEN})),)
        assert secrets.forgotten == []
        assert (await store.open("INBOX")).total == 3
        assert len(served.commands(b"AUTHENTICATE")) == 2


async def test_a_watched_folder_that_is_gone_is_told_once(
    authority: Authority, listen: Listen, scripted_store: OpenStore
) -> None:
    capabilities = FULL.replace(b" IDLE", b"")
    ordinary = Ordinary({b"NOOP": b"TAG NO [NONEXISTENT] gone\r\n"}, capabilities=capabilities)
    async with serving(authority, ordinary) as served:
        store = scripted_store(served)
        await store.open("INBOX")
        listener = listen(store)
        assert (await listener.until(Reset)).folder == "INBOX"
        assert not any(isinstance(event, Reset) for event in listener.events)
        assert served.connections == 1


async def test_a_cut_line_is_told_and_heals(authority: Authority, listen: Listen, scripted_store: OpenStore) -> None:
    ordinary = Ordinary(capabilities=FULL.replace(b" IDLE", b""))

    async def cut(peer: Peer) -> None:
        async def drop(peer: Peer, tag: bytes, text: bytes) -> None:
            await peer.end()

        await Ordinary({b"NOOP": drop, b"UID FETCH": drop}, capabilities=ordinary.capabilities)(peer)

    async with serving(authority, cut, ordinary) as served:
        store = scripted_store(served)
        await store.open("INBOX")
        listener = listen(store)
        gone = await listener.until(LineChanged, lambda event: event.line is Line.OFFLINE)
        assert isinstance(gone.error, ConnectionLost)
        await listener.until(LineChanged, lambda event: event.line is Line.CONNECTING)
        await online(listener)
        assert served.connections == 2


async def test_a_refused_password_is_not_tried_again_from_here(
    authority: Authority, listen: Listen, scripted_store: OpenStore
) -> None:
    secrets = Passwords("faux", "juste")
    async with serving(authority, Ordinary({b"AUTHENTICATE": b"TAG NO no\r\n"}), Ordinary()) as served:
        store = scripted_store(served, secrets)
        listener = listen(store)
        gone = await listener.until(LineChanged, lambda event: event.line is Line.OFFLINE)
        assert isinstance(gone.error, AuthRefused)
        for _ in range(50):
            await asyncio.sleep(0)
        assert (secrets.asked, served.connections) == (1, 1)
        await store.connect()
        await online(listener)


async def test_a_new_uidvalidity_resets_the_folder(
    authority: Authority, listen: Listen, scripted_store: OpenStore
) -> None:
    capabilities = FULL.replace(b" IDLE", b"")
    renewed = Ordinary(capabilities=capabilities)
    for name in (b"SELECT", b"EXAMINE"):
        answer = renewed.answers[name]
        assert isinstance(answer, bytes)
        renewed.answers[name] = answer.replace(b"UIDVALIDITY 7", b"UIDVALIDITY 8")

    async def drop(peer: Peer, tag: bytes, text: bytes) -> None:
        await peer.end()

    async with serving(authority, Ordinary({b"NOOP": drop}, capabilities=capabilities), renewed) as served:
        store = scripted_store(served)
        await store.open("INBOX")
        listener = listen(store)
        assert (await listener.until(Reset)).folder == "INBOX"
        assert (await store.open("INBOX")).uidvalidity == 8


async def test_a_message_that_was_never_shown_and_goes_resets_the_view(
    authority: Authority, listen: Listen, scripted_store: OpenStore
) -> None:
    """Without QRESYNC nobody can say which place it left."""
    capabilities = FULL.replace(b" IDLE", b"")
    gone = b"* 1 EXPUNGE\r\nTAG OK done\r\n"
    ordinary = Ordinary({b"NOOP": gone, b"FETCH": row(3) + b"TAG OK done\r\n"}, capabilities=capabilities)
    async with serving(authority, ordinary) as served:
        store = scripted_store(served)
        assert len((await store.open("INBOX", 1)).rows) == 1
        assert (await listen(store).until(Reset)).folder == "INBOX"


async def test_a_slow_listener_is_told_to_open_again(authority: Authority, scripted_store: OpenStore) -> None:
    flags = iter(range(10_000))

    async def noop(peer: Peer, tag: bytes, text: bytes) -> None:
        peer.send(b"* 3 FETCH (UID 3 FLAGS (k%d))\r\n" % next(flags) + tag + b" OK done\r\n")

    ordinary = Ordinary({b"NOOP": noop}, capabilities=FULL.replace(b" IDLE", b""))
    async with serving(authority, ordinary) as served:
        store = scripted_store(served)
        await store.open("INBOX")
        events = store.events()
        told: list[Event] = [await anext(events)]
        while next(flags) < 5_000:
            await store.rows_of("INBOX", [3])
        while not isinstance(told[-1], Reset):
            told.append(await anext(events))
        assert len(told) < 1_100
        with contextlib.suppress(RuntimeError):
            await events.aclose()  # type: ignore[attr-defined]


async def test_close_ends_the_events(mail_server: MailServer, open_store: OpenStore) -> None:
    store = open_store(mail_server, mail_server.new_account())
    await store.open("INBOX")
    events = store.events()
    assert isinstance(await anext(events), LineChanged)
    await store.close()
    assert [event async for event in events] == []

"""A folder opened again: by what changed where the server can say it (QRESYNC), by comparing where it cannot."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from mss_tui.adapters.imap import ImapStore
from mss_tui.model.message import SEEN
from mss_tui.model.people import Security
from mss_tui.ports.mail import Arrived, Changed, LineChanged, Removed, Reset
from tests.imap.conftest import OpenStore
from tests.imap.counting import counted
from tests.imap.listening import Listener
from tests.imap.messages import letter, real_letter
from tests.imap.scripted import FULL, Authority, Ordinary, Peer, row, serving
from tests.support.dovecot import PrivateDovecot
from tests.support.servers import MailServer

Make = Callable[..., ImapStore]


def change(server: MailServer, user: str, seen: int, gone: int) -> None:
    """A colleague reads one message and deletes another."""
    with server.colleague(user) as colleague:
        colleague.select("INBOX")
        colleague.uid("STORE", str(seen), "+FLAGS", "(\\Seen)")
        colleague.uid("STORE", str(gone), "+FLAGS", "(\\Deleted)")
        colleague.uid("EXPUNGE", str(gone))


async def test_what_changed_meanwhile_is_seen(mail_server: MailServer, open_store: OpenStore) -> None:
    account = mail_server.new_account()
    mail_server.fill(account.address, (letter(n) for n in range(1, 9)))
    store = open_store(mail_server, account)
    rows = (await store.open("INBOX", 5)).rows
    await store.open("Archives")
    change(mail_server, account.address, rows[1].ref.uid, rows[2].ref.uid)
    mail_server.fill(account.address, [letter(9), letter(8, "le second 8")])
    again = await store.open("INBOX", 6)
    assert (again.total, [r.message_id[1] for r in again.rows]) == (9, list("898754"))
    assert {r.ref.uid for r in again.rows if r.seen} == {rows[1].ref.uid}
    assert [r.message_id[1] for r in await store.rows("INBOX", 5, 9)] == list("4321")
    listener = Listener(store)
    await listener.until(LineChanged)
    mail_server.fill(account.address, [letter(1, "encore")])
    arrived = await listener.until((Arrived, Removed, Changed, Reset))
    assert isinstance(arrived, Arrived)
    assert ([r.subject for r in arrived.rows], arrived.total) == (["encore"], 10)
    await listener.stop()


@pytest.mark.real_server
async def test_nothing_that_was_fetched_is_fetched_again(dovecot: PrivateDovecot, open_store: OpenStore) -> None:
    account = dovecot.new_account(Security.TLS)
    dovecot.fill(account.address, map(real_letter, range(120)))
    async with counted(account) as line:
        store = open_store(dovecot, line.account)
        before = await store.open("INBOX", 50)
        await store.open("Archives")
        line.reset()
        again = await store.open("INBOX", 50)
        assert again.rows == before.rows
        assert (line.turns, line.down < 2_000) == (1, True)
        await store.open("Archives")
        change(dovecot, account.address, before.rows[0].ref.uid, before.rows[1].ref.uid)
        dovecot.fill(account.address, [real_letter(500)])
        line.reset()
        again = await store.open("INBOX", 50)
        assert again.rows[2:] == before.rows[2:]
        assert (line.turns, line.down < 3_000) == (1, True)


@pytest.mark.real_server
async def test_after_a_cut_line_only_the_difference_comes(dovecot: PrivateDovecot, open_store: OpenStore) -> None:
    account = dovecot.new_account(Security.TLS)
    dovecot.fill(account.address, map(real_letter, range(120)))
    async with counted(account) as line:
        store = open_store(dovecot, line.account, pause=no_wait)
        rows = (await store.open("INBOX", 50)).rows
        listener = Listener(store)
        await listener.until(object)
        change(dovecot, account.address, rows[3].ref.uid, rows[4].ref.uid)
        dovecot.fill(account.address, [real_letter(500)])
        line.reset()
        line.cut()
        assert (await listener.until(Removed)).uids == {rows[4].ref.uid}
        assert (await listener.until(Changed)).flags == ((rows[3].ref.uid, frozenset({SEEN})),)
        arrived = await listener.until(Arrived)
        assert ([r.message_id for r in arrived.rows], arrived.total) == (
            ["<20261116100000.00000500.4F2A@medecin.mssante.fr>"],
            120,
        )
        await listener.stop()


async def no_wait(seconds: float) -> None:
    """Begin again at once; what should last (IDLE) lasts."""
    if seconds >= 60:
        await asyncio.Event().wait()


def selected(uidvalidity: int, exists: int, uidnext: int, more: bytes = b"") -> bytes:
    return (
        b"* %d EXISTS\r\n* OK [UIDVALIDITY %d]\r\n* OK [UIDNEXT %d]\r\n* OK [HIGHESTMODSEQ 9]\r\n"
        % (exists, uidvalidity, uidnext)
        + more
        + b"TAG OK [READ-WRITE] selected\r\n"
    )


async def test_opening_again_sees_flags_that_the_server_told_nobody(authority: Authority, scripted_store: Make) -> None:
    async def fetch(peer: Peer, tag: bytes, text: bytes) -> None:
        if text.endswith(b"(UID FLAGS)"):
            peer.send(b"* 2 FETCH (UID 2 FLAGS (\\Seen))\r\n")
        else:
            peer.send(b"".join(map(row, (3, 2, 1))))
        peer.send(tag + b" OK done\r\n")

    async with serving(authority, Ordinary({b"FETCH": fetch})) as served:
        store = scripted_store(served)
        assert not any(r.seen for r in (await store.open("INBOX")).rows)
        assert [r.ref.uid for r in (await store.open("INBOX")).rows if r.seen] == [2]
        assert len(served.commands(b"SELECT")) == 1


async def test_p14_nothing_kept_survives_another_uidvalidity(authority: Authority, scripted_store: Make) -> None:
    """The same UIDs, other messages: what was kept of the old ones is never shown."""
    answers = iter([selected(7, 3, 4), selected(7, 0, 1), selected(8, 3, 4)])

    async def select(peer: Peer, tag: bytes, text: bytes) -> None:
        peer.send(next(answers).replace(b"TAG", tag))

    async def fetch(peer: Peer, tag: bytes, text: bytes) -> None:
        lines = b"".join(map(row, (3, 2, 1)))
        if len(served.commands(b"SELECT")) == 3:
            lines = lines.replace(b"message", b"patient")
        if text.startswith(b"FETCH"):
            peer.send(lines)
        peer.send(tag + b" OK done\r\n")

    capabilities = FULL + b" CONDSTORE QRESYNC"
    ordinary = Ordinary({b"SELECT": select, b"FETCH": fetch, b"UID FETCH": fetch}, capabilities=capabilities)
    async with serving(authority, ordinary) as served:
        store = scripted_store(served)
        assert [r.subject for r in (await store.open("INBOX")).rows] == ["message 3", "message 2", "message 1"]
        await store.open("Archives")
        again = await store.open("INBOX")
        assert served.commands(b"SELECT INBOX") == [b"SELECT INBOX", b"SELECT INBOX (QRESYNC (7 9))"]
        assert [(r.ref.uidvalidity, r.subject) for r in again.rows] == [(8, f"patient {n}") for n in (3, 2, 1)]


async def test_a_server_that_does_not_enable_it_is_not_asked_for_it(authority: Authority, scripted_store: Make) -> None:
    answers = {b"SELECT": selected(7, 3, 4), b"ENABLE": b"TAG NO no\r\n"}
    async with serving(authority, Ordinary(answers, capabilities=FULL + b" CONDSTORE QRESYNC")) as served:
        store = scripted_store(served)
        for folder in ("INBOX", "Archives", "INBOX"):
            await store.open(folder)
        assert served.commands(b"SELECT") == [b"SELECT INBOX", b"SELECT Archives", b"SELECT INBOX"]


async def test_the_newest_rows_come_with_the_selection_where_the_server_counts_from_the_end(
    authority: Authority, scripted_store: Make
) -> None:
    async def partial(peer: Peer, tag: bytes, text: bytes) -> None:
        assert text.endswith(b"(PARTIAL -1:-2)")
        peer.send(row(3) + row(2) + tag + b" OK done\r\n")

    async with serving(authority, Ordinary({b"UID FETCH": partial}, capabilities=FULL + b" PARTIAL")) as served:
        store = scripted_store(served)
        await store.connect()  # what a server can do is known once it has let us in
        assert [r.ref.uid for r in (await store.open("INBOX", 2)).rows] == [3, 2]
        assert served.commands(b"FETCH") == []


@pytest.mark.parametrize("modseq", [b"* OK [NOMODSEQ] none\r\n", b""])
async def test_without_modseq_the_folder_is_simply_opened(
    authority: Authority, scripted_store: Make, modseq: bytes
) -> None:
    answer = selected(7, 3, 4, modseq).replace(b"* OK [HIGHESTMODSEQ 9]\r\n", b"")
    ordinary = Ordinary({b"SELECT": answer}, capabilities=FULL + b" CONDSTORE QRESYNC")
    async with serving(authority, ordinary) as served:
        store = scripted_store(served)
        for folder in ("INBOX", "Archives", "INBOX"):
            await store.open(folder)
        assert served.commands(b"SELECT") == [b"SELECT INBOX", b"SELECT Archives", b"SELECT INBOX"]

"""A server that has little: the same promises, or a clear refusal. Dovecot with its capabilities taken away."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator

import pytest

from mss_tui.adapters.imap import ImapStore
from mss_tui.adapters.tls import context_for
from mss_tui.errors import ServerRefused
from mss_tui.model.folder import Role
from mss_tui.ports.mail import Arrived, Changed, Query, Removed
from tests.imap.conftest import OpenStore
from tests.imap.listening import Listener
from tests.imap.messages import letter
from tests.support.dovecot import PrivateDovecot, need_dovecot
from tests.support.servers import FixedClock, Passwords

pytestmark = pytest.mark.real_server


@pytest.fixture(scope="module")
def poor() -> Iterator[PrivateDovecot]:
    """IMAP4rev1 and nothing else."""
    need_dovecot()
    server = PrivateDovecot(capability="IMAP4rev1").start()
    yield server
    server.stop()


@pytest.fixture(scope="module")
def uidplus() -> Iterator[PrivateDovecot]:
    """As servers of 2005 are: UIDPLUS, no MOVE."""
    need_dovecot()
    server = PrivateDovecot(capability="IMAP4rev1 UIDPLUS").start()
    yield server
    server.stop()


async def test_an_inbox_opens(poor: PrivateDovecot, open_store: OpenStore) -> None:
    account = poor.new_account()
    poor.fill(account.address, (letter(n) for n in range(1, 8)))
    poor.fill(account.address, [letter(8)], flags="\\Seen")
    opened = await open_store(poor, account).open("INBOX", 5)
    assert (opened.total, opened.unseen, [row.message_id[1] for row in opened.rows]) == (8, 7, list("87654"))


async def test_folders_have_their_roles_by_their_names(poor: PrivateDovecot, open_store: OpenStore) -> None:
    account = poor.new_account()
    poor.fill(account.address, [letter()], folder="Envoy&AOk-s")
    folders = {folder.role: folder for folder in await open_store(poor, account).folders(counts=True)}
    assert folders.keys() == set(Role) - {Role.NONE}
    assert (folders[Role.SENT].name, folders[Role.SENT].total, folders[Role.SENT].subscribed) == ("Envoyés", 1, True)


async def test_nothing_is_moved_or_deleted_without_a_safe_way(poor: PrivateDovecot, open_store: OpenStore) -> None:
    account = poor.new_account()
    poor.fill(account.address, [letter()])
    store = open_store(poor, account)
    ref = (await store.open("INBOX")).rows[0].ref
    for act in (store.move([ref], "Archives"), store.expunge([ref])):
        with pytest.raises(ServerRefused, match="Rien n'a été changé"):
            await act
    assert (await store.open("INBOX")).total == 1
    assert (await store.copy([ref], "Archives")).folder == "Archives"
    assert (await store.open("Archives")).total == 1


async def test_a_move_by_copy_and_uid_expunge(uidplus: PrivateDovecot, open_store: OpenStore) -> None:
    account = uidplus.new_account()
    uidplus.fill(account.address, [letter(1)], flags="\\Deleted")
    uidplus.fill(account.address, [letter(2), letter(3)])
    store = open_store(uidplus, account)
    rows = (await store.open("INBOX")).rows
    ((source, target),) = (await store.move([rows[0].ref], "Corbeille")).pairs
    assert source == rows[0].ref
    assert await store.section(target, "") == letter(3)
    assert [row.ref for row in (await store.open("INBOX")).rows] == [rows[1].ref, rows[2].ref]


async def test_appending_and_searching_by_synchronising_literals(poor: PrivateDovecot, open_store: OpenStore) -> None:
    store = open_store(poor, poor.new_account())
    refs = await asyncio.gather(*(store.append("INBOX", letter(n, "=?utf-8?q?R=C3=A9sultat?=")) for n in range(1, 4)))
    assert isinstance(refs, list)
    opened = await store.open("INBOX")
    assert opened.total == 3
    found = await store.search("INBOX", Query(subject="Résultat", words="anne"))
    assert (len(found.uids), found.on_server) == (3, True)
    for row in opened.rows:
        assert await store.section(row.ref, "") == letter(int(row.message_id[1]), "=?utf-8?q?R=C3=A9sultat?=")


async def test_a_quota_that_is_not_there_is_none(poor: PrivateDovecot, open_store: OpenStore) -> None:
    assert await open_store(poor, poor.new_account()).quota() is None


@pytest.fixture
async def polled(poor: PrivateDovecot) -> AsyncIterator[tuple[ImapStore, str]]:
    """A store whose pauses last as long as a test wants."""

    async def pause(seconds: float) -> None:
        await asyncio.sleep(0.02)

    account = poor.new_account()
    store = ImapStore(account, Passwords(of=poor.password), context_for(poor.ca), FixedClock(), pause=pause)
    yield store, account.address
    await store.close()


async def test_without_idle_the_folder_is_asked_from_time_to_time(
    poor: PrivateDovecot, polled: tuple[ImapStore, str]
) -> None:
    store, user = polled
    poor.fill(user, [letter(1), letter(2)])
    rows = (await store.open("INBOX")).rows
    listener = Listener(store)
    try:
        poor.fill(user, [letter(3)])
        assert (await listener.until(Arrived)).total == 3
        with poor.colleague(user) as colleague:
            colleague.select("INBOX")
            colleague.uid("STORE", str(rows[0].ref.uid), "+FLAGS", "(\\Seen)")
            assert (await listener.until(Changed)).flags[0][0] == rows[0].ref.uid
            colleague.uid("STORE", str(rows[1].ref.uid), "+FLAGS", "(\\Deleted)")
            colleague.expunge()
            assert (await listener.until(Removed)).uids == {rows[1].ref.uid}
    finally:
        await listener.stop()

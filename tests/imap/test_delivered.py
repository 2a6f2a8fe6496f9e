"""Mail that another program puts into a Maildir is told as it comes: Dovecot itself has not delivered it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator

import pytest

from mss_tui.adapters.imap.watching import POLL
from mss_tui.ports.mail import Arrived, Changed, Counted
from mss_tui.services.folder_view import FolderView
from mss_tui.services.unified import INBOX, UnifiedView
from tests.imap.conftest import OpenStore
from tests.imap.counting import counted
from tests.imap.listening import Listen
from tests.imap.messages import letter
from tests.support.dovecot import PrivateDovecot, need_dovecot

pytestmark = pytest.mark.real_server


@pytest.fixture(scope="module")
def maildir() -> Iterator[PrivateDovecot]:
    need_dovecot()
    server = PrivateDovecot(mailbox_format="maildir").start()
    yield server
    server.stop()


def counts(total: int, unseen: int) -> Callable[[Counted], bool]:
    return lambda event: event == Counted(INBOX, total, unseen)


def holds(folder: str, total: int) -> Callable[[Arrived | Counted], bool]:
    return lambda event: (event.folder, event.total) == (folder, total)


async def test_into_the_inbox_that_is_watched(maildir: PrivateDovecot, open_store: OpenStore, listen: Listen) -> None:
    account = maildir.new_account()
    async with counted(account) as line:
        store = open_store(maildir, line.account)
        await store.open(INBOX)
        listener = listen(store)
        await listener.until(Counted)  # the second connection is there: what comes now is pushed
        for number in range(1, 4):
            maildir.drop(account.address, letter(number))
            arrived = await listener.until(Arrived)
            assert [row.message_id for row in arrived.rows] == [f"<{number}@alpha.mssante.fr>"]
            assert arrived.total == number
        assert line.connections == 2


async def test_into_the_inbox_while_another_folder_is_watched(
    maildir: PrivateDovecot, open_store: OpenStore, listen: Listen
) -> None:
    account = maildir.new_account()
    store = open_store(maildir, account)
    await store.open(INBOX)
    await store.open("Archives")
    listener = listen(store)
    for number in range(1, 4):
        maildir.drop(account.address, letter(number))
        await listener.until(Counted, counts(number, number))
    with maildir.colleague(account.address) as colleague:
        colleague.select(INBOX)
        colleague.uid("STORE", "1", "+FLAGS", "(\\Seen)")
        await listener.until(Counted, counts(3, 2))
        colleague.uid("STORE", "1", "+FLAGS", "(\\Deleted)")
        colleague.expunge()
        await listener.until(Counted, counts(2, 2))


async def test_into_another_folder_that_is_watched_it_is_told_when_that_is_asked_for_next(
    maildir: PrivateDovecot, open_store: OpenStore, listen: Listen
) -> None:
    """Dovecot pushes nothing then, and what it counts for LIST is what it knew before."""
    due = asyncio.Event()

    async def pause(seconds: float) -> None:
        await (due.wait() if seconds == POLL else asyncio.sleep(seconds))

    account = maildir.new_account()
    store = open_store(maildir, account, pause=pause)
    await store.open("Archives")
    listener = listen(store)
    await listener.until(Counted)
    maildir.drop(account.address, letter(1), folder="Archives")
    due.set()
    assert (await listener.until(Arrived)).folder == "Archives"


async def test_nothing_is_lost_by_going_from_folder_to_folder(
    maildir: PrivateDovecot, open_store: OpenStore, listen: Listen
) -> None:
    """A folder that Dovecot itself fills is told whether it is watched or not, the inbox however it is filled."""
    account = maildir.new_account()
    user = account.address
    store = open_store(maildir, account)
    await store.open(INBOX)
    listener = listen(store)
    held = {INBOX: 0, "Archives": 0, "Corbeille": 0}
    for watched in (INBOX, "Archives", INBOX, "Corbeille", "Archives", INBOX):
        await store.open(watched)
        for folder in held:
            held[folder] += 1
            message = letter(sum(held.values()))
            if folder == INBOX:
                maildir.drop(user, message)
            else:
                maildir.fill(user, [message], folder=folder)
            await listener.until(Arrived if folder == watched else Counted, holds(folder, held[folder]))


async def test_counts_that_came_back_to_what_they_were_while_it_was_watched_are_told(
    maildir: PrivateDovecot, open_store: OpenStore, listen: Listen
) -> None:
    account = maildir.new_account()
    store = open_store(maildir, account)
    await store.open(INBOX)
    await store.open("Archives")
    listener = listen(store)
    maildir.drop(account.address, letter(1))
    await listener.until(Counted, counts(1, 1))
    rows = (await store.open(INBOX)).rows
    with maildir.colleague(account.address) as colleague:
        colleague.select(INBOX)
        colleague.uid("STORE", str(rows[0].ref.uid), "+FLAGS", "(\\Seen)")
        await listener.until(Changed)
        await store.open("Archives")
        colleague.uid("STORE", str(rows[0].ref.uid), "-FLAGS", "(\\Seen)")
        await listener.until(Counted, counts(1, 1))


async def test_into_each_of_the_inboxes_that_are_one_list(
    maildir: PrivateDovecot, open_store: OpenStore, listen: Listen
) -> None:
    accounts = [maildir.new_account() for _ in range(2)]
    stores = [open_store(maildir, account) for account in accounts]
    view = UnifiedView([FolderView(await store.open(INBOX)) for store in stores])
    listeners = [listen(store) for store in stores]
    for listener in listeners:
        await listener.until(Counted)
    for number, account in enumerate(accounts, 1):
        maildir.drop(account.address, letter(number))
    for account, listener in zip(accounts, listeners, strict=True):
        part = view.part(account.id)
        assert part is not None
        part.apply(await listener.until(Arrived))
    view.arrange()
    assert sorted(row.message_id for row in view.known()) == ["<1@alpha.mssante.fr>", "<2@alpha.mssante.fr>"]

"""Folders made, renamed, deleted, subscribed to, the Corbeille emptied, messages in bulk: on both servers."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from mss_tui.adapters.imap import ImapStore
from mss_tui.errors import ServerRefused, UsageError
from mss_tui.model.folder import Folder, Role
from mss_tui.model.people import Actor, Person
from mss_tui.ports.mail import Query
from mss_tui.rules.catalogue import catalogue
from mss_tui.services.box import Box
from mss_tui.services.bulk import in_batches
from mss_tui.services.folder_acts import FolderActs
from mss_tui.services.handling import Acts
from tests.imap.conftest import OpenStore
from tests.imap.messages import letter
from tests.support.desk import FakeFacts, FakeJournal
from tests.support.servers import FixedClock, MailServer

ME = Actor(Person("Anne LEFEBVRE"))
Make = Callable[..., Box]


@pytest.fixture
def boxed() -> Callable[[ImapStore, object], tuple[Box, FakeJournal]]:
    """A box over a store."""

    def make(store: ImapStore, account: object) -> tuple[Box, FakeJournal]:
        clock = FixedClock()
        box = Box(account, store, FakeFacts(), catalogue(), clock, by_person=False)  # type: ignore[arg-type]
        return box, FakeJournal(clock)

    return make


async def names(store: ImapStore) -> dict[str, Folder]:
    return {"/".join(folder.path): folder for folder in await store.folders(counts=True)}


async def test_a_folder_is_made_renamed_and_deleted(mail_server: MailServer, open_store: OpenStore) -> None:
    store = open_store(mail_server, mail_server.new_account())
    made = await store.create_folder(["Patients", "Été 2026 & suite"])
    assert (await names(store))["Patients/Été 2026 & suite"].subscribed
    mail_server.fill(store_user(store), [letter(1)], folder='"Patients/&AMk-t&AOk- 2026 &- suite"')
    assert (await store.open(made)).total == 1
    renamed = await store.rename_folder(made, ["Patients", "Hiver"])
    assert "Patients/Été 2026 & suite" not in await names(store)
    assert (await store.open(renamed)).total == 1
    with pytest.raises(ServerRefused, match="pas vide"):
        await store.delete_folder(renamed)
    with pytest.raises(ServerRefused, match="pas vide"):
        await store.delete_folder((await names(store))["Patients"].name)
    opened = await store.open(renamed)
    await store.expunge([row.ref for row in opened.rows])
    await store.delete_folder(renamed)
    assert "Patients/Hiver" not in await names(store)
    assert (await store.open("INBOX")).total == 0


async def test_a_subscription_comes_and_goes(mail_server: MailServer, open_store: OpenStore) -> None:
    store = open_store(mail_server, mail_server.new_account())
    name = await store.create_folder(["Protocoles"])
    for wanted in (False, True):
        await store.subscribe(name, wanted)
        assert (await names(store))["Protocoles"].subscribed is wanted


@pytest.mark.parametrize("levels", [[], [""], ["a", " "], ["a*"], ["a%"], ["x" * 300], ["a/b"]])
async def test_a_name_that_cannot_be_is_refused_here(
    mail_server: MailServer, open_store: OpenStore, levels: list[str]
) -> None:
    store = open_store(mail_server, mail_server.new_account())
    with pytest.raises(UsageError):
        await store.create_folder(levels)


async def test_the_inbox_stays(mail_server: MailServer, open_store: OpenStore) -> None:
    store = open_store(mail_server, mail_server.new_account())
    with pytest.raises(UsageError):
        await store.delete_folder("INBOX")
    with pytest.raises(UsageError):
        await store.rename_folder("inbox", ["Autre"])


async def test_emptying_the_trash_takes_what_is_there_and_nothing_else(
    mail_server: MailServer, open_store: OpenStore, boxed: Callable[..., tuple[Box, FakeJournal]]
) -> None:
    account = mail_server.new_account()
    mail_server.fill(account.address, (letter(n) for n in range(1, 8)))
    store = open_store(mail_server, account)
    box, journal = boxed(store, account)
    trash = await box.folder_of(Role.TRASH)
    assert trash is not None
    rows = (await store.open("INBOX")).rows
    await store.move([row.ref for row in rows[:4]], trash.name)
    told: list[tuple[int, int]] = []
    said = await FolderActs(box, journal).empty_trash(ME, lambda done, of: told.append((done, of)))
    assert said.values["n"] == 4
    assert told == [(4, 4)]
    assert (await store.search(trash.name, Query())).uids == ()
    assert (await store.open("INBOX")).total == 3
    assert [line.act for line in journal.lines] == ["expunge", "expunge"]
    assert "vide" in (await FolderActs(box, journal).empty_trash(ME)).render()


async def test_many_messages_move_in_batches_and_come_back_at_once(
    mail_server: MailServer,
    open_store: OpenStore,
    boxed: Callable[..., tuple[Box, FakeJournal]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("mss_tui.services.bulk.BATCH", 5)
    account = mail_server.new_account()
    mail_server.fill(account.address, (letter(n) for n in range(1, 13)))
    store = open_store(mail_server, account)
    box, journal = boxed(store, account)
    acts = Acts(box, journal)
    rows = (await store.open("INBOX")).rows
    archives = await store.create_folder(["Rangés"])
    told: list[tuple[int, int]] = []
    done = await in_batches(
        rows, lambda batch: acts.move(batch, archives, ME), lambda done, of: told.append((done, of))
    )
    assert (done.said.values["n"], len(done.gone), told) == (12, 12, [(5, 12), (10, 12), (12, 12)])
    assert (await store.open(archives)).total == 12
    assert done.undo is not None
    await acts.undo(done.undo, ME)
    assert (await store.open("INBOX")).total == 12


async def test_copies_are_taken_back_without_touching_the_originals(
    mail_server: MailServer, open_store: OpenStore, boxed: Callable[..., tuple[Box, FakeJournal]]
) -> None:
    account = mail_server.new_account()
    mail_server.fill(account.address, (letter(n) for n in range(1, 4)))
    store = open_store(mail_server, account)
    box, journal = boxed(store, account)
    acts = Acts(box, journal)
    rows = (await store.open("INBOX")).rows
    folder = await store.create_folder(["Doubles"])
    done = await acts.copy(rows, folder, ME)
    assert (await store.open(folder)).total == 3
    assert done.undo is not None
    undone = await acts.undo(done.undo, ME)
    assert str(undone.said) == "annulé : 3 à la corbeille"
    assert (await store.open(folder)).total == 0
    assert (await store.open("INBOX")).total == 3


def store_user(store: ImapStore) -> str:
    return store._line.account.address

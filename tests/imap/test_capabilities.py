"""Each capability taken away from a server that has all the others: the same day's work, with the same outcome."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from mss_tui.model.folder import Role
from mss_tui.model.message import SEEN, MessageRef
from mss_tui.ports.mail import Arrived, Query, SortKey
from tests.imap.conftest import OpenStore
from tests.imap.listening import Listener
from tests.imap.messages import letter
from tests.imap.scripted import FULL, Authority, Ordinary, Peer, serving
from tests.support.dovecot import PrivateDovecot, need_dovecot

ALL = (
    "SASL-IR ID ENABLE IDLE SORT THREAD=REFERENCES THREAD=REFS UNSELECT NAMESPACE UIDPLUS LIST-EXTENDED CONDSTORE "
    "QRESYNC ESEARCH LIST-STATUS MOVE LITERAL+ NOTIFY METADATA SPECIAL-USE QUOTA ACL"
)
GROUPS = {
    "none": "",
    "SASL-IR": "SASL-IR",
    "LITERAL+": "LITERAL+",
    "ID": "ID",
    "ENABLE": "ENABLE",
    "IDLE": "IDLE",
    "SORT": "SORT",
    "THREAD": "THREAD=REFERENCES THREAD=REFS",
    "UNSELECT": "UNSELECT",
    "NAMESPACE": "NAMESPACE",
    "LIST-EXTENDED": "LIST-EXTENDED",
    "LIST-STATUS": "LIST-STATUS",
    "SPECIAL-USE": "SPECIAL-USE",
    "CONDSTORE": "CONDSTORE QRESYNC",
    "QRESYNC": "QRESYNC",
    "ESEARCH": "ESEARCH",
    "MOVE": "MOVE",
    "NOTIFY": "NOTIFY",
    "METADATA": "METADATA",
    "QUOTA": "QUOTA",
    "ACL": "ACL",
}
"""What is taken away. UIDPLUS alone is no inconvenience: without it nothing is moved (`test_poor_servers.py`)."""


@dataclass
class Poorer:
    without: str
    server: PrivateDovecot


@pytest.fixture(scope="module", params=GROUPS)
def poorer(request: pytest.FixtureRequest) -> Iterator[Poorer]:
    need_dovecot()
    left = " ".join(word for word in ALL.split() if word not in GROUPS[request.param].split())
    server = PrivateDovecot(capability=f"IMAP4rev1 {left}").start()
    yield Poorer(request.param, server)
    server.stop()


@pytest.mark.real_server
async def test_a_day_of_work_is_the_same(poorer: Poorer, open_store: OpenStore) -> None:
    server, without = poorer.server, poorer.without
    account = server.new_account()
    server.fill(account.address, (letter(n, f"objet {n % 3}") for n in range(1, 8)))
    server.fill(account.address, [letter(8)], folder="Envoy&AOk-s")
    store = open_store(server, account)

    opened = await store.open("INBOX", 5)
    assert (opened.total, opened.unseen, [row.message_id[1] for row in opened.rows]) == (7, 7, list("76543"))
    folders = {folder.role: folder for folder in await store.folders(counts=True)}
    assert folders.keys() == set(Role) - {Role.NONE}
    assert (folders[Role.SENT].name, folders[Role.SENT].total) == ("Envoyés", 1)

    ref = opened.rows[0].ref
    assert dict(await store.flag([ref], [SEEN, "$MssTraite"]))[ref] >= {SEEN, "$MssTraite"}
    found = await store.search("INBOX", Query(keyword="$MssTraite"))
    assert (found.uids, found.on_server) == ((ref.uid,), True)
    arranged = await store.sort("INBOX", SortKey.SUBJECT)
    assert (len(arranged.uids), arranged.on_server) == (7, without != "SORT")
    threads = await store.threads("INBOX")
    assert (len(threads.threads), threads.on_server) == (7, without != "THREAD")

    ((source, target),) = (await store.move([ref], "Corbeille")).pairs
    assert (source, target.folder) == (ref, "Corbeille")
    assert await store.section(target, "") == letter(7, "objet 1")
    await store.expunge([target])
    stored = await store.append("INBOX", letter(9, "é" * 600))
    assert stored is not None
    assert await store.section(stored, "") == letter(9, "é" * 600)
    await store.open("Corbeille")
    with server.colleague(account.address) as colleague:
        colleague.select("INBOX")
        colleague.uid("STORE", str(opened.rows[1].ref.uid), "+FLAGS", "(\\Seen)")
    again = await store.open("INBOX", 5)
    assert (again.total, [row.message_id[1] for row in again.rows]) == (7, list("96543"))
    assert SEEN in again.rows[1].flags

    quota = await store.quota()
    assert (quota is None) is (without == "QUOTA")
    about = await store.about()
    assert (about.software == "") is (without == "ID")
    assert (about.rights is None) is (without == "ACL")
    assert await store.set_note("essai", "mot") is (without != "METADATA")
    assert await store.note("essai") == (None if without == "METADATA" else "mot")

    name = await store.create_folder(["Suivi"])
    await store.open(name)
    assert await store.rename_folder(name, ["Plaies"]) == "Plaies"
    await store.open("Plaies")
    await store.subscribe("Plaies", False)
    await store.delete_folder("Plaies")
    assert "Plaies" not in [folder.name for folder in await store.folders()]


@pytest.mark.real_server
async def test_new_mail_is_told(poorer: Poorer, open_store: OpenStore) -> None:
    account = poorer.server.new_account()

    async def at_once(seconds: float) -> None:
        await asyncio.sleep(min(seconds, 0.02))

    store = open_store(poorer.server, account, **({"pause": at_once} if poorer.without == "IDLE" else {}))
    await store.open("INBOX")
    listener = Listener(store)
    try:
        poorer.server.fill(account.address, [letter(1)])
        assert (await listener.until(Arrived)).total == 1
    finally:
        await listener.stop()


@pytest.mark.parametrize(("more", "said"), [(b" UNSELECT", [b"UNSELECT"]), (b"", [b"EXAMINE INBOX"])])
async def test_a_folder_that_is_renamed_is_selected_no_longer(
    authority: Authority, scripted_store: OpenStore, more: bytes, said: list[bytes]
) -> None:
    async with serving(authority, Ordinary(capabilities=FULL + more)) as served:
        store = scripted_store(served)
        await store.open("Suivi")
        served.heard.clear()
        await store.rename_folder("Suivi", ["Plaies"])
        before = served.commands()[: [c[:6] for c in served.commands()].index(b"RENAME")]
        assert [command for command in before if command.startswith((b"UNSELECT", b"EXAMINE"))] == said


@pytest.mark.parametrize(
    ("literals", "short", "long"),
    [(b"LITERAL+", b"+}", b"+}"), (b"LITERAL-", b"+}", b"}"), (b"", b"}", b"}")],
    ids=["any", "small", "none"],
)
async def test_a_literal_waits_where_the_server_wants_it(
    authority: Authority, scripted_store: OpenStore, literals: bytes, short: bytes, long: bytes
) -> None:
    """RFC 7888: LITERAL- is for at most 4096 octets."""

    async def append(peer: Peer, tag: bytes, text: bytes) -> None:
        if text.endswith(b"}"):
            peer.send(b"+ go on\r\n")
            await peer.reader.readexactly(int(text[text.rindex(b"{") + 1 : -1]))
            await peer.line()
        peer.send(tag + b" OK done\r\n")

    capabilities = FULL.replace(b"LITERAL+", literals)
    async with serving(authority, Ordinary({b"APPEND": append}, capabilities=capabilities)) as served:
        store = scripted_store(served)
        for octets, ending in ((100, short), (5_000, long)):
            await store.append("INBOX", b"x" * octets)
            (announced,) = [c for c in served.commands(b"APPEND") if b"{%d" % octets in c]
            assert announced.endswith(b"{%d" % octets + ending)


@pytest.mark.parametrize(
    ("greeting", "welcome", "asked"),
    [(True, True, 0), (False, True, 1), (True, False, 1), (False, False, 2)],
    ids=["both said", "not in the greeting", "not in the answer", "never said"],
)
async def test_what_a_server_can_do_is_asked_only_where_it_does_not_say_it(
    authority: Authority, scripted_store: OpenStore, greeting: bool, welcome: bool, asked: int
) -> None:
    ordinary = Ordinary({} if welcome else {b"AUTHENTICATE": b"TAG OK welcome\r\n"})
    if not greeting:
        ordinary.greeting = b"* OK ready\r\n"
    async with serving(authority, ordinary) as served:
        store = scripted_store(served)
        await store.connect()
        assert len(served.commands(b"CAPABILITY")) == asked
        assert (await store.move([MessageRef("a", "INBOX", 7, 2)], "Corbeille")).folder == "Corbeille"
        assert len(served.commands(b"UID MOVE")) == 1, "what it can do is known"

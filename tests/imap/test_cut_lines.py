"""A line cut anywhere: nothing lost, doubled, or taken for whole when it is not (security.md P12, P13, P23)."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from mss_tui.adapters.imap import ImapStore
from mss_tui.errors import CannotConnect, MssError
from mss_tui.model.message import MessageRef
from mss_tui.model.people import Security
from tests.imap.conftest import OpenStore
from tests.imap.counting import counted
from tests.imap.messages import letter
from tests.imap.scripted import FULL, Authority, Ordinary, Peer, Talk, serving
from tests.support.dovecot import PrivateDovecot

Make = Callable[..., ImapStore]
REF = MessageRef("a", "INBOX", 7, 2)


@pytest.mark.parametrize("step", [17, pytest.param(1, marks=pytest.mark.slow)])
async def test_p23_a_dialogue_cut_at_any_octet_fails_clearly_and_heals(
    authority: Authority, scripted_store: Make, step: int
) -> None:
    """The server's side of opening a folder and reading a part, cut at every offset of it."""
    dialogue = Ordinary({b"UID FETCH": b'* 2 FETCH (UID 2 BODY[1] "entier")\r\nTAG OK done\r\n'})
    async with serving(authority, dialogue) as whole:
        store = scripted_store(whole)
        await store.open("INBOX")
        assert await store.section(REF, "1") == b"entier"
    said = await record(authority, scripted_store, dialogue)
    for offset in range(0, said, step):
        async with serving(authority, cutting(dialogue, offset), dialogue) as served:
            store = scripted_store(served)
            got = [await outcome(store.open("INBOX")), await outcome(store.section(REF, "1"))]
            for result in got:
                assert not isinstance(result, MssError) or isinstance(result, CannotConnect)
            if not isinstance(got[1], MssError):
                assert got[1] == b"entier"
            assert await store.section(REF, "1") == b"entier"


async def outcome(call: object) -> object:
    try:
        return await call  # type: ignore[misc]
    except MssError as error:
        return error


class _Counting:
    """A writer that passes on only so many octets, then ends the connection."""

    def __init__(self, writer: asyncio.StreamWriter, left: int) -> None:
        self._writer = writer
        self.left = left
        self.passed = 0

    def write(self, data: bytes) -> None:
        self._writer.write(data[: self.left])
        self.passed += len(data)
        self.left -= len(data)
        if self.left < 0:
            self._writer.close()

    def __getattr__(self, name: str) -> object:
        return getattr(self._writer, name)


def cutting(dialogue: Ordinary, offset: int, counted: list[_Counting] | None = None) -> Talk:
    async def talk(peer: Peer) -> None:
        counting = _Counting(peer.writer, offset)
        if counted is not None:
            counted.append(counting)
        peer.writer = counting  # type: ignore[assignment]
        await dialogue(peer)

    return talk


async def record(authority: Authority, scripted_store: Make, dialogue: Ordinary) -> int:
    """How many octets the server says in the whole dialogue."""
    counted: list[_Counting] = []
    async with serving(authority, cutting(dialogue, 1 << 30, counted)) as served:
        store = scripted_store(served)
        await store.open("INBOX")
        await store.section(REF, "1")
    return counted[0].passed


class Shelves(Ordinary):
    """A server that remembers where message 2 is: copies, marks and expunges change it."""

    def __init__(self) -> None:
        super().__init__(
            {b"UID COPY": self._copy, b"UID STORE": self._store, b"UID EXPUNGE": self._expunge},
            capabilities=FULL.replace(b" MOVE", b""),
        )
        self.copies = 0
        self.there = True
        self.marked = False

    async def _copy(self, peer: Peer, tag: bytes, text: bytes) -> None:
        self.copies += self.there
        peer.send(tag + b" OK [COPYUID 9 2 11] copied\r\n")

    async def _store(self, peer: Peer, tag: bytes, text: bytes) -> None:
        self.marked = True
        peer.send(tag + b" OK stored\r\n")

    async def _expunge(self, peer: Peer, tag: bytes, text: bytes) -> None:
        self.there = self.there and not self.marked
        peer.send(b"* 2 EXPUNGE\r\n" + tag + b" OK expunged\r\n")


@pytest.mark.parametrize("step", [17, pytest.param(1, marks=pytest.mark.slow)])
async def test_p12_a_move_cut_at_any_octet_loses_nothing(authority: Authority, scripted_store: Make, step: int) -> None:
    offset = done = 0
    while not done:
        shelves = Shelves()
        async with serving(authority, cutting(shelves, offset)) as served:
            result = await outcome(scripted_store(served).move([REF], "Corbeille"))
        assert shelves.copies + shelves.there >= 1
        assert shelves.copies <= 1
        if isinstance(result, MssError):
            assert isinstance(result, CannotConnect)
        else:
            assert (shelves.copies, shelves.there) == (1, False)
            done = offset
        offset += step
    assert done > 500


@pytest.mark.real_server
@pytest.mark.parametrize("step", [400, pytest.param(40, marks=pytest.mark.slow)])
async def test_p23_dovecot_cut_under_tls_keeps_every_message_once(
    dovecot: PrivateDovecot, open_store: OpenStore, step: int
) -> None:
    """Octets of the TLS line, so that records are cut in the middle too."""
    account = dovecot.new_account(Security.TLS)
    moved = 0
    for most in range(0, 9_000, step):
        dovecot.fill(account.address, [letter(most)])
        async with counted(account) as line:
            line.most = most
            store = open_store(dovecot, line.account)
            result = await outcome(move_newest(store))
            assert not isinstance(result, MssError) or isinstance(result, CannotConnect)
            moved += not isinstance(result, MssError)
    with dovecot.colleague(account.address) as colleague:
        counts = [int(colleague.select(folder)[1][0] or 0) for folder in ("INBOX", "Archives")]
    assert sum(counts) == len(range(0, 9_000, step))
    assert counts[1] >= moved > 0


async def move_newest(store: ImapStore) -> None:
    await store.move([(await store.open("INBOX", 1)).rows[0].ref], "Archives")


@pytest.mark.real_server
async def test_p23_an_append_cut_under_tls_is_there_once_or_not_at_all(
    dovecot: PrivateDovecot, open_store: OpenStore
) -> None:
    account = dovecot.new_account(Security.TLS)
    for most in range(0, 4_000, 250):
        async with counted(account) as line:
            line.most = most
            await outcome(open_store(dovecot, line.account).append("INBOX", letter(most)))
    opened = await open_store(dovecot, account).open("INBOX")
    assert len({row.message_id for row in opened.rows}) == opened.total > 0

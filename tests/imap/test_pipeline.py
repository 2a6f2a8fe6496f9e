"""Commands in flight: together where they may be, held back where they must be, each with its own end."""

from __future__ import annotations

import asyncio

import pytest

from mss_tui.adapters.imap.limits import Limits
from mss_tui.adapters.imap.response import Data, Status
from mss_tui.adapters.imap.wire import Literal, Literals
from mss_tui.errors import ConnectionLost, HostileServer, InternalError, NotFound
from mss_tui.model.message import MessageRef
from mss_tui.ports.mail import Query
from tests.imap.bare import session_on
from tests.imap.conftest import OpenStore
from tests.imap.scripted import FULL, Authority, Ordinary, Peer, serving
from tests.imap.wire import Fed, turn


async def test_commands_given_together_are_written_together() -> None:
    fed = Fed()
    writes: list[bytes] = []
    fed.wire.write = writes.append  # type: ignore[method-assign]
    for _ in range(3):
        fed.pipeline.submit(b"NOOP")
    await turn()
    assert len(writes) == 1
    assert writes[0].count(b" NOOP\r\n") == 3


async def test_a_synchronising_literal_holds_the_rest_back() -> None:
    fed = Fed()
    first = fed.pipeline.submit(b"NOOP")
    append = fed.pipeline.submit(b"APPEND", b"INBOX", Literal(b"a\r\nb"))
    fed.pipeline.submit(b"NOOP")
    tags = await fed.tags()
    assert len(tags) == 2
    fed.feed(tags[0] + b" OK\r\n* 4 EXISTS\r\n")
    assert (await fed.pipeline.finish(first)).ok
    await turn()
    assert fed.wire.written == b""
    fed.feed(b"+ go\r\n")
    lines = fed.wire.lines()
    assert lines[:2] == [b"a", b"b"]
    assert lines[2].endswith(b"NOOP")
    fed.feed(tags[1] + b" OK [APPENDUID 1 2] done\r\n")
    assert (await fed.pipeline.finish(append)).code == "APPENDUID"


async def test_a_refused_literal_is_never_sent() -> None:
    fed = Fed()
    append = fed.pipeline.submit(b"APPEND", b"INBOX", Literal(b"secret"))
    fed.pipeline.submit(b"NOOP")
    (tag,) = await fed.tags()
    fed.feed(tag + b" NO [TRYCREATE] no\r\n")
    assert (await fed.pipeline.finish(append)).code == "TRYCREATE"
    await turn()
    assert b"secret" not in fed.wire.written
    assert fed.wire.lines()[0].endswith(b"NOOP")


async def test_a_non_synchronising_literal_waits_for_nobody() -> None:
    fed = Fed()
    fed.pipeline.literals = Literals.ANY
    fed.pipeline.submit(b"APPEND", b"INBOX", Literal(b"abc"))
    fed.pipeline.submit(b"NOOP")
    await turn()
    lines = fed.wire.lines()
    assert lines[0].endswith(b"{3+}")
    assert lines[1] == b"abc"
    assert lines[2].endswith(b"NOOP")


async def test_a_long_upload_waits_for_a_slow_reader() -> None:
    fed = Fed()
    fed.pipeline.literals = Literals.ANY
    fed.pipeline.pause_writing()
    fed.pipeline.submit(b"APPEND", b"INBOX", Literal(b"x" * 1_000_000))
    await turn()
    assert fed.wire.written == b""
    fed.pipeline.resume_writing()
    assert fed.wire.written.endswith(b"x" * 1_000_000 + b"\r\n")


async def test_idle_ends_when_another_command_comes() -> None:
    fed = Fed()
    session = session_on(fed)
    never = asyncio.Event()
    idling = asyncio.ensure_future(session.idle(never.wait()))
    (tag,) = await fed.tags()
    order = fed.pipeline.submit(b"NOOP")
    await turn()
    assert fed.wire.written == b""
    fed.feed(b"+ idling\r\n* 5 EXISTS\r\n")
    assert fed.wire.lines() == [b"DONE"]
    fed.feed(tag + b" OK idle done\r\n")
    await idling
    (later,) = await fed.tags()
    fed.feed(later + b" OK\r\n")
    assert (await fed.pipeline.finish(order)).ok


async def test_idle_ends_when_it_is_cancelled_and_the_line_stays() -> None:
    fed = Fed()
    session = session_on(fed)
    never = asyncio.Event()
    idling = asyncio.ensure_future(session.idle(never.wait()))
    (tag,) = await fed.tags()
    fed.feed(b"+ idling\r\n")
    await turn()
    idling.cancel()
    await turn()
    assert fed.wire.lines() == [b"DONE"]
    order = fed.pipeline.submit(b"NOOP")
    fed.feed(tag + b" OK idle done\r\n")
    fed.feed((await fed.tags())[0] + b" OK\r\n")
    assert (await fed.pipeline.finish(order)).ok
    assert fed.pipeline.error is None


async def test_a_command_cancelled_before_it_was_sent_is_not_sent() -> None:
    fed = Fed()
    waiting = asyncio.ensure_future(fed.pipeline.finish(fed.pipeline.submit(b"APPEND", b"a", Literal(b"x"))))
    behind = asyncio.ensure_future(fed.pipeline.finish(fed.pipeline.submit(b"UID EXPUNGE", b"1")))
    (tag,) = await fed.tags()
    behind.cancel()
    fed.feed(b"+ go\r\n" + tag + b" OK\r\n")
    assert (await waiting).ok
    await turn()
    assert b"EXPUNGE" not in fed.wire.written


async def test_a_cancelled_upload_ends_the_connection() -> None:
    """The server counts on octets that will not come: nothing else may be taken for them."""
    fed = Fed()
    waiting = asyncio.ensure_future(fed.pipeline.finish(fed.pipeline.submit(b"APPEND", b"a", Literal(b"x"))))
    await turn()
    waiting.cancel()
    await turn()
    assert fed.wire.aborted
    with pytest.raises(ConnectionLost):
        fed.pipeline.submit(b"NOOP")


async def test_a_large_download_that_was_cancelled_ends_the_connection() -> None:
    fed = Fed()
    waiting = asyncio.ensure_future(fed.pipeline.finish(fed.pipeline.submit(b"UID FETCH", b"1", b"(BODY.PEEK[])")))
    await turn()
    fed.feed(b"* 1 FETCH (UID 1 BODY[] {20000000}\r\nabc")
    waiting.cancel()
    await turn()
    assert fed.wire.aborted


async def test_a_fault_of_ours_ends_the_connection_and_leaves_nobody_waiting() -> None:
    fed = Fed()

    def wrong(said: Status | Data) -> None:
        raise KeyError(said)

    fed.pipeline._hear = wrong
    order = fed.pipeline.submit(b"NOOP")
    await turn()
    fed.feed(b"* 1 EXISTS\r\n")
    with pytest.raises(InternalError, match="KeyError"):
        await fed.pipeline.finish(order)


async def test_untagged_lines_are_counted_by_command() -> None:
    fed = Fed(Limits(untagged=10))
    for _ in range(5):
        order = fed.pipeline.submit(b"NOOP")
        (tag,) = await fed.tags()
        fed.feed(b"* 1 EXISTS\r\n" * 10 + tag + b" OK\r\n")
        assert (await fed.pipeline.finish(order)).ok
    fed.feed(b"* 1 EXISTS\r\n" * 11)
    assert isinstance(fed.pipeline.error, HostileServer)


async def test_bodies_that_come_under_another_command_keep_their_message(
    authority: Authority, scripted_store: OpenStore
) -> None:
    """Five FETCHes in one flight; the server answers all of them in another order, and tags them at the end."""
    waiting: list[tuple[bytes, int]] = []

    async def answer(peer: Peer, tag: bytes, text: bytes) -> None:
        waiting.append((tag, int(text.split()[2])))
        if len(waiting) == 5:
            for _, uid in reversed(waiting):
                peer.send(b'* %d FETCH (UID %d BODY[1] "patient %d")\r\n' % (uid, uid, uid))
            for tagged, _ in waiting:
                peer.send(tagged + b" OK done\r\n")

    ordinary = Ordinary({b"UID FETCH": answer})
    for name in (b"SELECT", b"EXAMINE"):
        said = ordinary.answers[name]
        assert isinstance(said, bytes)
        ordinary.answers[name] = said.replace(b"3 EXISTS", b"5 EXISTS")
    async with serving(authority, ordinary) as served:
        store = scripted_store(served)
        refs = [MessageRef("a", "INBOX", 7, uid) for uid in range(1, 6)]
        bodies = await asyncio.gather(*(store.section(ref, "1") for ref in refs))
        assert bodies == [b"patient %d" % uid for uid in range(1, 6)]


async def test_two_searches_at_once_keep_their_own_answers(authority: Authority, scripted_store: OpenStore) -> None:
    async def plain(peer: Peer, tag: bytes, text: bytes) -> None:
        peer.send(b"* SEARCH %d\r\n" % (1 if b"SEEN" in text else 2) + tag + b" OK done\r\n")

    capabilities = FULL.replace(b" ESEARCH", b"")
    async with serving(authority, Ordinary({b"UID SEARCH": plain}, capabilities=capabilities)) as served:
        store = scripted_store(served)
        found = await asyncio.gather(
            store.search("INBOX", Query(unseen=True)), store.search("INBOX", Query(flagged=True))
        )
        assert [result.uids for result in found] == [(1,), (2,)]


async def test_another_folder_waits_until_the_first_is_no_longer_used(
    authority: Authority, scripted_store: OpenStore
) -> None:
    """The same UID in two folders at once: each gets its own text."""
    selected = b""

    async def select(peer: Peer, tag: bytes, text: bytes) -> None:
        nonlocal selected
        selected = text.split()[1]
        peer.send(b"* 3 EXISTS\r\n* OK [UIDVALIDITY 7]\r\n* OK [UIDNEXT 4]\r\n" + tag + b" OK [READ-WRITE]\r\n")

    async def answer(peer: Peer, tag: bytes, text: bytes) -> None:
        asked = selected
        await asyncio.sleep(0)
        peer.send(b'* 2 FETCH (UID 2 BODY[1] "%b")\r\n' % asked + tag + b" OK done\r\n")

    async with serving(authority, Ordinary({b"SELECT": select, b"UID FETCH": answer})) as served:
        store = scripted_store(served)
        folders = ["INBOX", "Archives", "INBOX", "Archives", "Corbeille"] * 4
        texts = await asyncio.gather(*(store.section(MessageRef("a", f, 7, 2), "1") for f in folders))
        assert [text.decode() for text in texts] == folders


async def test_a_folder_that_cannot_be_opened_leaves_the_next_one_usable(
    authority: Authority, scripted_store: OpenStore
) -> None:
    ordinary = Ordinary()
    good = ordinary.answers[b"SELECT"]
    assert isinstance(good, bytes)

    async def select(peer: Peer, tag: bytes, text: bytes) -> None:
        peer.send(tag + b" NO no\r\n" if b"Rien" in text else good.replace(b"TAG", tag))

    ordinary.answers[b"SELECT"] = select
    async with serving(authority, ordinary) as served:
        store = scripted_store(served)
        await store.open("INBOX")
        with pytest.raises(NotFound, match="Rien"):
            await store.open("Rien")
        assert (await store.open("INBOX")).total == 3

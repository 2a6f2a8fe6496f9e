"""Defects of aioimaplib 2.0.3 (auth-tls-mail-libraries.md §5.4), I1 to I11: there as published, gone here.

Each test feeds the same octets to the library's own protocol and to ours. When one of the first halves fails, the
library was repaired: look at it again.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator

import pytest
from aioimaplib import aioimaplib as bare

from mss_tui.adapters.imap.auth import authenticate
from mss_tui.adapters.imap.hearing import fetch_items
from mss_tui.adapters.imap.response import Data
from mss_tui.adapters.imap.wire import Literal
from mss_tui.errors import AuthRefused, ConnectionLost, HostileServer, ServerRefused
from mss_tui.ports.secrets import Secret
from tests.imap.bare import ACCOUNT, Bare, data
from tests.imap.wire import Fed, turn


@pytest.fixture
def loud() -> Iterator[None]:
    """The library's logger as it would be without us."""
    logger = logging.getLogger("aioimaplib.aioimaplib")
    logger.disabled, level = False, logger.level
    logger.setLevel(logging.DEBUG)
    yield
    logger.setLevel(level)
    logger.disabled = True


async def test_i1_an_asterisk_in_a_subject_stays() -> None:
    line = b'* 1 FETCH (UID 1 ENVELOPE (NIL "Bilan * INR * 8,2"))\r\n'
    library = Bare()
    task, tag = await library.begin(library.protocol.fetch("1", "ENVELOPE"))
    library.protocol.data_received(line + tag + b" OK done\r\n")
    assert b"Bilan INR 8,2" in (await task).lines[0]

    fed = Fed()
    fed.feed(line)
    assert fetch_items(data(fed)[0])["ENVELOPE"] == [None, b"Bilan * INR * 8,2"]


async def test_i2_thousands_of_lines_in_one_read() -> None:
    lines = b"".join(b"* %d FETCH (UID %d FLAGS (\\Seen))\r\n" % (n, n) for n in range(1, 3001))
    library = Bare()
    await library.begin(library.protocol.fetch("1:*", "FLAGS"))
    with pytest.raises(RecursionError):
        library.protocol.data_received(lines)
    await library.drop()

    fed = Fed()
    fed.feed(lines)
    assert len(data(fed)) == 3000


async def test_i3_two_appends_at_once_keep_their_bodies() -> None:
    library = Bare()
    await library.begin(library.protocol.append(b"patient A", "Sent"))
    await library.begin(library.protocol.append(b"patient B", "Archive"))
    library.protocol.data_received(b"+ go\r\n")
    assert library.wire.lines() == [b"patient B"]
    await library.drop()

    fed = Fed()
    fed.pipeline.submit(b"APPEND", b"Sent", Literal(b"patient A"))
    fed.pipeline.submit(b"APPEND", b"Archive", Literal(b"patient B"))
    (first,) = await fed.tags()
    fed.feed(b"+ go\r\n")
    assert fed.wire.lines()[0] == b"patient A"
    fed.feed(first + b" OK done\r\n+ go\r\n")
    assert fed.wire.lines() == [b"patient B"]


async def test_i4_a_parenthesis_in_a_subject_ends_nothing() -> None:
    lines = b'* 1 FETCH (UID 1 ENVELOPE (NIL "merci :)"))\r\n* 11 EXISTS\r\n* 2 FETCH (UID 2 FLAGS ())\r\n'
    library = Bare()
    task, tag = await library.begin(library.protocol.fetch("1:2", "ENVELOPE"))
    library.protocol.data_received(lines + tag + b" OK done\r\n")
    assert (await task).lines[1].startswith(b"* 11 EXISTS")

    fed = Fed()
    fed.feed(lines)
    assert [(said.kind, said.number) for said in data(fed)] == [("FETCH", 1), ("EXISTS", 11), ("FETCH", 2)]


async def test_i5_what_changes_during_a_fetch_is_heard() -> None:
    lines = b"* 12 EXISTS\r\n* 3 EXPUNGE\r\n* OK [ALERT] attention\r\n* 1 FETCH (UID 1 FLAGS ())\r\n"
    library = Bare()
    task, tag = await library.begin(library.protocol.fetch("1", "FLAGS"))
    library.protocol.data_received(lines + tag + b" OK done\r\n")
    assert not any(b"EXISTS" in line or b"ALERT" in line for line in (await task).lines)

    fed = Fed()
    fed.feed(lines)
    assert [said.kind if isinstance(said, Data) else said.code for said in fed.heard] == [
        "EXISTS", "EXPUNGE", "ALERT", "FETCH",
    ]  # fmt: skip


async def test_i6_a_lost_connection_ends_everything_at_once() -> None:
    library = Bare()
    task, _ = await library.begin(library.protocol.fetch("1", "FLAGS"))
    library.protocol.connection_lost(None)
    await turn()
    assert not task.done()
    await library.drop()

    fed = Fed()
    orders = [fed.pipeline.submit(b"NOOP"), fed.pipeline.submit(b"UID FETCH", b"1", b"(FLAGS)")]
    await turn()
    fed.pipeline.connection_lost(None)
    for order in orders:
        with pytest.raises(ConnectionLost):
            await fed.pipeline.finish(order)
    with pytest.raises(ConnectionLost):
        fed.pipeline.submit(b"NOOP")


async def test_i7_a_cancelled_command_leaves_the_line_usable() -> None:
    library = Bare(bare.AUTH)
    task, _ = await library.begin(library.protocol.select("INBOX"))
    task.cancel()
    await turn()
    await library.begin(library.protocol.simple_command("NOOP"))
    assert library.wire.lines() == []
    await library.drop()

    fed = Fed()
    waiting = asyncio.ensure_future(fed.pipeline.finish(fed.pipeline.submit(b"SELECT", b"INBOX")))
    (tag,) = await fed.tags()
    waiting.cancel()
    order = fed.pipeline.submit(b"NOOP")
    (later,) = await fed.tags()
    fed.feed(tag + b" OK selected\r\n" + later + b" OK nothing\r\n")
    assert (await fed.pipeline.finish(order)).ok


async def test_i8_a_late_or_unknown_answer_harms_nobody() -> None:
    library = Bare()
    with pytest.raises(bare.Abort):
        library.protocol.data_received(b"ABCD7 OK late\r\n")

    fed = Fed()
    waiting = asyncio.ensure_future(fed.pipeline.finish(fed.pipeline.submit(b"NOOP")))
    (tag,) = await fed.tags()
    waiting.cancel()
    await turn()
    fed.feed(b"ABCD7 OK late\r\n" + tag + b" OK late\r\n")
    assert fed.pipeline.error is None
    order = fed.pipeline.submit(b"NOOP")
    fed.feed((await fed.tags())[0] + b" OK\r\n")
    assert (await fed.pipeline.finish(order)).ok


@pytest.mark.parametrize(
    ("greeting", "state", "refusal"),
    [
        (b"* OK PREAUTH is disabled", bare.AUTH, None),
        (b"* PREAUTH welcome", bare.AUTH, HostileServer),
        (b"* BYE not OK", bare.NONAUTH, ServerRefused),
        (b"* NO sorry, OK?", bare.NONAUTH, HostileServer),
        (b"A1 OK hello", bare.NONAUTH, HostileServer),
        (b"+ OK", bare.NONAUTH, HostileServer),
        (b"HTTP/1.1 200 OK", bare.NONAUTH, HostileServer),
    ],
)
async def test_i9_only_ok_is_a_greeting(greeting: bytes, state: str, refusal: type[Exception] | None) -> None:
    library = Bare(bare.CONNECTED)
    library.protocol.data_received(greeting + b"\r\n")
    await turn()
    assert library.protocol.state == state
    for task in library.protocol.tasks:
        task.cancel()
    await asyncio.gather(*library.protocol.tasks, return_exceptions=True)

    fed = Fed(greet=False)
    fed.feed(greeting + b"\r\n")
    if refusal is None:
        assert (await fed.pipeline.greeting).ok
        return
    with pytest.raises(refusal):
        await fed.pipeline.greeting
    assert fed.wire.aborted
    assert fed.wire.written == b""


async def test_i10_a_refused_token_is_answered_and_said() -> None:
    challenge = b"+ eyJzdGF0dXMiOiI0MDEifQ==\r\n"
    library = Bare(bare.NONAUTH)
    await library.begin(library.protocol.xoauth2("user", "token"))
    library.protocol.data_received(challenge)
    await turn()
    assert library.wire.written == b""
    await library.drop()

    fed = Fed()
    capabilities = frozenset({"AUTH=XOAUTH2", "SASL-IR"})
    task = asyncio.ensure_future(authenticate(fed.pipeline, ACCOUNT, Secret("jeton"), capabilities))
    await asyncio.sleep(0)
    behind = fed.pipeline.submit(b"SELECT", b"INBOX")
    await turn()
    assert b"SELECT" not in fed.wire.written
    (tag,) = await fed.tags()
    fed.feed(challenge)
    assert fed.wire.lines() == [b""]
    fed.feed(tag + b" NO refused\r\n")
    with pytest.raises(AuthRefused, match="401"):
        await task
    await turn()
    assert fed.wire.written == b""
    with pytest.raises(ConnectionLost):
        await fed.pipeline.finish(behind)


@pytest.mark.usefixtures("loud")
async def test_i11_nothing_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    library = Bare(bare.NONAUTH)
    await library.begin(library.protocol.login("user", 'hunter"2'))
    assert "hunter" in caplog.text
    await library.drop()
    caplog.clear()

    fed = Fed()
    account = ACCOUNT
    task = asyncio.ensure_future(authenticate(fed.pipeline, account, Secret("hunter2"), frozenset({"AUTH=XOAUTH2"})))
    await turn()
    fed.feed(b"+ \r\n* 1 FETCH (BODY[] {7}\r\npatient)\r\n")
    assert b"XOAUTH2" in fed.wire.written
    fed.pipeline.connection_lost(None)
    with pytest.raises(ConnectionLost) as caught:
        await task
    assert "hunter" not in f"{caught.value!r} {caught.value}"
    assert "AUTHENTICATE" not in caplog.text
    assert "patient" not in caplog.text


def test_i11_the_library_is_silent() -> None:
    assert logging.getLogger("aioimaplib.aioimaplib").disabled

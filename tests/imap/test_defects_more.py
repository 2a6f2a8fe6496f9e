"""Defects of aioimaplib 2.0.3 (auth-tls-mail-libraries.md §5.4), I12 to I17: there as published, gone here.

Each test feeds the same octets to the library's own protocol and to ours. When one of the first halves fails, the
library was repaired: look at it again.
"""

from __future__ import annotations

import asyncio

import pytest
from aioimaplib import aioimaplib as bare

from mss_tui.adapters.imap.finding import read_quota
from mss_tui.errors import ConnectionLost, HostileServer
from tests.imap.bare import Bare, data, session_on
from tests.imap.wire import Fed, turn


@pytest.mark.parametrize("announced", [b"10000000000", b"1234567890123", b"67108865"])
async def test_i12_a_giant_literal_ends_the_connection_before_it_begins(announced: bytes) -> None:
    line = b"* 1 FETCH (BODY[] {" + announced + b"}\r\n"
    library = Bare()
    await library.begin(library.protocol.fetch("1", "BODY[]"))
    library.protocol.data_received(line)
    assert not library.wire.aborted
    await library.drop()

    fed = Fed()
    order = fed.pipeline.submit(b"UID FETCH", b"1", b"(BODY.PEEK[])")
    await turn()
    fed.feed(line)
    assert fed.wire.aborted
    with pytest.raises(HostileServer):
        await fed.pipeline.finish(order)


async def test_i12_an_endless_line_ends_the_connection() -> None:
    library = Bare()
    library.protocol.data_received(b"* OK " + b"x" * 2_000_000)
    assert not library.wire.aborted

    fed = Fed()
    for _ in range(20):
        fed.feed(b"x" * 65_536)
    assert isinstance(fed.pipeline.error, HostileServer)


async def test_i13_octets_that_are_no_utf8_are_no_failure() -> None:
    library = Bare()
    with pytest.raises(UnicodeDecodeError):
        library.protocol.data_received(b"* \xe9 bonjour\r\n")

    fed = Fed()
    fed.feed(b'* LIST () "/" \xe9l\xe9ments\r\n* 1 FETCH (UID 1 ENVELOPE (NIL "\xe9t\xe9"))\r\n')
    assert [said.kind for said in data(fed)] == ["LIST", "FETCH"]


async def test_i14_names_are_encoded_and_quoted() -> None:
    library = Bare(bare.AUTH)
    task = asyncio.ensure_future(library.protocol.select("Éléments envoyés"))
    await turn()
    assert library.wire.lines()[0].endswith(" SELECT Éléments envoyés".encode())
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)

    session = session_on(fed := Fed())
    session.submit(b"SELECT", session.wire_name("Éléments envoyés"))
    await turn()
    assert fed.wire.lines()[0].endswith(b' SELECT "&AMk-l&AOk-ments envoy&AOk-s"')


async def test_i15_the_quota_asked_for_is_that_of_the_folder() -> None:
    library = Bare(bare.AUTH)
    client = bare.IMAP4.__new__(bare.IMAP4)
    client.protocol, client.timeout = library.protocol, 5.0
    task = asyncio.ensure_future(client.getquotaroot("Archives"))
    await turn()
    assert library.wire.lines()[0].endswith(b" GETQUOTAROOT INBOX")
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)

    session = session_on(fed := Fed())
    session.capabilities = frozenset({"QUOTA"})
    quota = asyncio.ensure_future(read_quota(session, "Archives"))
    await turn()
    (line,) = fed.wire.lines()
    assert line.endswith(b" GETQUOTAROOT Archives")
    fed.feed(b'* QUOTA "BAL" (STORAGE 10 512)\r\n' + line.split()[0] + b" OK\r\n")
    found = await quota
    assert found is not None
    assert (found.used, found.limit) == (10_240, 524_288)


@pytest.mark.parametrize("answer", [b"", b"+ idling\r\n"])
async def test_i16_a_lost_connection_ends_an_idle(answer: bytes) -> None:
    library = Bare()
    library.protocol.capabilities = {"IDLE"}
    task, _ = await library.begin(library.protocol.idle())
    library.protocol.data_received(answer or b"* OK\r\n")
    library.protocol.connection_lost(None)
    await turn()
    assert not task.done()
    await library.drop()

    session = session_on(fed := Fed())
    never = asyncio.Event()
    idling = asyncio.ensure_future(session.idle(never.wait()))
    await turn()
    fed.feed(answer)
    await turn()
    fed.pipeline.connection_lost(None)
    with pytest.raises(ConnectionLost):
        await idling


async def test_i17_many_commands_at_once_each_get_their_answer() -> None:
    library = Bare(bare.AUTH)
    tasks = [asyncio.ensure_future(library.protocol.simple_command("SUBSCRIBE", f"F{n}")) for n in range(4)]
    await turn()
    (first,) = library.wire.lines()
    library.protocol.data_received(first.split()[0] + b" OK\r\n")
    await turn()
    second, *_ = library.wire.lines()
    with pytest.raises(bare.Abort):
        library.protocol.data_received(second.split()[0] + b" OK\r\n")
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)

    fed = Fed()
    orders = [fed.pipeline.submit(b"UNSELECT"), *(fed.pipeline.submit(b"NOOP") for _ in range(4))]
    tags = await fed.tags()
    for tag in reversed(tags):
        fed.feed(tag + b" OK " + tag + b"\r\n")
    answers = [await fed.pipeline.finish(order) for order in orders]
    assert [status.text.encode() for status in answers] == tags

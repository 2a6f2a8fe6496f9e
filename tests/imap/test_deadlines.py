"""Every wait has an end (security.md P15): a server that says nothing or drips, a line that dies without a word."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from mss_tui.adapters.imap import ImapStore
from mss_tui.adapters.imap.limits import Limits
from mss_tui.errors import ConnectionLost, DeadlinePassed, MssError
from mss_tui.model.message import MessageRef
from mss_tui.model.people import Security
from tests.imap.scripted import Authority, Ordinary, Peer, serving

Make = Callable[..., ImapStore]
SHORT = Limits(connect=0.3, call=0.3)
REF = MessageRef("a", "INBOX", 7, 2)


async def silent(peer: Peer, tag: bytes = b"", text: bytes = b"") -> None:
    """Say nothing, for ever."""
    await asyncio.Event().wait()


@pytest.mark.parametrize("security", list(Security))
async def test_a_server_that_never_greets(authority: Authority, scripted_store: Make, security: Security) -> None:
    async with serving(authority, silent, security=security) as served:
        with pytest.raises(DeadlinePassed):
            await scripted_store(served, limits=SHORT).connect()


async def test_a_server_that_never_shakes_hands(authority: Authority, scripted_store: Make) -> None:
    async def talk(peer: Peer) -> None:
        peer.send(b"* OK ready\r\n")
        tag, _ = await peer.command()
        peer.send(tag + b" OK go\r\n")
        await silent(peer)

    async with serving(authority, talk, security=Security.STARTTLS) as served:
        with pytest.raises(DeadlinePassed):
            await scripted_store(served, limits=SHORT).connect()


async def test_a_server_that_never_answers_the_password(authority: Authority, scripted_store: Make) -> None:
    async with serving(authority, Ordinary({b"AUTHENTICATE": silent})) as served:
        with pytest.raises(DeadlinePassed):
            await scripted_store(served, limits=SHORT).connect()


async def test_a_part_that_drips(authority: Authority, scripted_store: Make) -> None:
    """An octet now and then keeps no call alive."""

    async def drip(peer: Peer, tag: bytes, text: bytes) -> None:
        peer.send(b"* 2 FETCH (UID 2 BODY[1]<0> {1000}\r\n")
        while True:
            peer.send(b"x")
            await peer.writer.drain()
            await asyncio.sleep(0.02)

    async with serving(authority, Ordinary({b"UID FETCH": drip}), Ordinary()) as served:
        store = scripted_store(served, limits=SHORT)
        waiting = [asyncio.ensure_future(store.section(REF, "1", 100)) for _ in range(3)]
        errors = await asyncio.gather(*waiting, return_exceptions=True)
        assert all(isinstance(error, DeadlinePassed | ConnectionLost) for error in errors)
        assert any(isinstance(error, DeadlinePassed) for error in errors)
        assert (await store.open("INBOX")).total == 3


async def test_a_part_of_unknown_size_from_a_server_that_fell_silent(
    authority: Authority, scripted_store: Make
) -> None:
    """A whole message may take long, silence may not."""
    async with serving(authority, Ordinary({b"UID FETCH": silent})) as served:
        with pytest.raises(DeadlinePassed):
            await scripted_store(served, limits=SHORT).section(REF, "")


async def test_a_change_that_is_not_answered_leaves_open_whether_it_was_made(
    authority: Authority, scripted_store: Make
) -> None:
    async with serving(authority, Ordinary({b"UID STORE": silent})) as served:
        store = scripted_store(served, limits=SHORT)
        with pytest.raises(DeadlinePassed, match="peut-être"):
            await store.flag([REF], ["\\Seen"])
        assert len(served.commands(b"UID STORE")) == 1


async def test_closing_waits_for_no_server(authority: Authority, scripted_store: Make) -> None:
    async with serving(authority, Ordinary({b"LOGOUT": silent})) as served:
        store = scripted_store(served)
        await store.open("INBOX")
        await asyncio.wait_for(store.close(), 5)
        await asyncio.wait_for(store.close(), 5)


async def test_closing_while_a_call_is_on_its_way_ends_the_call(authority: Authority, scripted_store: Make) -> None:
    async with serving(authority, Ordinary({b"UID FETCH": silent})) as served:
        store = scripted_store(served)
        await store.open("INBOX")
        call = asyncio.ensure_future(store.section(REF, "1"))
        while not served.commands(b"UID FETCH"):
            await asyncio.sleep(0)
        await asyncio.wait_for(store.close(), 5)
        with pytest.raises(MssError):
            await call


async def test_a_cancelled_call_leaves_the_mailbox_usable(authority: Authority, scripted_store: Make) -> None:
    async with serving(authority, Ordinary({b"SELECT": silent}), Ordinary()) as served:
        store = scripted_store(served, limits=Limits(call=1.0))
        call = asyncio.ensure_future(store.open("INBOX"))
        while not served.commands(b"SELECT"):
            await asyncio.sleep(0)
        call.cancel()
        with pytest.raises(asyncio.CancelledError):
            await call
        with pytest.raises(DeadlinePassed):
            await store.open("INBOX")
        assert (await store.open("INBOX")).total == 3

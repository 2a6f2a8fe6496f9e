"""Nothing is told and nothing believed before verified TLS (security.md P1, P2, P3)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from mss_tui.adapters.imap import ImapStore
from mss_tui.errors import (
    CannotConnect,
    HostileServer,
    MssError,
    ServerRefused,
    TlsRefused,
)
from mss_tui.model.message import MessageRef
from mss_tui.model.people import Security
from tests.imap.scripted import Authority, Ordinary, Peer, Serving, Talk, serving

Make = Callable[..., ImapStore]
REF = MessageRef("a", "INBOX", 7, 2)
SECRET = "motdepasse"


def told(*data: bytes) -> Talk:
    """Say these, one after each line of the client; then listen."""

    async def talk(peer: Peer) -> None:
        for octets in data:
            peer.send(octets)
            if not await peer.line():
                return
        while await peer.line():
            pass

    return talk


def nothing_told(served: Serving) -> None:
    """No credential and no command with data was sent."""
    assert {text.split(b" ")[0] for text in served.commands()} <= {b"STARTTLS", b"LOGOUT"}


@pytest.mark.parametrize("security", list(Security))
@pytest.mark.parametrize(
    "greeting",
    [b"* PREAUTH ready\r\n", b"* BYE full\r\n", b"* NO ready\r\n", b"A1 OK\r\n", b"\r\n", b"220 smtp\r\n", b"+ OK\r\n"],
)
async def test_p2_a_greeting_that_is_not_ok_ends_it(
    authority: Authority, scripted_store: Make, greeting: bytes, security: Security
) -> None:
    async with serving(authority, told(greeting), security=security) as served:
        with pytest.raises(CannotConnect):
            await scripted_store(served).connect()
        assert served.heard == []


@pytest.mark.parametrize(
    ("script", "error"),
    [
        ([b"* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN] ready\r\n"], TlsRefused),
        ([b"* OK ready\r\n", b"A1 NO not now\r\n"], TlsRefused),
        ([b"* OK ready\r\n", b"A1 BAD what?\r\n"], TlsRefused),
        ([b"* OK ready\r\n", b"A1 OK go\r\n* CAPABILITY IMAP4rev1 AUTH=PLAIN\r\n"], HostileServer),
        ([b"* OK ready\r\n", b"A1 OK go\r\n* "], HostileServer),
        ([b"* OK ready\r\n", b"A1 OK go\r\nA2 OK [CAPABILITY IMAP4rev1] in\r\n"], HostileServer),
        ([b"* OK ready\r\nA1 OK go\r\n"], HostileServer),
        ([b"* OK ready\r\n", b"* BYE no\r\n"], ServerRefused),
        ([b"* OK ready\r\n", b"+ go\r\n"], HostileServer),
        ([b"* OK ready\r\n", b"rubbish\r\n"], HostileServer),
        ([b"* OK ready\r\n", b"* OK " + b"x" * 20_000], HostileServer),
        ([b"* OK ready\r\n", b"A1 OK go\r\n"], CannotConnect),
    ],
)
async def test_p2_p3_starttls_stripped_refused_or_injected_ends_it(
    authority: Authority, scripted_store: Make, script: list[bytes], error: type[MssError]
) -> None:
    async def talk(peer: Peer) -> None:
        for octets in script:
            peer.send(octets)
            if len(script) == 1 or octets is not script[-1]:
                await peer.line()
        await peer.writer.drain()
        if error is CannotConnect:
            await peer.end()
        await peer.line()

    async with serving(authority, talk, security=Security.STARTTLS) as served:
        with pytest.raises(error):
            await scripted_store(served).connect()
        nothing_told(served)


async def test_p1_a_certificate_of_another_authority_ends_it(
    authority: Authority, scripted_store: Make, tmp_path: Path
) -> None:
    other = Authority(tmp_path)
    for security in Security:
        async with serving(authority, starttls(Ordinary()), security=security) as served:
            served.account = replace(served.account, ca=other.pem)
            with pytest.raises(TlsRefused, match="autorité"):
                await scripted_store(served).connect()
            nothing_told(served)


async def test_p1_a_certificate_of_another_name_ends_it(tmp_path: Path, scripted_store: Make) -> None:
    async with serving(Authority(tmp_path, "autre.mssante.fr"), Ordinary()) as served:
        with pytest.raises(TlsRefused, match="nom"):
            await scripted_store(served).connect()
        assert served.heard == []


def starttls(inside: Ordinary) -> Talk:
    """An ordinary server behind STARTTLS, or as it is where TLS came first."""

    async def talk(peer: Peer) -> None:
        if peer.writer.get_extra_info("ssl_object") is None:
            peer.send(b"* OK ready\r\n")
            tag, _ = await peer.command()
            peer.send(tag + b" OK go\r\n")
            await peer.start_tls()
            inside.greeting = b""
        await inside(peer)

    return talk


async def test_capabilities_of_the_clear_line_are_not_believed(authority: Authority, scripted_store: Make) -> None:
    async with serving(authority, starttls(Ordinary()), security=Security.STARTTLS) as served:
        assert (await scripted_store(served).open("INBOX")).total == 3
    assert served.commands()[:2] == [b"STARTTLS", b"CAPABILITY"]

"""One try a credential, in the way that the server offers, and nothing behind a refusal (security.md P20)."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from mss_tui.adapters.imap import ImapStore
from mss_tui.errors import (
    AuthRefused,
    ServerRefused,
)
from mss_tui.model.message import MessageRef
from mss_tui.model.people import AuthMethod
from tests.imap.scripted import FULL, Authority, Ordinary, Peer, serving
from tests.support.servers import Passwords

Make = Callable[..., ImapStore]
REF = MessageRef("a", "INBOX", 7, 2)
SECRET = "motdepasse"


@pytest.mark.parametrize("answer", [b"TAG NO [AUTHENTICATIONFAILED] no\r\n", b"TAG NO no\r\n", b"TAG BAD no\r\n"])
async def test_p20_a_refused_password_is_tried_once_and_what_came_with_it_reads_nothing(
    authority: Authority, scripted_store: Make, answer: bytes
) -> None:
    secrets = Passwords(SECRET)
    async with serving(authority, Ordinary({b"AUTHENTICATE": answer})) as served:
        store = scripted_store(served, secrets)
        for _ in range(3):
            with pytest.raises(AuthRefused):
                await store.open("INBOX")
        assert len(served.commands(b"AUTHENTICATE", b"LOGIN")) == 1
        assert served.commands()[1:] in ([], [b"ENABLE QRESYNC", b"SELECT INBOX", b"STATUS INBOX (UNSEEN)"])
        assert secrets.forgotten == ["a"]


async def test_p20_another_password_is_another_try(authority: Authority, scripted_store: Make) -> None:
    refusing = Ordinary({b"AUTHENTICATE": b"TAG NO no\r\n"})
    async with serving(authority, refusing, Ordinary()) as served:
        store = scripted_store(served, Passwords("faux", SECRET))
        with pytest.raises(AuthRefused):
            await store.connect()
        await store.connect()
        assert len(served.commands(b"AUTHENTICATE")) == 2


async def test_a_server_that_cannot_now_refuses_no_password(authority: Authority, scripted_store: Make) -> None:
    secrets = Passwords(SECRET)
    async with serving(authority, Ordinary({b"AUTHENTICATE": b"TAG NO [UNAVAILABLE] later\r\n"})) as served:
        with pytest.raises(ServerRefused, match="momentanément"):
            await scripted_store(served, secrets).connect()
    assert secrets.forgotten == []


async def test_p20_no_token_has_company(authority: Authority, scripted_store: Make) -> None:
    refusing = Ordinary({b"AUTHENTICATE": b"TAG NO no\r\n"})
    async with serving(authority, refusing, method=AuthMethod.TOKEN) as served:
        with pytest.raises(AuthRefused):
            await scripted_store(served, Passwords("un", "deux")).open("INBOX")
        assert len(served.commands(b"AUTHENTICATE")) == 2
        assert served.commands() == served.commands(b"AUTHENTICATE")


async def test_what_came_with_a_refused_password_is_not_believed(authority: Authority, scripted_store: Make) -> None:
    async def refuse(peer: Peer, tag: bytes, text: bytes) -> None:
        following = [(await peer.command())[0] for _ in range(3)]
        peer.send(tag + b" NO no\r\n* 3 EXISTS\r\n" + b"".join(other + b" OK done\r\n" for other in following))

    async with serving(authority, Ordinary({b"AUTHENTICATE": refuse})) as served:
        with pytest.raises(AuthRefused):
            await scripted_store(served, Passwords(SECRET)).open("INBOX")


async def test_a_stale_token_is_replaced_once(authority: Authority, scripted_store: Make) -> None:
    async def refuse(peer: Peer, tag: bytes, text: bytes) -> None:
        peer.send(b"+ eyJzdGF0dXMiOiI0MDEifQ==\r\n")
        assert await peer.line() == b""
        peer.send(tag + b" NO refused\r\n")

    refusing = Ordinary({b"AUTHENTICATE": refuse})
    async with serving(authority, refusing, Ordinary(), method=AuthMethod.TOKEN) as served:
        secrets = Passwords("vieux", "neuf")
        await scripted_store(served, secrets).connect()
        assert (secrets.asked, served.connections) == (2, 2)
    async with serving(authority, refusing, method=AuthMethod.PSC) as served:
        secrets = Passwords("vieux", "vieux aussi", "encore")
        store = scripted_store(served, secrets)
        with pytest.raises(AuthRefused, match="401"):
            await store.connect()
        assert (secrets.asked, served.connections) == (2, 2)


async def test_a_token_refused_by_closing_the_line_is_refused(authority: Authority, scripted_store: Make) -> None:
    async def drop(peer: Peer, tag: bytes, text: bytes) -> None:
        peer.send(b"+ eyJzdGF0dXMiOiI0MDEifQ==\r\n")
        await peer.writer.drain()
        await peer.line()
        await peer.end()

    async with serving(authority, Ordinary({b"AUTHENTICATE": drop}), method=AuthMethod.TOKEN) as served:
        with pytest.raises(AuthRefused):
            await scripted_store(served, Passwords("jeton")).connect()


@pytest.mark.parametrize(
    ("capabilities", "sent"),
    [
        (b"IMAP4rev1 LOGINDISABLED", b""),
        (b"IMAP4rev1 LOGINDISABLED AUTH=GSSAPI", b""),
        (b"IMAP4rev1 LOGINDISABLED AUTH=PLAIN", b"AUTHENTICATE PLAIN"),
        (b"IMAP4rev1 AUTH=PLAIN SASL-IR", b"AUTHENTICATE PLAIN AGFAYWxwaGEubXNzYW50ZS5mcgBtb3RkZXBhc3Nl"),
        (b"IMAP4rev1", b'LOGIN "a@alpha.mssante.fr" "motdepasse"'),
    ],
)
async def test_the_way_to_authenticate_is_the_one_offered(
    authority: Authority, scripted_store: Make, capabilities: bytes, sent: bytes
) -> None:
    async def challenge(peer: Peer, tag: bytes, text: bytes) -> None:
        if b"SASL-IR" not in capabilities:
            peer.send(b"+ \r\n")
            assert await peer.line() == b"AGFAYWxwaGEubXNzYW50ZS5mcgBtb3RkZXBhc3Nl"
        peer.send(tag + b" OK [CAPABILITY " + FULL + b"] in\r\n")

    async with serving(authority, Ordinary({b"AUTHENTICATE": challenge}, capabilities=capabilities)) as served:
        store = scripted_store(served)
        if sent:
            await store.connect()
            assert served.commands(b"AUTHENTICATE", b"LOGIN") == [sent]
        else:
            with pytest.raises(ServerRefused, match="Aucun secret"):
                await store.connect()
            assert served.commands() == []

"""A password proved over IMAP: by SCRAM where the server has it, and never again by less than it once had."""

from __future__ import annotations

import asyncio
import base64
import json
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from mss_tui.adapters.imap import ImapStore
from mss_tui.adapters.scram import fingerprint
from mss_tui.adapters.tls import context_for
from mss_tui.errors import AuthRefused, HostileServer, ServerRefused
from tests.imap.scripted import FULL, Authority, Ordinary, Serving, serving
from tests.sasl.scram_server import PASSWORD, ScramServer
from tests.support.servers import FixedClock, Passwords

SCRAM = FULL + b" AUTH=SCRAM-SHA-256"
PLUS = SCRAM + b" AUTH=SCRAM-SHA-256-PLUS"


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


class Mailbox:
    """A store on a scripted server, which remembers what it learnt in `state`."""

    def __init__(self, served: Serving, state: Path, mechanism: str = "", password: str = PASSWORD) -> None:
        self.secrets = Passwords(password)
        context = context_for(served.account.ca)
        context.state = state
        account = replace(served.account, auth=replace(served.account.auth, mechanism=mechanism))
        self.store = ImapStore(account, self.secrets, context, FixedClock())

    async def connect(self) -> None:
        try:
            await self.store.connect()
        finally:
            await self.store.close()


@asynccontextmanager
async def offering(authority: Authority, capabilities: bytes, server: ScramServer) -> AsyncIterator[Serving]:
    talk = Ordinary({b"AUTHENTICATE SCRAM": server.imap}, capabilities=capabilities)
    async with serving(authority, talk) as served:
        yield served


async def test_scram_is_preferred_to_plain_and_the_password_is_never_said(authority: Authority, tmp_path: Path) -> None:
    server = ScramServer()
    async with offering(authority, SCRAM, server) as served:
        await Mailbox(served, tmp_path).connect()
        assert [said.split()[1] for said in served.commands(b"AUTHENTICATE")] == [b"SCRAM-SHA-256"]
        said = b"".join(served.heard)
    assert PASSWORD.encode() not in said
    assert base64.b64encode(f"\0a@alpha.mssante.fr\0{PASSWORD}".encode()) not in said
    assert server.headers == [b"y"]


async def test_without_an_initial_response_the_same(authority: Authority, tmp_path: Path) -> None:
    server = ScramServer()

    async def later(peer: object, tag: bytes, text: bytes) -> None:
        peer.send(b"+ \r\n")  # type: ignore[attr-defined]
        await server.imap(peer, tag, text + b" " + await peer.line())  # type: ignore[arg-type,attr-defined]

    capabilities = SCRAM.replace(b"SASL-IR ", b"")
    talk = Ordinary({b"AUTHENTICATE SCRAM": later}, capabilities=capabilities)
    async with serving(authority, talk) as served:
        await Mailbox(served, tmp_path).connect()
    assert len(server.proofs) == 1


async def test_the_proof_is_bound_to_the_certificate_where_the_server_offers_that(
    authority: Authority, tmp_path: Path
) -> None:
    async with serving(authority, Ordinary()) as served:
        where = (served.account.imap.host, served.account.imap.port)
        der = ssl.PEM_cert_to_DER_cert(await asyncio.to_thread(ssl.get_server_certificate, where))
    server = ScramServer(binding=fingerprint(der))
    async with offering(authority, PLUS, server) as served:
        await Mailbox(served, tmp_path).connect()
    assert server.headers == [b"p=tls-server-end-point"]
    assert server.bound == [fingerprint(der)]


async def test_a_server_that_binds_in_another_way_gets_the_same_proof_unbound(
    authority: Authority, tmp_path: Path
) -> None:
    server = ScramServer(binding=None)
    async with offering(authority, PLUS, server) as served:
        mailbox = Mailbox(served, tmp_path)
        await mailbox.connect()
    assert server.headers == [b"p=tls-server-end-point", b"n"]
    assert mailbox.secrets.forgotten == []


async def test_a_wrong_password_is_refused_and_forgotten(authority: Authority, tmp_path: Path) -> None:
    server = ScramServer()
    async with offering(authority, SCRAM, server) as served:
        mailbox = Mailbox(served, tmp_path, password="faux")
        with pytest.raises(AuthRefused, match="refusé l'authentification"):
            await mailbox.connect()
    assert mailbox.secrets.forgotten == ["a"]
    assert len(server.proofs) == 1


@pytest.mark.parametrize(
    "server",
    [
        pytest.param(ScramServer(knows=False), id="a wrong signature"),
        pytest.param(ScramServer(silent=True), id="no signature"),
    ],
)
async def test_a_server_that_does_not_prove_that_it_knows_the_password_is_left(
    authority: Authority, tmp_path: Path, server: ScramServer
) -> None:
    async with offering(authority, SCRAM, server) as served:
        with pytest.raises(HostileServer, match="n'a pas prouvé"):
            await Mailbox(served, tmp_path).connect()
        assert served.commands(b"SELECT", b"LIST", b"ENABLE") == []
    assert not (tmp_path / "scram.json").exists()


@pytest.mark.parametrize("rounds", [1, 700_000])
async def test_a_server_that_asks_for_too_few_or_too_many_rounds_gets_no_proof(
    authority: Authority, tmp_path: Path, rounds: int
) -> None:
    server = ScramServer(rounds=rounds)
    async with offering(authority, SCRAM, server) as served:
        with pytest.raises(HostileServer, match=str(rounds)):
            await Mailbox(served, tmp_path).connect()
    assert server.proofs == []


async def test_a_server_that_had_scram_is_not_told_the_password(authority: Authority, tmp_path: Path) -> None:
    both = (Ordinary({b"AUTHENTICATE SCRAM": ScramServer().imap}, capabilities=SCRAM), Ordinary())
    async with serving(authority, *both) as served:
        await Mailbox(served, tmp_path).connect()
        assert json.loads((tmp_path / "scram.json").read_text()) == [f"127.0.0.1:{served.account.imap.port}"]
        with pytest.raises(ServerRefused, match="ne le demandait pas avant"):
            await Mailbox(served, tmp_path).connect()
        assert len(served.commands(b"AUTHENTICATE", b"LOGIN")) == 1
        await Mailbox(served, tmp_path, "plain").connect()
        assert served.commands(b"AUTHENTICATE PLAIN")


async def test_another_server_may_have_plain_alone(authority: Authority, tmp_path: Path) -> None:
    (tmp_path / "scram.json").write_text('["127.0.0.1:1"]')
    async with serving(authority, Ordinary()) as served:
        await Mailbox(served, tmp_path).connect()
        assert served.commands(b"AUTHENTICATE PLAIN")


@pytest.mark.parametrize("damaged", ["", "{", "3", "\x00"])
async def test_a_damaged_memory_keeps_nobody_out(authority: Authority, tmp_path: Path, damaged: str) -> None:
    (tmp_path / "scram.json").write_text(damaged)
    async with serving(authority, Ordinary()) as served:
        await Mailbox(served, tmp_path).connect()


async def test_the_profile_may_fix_the_mechanism(authority: Authority, tmp_path: Path) -> None:
    server = ScramServer()
    async with offering(authority, SCRAM, server) as served:
        await Mailbox(served, tmp_path, "plain").connect()
        assert served.commands(b"AUTHENTICATE PLAIN")
        assert server.proofs == []
        with pytest.raises(ServerRefused, match="SCRAM-SHA-1"):
            await Mailbox(served, tmp_path, "scram-sha-1").connect()
    async with serving(authority, Ordinary()) as served:
        with pytest.raises(ServerRefused, match="impose"):
            await Mailbox(served, tmp_path, "scram-sha-256").connect()
        assert served.commands(b"AUTHENTICATE", b"LOGIN") == []

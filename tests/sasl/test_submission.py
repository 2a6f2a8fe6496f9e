"""A password proved to a submission server."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from mss_tui.adapters.smtp import SmtpSubmission
from mss_tui.adapters.tls import context_for
from mss_tui.errors import AuthRefused, HostileServer, ServerRefused
from mss_tui.model.people import Security
from tests.sasl.scram_server import PASSWORD, ScramServer, submission
from tests.sending.samples import account
from tests.support.smtp import Authority, FixedSecrets


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


def of(authority: Authority, port: int, state: Path, password: str = PASSWORD, mechanism: str = "") -> SmtpSubmission:
    context = context_for(authority.pem)
    context.state = state
    mine = account(port, security=Security.TLS)
    return SmtpSubmission(replace(mine, auth=replace(mine.auth, mechanism=mechanism)), FixedSecrets(password), context)


async def test_scram_is_preferred_to_plain(authority: Authority, tmp_path: Path) -> None:
    server = ScramServer()
    async with submission(authority, server, b"PLAIN LOGIN SCRAM-SHA-256") as (port, heard):
        await of(authority, port, tmp_path).authenticate()
    assert [said.split()[1] for said in heard if said.startswith(b"AUTH")] == [b"SCRAM-SHA-256"]
    assert len(server.proofs) == 1


async def test_a_server_that_binds_in_another_way_gets_the_same_proof_unbound(
    authority: Authority, tmp_path: Path
) -> None:
    server = ScramServer()
    async with submission(authority, server, b"SCRAM-SHA-256-PLUS SCRAM-SHA-256") as (port, _):
        await of(authority, port, tmp_path).authenticate()
    assert server.headers == [b"p=tls-server-end-point", b"n"]


async def test_a_wrong_password_is_refused(authority: Authority, tmp_path: Path) -> None:
    async with submission(authority, ScramServer(), b"PLAIN SCRAM-SHA-256") as (port, heard):
        with pytest.raises(AuthRefused, match="refusé"):
            await of(authority, port, tmp_path, "faux").authenticate()
        assert len([said for said in heard if said.startswith(b"AUTH")]) == 1


@pytest.mark.parametrize("server", [ScramServer(knows=False), ScramServer(silent=True)], ids=["wrong", "none"])
async def test_a_server_without_the_right_signature_is_left(
    authority: Authority, tmp_path: Path, server: ScramServer
) -> None:
    async with submission(authority, server, b"PLAIN SCRAM-SHA-256") as (port, heard):
        with pytest.raises(HostileServer, match="n'a pas prouvé"):
            await of(authority, port, tmp_path).authenticate()
        assert not [said for said in heard if said.startswith(b"MAIL")]


async def test_a_server_that_had_scram_is_not_told_the_password(authority: Authority, tmp_path: Path) -> None:
    async with submission(authority, ScramServer(), b"PLAIN") as (port, heard):
        (tmp_path / "scram.json").write_text(f'["localhost:{port}"]')
        with pytest.raises(ServerRefused, match="ne le demandait pas avant"):
            await of(authority, port, tmp_path).authenticate()
        assert not [said for said in heard if said.startswith(b"AUTH")]

"""SCRAM with a real Dovecot: IMAP, submission and ManageSieve, each hash, a wrong password."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from mss_tui.adapters.imap import ImapStore
from mss_tui.adapters.sieve import SieveScripts
from mss_tui.adapters.smtp import SmtpSubmission
from mss_tui.adapters.tls import context_for
from mss_tui.errors import AuthRefused
from mss_tui.model.people import Account
from tests.support.dovecot import DOMAIN, PrivateDovecot, need_dovecot
from tests.support.servers import FixedClock, Passwords
from tests.support.smtp import Relay

pytestmark = pytest.mark.real_server
SERVICES = ("imap-login", "submission-login", "managesieve-login")


@pytest.fixture(scope="module", params=["scram-sha-256", "scram-sha-1", "scram-sha-1 scram-sha-256"])
def server(request: pytest.FixtureRequest) -> Iterator[PrivateDovecot]:
    need_dovecot()
    relay = Relay(DOMAIN)
    made = PrivateDovecot(relay=relay.start(), mechanisms=f"plain {request.param}").start()
    yield made
    made.stop()
    relay.stop()


def expected(server: PrivateDovecot) -> str:
    return "SCRAM-SHA-256" if "scram-sha-256" in str(server._settings["mechanisms"]) else "SCRAM-SHA-1"


def of(server: PrivateDovecot, account: Account, state: Path, password: str = "") -> tuple[ImapStore, SmtpSubmission]:
    context = context_for(server.ca)
    context.state = state
    secrets = Passwords(password) if password else Passwords(of=server.password)
    return ImapStore(account, secrets, context, FixedClock()), SmtpSubmission(account, secrets, context)


async def test_reading_and_sending_are_opened_by_the_strongest(server: PrivateDovecot, tmp_path: Path) -> None:
    account = server.new_account()
    store, submission = of(server, account, tmp_path)
    assert (await store.open("INBOX")).total == 0
    await store.close()
    await submission.authenticate()
    assert account.sieve is not None
    await SieveScripts(account, account.sieve, Passwords(of=server.password), submission._context).read()
    said = [line for line in server.log().splitlines() if f"user=<{account.address}>" in line and "Login" in line]
    assert [service for line in said for service in SERVICES if service in line] == list(SERVICES)
    assert all(f"method={expected(server)}," in line for line in said)
    assert len((tmp_path / "scram.json").read_text().split(",")) == len(SERVICES)


async def test_a_wrong_password_is_refused_by_each(server: PrivateDovecot, tmp_path: Path) -> None:
    store, submission = of(server, server.new_account(), tmp_path, "faux")
    with pytest.raises(AuthRefused):
        await store.connect()
    await store.close()
    with pytest.raises(AuthRefused):
        await submission.authenticate()
    account = server.new_account()
    assert account.sieve is not None
    with pytest.raises(AuthRefused):
        await SieveScripts(account, account.sieve, Passwords("faux"), submission._context).read()


async def test_the_profile_may_say_plain(server: PrivateDovecot, tmp_path: Path) -> None:
    account = server.new_account()
    account = replace(account, auth=replace(account.auth, mechanism="plain"))
    store, _ = of(server, account, tmp_path)
    await store.connect()
    await store.close()
    assert f"user=<{account.address}>, method=PLAIN" in server.log()


async def test_a_password_that_the_server_cannot_prove_is_not_told_and_the_way_out_is_said(
    server: PrivateDovecot, tmp_path: Path
) -> None:
    """Kept as a plain hash, as many operators have them."""
    account = server.new_account()
    hashed = base64.b64encode(hashlib.sha256(b"motdepasse").digest()).decode()
    users = server.root / "users"
    lines = [line for line in users.read_text().splitlines() if not line.startswith(f"{account.address}:")]
    users.write_text("\n".join([*lines, f"{account.address}:{{SHA256}}{hashed}::::::", ""]))
    store, submission = of(server, account, tmp_path, "motdepasse")
    for act in (store.connect, submission.authenticate):
        with pytest.raises(AuthRefused) as refusal:
            await act()
        assert "auth.mechanism" in str(refusal.value.remedy)
    await store.close()
    assert f"user=<{account.address}>, method=PLAIN" not in server.log()
    told = replace(account, auth=replace(account.auth, mechanism="plain"))
    store, submission = of(server, told, tmp_path, "motdepasse")
    await store.connect()
    await store.close()
    await submission.authenticate()

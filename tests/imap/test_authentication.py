"""Every way to authenticate, on a real Dovecot: passwords with every character, tokens, certificates."""

from __future__ import annotations

from dataclasses import replace

import pytest

from mss_tui.adapters.imap import ImapStore
from mss_tui.adapters.tls import context_for
from mss_tui.errors import AuthRefused
from mss_tui.model.people import Account, Auth, AuthMethod, Security
from tests.imap.conftest import OpenStore
from tests.imap.counting import counted
from tests.support.dovecot import USERS, PrivateDovecot
from tests.support.servers import FixedClock, Passwords

pytestmark = pytest.mark.real_server


@pytest.mark.parametrize("security", list(Security))
async def test_a_password_with_blank_quote_accent_and_backslash(
    dovecot: PrivateDovecot, open_store: OpenStore, security: Security
) -> None:
    assert {*' "é\\'} <= {*dovecot.password(USERS[0])}
    await open_store(dovecot, dovecot.account(USERS[0], security)).connect()


@pytest.mark.parametrize("security", list(Security))
async def test_a_wrong_password_is_refused_once(
    dovecot: PrivateDovecot, open_store: OpenStore, security: Security
) -> None:
    secrets = Passwords("faux")
    account = dovecot.new_account(security)
    async with counted(account) as line:
        store = open_store(dovecot, line.account, secrets)
        for _ in range(2):
            with pytest.raises(AuthRefused, match="refusé l'authentification"):
                await store.open("INBOX")
        with pytest.raises(AuthRefused):
            await store.connect()
        assert secrets.forgotten == [account.id]
        assert line.connections == 1


@pytest.mark.parametrize("method", [AuthMethod.TOKEN, AuthMethod.PSC])
async def test_a_token(dovecot: PrivateDovecot, open_store: OpenStore, method: AuthMethod) -> None:
    account = dovecot.account(dovecot.new_user(), method=method)
    await open_store(dovecot, account, Passwords(dovecot.token(account.address))).connect()


async def test_a_token_that_is_too_old_is_replaced_by_a_fresh_one(
    dovecot: PrivateDovecot, open_store: OpenStore
) -> None:
    account = dovecot.account(dovecot.new_user(), method=AuthMethod.PSC)
    stale, fresh = dovecot.token(account.address, seconds=-60), dovecot.token(account.address)
    await open_store(dovecot, account, Passwords(stale, fresh)).connect()
    forged = dovecot.token(account.address, key=b"another key")
    with pytest.raises(AuthRefused):
        await open_store(dovecot, account, Passwords(stale, forged)).connect()


def with_certificate(dovecot: PrivateDovecot, account: Account, user: str) -> ImapStore:
    context = context_for(dovecot.ca)
    context.load_cert_chain(*dovecot.certificate(user))
    return ImapStore(account, Passwords("inutile"), context, FixedClock())


async def test_a_certificate(dovecot: PrivateDovecot) -> None:
    account = dovecot.account(dovecot.new_user(), method=AuthMethod.CERTIFICATE)
    store = with_certificate(dovecot, account, account.address)
    assert (await store.open("INBOX")).total == 0
    await store.close()


async def test_a_certificate_opens_no_other_mailbox(dovecot: PrivateDovecot) -> None:
    account = dovecot.account(dovecot.new_user(), method=AuthMethod.CERTIFICATE)
    other = replace(account, auth=Auth(AuthMethod.CERTIFICATE, user=dovecot.new_user()))
    store = with_certificate(dovecot, other, account.address)
    with pytest.raises(AuthRefused):
        await store.connect()
    await store.close()

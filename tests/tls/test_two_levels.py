"""A Dovecot in the form of the API LPS: STARTTLS, tokens, a two-level authority, its lists (ECO.1.0.1, 1.1.5–10)."""

from __future__ import annotations

import pwd
from collections.abc import Iterator
from dataclasses import replace

import pytest

from mss_tui.adapters.imap import ImapStore
from mss_tui.adapters.smtp import SmtpSubmission
from mss_tui.adapters.tls import context_for
from mss_tui.errors import AuthRefused, TlsRefused
from mss_tui.model.people import Account, AuthMethod, Trust
from tests.support.dovecot import DOMAIN, PrivateDovecot, need_dovecot
from tests.support.servers import FixedClock, Passwords
from tests.support.smtp import Relay
from tests.tls.laboratory import Issued, Laboratory

pytestmark = pytest.mark.real_server


class TwoLevels(PrivateDovecot):
    """Its certificate is of the laboratory's intermediate, which it sends along; clients trust the root alone."""

    def __init__(self, laboratory: Laboratory, relay: Relay) -> None:
        super().__init__(mechanisms="xoauth2 external", relay=relay.start())
        self.laboratory = laboratory
        self.shown: Issued

    def _write_files(self, identity: pwd.struct_passwd) -> None:
        super()._write_files(identity)
        self.shown = self.laboratory.intermediate.issue(names=("localhost", self.host))
        (self.root / "tls/server.pem").write_bytes(self.shown.pem + self.laboratory.intermediate.pem)
        (self.root / "tls/server.key").write_bytes(self.shown.key_pem)

    def of(self, trust: Trust) -> tuple[Account, ImapStore, SmtpSubmission]:
        """A mailbox opened by a token, its store and its submission."""
        account = replace(self.account(self.new_user(), method=AuthMethod.PSC), ca=self.laboratory.ca, trust=trust)
        context = context_for(account.ca, trust)
        secrets = Passwords(self.token(account.address))
        return account, ImapStore(account, secrets, context, FixedClock()), SmtpSubmission(account, secrets, context)


@pytest.fixture(scope="module")
def server(laboratory: Laboratory) -> Iterator[TwoLevels]:
    need_dovecot()
    relay = Relay(DOMAIN)
    made = TwoLevels(laboratory, relay)
    made.start()
    yield made
    made.stop()
    relay.stop()


async def test_it_opens_by_starttls_and_token_and_says_what_was_checked(server: TwoLevels) -> None:
    account, store, submission = server.of(Trust(crl=server.laboratory.lists()))
    await store.connect()
    assert store._line.alive is not None
    assert str(store._line.alive.tls).startswith("TLS 1.3 igc-essais · révocation au ")
    await store.close()
    assert await submission.limit() == 25 * 1024 * 1024
    assert f"user=<{account.address}>, method=XOAUTH2" in server.log()


async def test_once_its_certificate_is_revoked_neither_server_hears_the_token(server: TwoLevels) -> None:
    laboratory = server.laboratory
    before, laboratory.revoked = laboratory.revoked, server.shown
    path = laboratory.lists(name="since.pem")
    laboratory.revoked = before
    account, store, submission = server.of(Trust(crl=path))
    with pytest.raises(TlsRefused, match="révoqué"):
        await store.connect()
    with pytest.raises(TlsRefused, match="révoqué"):
        await submission.limit()
    assert account.address not in server.log()


def bad_tokens(server: TwoLevels, address: str) -> dict[str, str]:
    """Tokens that the server must refuse."""
    return {
        "expired": server.token(address, seconds=-60),
        "forged": server.token(address, key=b"other"),
        "of somebody else": server.token(server.new_user()),
        "no token": "x" * 40,
    }


WRONG = ("expired", "forged", "of somebody else", "no token")


@pytest.mark.parametrize("wrong", WRONG)
async def test_a_token_that_is_not_good_is_replaced_by_a_fresh_one(server: TwoLevels, wrong: str) -> None:
    account = replace(server.account(server.new_user(), method=AuthMethod.PSC), ca=server.laboratory.ca)
    tokens = bad_tokens(server, account.address)[wrong], server.token(account.address)
    store = ImapStore(account, Passwords(*tokens), context_for(account.ca), FixedClock())
    await store.connect()
    await store.close()
    await SmtpSubmission(account, Passwords(*tokens), context_for(account.ca)).authenticate()


@pytest.mark.parametrize("wrong", WRONG)
async def test_where_the_fresh_one_is_no_better_nothing_opens(server: TwoLevels, wrong: str) -> None:
    account = replace(server.account(server.new_user(), method=AuthMethod.PSC), ca=server.laboratory.ca)
    tokens = bad_tokens(server, account.address)[wrong], "y" * 40
    store, secrets = ImapStore(account, Passwords(*tokens), context_for(account.ca), FixedClock()), Passwords(*tokens)
    with pytest.raises(AuthRefused):
        await store.connect()
    await store.close()
    with pytest.raises(AuthRefused):
        await SmtpSubmission(account, secrets, context_for(account.ca)).authenticate()
    assert (secrets.asked, len(secrets.forgotten)) == (2, 2)


async def test_a_password_is_never_offered_in_place_of_a_token(server: TwoLevels) -> None:
    account = replace(server.account(server.new_user(), method=AuthMethod.TOKEN), ca=server.laboratory.ca)
    forged = [server.token(account.address, key=b"other"), server.token(account.address, key=b"another")]
    store = ImapStore(account, Passwords(*forged), context_for(account.ca), FixedClock())
    with pytest.raises(AuthRefused):
        await store.connect()
    await store.close()
    assert "method=PLAIN" not in server.log()

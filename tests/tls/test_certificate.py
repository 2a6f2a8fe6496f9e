"""A client certificate, from PEM or PKCS#12, opens the mailbox by IMAP and SMTP, and its key touches no disk."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
    pkcs12,
)

from mss_tui.adapters.certificate import present
from mss_tui.adapters.imap import ImapStore
from mss_tui.adapters.smtp import SmtpSubmission
from mss_tui.adapters.tls import context_for
from mss_tui.errors import AuthRefused, ConfigError
from mss_tui.model.draft import Built
from mss_tui.model.people import Account, Auth, AuthMethod, Endpoint, MailboxType
from mss_tui.model.policy import Policy
from mss_tui.model.sending import SendState
from tests.sending.test_dovecot import Post, post
from tests.support.dovecot import PrivateDovecot
from tests.support.servers import FixedClock, Passwords
from tests.support.smtp import FixedSecrets
from tests.tls.laboratory import DAY, NOW, Laboratory

__all__ = ["post"]
OPENS = b"ouvre toi"


def identity(dovecot: PrivateDovecot, folder: Path, form: str) -> tuple[Account, Path, Path | None]:
    """A mailbox and its certificate, in one of the forms that people get."""
    account = dovecot.account(dovecot.new_user(), method=AuthMethod.CERTIFICATE)
    chain, key = dovecot.certificate(account.address)
    certificate = x509.load_pem_x509_certificate(chain.read_bytes())
    private = load_pem_private_key(key.read_bytes(), None)
    file, apart = folder / "bal.pem", None
    match form:
        case "p12" | "p12 open":
            file = folder / "bal.p12"
            closing = BestAvailableEncryption(OPENS) if form == "p12" else NoEncryption()
            data = pkcs12.serialize_key_and_certificates(b"bal", private, certificate, None, closing)  # type: ignore[arg-type]
            file.write_bytes(data)
        case "pem":
            file.write_bytes(chain.read_bytes() + key.read_bytes())
        case _:
            file.write_bytes(chain.read_bytes())
            apart = folder / "bal.key"
            closing = BestAvailableEncryption(OPENS)
            apart.write_bytes(private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, closing))
    auth = Auth(AuthMethod.CERTIFICATE, certificate=file, key=apart)
    return replace(account, auth=auth), file, apart


@pytest.mark.real_server
@pytest.mark.parametrize(("form", "asked"), [("p12", 1), ("p12 open", 0), ("pem", 0), ("pem and closed key", 1)])
async def test_it_opens_the_mailbox_and_sends(post: Post, tmp_path: Path, form: str, asked: int) -> None:
    account, *_ = identity(post.dovecot, tmp_path, form)
    before = set(tmp_path.iterdir())
    secrets = FixedSecrets(OPENS.decode())
    context = context_for(account.ca)
    await present(context, account, secrets, datetime.now(UTC))
    assert secrets.asked == asked
    assert set(tmp_path.iterdir()) == before
    assert not [link for link in Path("/proc/self/fd").iterdir() if "mss-tui" in str(link.resolve())]
    store = ImapStore(account, Passwords("inutile"), context, FixedClock())
    assert (await store.open("INBOX")).total == 0
    await store.close()
    data = b"From: a@alpha.mssante.fr\r\nSubject: par certificat\r\nMessage-ID: <c@x>\r\n\r\nx\r\n"
    built = Built("<c@x>", "c", account.address, (post.dovecot.new_user(),), data)
    submission = SmtpSubmission(account, Passwords("inutile"), context)
    report = await submission.submit(built, decide=lambda _: never(), watch=lambda _: None, before_data=lambda: None)
    assert report.state is SendState.ACCEPTED
    assert f"user=<{account.address}>, method=EXTERNAL" in post.dovecot.log()


async def never() -> bool:
    raise AssertionError


async def test_a_wrong_password_is_tried_once(laboratory: Laboratory, tmp_path: Path) -> None:
    account = account_with(laboratory, tmp_path, OPENS)
    secrets = FixedSecrets("faux")
    with pytest.raises(AuthRefused, match="n'ouvre pas le certificat"):
        await present(context_for(None), account, secrets, NOW)
    assert (secrets.asked, secrets.forgotten) == (1, ["a"])


def account_with(laboratory: Laboratory, folder: Path, password: bytes = b"", **dates: datetime) -> Account:
    issued = laboratory.intermediate.issue(common_name="bal", **dates)  # type: ignore[arg-type]
    file = folder / "bal.p12"
    closing = BestAvailableEncryption(password) if password else NoEncryption()
    file.write_bytes(
        pkcs12.serialize_key_and_certificates(b"b", issued.key, issued.certificate, None, closing)  # type: ignore[arg-type]
    )
    return with_file(file)


def with_file(file: Path, key: Path | None = None) -> Account:
    here = Endpoint("localhost", 1)
    auth = Auth(AuthMethod.CERTIFICATE, certificate=file, key=key)
    return Account("a", "a@x.mssante.fr", MailboxType.APP, Policy("t", "t"), here, here, auth=auth)


@pytest.mark.parametrize("by", [-2 * DAY, 2 * DAY])
async def test_one_that_is_not_valid_today_says_from_when_to_when(
    laboratory: Laboratory, tmp_path: Path, by: timedelta
) -> None:
    account = account_with(laboratory, tmp_path)
    with pytest.raises(ConfigError, match=f"du {NOW - DAY:%d/%m/%Y} au {NOW + DAY:%d/%m/%Y}"):
        await present(context_for(None), account, FixedSecrets(), NOW + by)


async def test_a_key_that_others_can_read_is_refused(laboratory: Laboratory, tmp_path: Path) -> None:
    account = account_with(laboratory, tmp_path)
    assert account.auth.certificate is not None
    account.auth.certificate.chmod(0o640)
    with pytest.raises(ConfigError, match="D'autres que vous peuvent lire"):
        await present(context_for(None), account, FixedSecrets(), NOW)


@pytest.mark.parametrize("content", [b"", b"rubbish", b"-----BEGIN CERTIFICATE-----\n", os.urandom(300)])
async def test_rubbish_is_said(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "bal.p12"
    file.write_bytes(content)
    with pytest.raises((ConfigError, AuthRefused), match=r"bal\.p12"):
        await present(context_for(None), with_file(file), FixedSecrets(), NOW)


async def test_the_key_of_another_certificate_is_said(laboratory: Laboratory, tmp_path: Path) -> None:
    one, other = laboratory.intermediate.issue(), laboratory.intermediate.issue()
    (tmp_path / "bal.pem").write_bytes(one.pem)
    (tmp_path / "bal.key").write_bytes(other.key_pem)
    with pytest.raises(ConfigError, match="n'est pas celui de sa clé"):
        await present(context_for(None), with_file(tmp_path / "bal.pem", tmp_path / "bal.key"), FixedSecrets(), NOW)

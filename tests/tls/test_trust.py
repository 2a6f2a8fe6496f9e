"""What a profile trusts, and what the status line says of it: anchors, fingerprints, revocation lists."""

from __future__ import annotations

import hashlib
import ssl
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from mss_tui.adapters.smtp import SmtpSubmission
from mss_tui.adapters.tls import context_for, describe
from mss_tui.config.load import Sources, load_profile
from mss_tui.errors import ConfigError, TlsRefused
from mss_tui.model.people import Endpoint, Security, Trust
from tests.support.smtp import FixedSecrets, Scripted
from tests.tls.laboratory import NOW, Laboratory
from tests.tls.test_refused import imap, store_of

GOOD = "good"


def said(context: ssl.SSLContext) -> str:
    return str(describe(context.wrap_bio(ssl.MemoryBIO(), ssl.MemoryBIO(), server_hostname="localhost")))


def fingerprint(laboratory: Laboratory) -> str:
    return hashlib.sha256(laboratory.root.der).hexdigest()


def test_only_the_file_named_is_trusted_and_the_status_line_says_which(laboratory: Laboratory) -> None:
    context = context_for(laboratory.ca)
    assert [dict(pair for (pair,) in ca["subject"]) for ca in context.get_ca_certs()] == [
        {"commonName": "AC RACINE DES ESSAIS"}
    ]
    assert said(context).endswith("igc-essais")
    assert said(context_for(None)).endswith("autorités du système")


def test_an_authority_in_der_is_read_too(laboratory: Laboratory, tmp_path: Path) -> None:
    file = tmp_path / "ACR-EL.cer"
    file.write_bytes(laboratory.root.der)
    assert len(context_for(file).get_ca_certs()) == 1


def test_the_expected_fingerprint_is_said(laboratory: Laboratory) -> None:
    context = context_for(laboratory.ca, Trust(sha256=(fingerprint(laboratory),)))
    assert said(context).endswith("igc-essais (empreinte vérifiée)")


def test_another_authority_in_the_file_is_refused_with_its_fingerprint(laboratory: Laboratory, tmp_path: Path) -> None:
    file = tmp_path / "ca.pem"
    file.write_bytes(laboratory.root.pem + laboratory.other.pem)
    theirs = hashlib.sha256(laboratory.other.der).hexdigest()
    with pytest.raises(ConfigError, match=theirs):
        context_for(file, Trust(sha256=(fingerprint(laboratory),)))


@pytest.mark.parametrize("content", [b"", b"-----BEGIN CERTIFICATE-----\nx\n-----END CERTIFICATE-----\n", b"\x30\x01"])
def test_a_file_without_authority_is_said(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "ca.pem").write_bytes(content)
    with pytest.raises(ConfigError, match="ne peut pas être lu"):
        context_for(tmp_path / "ca.pem")


def test_the_age_of_the_lists_is_said(laboratory: Laboratory) -> None:
    oldest = (NOW - timedelta(days=2)).astimezone()
    assert f"révocation au {oldest:%d/%m}" in said(context_for(laboratory.ca, Trust(crl=laboratory.lists())))


def test_lists_may_be_a_folder_of_der_files(laboratory: Laboratory, tmp_path: Path) -> None:
    for name, authority in (("a.crl", laboratory.root), ("b.crl", laboratory.intermediate)):
        (tmp_path / name).write_bytes(authority.list().public_bytes(Encoding.DER))
    context = context_for(laboratory.ca, Trust(crl=tmp_path))
    assert context.cert_store_stats()["crl"] == 2
    assert "révocation au" in said(context)


WITHOUT = ["absent", "late", "unreadable", "only the root's"]


def lists_of(laboratory: Laboratory, what: str) -> Path:
    match what:
        case "late":
            return laboratory.lists(name="late.pem", late=True)
        case "only the root's":
            return laboratory.lists(name="root.pem", only_root=True)
        case "unreadable":
            path = laboratory.folder / "rubbish.pem"
            path.write_bytes(b"rubbish")
            return path
    return laboratory.folder / "absent.pem"


@pytest.mark.parametrize("what", WITHOUT)
async def test_strict_refuses_a_server_whose_revocation_cannot_be_checked(laboratory: Laboratory, what: str) -> None:
    trust = Trust(crl=lists_of(laboratory, what))
    async with imap(laboratory, GOOD, Security.TLS) as (account, heard):
        with pytest.raises(TlsRefused, match=r"liste de révocation d'une de ses autorités (manque|est périmée)"):
            await store_of(account, trust).connect()
        assert heard == []


@pytest.mark.parametrize("what", WITHOUT)
async def test_not_strict_goes_on_and_says_that_nothing_was_checked(laboratory: Laboratory, what: str) -> None:
    trust = Trust(crl=lists_of(laboratory, what), crl_strict=False)
    async with imap(laboratory, GOOD, Security.STARTTLS) as (account, _):
        store = store_of(account, trust)
        await store.connect()
        assert store._line.alive is not None
        assert "révocation non vérifiée" in str(store._line.alive.tls)
        await store.close()
    async with Scripted(laboratory.server(GOOD)).running() as server:
        account = replace(account, smtp=Endpoint("127.0.0.1", server.port, Security.STARTTLS))
        submission = SmtpSubmission(account, FixedSecrets(), context_for(account.ca, trust))
        assert await submission.limit() == 30_000_000


async def test_not_strict_refuses_what_a_good_list_names(laboratory: Laboratory) -> None:
    trust = Trust(crl=laboratory.lists(), crl_strict=False)
    async with imap(laboratory, "revoked", Security.TLS) as (account, heard):
        with pytest.raises(TlsRefused, match="révoqué"):
            await store_of(account, trust).connect()
        assert heard == []


@pytest.mark.parametrize(
    ("crl", "strict", "online"),
    [
        ("", False, True),
        ('crl = { path = "crl" }', True, False),
        ('crl = { path = "crl", strict = false, online = true }', False, True),
        ("crl = { online = false }", False, False),
        ("crl = { strict = true }", True, True),
    ],
)
def test_without_lists_of_the_site_the_chain_is_asked_and_nobody_is_refused_for_silence(
    tmp_path: Path, crl: str, strict: bool, online: bool
) -> None:
    config = tmp_path / "config.toml"
    config.write_text(
        f'[profiles.a]\nperson = {{ name = "A B" }}\naccounts = ["a"]\n'
        f'[accounts.a]\naddress = "a@b.mssante.fr"\ntype = "PER"\npolicy = "generique"\nca = "ca.pem"\n{crl}\n'
        'imap = { host = "a.example", port = 143 }\nsmtp = { host = "a.example", port = 587 }\n'
    )
    config.chmod(0o600)
    (account,) = load_profile(Sources(config, tmp_path)).accounts
    assert (account.trust.crl_strict, account.trust.online) == (strict, online)

"""Every server that must be refused is, with its own sentence, before anything was said to it (security.md P1)."""

from __future__ import annotations

import re
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from mss_tui.adapters.imap import ImapStore
from mss_tui.adapters.smtp import SmtpSubmission
from mss_tui.adapters.tls import context_for
from mss_tui.errors import TlsRefused
from mss_tui.model.people import Account, Endpoint, Security, Trust
from tests.imap.scripted import Ordinary, Peer, serving
from tests.support.servers import FixedClock, Passwords
from tests.support.smtp import FixedSecrets, Scripted
from tests.tls.laboratory import Laboratory, polite

WRONG = {
    "wrong host": "pas au nom de ce serveur",
    "common name only": "pas au nom de ce serveur",
    "expired": "a expiré",
    "not yet": "pas encore valable",
    "unknown authority": "pas celle que le profil nomme",
    "self-signed": "signé par personne",
    "no intermediate": "n'en envoie pas l'intermédiaire",
    "client certificate": "pas fait pour un serveur",
    "weak key": "clé du certificat est trop faible",
    "revoked": "est révoqué",
}
OLD = {"TLS 1.1": "ne sait pas TLS 1.2", "weak cipher": "aucun chiffrement acceptable"}


@dataclass
class Shown:
    """What a scripted IMAP server is made with."""

    context: ssl.SSLContext
    pem: Path


@asynccontextmanager
async def imap(laboratory: Laboratory, what: str, security: Security) -> AsyncIterator[tuple[Account, list[bytes]]]:
    """An IMAP server of the laboratory: its account, and what it heard."""

    async def talk(peer: Peer) -> None:
        if security is Security.STARTTLS:
            peer.send(b"* OK ready\r\n")
            tag, _ = await peer.command()
            peer.send(tag + b" OK go\r\n")
            await peer.start_tls()
            await Ordinary()(peer)
        else:
            await Ordinary()(peer)

    shown = Shown(laboratory.server(what), laboratory.ca)
    async with serving(shown, talk, security=security) as served:  # type: ignore[arg-type]
        yield served.account, served.heard


IMAP = ((b"* OK ready\r\n", b"STARTTLS"), (b"A1 OK go\r\n", b""))
SMTP = (
    (b"220 ready\r\n", b"EHLO"),
    (b"250-ready\r\n250 STARTTLS\r\n", b"STARTTLS"),
    (b"220 go\r\n", b""),
)


def store_of(account: Account, trust: Trust) -> ImapStore:
    return ImapStore(account, Passwords("motdepasse"), context_for(account.ca, trust), FixedClock())


def test_every_refusal_but_two_has_words_of_its_own() -> None:
    assert len({*WRONG.values(), *OLD.values()}) == len(WRONG | OLD) - 1


@pytest.mark.parametrize("security", list(Security))
@pytest.mark.parametrize("what", WRONG)
async def test_p1_an_imap_server_that_is_wrong_hears_nothing(
    laboratory: Laboratory, what: str, security: Security
) -> None:
    trust = Trust(crl=laboratory.lists()) if what == "revoked" else Trust()
    async with imap(laboratory, what, security) as (account, heard):
        with pytest.raises(TlsRefused, match=re.escape(WRONG[what])) as caught:
            await store_of(account, trust).connect()
        assert "Rien ne lui a été envoyé" in caught.value.render()
        assert heard in ([], [b"A1 STARTTLS\r\n"])


@pytest.mark.parametrize("security", list(Security))
@pytest.mark.parametrize("what", OLD)
async def test_p1_a_server_whose_tls_is_old_is_told_so(laboratory: Laboratory, what: str, security: Security) -> None:
    async with imap(laboratory, "good", Security.TLS) as (account, _):
        pass
    with (
        polite(laboratory.server(what), *(IMAP if security is Security.STARTTLS else ())) as (port, heard),
        pytest.raises(TlsRefused, match=re.escape(OLD[what])),
    ):
        await store_of(replace(account, imap=Endpoint("127.0.0.1", port, security)), Trust()).connect()
    assert heard in ([], [b"A1 STARTTLS\r\n"])
    with polite(laboratory.server(what), *(SMTP if security is Security.STARTTLS else ())) as (port, heard):
        account = replace(account, smtp=Endpoint("127.0.0.1", port, security))
        with pytest.raises(TlsRefused, match=re.escape(OLD[what])):
            await SmtpSubmission(account, FixedSecrets(), context_for(account.ca)).limit()
    assert heard in ([], [b"EHLO [127.0.0.1]\r\n", b"STARTTLS\r\n"])


@pytest.mark.parametrize("implicit", [True, False])
@pytest.mark.parametrize("what", WRONG)
async def test_p1_a_submission_server_that_is_wrong_hears_nothing(
    laboratory: Laboratory, what: str, implicit: bool
) -> None:
    trust = Trust(crl=laboratory.lists()) if what == "revoked" else Trust()
    async with Scripted(laboratory.server(what), implicit=implicit).running() as server:
        async with imap(laboratory, "good", Security.TLS) as (account, _):
            security = Security.TLS if implicit else Security.STARTTLS
            account = replace(account, smtp=Endpoint("127.0.0.1", server.port, security))
        secrets = FixedSecrets()
        with pytest.raises(TlsRefused, match=re.escape(WRONG[what])):
            await SmtpSubmission(account, secrets, context_for(account.ca, trust)).limit()
        assert secrets.asked == 0
        assert b"".join(server.commands) in (b"", b"EHLO [127.0.0.1]\r\nSTARTTLS\r\n")


@pytest.mark.parametrize("security", list(Security))
async def test_the_good_server_of_the_laboratory_is_accepted(laboratory: Laboratory, security: Security) -> None:
    async with imap(laboratory, "good", security) as (account, heard):
        store = store_of(account, Trust(crl=laboratory.lists()))
        await store.connect()
        await store.close()
        assert any(b"AUTHENTICATE" in line for line in heard)

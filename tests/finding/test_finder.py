"""Servers from an address alone, against a local DNS and a local HTTPS server; nothing leaves the trust space."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest

from mss_tui.adapters.clock import SetClock
from mss_tui.adapters.finding import autoconfig
from mss_tui.adapters.finding.finder import Finder, Found, Servers
from mss_tui.adapters.finding.names import in_trust_space, is_public
from mss_tui.adapters.tls import context_for
from mss_tui.errors import HostileServer, NotFound, UsageError
from mss_tui.model.people import AuthMethod, Endpoint, Security
from tests.support.dns_server import DnsServer, Table, serving_dns
from tests.support.https_server import Authority, Handler, HttpsServer, always, answer, drip, flood, head
from tests.support.servers import NOW

ADDRESS = "jean.martin@cabinet.mssante.fr"
AUTOCONFIG = "autoconfig.cabinet.mssante.fr"
HERE = ("127.0.0.1",)
FILE = b"""<?xml version="1.0"?>
<clientConfig version="1.1"><emailProvider id="cabinet.mssante.fr"><domain>cabinet.mssante.fr</domain>
<incomingServer type="pop3"><hostname>pop.mssante.fr</hostname><port>995</port><socketType>SSL</socketType>
</incomingServer>
<incomingServer type="imap"><hostname>clair.mssante.fr</hostname><port>143</port><socketType>plain</socketType>
</incomingServer>
<incomingServer type="imap"><hostname>imap.mssante.fr</hostname><port>143</port><socketType>STARTTLS</socketType>
<authentication>OAuth2</authentication><authentication>password-cleartext</authentication>
<username>%EMAILADDRESS%</username></incomingServer>
<outgoingServer type="smtp"><hostname>smtp.%EMAILDOMAIN%</hostname><port>465</port><socketType>SSL</socketType>
</outgoingServer>
</emailProvider></clientConfig>"""
BY_FILE = Servers(
    Found(Endpoint("imap.mssante.fr", 143), "autoconfig"),
    Found(Endpoint("smtp.cabinet.mssante.fr", 465, Security.TLS), "autoconfig"),
    AuthMethod.PSC,
)
HOSTS: Table = {
    (AUTOCONFIG, "A"): HERE,
    ("imap.mssante.fr", "A"): HERE,
    ("smtp.cabinet.mssante.fr", "A"): HERE,
}
SRV: Table = {
    ("_imap._tcp.cabinet.mssante.fr", "SRV"): (
        "10 1 143 loin.mssante.fr.",
        "0 1 143 peu.mssante.fr.",
        "0 9 143 imap.mssante.fr.",
    ),
    ("_submissions._tcp.cabinet.mssante.fr", "SRV"): ("0 1 465 smtp.cabinet.mssante.fr.",),
    **HOSTS,
}


@dataclass
class Field:
    """A finder among local servers."""

    finder: Finder
    dns: DnsServer
    web: HttpsServer
    told: list[str] = field(default_factory=list)


@asynccontextmanager
async def ground(
    folder: Path, table: Table, handler: Handler = always(answer(FILE)), *, private: bool = True, silent: bool = False
) -> AsyncIterator[Field]:
    authority = Authority(folder)
    async with (
        serving_dns(table, silent=silent) as (names, dns),
        HttpsServer(authority, handler, AUTOCONFIG) as web,
    ):
        told: list[str] = []
        finder = Finder(
            context_for(authority.file),
            SetClock(NOW),
            lambda phrase: told.append(str(phrase)),
            folder / "refused.json",
            names,
            int(web.url.rpartition(":")[2]),
            private,
        )
        yield Field(finder, dns, web, told)


async def test_the_table_knows_what_is_public_and_asks_nobody(tmp_path: Path) -> None:
    async with ground(tmp_path, {}) as on:
        found = await on.finder.find("anne@medecin.formation.mssante.fr")
        assert found.imap == Found(Endpoint("mail-psc.formation.mailiz.mssante.fr", 143), "table")
        assert on.dns.asked == []
        assert on.web.requests == []


async def test_srv_prefers_tls_then_priority_then_weight(tmp_path: Path) -> None:
    async with ground(tmp_path, SRV) as on:
        found = await on.finder.find(ADDRESS)
        assert found.imap == Found(Endpoint("imap.mssante.fr", 143), "srv")
        assert found.smtp == Found(Endpoint("smtp.cabinet.mssante.fr", 465, Security.TLS), "srv")
        assert on.web.requests == []


async def test_the_published_file_is_read_where_dns_says_nothing(tmp_path: Path) -> None:
    async with ground(tmp_path, HOSTS) as on:
        assert await on.finder.find(ADDRESS) == BY_FILE
        (request,) = on.web.requests
        assert request.path == "/mail/config-v1.1.xml"
        assert request.headers["host"].partition(":")[0] == AUTOCONFIG
        assert "jean.martin" not in request.target


async def test_each_server_is_said_with_where_it_came_from(tmp_path: Path) -> None:
    half = {key: value for key, value in SRV.items() if "submissions" not in key[0]}
    async with ground(tmp_path, half) as on:
        found = await on.finder.find(ADDRESS)
        assert found.imap is not None
        assert found.smtp is not None
        assert (found.imap.origin, found.smtp.origin) == ("srv", "autoconfig")


@pytest.mark.parametrize("domain", ["gmail.com", "mssante.fr.attaquant.example", "xmssante.fr", "127.0.0.1"])
async def test_nothing_is_looked_up_outside_the_trust_space(tmp_path: Path, domain: str) -> None:
    async with ground(tmp_path, SRV) as on:
        with pytest.raises(UsageError):
            await on.finder.find(f"a@{domain}")
        assert on.dns.asked == []
        assert on.web.requests == []


@pytest.mark.parametrize("target", ["imap.attaquant.example.", "127.0.0.1.", "localhost."])
async def test_a_server_outside_the_trust_space_is_not_followed(tmp_path: Path, target: str) -> None:
    table: Table = {("_imaps._tcp.cabinet.mssante.fr", "SRV"): (f"0 1 993 {target}",)}
    async with ground(tmp_path, table) as on:
        with pytest.raises(NotFound, match="Aucun serveur trouvé"):
            await on.finder.find(ADDRESS)
        assert any("hors de l'espace de confiance" in said for said in on.told)


@pytest.mark.parametrize("table", [SRV, HOSTS])
async def test_a_private_address_is_followed_only_where_it_is_asked_for(tmp_path: Path, table: Table) -> None:
    async with ground(tmp_path, table, private=False) as on:
        with pytest.raises(NotFound):
            await on.finder.find(ADDRESS)
        assert any("adresse privée" in said for said in on.told)
        assert on.web.requests == []


async def test_a_service_that_is_not_offered_is_none(tmp_path: Path) -> None:
    async with ground(tmp_path, {("_imaps._tcp.x.mssante.fr", "SRV"): ("0 0 0 .",)}) as on:
        assert await on.finder.names.endpoint("imap", "x.mssante.fr") is None


async def test_what_was_not_found_is_not_asked_for_again_for_a_while(tmp_path: Path) -> None:
    async with ground(tmp_path, {}) as on:
        clock = on.finder.clock
        assert isinstance(clock, SetClock)
        with pytest.raises(NotFound):
            await on.finder.find(ADDRESS)
        asked = len(on.dns.asked)
        clock.advance(timedelta(minutes=14))
        with pytest.raises(NotFound, match="moins d'un quart d'heure"):
            await on.finder.find(ADDRESS)
        assert len(on.dns.asked) == asked
        clock.advance(timedelta(minutes=2))
        on.dns.table.update(SRV)
        assert (await on.finder.find(ADDRESS)).imap is not None


@pytest.mark.parametrize(
    "handler",
    [
        always(head(302, length=0, Location="https://imap.mssante.fr/")),
        always(answer(b"", 404)),
        always(answer(b"<html>")),
        always(answer(b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><clientConfig>&x;</clientConfig>')),
        always(answer(FILE.replace(b"STARTTLS", b"plain").replace(b"SSL", b"plain"))),
        always(answer(FILE.replace(b">143<", b">0<"))),
        always(answer(FILE.replace(b"imap.mssante.fr", b"imap.attaquant.example"))),
        flood,
    ],
)
async def test_a_file_that_is_wrong_leads_nowhere(tmp_path: Path, handler: Handler) -> None:
    async with ground(tmp_path, HOSTS, handler) as on:
        with pytest.raises(NotFound, match="Aucun serveur trouvé"):
            await on.finder.find(ADDRESS)


async def test_a_file_that_drips_is_not_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(autoconfig, "SECONDS", 0.2)
    async with ground(tmp_path, HOSTS, drip) as on:
        with pytest.raises(NotFound):
            await on.finder.find(ADDRESS)
        assert any("ne répond pas" in said for said in on.told)


async def test_a_certificate_of_another_name_is_refused(tmp_path: Path) -> None:
    table: Table = {("autoconfig.autre.mssante.fr", "A"): HERE}
    async with ground(tmp_path, table) as on:
        with pytest.raises(NotFound):
            await on.finder.find("a@autre.mssante.fr")
        assert any("pas au nom de ce serveur" in said for said in on.told)
        assert on.web.requests == []


async def test_a_dns_that_is_silent_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mss_tui.adapters.finding.names.SECONDS", 0.2)
    async with ground(tmp_path, {}, silent=True) as on:
        with pytest.raises(NotFound):
            await on.finder.find(ADDRESS)
        assert any("DNS ne répond pas" in said for said in on.told)


def test_the_local_part_alone_may_be_the_user() -> None:
    found = autoconfig.read(FILE.replace(b"%EMAILADDRESS%", b"%EMAILLOCALPART%"), ADDRESS)
    assert found["imap"].user == "jean.martin"


@pytest.mark.parametrize("data", [b"", b"\0" * 100, b"<a>" * 2000, b"<clientConfig/>"])
def test_rubbish_is_no_server(data: bytes) -> None:
    with suppress(HostileServer):
        assert autoconfig.read(data, ADDRESS) == {}


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("8.8.8.8", True), ("10.0.0.1", False), ("127.0.0.1", False), ("169.254.1.1", False), ("100.64.0.1", False),
        ("224.0.0.1", False), ("::1", False), ("fe80::1%eth0", False), ("::ffff:10.0.0.1", False),
        ("2001:4860:4860::8888", True), ("fd00::1", False), ("0.0.0.0", False),
    ],
)  # fmt: skip
def test_addresses_that_everyone_can_reach(address: str, public: bool) -> None:
    assert is_public(address) is public


def test_the_trust_space_by_name() -> None:
    assert in_trust_space("a.MSSante.fr.")
    assert not in_trust_space("mssante.fr.evil")
    assert not in_trust_space("[127.0.0.1]")

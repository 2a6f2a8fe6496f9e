"""Revocation asked of whom the certificate names: good, revoked, and every answer that must not be believed."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.ocsp import OCSPCertStatus
from cryptography.x509.oid import ExtendedKeyUsageOID

from mss_tui.adapters import tls_online
from mss_tui.adapters.imap import ImapStore
from mss_tui.adapters.probe import tls_of_imap
from mss_tui.adapters.sieve import SieveScripts
from mss_tui.adapters.smtp import SmtpSubmission
from mss_tui.adapters.tls import Anchored, context_for, describe
from mss_tui.adapters.tls_online import Online
from mss_tui.errors import MssError, TlsRefused
from mss_tui.model.people import Endpoint, Security, Trust
from tests.imap.scripted import Ordinary, Serving, serving
from tests.support.servers import FixedClock, Passwords
from tests.tls.laboratory import DAY, NOW, Issuer, polite
from tests.tls.registry import Registry, World, handshake, ok, registry, responder, says

HOSTS = ("localhost",)
REDIRECT = b"HTTP/1.1 302 X\r\nLocation: http://localhost/\r\nContent-Length: 0\r\n\r\n"


@pytest.fixture
async def office() -> AsyncIterator[Registry]:
    async with registry() as made:
        yield made


def asking(world: World, state: Path | None, *, strict: bool = True, now: datetime = NOW) -> Anchored:
    """A context that asks, at the moment `now`."""
    context = context_for(world.ca, state=state)
    folder = state / "revocation" if state is not None else None
    context.online = Online(folder, strict=strict, hosts=HOSTS, clock=lambda: now)
    return context


async def settle(world: World, context: Anchored) -> str:
    """Check once; what the status line says."""
    assert context.online is not None
    async with handshake(world, context) as inside:
        await context.online.settle(inside)
        return str(describe(inside))


async def test_an_answer_is_asked_once_and_holds_until_its_end(office: Registry, tmp_path: Path) -> None:
    world = World.with_responder(office, tmp_path)
    world.answer(until=NOW + DAY / 2)
    said = await settle(world, asking(world, tmp_path))
    assert said == f"TLS 1.3 igc-essais · révocation au {NOW - DAY:%d/%m}"
    assert office.asked == ["/ocsp", "/root.crl"]
    await settle(world, asking(world, tmp_path))
    assert len(office.asked) == 2
    assert {path.stat().st_mode & 0o777 for path in (tmp_path / "revocation").iterdir()} == {0o600}


async def test_after_its_end_it_is_asked_again(office: Registry, tmp_path: Path) -> None:
    world = World.with_responder(office, tmp_path)
    world.answer(until=NOW + DAY / 2)
    await settle(world, asking(world, tmp_path))
    world.answer(since=NOW, until=NOW + 3 * DAY)
    await settle(world, asking(world, tmp_path, now=NOW + 0.6 * DAY))
    assert office.asked == ["/ocsp", "/root.crl", "/ocsp"]  # the list of the root still holds


@pytest.mark.parametrize("strict", [True, False])
async def test_a_revoked_certificate_is_refused_and_stays_refused_without_asking(
    office: Registry, tmp_path: Path, strict: bool
) -> None:
    world = World.with_responder(office, tmp_path)
    world.answer(status=OCSPCertStatus.REVOKED)
    for _ in range(2):
        with pytest.raises(TlsRefused, match="révoqué"):
            await settle(world, asking(world, tmp_path, strict=strict))
    assert office.asked == ["/ocsp"]


@pytest.mark.parametrize("strict", [True, False])
async def test_who_was_revoked_stays_so_until_a_better_answer(office: Registry, tmp_path: Path, strict: bool) -> None:
    world = World.with_responder(office, tmp_path)
    world.answer(status=OCSPCertStatus.REVOKED, until=NOW + DAY / 2)
    with pytest.raises(TlsRefused, match="révoqué"):
        await settle(world, asking(world, tmp_path, strict=strict))
    later = NOW + 0.6 * DAY
    office.replies["/ocsp"] = b"HTTP/1.1 503 X\r\nContent-Length: 0\r\n\r\n"
    async with store_of(world, asking(world, tmp_path, strict=strict, now=later)) as (store, served):
        with pytest.raises(TlsRefused, match="révoqué"):
            await store.connect()
        assert served.heard == []
    world.answer(since=NOW + DAY / 2, until=NOW + DAY)  # it was on hold
    assert "révocation au" in await settle(world, asking(world, tmp_path, strict=strict, now=later))


async def test_a_profile_that_is_not_strict_says_what_it_could_not_learn_on_every_line(
    office: Registry, tmp_path: Path
) -> None:
    world = World.with_responder(office, tmp_path)
    context = asking(world, tmp_path, strict=False)
    assert context.online is not None
    for _ in range(2):
        async with handshake(world, context) as inside:
            await context.online.begin(inside, lambda error: None)
            await context.online.asked()
            assert str(describe(inside)).endswith("· révocation non vérifiée")


async def test_an_authority_that_its_root_revoked_is_refused(office: Registry, tmp_path: Path) -> None:
    world = World.with_responder(office, tmp_path)
    world.answer()
    of_root = replace(world.issued, certificate=world.authority.certificate)
    office.replies["/root.crl"] = ok(world.root.list(of_root).public_bytes(Encoding.DER))
    with pytest.raises(TlsRefused, match="révoqué"):
        await settle(world, asking(world, tmp_path))


async def test_somebody_whom_the_authority_lets_answer_is_believed(office: Registry, tmp_path: Path) -> None:
    world = World.with_responder(office, tmp_path)
    world.answer(delegate=world.delegate())
    assert "révocation au" in await settle(world, asking(world, tmp_path))


def forged(world: World) -> bytes:
    return says(world.issued, signer=Issuer.root("AC DES ESSAIS"))


def of_another(world: World) -> bytes:
    return says(world.authority.issue())


UNUSABLE = {
    "unknown": (lambda world: ok(says(world.issued, status=OCSPCertStatus.UNKNOWN)), "ne connaît pas"),
    "expired": (lambda world: ok(says(world.issued, since=NOW - 3 * DAY, until=NOW - DAY)), "périmée"),
    "of tomorrow": (lambda world: ok(says(world.issued, since=NOW + DAY, until=NOW + 2 * DAY)), "pas encore valable"),
    "old and without an end": (lambda world: ok(says(world.issued, since=NOW - 2 * DAY, until=None)), "périmée"),
    "forged": (lambda world: ok(forged(world)), "n'est pas signée"),
    "signed by the server itself": (lambda world: ok(says(world.issued, signer=world.issued)), "n'est pas signée"),
    "by a delegate without the right": (
        lambda world: ok(says(world.issued, delegate=world.delegate(ExtendedKeyUsageOID.SERVER_AUTH))),
        "n'est pas signée",
    ),
    "of another certificate": (lambda world: ok(of_another(world)), "ne connaît pas"),
    "garbage": (lambda world: ok(b"0\x82"), "illisible"),
    "empty": (lambda world: ok(b""), "illisible"),
    "refused": (lambda world: ok(b"0\x03\n\x01\x06"), "refuse de répondre"),
    "too big": (lambda world: ok(bytes(tls_online.MAX_ANSWER + 1)), "ne répond pas comme"),
    "a redirect": (lambda world: REDIRECT, "ne répond pas comme"),
    "not there": (lambda world: b"HTTP/1.1 404 X\r\nContent-Length: 0\r\n\r\n", "ne répond pas comme"),
    "slow": (lambda world: None, "ne répond pas"),
}


@pytest.mark.parametrize("name", UNUSABLE)
async def test_an_answer_that_cannot_be_believed_refuses_the_strict_and_is_said_to_the_others(
    office: Registry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setattr(tls_online, "SECONDS", 0.3 if name == "slow" else 30.0)
    make, why = UNUSABLE[name]
    world = World.with_responder(office, tmp_path)
    office.replies["/ocsp"] = make(world)
    with pytest.raises(TlsRefused, match="n'a pu être vérifiée") as refusal:
        await settle(world, asking(world, tmp_path))
    assert why in refusal.value.detail
    context = asking(world, tmp_path, strict=False)
    for _ in range(2):
        assert (await settle(world, context)).endswith("· révocation non vérifiée")
    assert office.asked.count("/ocsp") == 2  # the one that is not strict does not ask twice in a quarter of an hour


async def test_a_list_is_fetched_kept_with_its_age_and_used_while_nobody_answers(
    office: Registry, tmp_path: Path
) -> None:
    world = World.with_list(office, tmp_path)
    office.replies["/own.crl"] = ok(world.authority.list(start=NOW - 2 * DAY).public_bytes(Encoding.PEM))
    assert f"révocation au {NOW - 2 * DAY:%d/%m}" in await settle(world, asking(world, tmp_path))
    office.replies.clear()
    for verdict in (tmp_path / "revocation").glob("*.json"):
        verdict.unlink()
    assert f"révocation au {NOW - 2 * DAY:%d/%m}" in await settle(world, asking(world, tmp_path))
    assert office.asked == ["/own.crl", "/root.crl"]
    with pytest.raises(TlsRefused, match="n'a pu être vérifiée"):
        await settle(world, asking(world, tmp_path, now=NOW + 2 * DAY))


async def test_a_list_of_before_speaks_for_another_certificate_of_its_authority(
    office: Registry, tmp_path: Path
) -> None:
    world = World.with_list(office, tmp_path)
    other = world.authority.issue(also=tuple(e.value for e in world.issued.certificate.extensions)[-2:-1])
    office.replies["/own.crl"] = ok(world.authority.list(other).public_bytes(Encoding.DER))
    await settle(world, asking(world, tmp_path))
    asked = len(office.asked)
    with pytest.raises(TlsRefused, match="révoqué"):
        await settle(
            replace(world, server=other.context(tmp_path, world.authority)),
            asking(world, tmp_path),
        )
    assert len(office.asked) == asked


LISTS = {
    "revoked": (lambda world: world.authority.list(world.issued), "révoqué"),
    "expired": (lambda world: world.authority.list(start=NOW - 3 * DAY, end=NOW - DAY), "n'a pu être vérifiée"),
    "of tomorrow": (lambda world: world.authority.list(start=NOW + DAY, end=NOW + 2 * DAY), "n'a pu être vérifiée"),
    "forged": (lambda world: Issuer.root("AC DES ESSAIS").list(), "n'a pu être vérifiée"),
    "of another authority": (lambda world: world.root.list(), "n'a pu être vérifiée"),
}


@pytest.mark.parametrize("name", LISTS)
async def test_a_list_that_revokes_or_cannot_be_believed(office: Registry, tmp_path: Path, name: str) -> None:
    make, why = LISTS[name]
    world = World.with_list(office, tmp_path)
    office.replies["/own.crl"] = ok(make(world).public_bytes(Encoding.DER))
    with pytest.raises(TlsRefused, match=why):
        await settle(world, asking(world, tmp_path))


async def test_a_list_that_is_too_big_or_no_list(
    office: Registry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tls_online, "MAX_LIST", 2_000)
    world = World.with_list(office, tmp_path)
    for body in (bytes(2_001), b"-----BEGIN X509 CRL-----\n", b""):
        office.replies["/own.crl"] = ok(body)
        with pytest.raises(TlsRefused, match="n'a pu être vérifiée"):
            await settle(world, asking(world, tmp_path))
    assert not list((tmp_path / "revocation").glob("*.json"))


async def test_a_private_address_is_not_asked_unless_the_profile_names_it(office: Registry, tmp_path: Path) -> None:
    world = World.with_responder(office, tmp_path)
    world.answer()
    context = context_for(world.ca, Trust(online=True, crl_strict=True), state=tmp_path)
    with pytest.raises(TlsRefused) as refusal:
        await settle(world, context)
    assert "adresse privée" in refusal.value.detail
    assert office.asked == []
    named = context_for(world.ca, Trust(online=True, crl_strict=True, online_hosts=HOSTS), state=tmp_path)
    assert "révocation au" in await settle(world, named)


async def test_an_address_in_place_of_a_name_is_not_asked(office: Registry, tmp_path: Path) -> None:
    world = World.make(office, tmp_path, responder(f"http://127.0.0.1:{office.port}/ocsp"))
    world.answer()
    with pytest.raises(TlsRefused) as refusal:
        await settle(world, asking(world, tmp_path))
    assert "une adresse et non un nom" in refusal.value.detail
    assert office.asked == []


@pytest.mark.parametrize(
    "damaged",
    [
        b"",
        b"[]",
        b"{}",
        b'{"until": "9999-01-01T00:00:00", "as_of": "2026-01-01T00:00:00", "revoked": false}',
        b'{"until": "hier", "as_of": 3, "revoked": false}',
        bytes(2000),
    ],
)
async def test_a_damaged_memory_is_asked_again(office: Registry, tmp_path: Path, damaged: bytes) -> None:
    world = World.with_responder(office, tmp_path)
    world.answer()
    await settle(world, asking(world, tmp_path))
    (verdict,) = (tmp_path / "revocation").glob("*.json")
    assert json.loads(verdict.read_bytes())["revoked"] is False
    verdict.write_bytes(damaged)
    await settle(world, asking(world, tmp_path))
    assert office.asked.count("/ocsp") == 2


async def test_a_certificate_that_names_nobody_is_refused_by_the_strict_alone(office: Registry, tmp_path: Path) -> None:
    world = World.make(office, tmp_path)
    world = replace(world, ca=tmp_path / "authority.pem")
    alone = Issuer.root("AC SEULE")
    world.ca.write_bytes(alone.pem)
    world = replace(world, server=alone.issue().context(tmp_path))
    assert await settle(world, asking(world, tmp_path, strict=False)) == "TLS 1.3 authority"
    with pytest.raises(TlsRefused, match="n'a pu être vérifiée"):
        await settle(world, asking(world, tmp_path))
    assert office.asked == []


# the mail servers


@dataclass
class Shown:
    """What the scripted servers show: a stand-in for their authority."""

    pem: Path
    context: object


@asynccontextmanager
async def store_of(world: World, context: Anchored) -> AsyncIterator[tuple[ImapStore, Serving]]:
    """A store on a scripted server of `world`."""
    async with serving(Shown(world.ca, world.server), Ordinary()) as served:  # type: ignore[arg-type]
        account = replace(served.account, imap=replace(served.account.imap, host="localhost"))
        store = ImapStore(account, Passwords("motdepasse"), context, FixedClock())
        try:
            yield store, served
        finally:
            await store.close()


async def test_a_strict_profile_tells_a_revoked_server_nothing(office: Registry, tmp_path: Path) -> None:
    world = World.with_responder(office, tmp_path)
    world.answer(status=OCSPCertStatus.REVOKED)
    async with store_of(world, asking(world, tmp_path)) as (store, served):
        with pytest.raises(TlsRefused, match="révoqué"):
            await store.connect()
        assert served.heard == []


async def test_a_profile_that_is_not_strict_waits_for_nobody_and_is_cut_off_when_the_answer_comes(
    office: Registry, tmp_path: Path
) -> None:
    world = World.with_responder(office, tmp_path)
    world.answer(status=OCSPCertStatus.REVOKED)
    context = asking(world, tmp_path, strict=False)
    async with store_of(world, context) as (store, served):
        await store.connect()
        session = store._line.alive
        assert session is not None
        assert str(session.tls).endswith("révocation demandée")
        error: MssError = await session.ended()
        assert isinstance(error, TlsRefused)
        heard = len(served.heard)
        with pytest.raises(TlsRefused, match="révoqué"):
            await store.connect()
        assert len(served.heard) == heard
    assert office.asked == ["/ocsp"]


async def test_what_is_known_costs_no_question_before_the_rows(office: Registry, tmp_path: Path) -> None:
    world = World.with_responder(office, tmp_path)
    world.answer()
    await settle(world, asking(world, tmp_path))
    asked = len(office.asked)
    async with store_of(world, asking(world, tmp_path, strict=False)) as (store, _):
        await store.open("INBOX")
        assert store._line.alive is not None
        assert "révocation au" in str(store._line.alive.tls)
    assert len(office.asked) == asked


async def test_the_screen_hears_of_an_answer_that_comes_later(office: Registry, tmp_path: Path) -> None:
    world = World.with_responder(office, tmp_path)
    world.answer()
    async with store_of(world, asking(world, tmp_path, strict=False)) as (store, _):
        told = []
        async for event in store.events():
            told.append(str(getattr(event, "tls", "")))
            if "révocation au" in told[-1]:
                break
    assert any(tls.endswith("révocation demandée") for tls in told)


@pytest.mark.parametrize("what", ["submission", "sieve"])
async def test_the_other_servers_are_asked_about_too(office: Registry, tmp_path: Path, what: str) -> None:
    world = World.with_responder(office, tmp_path)
    world.answer(status=OCSPCertStatus.REVOKED)
    turns = {
        "submission": (
            (b"220 ready\r\n", b"EHLO"),
            (b"250-ready\r\n250 STARTTLS\r\n", b"STARTTLS"),
            (b"220 go\r\n", b""),
        ),
        "sieve": ((b'"STARTTLS"\r\nOK "ready"\r\n', b"STARTTLS"), (b"OK\r\n", b"")),
    }[what]
    async with serving(Shown(world.ca, world.server), Ordinary()) as served:  # type: ignore[arg-type]
        account = served.account
    with polite(world.server, *turns) as (port, heard):
        here = Endpoint("localhost", port, Security.STARTTLS)
        context, secrets = asking(world, tmp_path), Passwords("motdepasse")
        scripts = SieveScripts(account, here, secrets, context)
        submission = SmtpSubmission(replace(account, smtp=here), secrets, context)
        with pytest.raises(TlsRefused, match="révoqué"):
            await (scripts.read() if what == "sieve" else submission.authenticate())
    assert not any(b"AUTH" in said for said in heard)


async def test_doctor_waits_for_the_answer_and_names_the_chain(office: Registry, tmp_path: Path) -> None:
    world = World.with_responder(office, tmp_path)
    world.answer()
    context = asking(world, tmp_path, strict=False)
    assert context.online is not None
    context.online.patient = True
    async with serving(Shown(world.ca, world.server), Ordinary()) as served:  # type: ignore[arg-type]
        account = replace(served.account, imap=replace(served.account.imap, host="localhost"))
        seen = await tls_of_imap(account, context)
    assert str(seen.said).endswith(f"· révocation au {NOW - DAY:%d/%m}")
    assert seen.chain == ("localhost", "AC DES ESSAIS", "AC RACINE DES ESSAIS")

"""Pro Santé Connect through a relay over real HTTPS, with time moved: confirmed, declined, late, renewed, ended."""

from __future__ import annotations

import re
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest
import trustme

from mss_tui.adapters.clock import SetClock
from mss_tui.adapters.imap import ImapStore
from mss_tui.adapters.psc.relay import Relay
from mss_tui.adapters.psc.session import PscSession
from mss_tui.adapters.secrets import SecretChain
from mss_tui.adapters.smtp import SmtpSubmission
from mss_tui.adapters.tls import context_for
from mss_tui.cli.narration import Narration
from mss_tui.cli.psc import confirm
from mss_tui.demo.psc import FakePsc
from mss_tui.errors import AuthRefused, CannotConnect, HostileServer, ServerRefused, TlsRefused
from mss_tui.model.draft import Built
from mss_tui.model.people import AuthMethod, Endpoint, Security
from mss_tui.phrase import say
from mss_tui.ports.psc import Channel
from tests.support.dovecot import PrivateDovecot
from tests.support.https_server import Authority, HttpsServer, always, answer, head
from tests.support.servers import NOW, FixedClock
from tests.support.smtp import Scripted
from tests.tls.conftest import laboratory
from tests.tls.laboratory import Laboratory
from tests.tls.test_refused import imap

__all__ = ["laboratory"]

IDENTITY = "810001234567"


@dataclass
class Bench:
    """A session at a fake relay, and the clock of both; sleeping moves it."""

    psc: FakePsc
    session: PscSession
    clock: SetClock
    waited: list[float]

    async def confirmed(self, channel: Channel = Channel.MOBILE) -> None:
        await self.session.wait(await self.session.begin(channel))

    def pass_by(self, **time: float) -> None:
        self.clock.advance(timedelta(**time))

    @property
    def paths(self) -> list[str]:
        return [path for path, _ in self.psc.calls]


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncIterator[Bench]:
    async with running(tmp_path) as made:
        yield made


@asynccontextmanager
async def running(folder: Path) -> AsyncIterator[Bench]:
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(folder / "relay.pem"))
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(tls)
    clock = SetClock(NOW)
    psc = FakePsc(frozenset({IDENTITY}), clock.now)
    door, url = await psc.open(tls)
    waited: list[float] = []

    async def sleep(seconds: float) -> None:
        waited.append(seconds)
        clock.advance(timedelta(seconds=seconds))

    session = PscSession(Relay(url, lambda: trusting(folder / "relay.pem")), IDENTITY, clock, sleep=sleep)
    yield Bench(psc, session, clock, waited)
    await session.close()
    await door.shut()


async def trusting(ca: Path) -> ssl.SSLContext:
    return context_for(ca)


@pytest.mark.parametrize("channel", list(Channel))
async def test_the_number_shown_is_the_one_on_the_phone_and_the_session_opens(bench: Bench, channel: Channel) -> None:
    attempt = await bench.session.begin(channel)
    assert re.fullmatch("[0-9]{2}", attempt.number)
    (asked,) = bench.psc.asked.values()
    assert (asked.number, asked.channel, asked.identity) == (attempt.number, channel.value, IDENTITY)
    assert attempt.until == NOW + timedelta(seconds=120)
    await bench.session.wait(attempt)
    assert bench.waited == [1, 1, 1]
    assert bench.session.ends_at == bench.clock.now() + timedelta(minutes=30)
    assert bench.psc.takes((await bench.session.token()).reveal())


async def test_slow_down_is_obeyed(bench: Bench) -> None:
    said = iter(["slow_down", "authorization_pending", "slow_down", ""])
    bench.psc.decide = lambda _: next(said)
    await bench.confirmed()
    assert bench.waited == [1, 6, 6, 11]


@pytest.mark.parametrize(
    ("error", "words"), [("access_denied", "refusée sur l'appareil"), ("expired_token", "pas été confirmée à temps")]
)
async def test_declined_or_late_is_said_and_can_be_tried_again(bench: Bench, error: str, words: str) -> None:
    bench.psc.decide = lambda _: error
    with pytest.raises(AuthRefused, match=words):
        await bench.confirmed()
    assert bench.session.ends_at is None
    bench.psc.decide = lambda _: ""
    await bench.confirmed()
    assert bench.session.ends_at is not None


async def test_nobody_confirms_and_the_waiting_ends_by_itself(bench: Bench) -> None:
    bench.psc.decide = lambda _: "authorization_pending"
    with pytest.raises(AuthRefused, match="pas été confirmée à temps"):
        await bench.confirmed()
    assert sum(bench.waited) == 120


async def test_somebody_else_who_confirms_opens_nothing(bench: Bench) -> None:
    bench.psc.confirmed_by = "810009999999"
    with pytest.raises(AuthRefused, match="quelqu'un d'autre"):
        await bench.confirmed()
    with pytest.raises(AuthRefused):
        await bench.session.token()


async def test_a_token_is_renewed_before_its_end_and_without_a_word(bench: Bench) -> None:
    await bench.confirmed()
    first = (await bench.session.token()).reveal()
    bench.pass_by(seconds=89)
    assert (await bench.session.token()).reveal() == first
    bench.pass_by(seconds=1)
    second = (await bench.session.token()).reveal()
    assert second != first
    assert bench.psc.takes(second)
    assert bench.paths.count("/connect") == 1


async def test_only_what_a_person_does_prolongs_the_session(bench: Bench) -> None:
    await bench.confirmed()
    for _ in range(14):
        bench.pass_by(minutes=2)
        await bench.session.token()
    kept = [body["keepAlive"] for path, body in bench.psc.calls if path == "/renew"]
    assert kept == [True, True] + [False] * 12
    bench.session.touch()
    bench.pass_by(minutes=1.6)
    await bench.session.token()
    assert bench.session.ends_at == bench.clock.now() + timedelta(minutes=30)


async def test_a_session_that_ended_is_asked_for_once_and_a_no_is_respected(bench: Bench) -> None:
    asked = 0

    async def ask() -> None:
        nonlocal asked
        asked += 1
        raise AuthRefused(say("renoncé"))

    await bench.confirmed()
    bench.session.ask_with(ask)
    bench.pass_by(minutes=31)
    for _ in range(3):
        with pytest.raises(AuthRefused):
            await bench.session.token()
    assert asked == 1
    bench.psc.decide = lambda _: ""
    await bench.confirmed()
    assert (await bench.session.token()).reveal()


async def test_a_session_that_ended_is_opened_again_by_who_is_there(bench: Bench) -> None:
    bench.session.ask_with(bench.confirmed)
    assert (await bench.session.token()).reveal()
    bench.pass_by(minutes=31)
    assert bench.psc.takes((await bench.session.token()).reveal())
    assert bench.paths.count("/connect") == 2


async def test_a_relay_that_is_away_for_a_moment_costs_nothing(bench: Bench, tmp_path: Path) -> None:
    await bench.confirmed()
    token = (await bench.session.token()).reveal()
    url, bench.session._relay._url = bench.session._relay._url, "https://127.0.0.1:9"
    bench.pass_by(seconds=100)
    assert (await bench.session.token()).reveal() == token
    bench.pass_by(seconds=30)
    with pytest.raises(CannotConnect):
        await bench.session.token()
    bench.session._relay._url = url
    assert bench.psc.takes((await bench.session.token()).reveal())


async def test_an_unknown_professional_is_said(bench: Bench) -> None:
    bench.psc.identities = frozenset()
    with pytest.raises(AuthRefused, match="ne connaît pas l'identifiant"):
        await bench.session.begin(Channel.MOBILE)


async def test_leaving_ends_the_session_at_the_relay(bench: Bench) -> None:
    await bench.confirmed()
    assert bench.psc.sessions
    await bench.session.close()
    assert not bench.psc.sessions
    assert bench.session.ends_at is None


async def test_nothing_secret_shows(bench: Bench) -> None:
    attempt = await bench.session.begin(Channel.MOBILE)
    (handle,) = bench.psc.asked
    assert handle not in repr(attempt)


@pytest.mark.parametrize(
    "said",
    [
        head(302, length=0, Location="https://ailleurs.example/"),
        answer(b"<html>"),
        answer([1]),
        answer(b"{" + b" " * 70_000),
        answer({"auth_req_id": "\x1b[2J"}),
        answer({}, 500),
    ],
)
async def test_a_relay_that_is_none_is_said(tmp_path: Path, said: bytes) -> None:
    authority = Authority(tmp_path)
    async with HttpsServer(authority, always(said)) as server:
        session = PscSession(Relay(server.url, lambda: trusting(authority.file)), IDENTITY, SetClock(NOW))
        with pytest.raises((HostileServer, ServerRefused)) as caught:
            await session.begin(Channel.MOBILE)
        assert "\x1b" not in caught.value.render()
        await session.close()


async def test_a_relay_of_another_authority_hears_nothing(tmp_path: Path, laboratory: Laboratory) -> None:
    async with HttpsServer(Authority(tmp_path), always(answer({}))) as server:
        session = PscSession(Relay(server.url, lambda: trusting(laboratory.ca)), IDENTITY, SetClock(NOW))
        with pytest.raises(TlsRefused):
            await session.begin(Channel.MOBILE)
        assert server.requests == []
        await session.close()


@pytest.mark.real_server
async def test_the_mailbox_opens_with_the_token_and_a_refused_one_is_replaced_once(
    bench: Bench, dovecot: PrivateDovecot
) -> None:
    account = dovecot.account(dovecot.new_user(), method=AuthMethod.PSC)
    tokens = iter([dovecot.token(account.address, seconds=-60), dovecot.token(account.address)])
    bench.psc.issue = lambda: next(tokens)
    await bench.confirmed()
    chain = SecretChain(psc={account.id: bench.session})
    store = ImapStore(account, chain, context_for(account.ca), FixedClock())
    await store.connect()
    await store.close()
    assert bench.paths[-1] == "/renew"
    assert f"user=<{account.address}>, method=XOAUTH2" in dovecot.log()


REFUSING = {"auth": b"334 eyJzdGF0dXMiOiI0MDEifQ==\r\n"}


@pytest.mark.parametrize("then", [b"\0cut", b"535 5.7.8 no\r\n"])
async def test_a_submission_refused_by_a_challenge_is_tried_once_more_with_a_fresh_token(
    bench: Bench, laboratory: Laboratory, then: bytes
) -> None:
    """The form seen at Mailiz: 334 and the reason, then the line is cut (auth-tls-mail-libraries.md §1.5)."""
    await bench.confirmed()
    async with Scripted(laboratory.server("good"), {**REFUSING, "auth2": then}).running() as server:
        async with imap(laboratory, "good", Security.TLS) as (account, _):
            auth = replace(account.auth, method=AuthMethod.PSC)
            account = replace(account, auth=auth, smtp=Endpoint("127.0.0.1", server.port, Security.STARTTLS))
        submission = SmtpSubmission(account, SecretChain(psc={"a": bench.session}), context_for(account.ca))
        built = Built("<a@b>", "e", account.address, ("b@x.mssante.fr",), b"Subject: x\r\n\r\nx\r\n")

        async def decide(_: object) -> bool:
            raise AssertionError

        with pytest.raises(AuthRefused, match="refusé l'authentification"):
            await submission.submit(built, decide=decide, watch=lambda _: None, before_data=lambda: None)
        tried = [line for line in server.commands if line.startswith(b"AUTH")]
        assert len(tried) == 2
        assert len({*tried}) == 2
        assert all(b"XOAUTH2" in line for line in tried)
        assert server.delivered == []


@pytest.mark.parametrize(("channel", "words"), [(Channel.MOBILE, "sur votre e-CPS"), (Channel.CARD, "CPS-Gestion")])
async def test_the_command_line_says_the_number_and_until_when_on_standard_error(
    bench: Bench, capsys: pytest.CaptureFixture[str], channel: Channel, words: str
) -> None:
    bench.session.preferred = channel
    await confirm(bench.session, Narration())
    said = capsys.readouterr()
    assert said.out == ""
    first, last = said.err.splitlines()
    assert words in first
    assert re.search(r"le nombre \d\d .*avant 09:02:00", first)
    assert "ouvert jusqu'à 09:30" in last

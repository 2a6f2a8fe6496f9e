"""Servers that refuse, lie, stall or hang up at every stage. What is said of a message is never more than is known."""

from __future__ import annotations

import asyncio
import re
import threading
from collections.abc import Mapping
from dataclasses import replace

import pytest

from mss_tui.adapters.smtp import Deadlines, SmtpSubmission
from mss_tui.adapters.tls import context_for
from mss_tui.errors import (
    AuthRefused,
    CannotConnect,
    ConnectionLost,
    DeadlinePassed,
    HostileServer,
    MssError,
    ServerRefused,
    TlsRefused,
)
from mss_tui.model.draft import Built
from mss_tui.model.people import AuthMethod, Security
from mss_tui.model.sending import RecipientAnswer, SendReport, SendState
from mss_tui.ports.submission import Progress
from tests.sending.samples import LEFEBVRE, PHARMACY, account
from tests.sending.test_submission import message
from tests.support.smtp import CUT, Authority, FixedSecrets, Scripted

FLOOD = b"250-" + b"x" * 70 + b"\r\n"
QUICK = Deadlines(connect=10, command=10, stall=10, final=10, goodbye=0.2)
IMPATIENT = Deadlines(connect=0.3, command=0.3, stall=0.3, final=0.3, goodbye=0.1)
BEFORE = ("greeting", "ehlo", "starttls", "ehlo2", "auth", "ehlo3", "mail", "rcpt")


class Try:
    """One submission to one scripted server."""

    def __init__(self, authority: Authority, server: Scripted, deadlines: Deadlines = QUICK) -> None:
        self.secrets = FixedSecrets()
        self.begun = 0
        self.steps: list[Progress] = []
        self.server = server
        self.authority = authority
        self.deadlines = deadlines

    async def send(self, built: Built | None = None, method: AuthMethod = AuthMethod.PASSWORD) -> SendReport:
        security = Security.TLS if self.server.implicit else Security.STARTTLS
        submission = SmtpSubmission(
            account(self.server.port, security=security, method=method),
            self.secrets,
            context_for(self.authority.pem),
            self.deadlines,
        )
        return await submission.submit(
            built or message(), decide=self.decide, watch=self.steps.append, before_data=self.before_data
        )

    async def decide(self, answers: tuple[RecipientAnswer, ...]) -> bool:
        return True

    def before_data(self) -> None:
        self.begun += 1


async def outcome(
    authority: Authority,
    replies: Mapping[str, bytes],
    *,
    deadlines: Deadlines = QUICK,
    method: AuthMethod = AuthMethod.PASSWORD,
    **options: int,
) -> tuple[SendReport | MssError, Try]:
    """What the caller learns; and the invariants that hold whatever the server does."""
    async with Scripted(authority.server(), replies, **options).running() as server:  # type: ignore[arg-type]
        attempt = Try(authority, server, deadlines)
        try:
            said: SendReport | MssError = await attempt.send(method=method)
        except MssError as error:
            said = error
    check(said, attempt)
    return said, attempt


def check(said: SendReport | MssError, attempt: Try) -> None:
    server = attempt.server
    assert all(line.split()[0].upper() in (b"EHLO", b"HELO", b"STARTTLS", b"QUIT") for line in server.clear)
    state = said.state if isinstance(said, SendReport) else None
    if server.delivered:
        assert state in (SendState.ACCEPTED, SendState.UNKNOWN)
    if state in (SendState.ACCEPTED, SendState.PARTLY_REFUSED, SendState.UNKNOWN):
        assert attempt.begun == 1
    if state in (SendState.ACCEPTED, SendState.PARTLY_REFUSED):
        assert server.delivered == [message().data]
    if isinstance(said, MssError):
        assert server.delivered == []
        assert str(said).isprintable()
        assert re.search("n'est (pas )?parti|ne lui (a|ont) (pas )?été envoyé|message ne lui", str(said))


@pytest.mark.parametrize("stage", BEFORE)
@pytest.mark.parametrize("reply", [b"421 4.3.2 ferme\r\n", b"451 4.7.1 plus tard\r\n", b"554 5.7.1 non\r\n"])
async def test_a_refusal_before_the_message_sends_nothing(authority: Authority, stage: str, reply: bytes) -> None:
    said, attempt = await outcome(authority, {stage: reply})
    assert attempt.begun == 0
    if stage == "rcpt" and not reply.startswith(b"421"):
        assert isinstance(said, SendReport)
        assert said.state is SendState.REFUSED
        assert said.recipients[0].code == int(reply[:3])
    elif stage == "auth" and reply.startswith(b"5"):
        assert isinstance(said, AuthRefused)
    else:
        assert isinstance(said, CannotConnect)


@pytest.mark.parametrize("stage", ["data", "end"])
@pytest.mark.parametrize("reply", [b"421 4.3.2 ferme\r\n", b"452 4.3.1 plein\r\n", b"552 5.3.4 trop gros\r\n"])
async def test_a_refusal_of_the_message_is_a_refusal(authority: Authority, stage: str, reply: bytes) -> None:
    said, _ = await outcome(authority, {stage: reply})
    assert isinstance(said, SendReport)
    assert said.state is SendState.REFUSED
    assert said.answer == reply.decode().strip()


@pytest.mark.parametrize("stage", [*BEFORE, "data", "end"])
async def test_a_line_cut_is_nothing_sent_or_unknown_after_the_dot(authority: Authority, stage: str) -> None:
    said, _ = await outcome(authority, {stage: CUT})
    if stage == "end":
        assert isinstance(said, SendReport)
        assert said.state is SendState.UNKNOWN
    else:
        assert isinstance(said, MssError)


@pytest.mark.parametrize("stage", [*BEFORE, "data", "end"])
@pytest.mark.parametrize(
    "reply",
    [FLOOD * 2000, b"x" * 100_000, b"bonjour\r\n", b"999 \x1b]0;x\x07\r\n", b"100 continuez\r\n", b"\xff\xfe\r\n"],
    ids=["flood", "endless", "words", "999", "100", "bytes"],
)
async def test_nonsense_is_a_hostile_server_and_never_a_success(authority: Authority, stage: str, reply: bytes) -> None:
    said, _ = await outcome(authority, {stage: reply})
    if stage == "end":
        assert isinstance(said, SendReport)
        assert said.state is SendState.UNKNOWN
    else:
        assert isinstance(said, CannotConnect)


@pytest.mark.parametrize("stage", [*BEFORE, "data", "end"])
async def test_silence_ends_at_the_deadline(authority: Authority, stage: str) -> None:
    said, _ = await outcome(authority, {stage: b""}, deadlines=IMPATIENT)
    if stage == "end":
        assert isinstance(said, SendReport)
        assert said.state is SendState.UNKNOWN
    else:
        assert isinstance(said, DeadlinePassed)


@pytest.mark.parametrize("stage", ["rcpt", "mail", "data"])
async def test_a_positive_answer_of_the_wrong_kind_is_not_one(authority: Authority, stage: str) -> None:
    replies = {"rcpt": b"354 allez-y\r\n", "mail": b"354 allez-y\r\n", "data": b"250 deja\r\n"}
    said, _ = await outcome(authority, {stage: replies[stage]})
    assert isinstance(said, HostileServer | ServerRefused)


async def test_a_stripped_starttls_gets_no_password(authority: Authority) -> None:
    said, attempt = await outcome(authority, {"ehlo": b"250-operateur\r\n250 AUTH PLAIN LOGIN\r\n"})
    assert isinstance(said, TlsRefused)
    assert "STARTTLS" in str(said)
    assert attempt.server.commands[0].startswith(b"EHLO")


async def test_what_is_injected_before_tls_is_never_used(authority: Authority) -> None:
    injected = b"220 allez-y\r\n250-operateur\r\n250-XINJECTE\r\n250 AUTH CRAM-MD5\r\n"
    said, attempt = await outcome(authority, {"starttls": injected})
    assert isinstance(said, SendReport)
    assert said.state is SendState.ACCEPTED
    assert attempt.server.commands[2].startswith(b"EHLO")
    assert any(line.startswith(b"AUTH PLAIN ") for line in attempt.server.commands)


@pytest.mark.parametrize("offer", [b"CRAM-MD5", b"XOAUTH2", b"DIGEST-MD5 NTLM", b""])
async def test_an_authentication_downgrade_gets_no_password(authority: Authority, offer: bytes) -> None:
    hello = b"250-operateur\r\n250-AUTH " + offer + b"\r\n250 DSN\r\n"
    said, attempt = await outcome(authority, {"ehlo2": hello})
    assert isinstance(said, ServerRefused)
    assert not any(line.startswith(b"AUTH") for line in attempt.server.commands)
    assert attempt.secrets.forgotten == []


@pytest.mark.parametrize("end", [CUT, b"535 5.7.8 non\r\n"])
async def test_a_refused_token_is_recognised_even_when_the_server_hangs_up(authority: Authority, end: bytes) -> None:
    challenge = b"334 eyJzdGF0dXMiOiI0MDEiLCJzY2hlbWVzIjoiYmVhcmVyIn0=\r\n"
    said, attempt = await outcome(authority, {"auth": challenge, "auth2": end}, method=AuthMethod.PSC)
    assert isinstance(said, AuthRefused)
    assert "Pro Santé Connect" in str(said)
    assert attempt.secrets.forgotten == ["dr-martin"]
    assert sum(line.startswith(b"AUTH") for line in attempt.server.commands) == 1


async def test_a_server_that_cannot_authenticate_now_does_not_cost_the_password(authority: Authority) -> None:
    said, attempt = await outcome(authority, {"auth": b"454 4.7.0 annuaire indisponible\r\n"})
    assert isinstance(said, ServerRefused)
    assert attempt.secrets.forgotten == []


async def test_one_recipient_of_three_that_closes_the_line_sends_to_nobody(authority: Authority) -> None:
    async with Scripted(authority.server()).running() as server:
        server.rcpt = lambda line: CUT if PHARMACY.encode() in line else b"250 ok\r\n"
        with pytest.raises(ConnectionLost):
            await Try(authority, server).send(message(cc=(PHARMACY,), bcc=("c@x.mssante.fr",)))
    assert server.delivered == []
    assert sum(line.startswith(b"RCPT") for line in server.commands) == 2


async def test_a_refusal_in_the_middle_of_the_message_is_heard(authority: Authority) -> None:
    async with Scripted(authority.server()).running() as server:
        server.midway = b"552 5.3.4 trop gros\r\n"
        report = await Try(authority, server).send(message(octets=20_000_000))
    assert report.state is SendState.REFUSED
    assert report.answer == "552 5.3.4 trop gros"


async def test_a_yes_in_the_middle_of_the_message_is_no_success(authority: Authority) -> None:
    async with Scripted(authority.server()).running() as server:
        server.midway = b"250 2.0.0 deja pris\r\n"
        with pytest.raises(HostileServer):
            await Try(authority, server).send(message(octets=20_000_000))


async def test_an_upload_that_stands_still_ends_and_nothing_was_sent(authority: Authority) -> None:
    async with Scripted(authority.server()).running() as server:
        server.pause_upload = asyncio.Event()
        attempt = Try(authority, server, replace(QUICK, stall=0.3))
        with pytest.raises(DeadlinePassed, match="pas parti en entier"):
            await attempt.send(message(octets=20_000_000))
        server.pause_upload.set()
    assert server.delivered == []
    assert 0 < max(step.sent for step in attempt.steps) < 27_000_000


@pytest.mark.slow
async def test_an_upload_that_moves_may_take_its_time(authority: Authority) -> None:
    async with Scripted(authority.server()).running() as server:
        server.breath = 0.005
        report = await Try(authority, server, replace(QUICK, stall=1)).send(message(octets=20_000_000))
    assert report.state is SendState.ACCEPTED


async def test_cancelling_in_the_middle_of_the_message_delivers_nothing(authority: Authority) -> None:
    async with Scripted(authority.server()).running() as server:
        server.pause_upload = asyncio.Event()
        sending = asyncio.ensure_future(Try(authority, server).send(message(octets=20_000_000)))
        await server.uploading.wait()
        sending.cancel()
        with pytest.raises(asyncio.CancelledError):
            await sending
        for thread in threading.enumerate():
            if thread.name == "mss-smtp":
                thread.join(5)
                assert not thread.is_alive()
        server.pause_upload.set()
    assert server.delivered == []


async def test_cancelling_while_the_sender_is_asked_sends_nothing(authority: Authority) -> None:
    asked = asyncio.Event()

    class Hesitant(Try):
        async def decide(self, answers: tuple[RecipientAnswer, ...]) -> bool:
            asked.set()
            await asyncio.Event().wait()
            return True

    async with Scripted(authority.server()).running() as server:
        server.rcpt = lambda line: b"550 non\r\n" if PHARMACY.encode() in line else b"250 ok\r\n"
        sending = asyncio.ensure_future(Hesitant(authority, server).send(message(cc=(PHARMACY,))))
        await asked.wait()
        sending.cancel()
        with pytest.raises(asyncio.CancelledError):
            await sending
    assert server.delivered == []
    assert not any(line.startswith(b"DATA") for line in server.commands)


async def test_a_server_without_tls_on_the_tls_port_is_refused(authority: Authority) -> None:
    async with Scripted(authority.server()).running() as server:
        submission = SmtpSubmission(
            account(server.port, security=Security.TLS), FixedSecrets(), context_for(authority.pem), QUICK
        )
        with pytest.raises(CannotConnect):
            await submission.limit()
    assert not any(LEFEBVRE.encode() in line for line in server.commands)


async def length(authority: Authority) -> tuple[int, int]:
    """Octets of a whole dialogue inside TLS: heard and said."""
    async with Scripted(authority.server(), implicit=True).running() as server:
        await Try(authority, server).send()
    heard = sum(map(len, server.commands)) + len(server.delivered[0]) + len(b".\r\n")
    stages = ("greeting", "ehlo2", "auth", "ehlo3", "mail", "rcpt", "data", "end")
    return heard, sum(len(server.replies[stage]) for stage in stages)


def cuts(total: int, step: int) -> list[int]:
    return sorted({*range(1, total, step), *range(max(total - 12, 1), total + 1)})


@pytest.mark.parametrize("step", [41, pytest.param(1, marks=[pytest.mark.slow, pytest.mark.timeout(600)])])
async def test_a_cut_after_any_octet_never_makes_a_message_lost_or_doubtful_in_the_wrong_way(
    authority: Authority, step: int
) -> None:
    heard, told = await length(authority)
    seen: set[SendState | None] = set()
    for at in cuts(heard, step):
        said, _ = await outcome(authority, {}, implicit=True, hears=at)
        seen.add(said.state if isinstance(said, SendReport) else None)
    for at in cuts(told, step):
        said, _ = await outcome(authority, {}, implicit=True, says=at)
        seen.add(said.state if isinstance(said, SendReport) else None)
    assert seen == {None, SendState.UNKNOWN, SendState.ACCEPTED}

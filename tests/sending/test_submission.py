"""The adapter against a real submission server (aiosmtpd) over TLS."""

from __future__ import annotations

import asyncio
from contextvars import ContextVar
from dataclasses import replace
from pathlib import Path

import pytest

from mss_tui.adapters.smtp import SmtpSubmission
from mss_tui.adapters.tls import context_for
from mss_tui.errors import AuthRefused, CannotConnect, InternalError, ServerRefused, TlsRefused, UsageError
from mss_tui.mime.build import build
from mss_tui.model.draft import Built
from mss_tui.model.people import AuthMethod, Security
from mss_tui.model.sending import RecipientAnswer, SendReport, SendState
from mss_tui.phrase import say
from mss_tui.ports.submission import Progress, Stage
from tests.sending.samples import LEFEBVRE, MARTIN, NOW, PHARMACY, account, draft
from tests.support.smtp import Authority, FixedSecrets, operator

ID = "<abcdef0123456789@medecin.mssante.fr>"


def message(octets: int = 0, **changes: object) -> Built:
    files = [("a.pdf", "application/pdf", bytes(octets))] if octets else []
    return build(draft(**changes), account(), MARTIN, files, now=NOW, message_id=ID)


class Caller:
    """What a caller does while a message leaves, noted down."""

    def __init__(self, goes_on: bool = True) -> None:
        self.goes_on = goes_on
        self.asked: list[tuple[RecipientAnswer, ...]] = []
        self.steps: list[Progress] = []
        self.data_at: list[int] = []

    async def decide(self, answers: tuple[RecipientAnswer, ...]) -> bool:
        self.asked.append(answers)
        return self.goes_on

    def before_data(self) -> None:
        self.data_at.append(len(self.steps))

    async def send(self, submission: SmtpSubmission, built: Built) -> SendReport:
        return await submission.submit(built, decide=self.decide, watch=self.steps.append, before_data=self.before_data)


def submission(
    authority: Authority, port: int, secrets: FixedSecrets | None = None, **options: object
) -> SmtpSubmission:
    return SmtpSubmission(
        account(port, ca=authority.pem, **options),  # type: ignore[arg-type]
        secrets or FixedSecrets(),
        context_for(authority.pem),
    )


@pytest.mark.parametrize("security", list(Security))
async def test_the_octets_arrive_as_they_were_built(authority: Authority, security: Security) -> None:
    built = message(octets=200_000, body=".une ligne qui commence par un point\n.\n..\n")
    caller = Caller()
    async with operator(authority, implicit=security is Security.TLS) as server:
        report = await caller.send(submission(authority, server.port, security=security), built)
    assert report.state is SendState.ACCEPTED
    assert report.message_id == ID
    assert [r.data for r in server.received] == [built.data]
    assert server.received[0].sender == built.sender
    assert server.received[0].recipients == (LEFEBVRE,)
    assert report.recipients == (RecipientAnswer(LEFEBVRE, 250, report.recipients[0].text, "2.1.5"),)
    assert caller.asked == []
    assert len(caller.data_at) == 1
    assert caller.steps[caller.data_at[0] - 1] == Progress(Stage.DATA, 0, len(built.data))
    assert [s.stage for s in caller.steps[:2]] == [Stage.CONNECTING, Stage.ADDRESSING]
    assert caller.steps[-1] == Progress(Stage.DONE, len(built.data), len(built.data))
    assert any(s.stage is Stage.DATA and 0 < s.sent < s.total for s in caller.steps)


async def test_reports_are_asked_for_after_login_where_they_are_offered(authority: Authority) -> None:
    async with operator(authority) as server:
        await Caller().send(submission(authority, server.port), replace(message(), envelope_id="a+b=c"))
        await Caller().send(submission(authority, server.port), message(want_delivery=False))
    first, second = server.received
    assert first.mail == {"RET": "HDRS", "ENVID": "a+2Bb+3Dc"}
    assert first.rcpt == {LEFEBVRE: {"NOTIFY": "SUCCESS,FAILURE,DELAY", "ORCPT": f"rfc822;{LEFEBVRE}"}}
    assert second.rcpt[LEFEBVRE]["NOTIFY"] == "FAILURE,DELAY"


async def test_the_machine_s_name_is_not_told(authority: Authority) -> None:
    async with operator(authority) as server:
        await Caller().send(submission(authority, server.port), message())
    assert set(server.greeted) == {"[127.0.0.1]"}


@pytest.mark.parametrize(
    ("method", "without", "expected"),
    [
        (AuthMethod.PASSWORD, (), "PLAIN"),
        (AuthMethod.PASSWORD, ("PLAIN",), "LOGIN"),
        (AuthMethod.PSC, (), "XOAUTH2"),
        (AuthMethod.TOKEN, (), "XOAUTH2"),
    ],
)
async def test_one_authentication_is_used_as_the_profile_says(
    authority: Authority, method: AuthMethod, without: tuple[str, ...], expected: str
) -> None:
    async with operator(authority, without=without) as server:
        report = await Caller().send(submission(authority, server.port, method=method), message())
    assert report.state is SendState.ACCEPTED
    assert server.users == [f"{expected} dr.martin@medecin.mssante.fr"]


async def test_a_wrong_password_is_tried_once_and_forgotten(authority: Authority) -> None:
    secrets = FixedSecrets("faux")
    caller = Caller()
    async with operator(authority) as server:
        with pytest.raises(AuthRefused, match="authentification") as refusal:
            await caller.send(submission(authority, server.port, secrets), message())
    assert len(server.users) == 1
    assert secrets.forgotten == ["dr-martin"]
    assert server.received == []
    assert caller.data_at == []
    assert "Rien n'est parti" in str(refusal.value)


async def test_a_password_never_goes_where_only_other_ways_are_offered(authority: Authority) -> None:
    async with operator(authority, without=("PLAIN", "LOGIN")) as server:
        with pytest.raises(ServerRefused, match="PLAIN ou LOGIN"):
            await Caller().send(submission(authority, server.port), message())
    assert server.users == []


async def test_refused_recipients_are_put_to_the_sender_before_data(authority: Authority) -> None:
    refuses = {PHARMACY: "550 5.1.1 <pharmacie@pont.mssante.fr>: \x1b]52;c;boite inconnue\x07"}
    caller = Caller(goes_on=True)
    async with operator(authority, refuses=refuses) as server:
        report = await caller.send(submission(authority, server.port), message(cc=(PHARMACY,)))
    assert report.state is SendState.PARTLY_REFUSED
    assert [(r.address, r.code, r.enhanced) for r in report.recipients] == [
        (LEFEBVRE, 250, "2.1.5"),
        (PHARMACY, 550, "5.1.1"),
    ]
    assert caller.asked == [report.recipients]
    assert "boite inconnue" in report.recipients[1].text
    assert report.recipients[1].text.isprintable()
    assert server.received[0].recipients == (LEFEBVRE,)


async def test_who_is_asked_and_told_is_where_the_caller_is(authority: Authority) -> None:
    """A dialog finds its application by a context variable, which the thread of the upload does not have."""
    where: ContextVar[str] = ContextVar("where", default="nowhere")
    where.set("the caller")
    seen: list[str] = []

    async def decide(answers: tuple[RecipientAnswer, ...]) -> bool:
        seen.append(where.get())
        return True

    async with operator(authority, refuses={PHARMACY: "550 5.1.1 inconnu"}) as server:
        report = await submission(authority, server.port).submit(
            message(cc=(PHARMACY,)),
            decide=decide,
            watch=lambda step: seen.append(where.get()),
            before_data=lambda: seen.append(where.get()),
        )
    assert report.state is SendState.PARTLY_REFUSED
    assert len(seen) > 3
    assert set(seen) == {"the caller"}


async def test_the_sender_may_say_no_and_then_nothing_leaves(authority: Authority) -> None:
    caller = Caller(goes_on=False)
    async with operator(authority, refuses={PHARMACY: "452 4.2.2 boite pleine"}) as server:
        report = await caller.send(submission(authority, server.port), message(cc=(PHARMACY,)))
    assert report.state is SendState.DRAFT
    assert report.recipients[1].code == 452
    assert server.received == []
    assert caller.data_at == []


async def test_all_recipients_refused_is_a_refusal_without_a_question(authority: Authority) -> None:
    caller = Caller()
    async with operator(authority, refuses={LEFEBVRE: "550 5.1.1 inconnue"}) as server:
        report = await caller.send(submission(authority, server.port), message())
    assert report.state is SendState.REFUSED
    assert caller.asked == []
    assert caller.data_at == []


async def test_a_refusal_of_the_message_itself_keeps_the_server_s_words(authority: Authority) -> None:
    async with operator(authority, end="554 5.7.1 message refuse") as server:
        report = await Caller().send(submission(authority, server.port), message())
    assert report.state is SendState.REFUSED
    assert report.answer == "554 5.7.1 message refuse"
    assert server.received == []


async def test_a_message_over_the_server_s_limit_is_not_begun(authority: Authority) -> None:
    async with operator(authority, size=2_000) as server:
        sender = submission(authority, server.port)
        assert await sender.limit() == 2_000
        with pytest.raises(ServerRefused, match="dépasse"):
            await Caller().send(sender, message(octets=5_000))
    assert server.received == []


async def test_the_limit_is_asked_without_a_password(authority: Authority) -> None:
    secrets = FixedSecrets()
    async with operator(authority) as server:
        assert await submission(authority, server.port, secrets).limit() == 30_000_000
    assert secrets.asked == 0


async def test_a_server_with_another_authority_is_refused_before_anything_is_said(
    authority: Authority, tmp_path: Path
) -> None:
    other = Authority(tmp_path)
    for security in Security:
        async with operator(other, implicit=security is Security.TLS) as server:
            with pytest.raises(TlsRefused, match="autorité"):
                await Caller().send(submission(authority, server.port, security=security), message())
        assert server.users == []


async def test_a_certificate_of_another_name_is_refused(authority: Authority) -> None:
    async with operator(authority, names=("autre.mssante.fr",)) as server:
        with pytest.raises(TlsRefused, match="pas au nom"):
            await Caller().send(submission(authority, server.port), message())
    assert server.users == []


async def test_nobody_there_is_said_in_french(authority: Authority) -> None:
    server = await asyncio.get_running_loop().create_server(asyncio.Protocol, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    server.close()
    await server.wait_closed()
    with pytest.raises(CannotConnect, match="impossible"):
        await Caller().send(submission(authority, port), message())


@pytest.mark.parametrize("address", ["a@b.fr> SIZE=1", "a@b.fr\r\nDATA", "é@b.fr", "<a@b.fr>", "A@B.FR"])
async def test_an_address_that_does_not_come_back_exactly_reaches_no_command(
    authority: Authority, address: str
) -> None:
    async with operator(authority) as server:
        with pytest.raises(UsageError):
            await Caller().send(submission(authority, server.port), replace(message(), recipients=(address,)))
    assert server.received == []


async def test_what_the_sender_raises_before_data_stops_the_message(authority: Authority) -> None:
    def full() -> None:
        raise InternalError(say("Le disque est plein."))

    async with operator(authority) as server:
        with pytest.raises(InternalError, match="disque"):
            await submission(authority, server.port).submit(
                message(), decide=Caller().decide, watch=lambda step: None, before_data=full
            )
    assert server.received == []


async def test_the_caller_s_loop_goes_on_while_a_large_message_leaves(authority: Authority) -> None:
    turns = 0
    async with operator(authority) as server:
        sending = asyncio.ensure_future(Caller().send(submission(authority, server.port), message(octets=3_000_000)))
        while not sending.done():
            turns += 1
            await asyncio.sleep(0)
        assert (await sending).state is SendState.ACCEPTED
    assert turns > 100

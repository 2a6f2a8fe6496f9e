"""The submission server: what it asks for, what it refuses, what it delivers and reports."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import smtplib
from collections.abc import Callable
from email import message_from_bytes
from email.message import Message
from typing import TypeVar

import pytest

from mss_tui.demo.operator import Operator
from mss_tui.demo.store import MAX_MESSAGE
from tests.demo.wire import trusting

T = TypeVar("T")
DATA = b"From: a\r\nTo: b\r\nSubject: essai\r\n\r\n..deux points\r\n.un point\r\n"


async def with_client(operator: Operator, act: Callable[[smtplib.SMTP], T], *, login: bool = True) -> T:
    """Run blocking code with a client of the first account under TLS."""

    def run() -> T:
        with smtplib.SMTP("127.0.0.1", operator.smtp.port, local_hostname="test", timeout=20) as client:
            if login:
                client.starttls(context=trusting(operator.ca))
                client.login(operator.accounts[0].address, operator.accounts[0].password)
            return act(client)

    return await asyncio.to_thread(run)


def inbox(operator: Operator, account: int) -> list[Message]:
    folder = operator.store.accounts[operator.accounts[account].address].folders["INBOX"]
    return [message_from_bytes(message.data) for message in folder.messages]


async def test_a_message_reaches_the_other_mailbox_octet_for_octet(operator: Operator) -> None:
    me, other = (account.address for account in operator.accounts)
    assert await with_client(operator, lambda client: client.sendmail(me, [other.upper()], DATA)) == {}
    folder = operator.store.accounts[other].folders["INBOX"]
    data = folder.messages[0].data
    assert data.endswith(DATA)
    assert data.startswith(f"Return-Path: <{me}>\r\nReceived: ".encode())
    assert inbox(operator, 0) == []


async def test_nothing_is_taken_before_tls_and_login(operator: Operator) -> None:
    me = operator.accounts[0].address

    def try_all(client: smtplib.SMTP) -> list[int]:
        client.ehlo()
        assert "auth" not in client.esmtp_features
        codes = [client.mail(me)[0], client.docmd("AUTH", "PLAIN AGEAYg==")[0]]
        client.starttls(context=trusting(operator.ca))
        client.ehlo()
        return [*codes, client.mail(me)[0]]

    assert await with_client(operator, try_all, login=False) == [530, 530, 530]


async def test_a_wrong_password_is_answered(operator: Operator) -> None:
    def wrong(client: smtplib.SMTP) -> int:
        client.starttls(context=trusting(operator.ca))
        with pytest.raises(smtplib.SMTPAuthenticationError) as refused:
            client.login(operator.accounts[0].address, "wrong")
        return int(refused.value.smtp_code)

    assert await with_client(operator, wrong, login=False) == 535


@pytest.mark.parametrize(("right", "code"), [(True, 235), (False, 535)])
async def test_xoauth2_takes_the_token_alone(operator: Operator, right: bool, code: int) -> None:
    who = operator.accounts[0]

    def token(client: smtplib.SMTP) -> int:
        client.starttls(context=trusting(operator.ca))
        client.ehlo()
        text = f"user={who.address}\x01auth=Bearer {who.password if right else 'x'}\x01\x01"
        answer, _ = client.docmd("AUTH", "XOAUTH2 " + base64.b64encode(text.encode()).decode())
        return client.docmd("")[0] if answer == 334 else answer

    assert await with_client(operator, token, login=False) == code


async def test_a_user_sends_from_its_own_address_or_as_nobody(operator: Operator) -> None:
    me, other = (account.address for account in operator.accounts)

    def senders(client: smtplib.SMTP) -> list[int]:
        client.ehlo()
        codes = []
        for sender in (other, me, ""):
            codes.append(client.docmd("MAIL", f"FROM:<{sender}>")[0])
            client.rset()
        return codes

    assert await with_client(operator, senders) == [553, 250, 250]


@pytest.mark.parametrize(
    ("address", "code"),
    [
        ("anne.lefebvre@ch-valmarin.demo.mssante.fr", 250),
        ("marc.vandamme@medecin.demo.mssante.fr", 250),
        ("152036299204518@patient.mssante.fr", 250),
        ("152036299204517@patient.mssante.fr", 550),
        ("inconnu@medecin.demo.mssante.fr", 550),
        ("personne@medecin.demo.mssante.fr", 550),
        ("jean@gmail.example", 550),
        ("refus@demo.mssante.fr", 550),
        ("pleine@ch-valmarin.demo.mssante.fr", 552),
        ("refus@ailleurs.example", 550),
    ],
)
async def test_each_recipient_has_its_answer(operator: Operator, address: str, code: int) -> None:
    def rcpt(client: smtplib.SMTP) -> int:
        client.ehlo()
        client.mail(operator.accounts[0].address)
        return client.rcpt(address)[0]

    assert await with_client(operator, rcpt) == code


async def test_a_greylisted_recipient_is_taken_the_second_time(operator: Operator) -> None:
    me, other = (account.address for account in operator.accounts)
    late = "plus-tard@medecin.demo.mssante.fr"
    first = await with_client(operator, lambda client: client.sendmail(me, [other, late], DATA))
    assert first[late][0] == 450
    assert await with_client(operator, lambda client: client.sendmail(me, [other, late], DATA)) == {}


async def test_a_success_report_names_envelope_and_recipient(operator: Operator) -> None:
    me = operator.accounts[0].address
    to = "helene.ozturk-morel@medecin.demo.mssante.fr"

    def send(client: smtplib.SMTP) -> object:
        client.ehlo()
        assert "dsn" in client.esmtp_features
        client.mail(me, ["RET=HDRS", "ENVID=QQ+2B314"])
        client.rcpt(to, ["NOTIFY=SUCCESS,FAILURE", f"ORCPT=rfc822;{to.upper()}"])
        return client.data(DATA)[0]

    assert await with_client(operator, send) == 250
    report = inbox(operator, 0)[0]
    assert report.get_content_type() == "multipart/report"
    status = report.get_payload(1)
    whole, one = status.get_payload()
    assert whole["Original-Envelope-Id"] == "QQ+314"
    assert one["Final-Recipient"] == f"rfc822; {to}"
    assert one["Original-Recipient"] == f"rfc822;{to.upper()}"
    assert (one["Action"], one["Status"]) == ("delivered", "2.0.0")
    assert report.get_payload(2).get_content_type() == "text/rfc822-headers"
    assert "deux points" not in report.as_string()


async def test_a_failure_report_gives_the_message_back_when_asked(operator: Operator) -> None:
    me = operator.accounts[0].address

    def send(client: smtplib.SMTP) -> object:
        return client.sendmail(me, ["retour@medecin.demo.mssante.fr"], DATA, mail_options=["RET=FULL"])

    await with_client(operator, send)
    report = inbox(operator, 0)[0]
    assert report["Subject"] == "Undelivered Mail Returned to Sender"
    assert report.get_payload(1).get_payload(1)["Action"] == "failed"
    assert report.get_payload(2).get_payload(0)["Subject"] == "essai"


async def test_no_report_comes_unasked(operator: Operator) -> None:
    me, other = (account.address for account in operator.accounts)

    def send(client: smtplib.SMTP) -> object:
        client.sendmail(me, [other], DATA)
        return client.sendmail(me, ["retour@demo.mssante.fr"], DATA, rcpt_options=["NOTIFY=NEVER"])

    await with_client(operator, send)
    assert inbox(operator, 0) == []


@pytest.mark.parametrize("options", ["RET=ALL", "ENVID=a+0D+0Ab", "NOTIFY=NEVER,SUCCESS", "NOTIFY=SOON", "ORCPT=a+0A"])
async def test_dsn_parameters_that_are_none_are_refused(operator: Operator, options: str) -> None:
    me, other = (account.address for account in operator.accounts)

    def send(client: smtplib.SMTP) -> int:
        client.ehlo()
        if options.startswith(("RET", "ENVID")):
            return client.mail(me, [options])[0]
        client.mail(me)
        return client.rcpt(other, [options])[0]

    assert await with_client(operator, send) == 501


async def test_size_is_told_and_kept(operator: Operator) -> None:
    def mail(client: smtplib.SMTP) -> int:
        client.ehlo()
        assert client.esmtp_features["size"] == str(MAX_MESSAGE)
        return client.mail(operator.accounts[0].address, [f"SIZE={MAX_MESSAGE + 1}"])[0]

    assert await with_client(operator, mail) == 552


async def test_a_full_mailbox_of_the_demo_sends_a_report(operator: Operator) -> None:
    me, other = (account.address for account in operator.accounts)
    operator.store.accounts[other].quota = 10
    await with_client(operator, lambda client: client.sendmail(me, [other], DATA))
    report = inbox(operator, 0)[0]
    assert report.get_payload(1).get_payload(1)["Status"] == "5.2.2"
    assert inbox(operator, 1) == []


async def test_stopping_ends_a_connection_in_the_middle_of_data(operator: Operator) -> None:
    def begin(client: smtplib.SMTP) -> smtplib.SMTP:
        client.ehlo()
        client.mail(operator.accounts[0].address)
        client.rcpt(operator.accounts[1].address)
        client.docmd("DATA")
        asyncio.run_coroutine_threadsafe(operator.stop(), loop).result(20)
        with pytest.raises(smtplib.SMTPServerDisconnected):
            client.docmd(".")
        return client

    loop = asyncio.get_running_loop()
    await with_client(operator, begin)


async def test_more_connections_than_allowed_are_closed(operator: Operator) -> None:
    streams = [await asyncio.open_connection("127.0.0.1", operator.smtp.port) for _ in range(64)]
    for reader, _ in streams:
        assert (await reader.readline()).startswith(b"220")
    reader, writer = await asyncio.open_connection("127.0.0.1", operator.smtp.port)
    try:
        assert await reader.read() == b""
    except ConnectionError:
        return
    finally:
        for _, each in (*streams, (reader, writer)):
            each.transport.abort()
            with contextlib.suppress(OSError):
                await each.wait_closed()

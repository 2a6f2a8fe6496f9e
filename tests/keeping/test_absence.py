"""The absence message on Dovecot Pigeonhole, which runs it, and on the demo's server, which checks it."""

from __future__ import annotations

import asyncio
import smtplib
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from hypothesis import given
from hypothesis import strategies as st

from mss_tui.adapters.sieve import SieveScripts
from mss_tui.adapters.tls import context_for
from mss_tui.demo.sieve.script import check
from mss_tui.errors import AuthRefused, HostileServer, MssError, ServerRefused, TlsRefused, UsageError
from mss_tui.mime.vacation import NAME, Vacation, answers, read_script, script
from mss_tui.model.paris import PARIS
from mss_tui.model.people import Account, Auth, AuthMethod, Endpoint, Person
from mss_tui.ports.sieve import Scripts
from mss_tui.services.absence import template
from tests.keeping.conftest import Open, message
from tests.support.dovecot import PORTS, PrivateDovecot, need_dovecot
from tests.support.servers import Demo, Passwords

TODAY = date(2026, 11, 20)
TEXT = "Bonjour, je suis absent.\n.\n.ligne à point\nEn cas d'urgence : le 15."
EXTENSIONS = ("vacation", "date", "relational", "fileinto")
TRI = 'require ["fileinto"];\nif header :contains "subject" "Newsletter" { fileinto "Archives"; }\n'


def scripts(server: PrivateDovecot | Demo, account: Account, *passwords: str) -> SieveScripts:
    endpoint = account.sieve or server._operator.sieve  # type: ignore[union-attr]
    secrets = Passwords(*passwords) if passwords else Passwords(of=server.password)
    return SieveScripts(account, endpoint, secrets, context_for(server.ca))


@given(
    st.text(max_size=80), st.text(max_size=300), st.booleans(),
    st.sampled_from(["", TRI, 'keep;', '# rien\nrequire "fileinto"; require ["date"];\nstop;\n']),
)  # fmt: skip
def test_whatever_is_typed_makes_a_script_that_is_one(subject: str, text: str, days: bool, own: str) -> None:
    absence = Vacation(
        subject, "\n".join(text.splitlines()), TODAY if days else None, TODAY if days else None, before='tri \\"'
    )
    made = script(absence, own, EXTENSIONS)
    check(made)
    back = read_script(made)
    assert back is not None
    assert (back.start, back.end, back.before) == (absence.start, absence.end, absence.before)


def test_days_are_those_of_paris_in_winter_and_in_summer() -> None:
    winter = script(Vacation("s", "t", date(2026, 12, 24), date(2027, 1, 3)), "", EXTENSIONS)
    assert '"ge" "iso8601" "2026-12-23T23:00:00"' in winter
    assert '"lt" "iso8601" "2027-01-03T23:00:00"' in winter
    summer = script(Vacation("s", "t", date(2026, 7, 1), date(2026, 10, 25)), "", EXTENSIONS)
    assert '"ge" "iso8601" "2026-06-30T22:00:00"' in summer
    assert '"lt" "iso8601" "2026-10-25T23:00:00"' in summer


def test_a_server_that_cannot_answer_for_somebody_is_known() -> None:
    with pytest.raises(ValueError, match="vacation"):
        script(Vacation("s", "t"), "", ("fileinto",))
    with pytest.raises(ValueError, match="date"):
        script(Vacation("s", "t", TODAY), "", ("vacation",))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('require "vacation"; vacation "absent";', True),
        ("if true { Vacation :days 3 text:\nabsent\n.\n; }", True),
        ('# vacation\nif header :is "subject" "vacation" { keep; }', False),
        ("/* vacation */ keep;", False),
        ('fileinto "vacation";', False),
        ("", False),
    ],
)
def test_a_script_that_answers_is_told_from_one_that_speaks_of_it(text: str, found: bool) -> None:
    assert answers(text.replace('require "vacation"; ', "")) is found


def test_the_template_says_what_to_do_and_names_no_patient() -> None:
    subject, text = template(Person("Jean MARTIN", "Dr", entity="Cabinet"), TODAY, TODAY, "Dr Anne LEFEBVRE, 01 02")
    assert "Absence" in subject
    for words in ("20/11/2026", "15", "114", "Dr Anne LEFEBVRE", "Dr Jean MARTIN\nCabinet"):
        assert words in text
    assert "{" not in text + template(Person("J M"), None, None)[1]


class Sink:
    """Keeps what Dovecot answers."""

    def __init__(self) -> None:
        self.sent: list[bytes] = []

    async def handle_DATA(self, server: object, session: object, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name
        self.sent.append(b"To-Envelope: " + ",".join(envelope.rcpt_tos).encode() + b"\r\n" + envelope.content)
        return "250 kept"


@pytest.fixture
def answering(free_tcp_port: int) -> Iterator[tuple[PrivateDovecot, list[bytes]]]:
    """A Dovecot whose answers are kept."""
    need_dovecot()
    sink = Sink()
    controller = Controller(sink, "127.0.0.1", free_tcp_port)
    controller.start()
    server = PrivateDovecot(answers=("127.0.0.1", free_tcp_port)).start()
    yield server, sink.sent
    server.stop()
    controller.stop()


@pytest.mark.real_server
async def test_on_off_and_the_users_own_script_on_dovecot(dovecot: PrivateDovecot, desk_of: Open) -> None:
    account = dovecot.new_account()
    server = scripts(dovecot, account)
    await server.install("tri", TRI)
    desk = await desk_of(dovecot, account)
    absences = desk.absences()
    assert (await absences.show()).absence.on is False
    wanted = Vacation('Absence « é » "x"', TEXT, TODAY, TODAY + timedelta(days=9))
    shown = await absences.on(wanted, desk.actor)
    assert (shown.absence.on, shown.absence.start, shown.absence.end) == (True, TODAY, TODAY + timedelta(days=9))
    there = await server.read()
    assert there.active == NAME
    assert 'include :personal "tri"' in there.text
    assert await server.text("tri") == TRI
    again = await absences.on(replace(wanted, end=TODAY), desk.actor)
    assert again.absence.end == TODAY
    assert desk.facts.of(account.id).absence == again.absence
    assert (await absences.off(desk.actor)).absence.on is False
    there = await server.read()
    assert (there.active, there.names) == ("tri", ("tri",))
    acts = [(entry.act, entry.phase) for entry in desk.journal.entries() if entry.act.startswith("absence")]
    assert acts == [(f"absence.{act}", phase) for act in ("on", "on", "off") for phase in ("intent", "done")]


async def test_the_demo_server_has_no_include_and_the_own_script_follows(demo: Demo, desk_of: Open) -> None:
    account = replace(demo.new_account(), sieve=demo._operator.sieve)
    server = scripts(demo, account)
    await server.install("tri", TRI)
    desk = await desk_of(demo, account)
    await desk.absences().on(Vacation("Absence", TEXT), desk.actor)
    there = await server.read()
    assert there.active == NAME
    assert 'fileinto "Archives"' in there.text
    assert '"fileinto"' in there.text.splitlines()[1]
    await desk.absences().off(desk.actor)
    assert (await server.read()).active == "tri"


@pytest.mark.real_server
async def test_two_scripts_that_answer_are_refused(dovecot: PrivateDovecot, desk_of: Open) -> None:
    account = dovecot.new_account()
    server = scripts(dovecot, account)
    await server.install("vieux", 'require "vacation";\r\nvacation "absent";\r\n')
    desk = await desk_of(dovecot, account)
    with pytest.raises(UsageError, match="répond déjà"):
        await desk.absences().on(Vacation("s", "t"), desk.actor)
    assert (await desk.absences().show()).other
    assert (await server.read()).active == "vieux"


@pytest.mark.parametrize(
    "wanted",
    [
        Vacation("s", "voir 2 79 03 51 215 189 89"),
        Vacation("DUPOND 279035121518989@patient.mssante.fr", "t"),
        Vacation("s", "t", TODAY, TODAY - timedelta(days=1)),
        Vacation("s", "t", None, TODAY - timedelta(days=1)),
    ],
)
async def test_what_must_not_be_sent_to_everybody_is_refused(demo: Demo, desk_of: Open, wanted: Vacation) -> None:
    account = replace(demo.new_account(), sieve=demo._operator.sieve)
    desk = await desk_of(demo, account)
    with pytest.raises(UsageError):
        await desk.absences().on(wanted, desk.actor)
    assert (await scripts(demo, account).read()).names == ()


async def test_without_managesieve_that_is_said_and_a_reminder_is_kept(demo: Demo, desk_of: Open) -> None:
    account = demo.new_account()
    desk = await desk_of(demo, account)
    absences = desk.absences()
    assert not absences.possible
    with pytest.raises(ServerRefused, match="n'offre pas"):
        await absences.on(Vacation("s", "t"), desk.actor)
    absences.remind(TODAY + timedelta(days=2), TODAY + timedelta(days=9), desk.actor)
    told = [v for v in desk.status()[0].verdicts if v.rule == "cycle.absence"]
    assert [v.values.get("variant") for v in told] == ["conge"]


@pytest.mark.real_server
async def test_it_answers_a_person_once_and_nothing_automatic(
    answering: tuple[PrivateDovecot, list[bytes]],
) -> None:
    server, sent = answering
    account = server.new_account()
    today = datetime.now(PARIS).date()
    # the server runs by the machine's own clock, and so must the days here
    await scripts(server, account).install(
        NAME,
        script(Vacation("Absence é", TEXT, today, today + timedelta(days=1), 7, (account.address,)), "", EXTENSIONS),
    )
    for number, (sender, headers) in enumerate(
        [
            ("anne.lefebvre@ch.mssante.fr", {}),
            ("anne.lefebvre@ch.mssante.fr", {}),
            ("liste@ch.mssante.fr", {"List-Id": "<l.ch>"}),
            ("robot@ch.mssante.fr", {"Auto-Submitted": "auto-generated"}),
            ("resultats-noreply@biosud.mssante.fr", {}),
            ("masse@ch.mssante.fr", {"Precedence": "bulk"}),
            ("paul.roux@ch.mssante.fr", {"Auto-Submitted": "no"}),
        ]
    ):
        data = message(f"Demande {number}", number, sender, **headers).replace(
            b"To: secretariat@alpha.mssante.fr", f"To: {account.address}".encode()
        )
        with smtplib.LMTP(server.host, PORTS["lmtp"]) as client:
            client.sendmail(sender, [account.address], data)
    assert [answer.split(b"\r\n")[0] for answer in sent] == [
        b"To-Envelope: anne.lefebvre@ch.mssante.fr",
        b"To-Envelope: paul.roux@ch.mssante.fr",
    ]
    assert all(b"Auto-Submitted: auto-replied" in answer for answer in sent)


class Liar(asyncio.Protocol):
    """Answers what it was made with, line by line."""

    def __init__(self, answers: list[bytes]) -> None:
        self._answers = answers

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        transport.write(self._answers.pop(0))

    def data_received(self, data: bytes) -> None:
        if self._answers:
            self._transport.write(self._answers.pop(0))
        else:
            self._transport.close()


@pytest.mark.parametrize(
    ("answers", "error"),
    [
        ([b'"SASL" "PLAIN"\r\nOK\r\n'], TlsRefused),
        ([b'"STARTTLS"\r\nOK\r\n', b'NO "later"\r\n'], TlsRefused),
        ([b'"STARTTLS"\r\nOK\r\n', b'OK\r\n"SASL" "PLAIN"\r\nOK\r\n'], HostileServer),
        ([b"BYE\r\n"], ServerRefused),
        ([b"\x00\xff\r\n"], HostileServer),
        ([b'"A' * 9000], HostileServer),
        ([b'"X" {999999999}\r\n'], HostileServer),
        ([b'"STARTTLS"\r\n' * 3000 + b"OK\r\n"], HostileServer),
    ],
)
async def test_a_server_that_lies_gets_no_secret(answers: list[bytes], error: type[MssError], demo: Demo) -> None:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Liar(list(answers)), "127.0.0.1", 0)
    host, port = server.sockets[0].getsockname()[:2]
    account = demo.new_account()
    liar = SieveScripts(account, Endpoint(host, port), Passwords("secret"), context_for(demo.ca))
    try:
        with pytest.raises(error):
            await liar.read()
    finally:
        server.close()
        await server.wait_closed()


@pytest.mark.real_server
async def test_a_wrong_password_is_tried_once(dovecot: PrivateDovecot) -> None:
    account = dovecot.new_account()
    secrets = Passwords("faux")
    server = SieveScripts(account, dovecot.endpoint("sieve"), secrets, context_for(dovecot.ca))
    with pytest.raises(AuthRefused):
        await server.read()
    assert (secrets.asked, secrets.forgotten) == (1, [account.id])


@pytest.mark.real_server
async def test_a_token_opens_it_too(dovecot: PrivateDovecot) -> None:
    account = replace(dovecot.new_account(), auth=Auth(AuthMethod.TOKEN))
    secrets = Passwords(dovecot.token(account.address))
    assert isinstance(
        await SieveScripts(account, dovecot.endpoint("sieve"), secrets, context_for(dovecot.ca)).read(), Scripts
    )
    refused = SieveScripts(
        account,
        dovecot.endpoint("sieve"),
        Passwords(dovecot.token(account.address, key=b"x" * 32)),
        context_for(dovecot.ca),
    )
    with pytest.raises(AuthRefused):
        await refused.read()

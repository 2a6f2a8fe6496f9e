"""The ManageSieve server keeps and checks scripts (RFC 5804)."""

from __future__ import annotations

import base64
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mss_tui.demo.operator import Operator
from mss_tui.demo.sieve.script import BadScript, check
from tests.demo.conftest import Clients
from tests.demo.wire import Wire, trusting

VACATION = """require ["vacation", "date", "relational"];
# absence du 1er au 15, « congés »
if allof (currentdate :value "ge" "date" "2026-12-01", currentdate :value "le" "date" "2026-12-15") {
    vacation :days 1 :subject "Absence" :addresses ["a@b.fr", "c@d.fr"] text:
Bonjour,
..Le secrétariat répond.
.
;
}
"""


class Sieve:
    """A ManageSieve client over a bare connection."""

    def __init__(self, wire: Wire) -> None:
        self.wire = wire

    async def answer(self) -> tuple[str, list[str]]:
        """The final line and those before it, literals in place."""
        lines: list[str] = []
        while True:
            line = (await self.wire.line()).decode()
            assert line, lines
            if re.match("(OK|NO|BYE)[ \r]", line):
                return line.rstrip(), lines
            lines.append(line.removesuffix("\r\n"))

    async def ask(self, command: str) -> tuple[str, list[str]]:
        """Send a command and read its answer."""
        await self.wire.send(command.encode() + b"\r\n")
        return await self.answer()

    async def put(self, name: str, script: str) -> str:
        """Store a script."""
        data = script.encode()
        return (await self.ask(f'PUTSCRIPT "{name}" {{{len(data)}+}}\r\n{script}'))[0]


@pytest.fixture
async def clear(operator: Operator, clients: Clients) -> Sieve:
    """A client before TLS, its greeting read."""
    assert operator.sieve is not None
    wire = await Wire.open(operator.sieve.port)
    clients.open.append(wire)
    sieve = Sieve(wire)
    _, lines = await sieve.answer()
    assert '"STARTTLS"' in lines
    assert '"SASL" ""' in lines
    return sieve


@pytest.fixture
async def sieve(operator: Operator, clear: Sieve) -> Sieve:
    """A client of the first account, logged in."""
    assert (await clear.ask("STARTTLS"))[0].startswith("OK")
    await clear.wire.writer.start_tls(trusting(operator.ca), server_hostname="127.0.0.1")
    _, lines = await clear.answer()
    assert '"SASL" "PLAIN XOAUTH2"' in lines
    assert '"STARTTLS"' not in lines
    who = operator.accounts[0]
    response = base64.b64encode(f"\0{who.address}\0{who.password}".encode()).decode()
    assert (await clear.ask(f'AUTHENTICATE "PLAIN" "{response}"'))[0].startswith("OK")
    return clear


async def test_nothing_is_taken_before_tls(clear: Sieve) -> None:
    assert (await clear.ask('AUTHENTICATE "PLAIN" "AGEAYg=="'))[0].startswith("NO (ENCRYPT-NEEDED)")
    assert (await clear.ask("LISTSCRIPTS"))[0].startswith("NO")


async def test_a_script_is_kept_activated_read_back_and_deleted(sieve: Sieve) -> None:
    assert (await sieve.put("absence", VACATION)).startswith("OK")
    assert (await sieve.ask('SETACTIVE "absence"'))[0].startswith("OK")
    assert (await sieve.ask("LISTSCRIPTS"))[1] == ['"absence" ACTIVE']
    _, lines = await sieve.ask('GETSCRIPT "absence"')
    assert lines == [f"{{{len(VACATION.encode())}}}\r\n{VACATION}"]
    assert (await sieve.ask('DELETESCRIPT "absence"'))[0].startswith("NO (ACTIVE)")
    assert (await sieve.ask('RENAMESCRIPT "absence" "congés"'))[0].startswith("OK")
    assert (await sieve.ask('SETACTIVE ""'))[0].startswith("OK")
    assert (await sieve.ask('DELETESCRIPT "congés"'))[0].startswith("OK")
    assert (await sieve.ask("LISTSCRIPTS"))[1] == []


async def test_scripts_belong_to_their_account(operator: Operator, sieve: Sieve) -> None:
    await sieve.put("absence", VACATION)
    assert list(operator.store.accounts[operator.accounts[0].address].scripts) == ["absence"]
    assert operator.store.accounts[operator.accounts[1].address].scripts == {}


@pytest.mark.parametrize(
    ("command", "answer"),
    [
        ('CHECKSCRIPT "keep;"', "OK"),
        ('CHECKSCRIPT "keep"', 'NO "line 1: ; expected"'),
        ('GETSCRIPT "x"', "NO (NONEXISTENT)"),
        ('SETACTIVE "x"', "NO (NONEXISTENT)"),
        ('HAVESPACE "x" 100', "OK"),
        ('HAVESPACE "x" 9999999', "NO (QUOTA/MAXSIZE)"),
        ("PUTSCRIPT", "NO"),
        ("NONSENSE", "NO"),
        ('NOOP "t1"', 'OK (TAG "t1")'),
        ("CAPABILITY", "OK"),
    ],
)
async def test_each_command_has_its_answer(sieve: Sieve, command: str, answer: str) -> None:
    assert (await sieve.ask(command))[0].startswith(answer)


async def test_a_script_too_big_is_refused_and_an_endless_one_ends_the_connection(sieve: Sieve) -> None:
    assert (await sieve.put("big", "# " + "x" * 70_000)).startswith("NO (QUOTA/MAXSIZE)")
    await sieve.wire.send(b'PUTSCRIPT "big" {900000+}\r\n')
    assert await sieve.wire.line() == b""


@pytest.mark.parametrize(
    "script",
    ["", VACATION, 'require "fileinto"; if header :contains "a" "b" { fileinto "c"; } else { stop; }', "/* x */ keep;"],
)
def test_well_formed_scripts_pass(script: str) -> None:
    check(script)


@pytest.mark.parametrize(
    "script",
    [
        'require "enotify";',
        "keep",
        "if true { keep; ",
        "keep; }",
        'vacation "unterminated',
        'vacation ["a" "b"];',
        "if " + "not " * 100 + "true { keep; }",
        "é",
    ],
)
def test_others_are_refused(script: str) -> None:
    with pytest.raises(BadScript):
        check(script)


@given(st.text(alphabet='abif{}[]();,":#/*. \n', max_size=60))
def test_any_script_is_read_or_refused(script: str) -> None:
    try:
        check(script)
    except BadScript:
        return

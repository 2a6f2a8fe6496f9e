"""Several sessions at one mailbox see each other's changes, and hostile ones do no harm."""

from __future__ import annotations

import asyncio

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mss_tui.demo.imap import utf7
from mss_tui.demo.imap.fetch import items
from mss_tui.demo.imap.syntax import Arguments, BadSyntax
from mss_tui.demo.operator import Operator
from tests.demo.conftest import Clients
from tests.demo.test_imap import MESSAGE
from tests.demo.wire import Wire


async def idling(clients: Clients) -> Wire:
    wire = await clients.login()
    await wire.ok("SELECT INBOX")
    await wire.send(b"i IDLE\r\n")
    assert (await wire.line()).startswith(b"+ ")
    return wire


async def test_an_idling_session_is_told_of_arrival_flags_and_removal(clients: Clients) -> None:
    other = await clients.login()
    await other.append(MESSAGE)
    watching = await idling(clients)
    await other.append(MESSAGE)
    assert await watching.line() == b"* 2 EXISTS\r\n"
    assert await watching.line() == b"* 2 RECENT\r\n"
    await other.ok("SELECT INBOX")
    await other.ok("STORE 1 +FLAGS ($MssTraite)")
    assert await watching.line() == b"* 1 FETCH (UID 1 FLAGS ($MssTraite \\Recent))\r\n"
    await other.ok("UID MOVE 1 Archives")
    assert await watching.line() == b"* 1 EXPUNGE\r\n"
    await watching.send(b"DONE\r\n")
    assert (await watching.answer(b"i"))[0].startswith(b"OK")


async def test_mail_that_is_delivered_wakes_the_idling_session(operator: Operator, clients: Clients) -> None:
    watching = await idling(clients)
    operator.store.deliver(operator.accounts[0].address, MESSAGE)
    assert await watching.line() == b"* 1 EXISTS\r\n"
    assert await watching.line() == b"* 1 RECENT\r\n"


async def test_idle_ends_on_done_alone(clients: Clients) -> None:
    watching = await idling(clients)
    await watching.send(b"NOOP\r\n")
    assert (await watching.answer(b"i"))[0].startswith(b"BAD")
    assert await watching.ok("NOOP") == []


async def test_a_client_that_vanishes_while_idling_leaves_no_watcher(operator: Operator, clients: Clients) -> None:
    watching = await idling(clients)
    box = operator.store.accounts[operator.accounts[0].address].folders["INBOX"]
    assert box.watchers
    watching.writer.transport.abort()
    while box.watchers:
        await asyncio.sleep(0)


async def test_numbers_do_not_change_during_fetch_store_and_search_by_number(clients: Clients) -> None:
    one, two = await clients.login(), await clients.login()
    for _ in range(3):
        await one.append(MESSAGE)
    await one.ok("SELECT INBOX")
    await two.ok("SELECT INBOX")
    await one.ok("UID MOVE 1 Corbeille")
    assert await two.ok("FETCH 3 UID") == [b"* 3 FETCH (UID 3)"]
    assert await two.ok("SEARCH ALL") == [b"* SEARCH 2 3"]
    assert await two.ok("STORE 2 +FLAGS.SILENT (\\Seen)") == []
    assert await two.ok("NOOP") == [b"* 1 EXPUNGE"]
    assert await two.ok("FETCH 2 UID") == [b"* 2 FETCH (UID 3)"]


async def test_a_deleted_folder_empties_for_whoever_has_it_open(clients: Clients) -> None:
    one, two = await clients.login(), await clients.login()
    await one.ok("CREATE Tmp")
    await one.append(MESSAGE, folder="Tmp")
    await two.ok("SELECT Tmp")
    await one.ok("DELETE Tmp")
    assert await two.ok("NOOP") == [b"* 1 EXPUNGE"]


async def test_only_one_session_sees_a_message_as_recent(clients: Clients) -> None:
    one, two = await clients.login(), await clients.login()
    await one.append(MESSAGE)
    assert b"* 1 RECENT" in await one.ok("SELECT INBOX")
    assert b"* 0 RECENT" in await two.ok("SELECT INBOX")


async def test_an_endless_line_ends_the_connection(clients: Clients) -> None:
    wire = await clients.wire()
    await wire.line()
    await wire.send(b"a LOGIN " + b"x" * 20_000)
    assert (await wire.line()).startswith(b"* BYE [TOOBIG]")
    assert await wire.line() == b""


@pytest.mark.parametrize("before_login", [True, False])
async def test_a_literal_over_the_limit_is_refused_before_it_comes(clients: Clients, before_login: bool) -> None:
    if before_login:
        wire = await clients.wire()
        await wire.line()
        command = b"LOGIN {20000}"
    else:
        wire = await clients.login()
        command = b"APPEND INBOX {60000001}"
    tagged, _ = await wire.ask(command)
    assert tagged.startswith(b"NO [TOOBIG]")
    assert (await wire.ask("NOOP"))[0].startswith(b"OK")
    await wire.send(b"z " + command.replace(b"}", b"+}") + b"\r\n")
    assert (await wire.line()).startswith(b"* BYE [TOOBIG]")


async def test_a_literal_outside_append_stays_small(clients: Clients) -> None:
    wire = await clients.login()
    await wire.ok("SELECT INBOX")
    tagged, _ = await wire.ask(b"SEARCH SUBJECT {2000000}")
    assert tagged.startswith(b"NO [TOOBIG]")


async def test_twenty_mistakes_in_a_row_end_the_connection(clients: Clients) -> None:
    wire = await clients.login()
    for _ in range(20):
        assert (await wire.ask("NONSENSE"))[0].startswith(b"BAD")
    assert (await wire.line()).startswith(b"* BYE")
    assert await wire.line() == b""


@pytest.mark.parametrize(
    "command",
    [
        b"SEARCH " + b"(" * 500 + b"ALL" + b")" * 500,
        b"SEARCH " + b"NOT " * 500 + b"ALL",
        b"SEARCH " + b" ".join([b"ALL"] * 3000),
        b"FETCH 1 (" + b" ".join([b"UID"] * 500) + b")",
        b"FETCH 1 BODY[" + b".".join([b"1"] * 500) + b"]",
        b"UID FETCH " + b",".join([b"1"] * 25_000) + b" UID",
        b'LIST "" ' + b"*a" * 200,
        b"STORE 1 +FLAGS (" + b" ".join(b"k%d" % i for i in range(400)) + b")",
        b'SELECT "\xff\xfe"',
        b"SELECT &AOk",
        b'LIST "" "a',
        b"",
    ],
)
async def test_what_is_too_much_is_refused_and_the_session_goes_on(clients: Clients, command: bytes) -> None:
    wire = await clients.login()
    await wire.append(MESSAGE)
    await wire.ok("SELECT INBOX")
    tagged, _ = await wire.ask(command)
    assert not tagged.startswith(b"OK")
    assert await wire.ok("UID SEARCH ALL") == [b"* SEARCH 1"]


async def test_more_connections_than_allowed_are_closed_at_once(clients: Clients) -> None:
    wires = [await clients.wire(tls=False) for _ in range(64)]
    assert all([(await wire.line()).startswith(b"* OK") for wire in wires])
    assert await (await clients.wire(tls=False)).line() == b""


@given(st.text(max_size=40))
def test_folder_names_survive_modified_utf7(name: str) -> None:
    assert utf7.decode(utf7.encode(name)) == name


@given(st.binary(max_size=60))
def test_any_folder_name_is_read_or_refused(data: bytes) -> None:
    try:
        utf7.decode(data)
    except ValueError:
        return


words = st.sampled_from(
    [
        b"BODY[",
        b"BODY.PEEK[",
        b"HEADER",
        b".FIELDS",
        b" (",
        b")",
        b"]",
        b"<1.2>",
        b"UID",
        b" ",
        b"1.",
        b"MIME",
        b"(",
        b"FULL",
        b'"a"',
    ]
)


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(words | st.binary(max_size=3), max_size=12).map(b"".join))
def test_any_fetch_items_are_read_or_refused(data: bytes) -> None:
    try:
        items(Arguments(data))
    except BadSyntax:
        return

"""The IMAP server answers other clients as the RFCs say."""

from __future__ import annotations

import asyncio
import base64
import imaplib
import quopri
import ssl
from datetime import UTC, datetime

import pytest

from mss_tui.demo.imap import utf7
from mss_tui.demo.operator import Operator
from tests.demo.conftest import Clients
from tests.demo.wire import Wire, trusting

MESSAGE = b"From: a@b.mssante.fr\r\nSubject: un\r\n\r\ncorps\r\n"


@pytest.fixture
async def wire(clients: Clients) -> Wire:
    """A client of the first account, logged in."""
    return await clients.login()


@pytest.mark.parametrize("kind", ["imap", "imaps"])
async def test_imaplib_lists_and_reads_the_demo_mailbox_under_tls(full_operator: Operator, kind: str) -> None:
    context = trusting(full_operator.ca)
    who = full_operator.accounts[0]

    def read() -> tuple[list[bytes], bytes, bytes]:
        client: imaplib.IMAP4
        if kind == "imaps":
            client = imaplib.IMAP4_SSL("127.0.0.1", full_operator.imaps.port, ssl_context=context, timeout=20)
        else:
            client = imaplib.IMAP4("127.0.0.1", full_operator.imap.port, timeout=20)
            client.starttls(context)
        client.login(who.address, who.password)
        folders = client.list()[1]
        count = client.select("INBOX")[1][0]
        found = client.uid("SEARCH", None, "SUBJECT", '"Suivi de Mme HADDAD"')[1][0]
        body = client.uid("FETCH", found.decode(), "(BODY.PEEK[TEXT])")[1][0][1]
        client.logout()
        return folders, count, body

    folders, count, body = await asyncio.to_thread(read)
    assert b'(\\HasNoChildren \\Sent) "/" "Envoy&AOk-s"' in folders
    assert int(count) > 25
    assert "sertraline à 50 mg" in quopri.decodestring(body).decode()


async def test_no_password_is_taken_before_tls(operator: Operator, clients: Clients) -> None:
    wire = await clients.wire(tls=False)
    greeting = await wire.line()
    assert b"LOGINDISABLED" in greeting
    assert b"AUTH=" not in greeting
    who = operator.accounts[0]
    tagged, _ = await wire.ask(f"LOGIN {who.address} {who.password}")
    assert tagged.startswith(b"NO [PRIVACYREQUIRED]")
    response = base64.b64encode(f"\0{who.address}\0{who.password}".encode()).decode()
    tagged, _ = await wire.ask(f"AUTHENTICATE PLAIN {response}")
    assert tagged.startswith(b"NO [PRIVACYREQUIRED]")


async def test_octets_sent_ahead_of_the_handshake_end_the_connection(operator: Operator, clients: Clients) -> None:
    wire = await clients.wire(tls=False)
    await wire.line()
    await wire.send(b"a STARTTLS\r\nb CAPABILITY\r\n")
    assert (await wire.line()).startswith(b"a OK")
    assert await wire.line() == b""


async def test_a_client_that_does_not_know_the_authority_gets_no_session(operator: Operator) -> None:
    with pytest.raises(ssl.SSLCertVerificationError):
        await Wire.open(operator.imaps.port, ssl.create_default_context())


async def test_xoauth2_takes_the_token_and_says_why_it_refuses_another(operator: Operator, clients: Clients) -> None:
    wire = await clients.wire()
    await wire.line()
    who = operator.accounts[0]

    def response(token: str) -> bytes:
        return base64.b64encode(f"user={who.address}\x01auth=Bearer {token}\x01\x01".encode())

    await wire.send(b"a AUTHENTICATE XOAUTH2 " + response("wrong") + b"\r\n")
    challenge = await wire.line()
    assert b'"status":"400"' in base64.b64decode(challenge.removeprefix(b"+ "))
    await wire.send(b"\r\n")
    assert (await wire.answer(b"a"))[0].startswith(b"NO [AUTHENTICATIONFAILED]")
    tagged, _ = await wire.ask(b"AUTHENTICATE XOAUTH2 " + response(who.password))
    assert tagged.startswith(b"OK [CAPABILITY IMAP4rev1")


async def test_plain_lets_nobody_act_for_another(operator: Operator, clients: Clients) -> None:
    wire = await clients.wire()
    await wire.line()
    first, second = operator.accounts
    response = base64.b64encode(f"{second.address}\0{first.address}\0{first.password}".encode()).decode()
    tagged, _ = await wire.ask(f"AUTHENTICATE PLAIN {response}")
    assert tagged.startswith(b"NO [AUTHENTICATIONFAILED]")


async def test_a_third_wrong_password_ends_the_connection(operator: Operator, clients: Clients) -> None:
    wire = await clients.wire()
    await wire.line()
    for _ in range(3):
        tagged, lines = await wire.ask(f"LOGIN {operator.accounts[0].address} wrong")
        assert tagged.startswith(b"NO")
    assert lines[-1].startswith(b"* BYE")
    assert await wire.line() == b""


async def test_one_user_does_not_see_the_other_s_mail(clients: Clients) -> None:
    first, second = await clients.login(0), await clients.login(1)
    await first.append(MESSAGE)
    await first.ok("CREATE Secret")
    assert b"* 0 EXISTS" in await second.ok("SELECT INBOX")
    assert (await second.ask("SELECT Secret"))[0].startswith(b"NO [NONEXISTENT]")


async def test_select_says_what_the_folder_is(wire: Wire) -> None:
    await wire.append(MESSAGE, flags="(\\Seen $MssTraite)")
    await wire.append(MESSAGE)
    lines = await wire.ok("SELECT INBOX")
    text = b"\n".join(lines)
    for wanted in (
        b"* 2 EXISTS",
        b"* 2 RECENT",
        b"* OK [UNSEEN 2]",
        b"* OK [UIDNEXT 3]",
        b"* FLAGS (\\Answered \\Flagged \\Deleted \\Seen \\Draft $MssTraite)",
        b"* OK [PERMANENTFLAGS (\\Answered \\Flagged \\Deleted \\Seen \\Draft $MssTraite \\*)]",
    ):
        assert wanted in text
    tagged, lines = await wire.ask("EXAMINE INBOX")
    assert tagged.startswith(b"OK [READ-ONLY]")
    assert b"* 0 RECENT" in lines
    assert (await wire.ask("STORE 1 +FLAGS (\\Deleted)"))[0].startswith(b"NO")


async def test_reading_a_body_marks_it_read_and_peeking_does_not(wire: Wire) -> None:
    await wire.append(MESSAGE)
    await wire.ok("SELECT INBOX")
    assert await wire.ok("FETCH 1 BODY.PEEK[TEXT]<1.3>") == [b"* 1 FETCH (BODY[TEXT]<1> {3}\r\norp)"]
    lines = await wire.ok("FETCH 1 (BODY[TEXT])")
    assert lines == [b"* 1 FETCH (BODY[TEXT] {7}\r\ncorps\r\n FLAGS (\\Seen \\Recent))"]
    assert await wire.ok("FETCH 1 BODY[TEXT]") == [b"* 1 FETCH (BODY[TEXT] {7}\r\ncorps\r\n)"]


async def test_uid_fetch_always_names_the_uid_and_leaves_out_what_is_gone(wire: Wire) -> None:
    await wire.append(MESSAGE)
    await wire.ok("SELECT INBOX")
    assert await wire.ok("UID FETCH 1:* RFC822.SIZE") == [b"* 1 FETCH (UID 1 RFC822.SIZE %d)" % len(MESSAGE)]
    assert await wire.ok("UID FETCH 7 FLAGS") == []
    assert (await wire.ask("FETCH 7 FLAGS"))[0].startswith(b"BAD")


async def test_append_keeps_flags_and_date_and_tells_the_uid(wire: Wire) -> None:
    data = b"Subject: x\r\n\r\n"
    command = b'APPEND Brouillons (\\Draft $MssEnvoi) "01-Mar-2026 08:09:10 +0200" {%d+}\r\n' % len(data) + data
    tagged, _ = await wire.ask(command)
    validity = tagged.split()[2]
    assert tagged == b"OK [APPENDUID %s 1] APPEND completed" % validity
    await wire.ok("SELECT Brouillons")
    lines = await wire.ok("FETCH 1 (INTERNALDATE FLAGS)")
    assert lines == [b'* 1 FETCH (INTERNALDATE " 1-Mar-2026 07:09:10 +0100" FLAGS ($MssEnvoi \\Draft \\Recent))']
    assert (await wire.ask(b'APPEND Brouillons "31-Feb-2026 00:00:00 +0000" {1+}\r\nx'))[0].startswith(b"BAD")
    assert (await wire.ask(b"APPEND Ailleurs {1+}\r\nx"))[0].startswith(b"NO [TRYCREATE]")


async def test_a_synchronising_literal_is_asked_for(wire: Wire) -> None:
    await wire.send(b"x APPEND INBOX {%d}\r\n" % len(MESSAGE))
    assert (await wire.line()).startswith(b"+ ")
    await wire.send(MESSAGE + b"\r\n")
    assert (await wire.answer(b"x"))[0].startswith(b"OK [APPENDUID")


async def test_move_tells_where_before_the_messages_leave(wire: Wire) -> None:
    for _ in range(3):
        await wire.append(MESSAGE, flags="($MssPris_0a1b2c)")
    await wire.ok("SELECT INBOX")
    tagged, lines = await wire.ask("UID MOVE 1,3 Corbeille")
    assert tagged.startswith(b"OK")
    assert lines[0].split(b"] ")[0].endswith(b"1,3 1:2")
    assert lines[1:] == [b"* 3 EXPUNGE", b"* 1 EXPUNGE"]
    await wire.ok("SELECT Corbeille")
    assert await wire.ok("UID SEARCH KEYWORD $mssPris_0A1B2C") == [b"* SEARCH 1 2"]


async def test_uid_expunge_deletes_only_what_is_named(wire: Wire) -> None:
    for _ in range(3):
        await wire.append(MESSAGE, flags="(\\Deleted)")
    await wire.ok("SELECT INBOX")
    assert await wire.ok("UID EXPUNGE 2") == [b"* 2 EXPUNGE"]
    assert await wire.ok("UID SEARCH ALL") == [b"* SEARCH 1 3"]
    await wire.ok("CLOSE")
    assert b"* 0 EXISTS" in await wire.ok("SELECT INBOX")


async def test_a_conditional_store_refuses_what_changed_since(wire: Wire) -> None:
    for _ in range(2):
        await wire.append(MESSAGE)
    await wire.ok("SELECT INBOX (CONDSTORE)")
    await wire.ok("STORE 1 +FLAGS (\\Flagged)")
    lines = await wire.ok("FETCH 1:2 (MODSEQ)")
    low, high = sorted(int(line.rpartition(b"(")[2].rstrip(b")")) for line in lines)
    tagged, lines = await wire.ask(f"STORE 1:2 (UNCHANGEDSINCE {low}) +FLAGS ($MssTraite)")
    assert tagged.startswith(b"OK [MODIFIED 1]")
    assert [line.split()[1] for line in lines] == [b"2"]
    changed = await wire.ok(f"UID FETCH 1:* (FLAGS) (CHANGEDSINCE {high})")
    assert [line.split()[1] for line in changed] == [b"2"]


@pytest.mark.parametrize(
    ("keys", "found"),
    [
        ("ALL", "1 2 3"),
        ("UNSEEN", "2 3"),
        ("FLAGGED NOT SEEN", "3"),
        ("OR SEEN FLAGGED", "1 3"),
        ("1:2 UNSEEN", "2"),
        ("UID 2:*", "2 3"),
        ("(OR (SUBJECT liaison) (TO chef)) UNKEYWORD $MssTraite", "2 3"),
        ("FROM lefebvre", "1"),
        ("CC copie", "3"),
        ("HEADER X-MSS-INS O", "3"),
        ('HEADER X-MSS-INS ""', "3"),
        ("LARGER 100", "1"),
        ("SMALLER 100", "2 3"),
        ("BEFORE 2-Mar-2026", "1"),
        ("ON 2-Mar-2026", "2"),
        ("SINCE 2-Mar-2026", "2 3"),
        ("SENTBEFORE 1-Jan-2026", "1"),
        ("SENTON 5-Jan-2026", "2"),
        ("SENTSINCE 5-Jan-2026", "2"),
        ("CHARSET UTF-8 BODY hemoglobine", "1"),
        ('CHARSET UTF-8 TEXT "LÉO"', "2"),
        ("ANSWERED", ""),
        ("DELETED", ""),
        ("UNDRAFT UNDELETED UNANSWERED UNFLAGGED KEYWORD $MssTraite", "1"),
        ("NEW", "2 3"),
        ("OLD", ""),
        ("RECENT", "1 2 3"),
    ],
)
async def test_search_keys(operator: Operator, wire: Wire, keys: str, found: str) -> None:
    box = operator.store.accounts[operator.accounts[0].address].folders["INBOX"]
    box.add(
        b"From: Dr =?utf-8?q?Lef=C3=A8bvre?= <a@b.fr>\r\nDate: Wed, 31 Dec 2025 23:00:00 +0100\r\n"
        b"Content-Type: text/plain; charset=iso-8859-1\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"
        b"H=E9moglobine : 12,8 g/dl" + b" " * 40,
        datetime(2026, 3, 1, 22, 59, tzinfo=UTC),
        ["\\Seen", "$MssTraite"],
    )
    box.add(
        b"Subject: =?utf-8?b?TMOpbw==?= liaison\r\nDate: Mon, 5 Jan 2026 10:00:00 +0100\r\n\r\n",
        datetime(2026, 3, 1, 23, 1, tzinfo=UTC),
    )
    box.add(
        b"To: Chef <c@d.fr>\r\nCc: copie@e.fr\r\nX-MSS-INS: O\r\n\r\n", datetime(2026, 3, 4, tzinfo=UTC), ["\\Flagged"]
    )
    await wire.ok("SELECT INBOX")
    assert await wire.ok(f"SEARCH {keys}".encode()) == [f"* SEARCH {found}".rstrip().encode()]


async def test_search_returns_what_is_asked(wire: Wire) -> None:
    for _ in range(4):
        await wire.append(MESSAGE)
    await wire.ok("SELECT INBOX")
    lines = await wire.ok("UID SEARCH RETURN (MIN MAX COUNT ALL) NOT UID 2")
    assert lines[0].endswith(b" UID MIN 1 MAX 4 COUNT 3 ALL 1,3:4")
    assert (await wire.ask("SEARCH CHARSET KOI8-R TEXT x"))[0].startswith(b"NO [BADCHARSET (US-ASCII UTF-8)]")


async def test_list_finds_folders_by_role_subscription_and_pattern(wire: Wire) -> None:
    await wire.ok("CREATE Archives/2026/Janvier")
    await wire.ok("UNSUBSCRIBE Archives/2026")
    assert await wire.ok('LIST "" ""') == [b'* LIST (\\Noselect) "/" ""']
    assert await wire.ok('LIST "" Archives/%') == [b'* LIST (\\HasChildren) "/" "Archives/2026"']
    assert len(await wire.ok('LIST "" Archives*')) == 3
    special = await wire.ok('LIST (SPECIAL-USE) "" "*" RETURN (SPECIAL-USE)')
    assert {line.split(b'"/" ')[1] for line in special} == {
        b'"Archives"',
        b'"Brouillons"',
        b'"Corbeille"',
        b'"Envoy&AOk-s"',
        b'"Ind&AOk-sirables"',
    }
    names = [line for line in await wire.ok('LSUB "" Archives*') if b"2026" in line]
    assert names == [b'* LSUB () "/" "Archives/2026/Janvier"']
    lines = await wire.ok('LIST (SUBSCRIBED) "" (INBOX Archives/%) RETURN (STATUS (MESSAGES UNSEEN))')
    assert lines == [
        b'* LIST (\\HasNoChildren \\Subscribed) "/" "INBOX"',
        b'* STATUS "INBOX" (MESSAGES 0 UNSEEN 0)',
    ]


async def test_folders_are_made_renamed_and_deleted(wire: Wire) -> None:
    await wire.ok(b'CREATE "' + utf7.encode("Été & suites") + b'"')
    await wire.append(MESSAGE, folder='"&AMk-t&AOk- &- suites"')
    await wire.ok('RENAME "&AMk-t&AOk- &- suites" Nouveau')
    assert await wire.ok("STATUS Nouveau (MESSAGES)") == [b'* STATUS "Nouveau" (MESSAGES 1)']
    assert (await wire.ask("CREATE Nouveau"))[0].startswith(b"NO [ALREADYEXISTS]")
    await wire.ok("CREATE Nouveau/Sous")
    assert (await wire.ask("DELETE Nouveau"))[0].startswith(b"NO [HASCHILDREN]")
    await wire.ok("DELETE Nouveau/Sous")
    await wire.ok("DELETE Nouveau")
    assert (await wire.ask("DELETE INBOX"))[0].startswith(b"NO [CANNOT]")
    for name in (b"a//b", b'"a*b"', b'"a&AAc-b"'):
        assert (await wire.ask(b"CREATE " + name))[0].startswith(b"NO"), name


async def test_a_new_folder_of_an_old_name_has_another_uidvalidity(wire: Wire) -> None:
    await wire.ok("CREATE Un")
    before = await wire.ok("STATUS Un (UIDVALIDITY)")
    await wire.ok("DELETE Un")
    await wire.ok("CREATE Un")
    assert await wire.ok("STATUS Un (UIDVALIDITY)") != before


async def test_quota_is_told_and_kept(operator: Operator, wire: Wire) -> None:
    operator.store.accounts[operator.accounts[0].address].quota = 4096
    lines = await wire.ok("GETQUOTAROOT INBOX")
    assert lines == [b'* QUOTAROOT "INBOX" "Quota"', b'* QUOTA "Quota" (STORAGE 0 4)']
    assert (await wire.append(b"Subject: x\r\n\r\n" + b"y" * 3000)).startswith(b"OK")
    assert (await wire.append(b"Subject: x\r\n\r\n" + b"y" * 3000)).startswith(b"NO [OVERQUOTA]")
    await wire.ok("SELECT INBOX")
    assert (await wire.ask("COPY 1 Archives"))[0].startswith(b"NO [OVERQUOTA]")
    assert (await wire.ask("MOVE 1 Archives"))[0].startswith(b"OK")
    assert (await wire.ok("GETQUOTA Quota"))[0] == b'* QUOTA "Quota" (STORAGE 3 4)'
    assert (await wire.ask("SETQUOTA Quota (STORAGE 9)"))[0].startswith(b"NO [NOPERM]")


async def test_small_commands_answer_as_they_should(wire: Wire) -> None:
    assert await wire.ok("NAMESPACE") == [b'* NAMESPACE (("" "/")) NIL NIL']
    assert await wire.ok('ID ("name" "x" "version" NIL)') == [b'* ID ("name" "mss-tui demo")']
    assert await wire.ok("ENABLE CONDSTORE UTF8=ACCEPT") == [b"* ENABLED CONDSTORE"]
    assert await wire.ok("NOOP") == []
    assert (await wire.ask("STARTTLS"))[0].startswith(b"BAD")
    assert (await wire.ask("FETCH 1 ALL"))[0].startswith(b"BAD")
    assert (await wire.ask("XYZZY"))[0].startswith(b"BAD")
    tagged, lines = await wire.ask("LOGOUT")
    assert tagged.startswith(b"OK")
    assert lines[0].startswith(b"* BYE")
    assert await wire.line() == b""

"""The port's promises on real servers: Dovecot and the demo operator."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import pytest

from mss_tui.errors import NotFound, ServerRefused
from mss_tui.model.folder import Role
from mss_tui.model.message import FLAGGED, SEEN, MessageRef
from mss_tui.model.people import Security
from mss_tui.ports.mail import Query
from tests.imap.conftest import OpenStore
from tests.imap.messages import letter, with_attachment
from tests.support.servers import MailServer


@pytest.fixture(params=list(Security))
def security(request: pytest.FixtureRequest) -> Security:
    return Security(request.param)


async def test_opens_the_newest_rows_first(mail_server: MailServer, security: Security, open_store: OpenStore) -> None:
    account = mail_server.new_account(security)
    mail_server.fill(account.address, (letter(n) for n in range(1, 61)))
    opened = await open_store(mail_server, account).open("INBOX", 50)
    assert (opened.total, opened.unseen, len(opened.rows)) == (60, 60, 50)
    assert [row.message_id for row in opened.rows] == [f"<{n}@alpha.mssante.fr>" for n in range(60, 10, -1)]
    assert opened.uidnext == opened.rows[0].ref.uid + 1
    assert opened.permanent_keywords


async def test_a_row_says_what_the_header_says(mail_server: MailServer, open_store: OpenStore) -> None:
    account = mail_server.new_account()
    received = datetime(2026, 8, 22, 11, 0, tzinfo=UTC)
    mail_server.fill(account.address, [letter(), with_attachment(b"AAAA")], received=received)
    file, plain = (await open_store(mail_server, account).open("INBOX")).rows
    assert (plain.sender.name, plain.sender.address) == ("Dr Anne LEFEBVRE", "anne@alpha.mssante.fr")
    assert [p.address for p in (*plain.to, *plain.cc)] == ["bob@alpha.mssante.fr", "carl@alpha.mssante.fr"]
    assert plain.subject == "Bilan * INR * 1"
    assert plain.date is not None
    assert plain.date.isoformat() == "2026-11-16T10:00:00+01:00"
    assert plain.received == received
    assert plain.size == len(letter())
    assert {plain.automatic, plain.has_attachment, plain.has_documents, plain.seen} == {False}
    assert file.automatic
    assert file.has_attachment
    assert file.has_documents
    assert file.receipt_to == "labo@biosud.mssante.fr"


async def test_rows_come_by_position_and_by_uid(mail_server: MailServer, open_store: OpenStore) -> None:
    account = mail_server.new_account()
    mail_server.fill(account.address, (letter(n) for n in range(1, 11)))
    store = open_store(mail_server, account)
    opened = await store.open("INBOX", 3)
    assert [row.message_id[1] for row in await store.rows("INBOX", 3, 6)] == ["7", "6", "5"]
    assert await store.rows("INBOX", 10, 20) == ()
    assert [row.message_id for row in await store.rows("INBOX", 9, 20)] == ["<1@alpha.mssante.fr>"]
    first = opened.rows[-1].ref.uid
    got = await store.rows_of("INBOX", [first, 9999, first + 2])
    assert [row.ref.uid for row in got] == [first, first + 2]


async def test_folders_have_roles_and_counts(mail_server: MailServer, open_store: OpenStore) -> None:
    account = mail_server.new_account()
    mail_server.fill(account.address, [letter()])
    folders = await open_store(mail_server, account).folders(counts=True)
    assert (folders[0].name, folders[0].role, folders[0].total, folders[0].unseen) == ("INBOX", Role.INBOX, 1, 1)
    names = {folder.role: folder.name for folder in folders}
    assert names.keys() >= {Role.DRAFTS, Role.SENT, Role.TRASH, Role.JUNK, Role.ARCHIVE}
    assert names[Role.SENT] == "Envoyés"
    assert all(folder.total == 0 and folder.subscribed for folder in folders[1:] if folder.role is not Role.NONE)


async def test_reading_gives_the_octets_and_marks_nothing(mail_server: MailServer, open_store: OpenStore) -> None:
    account = mail_server.new_account()
    content = b"\r\n".join([b"QUJD" * 19] * 400)
    mail_server.fill(account.address, [with_attachment(content)])
    store = open_store(mail_server, account)
    ref = (await store.open("INBOX")).rows[0].ref
    fetched = await store.fetch(ref)
    assert fetched.header == with_attachment(content).partition(b"\r\n\r\n")[0] + b"\r\n\r\n"
    text, file = fetched.structure.leaves()
    assert (fetched.structure.type, text.section, text.type) == ("multipart/mixed", "1", "text/plain")
    assert (file.section, file.type, file.encoding) == ("2", "application/pdf", "base64")
    assert (file.name, file.disposition, file.size) == ("compte rendu.pdf", "attachment", len(content))
    assert await store.section(ref, "1") == b"Voir PJ"
    assert await store.section(ref, "2", 100) == content[:100]
    assert await store.section(ref, "") == with_attachment(content)
    chunks = [chunk async for chunk in store.stream(ref, "2", 4096)]
    assert b"".join(chunks) == content
    assert max(map(len, chunks)) <= 4096
    assert not (await store.rows_of("INBOX", [ref.uid]))[0].seen


@pytest.mark.parametrize("size", [4095, 4096, 4097, 8192, 1])
async def test_a_stream_ends_where_the_part_ends(mail_server: MailServer, open_store: OpenStore, size: int) -> None:
    account = mail_server.new_account()
    mail_server.fill(account.address, [with_attachment(b"x" * size)])
    store = open_store(mail_server, account)
    ref = (await store.open("INBOX")).rows[0].ref
    assert b"".join([chunk async for chunk in store.stream(ref, "2", 4096)]) == b"x" * size


async def test_a_section_is_never_a_command(mail_server: MailServer, open_store: OpenStore) -> None:
    account = mail_server.new_account()
    mail_server.fill(account.address, [letter()])
    store = open_store(mail_server, account)
    ref = (await store.open("INBOX")).rows[0].ref
    for section in ("1] UID 1 BODY[", "évil", "1\r\nA1 LOGOUT"):
        with pytest.raises(NotFound):
            await store.section(ref, section)


async def test_flags_are_what_the_server_says_now(mail_server: MailServer, open_store: OpenStore) -> None:
    account = mail_server.new_account()
    mail_server.fill(account.address, [letter(1), letter(2)])
    store = open_store(mail_server, account)
    newest, oldest = (row.ref for row in (await store.open("INBOX")).rows)
    done = await store.flag([newest], [SEEN, "$MssTraite"])
    assert done == ((newest, frozenset({SEEN, "$MssTraite"})),)
    with mail_server.colleague(account.address) as colleague:
        colleague.select("INBOX")
        colleague.uid("STORE", str(newest.uid), "+FLAGS", r"(\Flagged)")
    both = dict(await store.flag([newest, oldest], ["$MssClasse"], ["$MssTraite"]))
    assert both == {newest: frozenset({SEEN, FLAGGED, "$MssClasse"}), oldest: frozenset({"$MssClasse"})}


async def test_moved_messages_keep_their_octets_and_say_where_they_are(
    mail_server: MailServer, open_store: OpenStore
) -> None:
    account = mail_server.new_account()
    mail_server.fill(account.address, (letter(n) for n in range(1, 6)))
    store = open_store(mail_server, account)
    rows = (await store.open("INBOX")).rows
    moved = await store.move([rows[0].ref, rows[2].ref], "Envoyés")
    assert {source for source, _ in moved.pairs} == {rows[0].ref, rows[2].ref}
    target = dict(moved.pairs)[rows[2].ref]
    assert target.folder == "Envoyés"
    assert await store.section(target, "") == letter(3)
    with pytest.raises(NotFound):
        await store.section(rows[2].ref, "")
    assert (await store.open("INBOX")).total == 3


async def test_copying_leaves_the_original(mail_server: MailServer, open_store: OpenStore) -> None:
    account = mail_server.new_account()
    mail_server.fill(account.address, [letter()])
    store = open_store(mail_server, account)
    ref = (await store.open("INBOX")).rows[0].ref
    ((source, target),) = (await store.copy([ref], "Archives")).pairs
    assert source == ref
    assert await store.section(target, "") == await store.section(ref, "") == letter()


async def test_expunging_takes_only_what_was_named(mail_server: MailServer, open_store: OpenStore) -> None:
    account = mail_server.new_account()
    mail_server.fill(account.address, [letter(1)], flags=r"\Deleted")
    mail_server.fill(account.address, [letter(2), letter(3)])
    store = open_store(mail_server, account)
    rows = (await store.open("INBOX")).rows
    await store.expunge([rows[0].ref])
    assert [row.ref for row in (await store.open("INBOX")).rows] == [rows[1].ref, rows[2].ref]


async def test_an_appended_message_is_found_where_the_server_says(
    mail_server: MailServer, open_store: OpenStore
) -> None:
    store = open_store(mail_server, mail_server.new_account())
    received = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
    ref = await store.append("Envoyés", letter(), [SEEN, "$MssEnvoi"], received)
    assert ref is not None
    fetched = await store.fetch(ref)
    assert (fetched.row.received, fetched.row.flags) == (received, frozenset({SEEN, "$MssEnvoi"}))
    assert await store.section(ref, "") == letter()


async def test_appending_to_a_folder_that_is_not_there_says_so(mail_server: MailServer, open_store: OpenStore) -> None:
    store = open_store(mail_server, mail_server.new_account())
    with pytest.raises(NotFound, match="Nulle part"):
        await store.append("Nulle part", letter())
    with pytest.raises(NotFound, match="Nulle part"):
        await store.open("Nulle part")
    assert (await store.open("INBOX")).total == 0


async def test_two_appends_at_once_keep_their_own_bodies(mail_server: MailServer, open_store: OpenStore) -> None:
    store = open_store(mail_server, mail_server.new_account())
    refs = await asyncio.gather(*(store.append("Envoyés", letter(n)) for n in range(1, 6)))
    for number, ref in enumerate(refs, 1):
        assert ref is not None
        assert await store.section(ref, "") == letter(number)


async def test_search_finds_accents_on_the_server(mail_server: MailServer, open_store: OpenStore) -> None:
    account = mail_server.new_account()
    mail_server.fill(
        account.address, [letter(1, "=?utf-8?q?R=C3=A9sultat?="), letter(2, "Autre"), letter(3, "RDV", "Zoé <z@a.fr>")]
    )
    store = open_store(mail_server, account)
    third, second, first = (row.ref.uid for row in (await store.open("INBOX")).rows)
    await store.flag([MessageRef(account.id, "INBOX", (await store.open("INBOX")).uidvalidity, second)], [SEEN])

    async def found(query: Query) -> tuple[int, ...]:
        result = await store.search("INBOX", query)
        assert result.on_server
        return result.uids

    assert await found(Query(subject="Résultat")) == (first,)
    assert await found(Query(text="« lettre »")) == (third, second, first)
    assert await found(Query(words="autre")) == (second,)
    assert await found(Query(unseen=True)) == (third, first)
    assert await found(Query(unseen=True, words="RDV")) == (third,)
    assert await found(Query(without=["\\Seen"], subject="Autre")) == ()
    assert await found(Query(subject='guillemet " et \\')) == ()


async def test_quota_is_in_octets(mail_server: MailServer, open_store: OpenStore) -> None:
    account = mail_server.new_account()
    mail_server.fill(account.address, [letter()])
    quota = await open_store(mail_server, account).quota()
    assert quota is not None
    assert quota.limit in (60 << 20, 60_000_000 // 1024 * 1024)
    assert 0 <= quota.used < 20_000


async def test_a_full_mailbox_is_said_to_be_full(mail_server: MailServer, open_store: OpenStore) -> None:
    store = open_store(mail_server, mail_server.new_account())
    big = letter() + b"x" * (21 << 20)
    for _ in range(2):
        await store.append("INBOX", big)
    with pytest.raises(ServerRefused, match="pleine"):
        await store.append("INBOX", big)
    assert (await store.open("INBOX", 1)).total == 2

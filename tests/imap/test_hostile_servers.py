"""Servers that lie, flood and leave things out (security.md P4, P12 to P15)."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from mss_tui.adapters.imap import ImapStore
from mss_tui.adapters.imap.limits import Limits
from mss_tui.errors import (
    ConnectionLost,
    HostileServer,
    KeywordsRefused,
    MssError,
    NotFound,
    ServerRefused,
)
from mss_tui.model.message import MessageRef
from mss_tui.ports.mail import Query
from tests.imap.scripted import FULL, Authority, Ordinary, Peer, row, serving

Make = Callable[..., ImapStore]
REF = MessageRef("a", "INBOX", 7, 2)
SECRET = "motdepasse"


async def test_p14_a_uid_is_never_served_under_another_uidvalidity(authority: Authority, scripted_store: Make) -> None:
    async with serving(authority, Ordinary()) as served:
        store = scripted_store(served)
        await store.open("INBOX")
        other = MessageRef("a", "INBOX", 8, 2)
        for call in (store.section(other, "1"), store.fetch(other), store.flag([other], ["\\Seen"])):
            with pytest.raises(NotFound):
                await call
        for call in (store.move([other], "Trash"), store.copy([other], "Trash"), store.expunge([other])):
            with pytest.raises(NotFound):
                await call
        assert served.commands(b"UID STORE", b"UID MOVE", b"UID COPY", b"UID EXPUNGE") == []


async def test_p14_a_uidvalidity_that_changed_while_away_is_seen(authority: Authority, scripted_store: Make) -> None:
    async def answer_and_go(peer: Peer, tag: bytes, text: bytes) -> None:
        peer.send(b'* 2 FETCH (UID 2 BODY[1] "autre patient")\r\n' + tag + b" OK done\r\n")

    again = Ordinary({b"UID FETCH": answer_and_go})
    for name in (b"SELECT", b"EXAMINE"):
        answer = again.answers[name]
        assert isinstance(answer, bytes)
        again.answers[name] = answer.replace(b"UIDVALIDITY 7", b"UIDVALIDITY 8")

    async def drop(peer: Peer, tag: bytes, text: bytes) -> None:
        await peer.end()

    async with serving(authority, Ordinary({b"UID FETCH": drop}), again) as served:
        store = scripted_store(served)
        await store.open("INBOX")
        with pytest.raises(NotFound):
            await store.section(REF, "1")
        assert served.connections == 2


async def test_p14_answers_for_others_are_not_taken(authority: Authority, scripted_store: Make) -> None:
    lines = (
        b'* 1 FETCH (UID 1 BODY[1] "un autre")\r\n* 2 FETCH (UID 2 BODY[2] "autre partie")\r\n'
        b'* 2 FETCH (BODY[1] "sans UID connu")\r\n* 3 FETCH (UID 3 BODY[1] "un autre")\r\nTAG OK done\r\n'
    )
    async with serving(authority, Ordinary({b"UID FETCH": lines})) as served:
        store = scripted_store(served)
        with pytest.raises(NotFound):
            await store.section(REF, "1")


@pytest.mark.parametrize(
    ("answer", "deleted"),
    [
        (b"TAG NO [OVERQUOTA] full\r\n", []),
        (b"TAG BAD what\r\n", []),
        (b"TAG OK [COPYUID 9 2 11] copied\r\n", [b"UID EXPUNGE 2"]),
        (b"TAG OK [COPYUID 9 2:3 11:12] copied\r\n", [b"UID EXPUNGE 2:3"]),
    ],
)
async def test_p12_nothing_is_deleted_whose_copy_was_not_confirmed(
    authority: Authority, scripted_store: Make, answer: bytes, deleted: list[bytes]
) -> None:
    capabilities = FULL.replace(b" MOVE", b"")
    async with serving(authority, Ordinary({b"UID COPY": answer}, capabilities=capabilities)) as served:
        store = scripted_store(served)
        refs = [MessageRef("a", "INBOX", 7, 2), MessageRef("a", "INBOX", 7, 3)]
        if deleted:
            await store.move(refs, "Corbeille")
        else:
            with pytest.raises(MssError):
                await store.move(refs, "Corbeille")
        assert served.commands(b"UID EXPUNGE") == deleted
        assert served.commands(b"EXPUNGE", b"CLOSE") == []


async def test_p12_without_move_and_uidplus_nothing_is_moved_or_deleted(
    authority: Authority, scripted_store: Make
) -> None:
    async with serving(authority, Ordinary(capabilities=b"IMAP4rev1 AUTH=PLAIN SASL-IR")) as served:
        store = scripted_store(served)
        with pytest.raises(ServerRefused, match="Rien n'a été changé"):
            await store.move([REF], "Corbeille")
        with pytest.raises(ServerRefused, match="Rien n'a été changé"):
            await store.expunge([REF])
        assert served.commands(b"UID", b"EXPUNGE", b"SELECT") == []


async def test_p12_a_line_cut_during_a_change_is_not_tried_again(authority: Authority, scripted_store: Make) -> None:
    async def drop(peer: Peer, tag: bytes, text: bytes) -> None:
        await peer.end()

    async with serving(authority, Ordinary(dict.fromkeys([b"UID MOVE", b"UID STORE", b"APPEND"], drop))) as served:
        store = scripted_store(served)
        await store.open("INBOX")
        with pytest.raises(ConnectionLost, match="peut-être"):
            await store.move([REF], "Corbeille")
        with pytest.raises(ConnectionLost, match="peut-être"):
            await store.flag([REF], ["\\Seen"])
        with pytest.raises(ConnectionLost, match="peut-être"):
            await store.append("INBOX", b"Subject: x\r\n\r\n")
        assert [len(served.commands(name)) for name in (b"UID MOVE", b"UID STORE", b"APPEND")] == [1, 1, 1]


async def test_a_keyword_that_would_not_be_kept_is_refused(authority: Authority, scripted_store: Make) -> None:
    ordinary = Ordinary()
    answer = ordinary.answers[b"SELECT"]
    assert isinstance(answer, bytes)
    ordinary.answers[b"SELECT"] = answer.replace(b" \\*", b" $Known")
    async with serving(authority, ordinary) as served:
        store = scripted_store(served)
        assert not (await store.open("INBOX")).permanent_keywords
        with pytest.raises(ServerRefused, match="mot-clé"):
            await store.flag([REF], ["$MssTraite"])
        assert served.commands(b"UID STORE") == []
        ordinary.answers[b"UID FETCH"] = b"* 2 FETCH (UID 2 FLAGS ($known \\Seen))\r\nTAG OK done\r\n"
        await store.flag([REF], ["$Known", "\\Seen"])
        assert served.commands(b"UID STORE") == [b"UID STORE 2 +FLAGS.SILENT ($Known \\Seen)"]


@pytest.mark.parametrize(
    "answers",
    [
        {b"UID STORE": b"TAG NO [LIMIT] 26 keywords are enough\r\n"},
        {b"UID FETCH": b"* 2 FETCH (UID 2 FLAGS (\\Seen $Autre))\r\nTAG OK done\r\n"},
    ],
    ids=["said", "in silence"],
)
async def test_a_keyword_beyond_those_that_a_folder_holds_is_refused(
    authority: Authority, scripted_store: Make, answers: dict[bytes, bytes]
) -> None:
    """Some servers keep 26 keywords a folder, and forget the next one with or without a word."""
    async with serving(authority, Ordinary({**answers})) as served:
        store = scripted_store(served)
        with pytest.raises(KeywordsRefused, match="mot-clé"):
            await store.flag([REF], ["$MssTraite"])
        if b"UID FETCH" in answers:
            assert await store.flag([REF], ["\\Seen"]) == ((REF, frozenset({"\\Seen", "$Autre"})),)


async def test_p13_a_literal_that_is_cut_is_no_answer(authority: Authority, scripted_store: Make) -> None:
    async def cut(peer: Peer, tag: bytes, text: bytes) -> None:
        peer.send(b"* 2 FETCH (UID 2 BODY[1] {1000}\r\nLe traitement est arr")
        await peer.writer.drain()
        await peer.end()

    async with serving(authority, Ordinary({b"UID FETCH": cut})) as served:
        with pytest.raises(ConnectionLost):
            await scripted_store(served).section(REF, "1")


async def test_p13_a_part_with_a_gap_in_the_middle_is_refused(authority: Authority, scripted_store: Make) -> None:
    async def partial(peer: Peer, tag: bytes, text: bytes) -> None:
        first = int(text.partition(b"<")[2].partition(b".")[0])
        octets = {0: b"ab", 4: b"cdef"}.get(first, b"")
        peer.send(b"* 2 FETCH (UID 2 BODY[1]<%d> {%d}\r\n%b)\r\n" % (first, len(octets), octets) + tag + b" OK\r\n")

    async with serving(authority, Ordinary({b"UID FETCH": partial})) as served:
        store = scripted_store(served)
        with pytest.raises(HostileServer, match="incomplète"):
            assert [chunk async for chunk in store.stream(REF, "1", 4)] == []


FLOODS = {
    "untagged lines": b"* 1 RECENT\r\n" * 2_000,
    "a line without end": b"* OK " + b"x" * 70_000,
    "a literal of two gigabytes": b"* 2 FETCH (UID 2 BODY[1] {2147483648}\r\n",
    "a literal with a number of forty digits": b"* 2 FETCH (UID 2 BODY[1] {" + b"9" * 40 + b"}\r\n",
    "many literals in one response": b"* 2 FETCH (" + b"X {1}\r\nx" * 200 + b")\r\n",
    "large responses without end": (b"* LIST () NIL {60000}\r\n" + b"x" * 60_000 + b"\r\n") * 20,
    "an impossible folder": b"* 4294967295 EXISTS\r\n",
    "vanished numbers without end": b"* VANISHED 1:4294967295\r\n",
    "a question that nobody owes an answer": b"+ more\r\n",
    "rubbish": b"\x00\xff\r\n",
}
SMALL = Limits(line=65_536, literal=65_536, response=100_000, pieces=50, untagged=1_000, octets=500_000)


@pytest.mark.parametrize("flood", FLOODS.values(), ids=FLOODS.keys())
async def test_p15_a_flood_ends_the_connection(authority: Authority, scripted_store: Make, flood: bytes) -> None:
    async with serving(authority, Ordinary({b"UID FETCH": flood}), Ordinary()) as served:
        store = scripted_store(served, limits=SMALL)
        await store.open("INBOX")
        with pytest.raises(HostileServer):
            await store.section(REF, "1")
        assert (await store.open("INBOX")).total == 3
        assert served.connections == 2


@pytest.mark.parametrize("depth", [250, 10_000])
async def test_p15_deep_nesting_loses_the_structure_only(
    authority: Authority, scripted_store: Make, depth: int
) -> None:
    async def answer(peer: Peer, tag: bytes, text: bytes) -> None:
        line = row(2).removesuffix(b")\r\n") + b" BODY[HEADER] {18}\r\nSubject: message 2"
        if b"BODYSTRUCTURE" in text:
            line += b" BODYSTRUCTURE " + b"(" * depth + b")" * depth
        peer.send(line + b")\r\n" + tag + b" OK done\r\n")

    async with serving(authority, Ordinary({b"UID FETCH": answer})) as served:
        fetched = await scripted_store(served).fetch(REF)
        assert (fetched.structure.section, fetched.structure.type) == ("", "message/rfc822")
        assert fetched.row.subject == "message 2"


async def test_a_row_that_cannot_be_read_does_not_lose_the_others(authority: Authority, scripted_store: Make) -> None:
    broken = row(2).replace(b"RFC822.SIZE 100", b"RFC822.SIZE (")
    async with serving(authority, Ordinary({b"FETCH": row(3) + broken + row(1) + b"TAG OK done\r\n"})) as served:
        opened = await scripted_store(served).open("INBOX")
        assert [r.ref.uid for r in opened.rows] == [3, 1]
        assert opened.total == 3


async def test_p4_control_characters_never_leave_the_adapter(authority: Authority, scripted_store: Make) -> None:
    hostile = b"\x1b]52;c;aGFoYQ==\x07\x1b[2J\x9b31m"
    header = b"From: =?utf-8?q?=1B]0;x=07?= <a\x1b@b.fr>\r\nSubject: " + hostile + b"\r\nMessage-ID: <\x1b[2J>\r\n\r\n"
    line = (
        b'* 3 FETCH (UID 3 FLAGS (\\Seen) INTERNALDATE "16-Nov-2026 10:00:00 +0100" RFC822.SIZE 1 '
        b"BODY[HEADER.FIELDS (SUBJECT)] {%d}\r\n%b)\r\nTAG OK done\r\n" % (len(header), header)
    )
    answers = {
        b"FETCH": line,
        b"LIST": b'* LIST () "/" "a/\x1b[2J"\r\nTAG OK\r\n',
        b"APPEND": b"TAG NO " + hostile + b"\r\n",
    }
    async with serving(authority, Ordinary(answers)) as served:
        store = scripted_store(served)
        found = (await store.open("INBOX")).rows[0]
        (folder,) = await store.folders()
        with pytest.raises(MssError) as caught:
            await store.append("INBOX", b"x")
        shown = [found.subject, found.sender.name, found.sender.address, found.message_id, *folder.path]
        for text in (*shown, str(caught.value)):
            assert text.isprintable()


async def test_search_without_utf8_looks_through_rows_and_says_so(authority: Authority, scripted_store: Make) -> None:
    async def search(peer: Peer, tag: bytes, text: bytes) -> None:
        if b"CHARSET" in text:
            peer.send(tag + b" NO [BADCHARSET (US-ASCII)] no\r\n")
        else:
            peer.send(b'* ESEARCH (TAG "' + tag + b'") UID ALL 1:3\r\n' + tag + b" OK done\r\n")

    subject = row(2).replace(b"message 2", b"R\xc3\xa9sultat")
    lines = subject + row(1) + row(3) + b"TAG OK done\r\n"
    async with serving(authority, Ordinary({b"UID SEARCH": search, b"UID FETCH": lines})) as served:
        store = scripted_store(served)
        found = await store.search("INBOX", Query(subject="résultat"))
        assert (found.uids, found.on_server) == ((2,), False)
        with pytest.raises(ServerRefused, match="accentuées"):
            await store.search("INBOX", Query(text="résultat"))

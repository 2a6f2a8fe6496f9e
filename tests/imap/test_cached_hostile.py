"""The copy of a mailbox before servers that do not keep their word: never one message's text under another's row."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import pytest

from mss_tui.adapters.cache.store import CachedStore
from mss_tui.adapters.tls import context_for
from mss_tui.errors import NotFound
from mss_tui.model.people import Account
from tests.imap.conftest import no_pause
from tests.imap.scripted import FULL, Authority, Ordinary, Peer, serving
from tests.support.copies import Making, making
from tests.support.servers import FixedClock, Passwords

RESYNCS = FULL + b" CONDSTORE QRESYNC"
Start = Callable[[Account], CachedStore]


@pytest.fixture
def copies(tmp_path: Path) -> Iterator[Making]:
    with making(tmp_path / "copies") as made:
        yield made


@pytest.fixture
async def start(copies: Making) -> AsyncIterator[Start]:
    made: list[CachedStore] = []

    def make(account: Account) -> CachedStore:
        context = context_for(account.ca)
        made.append(
            CachedStore(copies.copy(account), account, Passwords("motdepasse"), context, FixedClock(), pause=no_pause)
        )
        return made[-1]

    yield make
    for store in made:
        await store.close()


class Operator(Ordinary):
    """Three messages under UIDs 1 to 3, of the patient who is there now."""

    def __init__(self, capabilities: bytes = RESYNCS) -> None:
        super().__init__(
            {b"SELECT": self._select, b"FETCH": self._fetch, b"UID FETCH": self._fetch}, capabilities=capabilities
        )
        self.patient = b"M. DUPOND"
        self.numbers = (7, 9, 4)
        """UIDVALIDITY, HIGHESTMODSEQ, UIDNEXT."""
        self.refuses_resync = False

    async def _select(self, peer: Peer, tag: bytes, text: bytes) -> None:
        if self.refuses_resync and b"QRESYNC" in text:
            peer.send(tag + b" BAD unknown parameter\r\n")
            return
        peer.send(
            b"* 3 EXISTS\r\n* OK [UIDVALIDITY %d]\r\n* OK [HIGHESTMODSEQ %d]\r\n* OK [UIDNEXT %d]\r\n" % self.numbers
            + tag
            + b" OK [READ-WRITE] selected\r\n"
        )

    async def _fetch(self, peer: Peer, tag: bytes, text: bytes) -> None:
        words = text.split(b" ")
        wanted = words[2] if words[0] == b"UID" else words[1]
        first, _, last = wanted.partition(b":")
        for uid in range(3, 0, -1):
            if int(first) <= uid <= int(last or first):
                peer.send(self._message(uid, b"HEADER]" in text))
        peer.send(tag + b" OK done\r\n")

    def _message(self, uid: int, whole: bool) -> bytes:
        header = b"From: a@b.fr\r\nSubject: %b, lettre %d\r\n\r\n" % (self.patient, uid)
        name = b"BODY[HEADER]" if whole else b"BODY[HEADER.FIELDS (FROM SUBJECT)]"
        body = b"Histoire de %b" % self.patient
        more = b' BODYSTRUCTURE ("TEXT" "PLAIN" NIL NIL NIL "7BIT" %d 1) BODY[1]<0> {%d}\r\n%b' % (
            len(body),
            len(body),
            body,
        )
        items = b'UID %d FLAGS () INTERNALDATE "16-Nov-2026 10:00:00 +0100" RFC822.SIZE 100 ' % uid
        content = b"%b {%d}\r\n%b%b" % (name, len(header), header, more if whole else b"")
        return b"* %d FETCH (%b%b)\r\n" % (uid, items, content)


async def read_all(store: CachedStore) -> list[tuple[str, bytes | None]]:
    """Each row's subject with the text that is read under it."""
    rows = (await store.open("INBOX")).rows
    return [(row.subject, (await store.fetch(row.ref, text=True)).first) for row in rows]


OLD = [(f"M. DUPOND, lettre {n}", b"Histoire de M. DUPOND") for n in (3, 2, 1)]
NEW = [(f"Mme VIAL, lettre {n}", b"Histoire de Mme VIAL") for n in (3, 2, 1)]


@pytest.mark.parametrize(
    "numbers",
    [
        pytest.param((8, 9, 4), id="another UIDVALIDITY"),
        pytest.param((7, 5, 4), id="a MODSEQ that went back"),
        pytest.param((7, 9, 3), id="a UIDNEXT that went back"),
    ],
)
async def test_uids_given_to_other_messages_show_nothing_of_the_first(
    authority: Authority, start: Start, numbers: tuple[int, int, int]
) -> None:
    operator = Operator()
    async with serving(authority, operator) as served:
        store = start(served.account)
        assert await read_all(store) == OLD
        await store.close()
        operator.patient, operator.numbers = b"Mme VIAL", numbers
        store = start(served.account)
        assert await store.kept("INBOX") is not None
        assert await read_all(store) == NEW
        await store.close()
        assert await read_all(start(served.account)) == NEW


async def test_uids_given_away_without_a_word_are_found_out_when_one_is_read(
    authority: Authority, start: Start
) -> None:
    operator = Operator()
    async with serving(authority, operator) as served:
        store = start(served.account)
        row = (await store.open("INBOX")).rows[0]
        await store.close()
        operator.patient = b"Mme VIAL"
        store = start(served.account)
        assert (await store.open("INBOX")).rows[0] == row, "the server says that nothing has changed"
        with pytest.raises(NotFound):
            await store.fetch(row.ref, text=True)
        assert await read_all(store) == NEW
        await store.close()
        assert await read_all(start(served.account)) == NEW


async def test_a_server_that_resyncs_no_more_is_read_from_the_beginning(authority: Authority, start: Start) -> None:
    operator = Operator()
    async with serving(authority, operator) as served:
        store = start(served.account)
        await store.open("INBOX")
        await store.close()
        operator.refuses_resync, operator.patient = True, b"Mme VIAL"
        operator.capabilities = FULL
        operator.answers[b"AUTHENTICATE"] = b"TAG OK [CAPABILITY " + FULL + b"] welcome\r\n"
        again = start(served.account)
        assert await again.kept("INBOX") is not None  # it is at hand: what is asked of it travels with the password
        assert await read_all(again) == NEW
        assert served.commands(b"SELECT") == [b"SELECT INBOX", b"SELECT INBOX (QRESYNC (7 9 1:3))", b"SELECT INBOX"]


async def test_a_server_without_modseq_has_its_rows_shown_and_then_read_again(
    authority: Authority, start: Start
) -> None:
    operator = Operator(FULL)
    async with serving(authority, operator) as served:
        store = start(served.account)
        await store.open("INBOX")
        await store.close()
        operator.patient = b"Mme VIAL"
        store = start(served.account)
        kept = await store.kept("INBOX")
        assert kept is not None
        assert [row.subject for row in kept.opened.rows] == [subject for subject, _ in OLD]
        assert await read_all(store) == NEW
        assert not [command for command in served.commands(b"SELECT") if b"QRESYNC" in command]

"""Every mail through the program itself: a real server, the reader, the worker; it opens, or a sentence says why not.

For the corpus, beside this checkout: pytest -m slow -s tests/mime/test_real_program.py; the table is in
docs/reference/corpus.md.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from time import perf_counter

import pytest

from mss_tui.adapters.clock import SetClock
from mss_tui.adapters.imap import ImapStore
from mss_tui.adapters.tls import context_for
from mss_tui.adapters.worker import ProcessWorker
from mss_tui.errors import MssError
from mss_tui.model.people import Account, Actor
from mss_tui.rules.catalogue import catalogue
from mss_tui.services.box import Box
from mss_tui.services.pieces import Pieces
from mss_tui.services.reading import Reader
from tests.mime.test_awkward import CORPUS
from tests.mime.test_header import clean_line
from tests.support.awkward import mails
from tests.support.desk import PERSON, FakeFacts, FakeJournal
from tests.support.dovecot import PrivateDovecot
from tests.support.fake_mail import NOW
from tests.support.servers import FixedClock, Passwords

pytestmark = pytest.mark.real_server


@dataclass
class Tally:
    """What became of the mails and of their pieces."""

    mails: int = 0
    text: int = 0
    bare: int = 0
    raw: int = 0
    pieces: int = 0
    shown: int = 0
    unseen: int = 0
    held: int = 0
    failed: int = 0
    slowest: float = 0.0

    def __str__(self) -> str:
        counts = (
            self.mails,
            self.text,
            self.bare,
            self.raw,
            self.pieces,
            self.shown,
            self.unseen,
            self.held,
            self.failed,
        )
        return f"| {' | '.join(map(str, counts))} | {self.slowest:.2f} s |"


@pytest.fixture
async def worker() -> AsyncIterator[ProcessWorker]:
    worker = ProcessWorker()
    yield worker
    await worker.close()


async def read_all(dovecot: PrivateDovecot, account: Account, worker: ProcessWorker) -> Tally:
    """Open every message of a mailbox, then every piece of it, as the screens do."""
    clock = SetClock(NOW)
    store = ImapStore(account, Passwords(of=dovecot.password), context_for(dovecot.ca), FixedClock())
    box = Box(account, store, FakeFacts(), catalogue(), clock, by_person=True)  # type: ignore[arg-type]
    reader = Reader(box, worker, FakeJournal(clock))  # type: ignore[arg-type]
    tally = Tally()
    try:
        opened = await store.open("INBOX", 2_000)
        for row in opened.rows:
            start = perf_counter()
            reading = await reader.open(row, Actor(PERSON), mark=False)
            tally.slowest = max(tally.slowest, perf_counter() - start)
            notes = [str(note) for note in reading.notes]
            tally.mails += 1
            tally.raw += any("Vue brute" in note for note in notes)
            tally.text += bool(reading.text.strip())
            tally.bare += not reading.text.strip()
            # whoever opens a message finds words, pieces, or a sentence; an empty message has nothing to hide
            shown = [*reading.text.split("\n"), *notes]
            shown += [text for header in reading.headers for text in (header.name, header.value)]
            pieces = Pieces(reader, worker, reading)
            await pieces.learn()
            for piece in pieces.reading.attachments:
                tally.pieces += 1
                doubts = pieces.doubts(piece)
                tally.held += bool(doubts)
                shown += [piece.name, piece.type, *map(str, doubts)]
                try:
                    found = await pieces.show(piece, 78, 20)
                except MssError as error:
                    tally.failed += 1
                    shown.append(str(error))
                    continue
                shown += [*found.view.text.split("\n"), *map(str, found.view.notes)]
                seen = bool(found.view.text.strip()) or found.picture is not None
                tally.shown += seen
                tally.unseen += not seen
                assert seen or found.view.notes or not piece.size or piece.type.startswith("text/"), (row.ref, piece)
            assert all(map(clean_line, shown)), row.ref
        return tally
    finally:
        await store.close()


async def test_awkward_mails_open_in_the_program(dovecot: PrivateDovecot, worker: ProcessWorker) -> None:
    account = dovecot.new_account()
    made = [data for _, data in mails(60, first=1_000) if data]
    dovecot.fill(account.address, made)
    tally = await read_all(dovecot, account, worker)
    print(tally)
    assert tally.mails == len(made)


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.skipif(not CORPUS.is_dir(), reason="the corpus of real mails is not beside this checkout")
async def test_the_corpus_opens_in_the_program(dovecot: PrivateDovecot, worker: ProcessWorker) -> None:
    account = dovecot.new_account()
    files = sorted(path for path in CORPUS.rglob("*") if path.is_file() and path.name != "README.md")
    dovecot.fill(account.address, [path.read_bytes() for path in files])
    tally = await read_all(dovecot, account, worker)
    print(tally)
    assert tally.mails == 736
    assert tally.raw == 0

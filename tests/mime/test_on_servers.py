"""Awkward and real mails on a real server: each is listed, described, fetched by part and read (security.md P22)."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable

import pytest

from mss_tui.adapters.imap import ImapStore
from mss_tui.adapters.tls import context_for
from mss_tui.adapters.worker import ProcessWorker
from mss_tui.mime.choose import attachments, structure_notes
from mss_tui.mime.view import MAX_OCTETS, View, plan, raw_view, shown_headers
from mss_tui.model.message import Part, Row
from tests.mime.test_awkward import CORPUS
from tests.mime.test_header import clean_line
from tests.support.awkward import mails
from tests.support.dovecot import PrivateDovecot
from tests.support.servers import FixedClock, MailServer, Passwords

pytestmark = pytest.mark.real_server


@pytest.fixture
async def worker() -> AsyncIterator[ProcessWorker]:
    worker = ProcessWorker()
    yield worker
    await worker.close()


def strings_of(row: Row) -> Iterable[str]:
    """What the list shows of a row."""
    people = (row.sender, *row.to, *row.cc, *row.reply_to)
    return (row.subject, row.message_id, *(text for person in people for text in (person.name, person.address)))


def strings_in(part: Part) -> Iterable[str]:
    """What the tree of parts says."""
    for leaf in part.leaves():
        yield from (leaf.type, leaf.name, leaf.charset, leaf.encoding, leaf.disposition, leaf.content_id)


async def read_all(server: MailServer, worker: ProcessWorker, messages: list[bytes]) -> int:
    """List and open every one; the number that were listed."""
    account = server.new_account()
    if server.name == "demo":  # RFC 9051 allows no NUL in a literal: the demo refuses it, Dovecot does not
        messages = [message.replace(b"\0", b"") for message in messages]
    server.fill(account.address, messages)
    store = ImapStore(account, Passwords(of=server.password), context_for(server.ca), FixedClock())
    try:
        opened = await store.open("INBOX", len(messages))
        for row in opened.rows:
            fetched = await store.fetch(row.ref)
            shown = [*strings_of(row), *strings_in(fetched.structure)]
            shown += [text for field in shown_headers(fetched.header) for text in (field.name, field.value)]
            shown += [piece.name for piece in attachments(fetched.structure)]
            shown += map(str, structure_notes(fetched.structure))
            step = plan(fetched.structure)
            if step is not None:
                octets = [await store.section(row.ref, section, MAX_OCTETS) for section in step.sections]
                view = await worker.run(step.job, View, b"".join(octets), step.options(octets))
                shown += [*view.text.split("\n"), *map(str, view.notes)]
            shown += raw_view(await store.section(row.ref, "", 20_000)).split("\n")
            assert all(map(clean_line, shown)), row.ref
        return len(opened.rows)
    finally:
        await store.close()


TOP = b"Subject: x\r\nContent-Type: multipart/mixed; boundary=y\r\n\r\n"
INNER = b"Content-Type: multipart/alternative; boundary="
BROKEN = {
    "no boundary": b"Subject: x\r\nContent-Type: multipart/mixed\r\n\r\nBonjour Docteur\r\n",
    "boundary not found": TOP + b"--x\r\n\r\nBonjour Docteur\r\n--x--\r\n",
    "inner boundary not found": TOP + b"--y\r\n" + INNER + b"z\r\n\r\nBonjour Docteur\r\n--y--\r\n",
    "one boundary twice": TOP + b"--y\r\n" + INNER + b"y\r\n\r\n--y\r\n\r\nBonjour Docteur\r\n--y--\r\n--y--\r\n",
}


@pytest.mark.parametrize("name", BROKEN)
async def test_a_text_that_dovecot_calls_empty_is_found(
    dovecot: PrivateDovecot, worker: ProcessWorker, name: str
) -> None:
    account = dovecot.new_account()
    dovecot.fill(account.address, [BROKEN[name]])
    store = ImapStore(account, Passwords(of=dovecot.password), context_for(dovecot.ca), FixedClock())
    try:
        row = (await store.open("INBOX")).rows[0]
        step = plan((await store.fetch(row.ref)).structure)
        assert step is not None
        octets = [await store.section(row.ref, section, MAX_OCTETS) for section in step.sections]
        view = await worker.run(step.job, View, b"".join(octets), step.options(octets))
    finally:
        await store.close()
    assert "Bonjour Docteur" in view.text


async def test_awkward_mails_open_on_a_server(mail_server: MailServer, worker: ProcessWorker) -> None:
    made = [data for _, data in mails(100) if data]
    assert await read_all(mail_server, worker, made) == len(made)


@pytest.mark.slow
@pytest.mark.skipif(not CORPUS.is_dir(), reason="the corpus of real mails is not beside this checkout")
async def test_the_corpus_opens_on_a_server(mail_server: MailServer, worker: ProcessWorker) -> None:
    files = sorted(path for path in CORPUS.rglob("*") if path.is_file() and path.name != "README.md")
    assert await read_all(mail_server, worker, [path.read_bytes() for path in files]) == 736

"""The journal over months and against hands that know how it is made: properties, rotation, anchors."""

from __future__ import annotations

import asyncio
import hashlib
import json
import socket
import ssl
import tempfile
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from pathlib import Path

import trustme
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mss_tui.adapters.clock import SetClock
from mss_tui.adapters.journal_anchor import JournaldAnchor, SyslogAnchor, anchor_for
from mss_tui.adapters.journal_files import FOLLOWS, rotate, verify_all
from mss_tui.adapters.store_journal import JsonlJournal, archives
from mss_tui.model.people import Actor, JournalKeeping, Person
from tests.stores.conftest import Said

NOW = datetime(2026, 11, 20, 9, 15, tzinfo=UTC)
ACTOR = Actor(Person("Jean MARTIN", "Dr", "10001234567"))
LINES = 12


def quiet(phrase: object) -> None:
    """Nothing is said."""


def written(folder: Path, lines: int = LINES, every: int = 1) -> tuple[JsonlJournal, SetClock, list[bytes]]:
    """A journal of some lines, and the anchors that were left, one every few lines."""
    clock, told = SetClock(NOW), []
    journal = JsonlJournal(folder / "journal.jsonl", clock, quiet, told.append)
    for number in range(lines):
        journal.write(ACTOR, "a@b.mssante.fr", "move", "done", uid=str(number))
        clock.advance(timedelta(seconds=1))
    return journal, clock, [line.encode() for line in told[every - 1 :: every]]


def forged(path: Path, lines: Sequence[bytes]) -> None:
    """Whoever knows the format rewrites the chain and the head of the file."""
    before, made = "", b""
    for raw in lines:
        line = json.loads(raw) | {"previous": before}
        data = json.dumps(line, ensure_ascii=False).encode()
        before = hashlib.sha256(data).hexdigest()
        made += data + b"\n"
    path.write_bytes(made)
    head = {"schema": 1, "lines": len(lines), "octets": len(made), "hash": before}
    path.with_name(path.name + ".tete").write_text(json.dumps(head))


@settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_any_octet_that_is_changed_is_found(data: st.DataObject) -> None:
    with tempfile.TemporaryDirectory() as folder:
        journal, clock, _ = written(Path(folder), 5)
        octets = bytearray(journal.path.read_bytes())
        place = data.draw(st.integers(0, len(octets) - 1))
        octets[place] ^= data.draw(st.integers(1, 255))
        journal.path.write_bytes(octets)
        assert not journal.verify().ok
        assert not verify_all(journal.path, clock, quiet).ok


@settings(deadline=None, max_examples=60)
@given(st.integers(0, LINES - 1), st.integers(1, LINES))
def test_any_line_dropped_by_a_forger_before_an_anchor_is_found(dropped: int, every: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        journal, clock, anchors = written(Path(folder), every=every)
        lines = journal.path.read_bytes().splitlines()
        forged(journal.path, lines[:dropped] + lines[dropped + 1 :])
        assert journal.verify().ok  # the file alone does not tell
        last = LINES // every * every
        found = verify_all(journal.path, clock, quiet, anchors)
        assert found.ok is not (dropped < last)


@settings(deadline=None, max_examples=40)
@given(st.integers(0, LINES - 1), st.integers(1, LINES))
def test_any_line_changed_by_a_forger_before_an_anchor_is_found(changed: int, every: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        journal, clock, anchors = written(Path(folder), every=every)
        lines = journal.path.read_bytes().splitlines()
        lines[changed] = lines[changed].replace(b'"move"', b'"read"')
        forged(journal.path, lines)
        found = verify_all(journal.path, clock, quiet, anchors)
        assert found.ok is not (changed < LINES // every * every)


def test_a_whole_journal_and_its_anchors_agree(tmp_path: Path) -> None:
    journal, clock, anchors = written(tmp_path, 9, 3)
    found = verify_all(journal.path, clock, quiet, anchors)
    assert (found.ok, found.lines, found.anchors, found.missed) == (True, 9, 3, 0)
    assert found.anchored_until == NOW + timedelta(seconds=8)


def test_a_journal_that_was_replaced_by_another_is_found(tmp_path: Path) -> None:
    journal, clock, anchors = written(tmp_path, 5)
    journal.path.unlink()
    journal.path.with_name("journal.jsonl.tete").unlink()
    clock.advance(timedelta(hours=1))
    journal.write(ACTOR, "a", "move", "done")
    assert journal.verify().ok
    assert verify_all(journal.path, clock, quiet, anchors).missed == 5


def test_months_are_put_aside_chained_and_forgotten(tmp_path: Path) -> None:
    clock = SetClock(datetime(2026, 1, 31, 22, 30, tzinfo=UTC))
    path = tmp_path / "journal.jsonl"
    journal = JsonlJournal(path, clock, quiet)
    names: list[str] = []
    for month in range(10):
        aside = rotate(path, clock, quiet, ACTOR, 6)
        names += [aside.name] if aside else []
        for number in range(3):
            journal.write(ACTOR, "a", "move", "done", uid=f"{month}.{number}")
        clock.advance(timedelta(days=30))
        assert verify_all(path, clock, quiet).ok
    assert names[:2] == ["journal-2026-01.jsonl", "journal-2026-03.jsonl"]
    kept = [one.name for one in archives(path)]
    assert "journal-2026-01.jsonl" not in kept
    assert names[-1] in kept
    assert not list(tmp_path.glob("journal-2026-01*"))
    newest = [entry.details["uid"] for entry in journal.entries(8) if entry.act == "move"]
    assert newest[-3:] == ["9.0", "9.1", "9.2"]
    assert len(newest) > 3


def test_nothing_is_put_aside_within_a_month_of_paris(tmp_path: Path) -> None:
    clock = SetClock(datetime(2026, 10, 31, 23, 30, tzinfo=UTC))  # 00:30 on 1 November in Paris
    path = tmp_path / "journal.jsonl"
    JsonlJournal(path, clock, quiet).write(ACTOR, "a", "move", "done")
    clock.set(datetime(2026, 11, 30, 22, 59, tzinfo=UTC))
    assert rotate(path, clock, quiet, ACTOR, 6) is None
    clock.set(datetime(2026, 11, 30, 23, 1, tzinfo=UTC))
    aside = rotate(path, clock, quiet, ACTOR, 6)
    assert aside is not None
    assert aside.name == "journal-2026-11.jsonl"
    assert json.loads(path.read_text().splitlines()[0])["act"] == FOLLOWS


def test_a_file_taken_out_of_the_chain_is_found(tmp_path: Path) -> None:
    clock = SetClock(NOW)
    path = tmp_path / "journal.jsonl"
    journal = JsonlJournal(path, clock, quiet)
    for _ in range(3):
        rotate(path, clock, quiet, ACTOR, 6)
        journal.write(ACTOR, "a", "move", "done")
        clock.advance(timedelta(days=31))
    first, second = archives(path)
    second.unlink()
    found = verify_all(path, clock, quiet)
    assert (found.ok, found.file, found.first_bad_line) == (False, "journal.jsonl", 1)
    assert first.exists()


def test_a_program_that_waited_for_the_lock_writes_to_the_new_file(tmp_path: Path) -> None:
    clock = SetClock(NOW)
    path = tmp_path / "journal.jsonl"
    journal = JsonlJournal(path, clock, quiet)
    journal.write(ACTOR, "a", "move", "done")

    class Late(JsonlJournal):
        """Is held up between opening the file and having its lock."""

        def _is_current(self, file: object) -> bool:
            if not archives(path):
                clock.advance(timedelta(days=31))
                path.replace(tmp_path / "journal-2026-11.jsonl")
            return super()._is_current(file)  # type: ignore[arg-type]

    Late(path, clock, quiet).write(ACTOR, "a", "late", "done")
    assert b'"late"' in path.read_bytes()
    assert b'"late"' not in (tmp_path / "journal-2026-11.jsonl").read_bytes()


def test_a_message_id_is_hashed_and_the_same_one_alike(tmp_path: Path) -> None:
    journal = JsonlJournal(tmp_path / "journal.jsonl", SetClock(NOW), quiet)
    for _ in range(2):
        journal.write(ACTOR, "a", "read", "done", message_id="<dupond.leo@essai.mssante.fr>")
    assert b"dupond" not in journal.path.read_bytes()
    one, other = journal.entries()
    assert one.details == other.details
    assert one.details["message_id"].startswith("sha256:")


def test_both_utc_and_local_time_are_written(tmp_path: Path) -> None:
    journal = JsonlJournal(tmp_path / "journal.jsonl", SetClock(NOW), quiet)
    journal.write(ACTOR, "a", "read", "done")
    line = json.loads(journal.path.read_text())
    assert (line["at"], line["local"]) == ("2026-11-20T09:15:00.000+00:00", "2026-11-20T10:15:00+01:00")


def test_journald_takes_each_line_and_its_absence_is_said_once(tmp_path: Path, said: Said) -> None:
    where = tmp_path / "socket"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as journald:
        journald.bind(str(where))
        journald.settimeout(10)
        anchor = JournaldAnchor(said, where)
        journal = JsonlJournal(tmp_path / "journal.jsonl", SetClock(NOW), said, anchor)
        journal.write(ACTOR, "a", "read", "done")
        fields = journald.recv(4096)
    assert b"SYSLOG_IDENTIFIER=mss-tui\n" in fields
    assert verify_all(journal.path, SetClock(NOW), said, [fields]).anchors == 1
    where.unlink()
    journal.write(ACTOR, "a", "read", "done")
    journal.write(ACTOR, "a", "read", "done")
    assert len(said) == 1
    assert len(journal.entries()) == 3


async def test_syslog_takes_the_last_line_inside_tls(tmp_path: Path, said: Said) -> None:
    authority = trustme.CA()
    pem = tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(pem)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(context)
    got: asyncio.Queue[bytes] = asyncio.Queue()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        got.put_nowait(await reader.read())
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=context)
    port = server.sockets[0].getsockname()[1]
    keeping = JournalKeeping(anchor="syslog", host="localhost", port=port, ca=pem)
    anchor = anchor_for(keeping, SetClock(NOW), said)
    assert isinstance(anchor, SyslogAnchor)
    assert await anchor.leave()
    journal = JsonlJournal(tmp_path / "journal.jsonl", SetClock(NOW), said, anchor)
    journal.write(ACTOR, "a", "read", "done")
    journal.write(ACTOR, "a", "read", "done")
    assert await anchor.leave()
    frame = await asyncio.wait_for(got.get(), 10)
    server.close()
    length, _, text = frame.partition(b" ")
    assert int(length) == len(text)
    assert text.startswith(b"<109>1 2026-11-20T09:15:00Z ")
    found = verify_all(journal.path, SetClock(NOW), said, [text])
    assert (found.anchors, found.anchored_until) == (1, NOW)
    journal.write(ACTOR, "a", "read", "done")
    await server.wait_closed()
    assert not await anchor.leave()
    assert "ne répond pas" in said[0]


def test_where_nothing_is_asked_nothing_is_anchored() -> None:
    assert anchor_for(JournalKeeping(), SetClock(NOW), quiet) is None
    assert anchor_for(JournalKeeping(anchor="syslog"), SetClock(NOW), quiet) is None
    assert asdict(JournalKeeping())["months"] == 6

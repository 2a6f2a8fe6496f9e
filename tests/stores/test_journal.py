"""The journal: a chain of lines."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from mss_tui.adapters.clock import SetClock
from mss_tui.adapters.store_journal import JsonlJournal, Verified
from mss_tui.errors import MssError
from mss_tui.model.people import Actor, Person, Proof
from mss_tui.ports.store import Entry
from tests.stores.conftest import Said

NOW = datetime(2026, 11, 20, 9, 15, tzinfo=UTC)
ACTOR = Actor(Person("Jean MARTIN", "Dr", "10001234567"), Proof.PSC)


def _journal(tmp_path: Path, said: Said, lines: int = 0) -> JsonlJournal:
    clock = SetClock(NOW)
    journal = JsonlJournal(tmp_path / "journal.jsonl", clock, said)
    for number in range(lines):
        journal.write(ACTOR, "a@b.mssante.fr", "move", "done", uid=str(number))
        clock.advance(timedelta(seconds=1))
    return journal


def test_a_line_says_who_when_where_and_what(tmp_path: Path, said: Said) -> None:
    journal = _journal(tmp_path, said)
    assert journal.entries() == ()
    journal.write(ACTOR, "a@b.mssante.fr", "send", "intent", confirmed="destinataire.copie")
    assert journal.entries() == [
        Entry(
            NOW,
            "Dr Jean MARTIN (RPPS 10001234567)",
            "psc",
            "a@b.mssante.fr",
            "send",
            "intent",
            {"confirmed": "destinataire.copie"},
        )
    ]


def test_only_the_newest_lines_are_read(tmp_path: Path, said: Said) -> None:
    journal = _journal(tmp_path, said, 30)
    assert [entry.details["uid"] for entry in journal.entries(3)] == ["27", "28", "29"]
    assert len(journal.entries(1000)) == 30


def test_a_patient_is_recognised_again_and_never_named(tmp_path: Path, said: Said) -> None:
    journal = _journal(tmp_path, said)
    patient = "279035121518989@patient.mssante.fr"
    for to in (patient, f"a@b.mssante.fr {patient.upper()}", "253072b07300470@patient.mssante.fr"):
        journal.write(ACTOR, "a@b.mssante.fr", "send", "intent", to1=to)
    first, second, other = (entry.details["to1"] for entry in journal.entries())
    assert first.startswith("patient:")
    assert second == f"a@b.mssante.fr {first}"
    assert other not in (first, second)
    assert "27903512" not in journal.path.read_text()


def test_a_whole_chain_verifies(tmp_path: Path, said: Said) -> None:
    assert _journal(tmp_path, said).verify() == Verified(True, 0)
    assert _journal(tmp_path, said, 5).verify() == Verified(True, 5, None, NOW + timedelta(seconds=4))


@pytest.mark.parametrize("changed", range(5))
def test_a_changed_line_is_found(tmp_path: Path, said: Said, changed: int) -> None:
    journal = _journal(tmp_path, said, 5)
    lines = journal.path.read_text().splitlines(keepends=True)
    lines[changed] = lines[changed].replace('"move"', '"mark"')
    journal.path.write_text("".join(lines))
    verified = journal.verify()
    assert not verified.ok
    assert verified.first_bad_line in (changed + 1, changed + 2)


def test_lines_cut_off_the_end_are_missed_now_and_later(tmp_path: Path, said: Said) -> None:
    journal = _journal(tmp_path, said, 5)
    lines = journal.path.read_text().splitlines(keepends=True)
    journal.path.write_text("".join(lines[:3]))
    assert journal.verify() == Verified(False, 3, 4, None)
    journal.write(ACTOR, "a", "mark", "done")
    assert "a été changé" in said[0]
    assert journal.verify().first_bad_line == 4
    assert [entry.act for entry in journal.entries()][-2:] == ["journal.rompu", "mark"]
    journal.write(ACTOR, "a", "mark", "done")
    assert len(said) == 1


def test_a_journal_that_is_gone_is_missed(tmp_path: Path, said: Said) -> None:
    journal = _journal(tmp_path, said, 2)
    journal.path.unlink()
    assert journal.verify() == Verified(False, 0, 1, None)
    journal.write(ACTOR, "a", "mark", "done")
    assert not journal.verify().ok


def test_a_lost_head_is_said(tmp_path: Path, said: Said) -> None:
    journal = _journal(tmp_path, said, 2)
    (tmp_path / "journal.jsonl.tete").write_text("{")
    assert journal.verify() == Verified(False, 2, None, None)


def test_a_torn_line_stays_and_the_next_begins_on_its_own(tmp_path: Path, said: Said) -> None:
    journal = _journal(tmp_path, said, 2)
    with journal.path.open("a") as file:
        file.write('{"at": "2026-11')
    journal.write(ACTOR, "a", "mark", "done")
    assert [entry.act for entry in journal.entries()] == ["move", "move", "mark"]
    assert "1 ligne(s) du journal" in said[0]
    assert journal.verify().first_bad_line == 3


def test_a_line_holds_nothing_that_acts_and_is_one_line(tmp_path: Path, said: Said) -> None:
    journal = _journal(tmp_path, said)
    journal.write(ACTOR, "a\x1b[2J", "send", "done", answer="550\r\n\x1b]0;x\x07" + "y" * 500)
    data = journal.path.read_bytes()
    assert data.count(b"\n") == 1
    assert b"\x1b" not in data
    assert len(journal.entries()[0].details["answer"]) <= 201


def test_a_full_disk_is_an_error_before_the_act_and_leaves_no_half_line(tmp_path: Path) -> None:
    program = """
import resource, signal, sys
from datetime import UTC, datetime
from pathlib import Path
from mss_tui.adapters.clock import SetClock
from mss_tui.adapters.store_journal import JsonlJournal
from mss_tui.errors import MssError
from mss_tui.model.people import Actor, Person
journal = JsonlJournal(Path(sys.argv[1]), SetClock(datetime(2026, 1, 1, tzinfo=UTC)), lambda phrase: sys.exit(3))
write = lambda: journal.write(Actor(Person("X")), "a", "send", "intent")
write()
size = journal.path.stat().st_size
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (size + 50, resource.RLIM_INFINITY))
try:
    write()
except MssError as error:
    print(error)
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
assert journal.path.stat().st_size == size
write()
assert journal.verify().ok and journal.verify().lines == 2
"""
    done = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path / "j.jsonl")], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "ne peut pas être utilisé. Sans journal, rien n'est fait. Libérez de la place" in done.stdout


def test_a_journal_that_cannot_be_opened_stops_the_act(tmp_path: Path, said: Said) -> None:
    (tmp_path / "journal.jsonl").mkdir()
    with pytest.raises(MssError, match=r"Sans journal, rien n'est fait\."):
        _journal(tmp_path, said, 1)


def test_two_programs_write_one_chain(tmp_path: Path, said: Said) -> None:
    program = """
import sys
from pathlib import Path
from mss_tui.adapters.clock import SystemClock
from mss_tui.adapters.store_journal import JsonlJournal
from mss_tui.model.people import Actor, Person
journal = JsonlJournal(Path(sys.argv[1]), SystemClock(), lambda phrase: sys.exit(str(phrase)))
for number in range(100):
    journal.write(Actor(Person(sys.argv[2])), "a", "mark", "done", number=str(number))
"""
    path = tmp_path / "journal.jsonl"
    running = [subprocess.Popen([sys.executable, "-c", program, str(path), name]) for name in "AB"]
    assert [process.wait(60) for process in running] == [0, 0]
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    for name in "AB":
        assert [line["details"]["number"] for line in lines if line["actor"] == name] == [str(n) for n in range(100)]
    verified = JsonlJournal(path, SetClock(NOW), said).verify()
    assert (verified.ok, verified.lines) == (True, 200)

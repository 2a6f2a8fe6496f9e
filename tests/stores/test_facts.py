"""The facts file."""

from __future__ import annotations

import json
import stat
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from mss_tui.adapters.store_facts import JsonFactsFile
from mss_tui.model.directory import Publication
from mss_tui.model.folder import Quota
from mss_tui.model.mailbox import Interrupted, Remembered
from tests.stores.conftest import Said

NOW = datetime(2026, 11, 20, 9, 15, tzinfo=UTC)


def test_everything_known_comes_back(tmp_path: Path, said: Said) -> None:
    path = tmp_path / "state" / "facts.json"
    facts = {
        "read": NOW,
        "connected": NOW,
        "baseline": NOW,
        "refused": NOW,
        "quota": Quota(41, 60, "sn-hdf"),
        "directory": Publication.PUBLISHED,
        "directory_checked": NOW,
        "overdue": 2,
        "expiring": 0,
        "counted": NOW,
        "folders": (("INBOX", 7, 101, 57, 41),),
        "interrupted": Interrupted(NOW, "INBOX", (7, 12), ("Brouillons", 7, 3)),
    }
    JsonFactsFile(path, said).update("ehpad", **facts)
    assert JsonFactsFile(path, said).of("ehpad") == Remembered("ehpad", **facts)  # type: ignore[arg-type]
    assert JsonFactsFile(path, said).of("autre") == Remembered("autre")
    assert said == []


def test_files_are_for_the_user_alone(tmp_path: Path, said: Said) -> None:
    path = tmp_path / "state" / "facts.json"
    JsonFactsFile(path, said).update("a", read=NOW)
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert {stat.S_IMODE(file.stat().st_mode) for file in path.parent.iterdir()} == {0o600}


@pytest.mark.parametrize(
    "damage",
    [
        b"",
        b"{",
        b"\xff\xfe",
        b"[]",
        b'{"accounts": {"a": {"read": "hier"}}}',
        b'{"accounts": {"a": {"read": "2026-11-20T09:15:00"}}}',
        b'{"accounts": {"a": 3}}',
        b'{"accounts": []}',
        b'{"accounts": {"a": {"folders": [["INBOX"]]}}}',
        b'{"accounts": {"a": {"quota": {}}}}',
    ],
)
def test_a_damaged_file_is_kept_beside_and_said(tmp_path: Path, said: Said, damage: bytes) -> None:
    path = tmp_path / "facts.json"
    path.write_bytes(damage)
    assert JsonFactsFile(path, said).of("a") == Remembered("a")
    assert (tmp_path / "facts.json.abime-1").read_bytes() == damage
    assert said == [f"« {path} » est abîmé ; il est gardé sous « facts.json.abime-1 » et un nouveau commence."]
    path.write_bytes(damage)
    assert JsonFactsFile(path, said).update("a", overdue=1).overdue == 1
    assert (tmp_path / "facts.json.abime-2").read_bytes() == damage


def test_a_link_in_its_place_is_not_followed(tmp_path: Path, said: Said) -> None:
    target = tmp_path / "other.json"
    target.write_text('{"accounts": {}}')
    (tmp_path / "facts.json").symlink_to(target)
    store = JsonFactsFile(tmp_path / "facts.json", said)
    assert store.update("a", overdue=1).overdue == 1
    assert store.of("a").overdue == 1
    assert target.read_text() == '{"accounts": {}}'
    assert len(said) == 1


def test_where_nothing_can_be_written_facts_last_as_long_as_the_program(tmp_path: Path, said: Said) -> None:
    (tmp_path / "state").write_text("a file where the directory should be")
    store = JsonFactsFile(tmp_path / "state" / "facts.json", said)
    store.update("a", overdue=1)
    assert store.update("a", expiring=2) == Remembered("a", overdue=1, expiring=2)
    assert len(said) == 1


def test_two_programs_at_once_lose_nothing(tmp_path: Path) -> None:
    program = """
import sys
from pathlib import Path
from mss_tui.adapters.store_facts import JsonFactsFile
store = JsonFactsFile(Path(sys.argv[1]), lambda phrase: sys.exit(str(phrase)))
for count in range(100):
    store.update(f"{sys.argv[2]}-{count}", overdue=count)
    store.update("shared", **{sys.argv[3]: count})
"""
    path = tmp_path / "facts.json"
    running = [
        subprocess.Popen([sys.executable, "-c", program, str(path), name, field])
        for name, field in (("a", "overdue"), ("b", "expiring"))
    ]
    assert [process.wait(60) for process in running] == [0, 0]
    accounts = json.loads(path.read_text())["accounts"]
    assert len(accounts) == 201
    assert (accounts["shared"]["overdue"], accounts["shared"]["expiring"]) == (99, 99)


def test_a_folder_as_earlier_versions_remembered_it_is_still_known(tmp_path: Path) -> None:
    path = tmp_path / "facts.json"
    path.write_bytes(b'{"schema": 1, "accounts": {"a": {"folders": [["INBOX", 7, 101, 57]]}}}')
    path.chmod(0o600)
    assert JsonFactsFile(path, lambda _: None).of("a").folders == (("INBOX", 7, 101, 57, 0),)

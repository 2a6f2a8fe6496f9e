"""Outbox records and their locks."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from mss_tui.adapters.store_outbox import FileOutboxRecords
from mss_tui.errors import MssError
from mss_tui.model.sending import SendState
from mss_tui.ports.store import OutboxRecord
from tests.stores.conftest import Said

NOW = datetime(2026, 11, 20, 9, 15, tzinfo=UTC)
RECORD = OutboxRecord(
    "k1",
    "ehpad",
    "<1@x>",
    SendState.QUEUED,
    NOW,
    "Brouillons",
    7,
    12,
    (250, 550),
    True,
    "ab12",
    NOW + timedelta(hours=1),
)

HOLDER = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from mss_tui.adapters.store_outbox import FileOutboxRecords
from mss_tui.model.sending import SendState
from mss_tui.ports.store import OutboxRecord
store = FileOutboxRecords(Path(sys.argv[1]), lambda phrase: sys.exit(str(phrase)))
store.write(OutboxRecord("k1", "ehpad", "<1@x>", SendState.SENDING, datetime(2026, 1, 1, tzinfo=UTC)))
print("held", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def store(tmp_path: Path, said: Said) -> FileOutboxRecords:
    return FileOutboxRecords(tmp_path / "outbox", said)


def test_a_record_comes_back_as_it_was(store: FileOutboxRecords) -> None:
    assert store.all() == ()
    store.write(RECORD)
    later = OutboxRecord("k0", "ehpad", "<2@x>", SendState.UNKNOWN, NOW + timedelta(seconds=1))
    store.write(later)
    assert store.all() == [(RECORD, True), (later, True)]
    store.remove("k1")
    assert store.all() == [(later, True)]


def test_a_record_lets_go_with_its_process_however_it_ends(tmp_path: Path, said: Said) -> None:
    store = FileOutboxRecords(tmp_path, said)
    with subprocess.Popen([sys.executable, "-c", HOLDER, str(tmp_path)], stdin=-1, stdout=-1) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        assert [live for _, live in store.all()] == [True]
        assert store.claim("k1") is None
        with pytest.raises(MssError, match="Un autre mss-tui s'occupe déjà de ce message"):
            store.write(RECORD)
        with pytest.raises(MssError, match="Un autre mss-tui"):
            store.remove("k1")
        assert [record.state for record, _ in store.all()] == [SendState.SENDING]
        holder.kill()
    assert [live for _, live in store.all()] == [False]
    claimed = store.claim("k1")
    assert claimed is not None
    assert claimed.state is SendState.SENDING
    assert [live for _, live in store.all()] == [True]


def test_a_record_that_is_gone_cannot_be_claimed(store: FileOutboxRecords) -> None:
    store.write(RECORD)
    store.remove("k1")
    assert store.claim("k1") is None


def test_a_damaged_record_is_kept_beside_and_said(store: FileOutboxRecords, tmp_path: Path, said: Said) -> None:
    store.write(RECORD)
    for number, damage in enumerate(("", "{", "[]", '{"key": "k1"}')):
        (tmp_path / "outbox" / f"bad{number}.json").write_text(damage)
    assert store.all() == [(RECORD, True)]
    assert len(said) == 4
    assert (tmp_path / "outbox" / "bad1.json.abime-1").read_text() == "{"
    assert store.all() == [(RECORD, True)]
    assert len(said) == 4


def test_a_record_cannot_leave_its_directory(store: FileOutboxRecords, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="not a key"):
        store.write(OutboxRecord("../k", "a", "<1@x>", SendState.QUEUED, NOW))
    assert not (tmp_path / "k.json").exists()


def test_nothing_of_the_message_is_stored(store: FileOutboxRecords, tmp_path: Path) -> None:
    store.write(RECORD)
    text = (tmp_path / "outbox" / "k1.json").read_text()
    assert set(json.loads(text)) == {
        "schema", "key", "account", "message_id", "state", "at", "stored_folder", "stored_uidvalidity", "stored_uid",
        "answers", "copied", "digest", "due", "want_delivery",
    }  # fmt: skip

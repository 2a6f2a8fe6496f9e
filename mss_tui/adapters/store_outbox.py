"""Records of messages on their way, one file each; the lock of each dies with its process (ports/store.py)."""

from __future__ import annotations

import contextlib
import json
import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import fields
from datetime import datetime
from pathlib import Path
from typing import Any

from mss_tui.adapters.store import (
    Tell,
    locked,
    open_private,
    private_directory,
    read_private,
    replace_private,
    set_aside,
    sync_directory,
    try_lock,
    unusable,
)
from mss_tui.errors import MssError
from mss_tui.model.sending import SendState
from mss_tui.phrase import say
from mss_tui.ports.store import OutboxRecord

_KEY = re.compile(r"[A-Za-z0-9_-]{1,64}\Z")
_FIELDS = tuple(field.name for field in fields(OutboxRecord))


class FileOutboxRecords:
    """One directory of records. A record is locked from its first `write` to `remove`, or to the end of the process."""

    def __init__(self, directory: Path, tell: Tell) -> None:
        self._directory = directory
        self._tell = tell
        self._held: dict[str, int] = {}

    def write(self, record: OutboxRecord) -> None:
        """Store the record, atomically and synced; takes its lock for this process.

        Raises:
            MssError: another live process has it, or it cannot be written; what was stored is as it was.
        """
        with self._alone():
            self._hold(record.key)
            replace_private(self._file(record.key), json.dumps(_encode(record)).encode())

    def claim(self, key: str) -> OutboxRecord | None:
        """Take over the record of a dead process, as it is now; None when it is gone, or somebody is at work on it."""
        with self._alone():
            record = self._read(key)
            if record is None or (key not in self._held and self._live(key)):
                return None
            self._hold(key)
            return record

    def all(self) -> Sequence[tuple[OutboxRecord, bool]]:
        """Every record, oldest first, and whether a live process holds it. Damaged ones are set aside and said."""
        if not self._directory.exists():
            return ()
        with self._alone():
            keys = [path.stem for path in self._directory.glob("*.json") if _KEY.match(path.stem)]
            records = [record for key in keys if (record := self._read(key)) is not None]
            return [(record, self._live(record.key)) for record in sorted(records, key=lambda r: (r.at, r.key))]

    def remove(self, key: str) -> None:
        """The message is where it should be: forget it.

        Raises:
            MssError: another live process has it.
        """
        with self._alone():
            self._hold(key)
            self._file(key).unlink(missing_ok=True)
            self._lock_file(key).unlink(missing_ok=True)
            sync_directory(self._directory)
            os.close(self._held.pop(key))

    def close(self) -> None:
        """Let go of every lock; the records stay."""
        for descriptor in self._held.values():
            os.close(descriptor)
        self._held.clear()

    def _file(self, key: str) -> Path:
        if not _KEY.match(key):
            raise ValueError("not a key")
        return self._directory / f"{key}.json"

    def _lock_file(self, key: str) -> Path:
        return self._file(key).with_suffix(".lock")

    @contextlib.contextmanager
    def _alone(self) -> Iterator[None]:
        """No other process looks at locks meanwhile, so that a look is never taken for work."""
        private_directory(self._directory)
        try:
            with locked(self._directory / ".lock"):
                yield
        except OSError as error:
            raise unusable(self._directory, error) from error

    def _hold(self, key: str) -> None:
        if key in self._held:
            return
        descriptor = open_private(self._lock_file(key), os.O_RDWR | os.O_CREAT)
        if not try_lock(descriptor):
            os.close(descriptor)
            raise MssError(
                say("Un autre mss-tui s'occupe déjà de ce message."),
                meaning=say("Rien n'a été changé."),
                remedy=say("Attendez qu'il ait fini."),
            )
        self._held[key] = descriptor

    def _live(self, key: str) -> bool:
        if key in self._held:
            return True
        try:
            descriptor = open_private(self._lock_file(key), os.O_RDWR)
        except FileNotFoundError:
            return False
        try:
            return not try_lock(descriptor)
        finally:
            os.close(descriptor)

    def _read(self, key: str) -> OutboxRecord | None:
        path = self._file(key)
        try:
            data = read_private(path)
            return None if data is None else _decode(key, json.loads(data))
        except (ValueError, KeyError, TypeError, AttributeError):
            set_aside(path, self._tell)
            return None


def _encode(record: OutboxRecord) -> dict[str, Any]:
    made = {name: getattr(record, name) for name in _FIELDS}
    due = record.due.isoformat() if record.due else ""
    return {"schema": 1, **made, "state": record.state.value, "at": record.at.isoformat(), "due": due}


def _decode(key: str, found: dict[str, Any]) -> OutboxRecord:
    record = OutboxRecord(
        key=str(found["key"]),
        account=str(found["account"]),
        message_id=str(found["message_id"]),
        state=SendState(found["state"]),
        at=datetime.fromisoformat(found["at"]),
        stored_folder=str(found["stored_folder"]),
        stored_uidvalidity=int(found["stored_uidvalidity"]),
        stored_uid=int(found["stored_uid"]),
        answers=tuple(int(code) for code in found["answers"]),
        copied=bool(found["copied"]),
        digest=str(found.get("digest", "")),
        due=datetime.fromisoformat(found["due"]) if found.get("due") else None,
        want_delivery=bool(found.get("want_delivery", True)),
    )
    if record.key != key or record.at.tzinfo is None or (record.due and record.due.tzinfo is None):
        raise ValueError("not the record of this name")
    return record

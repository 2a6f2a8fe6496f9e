"""The journal: JSON lines, each with the hash of the one before, one locked append and sync a line (ports/store.py).

A head beside it holds how many lines there were and the hash of the last, so that what is cut off the end shows. Who
can write both files can rewrite both: this shows accidents and clumsy hands, not a forger on the same account.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO

from mss_tui.adapters.store import (
    Tell,
    lock,
    open_private,
    private_directory,
    read_private,
    replace_private,
    sync_directory,
    unusable,
)
from mss_tui.model.people import Actor
from mss_tui.phrase import say
from mss_tui.ports.clock import Clock
from mss_tui.ports.store import Entry
from mss_tui.text import clean

MAX_DETAIL = 200
BROKEN = "journal.rompu"
"""Act of the line that says: what stands before it is not what the head remembered."""

_BLOCK = 1 << 16


@dataclass(frozen=True, slots=True)
class Verified:
    """What the chain is worth.

    `first_bad_line` counts from 1, and is None with `ok` False where the head is lost; `anchored_until` is the moment
    of the last line that the head confirms.
    """

    ok: bool
    lines: int
    first_bad_line: int | None = None
    anchored_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class _Head:
    """The first `octets` octets of the file are `lines` lines, and the last of them has this hash."""

    lines: int = 0
    octets: int = 0
    hash: str = ""


class JsonlJournal:
    """The journal in one file, shared by the programs that run."""

    def __init__(self, path: Path, clock: Clock, tell: Tell) -> None:
        self.path = path
        self._head_path = path.with_name(f"{path.name}.tete")
        self._clock = clock
        self._tell = tell

    def write(self, actor: Actor, mailbox: str, act: str, phase: str, **details: str) -> None:
        """Append one line, locked and synced.

        Raises:
            MssError: it could not be written: the act must not go on. The journal is as it was.
        """
        line = {
            "at": self._clock.now().astimezone(UTC).isoformat(timespec="milliseconds"),
            "actor": clean(f"{actor.person.title} {actor.person.name}".strip(), MAX_DETAIL),
            "rpps": clean(actor.person.rpps, MAX_DETAIL),
            "proof": actor.proof.value,
            "mailbox": clean(mailbox, MAX_DETAIL),
            "act": act,
            "phase": phase,
            "details": {name: clean(value, MAX_DETAIL) for name, value in details.items()},
        }
        private_directory(self.path.parent)
        with self._opened(os.O_RDWR | os.O_APPEND | os.O_CREAT) as file:
            lock(file.fileno(), self.path)
            self._append(file, line)

    def entries(self, last: int = 200) -> Sequence[Entry]:
        """The newest lines, oldest first. Lines that cannot be read stay where they are, and that is said."""
        if not self.path.exists():
            return ()
        found: list[Entry] = []
        with self._opened(os.O_RDONLY) as file:
            lines = _tail(file, last)
        for line in lines:
            with contextlib.suppress(ValueError, KeyError, TypeError, AttributeError):
                found.append(_entry(json.loads(line)))
        if len(found) < len(lines):
            self._tell(
                say(
                    "{count} ligne(s) du journal « {path} » sont illisibles ; elles y restent.",
                    count=len(lines) - len(found),
                    path=clean(str(self.path)),
                )
            )
        return found

    def verify(self) -> Verified:
        """Follow the chain from the first line to the last, and compare it with the head."""
        if not self.path.exists():
            head = self._head()
            return Verified(head is None or not head.lines, 0, 1 if head and head.lines else None)
        number, octets, before = 0, 0, ""
        bad: int | None = None
        anchored: datetime | None = None
        with self._opened(os.O_RDONLY) as file:
            lock(file.fileno(), self.path)
            head = self._head()
            for number, raw in enumerate(file, 1):
                at = _link(raw, before)
                octets += len(raw)
                before = _hash(raw)
                confirmed = head is not None and number == head.lines and (octets, before) == (head.octets, head.hash)
                if at is None or (head is not None and number == head.lines and not confirmed):
                    bad = bad or number
                elif confirmed and bad is None:
                    anchored = at
        if bad is None and head is not None and number < head.lines:
            bad = number + 1
        return Verified(bad is None and (head is not None or not number), number, bad, anchored)

    @contextlib.contextmanager
    def _opened(self, flags: int) -> Iterator[BinaryIO]:
        try:
            with os.fdopen(open_private(self.path, flags), "rb") as file:
                yield file
        except OSError as error:
            failure = unusable(self.path, error)
            failure.meaning = say("Sans journal, rien n'est fait.")
            raise failure from error

    def _append(self, file: BinaryIO, line: dict[str, Any]) -> None:
        """Write `line`, and before it a line that says so where the file is not what the head remembers."""
        size = os.fstat(file.fileno()).st_size
        head = self._head()
        if head is None and not size:
            head = _Head()
            self._remember(head)
        last = (_tail(file, 1) or [b""])[0]
        data = b"" if last.endswith(b"\n") or not size else b"\n"
        before = _hash(last)
        if head is None or not _confirms(head, file, size):
            note = line | {
                "act": BROKEN,
                "phase": "note",
                "details": {} if head is None else {"lines": str(head.lines)},
            }
            data += (written := _encoded(note, before))
            before = _hash(written)
            head = _Head()
            self._tell(say("Le journal « {path} » a été changé ; c'est noté.", path=clean(str(self.path))))
        data += (written := _encoded(line, before))
        try:
            _write_all(file.fileno(), data)
            os.fsync(file.fileno())
        except OSError:
            with contextlib.suppress(OSError):
                os.ftruncate(file.fileno(), size)
            raise
        if not size:
            sync_directory(self.path.parent)
        lines = head.lines + _count(file, head.octets, size) + data.count(b"\n")
        with contextlib.suppress(OSError):  # the line counts; a head that lags behind is caught up with
            self._remember(_Head(lines, size + len(data), _hash(written)))

    def _head(self) -> _Head | None:
        """What the head remembers; None when it is lost."""
        try:
            found = json.loads(read_private(self._head_path) or b"")
            return _Head(int(found["lines"]), int(found["octets"]), str(found["hash"]))
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def _remember(self, head: _Head) -> None:
        replace_private(self._head_path, json.dumps({"schema": 1, **asdict(head)}).encode())


def _hash(raw: bytes) -> str:
    """Of a line without its end; of no line, nothing."""
    return hashlib.sha256(raw.rstrip(b"\n")).hexdigest() if raw else ""


def _encoded(line: dict[str, Any], before: str) -> bytes:
    return json.dumps(line | {"previous": before}, ensure_ascii=False).encode() + b"\n"


def _link(raw: bytes, before: str) -> datetime | None:
    """The moment of a line that follows the one with the hash `before`; None when it does not."""
    try:
        line = json.loads(raw)
        good = line["previous"] == before and line["act"] != BROKEN and raw.endswith(b"\n")
        return datetime.fromisoformat(line["at"]) if good else None
    except (ValueError, KeyError, TypeError):
        return None


def _entry(line: dict[str, Any]) -> Entry:
    rpps = line["rpps"]
    return Entry(
        at=datetime.fromisoformat(line["at"]).astimezone(UTC),
        actor=clean(f"{line['actor']} (RPPS {rpps})" if rpps else line["actor"]),
        proof=clean(line["proof"]),
        mailbox=clean(line["mailbox"]),
        act=clean(line["act"]),
        phase=clean(line["phase"]),
        details={clean(name): clean(value) for name, value in line["details"].items()},
    )


def _tail(file: BinaryIO, count: int, end: int | None = None) -> list[bytes]:
    """The last `count` lines before the offset `end`, with their ends."""
    at = file.seek(0, os.SEEK_END) if end is None else end
    found = b""
    while at > 0 and found[:-1].count(b"\n") < count:
        step = min(_BLOCK, at)
        at -= step
        file.seek(at)
        found = file.read(step) + found
    return _lines(found)[-count:]


def _lines(data: bytes) -> list[bytes]:
    """Lines ended by line feeds alone."""
    parts = data.split(b"\n")
    return [part + b"\n" for part in parts[:-1]] + ([parts[-1]] if parts[-1] else [])


def _confirms(head: _Head, file: BinaryIO, size: int) -> bool:
    """Is what stands before the head's offset what the head remembers?"""
    if head.octets > size:
        return False
    return _hash((_tail(file, 1, head.octets) or [b""])[0]) == head.hash


def _count(file: BinaryIO, start: int, end: int) -> int:
    """Line ends from `start` to `end`."""
    file.seek(start)
    count = 0
    while start < end:
        block = file.read(min(_BLOCK, end - start))
        count += block.count(b"\n")
        start += len(block) or end
    return count


def _write_all(descriptor: int, data: bytes) -> None:
    while data:
        data = data[os.write(descriptor, data) :]

"""The journal: JSON lines, each with the hash of the one before, one locked append and sync a line (ports/store.py).

A head beside it holds how many lines there were and the hash of the last, so that what is cut off the end shows. Who
can write both files can rewrite both: against a forger on the same account only anchors elsewhere help, up to the last.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict
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
from mss_tui.adapters.store_chain import BROKEN, Head, confirms, count_lines, encoded, hash_of, link, tail
from mss_tui.adapters.store_key import MachineKey
from mss_tui.model.ins import PATIENT_DOMAIN
from mss_tui.model.paris import PARIS
from mss_tui.model.people import Actor
from mss_tui.phrase import say
from mss_tui.ports.clock import Clock
from mss_tui.ports.store import Entry
from mss_tui.record import dataclass
from mss_tui.text import clean

MAX_DETAIL = 200
Anchor = Callable[[str], None]
"""Leaves one line somewhere else; never fails."""

MAX_LINE = 1 << 20
_PATIENT = re.compile(rf"[0-9A-Za-z.+_-]+@{re.escape(PATIENT_DOMAIN)}", re.I)


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


def head_of(path: Path) -> Path:
    """The file beside a journal that remembers its end."""
    return path.with_name(f"{path.name}.tete")


def archives(path: Path) -> list[Path]:
    """The files that were put aside, the oldest first (adapters/journal_files.py)."""
    return sorted(path.parent.glob(f"{path.stem}-[0-9][0-9][0-9][0-9]-[0-9][0-9]*{path.suffix}"))


def anchor_line(first: str, lines: int, last: str) -> str:
    """What is left elsewhere: which file (by the hash of its first line), how many lines, the hash of the last."""
    return f"mss-tui-journal chain={first} lines={lines} hash={last}"


class JsonlJournal:
    """The journal in one file, shared by the programs that run."""

    def __init__(self, path: Path, clock: Clock, tell: Tell, anchor: Anchor | None = None) -> None:
        self.path = path
        self._head_path = head_of(path)
        self._clock = clock
        self._tell = tell
        self._key = MachineKey(path.parent, tell)
        self._anchor = anchor

    def write(self, actor: Actor, mailbox: str, act: str, phase: str, **details: str) -> None:
        """Append one line, locked and synced.

        Raises:
            MssError: it could not be written: the act must not go on. The journal is as it was.
        """
        now = self._clock.now()
        line = {
            "at": now.astimezone(UTC).isoformat(timespec="milliseconds"),
            "local": now.astimezone(PARIS).isoformat(timespec="seconds"),
            "actor": clean(f"{actor.person.title} {actor.person.name}".strip(), MAX_DETAIL),
            "rpps": clean(actor.person.rpps, MAX_DETAIL),
            "proof": actor.proof.value,
            "mailbox": clean(mailbox, MAX_DETAIL),
            "act": act,
            "phase": phase,
            "details": {name: self._without_patients(_detail(name, value)) for name, value in details.items()},
        }
        private_directory(self.path.parent)
        while True:
            with self._opened(os.O_RDWR | os.O_APPEND | os.O_CREAT) as file:
                lock(file.fileno(), self.path)
                if self._is_current(file):
                    self._append(file, line)
                    return

    def anchor_now(self) -> str:
        """The line to leave elsewhere for the journal as it is; "" where it is empty."""
        if not self.path.exists():
            return ""
        with self._opened(os.O_RDONLY) as file:
            lock(file.fileno(), self.path)
            first = file.readline(MAX_LINE)
            size = file.seek(0, os.SEEK_END)
            return anchor_line(hash_of(first), count_lines(file, 0, size), hash_of(tail(file, 1)[-1])) if size else ""

    def _is_current(self, file: BinaryIO) -> bool:
        """Is this still the journal? Another program may have put it aside while this one waited for the lock."""
        try:
            return os.fstat(file.fileno()).st_ino == self.path.stat().st_ino
        except FileNotFoundError:
            return False

    def _without_patients(self, text: str) -> str:
        """A patient's address is an INS: a keyed hash stands for it, the same for the same patient on this machine.

        A hash without a key would not hide it: every INS can be tried.
        """
        return _PATIENT.sub(lambda found: f"patient:{self._key.hashed(found[0])[:16]}", text)

    def entries(self, last: int = 200) -> Sequence[Entry]:
        """The newest lines, oldest first. Lines that cannot be read stay where they are, and that is said.

        Where the journal itself has fewer, those of the files put aside before come first.
        """
        found: list[Entry] = []
        lines: list[bytes] = []
        for path in (self.path, *reversed(archives(self.path))):
            if len(lines) < last and path.exists():
                with self._opened(os.O_RDONLY, path) as file:
                    lines = tail(file, last - len(lines)) + lines
        if not lines:
            return ()
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
                at = link(raw, before)
                octets += len(raw)
                before = hash_of(raw)
                confirmed = head is not None and number == head.lines and (octets, before) == (head.octets, head.hash)
                if at is None or (head is not None and number == head.lines and not confirmed):
                    bad = bad or number
                elif confirmed and bad is None:
                    anchored = at
        if bad is None and head is not None and number < head.lines:
            bad = number + 1
        return Verified(bad is None and (head is not None or not number), number, bad, anchored)

    @contextlib.contextmanager
    def _opened(self, flags: int, path: Path | None = None) -> Iterator[BinaryIO]:
        try:
            with os.fdopen(open_private(path or self.path, flags), "rb") as file:
                yield file
        except OSError as error:
            failure = unusable(path or self.path, error)
            failure.meaning = say("Sans journal, rien n'est fait.")
            raise failure from error

    def _append(self, file: BinaryIO, line: dict[str, Any]) -> None:
        """Write `line`, and before it a line that says so where the file is not what the head remembers."""
        size = os.fstat(file.fileno()).st_size
        head = self._head()
        if head is None and not size:
            head = Head()
            self._remember(head)
        last = (tail(file, 1) or [b""])[0]
        data = b"" if last.endswith(b"\n") or not size else b"\n"
        before = hash_of(last)
        if head is None or not confirms(head, file, size):
            note = line | {
                "act": BROKEN,
                "phase": "note",
                "details": {} if head is None else {"lines": str(head.lines)},
            }
            data += (written := encoded(note, before))
            before = hash_of(written)
            head = Head()
            self._tell(say("Le journal « {path} » a été changé ; c'est noté.", path=clean(str(self.path))))
        data += (written := encoded(line, before))
        try:
            _write_all(file.fileno(), data)
            os.fsync(file.fileno())
        except OSError:
            with contextlib.suppress(OSError):
                os.ftruncate(file.fileno(), size)
            raise
        if not size:
            sync_directory(self.path.parent)
        lines = head.lines + count_lines(file, head.octets, size) + data.count(b"\n")
        with contextlib.suppress(OSError):  # the line counts; a head that lags behind is caught up with
            self._remember(Head(lines, size + len(data), hash_of(written)))
        if self._anchor is not None:
            file.seek(0)
            self._anchor(anchor_line(hash_of(file.readline(MAX_LINE)), lines, hash_of(written)))

    def _head(self) -> Head | None:
        """What the head remembers; None when it is lost."""
        try:
            found = json.loads(read_private(self._head_path) or b"")
            return Head(int(found["lines"]), int(found["octets"]), str(found["hash"]))
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def _remember(self, head: Head) -> None:
        replace_private(self._head_path, json.dumps({"schema": 1, **asdict(head)}).encode())


def _detail(name: str, value: str) -> str:
    """A Message-ID is hashed: it may be made of a name (ECO.4.1.1); the same message has the same hash."""
    if name == "message_id" and value:
        return "sha256:" + hashlib.sha256(value.encode()).hexdigest()[:32]
    return clean(value, MAX_DETAIL)


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


def _write_all(descriptor: int, data: bytes) -> None:
    while data:
        data = data[os.write(descriptor, data) :]

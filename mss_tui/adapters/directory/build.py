"""Builds the index from an extraction: beside the old one, complete, then in its place in one rename.

A file that is refused, a cancelled or killed build leaves the index in place as it was. What stood in it and is gone
from the new extraction is remembered by a hash alone (`formerly`): who left the directory is not listed any more.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import sqlite3
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from functools import partial
from hashlib import blake2b
from pathlib import Path

from mss_tui.adapters.directory import lexicon
from mss_tui.adapters.directory.database import READ_ONLY, Writer, batches, file_uri, read_only
from mss_tui.adapters.directory.gather import Gathered, gather
from mss_tui.adapters.directory.layout import FILL, INDEXES, SCHEMA
from mss_tui.adapters.directory.rows import open_source, read, refused
from mss_tui.errors import UsageError
from mss_tui.model.paris import day
from mss_tui.phrase import say
from mss_tui.ports.clock import Clock
from mss_tui.ports.directory import UpdateStage, UpdateStep, UpdateWatch
from mss_tui.record import dataclass
from mss_tui.text import clean

PRIVATE, SHARED = 0o600, 0o644
KEPT_SHARE = 0.9
"""A new extraction with fewer mailboxes than this share of the last one is taken for a cut one."""
GONE_DAYS = 730
"""How long it is remembered that an address was published."""

_BOXES = "INSERT INTO box SELECT key + ?2, {}, {}, {}, {}, {}, {}, {}, {} FROM json_each(?1)"
_GONE_BEFORE = "INSERT INTO gone SELECT address, since FROM old.gone WHERE since >= ?"
_GONE_NOW = """INSERT OR REPLACE INTO gone SELECT DISTINCT address_hash(was.address), ? FROM old.box AS was
WHERE NOT EXISTS (SELECT 1 FROM main.box AS now WHERE now.address = was.address COLLATE NOCASE)"""


@dataclass(frozen=True, slots=True)
class Built:
    """What was built: mailboxes in the index, when the extraction was made, how many addresses disappeared."""

    mailboxes: int
    made: datetime | None
    gone: int


def address_hash(address: str) -> int:
    """A 64-bit name for an address, letter case aside."""
    digest = blake2b(address.lower().encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)


def build(
    source: Path,
    target: Path,
    clock: Clock,
    *,
    watch: UpdateWatch = lambda step: None,
    made: datetime | None = None,
    mode: int = PRIVATE,
    accept_fewer: bool = False,
) -> Built:
    """Replace the index `target` by one of the extraction `source`.

    Args:
        watch: told how far it is, about every 4 000 lines; what it raises ends the build.
        made: when the extraction was made, where neither its name nor that of the text in the zip says so.
        mode: `PRIVATE`, or `SHARED` for an index that every user of the host may read.
        accept_fewer: take it even if it has far fewer mailboxes than the last one.

    Raises:
        UsageError: it is no whole extraction, or another update is going on; the index in place was not touched.
    """
    with _alone(target.parent) as beside:
        fresh = beside / f".{target.name}.new"
        fresh.unlink(missing_ok=True)
        try:
            return _build(source, fresh, target, clock, watch, made, mode, accept_fewer)
        except (sqlite3.Error, OSError) as error:
            raise UsageError(
                say("L'index de l'annuaire n'a pas pu être écrit dans « {path} ».", path=clean(str(target.parent))),
                remedy=say("Vérifiez la place libre et les droits du dossier."),
                detail=clean(str(error)),
            ) from error
        finally:
            fresh.unlink(missing_ok=True)


@contextlib.contextmanager
def _alone(folder: Path) -> Iterator[Path]:
    """`folder`, made if need be, while no other process updates an index in it."""
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        lock = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    except OSError as error:
        raise UsageError(
            say("Le dossier « {path} » ne peut pas être utilisé.", path=clean(str(folder))),
            detail=clean(error.strerror or ""),
        ) from error
    try:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise UsageError(
                say("Une mise à jour de l'annuaire est déjà en cours."), remedy=say("Attendez qu'elle finisse.")
            ) from None
        yield folder
        os.fsync(lock)
    finally:
        os.close(lock)


def _build(
    source: Path,
    fresh: Path,
    target: Path,
    clock: Clock,
    watch: UpdateWatch,
    made: datetime | None,
    mode: int,
    accept_fewer: bool,
) -> Built:
    opened = open_source(source)
    with opened.stream:
        made = opened.made or made
        lines = read(source, opened, lambda done, total: watch(UpdateStep(UpdateStage.READ, done, total)))
        gathered = gather(lines)
    count = len(gathered)
    before = _published_before(target)
    if before and count < KEPT_SHARE * before and not accept_fewer:
        raise refused(source, say("elle a bien moins de boîtes que la précédente"))
    os.close(os.open(fresh, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    with Writer(fresh) as writer:
        _write_boxes(writer, gathered, lambda done: watch(UpdateStep(UpdateStage.INDEX, done, count)))
        writer.later(_finish_boxes)
        words = gathered.lexicon
        del gathered
        lexicon.write(writer, words)
        gone = writer.now(lambda database: _write_gone(database, target, clock))
        writer.now(
            lambda database: database.executemany(
                "INSERT INTO meta VALUES(?, ?)",
                (
                    ("schema", str(SCHEMA)),
                    ("mailboxes", str(count)),
                    ("made", made.isoformat() if made else ""),
                    ("built", clock.now().isoformat()),
                ),
            )
        )
    descriptor = os.open(fresh, os.O_RDONLY)
    try:
        os.fchmod(descriptor, mode)
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    _check(fresh, count)
    watch(UpdateStep(UpdateStage.INDEX, count, count))
    fresh.replace(target)
    return Built(count, made, gone)


def _write_boxes(writer: Writer, gathered: Gathered, watch: Callable[[int], None]) -> None:
    for table, columns, texts in gathered.texts():
        for rows in batches(texts):
            writer.rows(f"INSERT INTO {table} SELECT {', '.join(['{}'] * columns)} FROM json_each(?1)", rows)  # noqa: S608
    first = 1
    for boxes in batches(gathered.boxes()):
        watch(first)
        writer.rows(_BOXES, boxes, first)
        writer.later(partial(_fill, first=first, last=first + len(boxes) - 1))
        first += len(boxes)


def _fill(database: sqlite3.Connection, first: int, last: int) -> None:
    database.execute(FILL, (first, last))


def _finish_boxes(database: sqlite3.Connection) -> None:
    for statement in INDEXES:
        database.execute(statement)
    database.execute("INSERT INTO found(found) VALUES('optimize')")


def _published_before(target: Path) -> int:
    """Mailboxes in the index in place; 0 where there is none that can be read."""
    try:
        with contextlib.closing(read_only(target)) as database:
            return int(database.execute("SELECT value FROM meta WHERE key = 'mailboxes'").fetchone()[0])
    except sqlite3.Error:
        return 0


def _write_gone(database: sqlite3.Connection, target: Path, clock: Clock) -> int:
    """Remember what the index in place has and the new one has not; returns how many that is."""
    if not _published_before(target):
        return 0
    today = day(clock.now())
    database.create_function("address_hash", 1, address_hash, deterministic=True)
    database.execute("COMMIT")
    database.execute("PRAGMA journal_mode=MEMORY")
    database.execute("ATTACH ? AS old", (file_uri(target, READ_ONLY),))
    database.execute("BEGIN")
    try:
        database.execute(_GONE_BEFORE, ((today - timedelta(days=GONE_DAYS)).isoformat(),))
        return database.execute(_GONE_NOW, (today.isoformat(),)).rowcount
    except sqlite3.DatabaseError:
        # a damaged index in place must not keep a whole one from replacing it
        database.execute("ROLLBACK")
        database.execute("BEGIN")
        return 0


def _check(fresh: Path, count: int) -> None:
    """Can it be read, and is everything there?"""
    with contextlib.closing(read_only(fresh)) as database:
        if database.execute("SELECT count(*), max(id) FROM box").fetchone() != (count, count):
            raise sqlite3.DatabaseError("incomplete")

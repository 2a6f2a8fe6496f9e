"""The index file opened: to be read, for good; to be written, once, by a thread of its own.

Rows reach the writing thread as JSON, thousands at a time: SQLite takes them apart without Python's lock, so that the
next rows are prepared on the other core meanwhile.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import count, islice
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar

import msgspec

from mss_tui.adapters.directory.layout import SCHEMA, TABLES

T = TypeVar("T")
BATCH = 8_192
READ_ONLY = "mode=ro&immutable=1"

_SETTINGS = """
PRAGMA page_size=4096; PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; PRAGMA locking_mode=EXCLUSIVE;
PRAGMA cache_size=-32000; PRAGMA temp_store=MEMORY;
"""
_FULL_TEXT = (("hashsize", 4 << 20), ("automerge", 0), ("crisismerge", 2000))


def file_uri(path: Path, options: str) -> str:
    """What SQLite calls the file `path`."""
    quoted = str(path.absolute()).replace("%", "%25").replace("?", "%3f").replace("#", "%23")
    return f"file:{quoted}?{options}"


def read_only(path: Path) -> sqlite3.Connection:
    """`path` opened for reading, from any thread; an index is never changed in place, so nothing is locked.

    Raises:
        sqlite3.Error: it is not there, or no index of this layout.
    """
    database = sqlite3.connect(file_uri(path, READ_ONLY), uri=True, isolation_level=None, check_same_thread=False)
    try:
        database.execute("PRAGMA cache_size=-8000")
        found = database.execute("SELECT value FROM meta WHERE key = 'schema'").fetchone()
        if found != (str(SCHEMA),):
            raise sqlite3.DatabaseError("another layout")
    except sqlite3.Error:
        database.close()
        raise
    return database


def batches(items: Iterable[T]) -> Iterator[list[T]]:
    """`items` in lists of `BATCH`."""
    each = iter(items)
    return iter(lambda: list(islice(each, BATCH)), [])


class Writer:
    """A new index being written; committed when its context ends well, of no use when it does not."""

    def __init__(self, path: Path) -> None:
        self._thread = ThreadPoolExecutor(1, "annuaire-index")
        self._database = self._thread.submit(_create, path).result()
        self._pending: Future[object] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        try:
            if kind is None:
                self.now(lambda database: database.execute("COMMIT"))
        finally:
            self._thread.submit(self._database.close).result()
            self._thread.shutdown()

    def rows(self, statement: str, rows: Sequence[object], *more: int) -> None:
        """Run `statement` on `rows`, a list of texts or of lists, while the caller goes on.

        Each {} becomes the next column of a row; ?1 is the rows as JSON, ?2 the first of `more`.
        """
        columns = count()
        statement = re.sub(r"\{\}", lambda _: f"json_extract(value, '$[{next(columns)}]')", statement)
        packed = msgspec.json.encode(rows).decode()
        self.later(lambda database: database.execute(statement, (packed, *more)))

    def later(self, act: Callable[[sqlite3.Connection], object]) -> None:
        """Do `act` in the thread; at most one waits, so that memory stays bounded."""
        self._settle()
        self._pending = self._thread.submit(act, self._database)

    def now(self, act: Callable[[sqlite3.Connection], T]) -> T:
        """The result of `act`, after everything before it."""
        self._settle()
        return self._thread.submit(act, self._database).result()

    def _settle(self) -> None:
        pending, self._pending = self._pending, None
        if pending is not None:
            pending.result()


def _create(path: Path) -> sqlite3.Connection:
    database = sqlite3.connect(file_uri(path, "mode=rw"), uri=True, isolation_level=None)
    database.executescript(_SETTINGS + TABLES)
    for table in ("found", "near"):
        database.executemany(f"INSERT INTO {table}({table}, rank) VALUES(?, ?)", _FULL_TEXT)
    database.execute("BEGIN")
    return database

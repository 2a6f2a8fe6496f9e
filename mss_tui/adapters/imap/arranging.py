"""Order and conversations (RFC 5256): by the server where it can, else over the newest rows, and said so."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime

from mss_tui.adapters.imap.finding import LOCAL_ROWS, all_uids
from mss_tui.adapters.imap.reading import rows_of
from mss_tui.adapters.imap.response import Data
from mss_tui.adapters.imap.session import Session
from mss_tui.adapters.imap.syntax import Atom, Value
from mss_tui.model.message import Row
from mss_tui.ports.mail import Found, SortKey, Threads
from mss_tui.text.fold import fold

_KEYS = {
    SortKey.ARRIVAL: b"ARRIVAL",
    SortKey.DATE: b"DATE",
    SortKey.SENDER: b"FROM",
    SortKey.SUBJECT: b"SUBJECT",
    SortKey.SIZE: b"SIZE",
}
_ALGORITHMS = ("REFS", "REFERENCES")
_PREFIX = re.compile(r"(?:(?:re|fwd?|tr|rép?)\s{0,5}:\s{0,5}){1,20}", re.IGNORECASE)


async def sort(session: Session, folder: str, key: SortKey, descending: bool, now: datetime) -> Found:
    """Every message in order; without SORT, the newest `LOCAL_ROWS`."""
    if not session.can("SORT"):
        async with session.within(folder) as box:
            uids = (await all_uids(session, box))[:LOCAL_ROWS]
        rows = await rows_of(session, folder, uids, now, box.uidvalidity)
        ordered = sorted(rows, key=_key(key), reverse=descending)
        return Found(tuple(row.ref.uid for row in ordered), on_server=False)
    found: list[int] = []

    def hear(said: Data) -> None:
        found.extend(word.number for word in said.values() if isinstance(word, Atom))

    by = (b"(REVERSE %b)" if descending else b"(%b)") % _KEYS[key]
    async with session.within(folder), session.alone:
        with session.hearing("SORT", hear):
            await session.run(b"UID SORT", by, b"UTF-8 ALL", folder=folder)
    return Found(tuple(found), on_server=True)


async def threads(session: Session, folder: str, now: datetime) -> Threads:
    """Conversations, the one with the newest message first; without THREAD, by In-Reply-To among the newest rows."""
    algorithm = next((name for name in _ALGORITHMS if session.can(f"THREAD={name}")), "")
    if not algorithm:
        async with session.within(folder) as box:
            uids = (await all_uids(session, box))[:LOCAL_ROWS]
        rows = await rows_of(session, folder, uids, now, box.uidvalidity)
        return Threads(_newest_first(_join(rows)), on_server=False)
    found: list[list[int]] = []

    def hear(said: Data) -> None:
        found.extend(_flat(thread) for thread in said.values())

    async with session.within(folder), session.alone:
        with session.hearing("THREAD", hear):
            await session.run(b"UID THREAD", algorithm.encode(), b"UTF-8 ALL", folder=folder)
    return Threads(_newest_first(found), on_server=True)


def _newest_first(found: list[list[int]]) -> tuple[tuple[int, ...], ...]:
    return tuple(sorted((tuple(thread) for thread in found if thread), key=max, reverse=True))


def _flat(thread: Value) -> list[int]:
    """The UIDs of a thread, from its beginning."""
    found: list[int] = []
    stack = [thread]
    while stack:
        value = stack.pop()
        if isinstance(value, list):
            stack.extend(reversed(value))
        elif isinstance(value, Atom):
            found.append(value.number)
    return found


def _join(rows: tuple[Row, ...]) -> list[list[int]]:
    """Rows that answer one another, oldest first."""
    root: dict[str, str] = {}

    def top(identifier: str) -> str:
        while root.setdefault(identifier, identifier) != identifier:
            root[identifier] = root[root[identifier]]
            identifier = root[identifier]
        return identifier

    for row in rows:
        if row.message_id and row.in_reply_to:
            root[top(row.message_id)] = top(row.in_reply_to)
    found: dict[str, list[int]] = {}
    for row in sorted(rows, key=lambda row: row.ref.uid):
        found.setdefault(top(row.message_id or f"\0{row.ref.uid}"), []).append(row.ref.uid)
    return list(found.values())


def _key(key: SortKey) -> Callable[[Row], tuple[str | float, int]]:
    """What to sort rows by; equal ones stay in their order of arrival."""
    values: dict[SortKey, Callable[[Row], str | float]] = {
        SortKey.ARRIVAL: lambda row: row.received.timestamp(),
        SortKey.DATE: lambda row: (row.date or row.received).timestamp(),
        SortKey.SENDER: lambda row: fold(row.sender.label),
        SortKey.SUBJECT: lambda row: fold(_PREFIX.sub("", row.subject.strip(), count=1)),
        SortKey.SIZE: lambda row: float(row.size),
    }
    value = values[key]
    return lambda row: (value(row), row.ref.uid)

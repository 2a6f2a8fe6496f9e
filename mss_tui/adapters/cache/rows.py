"""What is read from and written to a mailbox's encrypted file. Each writing is one transaction: whole or not at all."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from typing import Any

from mss_tui.adapters.cache.encoding import (
    FolderCopy,
    folders_of_text,
    folders_text,
    message_of_text,
    message_text,
    row_of_text,
    row_text,
    same_message,
)
from mss_tui.model.folder import Folder
from mss_tui.model.message import MessageRef, Row
from mss_tui.ports.mail import Fetched

MOST_CONTENT = 64_000_000
"""Octets of what was read, a mailbox; beyond, what was read longest ago goes."""
MESSAGE = "message"
"""The name of header and structure among a message's contents; the others are sections."""
_COLUMNS = "uidvalidity, uidnext, total, unseen, modseq, newest, keywords, at, stamp"


@contextmanager
def changing(database: Any) -> Iterator[None]:
    """One transaction."""
    database.execute("BEGIN IMMEDIATE")
    try:
        yield
    except BaseException:
        database.execute("ROLLBACK")
        raise
    database.execute("COMMIT")


def read_folder(database: Any, account: str, name: str) -> FolderCopy | None:
    """A folder as it was left; None where it was not."""
    found = database.execute(f"SELECT id, {_COLUMNS} FROM folder WHERE name = ?", (name,)).fetchone()  # noqa: S608
    if found is None:
        return None
    number, validity, following, total, unseen, modseq, newest, keywords, at, stamp = found
    rows = database.execute("SELECT uid, data FROM row WHERE folder = ? ORDER BY uid DESC", (number,))
    return FolderCopy(
        name,
        validity,
        following,
        total,
        unseen,
        modseq,
        newest,
        bool(keywords),
        datetime.fromisoformat(at),
        tuple(row_of_text(MessageRef(account, name, validity, uid), data) for uid, data in rows),
        stamp,
    )


def write_folder(database: Any, copy: FolderCopy, before: FolderCopy | None) -> FolderCopy:
    """Put a folder in the place of what was there: all of it, or what differs from `before` where that still stands.

    What was read of messages that are gone, or of a folder that was made anew (UIDVALIDITY), goes with them.
    """
    copy = replace(copy, stamp=secrets.randbits(62))
    with changing(database):
        there = database.execute("SELECT id, uidvalidity, stamp FROM folder WHERE name = ?", (copy.name,)).fetchone()
        if there is not None and there[1] != copy.uidvalidity:
            database.execute("DELETE FROM folder WHERE id = ?", there[:1])
            there = None
        values = (
            copy.uidvalidity,
            copy.uidnext,
            copy.total,
            copy.unseen,
            copy.modseq,
            copy.newest,
            copy.keywords,
            copy.at.isoformat(),
            copy.stamp,
        )
        if there is None:
            statement = f"INSERT INTO folder(name, {_COLUMNS}) VALUES(?{', ?' * 9})"
            number = database.execute(statement, (copy.name, *values)).lastrowid
        else:
            number = there[0]
            statement = f"UPDATE folder SET ({_COLUMNS}) = (?{', ?' * 8}) WHERE id = ?"  # noqa: S608 - our own names
            database.execute(statement, (*values, number))
        known: dict[int, Row] = {}
        if there is not None and before is not None and there[2] == before.stamp:
            known = {row.ref.uid: row for row in before.rows}
            gone = known.keys() - {row.ref.uid for row in copy.rows}
        else:
            stored = database.execute("SELECT uid FROM row WHERE folder = ?", (number,))
            gone = {uid for (uid,) in stored} - {row.ref.uid for row in copy.rows}
        database.executemany("DELETE FROM row WHERE folder = ? AND uid = ?", [(number, uid) for uid in gone])
        database.executemany(
            "INSERT INTO row VALUES(?, ?, ?) ON CONFLICT DO UPDATE SET data = excluded.data",
            [(number, r.ref.uid, row_text(r)) for r in copy.rows if known.get(r.ref.uid) is not r],
        )
    return copy


def forget_folder(database: Any, name: str) -> None:
    """Delete everything of a folder."""
    database.execute("DELETE FROM folder WHERE name = ?", (name,))


def read_content(database: Any, shown: Row, section: str, now: int) -> tuple[Fetched, bytes] | None:
    """A message that was read, and a section of it (b"" for none); None unless it is the one whose row is `shown`."""
    ref = shown.ref
    found = dict(
        database.execute(
            "SELECT content.name, data FROM content JOIN folder ON folder.id = content.folder"
            " WHERE folder.name = ? AND uidvalidity = ? AND uid = ? AND content.name IN (?, ?)",
            (ref.folder, ref.uidvalidity, ref.uid, MESSAGE, section),
        )
    )
    if MESSAGE not in found or section not in found:
        return None
    message = message_of_text(ref, found[MESSAGE].decode())
    if not same_message(message.row, shown):
        return None
    database.execute(
        "UPDATE content SET used = ? WHERE uid = ? AND folder = (SELECT id FROM folder WHERE name = ?) AND used < ?",
        (now, ref.uid, ref.folder, now - 3600),
    )
    return message, b"" if section == MESSAGE else found[section]


def write_message(database: Any, fetched: Fetched, now: int) -> None:
    """Keep header and structure of a message whose row is kept; sections of another one under its UID go."""
    known = read_content(database, fetched.row, MESSAGE, now)
    if known is not None and (fetched.first is None or known[0].first is not None):
        return
    with changing(database):
        folder = _folder_of(database, fetched.row.ref)
        if folder is not None:
            if known is None:
                database.execute("DELETE FROM content WHERE folder = ? AND uid = ?", (folder, fetched.row.ref.uid))
            _put(database, folder, fetched.row.ref.uid, MESSAGE, message_text(fetched).encode(), now)


def write_section(database: Any, shown: Row, section: str, octets: bytes, now: int) -> None:
    """Keep a section of a message whose header is kept."""
    if read_content(database, shown, MESSAGE, now) is not None:
        with changing(database):
            folder = _folder_of(database, shown.ref)
            if folder is not None:
                _put(database, folder, shown.ref.uid, section, octets, now)


def _folder_of(database: Any, ref: MessageRef) -> int | None:
    """The folder in whose rows a message is."""
    found = database.execute(
        "SELECT id FROM folder JOIN row ON row.folder = id WHERE name = ? AND uidvalidity = ? AND uid = ?",
        (ref.folder, ref.uidvalidity, ref.uid),
    ).fetchone()
    return None if found is None else int(found[0])


def _put(database: Any, folder: int, uid: int, name: str, data: bytes, now: int) -> None:
    database.execute(
        "INSERT OR REPLACE INTO content VALUES(?, ?, ?, ?, ?, ?)", (folder, uid, name, len(data), now, data)
    )
    (total,) = database.execute("SELECT total(size) FROM content").fetchone()
    if total > MOST_CONTENT:
        oldest = database.execute("SELECT folder, uid, sum(size) FROM content GROUP BY folder, uid ORDER BY min(used)")
        for number, old, size in oldest.fetchall():
            if total <= MOST_CONTENT:
                break
            database.execute("DELETE FROM content WHERE folder = ? AND uid = ?", (number, old))
            total -= size


def read_folders(database: Any) -> tuple[Folder, ...]:
    """The folders of the mailbox; none where they were never listed."""
    found = database.execute("SELECT listing FROM folders").fetchone()
    return () if found is None else folders_of_text(found[0])


def write_folders(database: Any, folders: Sequence[Folder]) -> None:
    """Keep them."""
    with changing(database):
        database.execute("DELETE FROM folders")
        database.execute("INSERT INTO folders VALUES(?)", (folders_text(folders),))


def count(database: Any) -> list[tuple[str, int, int, str]]:
    """Each folder with the number of its rows, of its messages that were read, and when it was left."""
    return list(
        database.execute(
            "SELECT name, (SELECT count(*) FROM row WHERE folder = id),"
            " (SELECT count(DISTINCT uid) FROM content WHERE content.folder = id), at FROM folder ORDER BY name"
        )
    )


def forget_mail(database: Any) -> None:
    """Delete everything but sealed drafts."""
    with changing(database):
        database.execute("DELETE FROM folder")
        database.execute("DELETE FROM folders")
    database.execute("VACUUM")
    database.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()

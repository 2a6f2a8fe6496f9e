"""One mailbox's encrypted file: opened, checked, made anew (SQLCipher 4). Everything here belongs to one thread.

A file that does not open with the key, is cut, is older or is somebody else's is `Unusable`; who opens it decides.
"""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mss_tui.adapters.store import locked, open_private, private_directory, unusable
from mss_tui.errors import ConfigError
from mss_tui.phrase import say

if TYPE_CHECKING:
    from mss_tui.adapters.cache.key import Key

SCHEMA = 1
SALT = 16
"""Octets at the beginning of every SQLCipher file; a passphrase is stretched with them too."""
BUSY_SECONDS = 2.0
BESIDE = ("", "-wal", "-shm", "-journal", ".drafts")
INSTALL = "pip install 'mss-tui[cache]'"
_TABLES = """
CREATE TABLE account(address TEXT NOT NULL);
CREATE TABLE folders(listing TEXT NOT NULL);
CREATE TABLE folder(
    id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, uidvalidity INTEGER NOT NULL, uidnext INTEGER NOT NULL,
    total INTEGER NOT NULL, unseen INTEGER, modseq INTEGER NOT NULL, newest INTEGER NOT NULL,
    keywords INTEGER NOT NULL, at TEXT NOT NULL, stamp INTEGER NOT NULL
);
CREATE TABLE row(
    folder INTEGER NOT NULL REFERENCES folder ON DELETE CASCADE, uid INTEGER NOT NULL, data TEXT NOT NULL,
    PRIMARY KEY(folder, uid)
) WITHOUT ROWID;
CREATE TABLE content(
    folder INTEGER NOT NULL, uid INTEGER NOT NULL, name TEXT NOT NULL, size INTEGER NOT NULL, used INTEGER NOT NULL,
    data BLOB NOT NULL, PRIMARY KEY(folder, uid, name),
    FOREIGN KEY(folder, uid) REFERENCES row ON DELETE CASCADE
);
CREATE INDEX content_used ON content(used);
"""
_DRAFTS = (
    "CREATE TABLE IF NOT EXISTS draft(key TEXT PRIMARY KEY, size INTEGER NOT NULL, data TEXT NOT NULL) WITHOUT ROWID"
)
"""Made where it is missing: files of before have no drafts, and a program of before leaves them alone."""
_SETTINGS = (
    "PRAGMA cipher_memory_security = ON",  # the key and the pages in memory are cleared before they are given back
    "PRAGMA temp_store = MEMORY",
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = NORMAL",
    "PRAGMA secure_delete = ON",
    "PRAGMA foreign_keys = ON",
    "PRAGMA cache_size = -2000",
)


class Unusable(Exception):
    """The file is no copy of this mailbox, or not under this key."""


def library() -> Any:
    """SQLCipher's module.

    Raises:
        ConfigError: the extra is not installed.
    """
    try:
        from sqlcipher3 import dbapi2
    except ImportError as error:
        raise ConfigError(
            say("La copie chiffrée demande le complément « cache », qui n'est pas installé."),
            remedy=say("Installez-le : {command}.", command=INSTALL),
        ) from error
    return dbapi2


def open_vault(path: Path, address: str, key: Key) -> Any:
    """The open database of the mailbox `address`, made where there is none.

    Raises:
        Unusable: what is there is something else.
        ConfigError: the extra is not installed.
        MssError: the place cannot be used.
    """
    module = library()
    private_directory(path.parent)
    try:
        with locked(path.with_name(f".{path.name}.lock")):  # two programs that begin at once would each make one
            return _opened(module, path, address, key)
    except OSError as error:
        raise unusable(path, error) from error


def _opened(module: Any, path: Path, address: str, key: Key) -> Any:
    descriptor = open_private(path, os.O_RDWR | os.O_CREAT)
    with os.fdopen(descriptor, "rb") as file:
        head = file.read(SALT)
    if 0 < len(head) < SALT:
        raise Unusable
    salt = head or secrets.token_bytes(SALT)
    database = module.connect(str(path), timeout=BUSY_SECONDS, isolation_level=None)
    try:
        database.execute("PRAGMA cipher_log_level = NONE").fetchall()  # it would write on the terminal
        database.execute(f"PRAGMA key = \"x'{key.octets(salt).hex()}{salt.hex()}'\"")
        for setting in _SETTINGS:
            database.execute(setting).fetchall()
        _check(database, address)
    except module.OperationalError:
        database.close()
        raise
    except module.DatabaseError:
        database.close()
        raise Unusable from None
    except BaseException:
        database.close()
        raise
    return database


def _check(database: Any, address: str) -> None:
    """Is it ours, of this mailbox and of this version? An empty one becomes so.

    Raises:
        Unusable: it is not.
    """
    (tables,) = database.execute("SELECT count(*) FROM sqlite_master").fetchone()
    (version,) = database.execute("PRAGMA user_version").fetchone()
    if not tables and not version:
        database.executescript(f"BEGIN IMMEDIATE; {_TABLES} PRAGMA user_version = {SCHEMA}")
        database.execute("INSERT INTO account VALUES(?)", (address,))
        database.execute("COMMIT")
    elif version != SCHEMA or database.execute("SELECT address FROM account").fetchall() != [(address,)]:
        raise Unusable
    database.execute(_DRAFTS)


def mark_of(path: Path) -> Path:
    """The empty file that says, without the key, that a copy has drafts which are nowhere else."""
    return path.with_name(f"{path.name}.drafts")


def remove(path: Path) -> int:
    """Delete a copy, its drafts and what stands beside it; the octets it had.

    Raises:
        MssError: it cannot be.
    """
    octets = 0
    for beside in BESIDE:
        file = path.with_name(path.name + beside)
        try:
            octets += file.lstat().st_size
            file.unlink()
        except FileNotFoundError:
            continue
        except OSError as error:
            raise unusable(file, error) from error
    return octets


def octets_of(path: Path) -> int:
    """What a copy takes on disk, 0 where there is none."""
    files = (path.with_name(path.name + beside) for beside in BESIDE)
    return sum(file.lstat().st_size for file in files if file.exists())

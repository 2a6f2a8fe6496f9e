"""Drafts that no server could keep, in a mailbox's encrypted file (design.md, Outbox; docs/adr/0009).

Words and recipients as typed, the paths of pieces and not their octets, but of those that are in memory alone. Beside
the file stands an empty one for as long as there are any: who deletes a copy, or makes one anew, looks for it first.
"""

from __future__ import annotations

import json
import os
from base64 import b64decode, b64encode
from contextlib import suppress
from dataclasses import fields
from pathlib import Path
from typing import Any

from mss_tui.adapters.cache import vault
from mss_tui.adapters.cache.copy import DAMAGED, MailCopy
from mss_tui.adapters.cache.rows import changing
from mss_tui.adapters.store import open_private, unusable
from mss_tui.model.draft import Draft, HeldFile, LocalFile, Origin, RemotePart
from mss_tui.model.message import MessageRef
from mss_tui.ports.store import Sealed

MOST = 50
"""Drafts, a mailbox: one more is refused, none is pushed out."""
MOST_OCTETS = 32_000_000


class CopyDrafts:
    """The sealed drafts of the mailbox of a copy."""

    def __init__(self, copy: MailCopy) -> None:
        self._copy = copy
        self._mark = vault.mark_of(copy.path)

    def held(self) -> bool:
        """May there be any? A kill may leave the mark without a draft; the next look takes it away."""
        return os.path.lexists(self._mark)

    async def all(self) -> tuple[Sealed, ...]:
        """Those that can be read."""
        return await self._copy.do(lambda database: read(database, self._mark), ()) if self.held() else ()

    async def seal(self, sealed: Sealed) -> bool:
        """Keep one; it is on disk when this returns."""
        return await self._copy.do(lambda database: write(database, self._mark, sealed), False)

    async def drop(self, key: str) -> None:
        """Keep it no longer."""
        if self.held():
            await self._copy.do(lambda database: drop(database, self._mark, key), None)


def write(database: Any, mark: Path, sealed: Sealed) -> bool:
    """Put a draft in the place of its former version; False where there is no room for it.

    Raises:
        MssError: the mark cannot be made.
    """
    data = text_of(sealed)
    database.execute("PRAGMA synchronous = FULL").fetchall()  # it is nowhere else: a power cut must not take it
    try:
        with changing(database):
            count, octets = database.execute(
                "SELECT count(*), total(size) FROM draft WHERE key != ?", (sealed.draft.key,)
            ).fetchone()
            if count >= MOST or octets + len(data) > MOST_OCTETS:
                return False
            try:
                os.close(open_private(mark, os.O_WRONLY | os.O_CREAT))
            except OSError as error:
                raise unusable(mark, error) from error
            database.execute("INSERT OR REPLACE INTO draft VALUES(?, ?, ?)", (sealed.draft.key, len(data), data))
        return True
    finally:
        database.execute("PRAGMA synchronous = NORMAL").fetchall()


def read(database: Any, mark: Path) -> tuple[Sealed, ...]:
    """Every draft; one of another version of this program is left where it is."""
    found = []
    for (data,) in database.execute("SELECT data FROM draft ORDER BY key").fetchall():
        with suppress(*DAMAGED):
            found.append(of_text(data))
    _tidy(database, mark)
    return tuple(found)


def drop(database: Any, mark: Path, key: str) -> None:
    """Delete one; with the last one goes the mark."""
    database.execute("DELETE FROM draft WHERE key = ?", (key,))
    _tidy(database, mark)


def count(database: Any) -> int:
    """How many there are."""
    (found,) = database.execute("SELECT count(*) FROM draft").fetchone()
    return int(found)


def _tidy(database: Any, mark: Path) -> None:
    with changing(database):  # nobody seals one meanwhile
        if not count(database):
            with suppress(OSError):
                mark.unlink()


def text_of(sealed: Sealed) -> str:
    """A draft as JSON."""
    draft = sealed.draft
    values = {field.name: getattr(draft, field.name) for field in fields(draft)}
    values |= {
        "attachments": [_piece(piece) for piece in draft.attachments],
        "answers": draft.answers and _ref(draft.answers),
        "saved_as": draft.saved_as and _ref(draft.saved_as),
        "validated": "",  # whoever validated it looks at it again
    }
    return json.dumps({"draft": values, "tried": sealed.tried}, separators=(",", ":"))


def of_text(text: str) -> Sealed:
    """The way back."""
    found = json.loads(text)
    values = found["draft"]
    for name in ("to", "cc", "bcc", "references", "thread"):
        values[name] = tuple(values[name])
    values |= {
        "attachments": tuple(map(_piece_of, values["attachments"])),
        "headers": tuple((name, value) for name, value in values["headers"]),
        "origin": Origin(values["origin"]),
        "answers": values["answers"] and MessageRef(*values["answers"]),
        "saved_as": values["saved_as"] and MessageRef(*values["saved_as"]),
    }
    return Sealed(Draft(**values), tuple(found["tried"]))


def _ref(ref: MessageRef) -> list[str | int]:
    return [ref.account, ref.folder, ref.uidvalidity, ref.uid]


def _piece(piece: LocalFile | RemotePart) -> list[Any]:
    if isinstance(piece, RemotePart):
        return ["remote", _ref(piece.ref), piece.section, piece.name, piece.type, piece.size, piece.inline]
    named = [os.fsencode(piece.path).decode("latin-1"), piece.name, piece.type, piece.size]
    if isinstance(piece, HeldFile):
        return ["held", *named, b64encode(piece.data).decode()]
    return ["local", *named]


def _piece_of(found: list[Any]) -> LocalFile | RemotePart:
    kind, first, *rest = found
    if kind == "remote":
        return RemotePart(MessageRef(*first), *rest)
    path = Path(os.fsdecode(first.encode("latin-1")))
    if kind == "held":
        name, kind_of_it, size, data = rest
        return HeldFile(path, name, kind_of_it, size, b64decode(data))
    return LocalFile(path, *rest)

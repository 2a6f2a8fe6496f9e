"""Outside the messagerie: what is kept in the safe place before the operator erases it, and what may be cleared.

MSS is no storage (faq 8): messages go in 3 months (charte §4). Nothing here deletes anything.
"""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator, Iterable, Sequence
from pathlib import Path

from mss_tui.errors import MssError, PartlyRefused, UsageError
from mss_tui.model.message import FLAGGED, Handling, Row
from mss_tui.model.people import Actor, Profile
from mss_tui.phrase import say
from mss_tui.ports.mail import Query
from mss_tui.record import dataclass
from mss_tui.services.box import Box
from mss_tui.services.reading import Reader

MAX_LOOKED = 2_000
MAX_HASHED = 200
HASHED_OCTETS = 30_000_000


@dataclass(frozen=True, slots=True)
class Saved:
    """A message that is now outside the messagerie: its own file, then those of its pieces."""

    row: Row
    paths: tuple[Path, ...]


def safe_place(profile: Profile, named: Path | None) -> Path:
    """Where to save: what is named, else the place that the profile or the site declares.

    Raises:
        UsageError: there is none.
    """
    folder = named or profile.save_to
    if folder is None:
        raise UsageError(
            say("Aucun dossier sûr n'est déclaré."),
            meaning=say("Rien n'a été enregistré."),
            remedy=say("Nommez-le avec --vers, ou écrivez save_to dans le profil."),
        )
    return folder


async def save_all(reader: Reader, rows: Sequence[Row], folder: Path, actor: Actor) -> tuple[Saved, ...]:
    """Save messages, each as .eml byte for byte and then its pieces; a journal line each.

    Raises:
        PartlyRefused: one could not be; `detail` says how many were.
        MssError: the first one could not be.
    """
    done: list[Saved] = []
    for row in rows:
        try:
            paths = [await reader.save_message(row, folder, actor)]
            reading = await reader.peek(row)
            for piece in reading.attachments:
                if not piece.inline:
                    paths.append(await reader.save(row.ref, piece, folder, actor))
        except MssError as error:
            if not done:
                raise
            raise PartlyRefused(
                say("{n} message(s) sur {total} enregistré(s).", n=len(done), total=len(rows)),
                meaning=error.what,
                remedy=say("Recommencez pour les autres ; ce qui est déjà enregistré le reste."),
            ) from error
        done.append(Saved(row, tuple(paths)))
    return tuple(done)


@dataclass(frozen=True, slots=True)
class Clearing:
    """What may be cleared first, each largest or oldest first; octets as on the server. A preview: nothing is deleted.

    `duplicates` are groups of the same octets, the one to keep first.
    """

    largest: tuple[Row, ...]
    oldest_handled: tuple[Row, ...]
    duplicates: tuple[tuple[Row, ...], ...]
    looked: int

    @property
    def octets(self) -> int:
        """What would be freed if all of it went."""
        spare = [row for group in self.duplicates for row in group[1:]]
        every = {row.ref: row.size for row in (*self.largest, *self.oldest_handled, *spare)}
        return sum(every.values())


async def clearing(box: Box, folder: str, most: int = 20) -> Clearing:
    """Look through the newest `MAX_LOOKED` messages of a folder.

    What is followed, or still to be handled, is never among the handled ones; duplicates are those whose octets hash
    the same, looked for only among messages of the same size and Message-ID.
    """
    found = await box.mail.search(folder, Query())
    rows = await box.mail.rows_of(folder, found.uids[:MAX_LOOKED])
    handled = [r for r in rows if r.handling is not Handling.TO_DO and FLAGGED not in r.flags]
    return Clearing(
        largest=tuple(sorted(rows, key=lambda row: -row.size)[:most]),
        oldest_handled=tuple(sorted(handled, key=lambda row: row.received)[:most]),
        duplicates=tuple([group async for group in _duplicates(box, rows)][:most]),
        looked=len(rows),
    )


async def _duplicates(box: Box, rows: Iterable[Row]) -> AsyncIterator[tuple[Row, ...]]:
    alike: dict[tuple[int, str], list[Row]] = {}
    for row in rows:
        if row.message_id:
            alike.setdefault((row.size, row.message_id), []).append(row)
    octets = hashed = 0
    for group in alike.values():
        same: dict[str, list[Row]] = {}
        if len(group) < 2:
            continue
        for row in sorted(group, key=lambda row: row.received):
            octets += row.size
            hashed += 1
            if hashed > MAX_HASHED or octets > HASHED_OCTETS:
                return
            digest = hashlib.sha256()
            async for chunk in box.mail.stream(row.ref, ""):
                digest.update(chunk)
            same.setdefault(digest.hexdigest(), []).append(row)
        for copies in same.values():
            if len(copies) > 1:
                yield tuple(copies)

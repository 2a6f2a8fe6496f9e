"""What is known of a mailbox over time: the facts file, and the states of its life (catalogue §5)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from enum import StrEnum

from mss_tui.model.directory import Publication
from mss_tui.model.folder import Quota
from mss_tui.record import dataclass


class Life(StrEnum):
    """States of a BAL's life."""

    ACTIVE = "active"
    WATCH = "a_surveiller"
    UNPUBLISH_NEAR = "depublication_proche"
    UNPUBLISHED = "depubliee"
    DELETION_NEAR = "suppression_proche"
    SUSPENDED = "suspendue"
    FULL = "quota_plein"
    DELETED = "supprimee"
    UNKNOWN = "inconnue"


@dataclass(frozen=True, slots=True)
class Absence:
    """The absence message on the server: on or off, and its days where it has some (charte §3)."""

    on: bool
    start: date | None = None
    end: date | None = None


@dataclass(frozen=True, slots=True)
class Interrupted:
    """What stood on screen when the line to the terminal was cut: names only, as everywhere in the facts file.

    `folder` and `message` (UIDVALIDITY, UID) are what was looked at; `draft` is where what was being written is kept,
    `others` where the other messages are that were being written then.
    """

    at: datetime
    folder: str
    message: tuple[int, int] | None = None
    draft: tuple[str, int, int] | None = None
    others: tuple[tuple[str, int, int], ...] = ()


LocalMark = tuple[str, int, int, str]
"""A TDCS state that only this machine knows: folder, UIDVALIDITY, UID, keyword."""


@dataclass(frozen=True, slots=True)
class Remembered:
    """What the facts file keeps of an account: no patient data, so it stays even where mail does not (design.md).

    Dates are aware, UTC. `read` is the last reading by a person from here, `connected` the last authentication by
    anyone or anything; `baseline` the first use of this client on this mailbox (cycle.72h counts from there).
    `folders` maps a folder's name to (UIDVALIDITY, UIDNEXT, EXISTS, the lowest UID of its first page or 0).
    `shared_read` and `shared_connected` are what others left on the server (METADATA), and stay apart from what this
    machine knows. `absence` is as it was at `absence_checked`; `reminder` holds the days of an absence that only this
    machine can remind of.
    """

    account: str
    read: datetime | None = None
    connected: datetime | None = None
    baseline: datetime | None = None
    refused: datetime | None = None
    quota: Quota | None = None
    directory: Publication = Publication.UNKNOWN
    directory_checked: datetime | None = None
    overdue: int | None = None
    expiring: int | None = None
    counted: datetime | None = None
    folders: tuple[tuple[str, int, int, int, int], ...] = ()
    shared_read: datetime | None = None
    shared_connected: datetime | None = None
    absence: Absence | None = None
    absence_checked: datetime | None = None
    reminder: Absence | None = None
    marks: tuple[LocalMark, ...] = ()
    interrupted: Interrupted | None = None

    def by_anyone(self) -> Remembered:
        """The same with the last reading and connection by anyone, wherever that is known from."""
        return replace(
            self, read=_later(self.read, self.shared_read), connected=_later(self.connected, self.shared_connected)
        )


def _later(one: datetime | None, other: datetime | None) -> datetime | None:
    return max(one, other) if one and other else one or other

"""What is known of a mailbox over time: the facts file, and the states of its life (catalogue §5)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from mss_tui.model.directory import Publication
from mss_tui.model.folder import Quota


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
class Remembered:
    """What the facts file keeps of an account: no patient data, so it stays even where mail does not (design.md).

    Dates are aware, UTC. `read` is the last reading by a person from here, `connected` the last authentication by
    anyone or anything; `baseline` the first use of this client on this mailbox (cycle.72h counts from there).
    `folders` maps a folder's name to (UIDVALIDITY, UIDNEXT, EXISTS).
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
    folders: tuple[tuple[str, int, int, int], ...] = ()

"""What a profile notes of a patient: informed, objecting, with a qualified identity (monsisra; ref2 va1.20, va1.22)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

from mss_tui.record import dataclass


class Mark(StrEnum):
    """What is noted. Two kinds of objection: to messages sent to the patient, to exchanges between professionals."""

    INFORMED = "informe"
    QUALIFIED = "qualifie"
    NO_MESSAGES = "opposition-messages"
    NO_EXCHANGES = "opposition-echanges"


@dataclass(frozen=True, slots=True)
class Noted:
    """Since when, and until when where it was withdrawn (aware, UTC)."""

    since: datetime
    withdrawn: datetime | None = None

    @property
    def stands(self) -> bool:
        """Does it hold now?"""
        return self.withdrawn is None


Notes = Mapping[Mark, Noted]


@dataclass(frozen=True, slots=True)
class Registered:
    """A patient of the register: matricule with its key, name as it was given ("" when nobody did), notes."""

    ins: str
    who: str
    notes: Notes

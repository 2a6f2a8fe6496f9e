"""The registers in one private file: profile, a keyed hash of the INS, marks and dates (ports/registers.py)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any

from mss_tui.adapters.store import Tell
from mss_tui.adapters.store_json import JsonFile
from mss_tui.adapters.store_key import MachineKey
from mss_tui.model.patient import Mark, Noted, Notes
from mss_tui.ports.clock import Clock

_All = dict[str, dict[Mark, Noted]]


class FilePatients:
    """The registers of one profile. The profile's name is hashed with the INS: two profiles cannot be compared."""

    def __init__(self, path: Path, profile: str, clock: Clock, tell: Tell) -> None:
        self._file = JsonFile(path, tell, _decode, _encode)
        self._key = MachineKey(path.parent, tell)
        self._profile = profile
        self._clock = clock

    def of(self, ins: str) -> Notes:
        """What is noted."""
        known = self._file.read()
        return MappingProxyType(known.get(self._hashed(ins), {}) if known else {})

    def note(self, ins: str, mark: Mark) -> Notes:
        """Note it; what stands already keeps its date."""
        now = self._clock.now()

        def edit(notes: dict[Mark, Noted]) -> dict[Mark, Noted]:
            stands = mark in notes and notes[mark].stands
            return notes if stands else notes | {mark: Noted(now)}

        return self._change(ins, edit)

    def withdraw(self, ins: str, mark: Mark) -> Notes:
        """It holds no longer."""
        now = self._clock.now()

        def edit(notes: dict[Mark, Noted]) -> dict[Mark, Noted]:
            stands = mark in notes and notes[mark].stands
            return notes | {mark: Noted(notes[mark].since, now)} if stands else notes

        return self._change(ins, edit)

    def _change(self, ins: str, edit: Callable[[dict[Mark, Noted]], dict[Mark, Noted]]) -> Notes:
        who = self._hashed(ins)

        def one(known: _All) -> _All:
            notes = edit(known.get(who, {}))
            return known | {who: notes} if notes else known

        return MappingProxyType(self._file.change(one).get(who, {}))

    def _hashed(self, ins: str) -> str:
        return self._key.hashed(f"{self._profile}\n{ins}")


def _decode(found: dict[str, Any]) -> _All:
    return {
        str(who): {Mark(mark): Noted(_moment(since), _moment(until) if until else None) for mark, since, until in notes}
        for who, notes in found.get("patients", {}).items()
    }


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("a date without its zone")
    return moment


def _encode(known: _All) -> dict[str, Any]:
    return {
        "schema": 1,
        "patients": {
            who: [
                (mark.value, noted.since.isoformat(), noted.withdrawn.isoformat() if noted.withdrawn else None)
                for mark, noted in notes.items()
            ]
            for who, notes in known.items()
        },
    }

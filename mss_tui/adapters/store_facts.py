"""The facts file: what is known of each mailbox, as JSON (ports/store.py, FactsFile)."""

from __future__ import annotations

from dataclasses import asdict, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

from mss_tui.adapters.store import Tell
from mss_tui.adapters.store_json import JsonFile
from mss_tui.errors import MssError
from mss_tui.model.directory import Publication
from mss_tui.model.folder import Quota
from mss_tui.model.mailbox import Absence, Interrupted, Remembered

_DATES = (
    "read",
    "connected",
    "baseline",
    "refused",
    "directory_checked",
    "counted",
    "shared_read",
    "shared_connected",
    "absence_checked",
)

_All = dict[str, Remembered]


class JsonFactsFile:
    """Facts of all accounts in one file.

    Where it cannot be written, that is said once for an account, and its facts last as long as the program.
    """

    def __init__(self, path: Path, tell: Tell) -> None:
        self._file = JsonFile(path, tell, _decode, _encode)
        self._tell = tell
        self._unsaved: _All = {}

    def of(self, account: str) -> Remembered:
        """What is known of an account; empty when nothing is."""
        if account in self._unsaved:
            return self._unsaved[account]
        try:
            return self._file.read().get(account, Remembered(account))
        except MssError as error:
            return self._kept(account, Remembered(account), error)

    def update(self, account: str, **changes: Any) -> Remembered:
        """Change fields of `Remembered` and keep the others, under a lock."""

        def edit(known: _All) -> _All:
            before = self._unsaved.get(account) or known.get(account, Remembered(account))
            return known | {account: replace(before, **changes)}

        try:
            known = self._file.change(edit)
        except MssError as error:
            return self._kept(account, replace(self.of(account), **changes), error)
        self._unsaved.pop(account, None)
        return known[account]

    def _kept(self, account: str, facts: Remembered, error: MssError) -> Remembered:
        """Remember `facts` here, since the file cannot be used."""
        if account not in self._unsaved:
            self._tell(error.what)
        self._unsaved[account] = facts
        return facts


def _decode(found: dict[str, Any]) -> _All:
    return {account: _remembered(account, facts) for account, facts in found.get("accounts", {}).items()}


def _remembered(account: str, facts: dict[str, Any]) -> Remembered:
    dates = {name: _moment(facts[name]) for name in _DATES if name in facts}
    quota = facts.get("quota")
    return Remembered(
        account,
        overdue=_count(facts.get("overdue")),
        expiring=_count(facts.get("expiring")),
        quota=None if quota is None else Quota(int(quota["used"]), int(quota["limit"]), str(quota["source"])),
        directory=Publication(facts.get("directory", Publication.UNKNOWN)),
        folders=tuple(
            (str(name), int(v), int(n), int(e), int(next(iter(lowest), 0)))
            for name, v, n, e, *lowest in facts.get("folders", ())
        ),
        absence=_absence(facts.get("absence")),
        reminder=_absence(facts.get("reminder")),
        marks=tuple((str(name), int(v), int(uid), str(word)) for name, v, uid, word in facts.get("marks", ())),
        interrupted=_interrupted(facts.get("interrupted")),
        **dates,
    )


def _interrupted(found: dict[str, Any] | None) -> Interrupted | None:
    if found is None:
        return None
    message, draft = found.get("message"), found.get("draft")
    return Interrupted(
        _moment(found["at"]),
        str(found["folder"]),
        (int(message[0]), int(message[1])) if message else None,
        (str(draft[0]), int(draft[1]), int(draft[2])) if draft else None,
        tuple((str(other[0]), int(other[1]), int(other[2])) for other in found.get("others", ())),
    )


def _count(number: int | None) -> int | None:
    return None if number is None else int(number)


def _absence(found: dict[str, Any] | None) -> Absence | None:
    if found is None:
        return None
    days = (date.fromisoformat(found[name]) if found.get(name) else None for name in ("start", "end"))
    return Absence(bool(found["on"]), *days)


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("a date without its zone")
    return moment


def _encode(known: _All) -> dict[str, Any]:
    return {"schema": 1, "accounts": {account: _facts(facts) for account, facts in known.items()}}


def _facts(known: Remembered) -> dict[str, Any]:
    dates = {name: moment.isoformat() for name in _DATES if (moment := getattr(known, name)) is not None}
    return {
        **dates,
        "overdue": known.overdue,
        "expiring": known.expiring,
        "quota": known.quota and asdict(known.quota),
        "directory": known.directory.value,
        "folders": known.folders,
        "absence": known.absence and _days(known.absence),
        "reminder": known.reminder and _days(known.reminder),
        "marks": known.marks,
        "interrupted": known.interrupted and asdict(known.interrupted) | {"at": known.interrupted.at.isoformat()},
    }


def _days(absence: Absence) -> dict[str, Any]:
    days = {"start": absence.start, "end": absence.end}
    return {"on": absence.on, **{name: day and day.isoformat() for name, day in days.items()}}

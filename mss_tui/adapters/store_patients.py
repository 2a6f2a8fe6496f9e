"""The registers, a sealed file for each profile: patients by INS and name, marks and dates (ports/registers.py).

Files of before held keyed hashes instead of patients: they are sealed too as soon as they are met, and an entry gets
its INS and name back when somebody notes something of that patient.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from mss_tui.adapters.register_key import RegisterKey
from mss_tui.adapters.sealed import SealedFile
from mss_tui.adapters.store import Tell, locked, private_directory, unusable
from mss_tui.adapters.store_json import JsonFile
from mss_tui.adapters.store_key import MachineKey
from mss_tui.errors import MssError
from mss_tui.model.patient import Mark, Noted, Notes, Registered
from mss_tui.phrase import say
from mss_tui.ports.clock import Clock
from mss_tui.text import clean

if TYPE_CHECKING:
    from mss_tui.adapters.cache.key import KeySource

_Marks = dict[Mark, Noted]
_Hashed = dict[str, _Marks]
MAX_WHO = 120


class FilePatients:
    """The registers of one profile.

    Args:
        path: the file of before, `patients.json`; the sealed ones stand beside it.
        source: the profile's way to a key of its own, else the machine's seals.
    """

    def __init__(self, path: Path, profile: str, clock: Clock, tell: Tell, source: KeySource | None = None) -> None:
        self._key = MachineKey(path.parent, tell)
        self._keys = RegisterKey(self._key, profile, source)
        self._plain = JsonFile(path, tell, _decode_hashed, _encode_hashed)
        self._hashed = SealedFile(path.with_suffix(".sealed"), "", lambda: (self._key.octets(),))
        # by a plain hash: a name that hung on the key would be lost with it, and the register with the name
        name = f"{path.stem}-{hashlib.sha256(profile.encode()).hexdigest()[:16]}.sealed"
        self._own = SealedFile(path.with_name(name), profile, self._keys.octets)
        self._profile = profile
        self._clock = clock
        self._tell = tell

    async def prepare(self) -> bool:
        """Fetch the key, where it takes asking; True when it came just now."""
        return await self._keys.prepare()

    def of(self, ins: str) -> Notes:
        """What is noted."""
        self._seal_plain()
        found = self._patients().get(ins)
        return MappingProxyType(found.notes if found is not None else self._before().get(self._hash(ins), {}))

    def everyone(self) -> tuple[Registered, ...]:
        """Every patient of the register, by name."""
        self._seal_plain()
        return tuple(sorted(self._patients().values(), key=lambda r: (r.who.casefold(), r.ins)))

    def note(self, ins: str, mark: Mark, who: str = "") -> Notes:
        """Note it; what stands already keeps its date, a name that is known its last form."""
        now = self._clock.now()

        def edit(notes: _Marks) -> _Marks:
            stands = mark in notes and notes[mark].stands
            return notes if stands else notes | {mark: Noted(now)}

        return self._change(ins, edit, who)

    def withdraw(self, ins: str, mark: Mark) -> Notes:
        """It holds no longer."""
        now = self._clock.now()

        def edit(notes: _Marks) -> _Marks:
            stands = mark in notes and notes[mark].stands
            return notes | {mark: Noted(notes[mark].since, now)} if stands else notes

        return self._change(ins, edit)

    def begin_again(self) -> bool:
        """Set aside what does not open, so that a new register begins; was there anything?"""
        with self._lock():
            aside = [file.set_aside(self._tell) for file in (self._own, self._hashed)]
        return any(aside)

    def _change(self, ins: str, edit: Callable[[_Marks], _Marks], who: str = "") -> Notes:
        self._seal_plain()
        with self._lock():
            known, before = self._patients(), self._before()
            hashed = self._hash(ins)
            entry = known.get(ins) or Registered(ins, "", before.get(hashed, {}))
            notes = edit(dict(entry.notes))
            if notes:
                known[ins] = Registered(ins, clean(who, MAX_WHO).strip() or entry.who, notes)
                self._own.write(_encode(known))
                if before.pop(hashed, None) is not None:
                    self._hashed.write(_octets(_encode_hashed(before)))
        return MappingProxyType(notes)

    def _patients(self) -> dict[str, Registered]:
        data = self._own.read()
        return _read(_decode, data, self._own) if data is not None else {}

    def _before(self) -> _Hashed:
        data = self._hashed.read()
        return _read(_decode_hashed, data, self._hashed) if data is not None else {}

    def _seal_plain(self) -> None:
        """Seal the file of before; it goes once what it held is surely kept."""
        if not self._plain.path.exists():
            return
        with self._lock():
            plain = self._plain.read()
            if plain:
                self._hashed.write(_octets(_encode_hashed({**self._before(), **plain})))
            with contextlib.suppress(FileNotFoundError):
                self._plain.path.unlink()

    @contextlib.contextmanager
    def _lock(self) -> Iterator[None]:
        path = self._hashed.path
        private_directory(path.parent)
        with contextlib.ExitStack() as held:
            try:
                held.enter_context(locked(path.with_name(f".{path.name}.lock")))
            except OSError as error:
                raise unusable(path, error) from error
            yield

    def _hash(self, ins: str) -> str:
        return self._key.hashed(f"{self._profile}\n{ins}")


def _read(decode: Callable[[dict[str, Any]], Any], data: bytes, file: SealedFile) -> Any:
    """What a sealed file holds; it was not touched since we wrote it, so that only another version can surprise us."""
    try:
        return decode(json.loads(data))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise MssError(
            say("Le registre « {path} » est écrit par une autre version de mss-tui.", path=clean(str(file.path))),
            remedy=say("Mettez mss-tui à jour ; rien n'y a été changé."),
        ) from error


def _decode(found: dict[str, Any]) -> dict[str, Registered]:
    patients = found["patients"].items()
    return {ins: Registered(str(ins), str(of["who"]), _decoded(of["notes"])) for ins, of in patients}


def _encode(known: Mapping[str, Registered]) -> bytes:
    patients = {ins: {"who": of.who, "notes": _encoded(of.notes)} for ins, of in known.items()}
    return _octets({"schema": 2, "patients": patients})


def _decode_hashed(found: dict[str, Any]) -> _Hashed:
    return {str(who): _decoded(notes) for who, notes in found.get("patients", {}).items()}


def _encode_hashed(known: _Hashed) -> dict[str, Any]:
    return {"schema": 1, "patients": {who: _encoded(notes) for who, notes in known.items()}}


def _octets(found: dict[str, Any]) -> bytes:
    return json.dumps(found, ensure_ascii=False).encode()


def _decoded(notes: list[Any]) -> _Marks:
    return {Mark(mark): Noted(_moment(since), _moment(until) if until else None) for mark, since, until in notes}


def _encoded(notes: Notes) -> list[Any]:
    return [
        (mark.value, noted.since.isoformat(), noted.withdrawn.isoformat() if noted.withdrawn else None)
        for mark, noted in notes.items()
    ]


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("a date without its zone")
    return moment

"""Favourites and recent correspondents of a profile, in a private file (ports/directory.py, KnownCorrespondents)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from mss_tui.adapters.store import Tell
from mss_tui.adapters.store_json import JsonFile
from mss_tui.errors import MssError
from mss_tui.model.address import Kind, kind_of
from mss_tui.record import dataclass

MAX_FAVOURITES = 200
MAX_RECENT = 100


@dataclass(frozen=True, slots=True)
class _Known:
    """Lower-case addresses, the newest first."""

    favourites: tuple[str, ...] = ()
    recent: tuple[str, ...] = ()


_All = dict[str, _Known]


class KnownFile:
    """What one profile's correspondents are; a patient's address, which is an INS, is never kept.

    Reading a file that cannot be used gives nobody: search goes on without it.
    """

    def __init__(self, path: Path, profile: str, tell: Tell) -> None:
        self._file = JsonFile(path, tell, _decode, _encode)
        self._profile = profile

    def favourites(self) -> tuple[str, ...]:
        """Addresses, the newest favourite first."""
        return self._read().favourites

    def recent(self) -> tuple[str, ...]:
        """Addresses lately written to, the newest first."""
        return self._read().recent

    def set_favourite(self, address: str, favourite: bool) -> None:
        """Add to the favourites, or take away.

        Raises:
            MssError: it could not be written.
        """
        address = address.lower()

        def edit(known: _Known) -> _Known:
            others = tuple(one for one in known.favourites if one != address)
            return replace(known, favourites=(address, *others)[:MAX_FAVOURITES] if favourite else others)

        if not favourite or _may_be_kept(address):
            self._change(edit)

    def wrote_to(self, addresses: Sequence[str]) -> None:
        """Remember whom a message went to.

        Raises:
            MssError: it could not be written.
        """
        new = tuple(dict.fromkeys(address.lower() for address in addresses if _may_be_kept(address.lower())))
        if new:
            self._change(lambda known: replace(known, recent=tuple(dict.fromkeys((*new, *known.recent)))[:MAX_RECENT]))

    def _read(self) -> _Known:
        try:
            return self._file.read().get(self._profile, _Known())
        except MssError:
            return _Known()

    def _change(self, edit: Callable[[_Known], _Known]) -> None:
        self._file.change(lambda known: known | {self._profile: edit(known.get(self._profile, _Known()))})


def _may_be_kept(address: str) -> bool:
    return kind_of(address) in (Kind.PRO, Kind.APPLICATION)


def _decode(found: dict[str, Any]) -> _All:
    return {
        str(profile): _Known(tuple(map(str, known["favourites"])), tuple(map(str, known["recent"])))
        for profile, known in found.get("profiles", {}).items()
    }


def _encode(known: _All) -> dict[str, Any]:
    return {
        "profiles": {
            profile: {"favourites": list(one.favourites), "recent": list(one.recent)} for profile, one in known.items()
        }
    }

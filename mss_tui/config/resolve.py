"""Puts the layers together, each value with where it came from.

From weak to strong: what we give, the site's [defaults], the user's [defaults], what is inherited, the section itself
(the site's, then the user's), the command line. What the user says of a key that the site locks does not count.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import StrEnum
from pathlib import Path
from typing import Any

from mss_tui.config.check import nearest
from mss_tui.config.files import Tables
from mss_tui.config.key import Key, Kind
from mss_tui.config.keys import dotted
from mss_tui.errors import ConfigError
from mss_tui.phrase import say
from mss_tui.record import dataclass
from mss_tui.text import clean

MAX_DEPTH = 8


class Origin(StrEnum):
    """Where a value came from, weakest first."""

    BUILT_IN = "built_in"
    SITE = "site"
    USER = "user"
    COMMAND_LINE = "command_line"


@dataclass(frozen=True, slots=True)
class Setting:
    """One value in force. `key` is dotted within its section; `section` is where it stood in `file`.

    `imposed`: the site locked it. `ignored`: the user said otherwise and was not heard.
    """

    key: str
    value: Any
    origin: Origin = Origin.BUILT_IN
    file: Path | None = None
    section: str = ""
    imposed: bool = False
    ignored: bool = False


Settings = dict[str, Setting]


@dataclass(frozen=True, slots=True)
class Layer:
    """A file that was read and found good."""

    origin: Origin
    file: Path
    tables: Tables
    locked: tuple[str, ...] = ()

    def table(self, section: str, name: str = "") -> Tables:
        """A section, or one of its named tables; empty when it is not there."""
        found: Tables = self.tables.get(section, {})
        return found.get(name, {}) if name else found


Layers = tuple[Layer, ...]


def _leaves(table: Mapping[str, Any], keys: Mapping[str, Key], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for name, value in table.items():
        key = keys.get(prefix + name)
        if key is None:
            continue
        if key.kind is Kind.TABLE:
            yield from _leaves(value, keys, f"{prefix}{name}.")
        else:
            yield prefix + name, value


def is_locked(layers: Layers, key: str) -> bool:
    """Did the site lock `key`, or a table that holds it?"""
    return any(key == lock or key.startswith(lock + ".") for layer in layers for lock in layer.locked)


def resolve(layers: Layers, section: str, name: str, keys: tuple[Key, ...]) -> Settings:
    """The values in force of `[section.name]` (`[section]` when `name` is empty), by dotted key.

    Raises:
        ConfigError: what it inherits from is not there, or goes in a circle.
    """
    known = dotted(keys)
    lock_prefix = "directory." if section == "directory" else ""
    settings = {
        path: Setting(path, key.default)
        for path, key in known.items()
        if key.kind is not Kind.TABLE and key.default is not None
    }
    steps = (
        [("defaults", ""), *((section, ancestor) for ancestor in _chain(layers, section, name))]
        if name
        else [(section, "")]
    )
    ignored: set[str] = set()
    for table, entry in steps:
        for layer in layers:
            for path, value in _leaves(layer.table(table, entry), known):
                locked = is_locked(layers, lock_prefix + path)
                if locked and layer.origin is not Origin.SITE:
                    ignored.add(path)
                else:
                    place = f"{table}.{entry}" if entry else table
                    settings[path] = Setting(path, value, layer.origin, layer.file, place)
    return {
        path: Setting(
            path,
            setting.value,
            setting.origin,
            setting.file,
            setting.section,
            imposed=is_locked(layers, lock_prefix + path),
            ignored=path in ignored,
        )
        for path, setting in ((path, settings[path]) for path in known if path in settings)
    }


def _chain(layers: Layers, section: str, name: str) -> list[str]:
    """`name` and what it inherits from, the farthest first."""
    chain: list[str] = []
    while name:
        holders = [layer for layer in layers if name in layer.table(section)]
        if name in chain or len(chain) == MAX_DEPTH:
            raise ConfigError(
                say("« {name} » hérite de lui-même ({section}).", name=clean(chain[0]), section=section),
                remedy=say("Retirez une des clés « inherits »."),
            )
        if not holders and chain:
            raise ConfigError(
                say("« {name} » hérite de « {base} », qui n'existe pas.", name=clean(chain[-1]), base=clean(name)),
                remedy=nearest(name, names(layers, section)),
            )
        chain.append(name)
        name = next(
            (
                layer.table(section, name)["inherits"]
                for layer in reversed(holders)
                if "inherits" in layer.table(section, name)
            ),
            "",
        )
    return chain[::-1]


def names(layers: Layers, section: str) -> list[str]:
    """Names of the profiles or accounts, in the order of the files."""
    return list(dict.fromkeys(name for layer in layers for name in layer.table(section)))

"""What one key of the configuration is: its name, its kind, what it means, what it may hold."""

from __future__ import annotations

from enum import StrEnum

from mss_tui.phrase import Phrase
from mss_tui.record import dataclass


class Kind(StrEnum):
    """What a value is in TOML. `PATH` is a file, relative to the configuration file; `ARGV` runs without a shell."""

    TEXT = "text"
    FLAG = "flag"
    NUMBER = "number"
    DATE = "date"
    PATH = "path"
    WORDS = "words"
    NUMBERS = "numbers"
    ARGV = "argv"
    TABLE = "table"
    TABLES = "tables"


@dataclass(frozen=True, slots=True)
class Key:
    """One key.

    Args:
        what: what it means, in one line.
        default: the value where nobody gives one.
        choices: the only values of a text.
        pattern: what a text must match in full.
        span: the least and the greatest number.
        keys: the keys of a table, or of each table of a list.
        required: must somebody give it?
        shared: an account's key that [defaults] may give for all accounts.
    """

    name: str
    kind: Kind
    what: Phrase
    default: str | int | bool | None = None
    choices: tuple[str, ...] = ()
    pattern: str = ""
    span: tuple[int, int] | None = None
    keys: tuple[Key, ...] = ()
    required: bool = False
    shared: bool = False

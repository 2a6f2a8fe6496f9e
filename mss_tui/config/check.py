"""Says what is wrong in a configuration: unknown keys, secrets, wrong kinds of value. Values are never quoted."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from pathlib import Path, PurePath
from typing import Any

from mss_tui.config.files import Tables
from mss_tui.config.key import Key, Kind
from mss_tui.config.keys import (
    ACCOUNT,
    DEFAULT_PROFILE,
    DEFAULTS,
    DIRECTORY,
    LOCKABLE,
    LOCKED,
    NAME,
    PROFILE,
    STATE,
)
from mss_tui.errors import ConfigError
from mss_tui.phrase import Phrase, say
from mss_tui.text import clean

_SECRET = re.compile(
    r"pass(?:word|wd|phrase)?|(?:.*[_-])?(?:password|passwd|passphrase|secret|token)|(?:api[_-]?)?key|pin|otp|mdp|"
    r"mot[_-]?de[_-]?passe",
    re.IGNORECASE,
)
_PRINTERS = ("echo", "printf")

_KINDS: dict[Kind, Phrase] = {
    Kind.TEXT: say("un texte entre guillemets"),
    Kind.FLAG: say("true ou false"),
    Kind.NUMBER: say("un nombre entier"),
    Kind.DATE: say("une date, comme 2026-12-24"),
    Kind.PATH: say("un chemin entre guillemets"),
    Kind.WORDS: say("une liste de textes"),
    Kind.NUMBERS: say("une liste de nombres"),
    Kind.ARGV: say('une liste : la commande puis ses arguments, comme ["pass", "mss/ehpad"]'),
    Kind.TABLE: say("une table"),
    Kind.TABLES: say("une liste de tables"),
}


def problems(path: Path, tables: Tables, *, site: bool = False) -> Iterator[ConfigError]:
    """Everything wrong with the `tables` of the file `path`, in its order."""
    file = clean(str(path))
    sections = ["profile", "state", "defaults", "profiles", "accounts", "directory", *(["locked"] if site else [])]
    for name, value in tables.items():
        match name:
            case "defaults":
                yield from _table(file, name, value, DEFAULTS)
            case "directory":
                yield from _table(file, name, value, DIRECTORY)
            case "profiles" | "accounts":
                yield from _named(file, name, value, PROFILE if name == "profiles" else ACCOUNT)
            case "profile":
                yield from _value(file, name, value, DEFAULT_PROFILE)
            case "state":
                yield from _value(file, name, value, STATE)
            case "locked" if site:
                yield from _locked(file, value)
            case _:
                yield _unknown(file, "", name, value, sections)


def _named(file: str, section: str, value: Any, keys: tuple[Key, ...]) -> Iterator[ConfigError]:
    if not isinstance(value, dict):
        yield _wrong_kind(file, section, Kind.TABLE)
        return
    for name, table in value.items():
        if re.fullmatch(NAME, name):
            yield from _table(file, f"{section}.{name}", table, keys)
        else:
            yield ConfigError(
                say("Dans « {file} », « {key} » n'est pas un nom possible.", file=file, key=_path(section, name)),
                remedy=say("Un nom a des lettres sans accent, des chiffres, « . », « _ » ou « - »."),
            )


def _locked(file: str, value: Any) -> Iterator[ConfigError]:
    wrong = list(_value(file, LOCKED.name, value, LOCKED))
    yield from wrong
    for name in () if wrong else value:
        if name not in LOCKABLE and name != "directory":
            yield _unknown(file, "locked", name, [], [*LOCKABLE, "directory"])


def _table(file: str, path: str, value: Any, keys: tuple[Key, ...]) -> Iterator[ConfigError]:
    if not isinstance(value, dict):
        yield _wrong_kind(file, path, Kind.TABLE)
        return
    known = {key.name: key for key in keys}
    for name, inner in value.items():
        if name in known:
            yield from _value(file, f"{path}.{name}", inner, known[name])
        else:
            yield _unknown(file, path, name, inner, list(known))


def _value(file: str, path: str, value: Any, key: Key) -> Iterator[ConfigError]:
    if key.kind is Kind.TABLE:
        yield from _table(file, path, value, key.keys)
    elif key.kind is Kind.TABLES and isinstance(value, list):
        for index, table in enumerate(value, 1):
            yield from _table(file, f"{path}[{index}]", table, key.keys)
            if isinstance(table, dict):
                yield from (
                    missing(file, f"{path}[{index}].{inner.name}", inner)
                    for inner in key.keys
                    if inner.required and inner.name not in table
                )
    elif not _is(value, key.kind):
        yield _wrong_kind(file, path, key.kind)
    else:
        yield from _content(file, path, value, key)


def _is(value: Any, kind: Kind) -> bool:
    match kind:
        case Kind.TEXT | Kind.PATH:
            return isinstance(value, str)
        case Kind.FLAG:
            return isinstance(value, bool)
        case Kind.NUMBER:
            return isinstance(value, int) and not isinstance(value, bool)
        case Kind.DATE:
            return isinstance(value, date) and not isinstance(value, datetime)
        case Kind.WORDS:
            return isinstance(value, list) and all(isinstance(word, str) for word in value)
        case Kind.NUMBERS:
            return isinstance(value, list) and all(_is(number, Kind.NUMBER) for number in value)
        case Kind.ARGV:
            return _is(value, Kind.WORDS) and bool(value) and bool(value[0])
    return False


def _content(file: str, path: str, value: Any, key: Key) -> Iterator[ConfigError]:
    each = value if isinstance(value, list) else [value]
    texts = [text for text in each if isinstance(text, str)]
    if any(clean(text, len(text)) != text for text in texts):
        yield ConfigError(
            say("Dans « {file} », « {key} » contient un caractère invisible ou de contrôle.", file=file, key=path),
            remedy=say("Retapez cette valeur."),
        )
    elif key.kind is Kind.ARGV and PurePath(value[0]).name in _PRINTERS:
        yield _secret(file, path)
    elif key.choices and value not in key.choices:
        yield ConfigError(
            say(
                "Dans « {file} », « {key} » ne peut être que {choices}.",
                file=file,
                key=path,
                choices=", ".join(key.choices),
            )
        )
    elif key.pattern and not all(re.fullmatch(key.pattern, text) for text in texts):
        yield ConfigError(
            say("Dans « {file} », « {key} » n'a pas la forme attendue.", file=file, key=path),
            remedy=say("Il faut : {what}.", what=key.what),
        )
    elif key.span and not all(key.span[0] <= number <= key.span[1] for number in each):
        low, high = key.span
        yield ConfigError(
            say("Dans « {file} », « {key} » va de {low} à {high}.", file=file, key=path, low=low, high=high)
        )


def _wrong_kind(file: str, path: str, kind: Kind) -> ConfigError:
    return ConfigError(say("Dans « {file} », « {key} » doit être {kind}.", file=file, key=path, kind=_KINDS[kind]))


def _path(path: str, name: str) -> str:
    return clean(f"{path}.{name}" if path else name, 80)


def _unknown(file: str, path: str, name: str, value: Any, known: Sequence[str]) -> ConfigError:
    key = _path(path, name)
    if _SECRET.fullmatch(name) and not isinstance(value, (list, dict)):
        return _secret(file, key)
    return ConfigError(
        say("Dans « {file} », la clé « {key} » est inconnue.", file=file, key=key), remedy=nearest(name, known)
    )


def nearest(name: str, known: Sequence[str]) -> Phrase:
    """What the user may have meant by `name`."""
    close = difflib.get_close_matches(name.lower(), known, 1, 0.6)
    if close:
        return say("Vouliez-vous dire « {name} » ?", name=clean(close[0]))
    return say("On connaît : {names}.", names=clean(", ".join(known), 400) or "—")


def _secret(file: str, key: str) -> ConfigError:
    return ConfigError(
        say("Dans « {file} », « {key} » met un secret en clair.", file=file, key=key),
        meaning=say("D'autres ont pu le lire."),
        remedy=say(
            'Retirez-le, changez-le, puis donnez une commande, comme auth = {{ command = ["pass", "mss/{name}"] }}, '
            "ou rien : il vous sera demandé.",
            name="ehpad",
        ),
    )


def missing(file: str, path: str, key: Key) -> ConfigError:
    """The sentence for a key that somebody must give."""
    return ConfigError(say("Dans « {file} », il manque « {key} » : {what}.", file=file, key=path, what=key.what))

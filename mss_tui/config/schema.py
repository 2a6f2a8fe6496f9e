"""The JSON schema of the configuration, for editors: made from the same table of keys (draft 2020-12)."""

from __future__ import annotations

from typing import Any

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
from mss_tui.phrase import Translate

Schema = dict[str, Any]


def schema(translate: Translate = str) -> Schema:
    """The schema of a configuration file."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "mss-tui",
        "type": "object",
        "additionalProperties": False,
        "properties": {
            "profile": _key(DEFAULT_PROFILE, translate),
            "state": _key(STATE, translate),
            "locked": _key(LOCKED, translate) | {"items": {"type": "string", "enum": sorted([*LOCKABLE, "directory"])}},
            "defaults": _table(DEFAULTS, translate, whole=False),
            "profiles": _named(PROFILE, translate),
            "accounts": _named(ACCOUNT, translate),
            "directory": _table(DIRECTORY, translate, whole=False),
        },
    }


def _named(keys: tuple[Key, ...], translate: Translate) -> Schema:
    return {
        "type": "object",
        "propertyNames": {"pattern": f"^(?:{NAME})$"},
        "additionalProperties": _table(keys, translate, whole=False),
    }


def _table(keys: tuple[Key, ...], translate: Translate, *, whole: bool) -> Schema:
    """`whole`: nothing of it can come from elsewhere, so that what is required is required here."""
    table: Schema = {
        "type": "object",
        "additionalProperties": False,
        "properties": {key.name: _key(key, translate) for key in keys},
    }
    required = [key.name for key in keys if key.required] if whole else []
    return table | ({"required": required} if required else {})


def _key(key: Key, translate: Translate) -> Schema:
    described: Schema = {"description": key.what.render(translate)}
    if key.default is not None:
        described["default"] = key.default
    return described | _type(key, translate)


def _type(key: Key, translate: Translate) -> Schema:
    number: Schema = {"type": "integer"}
    if key.span:
        number |= {"minimum": key.span[0], "maximum": key.span[1]}
    text: Schema = {"type": "string"}
    if key.choices:
        text["enum"] = list(key.choices)
    elif key.pattern:
        text["pattern"] = f"^(?:{key.pattern})$"
    match key.kind:
        case Kind.TEXT | Kind.PATH:
            return text
        case Kind.FLAG:
            return {"type": "boolean"}
        case Kind.NUMBER:
            return number
        case Kind.DATE:
            return {"type": "string", "format": "date"}
        case Kind.WORDS:
            return {"type": "array", "items": text}
        case Kind.NUMBERS:
            return {"type": "array", "items": number}
        case Kind.ARGV:
            return {"type": "array", "items": text, "minItems": 1}
        case Kind.TABLE:
            return _table(key.keys, translate, whole=False)
        case Kind.TABLES:
            return {"type": "array", "items": _table(key.keys, translate, whole=True)}

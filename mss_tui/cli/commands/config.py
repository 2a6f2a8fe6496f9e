"""`config show|validate|schema` and `profile list|show`."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

from mss_tui.cli.context import Context
from mss_tui.config.load import layers_of, validate
from mss_tui.config.provision import provision
from mss_tui.config.resolve import Origin, Setting, names
from mss_tui.config.schema import schema
from mss_tui.errors import ExitCode
from mss_tui.phrase import Phrase, say

_ORIGINS: dict[Origin, Phrase] = {
    Origin.BUILT_IN: say("par défaut"),
    Origin.SITE: say("site"),
    Origin.USER: say("utilisateur"),
    Origin.COMMAND_LINE: say("ligne de commande"),
}


def run(context: Context) -> int:
    """Print what is in force, or what is wrong."""
    match context.options.command, context.options.action:
        case "config", "validate":
            return _validate(context)
        case "config", "schema":
            context.output.document(schema(context.translate))
        case "profile", "list":
            _list(context)
        case "profile", "import":
            context.output.text(provision(context.options.csv))
        case _:
            _show(context)
    return ExitCode.DONE


def _show(context: Context) -> None:
    loaded = context.loaded
    if context.json:
        settings = [_setting(section, setting) for section, found in loaded.sections for setting in found.values()]
        context.output.document({"profile": loaded.profile.name, "settings": settings})
        return
    for section, found in loaded.sections:
        context.output.text(f"[{section}]")
        width = max((len(key) for key in found), default=0)
        for setting in found.values():
            context.output.text(f"  {setting.key:{width}} = {_toml(setting.value)}   # {_origin(context, setting)}")


def _setting(section: str, setting: Setting) -> dict[str, Any]:
    value = setting.value
    return {
        "section": section,
        "key": setting.key,
        "value": value.isoformat() if isinstance(value, date) else value,
        "origin": setting.origin.value,
        "file": str(setting.file) if setting.file else None,
        "imposed": setting.imposed,
        "ignored": setting.ignored,
    }


def _toml(value: Any) -> str:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, list) and value and isinstance(value[0], dict):
        tables = (", ".join(f"{name} = {_toml(inner)}" for name, inner in table.items()) for table in value)
        return "[" + ", ".join(f"{{ {table} }}" for table in tables) + "]"
    return json.dumps(value, ensure_ascii=False)


def _origin(context: Context, setting: Setting) -> str:
    parts = [context.t(_ORIGINS[setting.origin])]
    if setting.file is not None:
        parts.append(f"{_short(setting.file)} [{setting.section}]")
    if setting.imposed:
        parts.append(context.t(say("imposé")))
    if setting.ignored:
        parts.append(context.t(say("la valeur de l'utilisateur est ignorée")))
    return ", ".join(parts)


def _short(path: Path) -> str:
    home = Path.home()
    return f"~/{path.relative_to(home)}" if path.is_relative_to(home) else str(path)


def _validate(context: Context) -> int:
    wrong = validate(context.sources)
    if context.json:
        context.output.document({"ok": not wrong, "problems": [error.render(context.translate) for error in wrong]})
    elif not wrong:
        context.output.text(context.t(say("La configuration est bonne.")))
    for error in wrong:
        context.narration.error(error)
    return ExitCode.USAGE if wrong else ExitCode.DONE


def _list(context: Context) -> None:
    layers = layers_of(context.sources)
    found = []
    for name in names(layers, "profiles"):
        tables = [layer.table("profiles", name) for layer in layers]
        accounts: list[str] = next((table["accounts"] for table in reversed(tables) if "accounts" in table), [])
        found.append({"name": name, "accounts": accounts})
    if context.json:
        context.output.document({"profiles": found})
        return
    for profile in found:
        context.output.text(f"{profile['name']}   {', '.join(profile['accounts'])}")

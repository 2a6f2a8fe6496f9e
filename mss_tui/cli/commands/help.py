"""`help`: the parser's own help, or every command and option as JSON."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from typing import Any

from mss_tui.cli.context import Context
from mss_tui.cli.parser import build_parser
from mss_tui.cli.twins import TWINS
from mss_tui.config.check import nearest
from mss_tui.errors import ExitCode, NotFound
from mss_tui.phrase import say
from mss_tui.text import clean


def run(context: Context) -> int:
    """Print it."""
    parser = build_parser(context.translate)
    commands = dict(each_command(parser))
    topic = getattr(context.options, "topic", None)
    if context.json:
        described = [_described(name, text, command) for name, (text, command) in commands.items()]
        codes = {str(code.value): code.name.lower() for code in ExitCode}
        context.output.document({"commands": described, "twins": TWINS, "exit_codes": codes})
    elif topic is None:
        parser.print_help()
    else:
        found = next((c for n, (_, c) in each_command(parser, groups=True) if n == topic), None)
        if found is None:
            raise NotFound(
                say("Il n'y a pas de commande « {name} ».", name=clean(topic, 80)),
                remedy=nearest(topic, list(commands)),
            )
        found.print_help()
    return ExitCode.DONE


def each_command(
    parser: argparse.ArgumentParser, prefix: str = "", *, groups: bool = False
) -> Iterator[tuple[str, tuple[str, argparse.ArgumentParser]]]:
    """Every command by its full name, with its one line and its parser."""
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            lines = {choice.dest: choice.help or "" for choice in action._choices_actions}
            for name, inner in action.choices.items():
                below = list(each_command(inner, f"{prefix}{name} ", groups=groups))
                if groups or not below:
                    yield f"{prefix}{name}", (lines.get(name, ""), inner)
                yield from below


def _described(name: str, text: str, parser: argparse.ArgumentParser) -> dict[str, Any]:
    shown = [action for action in parser._actions if action.help is not argparse.SUPPRESS]
    return {
        "name": name,
        "what": text,
        "arguments": [_argument(a) for a in shown if not a.option_strings],
        "options": [_argument(a) for a in shown if a.option_strings and a.dest != "help"],
    }


def _argument(action: argparse.Action) -> dict[str, Any]:
    return {
        "name": action.option_strings[-1] if action.option_strings else action.dest,
        "value": None if action.nargs == 0 else action.metavar or "|".join(map(str, action.choices or ())),
        "choices": list(action.choices) if action.choices else None,
        "required": action.required,
        "what": (action.help or "").replace("%%", "%"),
    }

"""The command line: parses, runs one command, gives its exit code. Nothing here imports Textual."""

from __future__ import annotations

import argparse
import gc
import os
import sys
from collections.abc import Awaitable, Callable, Sequence
from contextlib import nullcontext, suppress
from importlib import import_module

from mss_tui.cli.context import Context
from mss_tui.cli.french import french_argparse
from mss_tui.cli.narration import Narration
from mss_tui.cli.output import Output
from mss_tui.cli.parser import build_parser
from mss_tui.cli.parser_folders import MODULES as FOLDERS
from mss_tui.cli.parser_mailbox import MODULES as MAILBOX
from mss_tui.cli.running import Stopping
from mss_tui.cli.running import run as run_command
from mss_tui.errors import ExitCode, InternalError, MssError, UsageError
from mss_tui.language import LANGUAGES, translator

Command = Callable[[Context], Awaitable[int] | int]

_MODULES = (
    MAILBOX
    | FOLDERS
    | {
        "xdm": "xdm",
        "folders": "outbox",
        "outbox": "outbox",
        "receipts": "receipts",
        "deplacer": "acts",
        "suivi": "acts",
        "nonsuivi": "acts",
        "inbox": "reading",
        "read": "reading",
        "attachment": "pieces",
        "signaler": "pieces",
        "check": "sending",
        "send": "sending",
        "annuaire": "annuaire",
        "status": "status",
        "journal": "journal",
        "config": "config",
        "profile": "config",
        "doctor": "doctor",
        "demo": "demo",
        "completion": "completion",
        "cache": "cache",
    }
)


def run(argv: Sequence[str], screen: Command | None = None) -> int:
    """Do what `argv` says and return the exit code of the contract. Never raises.

    `screen` shows the screens; `__main__` gives it, since this front end does not know the other one.
    """
    os.umask(0o077)
    _stand_in()
    narration = Narration(translator(_language(argv)))
    try:
        options = parse(argv, narration)
        if isinstance(options, int):
            return options
        stopping = Stopping()
        context = Context(options, Output(), narration, stopping)
        if screen and _is_screen(options):
            chosen = screen
        else:
            chosen = command_of(options)
            gc.enable()
        return run_command(lambda: chosen(context), narration, stopping)
    except MssError as error:
        narration.error(error)
        return error.exit_code
    except KeyboardInterrupt:
        return ExitCode.INTERRUPTED
    except Exception as error:  # noqa: BLE001 - the last one: no traceback ever reaches a user
        narration.error(InternalError.of(error))
        return ExitCode.INTERNAL


def _stand_in() -> None:
    """For a stream that came closed, so that no file or connection takes its number: writing an answer there fails."""
    for name, mode, opened in (("stdin", "r", os.O_RDONLY), ("stdout", "w", os.O_RDONLY), ("stderr", "w", os.O_WRONLY)):
        if getattr(sys, name) is None:
            setattr(sys, name, os.fdopen(os.open(os.devnull, opened), mode))


def parse(argv: Sequence[str], narration: Narration) -> argparse.Namespace | int:
    """The options, or the exit code where help or the version was asked for.

    Raises:
        UsageError: the call is wrong.
    """
    with french_argparse() if _language(argv) == "fr" else nullcontext():
        try:
            with suppress(UsageError):  # what is wrong is said by the whole parser, which knows every command
                if not {"-h", "--help"}.intersection(argv):
                    return build_parser(narration.translate, only=argv).parse_args(list(argv))
            return build_parser(narration.translate).parse_args(list(argv))
        except SystemExit as done:
            return int(done.code or 0)


def _language(argv: Sequence[str]) -> str:
    """The language of what is said before the configuration is read."""
    for before, word in zip(("", *argv), argv, strict=False):
        chosen = word.removeprefix("--lang=") if before != "--lang" else word
        if chosen in LANGUAGES and (before == "--lang" or word.startswith("--lang=")):
            return chosen
    return LANGUAGES[0]


def _is_screen(options: argparse.Namespace) -> bool:
    return options.command is None or (options.command == "demo" and not options.serve)


def command_of(options: argparse.Namespace) -> Command:
    """The command, whose module is imported only now."""
    name = _MODULES.get(options.command, "help")
    if getattr(options, "batch", None) is not None:
        name = "batch"
    if options.command == "profile" and options.action == "create":
        name = "profile_create"
    module = import_module(f"mss_tui.cli.commands.{name}")
    command: Command = module.run
    return command

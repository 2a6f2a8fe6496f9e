"""`completion bash|zsh|fish`: completion made from the parser (shtab)."""

from __future__ import annotations

import shtab

from mss_tui.cli.context import Context
from mss_tui.cli.parser import build_parser
from mss_tui.errors import ExitCode


def run(context: Context) -> int:
    """Print the file."""
    context.output.text(shtab.complete(build_parser(context.translate), context.options.shell).rstrip("\n"))
    return ExitCode.DONE

"""`check --batch`: the rules of the text, on many messages; no profile, no network."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import BinaryIO

from mss_tui.cli.context import Context
from mss_tui.errors import ExitCode, UsageError
from mss_tui.phrase import say
from mss_tui.rules.language import labels
from mss_tui.text import clean

MAX_LINE = 10_000_000


def run(context: Context) -> int:
    """One line of labels for each line of JSON; a line that is none ends it."""
    path: Path = context.options.batch
    if str(path) == "-":
        _label(context, sys.stdin.buffer)
        return ExitCode.DONE
    try:
        with path.open("rb") as file:
            _label(context, file)
    except OSError as error:
        raise UsageError(
            say("« {path} » n'existe pas ou ne peut pas être lu.", path=clean(str(path), 200)),
            remedy=say("Vérifiez le chemin."),
        ) from error
    return ExitCode.DONE


def _label(context: Context, lines: BinaryIO) -> None:
    number = 0
    while line := lines.readline(MAX_LINE):
        number += 1
        if not line.strip():
            continue
        try:
            found = json.loads(line)
            name, subject, body = (str(found[key]) for key in ("id", "subject", "body"))
            attachments = [str(attachment) for attachment in found["attachments"]]
        except (ValueError, KeyError, TypeError, RecursionError) as error:
            raise UsageError(
                say("Ligne {number} : ce n'est pas un objet JSON avec id, subject, body et attachments.", number=number)
            ) from error
        context.output.line({"id": name, "labels": sorted(labels(subject, body, attachments))})

"""`journal`: the lines, filtered, as text, CSV or JSON; `journal verify`: is the chain whole; `journal anchor`."""

from __future__ import annotations

import csv
import io
import sys
from collections.abc import Iterator, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

from mss_tui.adapters.clock import SystemClock
from mss_tui.adapters.journal_anchor import JournaldAnchor, anchor_for
from mss_tui.adapters.journal_files import verify_all
from mss_tui.adapters.store_journal import JsonlJournal
from mss_tui.cli import shape
from mss_tui.cli.context import Context
from mss_tui.errors import ExitCode, UsageError
from mss_tui.model.paris import midnight
from mss_tui.phrase import say
from mss_tui.ports.store import Entry
from mss_tui.text import clean

MOST = 10_000_000
COLUMNS = ("at", "actor", "proof", "mailbox", "act", "phase", "details")


async def run(context: Context) -> int:
    """Print the lines, or whether they are as they were written."""
    journal = JsonlJournal(context.places.journal, SystemClock(), context.narration.say)
    match context.options.action:
        case "verify":
            return _verify(context, journal)
        case "anchor":
            return await _anchor(context, journal)
        case _:
            return _entries(context, journal)


def _entries(context: Context, journal: JsonlJournal) -> int:
    o = context.options
    filtered = any((o.since, o.until, o.act, o.qui, o.boite, o.phase))
    entries = journal.entries(MOST if filtered else o.last) if o.last else ()
    entries = [entry for entry in entries if _wanted(context, entry)][-o.last :] if o.last else ()
    if context.json:
        context.output.document({"entries": [_document(entry) for entry in entries]})
    elif o.csv:
        context.output.text(_csv(entries).rstrip("\r\n"))
    else:
        for entry in entries:
            line = (
                shape.moment(entry.at) or "",
                entry.actor,
                entry.mailbox,
                f"{entry.act} {entry.phase}",
                _details(entry),
            )
            context.output.text("  ".join(part for part in line if part))
    return ExitCode.DONE


def _wanted(context: Context, entry: Entry) -> bool:
    o = context.options
    return (
        (o.since is None or entry.at >= midnight(o.since))
        and (o.until is None or entry.at < midnight(o.until + timedelta(days=1)))
        and entry.act.startswith(o.act)
        and o.qui.casefold() in entry.actor.casefold()
        and o.boite.casefold() in entry.mailbox.casefold()
        and (not o.phase or entry.phase == o.phase)
    )


def _document(entry: Entry) -> dict[str, Any]:
    return {
        "at": shape.moment(entry.at),
        "actor": entry.actor,
        "proof": entry.proof,
        "mailbox": entry.mailbox,
        "act": entry.act,
        "phase": entry.phase,
        "details": entry.details,
    }


def _details(entry: Entry) -> str:
    return " ".join(f"{name}={value}" for name, value in entry.details.items())


def _csv(entries: Sequence[Entry]) -> str:
    """For a spreadsheet: no cell can be a formula there."""
    made = io.StringIO()
    writer = csv.writer(made, delimiter=";")
    writer.writerow(COLUMNS)
    for entry in entries:
        cells = (
            shape.moment(entry.at) or "",
            entry.actor,
            entry.proof,
            entry.mailbox,
            entry.act,
            entry.phase,
            _details(entry),
        )
        writer.writerow(f"'{cell}" if cell[:1] in "=+-@\t" and cell else cell for cell in cells)
    return made.getvalue()


def _verify(context: Context, journal: JsonlJournal) -> int:
    found = verify_all(journal.path, SystemClock(), context.narration.say, _anchors(context.options.anchors))
    if context.json:
        context.output.document(
            {
                "ok": found.ok,
                "lines": found.lines,
                "first_bad_line": found.first_bad_line,
                "anchored_until": shape.moment(found.anchored_until),
                "file": found.file or None,
                "anchors": found.anchors,
                "missed": found.missed,
            }
        )
    elif found.ok:
        context.output.text(context.t(say("Journal entier : {lines} lignes.", lines=found.lines)))
        if context.options.anchors is not None:
            context.output.text(context.t(say("{n} ancre(s) retrouvée(s).", n=found.anchors)))
    elif found.missed:
        context.output.text(
            context.t(say("Le journal a été changé : {n} ancre(s) ne s'y retrouvent pas.", n=found.missed))
        )
    elif found.first_bad_line is None:
        context.output.text(context.t(say("La tête du journal est perdue : rien ne confirme ses lignes.")))
    else:
        told = say("Le journal a été changé : {file}, ligne {line}.", file=found.file, line=found.first_bad_line)
        context.output.text(context.t(told))
    return ExitCode.DONE if found.ok else ExitCode.ATTENTION


def _anchors(path: Path | None) -> Iterator[bytes]:
    """Lines as journald or the syslog server gives them back; « - » is standard input."""
    if path is None:
        return
    if str(path) == "-":
        yield from sys.stdin.buffer
        return
    try:
        with path.open("rb") as file:
            yield from file
    except OSError as error:
        raise UsageError(say("« {path} » n'existe pas ou ne peut pas être lu.", path=clean(str(path), 200))) from error


async def _anchor(context: Context, journal: JsonlJournal) -> int:
    """Leave the last line where the profile says; for a timer, beside what each act leaves."""
    anchor = anchor_for(context.loaded.profile.journal, SystemClock(), context.narration.say)
    line = journal.anchor_now()
    if anchor is None:
        raise UsageError(
            say("Le profil ne dit pas où ancrer le journal."),
            remedy=say('Écrivez journal = { anchor = "journald" } dans le profil.'),
        )
    left = True
    if line:
        anchor(line)
        left = isinstance(anchor, JournaldAnchor) or await anchor.leave()
    if context.json:
        context.output.document({"left": left, "anchor": line or None})
    else:
        context.output.text(line)
    return ExitCode.DONE if left else ExitCode.ATTENTION

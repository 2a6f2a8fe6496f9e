"""`journal`: the newest lines; `journal verify`: is the chain whole?"""

from __future__ import annotations

from mss_tui.adapters.clock import SystemClock
from mss_tui.adapters.store_journal import JsonlJournal
from mss_tui.cli import shape
from mss_tui.cli.context import Context
from mss_tui.errors import ExitCode
from mss_tui.phrase import say


def run(context: Context) -> int:
    """Print the lines, or whether they are as they were written."""
    journal = JsonlJournal(context.places.journal, SystemClock(), context.narration.say)
    return _verify(context, journal) if context.options.action == "verify" else _entries(context, journal)


def _entries(context: Context, journal: JsonlJournal) -> int:
    entries = journal.entries(context.options.last) if context.options.last else ()
    if context.json:
        context.output.document(
            {
                "entries": [
                    {
                        "at": shape.moment(entry.at),
                        "actor": entry.actor,
                        "proof": entry.proof,
                        "mailbox": entry.mailbox,
                        "act": entry.act,
                        "phase": entry.phase,
                        "details": entry.details,
                    }
                    for entry in entries
                ]
            }
        )
        return ExitCode.DONE
    for entry in entries:
        details = " ".join(f"{name}={value}" for name, value in entry.details.items())
        line = (shape.moment(entry.at) or "", entry.actor, entry.mailbox, f"{entry.act} {entry.phase}", details)
        context.output.text("  ".join(part for part in line if part))
    return ExitCode.DONE


def _verify(context: Context, journal: JsonlJournal) -> int:
    found = journal.verify()
    if context.json:
        context.output.document(
            {
                "ok": found.ok,
                "lines": found.lines,
                "first_bad_line": found.first_bad_line,
                "anchored_until": shape.moment(found.anchored_until),
            }
        )
    elif found.ok:
        context.output.text(context.t(say("Journal entier : {lines} lignes.", lines=found.lines)))
    elif found.first_bad_line is None:
        context.output.text(context.t(say("La tête du journal est perdue : rien ne confirme ses lignes.")))
    else:
        context.output.text(context.t(say("Le journal a été changé : ligne {line}.", line=found.first_bad_line)))
    return ExitCode.DONE if found.ok else ExitCode.ATTENTION

"""`patient show|list|noter|lever|recommencer`: the registers of a profile.

INS and name come on standard input, never as arguments.
"""

from __future__ import annotations

import sys
from typing import Any

from mss_tui.cli import shape
from mss_tui.cli.commands.letters import standard_input
from mss_tui.cli.commands.mailbox_acts import writable
from mss_tui.cli.context import Context
from mss_tui.errors import ExitCode, UsageError
from mss_tui.model.ins import Ins, parse_ins
from mss_tui.model.patient import Mark, Notes, Registered
from mss_tui.phrase import say
from mss_tui.services.registers import SAID
from mss_tui.text import clean

MAX_TYPED = 400


async def run(context: Context) -> int:
    """Do it, and say what is noted."""
    o = context.options
    if o.action not in ("show", "list"):
        writable(context)
    ins, who = await _named() if o.action in ("show", "noter", "lever") else (None, "")
    async with context.desk() as desk:
        registers = desk.registers
        if registers is None:
            raise UsageError(say("Ce profil ne tient pas de registre des patients."))
        await registers.prepare()
        mailbox = desk.place().account.address
        if ins is None:
            aside = o.action == "recommencer" and registers.begin_again(desk.actor, mailbox=mailbox)
            return _listed(context, registers.everyone(), aside=aside)
        match o.action:
            case "noter":
                notes = registers.note(ins, Mark(o.mark), desk.actor, mailbox=mailbox, who=who)
            case "lever":
                notes = registers.withdraw(ins, Mark(o.mark), desk.actor, mailbox=mailbox)
            case _:
                notes = registers.of(ins)
    return _told(context, ins, notes)


async def _named() -> tuple[Ins, str]:
    """The INS on the first line of standard input, and the name on the second, where there is one.

    Raises:
        UsageError: the first line is no INS.
    """
    typed = b"" if sys.stdin is None or sys.stdin.isatty() else await standard_input()
    first, _, second = typed[:MAX_TYPED].decode("utf-8", "replace").strip().partition("\n")
    ins = parse_ins(first)
    if ins is None:
        raise UsageError(
            say("L'entrée standard ne donne pas d'INS : 13 caractères et 2 de clé."),
            remedy=say("L'INS ne s'écrit pas sur la ligne de commande, que d'autres peuvent voir."),
        )
    return ins, clean(second, 120)


def _marks(notes: Notes) -> list[dict[str, Any]]:
    return [
        {"mark": mark.value, "since": shape.moment(noted.since), "withdrawn": shape.moment(noted.withdrawn)}
        for mark, noted in notes.items()
    ]


def _listed(context: Context, patients: tuple[Registered, ...], *, aside: bool) -> int:
    if context.json:
        found = [{"ins": p.ins, "name": p.who or None, "notes": _marks(p.notes)} for p in patients]
        context.output.document({"patients": found, "set_aside": aside})
        return ExitCode.DONE
    for patient in patients:
        ins = parse_ins(patient.ins)
        context.output.text(f"{patient.who or '-'} · INS {ins.grouped if ins else patient.ins}")
        _say(context, patient.notes, indent="  ")
    if not patients:
        context.output.text(context.t(say("Le registre de ce profil est vide.")))
    return ExitCode.DONE


def _told(context: Context, ins: Ins, notes: Notes) -> int:
    if context.json:
        context.output.document({"key_matches": ins.key_matches, "notes": _marks(notes)})
        return ExitCode.DONE
    if not ins.key_matches:
        context.narration.say(say("la clé de cet INS est fausse : revérifiez le numéro."))
    _say(context, notes)
    if not notes:
        context.output.text(context.t(say("Rien n'est noté de ce patient dans ce profil.")))
    return ExitCode.DONE


def _say(context: Context, notes: Notes, indent: str = "") -> None:
    for mark, noted in notes.items():
        since, until = shape.moment(noted.since), shape.moment(noted.withdrawn)
        text = context.t(SAID[mark])
        ended = context.t(say(", levé le {when}", when=until)) if until else ""
        line = context.t(say("{text}, depuis le {since}{ended}", text=text, since=since or "", ended=ended))
        context.output.text(indent + line)

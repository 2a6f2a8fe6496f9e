"""`patient show|noter|lever`: the registers of a profile. The INS comes on standard input, never as an argument."""

from __future__ import annotations

import sys
from typing import Any

from mss_tui.cli import shape
from mss_tui.cli.commands.letters import standard_input
from mss_tui.cli.commands.mailbox_acts import writable
from mss_tui.cli.context import Context
from mss_tui.errors import ExitCode, UsageError
from mss_tui.model.ins import Ins, parse_ins
from mss_tui.model.patient import Mark, Notes
from mss_tui.phrase import say
from mss_tui.services.registers import SAID

MAX_TYPED = 64


async def run(context: Context) -> int:
    """Do it, and say what is noted."""
    o = context.options
    if o.action != "show":
        writable(context)
    ins = await _ins()
    async with context.desk() as desk:
        registers = desk.registers
        if registers is None:
            raise UsageError(say("Ce profil ne tient pas de registre des patients."))
        mailbox = desk.place().account.address
        match o.action:
            case "noter":
                notes = registers.note(ins, Mark(o.mark), desk.actor, mailbox=mailbox)
            case "lever":
                notes = registers.withdraw(ins, Mark(o.mark), desk.actor, mailbox=mailbox)
            case _:
                notes = registers.of(ins)
    return _told(context, ins, notes)


async def _ins() -> Ins:
    """The INS on standard input.

    Raises:
        UsageError: it is none.
    """
    typed = b"" if sys.stdin is None or sys.stdin.isatty() else await standard_input()
    ins = parse_ins(typed[:MAX_TYPED].decode("ascii", "replace"))
    if ins is None:
        raise UsageError(
            say("L'entrée standard ne donne pas d'INS : 13 caractères et 2 de clé."),
            remedy=say("L'INS ne s'écrit pas sur la ligne de commande, que d'autres peuvent voir."),
        )
    return ins


def _told(context: Context, ins: Ins, notes: Notes) -> int:
    if context.json:
        marks: list[dict[str, Any]] = [
            {"mark": mark.value, "since": shape.moment(noted.since), "withdrawn": shape.moment(noted.withdrawn)}
            for mark, noted in notes.items()
        ]
        context.output.document({"key_matches": ins.key_matches, "notes": marks})
        return ExitCode.DONE
    if not ins.key_matches:
        context.narration.say(say("la clé de cet INS est fausse : revérifiez le numéro."))
    for mark, noted in notes.items():
        since, until = shape.moment(noted.since), shape.moment(noted.withdrawn)
        text = context.t(SAID[mark])
        ended = context.t(say(", levé le {when}", when=until)) if until else ""
        context.output.text(
            context.t(say("{text}, depuis le {since}{ended}", text=text, since=since or "", ended=ended))
        )
    if not notes:
        context.output.text(context.t(say("Rien n'est noté de ce patient dans ce profil.")))
    return ExitCode.DONE

"""`absence on|off|show`: the absence message on the operator's server, or a reminder where it has none to offer."""

from __future__ import annotations

from pathlib import Path

from mss_tui.cli.commands.mailbox_acts import writable
from mss_tui.cli.context import Context
from mss_tui.errors import ExitCode, UsageError
from mss_tui.mime.vacation import Vacation
from mss_tui.phrase import say
from mss_tui.services.absence import Absences, Shown, template, told
from mss_tui.services.desk import Desk
from mss_tui.services.letters import read_octets
from mss_tui.text import clean


async def run(context: Context) -> int:
    """Do it, and say how it now is."""
    if context.options.action != "show":
        writable(context)
    async with context.desk() as desk:
        absences = desk.absences()
        match context.options.action:
            case "on":
                return await _on(context, desk, absences)
            case "off":
                return _told(context, desk, await absences.off(desk.actor))
            case _:
                return _told(context, desk, await absences.show())


async def _on(context: Context, desk: Desk, absences: Absences) -> int:
    o = context.options
    subject, text = template(desk.actor.person, o.start, o.end, o.contact)
    if o.text_file is not None:
        text = await _text(o.text_file)
    wanted = Vacation(o.subject or subject, text, o.start, o.end, o.days)
    if o.dry_run:
        if context.json:
            context.output.document({"subject": wanted.subject, "text": wanted.text})
        else:
            context.output.text(f"{wanted.subject}\n\n{wanted.text}")
        return ExitCode.DONE
    if not absences.possible:
        return _reminded(context, desk, absences)
    return _told(context, desk, await absences.on(wanted, desk.actor))


def _reminded(context: Context, desk: Desk, absences: Absences) -> int:
    """The operator has no ManageSieve: say so, and note the reminder."""
    o = context.options
    address = desk.place().account.address
    if o.end is None:
        raise UsageError(
            say(
                "L'opérateur de {address} n'offre pas ManageSieve : il faut --until pour noter un rappel.",
                address=address,
            )
        )
    known = absences.remind(o.start, o.end, desk.actor)
    reminder = known.reminder
    context.narration.say(
        say(
            "L'opérateur de {address} n'offre pas ManageSieve : rien n'y est changé. Réglez l'absence dans sa "
            "messagerie web ; un rappel est noté, « mss-tui status » le montrera.",
            address=address,
        )
    )
    if context.json:
        days = reminder and {"from": _iso(reminder.start), "until": _iso(reminder.end)}
        context.output.document({"account": address, "possible": False, "on": None, "reminder": days})
    return ExitCode.ATTENTION


def _told(context: Context, desk: Desk, shown: Shown) -> int:
    if context.json:
        absence = shown.absence
        context.output.document(
            {
                "account": desk.place().account.address,
                "possible": True,
                "on": absence.on,
                "from": _iso(absence.start),
                "until": _iso(absence.end),
                "subject": shown.subject,
                "script": shown.script,
                "other": shown.other,
            }
        )
    else:
        context.output.text(context.t(told(shown)))
    return ExitCode.DONE


async def _text(path: Path) -> str:
    data = await read_octets(path)
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        raise UsageError(say("« {file} » n'est pas un texte en UTF-8.", file=clean(str(path), 200))) from error


def _iso(of: object) -> str | None:
    return None if of is None else str(of)

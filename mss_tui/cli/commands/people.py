"""Who does what by name: `prendre`, `rendre`, `passer`, `acquitter`, `a-valider`, `valider`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from mss_tui.cli.commands.mailbox_acts import rows_named, told, writable
from mss_tui.cli.context import Context
from mss_tui.errors import MssError
from mss_tui.model.message import Row
from mss_tui.services.claims import Claims
from mss_tui.services.critical import acknowledge
from mss_tui.services.desk import Desk, Place
from mss_tui.services.handling import Done, FlagsBefore
from mss_tui.services.validation import Validation


async def run(context: Context) -> int:
    """Do it, and say what was done; of several messages, those that could be."""
    writable(context)
    async with context.desk() as desk:
        place, rows = await rows_named(context, desk, context.options.refs)
        match context.options.command:
            case "acquitter":
                return told(context, place, rows, await acknowledge(place.box, desk.journal, rows, desk.actor))
            case "a-valider":
                return told(context, place, rows, await Validation(place.box, desk.journal).ask(rows, desk.actor))
            case "valider":
                return told(context, place, rows, await Validation(place.box, desk.journal).validate(rows, desk.actor))
        return await _claims(context, desk, place, rows)


async def _claims(context: Context, desk: Desk, place: Place, rows: Sequence[Row]) -> int:
    """One message after another; whoever lost one of them is told which, and keeps the others."""
    claims = Claims(place.box, desk.journal)
    done: list[tuple[Row, Done]] = []
    lost: MssError | None = None
    for row in rows:
        try:
            done.append((row, await _claim(context, desk, claims, row)))
        except MssError as error:
            if lost is not None:
                context.narration.error(lost)
            lost = error
    if not done and lost is not None:
        raise lost
    changes = tuple(c for _, one in done if isinstance(one.undo, FlagsBefore) for c in one.undo.changes)
    whole = replace(
        done[0][1],
        undo=FlagsBefore(changes) if changes else None,
        flags=tuple(flag for _, one in done for flag in one.flags),
    )
    code = told(context, place, [row for row, _ in done], whole)
    if lost is not None:
        context.narration.error(lost)
        return lost.exit_code
    return code


async def _claim(context: Context, desk: Desk, claims: Claims, row: Row) -> Done:
    o = context.options
    match o.command:
        case "prendre":
            return await claims.take(row, desk.actor, over=o.reprendre)
        case "rendre":
            return await claims.release(row, desk.actor)
        case _:
            return await claims.hand_over(row, o.a, desk.actor)

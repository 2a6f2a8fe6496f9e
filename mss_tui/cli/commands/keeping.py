"""`enregistrer`: out of the messagerie, in bulk; `menage`: what may be cleared, without clearing it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from mss_tui.cli import shape
from mss_tui.cli.commands.mailbox_acts import rows_named
from mss_tui.cli.commands.refs import place_and_folder
from mss_tui.cli.context import Context
from mss_tui.errors import ExitCode, UsageError
from mss_tui.model.message import Row
from mss_tui.phrase import say
from mss_tui.services.desk import Desk, Place
from mss_tui.services.keeping import clearing, safe_place, save_all
from mss_tui.text import fit


async def run(context: Context) -> int:
    """Do it."""
    async with context.desk() as desk:
        return await (_save if context.options.command == "enregistrer" else _clearing)(context, desk)


async def _save(context: Context, desk: Desk) -> int:
    folder = safe_place(desk.profile, context.options.vers)
    place, rows = await _wanted(context, desk)
    saved = await save_all(place.reader, rows, folder, desk.actor)
    if context.json:
        context.output.document(
            {
                "account": place.account.address,
                "folder": str(folder),
                "saved": [{"ref": one.row.ref.short, "paths": [str(path) for path in one.paths]} for one in saved],
            }
        )
    else:
        for one in saved:
            for path in one.paths:
                context.output.text(str(path))
        context.narration.say(say("{n} message(s) enregistré(s).", n=len(saved)))
    return ExitCode.DONE


async def _wanted(context: Context, desk: Desk) -> tuple[Place, Sequence[Row]]:
    o = context.options
    if (o.sous is None) == (not o.refs):
        raise UsageError(say("« enregistrer » prend des références, ou --sous N."))
    if o.sous is None:
        return await rows_named(context, desk, o.refs)
    place = desk.place()
    return place, [entry.row for entry in await place.box.expiring_within(o.sous)]


async def _clearing(context: Context, desk: Desk) -> int:
    place, folder = await place_and_folder(context, desk)
    found = await clearing(place.box, folder.name, context.options.limite)
    quota = await place.box.quota()
    if context.json:
        context.output.document(
            {
                "account": place.account.address,
                "folder": folder.name,
                "quota": quota and {"used": quota.used, "limit": quota.limit, "source": quota.source},
                "looked": found.looked,
                "octets": found.octets,
                "largest": [_row(row) for row in found.largest],
                "oldest_handled": [_row(row) for row in found.oldest_handled],
                "duplicates": [[_row(row) for row in group] for group in found.duplicates],
            }
        )
        return ExitCode.DONE
    for title, rows in (
        (say("Les plus gros"), found.largest),
        (say("Les plus anciens, traités"), found.oldest_handled),
        (say("En double (garder le premier)"), [row for group in found.duplicates for row in group]),
    ):
        context.output.text(context.t(title))
        for row in rows:
            received = (shape.moment(row.received) or "")[:10]
            context.output.text(
                f"  {row.ref.short:>14}  {row.size:>10}  {received}  {fit(row.sender.label, 24)}  {row.subject}"
            )
    context.narration.say(say("Rien n'a été effacé. « mss-tui supprimer REF » met un message à la corbeille."))
    return ExitCode.DONE


def _row(row: Row) -> dict[str, Any]:
    return {
        "ref": row.ref.short,
        "size": row.size,
        "received": shape.moment(row.received),
        "from": row.sender.address,
        "subject": row.subject,
        "handling": row.handling.value,
    }

"""`deplacer`, `copier`, `suivi`, `nonsuivi`: the acts on messages that are no TDCS."""

from __future__ import annotations

from mss_tui.cli.commands.mailbox_acts import rows_named, told, writable
from mss_tui.cli.context import Context
from mss_tui.services.bulk import in_batches


async def run(context: Context) -> int:
    """Do it, and say what was done."""
    writable(context)
    async with context.desk() as desk:
        place, rows = await rows_named(context, desk, context.options.refs)
        if context.options.command == "deplacer":
            into = (await place.box.find(context.options.dans)).name
            done = await in_batches(rows, lambda batch: place.acts.move(batch, into, desk.actor))
        elif context.options.command == "copier":
            into = (await place.box.find(context.options.dans)).name
            done = await in_batches(rows, lambda batch: place.acts.copy(batch, into, desk.actor))
        else:
            done = await place.acts.follow(rows, context.options.command == "suivi", desk.actor)
        return told(context, place, rows, done)

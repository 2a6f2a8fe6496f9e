"""`releve show|laisser|accepter`: the handover, on screen, on paper (`| lp`) or as JSON."""

from __future__ import annotations

from typing import Any

from mss_tui.cli import shape
from mss_tui.cli.commands.mailbox_acts import writable
from mss_tui.cli.context import Context
from mss_tui.errors import ExitCode
from mss_tui.phrase import say
from mss_tui.services.desk import Desk, Place
from mss_tui.services.handover import Handover, Handovers, Left
from mss_tui.text import fit


async def run(context: Context) -> int:
    """Do it."""
    async with context.desk() as desk:
        place = desk.place()
        handovers = Handovers(place.box, desk.journal, desk.clock)
        match context.options.action:
            case "laisser":
                writable(context)
                return _left(context, place, await handovers.leave(context.options.note, desk.actor))
            case "accepter":
                writable(context)
                return _left(context, place, await handovers.accept(desk.actor))
            case _:
                return await _show(context, desk, place, handovers)


async def _show(context: Context, desk: Desk, place: Place, handovers: Handovers) -> int:
    critical = [place.box.entry(row) for row in await desk.critical(place)]
    found = await handovers.show(critical)
    if context.json:
        context.output.document(
            {
                "account": found.mailbox,
                "at": shape.moment(found.at),
                "to_do": len(found.items),
                "critical": sum(item.critical for item in found.items),
                "overdue": sum(item.entry.overdue for item in found.items),
                "left": found.left and _shape(found.left),
                "shared": found.shared,
                "messages": [
                    shape.entry(item.entry, place.account.policy)
                    | {"critical": item.critical, "overdue": item.entry.overdue, "taken_by_names": item.taken_by}
                    for item in found.items
                ],
            }
        )
    else:
        context.output.text(_page(context, found))
    return ExitCode.ATTENTION if any(item.critical or item.entry.overdue for item in found.items) else ExitCode.DONE


def _page(context: Context, found: Handover) -> str:
    """Eighty columns, for paper."""
    t = context.t
    at = (shape.moment(found.at) or "")[:16].replace("T", " ")
    lines = [t(say("Relève de garde - {mailbox}", mailbox=found.mailbox)), at, ""]
    if found.left is not None:
        lines += [*_sentences(context, found.left), ""]
    for item in found.items:
        entry = item.entry
        mark = t(say("CRITIQUE")) if item.critical else t(say("RETARD")) if entry.overdue else ""
        due = (shape.moment(entry.due) or "")[:16].replace("T", " ")
        lines.append(f"[ ] {mark:8} {due:16}  {fit(entry.row.sender.label, 24)}  {item.taken_by}".rstrip())
        lines.append(f"    {entry.row.ref.short}  {entry.row.subject}")
    if not found.items:
        lines.append(t(say("Rien n'attend.")))
    lines += ["", t(say("Reçue par :")) + " ____________________   " + t(say("le")) + " __________", ""]
    return "\n".join(lines)


def _sentences(context: Context, left: Left) -> list[str]:
    at = (shape.moment(left.at) or "")[:16].replace("T", " ")
    told = [context.t(say("Laissée par {who} le {at}.", who=left.by, at=at))]
    told += [f"« {left.note} »"] if left.note else []
    if left.accepted_by:
        taken = (shape.moment(left.accepted_at) or "")[:16].replace("T", " ")
        told.append(context.t(say("Prise par {who} le {at}.", who=left.accepted_by, at=taken)))
    return told


def _left(context: Context, place: Place, left: Left) -> int:
    if context.json:
        context.output.document({"account": place.account.address, "left": _shape(left)})
    else:
        context.output.text("\n".join(_sentences(context, left)))
    return ExitCode.DONE


def _shape(left: Left) -> dict[str, Any]:
    return {
        "by": left.by,
        "at": shape.moment(left.at),
        "note": left.note,
        "accepted_by": left.accepted_by or None,
        "accepted_at": shape.moment(left.accepted_at),
    }

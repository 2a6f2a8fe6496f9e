"""`dossier creer|renommer|supprimer|abonner|desabonner|vider`: the acts on folders."""

from __future__ import annotations

from mss_tui.cli.commands.mailbox_acts import writable
from mss_tui.cli.context import Context
from mss_tui.errors import ConfirmationNeeded, ExitCode
from mss_tui.phrase import Phrase, say
from mss_tui.services.desk import Desk
from mss_tui.services.folder_acts import FolderActs


async def run(context: Context) -> int:
    """Do it, and say what was done."""
    writable(context)
    async with context.desk(by_person=False) as desk:
        said = await _do(context, desk)
    if context.json:
        context.output.document({"said": context.t(said)})
    else:
        context.output.text(context.t(said))
    return ExitCode.DONE


async def _do(context: Context, desk: Desk) -> Phrase:
    o, place = context.options, desk.place()
    acts = FolderActs(place.box, desk.journal)
    match o.action:
        case "creer":
            return await acts.create(o.nom, desk.actor)
        case "vider":
            if not o.definitif:
                raise ConfirmationNeeded(
                    say("Ce qui est à la corbeille serait effacé pour de bon."),
                    meaning=say("Rien n'a été effacé."),
                    remedy=say("Ajoutez « --definitif »."),
                )
            return await acts.empty_trash(desk.actor)
        case "renommer":
            return await acts.rename(await place.box.find(o.nom), o.nouveau, desk.actor)
        case "supprimer":
            return await acts.delete(await place.box.find(o.nom), desk.actor)
        case _:
            return await acts.subscribe(await place.box.find(o.nom), o.action == "abonner", desk.actor)

"""Acts on messages: `mark`, `move`, `delete`; what there is: `folders`, `outbox`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from mss_tui.cli import shape
from mss_tui.cli.commands.refs import place_and_folder, ref_of
from mss_tui.cli.context import Context
from mss_tui.errors import ExitCode, UsageError
from mss_tui.model.message import Handling, Row
from mss_tui.model.sending import RecipientAnswer, SendReport, SendState
from mss_tui.phrase import say
from mss_tui.ports.submission import Progress
from mss_tui.services.desk import Desk, Place
from mss_tui.services.handling import Done

_HANDLING = {
    "todo": Handling.TO_DO,
    "done": Handling.DONE,
    "delegated": Handling.DELEGATED,
    "filed": Handling.FILED,
}


async def run(context: Context) -> int:
    """Do it, and say what was done."""
    async with context.desk() as desk:
        match context.options.command:
            case "folders":
                return await _folders(context, desk)
            case "outbox":
                return await _outbox(context, desk)
            case _:
                return await _act(context, desk)


async def _act(context: Context, desk: Desk) -> int:
    if context.loaded.profile.read_only:
        raise UsageError(
            say("Ce profil est en lecture seule : rien n'a été changé."),
            remedy=say("Retirez --read-only ou read_only."),
        )
    place, folder = await place_and_folder(context, desk)
    rows = [await place.reader.row(ref_of(ref, place.account.id, folder.name)) for ref in context.options.refs]
    done = await _done(context, desk, place, rows)
    if context.json:
        flags = {ref: sorted(words) for ref, words in done.flags}
        context.output.document(
            {
                "said": context.t(done.said),
                "messages": [{"ref": row.ref.short, "flags": flags.get(row.ref)} for row in rows],
                "gone": [row.ref.short for row in rows if row.ref.uid in done.gone],
            }
        )
    else:
        context.output.text(context.t(done.said))
    return ExitCode.DONE


async def _done(context: Context, desk: Desk, place: Place, rows: Sequence[Row]) -> Done:
    o, acts = context.options, place.acts
    match o.command:
        case "move":
            into = (await place.box.find(o.into)).name
            return await (acts.file if o.filed else acts.move)(rows, into, desk.actor)
        case "delete":
            return await acts.delete(rows, desk.actor)
    match o.state:
        case "seen" | "unseen":
            return await acts.seen(rows, o.state == "seen", desk.actor)
        case "followed" | "unfollowed":
            return await acts.follow(rows, o.state == "followed", desk.actor)
        case _:
            return await acts.handle(rows, _HANDLING[o.state], desk.actor, to=o.to)


async def _folders(context: Context, desk: Desk) -> int:
    place = desk.place()
    folders = await place.box.folders(counts=True)
    if context.json:
        found = [
            {"name": f.name, "role": f.role.value, "total": f.total, "unseen": f.unseen, "selectable": f.selectable}
            for f in folders
        ]
        context.output.document({"account": place.account.address, "folders": found})
        return ExitCode.DONE
    for folder in folders:
        counts = "" if folder.total is None else f"{folder.total:>6} {folder.unseen or 0:>5}"
        context.output.text(f"{counts:12}  {folder.name}")
    return ExitCode.DONE


async def _outbox(context: Context, desk: Desk) -> int:
    """What waits, or one of its messages sent again, or given back to the drafts."""
    o = context.options
    if o.action == "list":
        return _waiting(context, desk)
    place = next((p for p in desk.places if any(w.key == o.key for w in p.outbox.list())), desk.place())
    if o.action == "discard":
        ref = await place.outbox.discard(o.key, desk.actor)
        if context.json:
            context.output.document({"key": o.key, "draft": ref.short if ref else None})
        else:
            context.output.text(context.t(say("Le message n'est plus dans la boîte d'envoi.")))
        return ExitCode.DONE
    return _reported(context, await place.outbox.retry(o.key, desk.actor, decide=_never, watch=_quiet))


def _waiting(context: Context, desk: Desk) -> int:
    found: list[dict[str, Any]] = [
        {
            "key": waiting.key,
            "account": place.account.address,
            "message_id": waiting.message_id,
            "state": waiting.state.value,
            "at": shape.moment(waiting.at),
            "due": shape.moment(waiting.due),
            "recipients": waiting.recipients,
            "elsewhere": waiting.elsewhere,
        }
        for place in desk.places
        for waiting in place.outbox.list()
    ]
    if context.json:
        context.output.document({"messages": found})
    for waiting in () if context.json else found:
        context.output.text(f"{waiting['key']}  {waiting['state']}  {waiting['at']}  {waiting['account']}")
    return ExitCode.DONE


def _reported(context: Context, report: SendReport) -> int:
    from mss_tui.cli.commands.sending import CODES, sent

    if context.json:
        context.output.document(sent(report))
    else:
        context.output.text(report.state.value)
    if report.state is SendState.UNKNOWN and report.remark is not None:
        context.narration.say(report.remark)
    return CODES[report.state]


async def _never(answers: tuple[RecipientAnswer, ...]) -> bool:
    return False


def _quiet(progress: Progress) -> None:
    """What became of the message is said, not how far it is."""

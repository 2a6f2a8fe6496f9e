"""`outbox list|run|retry|discard`, and `folders`: what there is, and what waits."""

from __future__ import annotations

from typing import Any

from mss_tui.cli import shape
from mss_tui.cli.commands.sending import CODES, sent
from mss_tui.cli.context import Context
from mss_tui.errors import ExitCode
from mss_tui.model.sending import RecipientAnswer, SendReport, SendState
from mss_tui.phrase import say
from mss_tui.ports.submission import Progress
from mss_tui.services.desk import Desk


async def run(context: Context) -> int:
    """Say what there is, or bring it further."""
    async with context.desk(by_person=False) as desk:
        return await (_folders if context.options.command == "folders" else _outbox)(context, desk)


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
    if o.action == "run":
        return await _due(context, desk)
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
    if context.json:
        context.output.document(sent(report))
    else:
        context.output.text(report.state.value)
    if report.state is SendState.UNKNOWN and report.remark is not None:
        context.narration.say(report.remark)
    return CODES[report.state]


async def _due(context: Context, desk: Desk) -> int:
    """Send what is due; the worst outcome is the exit code."""
    found: list[dict[str, Any]] = []
    codes = [int(ExitCode.DONE)]
    for place in desk.places:
        for attempt in await place.outbox.run(desk.actor, watch=_quiet):
            if attempt.error is not None:
                context.narration.error(attempt.error)
                codes.append(attempt.error.exit_code)
            elif attempt.report is not None:
                codes.append(CODES[attempt.report.state])
            report = attempt.report or SendReport("", SendState.QUEUED, ())
            found.append({"key": attempt.key} | sent(report))
    if context.json:
        context.output.document({"messages": found})
    for message in () if context.json else found:
        context.output.text(f"{message['key']}  {message['state']}")
    return max(codes)


async def _never(answers: tuple[RecipientAnswer, ...]) -> bool:
    return False


def _quiet(progress: Progress) -> None:
    """What became of the message is said, not how far it is."""

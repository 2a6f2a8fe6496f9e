"""`outbox list|run|look|retry|discard|left|resend`, and `folders`: what there is, and what waits."""

from __future__ import annotations

from typing import Any

from mss_tui.cli import shape
from mss_tui.cli.commands import receipts
from mss_tui.cli.commands.sending import CODES, sent
from mss_tui.cli.context import Context
from mss_tui.errors import ConfirmationNeeded, ExitCode, NotFound
from mss_tui.model.sending import RecipientAnswer, SendReport, SendState
from mss_tui.phrase import Phrase, say
from mss_tui.ports.submission import Progress
from mss_tui.services.desk import Desk, Place
from mss_tui.services.drafts import addressed_to, keep
from mss_tui.services.waiting import Waiting


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
    match o.action:
        case "discard":
            ref = await place.outbox.discard(o.key, desk.actor)
            told: dict[str, Any] = {"draft": ref.short if ref else None}
            return _done(context, say("Le message n'est plus dans la boîte d'envoi."), told)
        case "left":
            copy = await place.outbox.left(o.key, desk.actor)
            return _done(context, say("Noté : il est parti."), {"sent_copy": copy.value})
        case "resend":
            return await _resend(context, desk, place)
        case "look":
            return await _look(context, place)
        case _:
            return await _retry(context, desk, place)


def _done(context: Context, said: Phrase, told: dict[str, Any]) -> int:
    if context.json:
        context.output.document({"key": context.options.key, **told})
    else:
        context.output.text(context.t(said))
    return ExitCode.DONE


async def _retry(context: Context, desk: Desk, place: Place) -> int:
    """The same octets, now; of a message that may have left, only where that is said in so many words (P10)."""
    o = context.options
    waiting = _named(context, place)
    if waiting.state is SendState.UNKNOWN and not o.despite_unknown:
        raise ConfirmationNeeded(
            say("Ce message est peut-être déjà parti."),
            meaning=say("Le renvoyer pourrait le faire arriver deux fois."),
            remedy=say("Voyez « outbox look » ; puis « outbox left », ou « outbox retry --despite-unknown »."),
        )
    return _reported(context, await place.outbox.retry(o.key, desk.actor, decide=_never, watch=_quiet))


def _named(context: Context, place: Place) -> Waiting:
    found = next((w for w in place.outbox.list() if w.key == context.options.key), None)
    if found is None:
        raise NotFound(say("Ce message n'est pas dans la boîte d'envoi."), remedy=say("Voyez « mss-tui outbox list »."))
    return found


async def _look(context: Context, place: Place) -> int:
    """Is it in Sent, and did anything come back? 13 where that does not tell either."""
    waiting = _named(context, place)
    in_sent = await place.outbox.in_sent(waiting.key)
    row = await place.outbox.row(waiting.key)
    timeline = await place.receipts.of(row, waiting.codes) if row is not None else None
    heard = timeline is not None and (bool(timeline.others) or any(p.receipts for p in timeline.people))
    if context.json:
        told = receipts.document(timeline, context) if timeline else {"message_id": waiting.message_id}
        context.output.document(
            {"key": waiting.key, "state": waiting.state.value, "in_sent": in_sent, "heard": heard} | told
        )
    else:
        there = say("Sa copie est dans Envoyés.") if in_sent else say("Il n'est pas dans Envoyés.")
        context.output.text(context.t(there))
        for line in receipts.lines(timeline, context) if timeline else ():
            context.output.text(line)
    unsure = waiting.state is SendState.UNKNOWN and not (in_sent or heard)
    return ExitCode.UNKNOWN if unsure else ExitCode.DONE


async def _resend(context: Context, desk: Desk, place: Place) -> int:
    """A draft with the same words and pieces, for the refused recipients alone; nothing leaves."""
    waiting = _named(context, place)
    ref, refused = await place.outbox.refused(waiting.key)
    if ref is None or not refused:
        raise NotFound(
            say("Aucun destinataire refusé n'est à reprendre, ou la copie n'est plus dans Envoyés."),
            remedy=say("Voyez « mss-tui outbox list »."),
        )
    reading = await place.reader.open(await place.reader.row(ref), desk.actor, mark=False)
    kept = await keep(place.sender, addressed_to(reading, place.account, refused), desk.clock.now())
    draft = kept.draft.saved_as
    said = say("Un brouillon pour {who} est dans Brouillons.", who=", ".join(refused))
    return _done(context, said, {"recipients": list(refused), "draft": draft.short if draft else None})


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
            "codes": list(waiting.codes),
            "copied": waiting.copied,
            "draft": waiting.draft.short if waiting.draft else None,
            "elsewhere": waiting.elsewhere,
            "late": waiting.late,
        }
        for place in desk.places
        for waiting in place.outbox.list()
    ]
    if context.json:
        context.output.document({"messages": found})
    for waiting in () if context.json else found:
        when = waiting["due"] or waiting["at"]
        late = context.t(say("  en retard, attend votre décision")) if waiting["late"] else ""
        context.output.text(f"{waiting['key']}  {waiting['state']}  {when}  {waiting['account']}{late}")
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
    """Send what is due; the worst outcome is the exit code, 13 before any other. 11: something is long overdue."""
    found: list[dict[str, Any]] = []
    codes = [int(ExitCode.DONE)]
    for place in desk.places:
        await place.outbox.recover()
        for attempt in await place.outbox.run(desk.actor, watch=_quiet, late=context.options.despite_late):
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
    return ExitCode.UNKNOWN if ExitCode.UNKNOWN in codes else max(codes)


async def _never(answers: tuple[RecipientAnswer, ...]) -> bool:
    return False


def _quiet(progress: Progress) -> None:
    """What became of the message is said, not how far it is."""

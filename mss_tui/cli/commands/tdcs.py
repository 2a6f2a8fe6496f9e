"""TDCS from scripts (charte §3): `traiter`, `deleguer`, `classer`, `supprimer`, `lu`, `nonlu`, `annuler`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from mss_tui.cli.commands.mailbox_acts import rows_named, told, undo_record, writable
from mss_tui.cli.context import Context
from mss_tui.errors import ExitCode, MssError, PartlyRefused, UsageError
from mss_tui.model.folder import Role
from mss_tui.model.message import Handling, Row
from mss_tui.model.sending import RecipientAnswer, SendReport, SendState
from mss_tui.phrase import say
from mss_tui.ports.submission import Progress
from mss_tui.services.composing import forward
from mss_tui.services.desk import Desk, Place
from mss_tui.services.handling import Done
from mss_tui.services.undo_file import decoded


async def run(context: Context) -> int:
    """Do it, and say what was done."""
    writable(context)
    async with context.desk() as desk:
        if context.options.command == "annuler":
            return await _undo(context, desk)
        place, rows = await rows_named(context, desk, context.options.refs)
        return told(context, place, rows, await _done(context, desk, place, rows))


async def _done(context: Context, desk: Desk, place: Place, rows: Sequence[Row]) -> Done:
    o, acts, actor = context.options, place.acts, desk.actor
    match o.command:
        case "traiter":
            return await acts.handle(rows, Handling.DONE, actor)
        case "a-traiter":
            return await acts.handle(rows, Handling.TO_DO, actor)
        case "classer":
            return await acts.file(rows, (await place.box.find(o.dans)).name, actor)
        case "deleguer":
            return await _delegate(context, desk, place, rows)
        case "supprimer":
            trash = await place.box.folder_of(Role.TRASH)
            if trash is not None and rows[0].ref.folder == trash.name and not o.definitif:
                raise UsageError(
                    say("Ces messages sont déjà à la corbeille."),
                    remedy=say("Ajoutez --definitif pour les effacer : rien ne pourra les rendre."),
                )
            return await acts.delete(rows, actor)
        case _:
            return await acts.seen(rows, o.command == "lu", actor)


async def _delegate(context: Context, desk: Desk, place: Place, rows: Sequence[Row]) -> Done:
    """To a name, said in the journal; to an address, forwarded first, and marked only where that left."""
    to = context.options.a.strip()
    if "@" not in to:
        return await place.acts.handle(rows, Handling.DELEGATED, desk.actor, to=to)
    confirmed = dict(word.partition("=")[::2] for word in context.options.confirm)
    left: list[Row] = []
    done: Done | None = None
    try:
        for row in rows:
            await _forward(context, desk, place, row, to, confirmed)
            left.append(row)
    finally:
        if left:
            done = await place.acts.handle(left, Handling.DELEGATED, desk.actor, to=to)
    assert done is not None  # noqa: S101 - `rows` is never empty
    return done


async def _forward(context: Context, desk: Desk, place: Place, row: Row, to: str, confirmed: Mapping[str, str]) -> None:
    reading = await place.reader.open(row, desk.actor, mark=False)
    draft = replace(forward(reading, place.account), to=(to,), body=context.options.texte)
    await place.checker.learn(draft)
    report = await place.sender.send(draft, desk.actor, confirmed=confirmed, decide=_never, watch=_quiet)
    if report.state is not SendState.ACCEPTED:
        raise _not_left(row, report)


def _not_left(row: Row, report: SendReport) -> MssError:
    return PartlyRefused(
        say("Le message {ref} n'est pas parti.", ref=row.ref.short),
        meaning=say("Il n'est pas marqué délégué."),
        remedy=say("Regardez « mss-tui outbox list »."),
        detail="; ".join(f"{answer.code} {answer.text}" for answer in report.recipients),
    )


async def _never(answers: tuple[RecipientAnswer, ...]) -> bool:
    return False


def _quiet(progress: Progress) -> None:
    """Nothing is said on the way."""


async def _undo(context: Context, desk: Desk) -> int:
    record = undo_record(context)
    account, undo = decoded(record.read())
    place = desk.place(account)
    done = await place.acts.undo(undo, desk.actor)
    record.change(lambda _: {})
    if context.json:
        context.output.document({"said": context.t(done.said), "account": place.account.address})
    else:
        context.output.text(context.t(done.said))
    return ExitCode.DONE

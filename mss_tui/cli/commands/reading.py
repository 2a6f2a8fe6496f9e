"""`inbox`, `read`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from mss_tui.cli import shape
from mss_tui.cli.commands.refs import place_and_folder, ref_of
from mss_tui.cli.context import Context
from mss_tui.errors import ExitCode, UsageError
from mss_tui.model.address import Kind
from mss_tui.model.message import Reading, Row
from mss_tui.model.paris import day
from mss_tui.model.policy import Policy
from mss_tui.model.verdict import Verdict
from mss_tui.phrase import Phrase, say
from mss_tui.ports.mail import SortKey
from mss_tui.services.box import ListEntry
from mss_tui.services.desk import Desk
from mss_tui.services.looking import query_of
from mss_tui.text import fit

_KINDS: dict[str, Phrase] = {
    Kind.PATIENT.value: say("patient"),
    Kind.APPLICATION.value: say("application"),
    Kind.OUTSIDE.value: say("hors espace"),
}
_HEADERS: dict[str, Phrase] = {
    "from": say("De"),
    "reply-to": say("Rép."),
    "to": say("À"),
    "cc": say("Cc"),
    "date": say("Date"),
    "subject": say("Objet"),
}


async def run(context: Context) -> int:
    """Print a folder, or a message."""
    if context.options.command == "read":
        return await _read(context)
    async with context.desk() as desk:
        if context.options.all:
            from mss_tui.cli.commands import inboxes

            return await inboxes.run(context, desk)
        return await _inbox(context, desk)


async def _inbox(context: Context, desk: Desk) -> int:
    o = context.options
    place, folder = await place_and_folder(context, desk)
    view = await place.box.open(folder.name, o.limit, read_only=context.loaded.profile.read_only)
    rows: Sequence[Row] = view.known()
    on_server: bool | None = None
    if o.conversation:
        row = await place.reader.row(ref_of(o.conversation, place.account.id, folder.name))
        view, on_server = await place.box.conversation(view, row)
        rows = view.known()
    elif o.sort:
        view, on_server = await place.box.sort(view, SortKey(o.sort), descending=o.descending)
        rows = view.known()
    elif o.search or o.unseen:
        query = query_of(o.search, day(desk.clock.now()))
        found, rows = await place.box.search(view, replace(query, unseen=o.unseen or query.unseen))
        on_server = found.on_server
    if view.as_of is not None:
        context.narration.say(say("hors ligne, copie du {at}.", at=when(view.as_of)))
    entries = [place.box.entry(row) for row in rows[: o.limit]]
    if not context.json:
        for entry in entries:
            context.output.text(listed_line(entry))
        return ExitCode.DONE
    context.output.document(
        {
            "account": place.account.address,
            "folder": folder.name,
            "uidvalidity": view.uidvalidity,
            "total": len(view),
            "unseen": view.unseen,
            "messages": [shape.entry(entry, place.account.policy) for entry in entries],
        }
        | ({} if on_server is None else {"on_server": on_server})
        | ({} if view.as_of is None else {"offline": True, "as_of": shape.moment(view.as_of)})
    )
    return ExitCode.DONE


def listed_line(entry: ListEntry) -> str:
    """A message on one line, for a person."""
    row = entry.row
    marks = ("N" if not row.seen else " ") + ("!" if entry.overdue else " ")
    date = when(row.received)
    return f"{row.ref.short:>14} {marks} {date}  {fit(row.sender.label, 28)}  {row.title}"


def when(at: datetime) -> str:
    """A moment to the minute, in Paris."""
    return (shape.moment(at) or "")[:16].replace("T", " ")


async def _read(context: Context) -> int:
    if context.options.file is not None:
        if context.options.ref:
            raise UsageError(say("« read » prend une référence ou --file, pas les deux."))
        return await _read_file(context)
    async with context.desk() as desk:
        place, folder = await place_and_folder(context, desk)
        row = await place.reader.row(ref_of(context.options.ref or "", place.account.id, folder.name))
        if context.options.raw:
            context.output.text(await place.reader.raw(row.ref))
            return ExitCode.DONE
        if context.options.save is not None:
            path = await place.reader.save_message(row, context.options.save, desk.actor)
            if context.json:
                context.output.document({"ref": row.ref.short, "path": str(path)})
            else:
                context.output.text(str(path))
            return ExitCode.DONE
        reading = await place.reader.open(row, desk.actor, mark=False)
        if reading.attachments:
            from mss_tui.services.pieces import Pieces

            reading = await Pieces(place.reader, desk.documents.worker, reading).learn()
        policy = place.account.policy
        await desk.documents.open(place.reader, reading, unasked=True)
        verdicts = place.checker.incoming(reading, desk.documents.facts(row.ref))
        _tell(context, reading, verdicts, policy, place.box.entry(row))
        if not (row.seen or context.loaded.profile.read_only or context.offline):
            await place.acts.seen([row], True, desk.actor)
    return ExitCode.DONE


def _tell(
    context: Context, reading: Reading, verdicts: tuple[Verdict, ...], policy: Policy, entry: ListEntry | None
) -> None:
    if context.json:
        context.output.document(_document(context, reading, verdicts, policy, entry))
        return
    sender = reading.row.sender
    kind = shape.correspondent(sender, policy)["kind"]
    known = {header.name.lower(): header.value for header in reversed(reading.headers)}
    lines = [f"{context.t(label):6} {known[name]}" for name, label in _HEADERS.items() if name in known]
    if kind in _KINDS:
        lines.append(context.t(say("! {label} : {value}", label=sender.address, value=_KINDS[kind])))
    lines += [f"! {_sentence(context, verdict)}" for verdict in verdicts]
    lines += [f"* {context.t(note)}" for note in reading.notes]
    lines += [f"[{a.section}] {a.name}   {a.type}   {a.size}" for a in reading.attachments]
    context.output.text("\n".join(lines) + "\n\n" + reading.text)


def _sentence(context: Context, verdict: Verdict) -> str:
    told = shape.verdict(verdict, context.translate)
    return f"{told['message']} {told['remedy']} ({told['rule']})"


def _document(
    context: Context, reading: Reading, verdicts: tuple[Verdict, ...], policy: Policy, entry: ListEntry | None
) -> dict[str, Any]:
    listed = shape.entry(entry, policy) if entry else shape.row(reading.row, policy)
    return {
        **listed,
        "message_id": reading.row.message_id,
        "headers": [{"name": header.name, "value": header.value} for header in reading.headers],
        "text": reading.text,
        "quoted_from": reading.quoted_from,
        "notes": [context.t(note) for note in reading.notes],
        "attachments": [shape.attachment(a) for a in reading.attachments],
        "verdicts": shape.verdicts(verdicts, context.translate),
    }


async def _read_file(context: Context) -> int:
    from mss_tui.cli.commands.letters import read_letter

    reading, verdicts, policy = await read_letter(context)
    _tell(context, reading, verdicts, policy, None)
    return ExitCode.DONE

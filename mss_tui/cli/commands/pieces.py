"""`attachment`: pieces saved or told as text; `signaler`: a suspicious message reported."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

from mss_tui.cli import shape
from mss_tui.cli.commands.refs import place_and_folder, ref_of
from mss_tui.cli.context import Context
from mss_tui.errors import ConfirmationNeeded, ExitCode, NotFound, UsageError
from mss_tui.model.message import Attachment, Reading, Row
from mss_tui.phrase import say
from mss_tui.services.desk import Desk, Place
from mss_tui.services.drafts import keep
from mss_tui.services.files import write_new
from mss_tui.services.pieces import Pieces
from mss_tui.services.suspect import (
    HELD,
    draft_to_support,
    note_accepted,
    note_report,
    report_on,
    report_text,
    support_words,
)
from mss_tui.text import clean

RULE = HELD
WIDTH, HEIGHT = 80, 24


async def run(context: Context) -> int:
    """Do it."""
    o = context.options
    if o.command == "attachment":
        if o.all == bool(o.part):
            raise UsageError(say("« attachment » prend le numéro d'une pièce, ou --all."))
        if o.save is None and not (o.text and o.part):
            raise UsageError(say("Il manque : --save DOSSIER, ou --text pour une pièce."))
    async with context.desk() as desk:
        place, folder = await place_and_folder(context, desk)
        row = await place.reader.row(ref_of(o.ref or "", place.account.id, folder.name))
        reading = await place.reader.open(row, desk.actor, mark=False)
        return await (_attachment if o.command == "attachment" else _report)(context, desk, place, reading)


async def _attachment(context: Context, desk: Desk, place: Place, reading: Reading) -> int:
    o = context.options
    wanted = reading.attachments if o.all else (_named(reading, o.part),)
    pieces = Pieces(place.reader, desk.documents.worker, reading)
    await pieces.examine(wanted)
    given = {rule: why for rule, _, why in (word.partition("=") for word in o.confirm)}
    held = pieces.held(wanted)
    if held and RULE in given:
        note_accepted(desk.journal, desk.actor, place.account.address, pieces.reading, len(held), given[RULE])
        held = ()
    if o.text:
        return await _text(context, pieces, wanted[0])
    if held and not o.all:
        raise _unconfirmed(context, pieces, held)
    saved = []
    for piece in wanted:
        if piece not in held:
            saved.append((piece, str(await pieces.save(piece, o.save, desk.actor))))
    if context.json:
        context.output.document(_saved(context, reading.row, pieces, saved, held))
    else:
        for _, path in saved:
            context.output.text(path)
    if held:
        raise _unconfirmed(context, pieces, held)
    return ExitCode.DONE


def _named(reading: Reading, part: str) -> Attachment:
    found = next((a for a in reading.attachments if a.section == part), None)
    if found is None:
        known = ", ".join(a.section for a in reading.attachments)
        raise NotFound(
            say("Le message {ref} n'a pas de pièce « {part} ».", ref=reading.row.ref.short, part=clean(part, 40)),
            remedy=say("Ses pièces : {parts}.", parts=known) if known else say("Il n'a aucune pièce jointe."),
        )
    return found


def _saved(
    context: Context,
    row: Row,
    pieces: Pieces,
    saved: Sequence[tuple[Attachment, str]],
    held: Sequence[Attachment],
) -> dict[str, Any]:
    if not context.options.all:
        ((piece, path),) = saved
        return {"ref": row.ref.short, **shape.attachment(piece), "path": path}
    return {
        "ref": row.ref.short,
        "saved": [{**shape.attachment(piece), "path": path} for piece, path in saved],
        "held": [
            {**shape.attachment(piece), "reasons": [context.t(doubt) for doubt in pieces.doubts(piece)]}
            for piece in held
        ],
    }


def _unconfirmed(context: Context, pieces: Pieces, held: Sequence[Attachment]) -> ConfirmationNeeded:
    doubts = " ".join(context.t(doubt) for piece in held for doubt in pieces.doubts(piece))
    return ConfirmationNeeded(
        say("{doubts}", doubts=clean(doubts)),
        meaning=say("Rien de suspect n'a été enregistré."),
        remedy=say("Ajoutez --confirm {rule} pour l'enregistrer sans l'ouvrir.", rule=RULE),
    )


async def _text(context: Context, pieces: Pieces, piece: Attachment) -> int:
    shown = await pieces.show(piece, WIDTH, HEIGHT)
    notes = [*pieces.doubts(piece), *shown.view.notes]
    if shown.picture is not None:
        notes.append(say("Image de {w} × {h} points : --save l'enregistre.", w=shown.picture.width,
                         h=shown.picture.height))  # fmt: skip
    if context.json:
        told = {"text": shown.view.text, "notes": [context.t(note) for note in notes]}
        context.output.document({"ref": pieces.reading.row.ref.short, **shape.attachment(piece), **told})
    else:
        context.output.text("\n".join([*(f"* {context.t(note)}" for note in notes), shown.view.text]))
    return ExitCode.DONE


async def _report(context: Context, desk: Desk, place: Place, reading: Reading) -> int:
    o = context.options
    report = report_on(reading, place.account.policy, desk.clock.now())
    done: dict[str, Any] = {}
    if o.draft:
        if not report.address:
            raise UsageError(
                say("Aucune adresse de support n'est connue dans l'espace de confiance : l'original n'ira nulle part."),
                remedy=say("Appelez le support, ou passez par son portail."),
            )
        draft = await draft_to_support(reading, report, place.reader, place.account)
        kept = (await keep(place.sender, draft, desk.clock.now())).draft.saved_as
        done["draft"] = kept.short if kept else None
        note_report(desk.journal, desk.actor, place.account.address, reading, "message au support")
    if o.save is not None:
        name = f"signalement-{reading.row.ref.uid}.txt"
        text = f"{report_text(report, context.translate)}\n".encode()
        done["path"] = str(await asyncio.to_thread(write_new, o.save, name, text))
        note_report(desk.journal, desk.actor, place.account.address, reading, "fichier")
    if context.json:
        context.output.document(
            {
                "ref": reading.row.ref.short,
                "operator": report.operator,
                "support": support_words(report, context.translate),
                "address": report.address or None,
                "headers": [{"name": header.name, "value": header.value} for header in report.headers],
                **done,
            }
        )
        return ExitCode.DONE
    context.output.text(support_words(report, context.translate))
    context.output.text("")
    context.output.text("\n".join(map(str, done.values())) or report_text(report, context.translate))
    return ExitCode.DONE

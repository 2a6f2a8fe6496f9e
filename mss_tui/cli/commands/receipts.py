"""`receipts REF`: what became of a sent message, what a report says, and answers to requests for read receipts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from mss_tui.cli import shape
from mss_tui.cli.commands.refs import ref_of
from mss_tui.cli.context import Context
from mss_tui.errors import ExitCode, NotFound
from mss_tui.model.advice import advice
from mss_tui.model.folder import Role
from mss_tui.model.message import Row
from mss_tui.model.receipt import Event, Receipt
from mss_tui.phrase import Phrase, say
from mss_tui.services.desk import Desk, Place
from mss_tui.services.receipts import Heard, Timeline

ATTEND = (Event.FAILED, Event.NOT_INTEGRATED)
WORDS: dict[Event, Phrase] = {
    Event.RELAYED: say("transmis à un serveur qui ne donne pas d'accusé"),
    Event.DELAYED: say("retardé"),
    Event.DELIVERED: say("remis dans la boîte"),
    Event.READ: say("lu"),
    Event.INTEGRATED: say("intégré par le logiciel du destinataire"),
    Event.NOT_INTEGRATED: say("NON INTÉGRÉ par le logiciel du destinataire"),
    Event.DELETED: say("supprimé, peut-être sans être lu"),
    Event.FAILED: say("NON REMIS"),
}

_SILENT: dict[str, Phrase] = {
    "refused": say("REFUSÉ par votre serveur à l'envoi"),
    "accepted": say("accepté par le serveur ; aucun accusé reçu"),
    "none": say("aucun accusé reçu"),
}


async def run(context: Context) -> int:
    """Print what is known; 30 where something did not arrive."""
    o = context.options
    async with context.desk() as desk:
        place = desk.place()
        folder = await _folder(context, place, received=bool(o.answer))
        row = await place.reader.row(ref_of(o.ref, place.account.id, folder))
        if o.answer:
            return await _answer(context, desk, place, row)
        return await _told(context, place, row)


async def _folder(context: Context, place: Place, *, received: bool) -> str:
    """The folder of --folder; without it Sent, or the profile's for what was received."""
    if context.options.folder or received:
        return (await place.box.find(context.loaded.profile.folder)).name
    found = await place.box.folder_of(Role.SENT)
    if found is None:
        raise NotFound(
            say("Cette boîte n'a pas de dossier Envoyés."), remedy=say("Nommez le dossier du message avec --folder.")
        )
    return found.name


async def _told(context: Context, place: Place, row: Row) -> int:
    """The timeline; of a report, that of the message it speaks of."""
    report = await place.receipts.said_by(row)
    about = row if report is None else await place.receipts.about(report, row.received)
    if about is None:
        timeline = Timeline(
            report.message_id if report else "", row.received, (), report.receipts if report else (), False, True
        )
    else:
        timeline = await place.receipts.of(about, place.outbox.codes(about.message_id))
    if context.json:
        context.output.document(document(timeline, context))
    else:
        for line in lines(timeline, context):
            context.output.text(line)
    return ExitCode.ATTENTION if failed(timeline) else ExitCode.DONE


def failed(timeline: Timeline) -> bool:
    """Did it not arrive somewhere, as far as anyone said?"""
    last = [heard.last for heard in timeline.people if heard.last is not None]
    refused = any(heard.refused for heard in timeline.people)
    return refused or any(receipt.event in ATTEND for receipt in (*last, *timeline.others))


def document(timeline: Timeline, context: Context) -> dict[str, Any]:
    """The keys of the contract."""
    return {
        "message_id": timeline.message_id,
        "sent": shape.moment(timeline.sent),
        "reading_asked": timeline.reading_asked,
        "complete": timeline.complete,
        "recipients": [
            {
                "address": heard.address,
                "state": _state(heard, accepted=timeline.accepted),
                "receipts": _receipts(heard.receipts, context),
            }
            for heard in timeline.people
        ],
        "others": _receipts(timeline.others, context),
    }


def _state(heard: Heard, *, accepted: bool) -> str:
    """The last that was heard; else what one's own server said as it left; "none" proves nothing."""
    if heard.last is not None:
        return heard.last.event.value
    return "refused" if heard.refused else "accepted" if accepted else "none"


def _receipts(receipts: Iterable[Receipt], context: Context) -> list[dict[str, Any]]:
    return [
        {
            "event": receipt.event.value,
            "recipient": receipt.recipient,
            "at": shape.moment(receipt.at),
            "code": receipt.code,
            "reason": receipt.reason.value if receipt.reason else None,
            "advice": " ".join(map(context.t, _advice(receipt))),
            "words": receipt.words,
            "automatic": receipt.automatic,
        }
        for receipt in receipts
    ]


def _advice(receipt: Receipt) -> Sequence[Phrase]:
    if receipt.reason is None or receipt.event not in ATTEND:
        return ()
    known = advice(receipt.reason, receipt.code)
    return (known.means, known.remedy)


def lines(timeline: Timeline, context: Context) -> list[str]:
    """For a person, recipient by recipient."""
    found: list[str] = []
    for heard in timeline.people:
        if not heard.receipts:
            found.append(
                context.t(
                    say(
                        "{label} : {value}",
                        label=heard.address,
                        value=_SILENT[_state(heard, accepted=timeline.accepted)],
                    )
                )
            )
        for receipt in heard.receipts:
            found += _line(heard.address, receipt, context)
    for receipt in timeline.others:
        found += _line(receipt.recipient, receipt, context)
    if not timeline.complete:
        found.append(context.t(say("(il y a plus de rapports que mss-tui n'en lit)")))
    return found


def _line(who: str, receipt: Receipt, context: Context) -> list[str]:
    when = (shape.moment(receipt.at) or "")[:16].replace("T", " ")
    head = (
        f"{context.t(say('{label} : {value}', label=who, value=WORDS[receipt.event]))} {when} {receipt.code}".rstrip()
    )
    return [head, *(f"    {context.t(phrase)}" for phrase in _advice(receipt))]


async def _answer(context: Context, desk: Desk, place: Place, row: Row) -> int:
    """Send the read receipt that was asked for, or note that none is sent."""
    if context.options.answer == "ignore":
        await place.reading_receipts.ignore(row, desk.actor)
        said = say("Aucun accusé ne part ; la demande ne sera plus montrée.")
    else:
        elsewhere = context.options.although_elsewhere
        await place.reading_receipts.send(row, desk.actor, although_elsewhere=elsewhere)
        said = say("L'accusé de lecture est parti.")
    if context.json:
        context.output.document({"ref": row.ref.short, "answer": context.options.answer})
    else:
        context.output.text(context.t(said))
    return ExitCode.DONE

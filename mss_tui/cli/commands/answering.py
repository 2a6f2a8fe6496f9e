"""What `check` and `send` begin with: an empty message or another one; a colleague's answer is said first."""

from __future__ import annotations

from collections.abc import Mapping

from mss_tui.cli.commands.refs import place_and_folder, ref_of
from mss_tui.cli.context import Context
from mss_tui.errors import ConfirmationNeeded, UsageError
from mss_tui.model.draft import Draft
from mss_tui.model.message import Row
from mss_tui.phrase import say
from mss_tui.services.afterwards import replacing, wrong_recipient
from mss_tui.services.claims import Claims
from mss_tui.services.composing import forward, forward_whole, new_draft, reply
from mss_tui.services.desk import Desk, Place
from mss_tui.services.drafts import as_new, resent
from mss_tui.text import clean

COLLEAGUE = "collegue"
"""What `--confirm` calls answering a message of a shared mailbox that a colleague took or answered; no rule of the
catalogue, since only the server knows it."""


def of_messages(context: Context) -> tuple[str, ...]:
    """The messages that the options begin with."""
    o = context.options
    every = (o.reply, o.reply_all, o.forward, o.forward_as_attachment, o.as_new, o.resend, o.wrong_recipient, o.replace)
    return tuple(filter(None, every))


async def begun(context: Context, desk: Desk, confirmed: Mapping[str, str]) -> tuple[Place, Draft]:
    """An empty draft, or what an answer, a forward or another beginning from a message begins with.

    Raises:
        UsageError: several messages to begin with; one to be sent again that somebody else sent.
        ConfirmationNeeded: it is to be sent, and somebody else answers or has answered.
    """
    o = context.options
    refs = of_messages(context)
    if len(refs) > 1:
        raise UsageError(say("Un message ne commence que d'un seul autre : --reply, --forward, --as-new, --resend…"))
    if not refs:
        place = desk.place()
        return place, new_draft(place.account)
    place, folder = await place_and_folder(context, desk)
    row = await place.reader.row(ref_of(refs[0], place.account.id, folder.name))
    if o.reply or o.reply_all:
        await _alone(context, desk, place, row, confirmed)
    reading = await place.reader.open(row, desk.actor, mark=False)
    if o.forward:
        return place, forward(reading, place.account)
    if o.forward_as_attachment:
        return place, forward_whole(reading, place.account)
    if o.as_new or o.resend:
        return place, (as_new if o.as_new else resent)(reading, place.account)
    if o.wrong_recipient or o.replace:
        make = wrong_recipient if o.wrong_recipient else replacing
        return place, make(reading, place.account, desk.actor.person, desk.template_folder)
    return place, reply(reading, place.account, everyone=bool(o.reply_all))


async def _alone(context: Context, desk: Desk, place: Place, row: Row, confirmed: Mapping[str, str]) -> None:
    """Say that somebody else has the message; what is to leave then needs a confirmation, with its reason noted."""
    claims = Claims(place.box, desk.journal)
    warning = await claims.about_to_answer(row, desk.actor) if claims.shared else None
    if warning is None:
        return
    if context.options.command == "send" and not context.options.draft:
        if COLLEAGUE not in confirmed:
            raise ConfirmationNeeded(
                warning,
                meaning=say("Rien n'est parti."),
                remedy=say("Pour répondre quand même : --confirm {name}=MOTIF.", name=COLLEAGUE),
            )
        why = {f"confirm:{COLLEAGUE}": clean(confirmed[COLLEAGUE], 200) or "oui"}
        about = {"from": row.ref.folder, "uids": str(row.ref.uid)}
        desk.journal.write(desk.actor, place.account.address, "send", "note", **about, **why)
    context.narration.say(warning)

"""Drafts kept on the server, and taken up again: nothing that was typed is lost (design.md, Outbox)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime

from mss_tui.errors import MssError, NotFound, UsageError
from mss_tui.mime.build import split_recipient
from mss_tui.mime.build_stored import moved_to, stored_copy
from mss_tui.model.draft import Draft, RemotePart
from mss_tui.model.folder import Role
from mss_tui.model.message import VALIDATED, Reading
from mss_tui.model.people import Account
from mss_tui.phrase import say
from mss_tui.record import dataclass
from mss_tui.services.composing import new_draft
from mss_tui.services.sending import Sender
from mss_tui.services.validation import content_digest


@dataclass(frozen=True, slots=True)
class Kept:
    """A draft that is on the server; `left_out` are recipients as typed that no message can carry."""

    draft: Draft
    left_out: tuple[str, ...]


async def keep(sender: Sender, draft: Draft, now: datetime, *, tried: list[str] | None = None) -> Kept:
    """Store the draft in Drafts, then drop the version stored before.

    `tried` is the caller's memory for one draft: Message-IDs of versions that failed to be stored, which may be there
    all the same (a line cut after APPEND). They are dropped too, once this one is safe.

    Raises:
        NotFound: the mailbox has no Drafts.
        MssError: it could not be stored; what was stored before is still there.
    """
    usable, left_out = _usable(draft)
    # a message must have a recipient to be built: without one it is built for oneself, and stored without any
    alone = not usable.recipients
    built = await sender.prepare(replace(usable, bcc=(sender.account.address,)) if alone else usable)
    tried = [] if tried is None else tried
    tried.append(built.message_id)
    ref = await sender.shelf.put(stored_copy(built, usable.bcc), built.message_id, now)
    tried.remove(built.message_id)
    if ref is None:
        raise NotFound(
            say("Cette boîte n'a pas de dossier Brouillons."),
            meaning=say("Le brouillon n'est qu'en mémoire."),
            remedy=say('Nommez-le dans le profil : folders = { drafts = "…" }.'),
        )
    await sender.shelf.release(ref)
    if draft.saved_as is not None:
        with suppress(MssError):
            await sender.shelf.drop(draft.saved_as)
    for stray in tuple(tried):
        with suppress(MssError):
            found = await sender.shelf.find(Role.DRAFTS, stray, now)
            if found is not None:
                await sender.shelf.drop(found)
                tried.remove(stray)
    return Kept(moved_to(draft, ref), left_out)


def _usable(draft: Draft) -> tuple[Draft, tuple[str, ...]]:
    """The draft with the recipients that a message can carry, and the others."""
    left_out: list[str] = []

    def sift(people: Iterable[str]) -> tuple[str, ...]:
        kept: list[str] = []
        for typed in people:
            try:
                split_recipient(typed)
                kept.append(typed)
            except UsageError:
                left_out.append(typed)
        return tuple(kept)

    return replace(draft, to=sift(draft.to), cc=sift(draft.cc), bcc=sift(draft.bcc)), tuple(left_out)


def reopened(reading: Reading, account: Account) -> Draft:
    """A stored draft as it was being written; its pieces are taken over byte for byte."""
    draft = replace(resumed(reading, account), saved_as=reading.row.ref)
    return replace(draft, validated=content_digest(draft)) if VALIDATED in reading.row.flags else draft


def resumed(reading: Reading, account: Account) -> Draft:
    """What a message says, to whom and with what, as a draft that is stored nowhere yet."""
    row = reading.row
    own = row.sender.address.casefold() == account.address.casefold()
    blind = next((h.value for h in reading.headers if h.name.casefold() == "bcc"), "")
    return replace(
        new_draft(account, subject=row.subject, body=reading.text),
        to=tuple(f"{p.name} <{p.address}>" if p.name else p.address for p in row.to if "@" in p.address),
        cc=tuple(f"{p.name} <{p.address}>" if p.name else p.address for p in row.cc),
        bcc=tuple(part.strip() for part in blind.split(",") if part.strip()),
        attachments=tuple(RemotePart(row.ref, a.section, a.name, a.type, a.size) for a in reading.attachments),
        in_reply_to=row.in_reply_to,
        references=reading.references,
        reply_to=row.reply_to[0].address if own and row.reply_to else "",
        want_reading=bool(row.receipt_to),
        last_to_patient=any((h.name.casefold(), h.value.strip()) == ("x-mss-mes", "FIN") for h in reading.headers),
    )


def as_new(reading: Reading, account: Account) -> Draft:
    """A new message that begins with the words, the recipients and the pieces of any message; it answers nothing."""
    return replace(resumed(reading, account), in_reply_to="", references=(), want_reading=False)


def resent(reading: Reading, account: Account) -> Draft:
    """One's own message once more: the same content, to be sent as a message of its own (docs/adr/0012).

    Raises:
        UsageError: somebody else sent it.
    """
    if reading.row.sender.address.casefold() != account.address.casefold():
        raise UsageError(
            say("Ce message n'a pas été envoyé par cette boîte : il ne peut pas être renvoyé d'ici."),
            remedy=say("f le transfère, O transfère l'original, N en fait un nouveau message."),
        )
    return resumed(reading, account)


def addressed_to(reading: Reading, account: Account, people: Sequence[str]) -> Draft:
    """A new message with the words and pieces of one that was sent, for those who did not get it (security.md P11)."""
    row = reading.row
    return replace(
        new_draft(account, to=people, subject=row.subject, body=reading.text),
        attachments=tuple(RemotePart(row.ref, a.section, a.name, a.type, a.size) for a in reading.attachments),
        in_reply_to=row.in_reply_to,
        references=reading.references,
    )

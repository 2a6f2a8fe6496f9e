"""What is written after a message went wrong: to whom it should not have gone, what replaces it (faq 7; formation).

A notice cites nothing and carries no piece: what went astray is not sent a second time.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from mss_tui.errors import UsageError
from mss_tui.model.address import Correspondent
from mss_tui.model.draft import Draft, RemotePart
from mss_tui.model.message import Reading
from mss_tui.model.people import Account, Person
from mss_tui.phrase import say
from mss_tui.rules.xdm import is_archive
from mss_tui.services.composing import new_draft, reply, when
from mss_tui.services.templates import Template, filled, named
from mss_tui.text import clean

WRONG, REPLACES, NOT_ME = "mauvais-destinataire", "annule-et-remplace", "pas-le-destinataire"
FIRST_WORDS = 24
"""Characters of a subject that tell a message: enough to find it, few enough not to repeat it."""


def wrong_recipient(
    reading: Reading, account: Account, person: Person | None, folder: Path | None, to: Sequence[str] = ()
) -> Draft:
    """The notice that asks for deletion of one's own message, to `to` (else to all it went to).

    Of a message of somebody else: the answer that one is not whom it was meant for.

    Args:
        folder: the letters of one's own, which may take the place of ours.
    """
    own = _own(reading, account)
    values = {"date du message": when(reading.row.date or reading.row.received), "début de l'objet": _first(reading)}
    letter = _letter(WRONG if own else NOT_ME, values, person, folder)
    draft = reply(reading, account)
    return replace(
        draft, to=tuple(to) or draft.to, subject=letter.subject, body=letter.body, quoted="", thread=_everybody(reading)
    )


def replacing(reading: Reading, account: Account, person: Person | None, folder: Path | None) -> Draft:
    """The message that replaces one's own: same people, same words to correct, its pieces but for archives.

    An archive is replaced by one that says so itself (documents, « annule et remplace »).

    Raises:
        UsageError: somebody else sent it.
    """
    if not _own(reading, account):
        raise UsageError(
            say("Ce message n'a pas été envoyé par cette boîte : il ne peut pas être remplacé d'ici."),
            remedy=say("W répond que l'on n'en est pas le destinataire."),
        )
    row = reading.row
    values = {"objet du premier message": row.title, "date du premier message": when(row.date or row.received)}
    if row.named_patient is not None:
        values["patient"] = f"{row.named_patient.family} {row.named_patient.given}".strip()
    letter = _letter(REPLACES, values, person, folder)
    kept = tuple(
        RemotePart(row.ref, a.section, a.name, a.type, a.size, a.inline)
        for a in reading.attachments
        if not is_archive(a.name)
    )
    return replace(
        new_draft(account, subject=letter.subject, body=f"{letter.body}\n{reading.text}"),
        to=_typed(row.to),
        cc=_typed(row.cc),
        attachments=kept,
        in_reply_to=row.message_id,
        references=reply(reading, account).references,
    )


def _own(reading: Reading, account: Account) -> bool:
    return reading.row.sender.address.casefold() == account.address.casefold()


def _letter(name: str, values: Mapping[str, str], person: Person | None, folder: Path | None) -> Template:
    """The letter with what is known; one's own letter of that name may have other fields."""
    letter = named(name, folder)
    return filled(letter, {field: value for field, value in values.items() if field in letter.fields}, person)


def _first(reading: Reading) -> str:
    subject = clean(reading.row.title, 200)
    return subject if len(subject) <= FIRST_WORDS else f"{subject[:FIRST_WORDS].rsplit(' ', 1)[0]}…"


def _everybody(reading: Reading) -> tuple[str, ...]:
    row = reading.row
    return tuple(dict.fromkeys(p.address.lower() for p in (row.sender, *row.to, *row.cc) if p.address))


def _typed(people: Sequence[Correspondent]) -> tuple[str, ...]:
    return tuple(f"{p.name} <{p.address}>" if p.name else p.address for p in people if "@" in p.address)

"""Drafts: a new message, a reply, a forward; pure but for the key of a draft, and saving to the server's Drafts."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from mss_tui.mime.names import safe_name
from mss_tui.model.address import Correspondent
from mss_tui.model.draft import Draft, Origin, RemotePart
from mss_tui.model.message import Attachment, Reading, Row
from mss_tui.model.paris import PARIS
from mss_tui.model.people import Account
from mss_tui.text import clean_lines

_REPLY_MARK = re.compile(r"^\s*(?:(?:re|ré|rép|fwd?|tr)\s*:\s*)+", re.I)
_XDM_MARK = re.compile(r"XDM/1\.0/DDM\+?", re.I)
_PATH = re.compile(r"[/\\:]")
MAX_REFERENCES = 20
SIGNATURE = "\n-- \n"
"""What comes before a signature (RFC 3676 §4.3)."""


def new_draft(account: Account, *, to: Sequence[str] = (), subject: str = "", body: str = "") -> Draft:
    """An empty draft from `account`."""
    return Draft(key=secrets.token_hex(8), account=account.id, to=tuple(to), subject=subject, body=body)


def _subject(mark: str, subject: str) -> str:
    """Mark a subject once ("Re:" or "Tr:"), the XDM marker gone: a reply carries no archive (ECO.2.1.3)."""
    return f"{mark} {_XDM_MARK.sub('', _REPLY_MARK.sub('', subject)).strip()}".rstrip()


def _references(reading: Reading) -> tuple[str, ...]:
    """References of an answer (RFC 5322 §3.6.4); the first and the newest are kept when there are many."""
    chain = [*reading.references, reading.row.message_id] if reading.row.message_id else list(reading.references)
    return tuple(chain if len(chain) <= MAX_REFERENCES else [chain[0], *chain[-(MAX_REFERENCES - 1) :]])


def when(moment: datetime) -> str:
    """A moment as French people write it, in Paris time."""
    return moment.astimezone(PARIS).strftime("%d/%m/%Y à %H:%M")


def _cited(reading: Reading) -> str:
    lines = reading.text.split("\n")
    return "\n".join(f"> {line}" if line else ">" for line in lines)


def _addresses(people: Iterable[Correspondent], without: set[str]) -> tuple[str, ...]:
    seen = set(without)
    found: list[str] = []
    for person in people:
        key = person.address.casefold()
        if person.address and key not in seen:
            seen.add(key)
            found.append(person.address)
    return tuple(found)


def answered(row: Row, account: Account) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Whom an answer to `row` goes to, and who else could have a copy."""
    own = {account.address.casefold()}
    if row.sender.address.casefold() in own:
        to = _addresses(row.to, own)
    else:
        to = _addresses(row.reply_to or (row.sender,), set())
    return to, _addresses((*row.to, *row.cc), own | {a.casefold() for a in to})


def reply(reading: Reading, account: Account, *, everyone: bool = False) -> Draft:
    """An answer: to Reply-To when there is one, else to the sender; with `everyone`, the others in copy.

    One's own message is answered to those it went to.
    """
    row = reading.row
    to, others = answered(row, account)
    cc = others if everyone else ()
    intro = f"Le {when(row.date or row.received)}, {row.sender.label} a écrit :"
    return Draft(
        key=secrets.token_hex(8),
        account=account.id,
        to=to,
        cc=cc,
        subject=_subject("Re:", row.subject),
        quoted=f"{intro}\n{_cited(reading)}",
        origin=Origin.REPLY_ALL if everyone else Origin.REPLY,
        answers=row.ref,
        in_reply_to=row.message_id,
        references=_references(reading),
        thread=_thread(reading, account),
    )


def forward(reading: Reading, account: Account, attachments: Sequence[Attachment] | None = None) -> Draft:
    """A forward: the text cited, the attachments taken over byte for byte (an XDM archive stays intact)."""
    row = reading.row
    kept = reading.attachments if attachments is None else attachments
    head = (
        "---------- Message transféré ----------",
        f"De : {_full(row.sender)}",
        f"Date : {when(row.date or row.received)}",
        f"Objet : {row.subject}",
        f"À : {', '.join(_full(p) for p in row.to)}",
    )
    documents = row.subject if row.has_documents else _XDM_MARK.sub("", row.subject)
    subject = f"Tr: {_REPLY_MARK.sub('', documents).strip()}".rstrip()
    return Draft(
        key=secrets.token_hex(8),
        account=account.id,
        subject=subject,
        quoted="\n".join(head) + "\n\n" + reading.text,
        attachments=tuple(RemotePart(row.ref, a.section, a.name, a.type, a.size, a.inline) for a in kept),
        origin=Origin.FORWARD,
        answers=row.ref,
        references=_references(reading),
        thread=_thread(reading, account),
    )


def forward_whole(reading: Reading, account: Account) -> Draft:
    """A forward of the message itself, as a piece: its octets as they are on the server, fields and all."""
    row = reading.row
    about = _REPLY_MARK.sub("", _XDM_MARK.sub("", row.subject)).strip()
    subject = f"Tr: {about}".rstrip()
    name = f"{safe_name(_PATH.sub('-', about)[:80] or 'message').rstrip('. ')}.eml"
    return Draft(
        key=secrets.token_hex(8),
        account=account.id,
        subject=subject,
        attachments=(RemotePart(row.ref, "", name, "message/rfc822", row.size),),
        origin=Origin.FORWARD,
        answers=row.ref,
        references=_references(reading),
        thread=_thread(reading, account),
    )


def _thread(reading: Reading, account: Account) -> tuple[str, ...]:
    """Who has the cited message already: those it names, those one's own answers go to, and oneself."""
    people = (*correspondents(reading.row), *reading.row.reply_to)
    return tuple(dict.fromkeys(a.lower() for a in (account.address, *(p.address for p in people)) if a))


def _full(person: Correspondent) -> str:
    return f"{person.name} <{person.address}>" if person.name else person.address


def signed(draft: Draft, signature: str) -> Draft:
    """The draft with a signature under it, where nothing was written in it yet."""
    text = clean_lines(signature).strip()
    return replace(draft, body=f"\n{SIGNATURE}{text}\n") if text and not draft.body.strip() else draft


def cited_lines(quoted: str) -> int:
    """Lines of a cited thread that say something: those that the rules speak of."""
    return sum(1 for line in quoted.split("\n") if line.strip("> \t"))


def own_words(body: str) -> str:
    """What the sender wrote, without the signature."""
    return body.partition(SIGNATURE)[0]


def correspondents(row: Row) -> tuple[Correspondent, ...]:
    """Everyone a message names, the sender first."""
    return (row.sender, *row.to, *row.cc)


def without_recipient(draft: Draft, address: str) -> Draft:
    """The draft without one recipient, wherever they stand (the remedy of hors-espace)."""

    def keep(people: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(p for p in people if p.strip().casefold() != address.strip().casefold())

    return replace(draft, to=keep(draft.to), cc=keep(draft.cc), bcc=keep(draft.bcc))

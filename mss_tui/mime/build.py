"""The bytes of a message that leaves: built here once, then the same for SMTP, Drafts and Sent.

7-bit throughout, so no server on the way has a reason to rewrite them: quoted-printable or base64 where the text is
not plain ASCII. Text is UTF-8 (ECO.2.2.3), text/plain (ECO.2.2.4), multipart/mixed only with attachments.
"""

from __future__ import annotations

import binascii
import re
from collections.abc import Sequence
from datetime import datetime
from email.utils import format_datetime
from hashlib import sha256

from mss_tui.errors import UsageError
from mss_tui.mime.build_fields import field, mailbox, message_ids, parameter, text_field
from mss_tui.model.address import Address, parse_address
from mss_tui.model.draft import Built, Draft
from mss_tui.model.paris import PARIS
from mss_tui.model.people import Account, MailboxType, Person
from mss_tui.phrase import say

File = tuple[str, str, bytes]
"""Name, media type and octets of an attachment."""

PRODUCT = "mss-tui"
MAX_REFERENCES = 20
LINE_ROOM = 76
_RAW_LINE = 57
_BLOCK = _RAW_LINE * 4_096
_FIXED_FIELDS = 420

_NAMED = re.compile(r"\s*(?P<name>[^<>]*?)\s*<(?P<address>[^<>]*)>\s*\Z")
_TOKEN = re.compile(r"[A-Za-z0-9.]{8,64}\Z")
_TYPE = re.compile(r"[a-z0-9][a-z0-9!#$&^_.+-]{0,63}/[a-z0-9][a-z0-9!#$&^_.+-]{0,63}\Z")
_NOT_AS_IT_IS = re.compile(rb"[\x00-\x08\x0b-\x1f\x7f-\xff]|=_|^From |[ \t]$|[^\n]{77}", re.M)
_CLEAN_MESSAGE = re.compile(rb"(?:[\x01-\x09\x0b\x0c\x0e-\x7f]{0,998}\r\n)*\Z")


def new_message_id(account: Account, token: str) -> str:
    """A Message-ID of the account's own domain (RFC 5322 §3.6.4); `token` is random, letters, digits and dots.

    Raises:
        ValueError: `token` is something else.
    """
    if not _TOKEN.match(token):
        raise ValueError("token of a Message-ID")
    return f"<{token}@{parse_address(account.address).domain}>"


def from_label(account: Account, person: Person | None) -> str:
    """The label of From: the account's own, else `Titre_Prénom_NOM_Entité` for a person's mailbox (ECO.2.2.7).

    Words all in capitals are the family name; where there are none, the last word is.
    """
    if account.label or person is None or account.type not in (MailboxType.PER, MailboxType.CAB):
        return account.label
    words = person.name.split()
    family = [w for w in words if w.isupper() and len(w) > 1] or words[-1:]
    given = [w for w in words if w not in family]
    parts = (person.title, " ".join(given), " ".join(family).upper(), person.entity)
    return "_".join(part.strip() for part in parts if part.strip())


def split_recipient(typed: str) -> tuple[str, Address]:
    """Name and address of a recipient as typed: `Dr X <x@y>` or `x@y`.

    Raises:
        UsageError: there is no address in it.
    """
    match = _NAMED.match(typed)
    if match is None:
        return "", parse_address(typed)
    return match["name"].strip('" '), parse_address(match["address"])


def encoded_size(octets: int) -> int:
    """Octets of a part in base64 with its line ends (RFC 2045 §6.8)."""
    characters = (octets + 2) // 3 * 4
    return characters + (characters + LINE_ROOM - 1) // LINE_ROOM * 2


def build(
    draft: Draft,
    account: Account,
    person: Person | None,
    files: Sequence[File],
    *,
    now: datetime,
    message_id: str,
    product: str = "",
) -> Built:
    """The message of a draft, as it leaves `account` at `now` (aware).

    `files` are the draft's attachments with their octets. The body is the draft's own text, then what it cites.
    `product` is the reference that X-MSS-NIL gives (ECO.2.4.3); the field is left out without one.

    Raises:
        UsageError: no recipient, an address that is none, a control character in a field.
    """
    to, cc, bcc = (tuple(map(split_recipient, people)) for people in (draft.to, draft.cc, draft.bcc))
    recipients = dict.fromkeys(str(address) for _, address in (*to, *cc, *bcc))
    if not recipients:
        raise UsageError(
            say("Le message n'a pas de destinataire."), remedy=say("Écrivez au moins une adresse dans « À ».")
        )
    sender = str(parse_address(account.address))
    fields = [
        field("Date", format_datetime(now.astimezone(PARIS)).split()),
        field("From", mailbox(from_label(account, person), sender)),
        _recipients("To", to) if to or cc else field("To", ["undisclosed-recipients:;"]),
        _recipients("Cc", cc),
        _recipients("Reply-To", [split_recipient(draft.reply_to)]) if draft.reply_to.strip() else b"",
        field("Message-ID", [message_id]),
        *_threading(draft),
        text_field("Subject", draft.subject),
        field("Disposition-Notification-To", [sender]) if draft.want_reading else b"",
        field("X-MSS-MES", ["FIN"]) if draft.last_to_patient else b"",
        field("X-MSS-NIL", [product]) if product else b"",
        *(text_field(name, value) for name, value in draft.headers if name.startswith("X-MSS-") and value),
        field("X-Mailer", [PRODUCT]),
        field("MIME-Version", ["1.0"]),
    ]
    data = b"".join(fields) + _content(draft, files, boundary="=_" + sha256(message_id.encode()).hexdigest()[:32])
    return Built(
        message_id=message_id,
        envelope_id=message_id[1:].partition("@")[0],
        sender=sender,
        recipients=tuple(recipients),
        data=data,
        want_delivery=draft.want_delivery,
    )


def estimate(draft: Draft) -> int:
    """Octets of the message as it will travel; exact but for the fields of the header, which are counted generously."""
    named = sum(4 * len(_unicode(a.name).encode()) + 160 for a in draft.attachments)
    ids = (draft.in_reply_to, *draft.references)
    typed = (*draft.to, *draft.cc, draft.subject)
    header = _FIXED_FIELDS + sum(len(i) + 8 for i in ids) + sum(4 * len(_unicode(t).encode()) + 8 for t in typed)
    text = len(encode_text(_body(draft))[1])
    return header + named + text + sum(encoded_size(a.size) for a in draft.attachments)


def _recipients(name: str, people: Sequence[tuple[str, Address]]) -> bytes:
    tokens: list[str] = []
    for label, address in people:
        tokens.extend(mailbox(label, str(address)))
        tokens[-1] += ","
    if not tokens:
        return b""
    tokens[-1] = tokens[-1].removesuffix(",")
    return field(name, tokens)


def _threading(draft: Draft) -> list[bytes]:
    """In-Reply-To and References (ECO.2.2.2); the first and the newest are kept when there are many."""
    parent = message_ids(draft.in_reply_to)[:1]
    chain = message_ids(*draft.references, *parent)
    if len(chain) > MAX_REFERENCES:
        chain = [chain[0], *chain[1 - MAX_REFERENCES :]]
    fields = (("In-Reply-To", parent), ("References", chain))
    return [field(name, ids) for name, ids in fields if ids]


def _body(draft: Draft) -> bytes:
    text = "\n\n".join(part for part in (draft.body.rstrip(), draft.quoted) if part)
    text = text.replace("\r\n", "\n").replace("\r", "\n").removesuffix("\n") + "\n"
    return _unicode(text).encode()


def _unicode(text: str) -> str:
    """`text` without half characters, which a file name or a paste may hold."""
    return text.encode("utf-8", "replace").decode()


def may_stand_inside(data: bytes, boundary: bytes = b"=_") -> bool:
    """May this message stand in a part of another as it is: 7-bit, CRLF, without `boundary`, no line that an mbox store
    changes ("From ")?
    """
    return boundary not in data and b"\nFrom " not in data and _CLEAN_MESSAGE.match(data) is not None


def encode_text(text: bytes) -> tuple[str, bytes]:
    """Transfer encoding and octets of text with line feeds: the shortest that is safe."""
    if not _NOT_AS_IT_IS.search(text):
        return "7bit", text.replace(b"\n", b"\r\n")
    quoted = binascii.b2a_qp(text, istext=True)
    # a line that begins with "From " is changed by mbox stores on the way
    quoted = re.sub(rb"(?m)^From ", b"=46rom =\n", quoted).replace(b"\n", b"\r\n")
    crlf = text.replace(b"\n", b"\r\n")
    return ("quoted-printable", quoted) if len(quoted) <= encoded_size(len(crlf)) else ("base64", _base64(crlf))


def _base64(data: bytes) -> bytes:
    """In blocks: a line each at once would take several times the memory of the message."""
    blocks: list[bytes] = []
    for start in range(0, len(data), _BLOCK):
        block = data[start : start + _BLOCK]
        lines = [
            binascii.b2a_base64(block[at : at + _RAW_LINE], newline=False) for at in range(0, len(block), _RAW_LINE)
        ]
        blocks.append(b"\r\n".join([*lines, b""]))
    return b"".join(blocks)


def _content(draft: Draft, files: Sequence[File], boundary: str) -> bytes:
    encoding, text = encode_text(_body(draft))
    body = (
        field("Content-Type", ["text/plain;", "charset=utf-8"])
        + field("Content-Transfer-Encoding", [encoding])
        + b"\r\n"
        + text
    )
    if not files:
        return body
    mark = b"--" + boundary.encode()
    pieces = [field("Content-Type", ["multipart/mixed;", f'boundary="{boundary}"']), b"\r\n"]
    # no encoded part can hold "=_", so none can hold the boundary (RFC 2045 §6.7); a message inside is looked through
    for part in (body, *(_attachment(*file, boundary.encode()) for file in files)):
        pieces += [mark, b"\r\n", part, b"\r\n"]
    return b"".join([*pieces, mark, b"--\r\n"])


def _attachment(name: str, type_: str, data: bytes, boundary: bytes) -> bytes:
    type_ = type_.lower()
    encoding = "base64"
    if type_.startswith(("message/", "multipart/")) or not _TYPE.match(type_):
        # RFC 2046 §5.2.1: a message inside a message is never in base64
        whole = type_ == "message/rfc822" and may_stand_inside(data, boundary)
        type_, encoding = (type_, "7bit") if whole else ("application/octet-stream", "base64")
    disposition = ["attachment", *parameter("filename", re.sub(r"[/\\]", "_", _unicode(name)).strip() or "document")]
    return (
        field("Content-Type", [type_])
        + field("Content-Disposition", [f"{token};" for token in disposition[:-1]] + disposition[-1:])
        + field("Content-Transfer-Encoding", [encoding])
        + b"\r\n"
        + (_base64(data) if encoding == "base64" else data)
    )

"""What a list knows of a message, from its header fields alone."""

from __future__ import annotations

from datetime import UTC, datetime

from mss_tui.mime.header import decode_words, parse_date, parse_mailboxes, split_header
from mss_tui.model.address import Correspondent
from mss_tui.model.message import MessageRef, Row
from mss_tui.text import DisplayText, clean

_ADDRESSES = 50
_IDS = 998
_NOBODY = Correspondent(DisplayText(""), DisplayText(""))
NOWHERE = MessageRef("", "", 0, 0)


def row_of(
    data: bytes,
    now: datetime,
    *,
    ref: MessageRef = NOWHERE,
    received: datetime | None = None,
    size: int | None = None,
    flags: frozenset[str] = frozenset(),
) -> Row:
    """The row of a message from its header fields `data`.

    As it lies in a file it has no reference, and came when its Date says; `now` stands in for a date that nobody gives.
    """
    fields: dict[str, bytes] = {}
    senders: tuple[Correspondent, ...] = ()
    for name, value in split_header(data):
        fields.setdefault(name, value)
        if name == "from":
            senders += parse_mailboxes(value, _ADDRESSES)

    def people(name: str) -> tuple[Correspondent, ...]:
        return parse_mailboxes(fields[name], _ADDRESSES) if name in fields else ()

    def identifier(name: str) -> str:
        return clean(fields.get(name, b"").decode("utf-8", "replace").strip(), _IDS)

    date = parse_date(fields.get("date", b""))
    kind = fields.get("content-type", b"").partition(b";")[0].strip().lower()
    documents = bool(fields.get("x-mss-codecda"))
    return Row(
        ref=ref,
        sender=senders[0] if senders else _NOBODY,
        to=people("to"),
        subject=decode_words(fields.get("subject", b"")),
        date=date,
        received=received or (date or now).astimezone(UTC),
        size=len(data) if size is None else size,
        flags=flags,
        message_id=identifier("message-id"),
        in_reply_to=identifier("in-reply-to"),
        reply_to=people("reply-to"),
        cc=people("cc"),
        senders=len(senders),
        automatic=_automatic(fields, kind),
        receipt_to=next((str(p.address) for p in people("disposition-notification-to")), ""),
        has_attachment=documents or kind == b"multipart/mixed" or _is_file(kind),
        has_documents=documents,
    )


def _automatic(fields: dict[str, bytes], kind: bytes) -> bool:
    submitted = fields.get("auto-submitted", b"no").partition(b";")[0].strip().lower()
    return submitted != b"no" or kind == b"multipart/report" or "list-id" in fields


def _is_file(kind: bytes) -> bool:
    top = kind.partition(b"/")[0]
    return top in (b"application", b"image", b"audio", b"video") and kind != b"application/pkcs7-mime"

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


def row_of(data: bytes, now: datetime) -> Row:
    """The row of a message as it lies in a file: it has no reference, and came when its Date says (else `now`)."""
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
    return Row(
        ref=MessageRef("", "", 0, 0),
        sender=senders[0] if senders else _NOBODY,
        to=people("to"),
        subject=decode_words(fields.get("subject", b"")),
        date=date,
        received=(date or now).astimezone(UTC),
        size=len(data),
        flags=frozenset(),
        message_id=identifier("message-id"),
        in_reply_to=identifier("in-reply-to"),
        reply_to=people("reply-to"),
        cc=people("cc"),
        senders=len(senders),
        has_documents="x-mss-codecda" in fields,
    )

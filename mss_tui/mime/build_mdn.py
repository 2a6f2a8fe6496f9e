"""The read receipt that a person chose to send (RFC 8098, ECO.3.1.6, CISIS-113)."""

from __future__ import annotations

import re
from datetime import datetime
from email.utils import format_datetime
from hashlib import sha256

from mss_tui.mime.build import PRODUCT, encode_text, from_label, may_stand_inside
from mss_tui.mime.build_fields import field, mailbox, message_ids, text_field
from mss_tui.model.address import Address, parse_address
from mss_tui.model.draft import Built
from mss_tui.model.paris import PARIS
from mss_tui.model.people import Account, Person

MAX_WHOLE = 1_000_000
MAX_SUBJECT = 500
_RECIPIENT = re.compile(r"rfc822;[!-~]{3,254}\Z")


def build_mdn(
    account: Account,
    person: Person | None,
    to: Address,
    original: bytes,
    *,
    subject: str,
    original_id: str,
    original_recipient: str = "",
    now: datetime,
    message_id: str,
    product: str = "",
) -> Built:
    """The receipt that says: shown to a person, who sends this by hand.

    Args:
        original: the received message; the volet wants it back whole, which is done where it is small and plain ASCII,
            else its header alone goes back.
        subject: its subject, as shown.
        original_recipient: its Original-Recipient field, where it has one; copied when it is well formed.
        now: when it was shown (aware).
        product: the reference that X-MSS-NIL gives (ECO.2.4.3), where there is one.

    The sender of the envelope is empty, so that no report answers a receipt (RFC 8098 §3).
    """
    own = str(parse_address(account.address))
    shown = format_datetime(now.astimezone(PARIS))
    ids = message_ids(original_id)[:1]
    subject = subject[:MAX_SUBJECT]
    words = (
        f"Le message « {subject} » a été affiché à l'écran pour {own} le {now.astimezone(PARIS):%d/%m/%Y à %H:%M}.\n"
        "Cela ne garantit pas qu'il a été lu ou compris.\n"
    )
    notification = (
        field("Reporting-UA", [PRODUCT])
        + (field("Original-Recipient", [original_recipient]) if _RECIPIENT.match(original_recipient) else b"")
        + field("Final-Recipient", [f"rfc822;{own}"])
        + (field("Original-Message-ID", ids) if ids else b"")
        + field("Disposition", ["manual-action/MDN-sent-manually;", "displayed"])
    )
    mark = "=_" + sha256(message_id.encode()).hexdigest()[:32]
    parts = (
        _text("text/plain;", words.encode()),
        field("Content-Type", ["message/disposition-notification"]) + b"\r\n" + notification,
        _original(original),
    )
    fields = (
        field("Date", shown.split()),
        field("From", mailbox(from_label(account, person), own)),
        field("To", [str(to)]),
        field("Message-ID", [message_id]),
        *((field("In-Reply-To", ids), field("References", ids)) if ids else ()),
        text_field("Subject", f"Lu : {subject}"),
        *((field("X-MSS-NIL", [product]),) if product else ()),
        field("X-Mailer", [PRODUCT]),
        field("MIME-Version", ["1.0"]),
        field("Content-Type", ["multipart/report;", "report-type=disposition-notification;", f'boundary="{mark}"']),
    )
    body = b"".join(b"--" + mark.encode() + b"\r\n" + part + b"\r\n" for part in parts)
    return Built(
        message_id=message_id,
        envelope_id=message_id[1:].partition("@")[0],
        sender="",
        recipients=(str(to),),
        data=b"".join(fields) + b"\r\n" + body + b"--" + mark.encode() + b"--\r\n",
        want_delivery=False,
    )


def _text(type_: str, text: bytes) -> bytes:
    encoding, octets = encode_text(text)
    head = field("Content-Type", [type_, "charset=utf-8"]) + field("Content-Transfer-Encoding", [encoding])
    return head + b"\r\n" + octets


def _original(data: bytes) -> bytes:
    if len(data) <= MAX_WHOLE and may_stand_inside(data):
        return field("Content-Type", ["message/rfc822"]) + b"\r\n" + data
    header = re.split(rb"\r?\n\r?\n", data, maxsplit=1)[0][:MAX_WHOLE].replace(b"\r\n", b"\n")
    return _text("text/rfc822-headers;", header.rstrip(b"\n") + b"\n")

"""One message of the demo from its text: MIME with the standard library, CRLF, UTF-8 (ECO.2.2.3)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from mss_tui.model.paris import PARIS

POLICY = SMTP.clone(max_line_length=76)


@dataclass(frozen=True, slots=True)
class Attached:
    """A file beside the text."""

    name: str
    type: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Sketch:
    """What a message says, before it has bytes."""

    id: str
    sender: str
    to: str
    subject: str
    body: str = ""
    html: str = ""
    cc: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    attached: Sequence[Attached] = ()
    answers: str = ""
    thread: Sequence[str] = ()


def message_id(key: str) -> str:
    """The Message-ID of a message of the demo."""
    return f"<{key}@demo.mssante.fr>"


def build(sketch: Sketch, sent: datetime) -> bytes:
    """The message's bytes, dated `sent`."""
    message = EmailMessage(policy=POLICY)
    message["From"] = sketch.sender
    message["To"] = sketch.to
    if sketch.cc:
        message["Cc"] = sketch.cc
    if sketch.subject:
        message["Subject"] = sketch.subject
    message["Date"] = format_datetime(sent.astimezone(PARIS))
    message["Message-ID"] = message_id(sketch.id)
    if sketch.answers:
        message["In-Reply-To"] = message_id(sketch.answers)
        message["References"] = " ".join(map(message_id, (*sketch.thread, sketch.answers)))
    for name, value in sketch.headers.items():
        message[name] = value
    if sketch.body or not sketch.html:
        message.set_content(sketch.body, cte="quoted-printable")
        if sketch.html:
            message.add_alternative(sketch.html, subtype="html", cte="quoted-printable")
    else:
        message.set_content(sketch.html, subtype="html", cte="quoted-printable")
    for attached in sketch.attached:
        main, _, sub = attached.type.partition("/")
        message.add_attachment(attached.data, maintype=main, subtype=sub, filename=attached.name)
    return message.as_bytes()

"""One message of the demo from its parts: MIME with the standard library, CRLF, UTF-8 (ECO.2.2.3)."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import field
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import format_datetime

from mss_tui.model.paris import PARIS
from mss_tui.record import dataclass

POLICY = policy.SMTP.clone(max_line_length=76)
CHUNK = 57 * 4096
"""Octets of a file encoded at a time: whole lines of base64."""
BIG = 1 << 18
"""Octets from which a file is encoded at once, not line by line as the standard library does."""


@dataclass(frozen=True, slots=True)
class Attached:
    """A file beside the text, or with `content_id` inside it."""

    name: str
    type: str
    data: bytes
    content_id: str = ""


@dataclass(frozen=True, slots=True)
class Sketch:
    """What a message says, before it has bytes. `calendar` is an invitation, `embedded` a forwarded message."""

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
    calendar: str = ""
    embedded: bytes = b""


def message_id(key: str) -> str:
    """The Message-ID of a message of the demo."""
    return f"<{key}@demo.mssante.fr>"


def header(sketch: Sketch, sent: datetime) -> EmailMessage:
    """The header alone, as a message to fill."""
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
    return message


def _text(message: EmailMessage, sketch: Sketch) -> None:
    if not sketch.html:
        message.set_content(sketch.body.lstrip("\n"), cte="quoted-printable")
    elif sketch.body:
        message.set_content(sketch.body.lstrip("\n"), cte="quoted-printable")
        message.add_alternative(sketch.html, subtype="html", cte="quoted-printable")
    else:
        message.set_content(sketch.html, subtype="html", cte="quoted-printable")
    if sketch.calendar:
        message.add_alternative(sketch.calendar, subtype="calendar", params={"method": "REQUEST"}, cte="8bit")


def _lines(data: bytes) -> Iterator[bytes]:
    """Lines of base64, many at a time."""
    for first in range(0, len(data), CHUNK):
        packed = base64.b64encode(data[first : first + CHUNK])
        yield b"\r\n".join([packed[at : at + 76] for at in range(0, len(packed), 76)])
        if first + CHUNK < len(data):
            yield b"\r\n"


def _attach(message: EmailMessage, sketch: Sketch) -> dict[bytes, bytes]:
    """Add the files; of big ones only a stand-in: returns what is encoded in the place of each."""
    later: dict[bytes, bytes] = {}
    for number, attached in enumerate(sketch.attached):
        main, _, sub = attached.type.partition("/")
        if attached.content_id:
            message.get_payload()[1].add_related(  # type: ignore[union-attr, index]
                attached.data, main, sub, cid=f"<{attached.content_id}>", filename=attached.name, disposition="inline"
            )
            continue
        data = attached.data
        if len(data) > BIG:
            data = b"stand-in %03d of %s" % (number, sketch.id.encode("ascii"))
            later[base64.b64encode(data)] = attached.data
        message.add_attachment(data, maintype=main, subtype=sub, filename=attached.name)
    return later


def build(sketch: Sketch, sent: datetime) -> bytes:
    """The message's bytes, dated `sent`."""
    message = header(sketch, sent)
    _text(message, sketch)
    later = _attach(message, sketch)
    if sketch.embedded:
        message.add_attachment(message_from_bytes(sketch.embedded, policy=POLICY))
    for number, part in enumerate(part for part in message.walk() if part.is_multipart()):
        if part.get_content_maintype() == "multipart" and part.get_boundary() is None:
            part.set_boundary(f"=_{sketch.id}-{number}")
    data = message.as_bytes()
    for stand_in, file in later.items():
        before, _, after = data.partition(stand_in)
        data = b"".join((before, *_lines(file), after))
    return data

"""What an attacker writes into a message to act on the reader's terminal, and a mailbox full of it.

Nothing of it went through the sanitiser here: the screens must stop what an adapter let pass.
"""

from __future__ import annotations

from dataclasses import replace
from typing import cast

from mss_tui.model.address import Correspondent
from mss_tui.model.folder import Folder
from mss_tui.model.message import Attachment
from mss_tui.text import DisplayText
from tests.support.desk import Body, FakeDesk, make_desk, row
from tests.support.fake_mail import FOLDERS

PAYLOADS = (
    "\x1b]52;c;UFdORUQ=\x1b\\",
    "\x1b]52;c;UFdORUQ=\x07",
    "\x1b]0;TITRE\x07",
    "\x1b]2;TITRE\x1b\\",
    "\x1b]8;;http://mal.example\x1b\\lien\x1b]8;;\x1b\\",
    "\x1b[2J\x1b[1;1H",
    "\x1b[31;5m",
    "\x1b[?1049l",
    "\x1bP1;1|q\x1b\\",
    "\x1b_Gi=1\x1b\\",
    "\x9d52;c;UFdORUQ=\x9c",
    "\x9b2J",
    "\x90q\x9c",
    "\x85\x84\x8d",
    "\u202egnp.exe\u202c",
    "\u2066\u2067\u200f",
    "[/x] [bold red]gras[/] [@click=app.quit]ici[/]",
    "[link=http://mal.example]x[/link] \\[ [$primary]",
    "\r\nX-Faux: 1\r\n",
    "\x00\x01\x07\x08\x0b\x0c\x0e\x7f",
    "a" + "\u0301" * 500,
)
ALL = " ".join(PAYLOADS)


def raw(text: str) -> DisplayText:
    """Text that claims to be safe and is not."""
    return cast("DisplayText", text)


def hostile_desk() -> FakeDesk:
    """Every text of an inbox, of its messages and of its folders is a payload."""
    rows = []
    for number, payload in enumerate(PAYLOADS, 1):
        one = row(number, "x <x@x.mssante.fr>", "x", hours=number)
        rows.append(
            replace(
                one,
                sender=Correspondent(raw(payload), raw(f"a{payload}@x.mssante.fr")),
                to=(Correspondent(raw(payload), raw(payload)),),
                reply_to=(Correspondent(raw(payload), raw(payload)),),
                subject=raw(payload),
                message_id=payload,
            )
        )
    fake = make_desk(rows)
    fake.reader.unwashed = True
    fake.mail.known_folders = (*FOLDERS, Folder("Mal", (ALL,)))
    for number, payload in enumerate(PAYLOADS, 1):
        fake.reader.bodies[number] = Body(
            f"{payload}\n{ALL}",
            (Attachment(payload, raw(payload), payload, 10),),
            headers=(("X-Mal", payload), (payload, ALL)),
        )
    return fake

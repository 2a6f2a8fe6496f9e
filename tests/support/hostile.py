"""What an attacker writes into a message to act on the reader's terminal, and a mailbox full of it.

Nothing of it went through the sanitiser here: the screens must stop what an adapter let pass.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, cast

from mss_tui.errors import ServerRefused
from mss_tui.model.address import Correspondent
from mss_tui.model.folder import Folder
from mss_tui.model.message import Attachment
from mss_tui.phrase import say
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

_ENDS = ("\x07", "\x1b\\", "\x9c", "")
_STARTS = ("\x1b]", "\x9d", "\x1bP", "\x90", "\x1b_", "\x9f", "\x1b^", "\x9e", "\x1bX", "\x98")
_CSI = ("\x1b[", "\x9b")
_BARE = "".join(map(chr, (*range(9), 11, 12, *range(14, 32), *range(127, 160))))
_BIDI = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
_FINALS = "@ABCDEFGIJLMPSTXZ`abcdefgilnpqrstux{|}~"


def seeded(count: int, seed: int = 6) -> tuple[str, ...]:
    """`count` payloads made at random, always the same: each holds something that a terminal would act on."""
    chance = random.Random(seed)
    return tuple(_payload(chance, number) for number in range(count))


def _payload(chance: random.Random, number: int) -> str:
    number_of = chance.choice((0, 1, 2, 4, 7, 8, 9, 10, 11, 50, 52, 66, 104, 133, 777, 1337, 9999))
    parameters = ";".join(str(chance.randrange(3_000)) for _ in range(chance.randrange(4)))
    forms = (
        lambda: (
            f"{chance.choice(_STARTS)}{number_of};{chance.choice(('c;bWFs', 'TITRE', '?', ''))}{chance.choice(_ENDS)}"
        ),
        lambda: chance.choice(_CSI) + chance.choice(("", "?", ">", "=")) + parameters + chance.choice(_FINALS),
        lambda: f"\x1b{chance.choice('cDEHMNOVWZ78=>()*+%#6nol|}~')}",
        lambda: "".join(chance.choice(_BARE) for _ in range(chance.randint(1, 5))),
        lambda: f"fichier{chance.choice(_BIDI)}fdp.{chance.choice(_BIDI)}exe",
        lambda: f"\x1b{chance.choice(_BARE)}[{parameters}{chance.choice(_FINALS)}",
        lambda: f"a{chr(0x300 + chance.randrange(100)) * chance.randint(5, 200)}{chance.choice(_BARE)}",
        lambda: f"[@click=app.quit]{chance.choice(_BARE)}[/{chance.choice(('', 'x', 'bold'))}]",
    )
    return f"p{number}{chance.choice(forms)()}"


def raw(text: str) -> DisplayText:
    """Text that claims to be safe and is not."""
    return cast("DisplayText", text)


def hostile_desk(payloads: Sequence[str] = PAYLOADS, pieces: int = 1) -> FakeDesk:
    """Every text of an inbox, of its messages, folders and server's answers is a payload.

    Each message has all of them in its body and headers, and `pieces` of them as names of pieces.
    """
    whole = " ".join(payloads)
    rows = []
    for number, payload in enumerate(payloads, 1):
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
    step = max(1, len(payloads) // 20)
    folders = (Folder(f"Mal{i}", tuple(payloads[i : i + step])) for i in range(0, len(payloads), step))
    fake.mail.known_folders = (*FOLDERS, Folder("Mal", (whole,)), *folders)
    fake.mail.move = _refusing(payloads)  # type: ignore[method-assign]
    for number, payload in enumerate(payloads, 1):
        start = (number - 1) * pieces % len(payloads)
        names = (payloads[start : start + pieces]) or (payload,)
        fake.reader.bodies[number] = Body(
            f"{payload}\n{whole}",
            tuple(Attachment(f"{payload}{i}", raw(name), name, 10) for i, name in enumerate(names)),
            headers=(("X-Mal", payload), (payload, whole)),
        )
    return fake


def _refusing(payloads: Sequence[str]) -> Callable[..., Any]:
    """A server that refuses in words of its own, some payloads at a time."""
    told = 0

    async def refuse(*_: object) -> None:
        nonlocal told
        words = " ".join(payloads[told : told + 10])
        told = (told + 10) % len(payloads)
        raise ServerRefused(say("Refusé."), detail=words)

    return refuse

"""A desk of one person at a mailbox of a running server."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from email.message import EmailMessage
from pathlib import Path

import pytest

from mss_tui.adapters.clock import SetClock
from mss_tui.adapters.places import Places
from mss_tui.config.policies import load_policy
from mss_tui.model.people import Account, MailboxType, Person, Profile
from mss_tui.services.desk import Desk
from mss_tui.wiring import Means, build
from tests.support.servers import NOW, MailServer, Passwords

JEAN = Person("Jean MARTIN", "Dr", "10001234567")
ANNE = Person("Anne LEFEBVRE", "Dr", "10100004410")

Open = Callable[..., Awaitable[Desk]]


def message(subject: str, number: int = 1, sender: str = "labo@biosud.mssante.fr", **headers: str) -> bytes:
    """A received message."""
    made = EmailMessage()
    made["From"], made["To"], made["Subject"] = sender, "secretariat@alpha.mssante.fr", subject
    made["Date"] = "Mon, 16 Nov 2026 10:00:00 +0100"
    made["Message-ID"] = f"<{number}.{abs(hash(subject))}@essai.mssante.fr>"
    for name, value in headers.items():
        made[name.replace("_", "-")] = value
    made.set_content("Bonjour.")
    return bytes(made)


def shared(account: Account, kind: MailboxType = MailboxType.ORG) -> Account:
    """The account as an organisational mailbox under the charter's figures."""
    return replace(account, type=kind, policy=load_policy("sn-hdf"))


@pytest.fixture
async def desk_of(tmp_path: Path) -> AsyncIterator[Open]:
    """Opens the desk of a person at accounts of a server; every desk of a test has a state of its own."""
    opened: list[Desk] = []

    async def open_desk(
        server: MailServer, *accounts: Account, person: Person = JEAN, by_person: bool = True, **profile: object
    ) -> Desk:
        state = tmp_path / f"state{len(opened)}"
        means = Means(
            places=Places(tmp_path / "config.toml", tmp_path / "site", state, ()),
            secrets=Passwords(of=server.password),
            clock=SetClock(NOW),
            tell=lambda phrase: None,
            by_person=by_person,
        )
        desk = build(replace(Profile("essai", person, accounts), **profile), means)  # type: ignore[arg-type]
        opened.append(desk)
        return desk

    yield open_desk
    for desk in opened:
        await desk.close()

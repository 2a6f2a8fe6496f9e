"""Operators that end themselves, and the demo's mail without any network."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from mss_tui.demo.annuaire.generate import directory
from mss_tui.demo.annuaire.people import Directory
from mss_tui.demo.mail.mailboxes import ACCOUNTS, fill
from mss_tui.demo.operator import Operator
from mss_tui.demo.store import MailAccount, MailStore
from tests.demo.wire import Wire, trusting

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)


def new_directory(tmp_path: Path) -> Path:
    """A private directory for an operator."""
    path = tmp_path / "operator"
    path.mkdir(mode=0o700)
    return path


@pytest.fixture
async def operator(tmp_path: Path) -> AsyncIterator[Operator]:
    """An operator without messages."""
    running = await Operator.start(new_directory(tmp_path), NOW, empty=True)
    yield running
    await running.stop()


@pytest.fixture
async def full_operator(tmp_path: Path) -> AsyncIterator[Operator]:
    """An operator with the demo's messages."""
    running = await Operator.start(new_directory(tmp_path), NOW)
    yield running
    await running.stop()


@pytest.fixture(scope="session")
def people() -> Directory:
    """Everyone in the directory."""
    return directory()


@pytest.fixture(scope="session")
def full_store(people: Directory) -> MailStore:
    """The demo's mail on day 0; tests read it only."""
    return store_on_day(people, 0)


def store_on_day(people: Directory, day: int) -> MailStore:
    """The demo's mail so many days after day 0."""
    store = MailStore(lambda: NOW + timedelta(days=day))
    for seed in ACCOUNTS:
        store.add(MailAccount(seed.address, seed.type, "secret"))
    fill(store, people, NOW)
    return store


class Clients:
    """Bare clients of an operator; the fixture ends them."""

    def __init__(self, operator: Operator) -> None:
        self.operator = operator
        self.open: list[Wire] = []

    async def wire(self, *, tls: bool = True) -> Wire:
        """A connection, its greeting not yet read."""
        if tls:
            wire = await Wire.open(self.operator.imaps.port, trusting(self.operator.ca))
        else:
            wire = await Wire.open(self.operator.imap.port)
        self.open.append(wire)
        return wire

    async def login(self, account: int = 0) -> Wire:
        """A client of the first account, or another."""
        wire = await self.wire()
        await wire.line()
        who = self.operator.accounts[account]
        await wire.ok(f'LOGIN {who.address} "{who.password}"')
        return wire


@pytest.fixture
async def clients(operator: Operator) -> AsyncIterator[Clients]:
    """Clients of an operator without messages."""
    made = Clients(operator)
    yield made
    for wire in made.open:
        wire.writer.transport.abort()
        with contextlib.suppress(OSError):
            await wire.writer.wait_closed()

"""Stores that close themselves."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest

from mss_tui.adapters.imap import ImapStore
from mss_tui.adapters.tls import context_for
from mss_tui.model.people import Account
from tests.imap.listening import Listen, Listener
from tests.imap.scripted import Authority, Serving
from tests.support.servers import FixedClock, MailServer, Passwords

OpenStore = Callable[..., ImapStore]


@pytest.fixture
async def open_store() -> AsyncIterator[OpenStore]:
    """Make stores for accounts of a server; they are closed at the end."""
    made: list[ImapStore] = []

    def make(server: MailServer, account: Account, secrets: Passwords | None = None, **options: Any) -> ImapStore:
        secrets = secrets or Passwords(of=server.password)
        made.append(ImapStore(account, secrets, context_for(server.ca), FixedClock(), **options))
        return made[-1]

    yield make
    for store in made:
        await store.close()


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """The authority of the scripted servers."""
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture
async def scripted_store() -> AsyncIterator[Callable[..., ImapStore]]:
    """Make stores for scripted servers; they are closed at the end."""
    made: list[ImapStore] = []

    def make(served: Serving, secrets: Passwords | None = None, **options: Any) -> ImapStore:
        secrets = secrets or Passwords("motdepasse")
        context = context_for(served.account.ca)
        made.append(ImapStore(served.account, secrets, context, FixedClock(), pause=no_pause, **options))
        return made[-1]

    yield make
    for store in made:
        await store.close()


async def no_pause(seconds: float) -> None:
    """Reconnect at once, but let others run."""
    await asyncio.sleep(0)


@pytest.fixture
async def listen() -> AsyncIterator[Listen]:
    """Listen to stores; ended at the end."""
    made: list[Listener] = []

    def make(store: ImapStore) -> Listener:
        made.append(Listener(store))
        return made[-1]

    yield make
    for listener in made:
        await listener.stop()

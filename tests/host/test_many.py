"""Fifty clients at once on one Dovecot: connections, tries and memory counted."""

from __future__ import annotations

import asyncio
import gc
import os
import re
from pathlib import Path

import psutil
import pytest

from mss_tui.adapters.imap import ImapStore
from mss_tui.adapters.tls import context_for
from mss_tui.errors import MssError
from tests.support.dovecot import PrivateDovecot, need_dovecot
from tests.support.servers import FixedClock, Passwords

pytestmark = [pytest.mark.real_server, pytest.mark.slow]
CLIENTS = 50
MEMORY_OF_ONE = 3_000_000


async def listen(store: ImapStore) -> None:
    async for _ in store.events():
        pass


async def test_fifty_people_read_listen_and_leave(tmp_path: Path) -> None:
    """One connection to work and one to listen each; one try a connection; none is left afterwards."""
    need_dovecot()
    server = PrivateDovecot().start()
    try:
        accounts = [server.new_account() for _ in range(CLIENTS)]
        await asyncio.to_thread(server.fill, accounts[0].address, [b"Subject: x\r\n\r\nx\r\n"])
        gc.collect()
        before = psutil.Process(os.getpid()).memory_info().rss
        stores = [
            ImapStore(one, Passwords(of=server.password), context_for(server.ca), FixedClock()) for one in accounts
        ]
        opened = await asyncio.gather(*(store.open("INBOX") for store in stores))
        assert [one.total for one in opened] == [1] + [0] * (CLIENTS - 1)
        listening = [asyncio.ensure_future(listen(store)) for store in stores]
        logins = await logged(server, "Login:", 2 * CLIENTS + 1) - 1  # one filled the first mailbox
        memory = (psutil.Process(os.getpid()).memory_info().rss - before) / CLIENTS
        print(f"{CLIENTS} clients, {logins} connections, {memory / 1e6:.1f} Mo each")
        assert logins == 2 * CLIENTS
        assert memory < MEMORY_OF_ONE
        for task in listening:
            task.cancel()
        await asyncio.gather(*listening, return_exceptions=True)
        await asyncio.gather(*(store.close() for store in stores))
        assert server.log().count("Login:") == 2 * CLIENTS + 1
        assert not re.search("auth failed|Aborted login|Maximum number of connections", server.log())
    finally:
        server.stop()


async def test_many_windows_of_one_mailbox_share_what_the_server_grants() -> None:
    """Dovecot grants ten connections a user and address: twelve windows, and nobody is told a wrong password."""
    need_dovecot()
    server = PrivateDovecot(connections=10).start()
    try:
        account = server.new_account()
        secrets = [Passwords(of=server.password) for _ in range(12)]
        stores = [ImapStore(account, one, context_for(server.ca), FixedClock()) for one in secrets]
        said: list[str] = []
        for store in stores:
            try:
                await store.open("INBOX")
            except MssError as error:
                said.append(str(error))
        assert len(said) == 2
        assert all("mot de passe" not in text for text in said)
        assert [one.forgotten for one in secrets] == [[]] * 12
        await asyncio.gather(*(store.close() for store in stores))
    finally:
        server.stop()


async def logged(server: PrivateDovecot, words: str, count: int) -> int:
    """How often the log says `words`, once it says them `count` times or does not come to that."""
    async with asyncio.timeout(60):
        while server.log().count(words) < count:
            await asyncio.sleep(0.05)
    return server.log().count(words)

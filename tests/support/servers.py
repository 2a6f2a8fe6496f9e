"""Running servers as accounts: the private Dovecot and our own demo operator, behind the same few calls.

A test that takes `mail_server` runs on both. Each call of `new_account` gives a mailbox that nobody has used. The demo
operator runs in a thread with a loop of its own, so that a test may talk to it from blocking code too.
"""

from __future__ import annotations

import asyncio
import contextlib
import imaplib
import socket
import ssl
import threading
from collections.abc import Callable, Coroutine, Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol, TypeVar

import pytest

from mss_tui.model.people import Account, Auth, AuthMethod, Endpoint, MailboxType, Security
from mss_tui.model.policy import Policy
from mss_tui.ports.secrets import Secret
from tests.support.dovecot import append_all

T = TypeVar("T")
NOW = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)


class MailServer(Protocol):
    """A running server."""

    name: str

    @property
    def ca(self) -> Path:
        """The PEM file to trust."""
        ...

    def new_account(self, security: Security = Security.STARTTLS) -> Account:
        """A mailbox of its own."""
        ...

    def password(self, user: str) -> str:
        """The password of an address."""
        ...

    def fill(
        self,
        user: str,
        messages: Iterable[bytes],
        *,
        folder: str = "INBOX",
        flags: str = "",
        received: datetime | None = None,
    ) -> None:
        """Store messages."""
        ...

    def colleague(self, user: str) -> contextlib.AbstractContextManager[imaplib.IMAP4]:
        """Another program at the same mailbox."""
        ...


class Demo:
    """The demo operator as a `MailServer`."""

    name = "demo"

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._passwords: dict[str, str] = {}
        self._operator: Any = None

    def start(self) -> Demo:
        """Start it in its thread."""
        from mss_tui.demo.operator import Operator

        self._thread.start()
        self._operator = self.call(lambda: Operator.start(self._directory, NOW, empty=True))
        return self

    def stop(self) -> None:
        """End it."""
        with contextlib.suppress(TimeoutError):  # what it does when it stops has tests of its own
            self.call(lambda: asyncio.wait_for(self._operator.stop(), 5))
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    def call(self, act: Callable[[], Coroutine[Any, Any, T]]) -> T:
        """Run something in the operator's loop."""
        return asyncio.run_coroutine_threadsafe(act(), self._loop).result(30)

    @property
    def ca(self) -> Path:
        """The PEM file to trust."""
        return Path(self._operator.ca)

    def password(self, user: str) -> str:
        """The password of an address."""
        return self._passwords[user]

    def new_account(self, security: Security = Security.STARTTLS) -> Account:
        """A mailbox that nobody has used."""
        from mss_tui.demo.store import MailAccount

        user = f"u{len(self._passwords):03}@demo.mssante.fr"
        self._passwords[user] = f'secret {len(self._passwords)} "é\\'

        async def add() -> None:
            self._operator.store.add(MailAccount(user, "PER", self._passwords[user]))

        self.call(add)
        return Account(
            id=user.partition("@")[0],
            address=user,
            type=MailboxType.PER,
            policy=Policy("test", "Opérateur de test"),
            imap=self._operator.imaps if security is Security.TLS else self._operator.imap,
            smtp=self._operator.smtp,
            auth=Auth(AuthMethod.PASSWORD),
            ca=self.ca,
        )

    @contextlib.contextmanager
    def colleague(self, user: str) -> Iterator[imaplib.IMAP4]:
        """Another program at the same mailbox."""
        imaps: Endpoint = self._operator.imaps
        context = ssl.create_default_context(cafile=str(self.ca))
        client = imaplib.IMAP4_SSL(imaps.host, imaps.port, ssl_context=context, timeout=20)
        client.socket().setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        try:
            client.authenticate("PLAIN", lambda _: f"\0{user}\0{self.password(user)}".encode())
            yield client
        finally:
            with contextlib.suppress(OSError, imaplib.IMAP4.error):
                client.logout()

    def fill(
        self,
        user: str,
        messages: Iterable[bytes],
        *,
        folder: str = "INBOX",
        flags: str = "",
        received: datetime | None = None,
    ) -> None:
        """Store messages."""
        with self.colleague(user) as client:
            append_all(client, messages, folder, flags, received)


class Passwords:
    """The secrets of a server's accounts, as the port asks for them; counts what was asked and refused."""

    def __init__(self, *answers: str, of: Callable[[str], str] | None = None) -> None:
        self._answers = list(answers)
        self._of = of
        self.asked = 0
        self.forgotten: list[str] = []

    async def of(self, account: Account) -> Secret:
        """The next of the answers given, the last one for ever; or the server's own password."""
        self.asked += 1
        if self._of is not None:
            return Secret(self._of(account.address))
        return Secret(self._answers.pop(0) if len(self._answers) > 1 else self._answers[0])

    def forget(self, account: Account) -> None:
        """Remember that it was refused."""
        self.forgotten.append(account.id)


class FixedClock:
    """A clock that stands still until it is set."""

    def __init__(self, at: datetime = NOW) -> None:
        self.at = at

    def now(self) -> datetime:
        """The moment."""
        return self.at


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """The demo operator, empty, for the whole session."""
    server = Demo(tmp_path_factory.mktemp("operator")).start()
    yield server
    server.stop()


@pytest.fixture(params=[pytest.param("dovecot", marks=pytest.mark.real_server), "demo"])
def mail_server(request: pytest.FixtureRequest) -> MailServer:
    """Dovecot, then the demo operator."""
    server: MailServer = request.getfixturevalue(request.param)
    return server

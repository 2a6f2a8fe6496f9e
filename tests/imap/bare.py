"""aioimaplib's own protocol on a wire, beside ours."""

from __future__ import annotations

import asyncio

from aioimaplib import aioimaplib as bare

from mss_tui.adapters.imap.limits import Limits
from mss_tui.adapters.imap.response import Data
from mss_tui.adapters.imap.session import Session
from mss_tui.model.people import Account, Auth, AuthMethod, Endpoint, MailboxType
from mss_tui.model.policy import Policy
from tests.imap.wire import Fed, Wire, turn

HERE = Endpoint("localhost", 1)
ACCOUNT = Account("a", "a@alpha.mssante.fr", MailboxType.PER, Policy("t", "t"), HERE, HERE, auth=Auth(AuthMethod.TOKEN))


class Bare:
    """The library's protocol on a `Wire`."""

    def __init__(self, state: str = bare.SELECTED) -> None:
        self.wire = Wire()
        self.protocol = bare.IMAP4ClientProtocol(asyncio.get_running_loop())
        self.protocol.connection_made(self.wire)
        self.protocol.state = state
        self.tasks: list[asyncio.Task[object]] = []

    async def begin(self, act: object) -> tuple[asyncio.Task[bare.Response], bytes]:
        """Start a command; its task and its tag."""
        task = asyncio.ensure_future(act)  # type: ignore[call-overload]
        await turn()
        self.tasks.append(task)
        written = self.wire.lines()
        return task, written[-1].split()[0] if written else b""

    async def drop(self) -> None:
        """End what still waits."""
        for task in self.tasks:
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)


def session_on(fed: Fed) -> Session:
    """A session over a fed pipeline, as after authentication."""
    session = Session(ACCOUNT, Limits())
    session._pipeline = fed.pipeline
    fed.pipeline._hear = session.hear
    return session


def data(fed: Fed) -> list[Data]:
    """The untagged data that ours has heard."""
    return [said for said in fed.heard if isinstance(said, Data)]

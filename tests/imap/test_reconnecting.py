"""A line that is gone: noticed without a word from the other end, and tried again ever more rarely."""

from __future__ import annotations

import asyncio
import socket
import sys

import pytest

from mss_tui.adapters.imap import ImapStore
from mss_tui.adapters.imap.limits import Limits
from mss_tui.adapters.imap.line import Line
from mss_tui.adapters.tls import context_for
from mss_tui.ports.mail import Line as State
from mss_tui.ports.mail import LineChanged
from tests.imap.conftest import OpenStore, no_pause
from tests.imap.listening import Listener
from tests.imap.scripted import Authority, Ordinary, Peer, serving
from tests.support.servers import FixedClock, Passwords


@pytest.mark.parametrize(
    ("chance", "delays"), [(0.0, [0.5, 1, 2, 4, 8, 16, 30, 30]), (0.999_999, [1, 2, 4, 8, 16, 32, 60, 60])]
)
def test_each_wait_is_twice_the_last_to_a_minute_and_a_matter_of_chance(chance: float, delays: list[float]) -> None:
    """Many clients whose server comes back must not come back at once."""
    line = Line(None, None, None, Limits(), no_pause, lambda: chance, b"")  # type: ignore[arg-type]
    assert [line.delay(failures) for failures in range(1, 9)] == pytest.approx(delays, rel=1e-4)
    assert line.delay(1_000) == pytest.approx(delays[-1], rel=1e-4)


async def test_whoever_listens_waits_longer_after_each_failure_and_anew_after_a_success(authority: Authority) -> None:
    waits: list[float] = []
    enough = asyncio.Event()

    async def pause(seconds: float) -> None:
        waits.append(seconds)
        if len(set(waits)) >= 7:
            enough.set()
        await asyncio.sleep(0)

    async def dead(peer: Peer) -> None:
        await peer.end()

    async with serving(authority, dead) as served:
        store = ImapStore(
            served.account,
            Passwords("motdepasse"),
            context_for(served.account.ca),
            FixedClock(),
            pause=pause,
            jitter=lambda: 1.0,
        )
        listener = Listener(store)
        try:
            await asyncio.wait_for(enough.wait(), 20)
            offline = [e for e in listener.events if isinstance(e, LineChanged) and e.line is State.OFFLINE]
            assert all(event.error is not None for event in offline)
        finally:
            await listener.stop()
            await store.close()
    assert sorted(set(waits)) == [1, 2, 4, 8, 16, 32, 60]
    assert served.connections >= 7


@pytest.mark.skipif(sys.platform != "linux", reason="names of Linux")
async def test_the_system_is_asked_to_notice_a_line_that_died_silently(
    authority: Authority, scripted_store: OpenStore
) -> None:
    async with serving(authority, Ordinary()) as served:
        store = scripted_store(served)
        await store.connect()
        session = store._line.alive
        assert session is not None
        line: socket.socket = session.pipeline.transport.get_extra_info("socket")
        assert line.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE) == 1
        options = (socket.TCP_KEEPIDLE, socket.TCP_KEEPINTVL, socket.TCP_KEEPCNT, socket.TCP_USER_TIMEOUT)
        idle, between, times, unanswered = (line.getsockopt(socket.IPPROTO_TCP, option) for option in options)
        assert idle + between * times <= 120
        assert unanswered <= 20_000

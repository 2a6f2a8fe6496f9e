"""Anchors of the journal: one line left where this account cannot change it (journald, or syslog inside TLS)."""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
import ssl
from datetime import UTC
from pathlib import Path

from mss_tui.adapters.store import Tell
from mss_tui.adapters.tls import context_for
from mss_tui.errors import MssError
from mss_tui.model.people import JournalKeeping
from mss_tui.phrase import say
from mss_tui.ports.clock import Clock
from mss_tui.text import clean

JOURNALD = Path("/run/systemd/journal/socket")
NAME = "mss-tui"
SECONDS = 10.0
_NOTICE = 13 * 8 + 5
"""Facility "log audit", severity "notice" (RFC 5424 §6.2.1)."""


class JournaldAnchor:
    """Leaves each line with the system's journal, at once: a datagram to a local socket, never waited for."""

    def __init__(self, tell: Tell, path: Path = JOURNALD) -> None:
        self._tell = tell
        self._path = path
        self._failed = False

    def __call__(self, line: str) -> None:
        """Leave one line. Never fails: that nobody took it is said once."""
        fields = f"MESSAGE={line}\nSYSLOG_IDENTIFIER={NAME}\nPRIORITY=5\nSYSLOG_FACILITY=13\n"
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK) as sender:
                sender.sendto(fields.encode(), str(self._path))
        except OSError:
            if not self._failed:
                self._tell(say("Le journal du système ne répond pas : le journal de mss-tui n'y est pas ancré."))
            self._failed = True


class SyslogAnchor:
    """Keeps the last line, and leaves it with a syslog server (RFC 5424 over TLS, RFC 5425) when asked to."""

    def __init__(self, keeping: JournalKeeping, clock: Clock, tell: Tell) -> None:
        self._keeping = keeping
        self._clock = clock
        self._tell = tell
        self._line = ""

    def __call__(self, line: str) -> None:
        """Remember the newest; one connection a line would slow every act down."""
        self._line = line

    async def leave(self) -> bool:
        """Send the last line; True when it left. What fails is said, never raised."""
        if not self._line:
            return True
        host, port = self._keeping.host, self._keeping.port
        try:
            async with asyncio.timeout(SECONDS):
                _, writer = await asyncio.open_connection(
                    host, port, ssl=context_for(self._keeping.ca), server_hostname=host
                )
                try:
                    writer.write(self._frame())
                    await writer.drain()
                finally:
                    writer.close()
                    with contextlib.suppress(OSError):
                        await writer.wait_closed()
        except (OSError, ssl.SSLError, TimeoutError, MssError):
            self._tell(say("Le serveur syslog {host} ne répond pas : le journal n'y est pas ancré.", host=clean(host)))
            return False
        self._line = ""
        return True

    def _frame(self) -> bytes:
        at = self._clock.now().astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        text = f"<{_NOTICE}>1 {at} {socket.gethostname() or '-'} {NAME} {os.getpid()} journal - {self._line}".encode()
        return b"%d %s" % (len(text), text)


def anchor_for(keeping: JournalKeeping, clock: Clock, tell: Tell) -> JournaldAnchor | SyslogAnchor | None:
    """What the profile asks for; None where it asks for nothing."""
    match keeping.anchor:
        case "journald":
            return JournaldAnchor(tell)
        case "syslog" if keeping.host:
            return SyslogAnchor(keeping, clock, tell)
        case _:
            return None

"""The IMAP server of the demo: its commands, and its two doors."""

from __future__ import annotations

import ssl

from mss_tui.demo.imap import entry, folders, listing, messages
from mss_tui.demo.imap.session import Session
from mss_tui.demo.line import Door, Line
from mss_tui.demo.store import MailStore


async def open_doors(store: MailStore, tls: ssl.SSLContext) -> tuple[Door, Door]:
    """The door with STARTTLS and the one with implicit TLS, both listening."""
    commands = entry.COMMANDS | folders.COMMANDS | listing.COMMANDS | messages.COMMANDS

    async def serve(line: Line) -> None:
        await Session(line, store, tls, commands).run()

    return await Door.open(serve), await Door.open(serve, tls=tls)

"""Short notes that everyone at a mailbox sees: annotations of INBOX (METADATA, RFC 5464)."""

from __future__ import annotations

from mss_tui.adapters.imap.response import Data
from mss_tui.adapters.imap.session import Session
from mss_tui.adapters.imap.syntax import sequence, string
from mss_tui.errors import ServerRefused

ROOM = "/shared/vendor/mss-tui/"
MOST = 900
"""Octets of a note: what a quoted string holds (see `wire.string`)."""


async def read_note(session: Session, name: str) -> str | None:
    """The note called `name`, "" where there is none, None where the server keeps no notes."""
    if not session.can("METADATA"):
        return None
    entry = (ROOM + name).encode("ascii")
    found: list[str] = []

    def hear(said: Data) -> None:
        values = said.values()
        flat = sequence(values[1]) if len(values) == 2 else []
        for key, value in zip(flat[::2], flat[1::2], strict=False):
            if string(key).lower() == entry.lower():
                found.append(string(value)[:MOST].decode("utf-8", "replace"))

    with session.hearing("METADATA", hear):
        try:
            await session.run(b"GETMETADATA", b"INBOX", entry)
        except ServerRefused:
            return None
    return found[-1] if found else ""


async def write_note(session: Session, name: str, text: str) -> bool:
    """Store a note of printable ASCII, at most `MOST` characters; "" removes it. False where the server refuses.

    Raises:
        ValueError: it is longer, or not printable ASCII.
    """
    if len(text) > MOST or not all(" " <= letter <= "~" for letter in text):
        raise ValueError("a note is a short line of ASCII")
    if not session.can("METADATA"):
        return False
    quoted = text.replace("\\", "\\\\").replace('"', '\\"')
    value = f'"{quoted}"' if text else "NIL"
    try:
        await session.run(b"SETMETADATA", b"INBOX", f"({ROOM}{name} {value})".encode("ascii"))
    except ServerRefused:
        return False
    return True

"""Search and quota on the server."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from mss_tui.adapters.imap.mailbox import Mailbox
from mss_tui.adapters.imap.reading import rows_of
from mss_tui.adapters.imap.response import Data
from mss_tui.adapters.imap.searching import criteria, needs_utf8, uids_of
from mss_tui.adapters.imap.session import Session
from mss_tui.adapters.imap.syntax import Atom, number, sequence, string
from mss_tui.adapters.imap.wire import Piece
from mss_tui.errors import ServerRefused
from mss_tui.model.folder import Quota
from mss_tui.phrase import say
from mss_tui.ports.mail import Found, Query

LOCAL_ROWS = 1_000
"""How many of the newest messages are looked through here when the server cannot search."""


async def search(session: Session, folder: str, query: Query, now: datetime) -> Found:
    """UIDs that match, newest first: on the server, or over rows fetched for it where it does not know UTF-8.

    Raises:
        ServerRefused: it does not, and `query.text` cannot be looked for in rows.
    """
    keys = criteria(query)
    async with session.within(folder) as box:
        try:
            return Found(await _on_server(session, box, keys), on_server=True)
        except ServerRefused:
            if not needs_utf8(keys):
                raise
        rest = replace(query, words="", sender="", subject="", text="")
        if query.text:
            raise ServerRefused(
                say("Ce serveur ne sait pas chercher des lettres accentuées dans le texte des messages."),
                remedy=say("Cherchez un mot sans accent, ou dans l'objet et l'expéditeur."),
            )
        matches = query.matcher()
        uids = (await _on_server(session, box, criteria(rest)))[:LOCAL_ROWS]
    rows = await rows_of(session, folder, uids, now, box.uidvalidity)
    return Found(tuple(row.ref.uid for row in rows if matches(row)), on_server=False)


async def all_uids(session: Session, box: Mailbox) -> tuple[int, ...]:
    """Every UID of the folder, newest first."""
    return await _on_server(session, box, [b"ALL"])


async def _on_server(session: Session, box: Mailbox, keys: list[Piece]) -> tuple[int, ...]:
    pieces: list[Piece] = [b"UID SEARCH"]
    extended = session.can("ESEARCH")
    if extended:
        pieces.append(b"RETURN (ALL)")
    if needs_utf8(keys):
        pieces.append(b"CHARSET UTF-8")
    found: set[int] = set()
    tag = ""

    def hear(said: Data) -> None:
        found.update(uids_of(said, tag, session.limits.messages) or ())

    async with session.alone:
        with session.hearing("ESEARCH", hear), session.hearing("SEARCH", hear):
            order = session.submit(*pieces, *keys)
            tag = str(order.tag)
            await session.finish(order, box.name)
    return tuple(sorted(found, reverse=True))


async def read_quota(session: Session, folder: str = "INBOX") -> Quota | None:
    """The storage quota of a folder, octets; of several roots, the fullest (RFC 9208)."""
    if not session.can("QUOTA"):
        return None
    found: list[Quota] = []

    def hear(said: Data) -> None:
        values = said.values()
        flat = sequence(values[1] if len(values) > 1 else None)
        for name, used, limit in zip(flat[::3], flat[1::3], flat[2::3], strict=False):
            if isinstance(name, Atom) and string(name).upper() == b"STORAGE":
                found.append(Quota(number(used) * 1024, number(limit) * 1024))

    with session.hearing("QUOTA", hear):
        try:
            await session.run(b"GETQUOTAROOT", session.wire_name(folder))
        except ServerRefused:
            return None
    return max(found, key=lambda quota: quota.used / max(quota.limit, 1), default=None)

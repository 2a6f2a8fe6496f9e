"""Folders made, renamed, deleted, subscribed to (RFC 9051 §6.3.4 to 6.3.8). A name is given by its levels."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress

from mss_tui.adapters.imap.changing import done
from mss_tui.adapters.imap.folders import Listing
from mss_tui.adapters.imap.response import Data
from mss_tui.adapters.imap.session import Session
from mss_tui.adapters.imap.syntax import Value, string
from mss_tui.errors import NotFound, ServerRefused, UsageError
from mss_tui.phrase import say
from mss_tui.text import clean

_LEVELS, _LETTERS = 20, 200


async def create(session: Session, levels: Sequence[str]) -> str:
    """Make a folder, and subscribe to it; its name on the server.

    Raises:
        UsageError: the name cannot be one.
    """
    name = await _name(session, levels)
    await done(session, session.submit(b"CREATE", session.wire_name(name)), name)
    await subscribe(session, name, True)
    return name


async def rename(session: Session, folder: str, levels: Sequence[str]) -> str:
    """Give a folder another name, with those below it; the subscription follows."""
    _not_inbox(folder)
    name = await _name(session, levels)
    before = session.wire_name(folder)
    await session.put_aside(folder)
    await done(session, session.submit(b"RENAME", before, session.wire_name(name)), folder)
    await subscribe(session, name, True)
    await _forget(session, folder)
    return name


async def delete(session: Session, folder: str) -> None:
    """Delete a folder that holds nothing.

    Raises:
        ServerRefused: it holds messages or folders: those are moved or deleted first, on purpose.
    """
    _not_inbox(folder)
    listed = {found.name: found for found in await Listing(session).read(counts=True)}
    here = listed.get(folder)
    below = here is not None and any(f.path[: len(here.path)] == here.path for f in listed.values() if f is not here)
    if here is not None and (here.total or below):
        raise ServerRefused(
            say("Le dossier « {folder} » n'est pas vide.", folder=clean(folder, 80)),
            meaning=say("Rien n'a été supprimé."),
            remedy=say("Déplacez ou supprimez d'abord ce qu'il contient."),
        )
    await session.put_aside(folder)
    await done(session, session.submit(b"DELETE", session.wire_name(folder)), folder)
    await _forget(session, folder)


async def _forget(session: Session, folder: str) -> None:
    """End the subscription to a name that is no more; some servers have ended it already."""
    with suppress(NotFound, ServerRefused):
        await subscribe(session, folder, False)


async def subscribe(session: Session, folder: str, wanted: bool) -> None:
    """Subscribe to a folder, or no longer."""
    await done(session, session.submit(b"SUBSCRIBE" if wanted else b"UNSUBSCRIBE", session.wire_name(folder)), folder)


def _not_inbox(folder: str) -> None:
    if folder.upper() == "INBOX":
        raise UsageError(say("La boîte de réception ne peut être ni renommée ni supprimée."))


async def _name(session: Session, levels: Sequence[str]) -> str:
    """The levels joined as this server joins them, below its personal prefix (RFC 2342)."""
    heard: dict[str, list[Value]] = {}

    def ear(said: Data) -> None:
        heard[said.kind] = said.values()

    with session.hearing("LIST", ear), session.hearing("NAMESPACE", ear):
        flight = [session.submit(b"LIST", b'""', b'""')]
        if session.can("NAMESPACE"):
            flight.append(session.submit(b"NAMESPACE"))
        for order in flight:
            await session.finish(order)
    root = heard.get("LIST", [])
    separator = string(root[1]).decode("latin-1") if len(root) > 1 and root[1] is not None else ""
    bad = any(
        not level.strip() or len(level) > _LETTERS or level != clean(level, _LETTERS) or any(c in level for c in "*%")
        for level in levels
    )
    if not levels or bad or len(levels) > _LEVELS or any(separator and separator in level for level in levels):
        raise UsageError(
            say("Ce nom de dossier n'est pas possible ici."),
            remedy=say("Sans « {separator} », « * » ni « % » ; « / » sépare les niveaux.", separator=separator),
        )
    if len(levels) > 1 and not separator:
        raise UsageError(say("Ce serveur n'a pas de dossiers dans des dossiers."))
    name = separator.join(levels)
    prefix = _personal(heard.get("NAMESPACE", []))
    return name if not prefix or name.startswith(prefix) else prefix + name


def _personal(values: list[Value]) -> str:
    space = values[0] if values else None
    first = space[0] if isinstance(space, list) and space else None
    if isinstance(first, list) and first and isinstance(first[0], bytes):
        return first[0].decode("utf-8", "replace")
    return ""

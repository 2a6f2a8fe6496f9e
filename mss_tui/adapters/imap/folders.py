"""LIST in one exchange: names, roles (RFC 6154), subscriptions, counts (RFC 5258, 5819), or as older servers can."""

from __future__ import annotations

import re
from contextlib import suppress

from mss_tui.adapters.imap.response import Data
from mss_tui.adapters.imap.session import Session
from mss_tui.adapters.imap.syntax import Atom, Malformed, number, sequence, string
from mss_tui.errors import NotFound, ServerRefused
from mss_tui.model.folder import Folder, Role
from mss_tui.record import dataclass
from mss_tui.text import clean

_USE = {
    "\\drafts": Role.DRAFTS,
    "\\sent": Role.SENT,
    "\\archive": Role.ARCHIVE,
    "\\junk": Role.JUNK,
    "\\trash": Role.TRASH,
}
_USUAL = {
    Role.DRAFTS: ("brouillons", "drafts", "inbox.drafts"),
    Role.SENT: ("envoyés", "éléments envoyés", "messages envoyés", "sent", "sent items", "sent messages"),
    Role.ARCHIVE: ("archives", "archive"),
    Role.JUNK: ("indésirables", "courrier indésirable", "pourriel", "spam", "junk", "junk e-mail"),
    Role.TRASH: ("corbeille", "éléments supprimés", "trash", "deleted items", "deleted messages"),
}
_ORDER = list(Role)
MOST_FOLDERS, _NAME = 20_000, 1_000
"""Folders that are listed, and octets of a name."""
_UNSAFE = re.compile(rb"[\x00\r\n]")


@dataclass(slots=True)
class _Listed:
    """A folder as LIST describes it."""

    levels: tuple[str, ...]
    attributes: frozenset[str]
    subscribed: bool
    counts: tuple[int, int] | None = None


class Listing:
    """What LIST, LSUB and STATUS say, folder by folder."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._found: dict[str, _Listed] = {}
        self._subscribed: set[str] = set()

    async def read(self, *, counts: bool) -> tuple[Folder, ...]:
        """Ask, and give every folder: INBOX first, then by role, then by name.

        Raises:
            MssError: the connection ended, or the server refuses LIST.
        """
        session = self._session
        with (
            session.hearing("LIST", self._hear_list),
            session.hearing("LSUB", self._hear_lsub),
            session.hearing("STATUS", self._hear_status),
        ):
            if session.can("LIST-EXTENDED"):
                await self._ask_extended(counts)
            else:
                flight = [session.submit(b"LIST", b'""', b"*"), session.submit(b"LSUB", b'""', b"*")]
                for order in flight:
                    await session.finish(order)
                for name in self._subscribed & self._found.keys():
                    self._found[name].subscribed = True
            if counts and not session.can("LIST-EXTENDED", "LIST-STATUS"):
                await self._ask_counts()
        return self._folders()

    async def _ask_extended(self, counts: bool) -> None:
        session = self._session
        wanted = [b"SUBSCRIBED"]
        if session.can("SPECIAL-USE"):
            wanted.append(b"SPECIAL-USE")
        if counts and session.can("LIST-STATUS"):
            wanted.append(b"STATUS (MESSAGES UNSEEN)")
        await session.run(b"LIST", b'""', b"*", b"RETURN", b"(" + b" ".join(wanted) + b")")

    async def _ask_counts(self) -> None:
        """STATUS for each folder, all in one flight."""
        session = self._session
        flight = [
            session.submit(b"STATUS", session.wire_name(name), b"(MESSAGES UNSEEN)")
            for name, folder in self._found.items()
            if _selectable(folder)
        ]
        for order in flight:
            with suppress(ServerRefused, NotFound):  # a folder that cannot be counted is shown without its count
                await session.finish(order)

    def _hear_list(self, said: Data) -> None:
        name, levels, attributes = self._folder(said)
        self._found[name] = _Listed(levels, attributes, "\\subscribed" in attributes)

    def _hear_lsub(self, said: Data) -> None:
        self._subscribed.add(self._folder(said)[0])

    def _folder(self, said: Data) -> tuple[str, tuple[str, ...], frozenset[str]]:
        values = said.values()
        if len(values) < 3:
            raise Malformed("list")
        raw, separator = string(values[2]), string(values[1])
        if _UNSAFE.search(raw) or len(raw) > _NAME or len(self._found) >= MOST_FOLDERS:
            raise Malformed("name")
        name = self._session.folder_name(raw, listed=True)
        between = separator.decode("latin-1")
        levels = tuple(clean(level, 200) for level in (name.split(between) if between else [name]))
        attributes = frozenset(
            bytes(word).decode("latin-1").lower() for word in sequence(values[0]) if isinstance(word, Atom)
        )
        return name, levels, attributes

    def _hear_status(self, said: Data) -> None:
        values = said.values()
        listed = self._found.get(self._session.folder_name(string(values[0])))
        if listed is not None:
            found = status_items(said)
            listed.counts = (found.get("MESSAGES", 0), found.get("UNSEEN", 0))

    def _folders(self) -> tuple[Folder, ...]:
        roles = self._roles()
        folders = [
            Folder(
                name=name,
                path=listed.levels,
                role=roles.get(name, Role.NONE),
                selectable=_selectable(listed),
                subscribed=listed.subscribed or name == "INBOX",
                total=listed.counts[0] if listed.counts else None,
                unseen=listed.counts[1] if listed.counts else None,
            )
            for name, listed in self._found.items()
            if "\\nonexistent" not in listed.attributes or listed.subscribed
        ]
        return tuple(sorted(folders, key=lambda f: (_ORDER.index(f.role), [p.casefold() for p in f.path])))

    def _roles(self) -> dict[str, Role]:
        """Each role to one folder: as the profile says, else as the server says, else by its usual name."""
        roles: dict[str, Role] = {"INBOX": Role.INBOX}
        configured = self._session.account.folders
        for role in _USE.values():
            named = configured.get(role.value, "")
            marked = [n for n, f in self._found.items() if any(_USE.get(a) is role for a in f.attributes)]
            usual = [n for n, f in self._found.items() if f.levels[-1].casefold() in _USUAL[role]]
            choice = next((n for n in (named, *marked, *usual) if n in self._found and n not in roles), None)
            if choice is not None:
                roles[choice] = role
        return roles


def _selectable(listed: _Listed) -> bool:
    return listed.attributes.isdisjoint(("\\noselect", "\\nonexistent"))


def status_items(said: Data) -> dict[str, int]:
    """The numbers of a STATUS.

    Raises:
        Malformed: they cannot be read.
    """
    values = said.values()
    flat = sequence(values[1] if len(values) > 1 else None)
    pairs = zip(flat[::2], flat[1::2], strict=False)
    return {bytes(name).decode("latin-1").upper(): number(value) for name, value in pairs if isinstance(name, Atom)}

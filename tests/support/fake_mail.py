"""A mailbox in memory behind the `MailStore` port: generated rows by position, folders, events pushed by the test."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Collection, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from mss_tui.errors import MssError
from mss_tui.model.address import Correspondent
from mss_tui.model.folder import Folder, Opened, Quota, Role
from mss_tui.model.message import SEEN, MessageRef, Row
from mss_tui.phrase import say
from mss_tui.ports.mail import Event, Fetched, Found, Kept, Line, LineChanged, Moved, Query, SortKey, Threads
from mss_tui.text import clean

NOW = datetime(2026, 11, 20, 1, 41, tzinfo=UTC)
FOLDERS: tuple[Folder, ...] = (
    Folder("INBOX", ("Réception",), Role.INBOX, unseen=2),
    Folder("Delegues", ("Délégués",), total=3, unseen=0),
    Folder("Archives", ("Archives",), Role.ARCHIVE),
    Folder("Drafts", ("Brouillons",), Role.DRAFTS),
    Folder("Sent", ("Envoyés",), Role.SENT),
    Folder("Trash", ("Corbeille",), Role.TRASH),
)


def correspondent(text: str) -> Correspondent:
    """ "Name <address>" as received."""
    name, _, address = text.rpartition("<")
    return Correspondent(clean(name.strip()), clean(address.rstrip("> ")))


def generated(account: str, total: int) -> Callable[[int], Row]:
    """The row with a given UID, made when it is asked for: a folder of any size costs nothing."""

    subjects = (
        "Compte rendu d'hospitalisation du 12/11",
        "Lettre de liaison - sortie",
        "CR biologie",
        "Demande de passage à domicile",
        "Renouvellement d'ordonnance",
        "Re: avis cardiologique",
        "Résultat d'imagerie : scanner thoracique",
        "Transfert en SSR",
    )

    def row(uid: int) -> Row:
        age = total - uid
        patient = f"patient {uid * 7919 % 100003}"
        return Row(
            ref=MessageRef(account, "INBOX", 7, uid),
            sender=correspondent(f"Dr Prénom NOM{uid % 97} <prenom.nom{uid % 97}@medecin.mssante.fr>"),
            to=(correspondent("<garde@hopital.mssante.fr>"),),
            subject=clean(f"{subjects[uid % len(subjects)]}, {patient}, n° {uid}"),
            date=NOW - timedelta(minutes=17 * age),
            received=NOW - timedelta(minutes=17 * age),
            size=4_000 + uid % 900,
            flags=frozenset({SEEN}) if uid % 3 else frozenset(),
            message_id=f"<{uid}@essai.mssante.fr>",
        )

    return row


class FakeMail:
    """One mailbox. `failure` is raised by the next call; `held` calls wait until the test lets them go."""

    def __init__(self, account: str, rows: Sequence[Row] = (), *, total: int | None = None) -> None:
        self.account = account
        self.rows_in: dict[str, list[Row]] = {folder.name: [] for folder in FOLDERS}
        self.rows_in["INBOX"] = list(rows)
        self._total = total
        self._generated = generated(account, total or 0)
        self.known_folders = FOLDERS
        self.calls: list[tuple[str, object]] = []
        self.failure: MssError | None = None
        self.copies: dict[str, Kept] = {}
        self.gate = asyncio.Event()
        self.gate.set()
        self.queue: asyncio.Queue[Event] = asyncio.Queue()
        self.quota_now: Quota | None = Quota(41_000_000, 60_000_000)
        self.appended: list[tuple[str, bytes, frozenset[str]]] = []

    async def _called(self, name: str, what: object = None) -> None:
        self.calls.append((name, what))
        await self.gate.wait()
        if self.failure is not None:
            failure, self.failure = self.failure, None
            raise failure

    def _size(self, folder: str) -> int:
        return self._total if self._total is not None and folder == "INBOX" else len(self.rows_in[folder])

    def _at(self, folder: str, position: int) -> Row:
        if self._total is not None and folder == "INBOX":
            return self._generated(self._total - position)
        return self.rows_in[folder][position]

    async def connect(self) -> None:
        await self._called("connect")

    async def folders(self, *, counts: bool = False) -> tuple[Folder, ...]:
        await self._called("folders", counts)
        return self.known_folders

    async def open(self, folder: str, rows: int = 50, *, read_only: bool = False) -> Opened:
        await self._called("open", folder)
        self.queue.put_nowait(LineChanged(Line.ONLINE, say("TLS 1.3, CA du profil")))
        size = self._size(folder)
        first = tuple(self._at(folder, i) for i in range(min(rows, size)))
        return Opened(self.account, folder, 7, size + 1, size, None, first, read_only)

    async def kept(self, folder: str, rows: int = 50) -> Kept | None:
        """What the test says is kept on this machine."""
        return self.copies.get(folder)

    async def rows(self, folder: str, first: int, last: int) -> tuple[Row, ...]:
        await self._called("rows", (first, last))
        return tuple(self._at(folder, i) for i in range(first, min(last, self._size(folder))))

    async def rows_of(self, folder: str, uids: Sequence[int]) -> tuple[Row, ...]:
        await self._called("rows_of", tuple(uids))
        known = {row.ref.uid: row for row in self.rows_in[folder]}
        return tuple(known[uid] for uid in uids if uid in known)

    async def fetch(self, ref: MessageRef, *, text: bool = False) -> Fetched:
        raise AssertionError("the fake reader reads")

    async def section(self, ref: MessageRef, section: str, limit: int | None = None) -> bytes:
        await self._called("section", (ref, section))
        return b""

    async def stream(self, ref: MessageRef, section: str, chunk: int = 1 << 18) -> AsyncIterator[bytes]:
        await self._called("stream", (ref, section))
        yield b""

    async def flag(
        self, refs: Collection[MessageRef], add: Collection[str] = (), remove: Collection[str] = ()
    ) -> tuple[tuple[MessageRef, frozenset[str]], ...]:
        await self._called("flag", (tuple(refs), frozenset(add), frozenset(remove)))
        now: list[tuple[MessageRef, frozenset[str]]] = []
        for rows in self.rows_in.values():
            for i, row in enumerate(rows):
                if row.ref in refs:
                    rows[i] = replace(row, flags=(row.flags | set(add)) - set(remove))
                    now.append((row.ref, rows[i].flags))
        return tuple(now)

    async def claim(self, ref: MessageRef, keyword: str, prefix: str) -> frozenset[str]:
        await self._called("claim", (ref, keyword))
        row = next(row for rows in self.rows_in.values() for row in rows if row.ref == ref)
        if any(flag.startswith(prefix) and flag != keyword for flag in row.flags):
            return row.flags
        return dict(await self.flag([ref], [keyword]))[ref]

    async def note(self, name: str) -> str | None:
        await self._called("note", name)
        return None

    async def set_note(self, name: str, text: str) -> bool:
        await self._called("set_note", name)
        return False

    async def move(self, refs: Collection[MessageRef], folder: str) -> Moved:
        await self._called("move", (tuple(refs), folder))
        pairs: list[tuple[MessageRef, MessageRef]] = []
        for name, rows in self.rows_in.items():
            for row in [row for row in rows if row.ref in refs]:
                rows.remove(row)
                target = MessageRef(self.account, folder, 7, row.ref.uid)
                self.rows_in[folder].append(replace(row, ref=target))
                self.rows_in[folder].sort(key=lambda r: -r.ref.uid)
                pairs.append((row.ref, target))
            assert name
        return Moved(folder, tuple(pairs))

    async def copy(self, refs: Collection[MessageRef], folder: str) -> Moved:
        await self._called("copy", (tuple(refs), folder))
        return Moved(folder, ())

    async def expunge(self, refs: Collection[MessageRef]) -> None:
        await self._called("expunge", tuple(refs))
        for rows in self.rows_in.values():
            rows[:] = [row for row in rows if row.ref not in refs]

    async def append(
        self, folder: str, data: bytes, flags: Collection[str] = (), received: datetime | None = None
    ) -> MessageRef | None:
        await self._called("append", folder)
        self.appended.append((folder, data, frozenset(flags)))
        return MessageRef(self.account, folder, 7, 90_000 + len(self.appended))

    async def search(self, folder: str, query: Query) -> Found:
        await self._called("search", query)
        words = (query.words or query.text).casefold()
        hits = [
            row.ref.uid
            for row in self.rows_in[folder]
            if words in f"{row.subject} {row.sender.name}".casefold()
            and (query.before is None or row.received.date() < query.before)
            and not row.flags & set(query.without)
        ]
        return Found(tuple(hits), True)

    async def sort(self, folder: str, key: SortKey, *, descending: bool = False) -> Found:
        await self._called("sort", (key, descending))
        ways: dict[SortKey, Callable[[Row], Any]] = {
            SortKey.SENDER: lambda row: row.sender.label.casefold(),
            SortKey.SUBJECT: lambda row: row.subject.casefold(),
            SortKey.SIZE: lambda row: row.size,
        }
        way = ways.get(key, lambda row: row.received)
        ordered = sorted(self.rows_in[folder], key=way, reverse=descending)
        return Found(tuple(row.ref.uid for row in ordered), True)

    async def threads(self, folder: str) -> Threads:
        await self._called("threads", folder)
        found: dict[str, list[int]] = {}
        for row in reversed(self.rows_in[folder]):
            found.setdefault(row.in_reply_to or row.message_id, []).append(row.ref.uid)
        return Threads(tuple(map(tuple, found.values())), True)

    async def create_folder(self, levels: Sequence[str]) -> str:
        await self._called("create_folder", tuple(levels))
        name = "/".join(levels)
        self.rows_in[name] = []
        self.known_folders = (*self.known_folders, Folder(name, tuple(levels)))
        return name

    async def quota(self) -> Quota | None:
        await self._called("quota")
        return self.quota_now

    async def events(self) -> AsyncIterator[Event]:
        while True:
            yield await self.queue.get()

    async def close(self) -> None:
        self.calls.append(("close", None))

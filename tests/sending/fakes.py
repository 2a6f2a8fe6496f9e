"""Ports in memory: a mail server, a submission, records, a journal. Each can be made to fail at a chosen moment."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from mss_tui.errors import ConnectionLost, MssError, ServerRefused
from mss_tui.model.address import Correspondent
from mss_tui.model.draft import Built
from mss_tui.model.folder import Folder, Role
from mss_tui.model.message import MessageRef, Part, Row
from mss_tui.model.people import Actor
from mss_tui.model.sending import RecipientAnswer, SendReport, SendState
from mss_tui.phrase import say
from mss_tui.ports.mail import Fetched, Found, Moved, Query
from mss_tui.ports.store import OutboxRecord
from mss_tui.ports.submission import Decide, Progress, Stage, Watch
from mss_tui.text import clean
from tests.sending.samples import NOW

GONE = ConnectionLost(say("La ligne est coupée."))


class FixedClock:
    def __init__(self) -> None:
        self.at = NOW

    def now(self) -> datetime:
        return self.at

    def go(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)


@dataclass
class Kept:
    """A message in a folder."""

    ref: MessageRef
    data: bytes
    flags: frozenset[str]

    @property
    def message_id(self) -> str:
        return self.data.partition(b"Message-ID: ")[2].partition(b"\r\n")[0].decode()


@dataclass
class MemoryStore:
    """A mailbox. `fails` maps a method to what it raises; `lies` methods do their work and then raise."""

    folders_: Mapping[Role, str] = field(
        default_factory=lambda: {Role.INBOX: "INBOX", Role.DRAFTS: "Brouillons", Role.SENT: "Envoyés"}
    )
    fails: dict[str, MssError] = field(default_factory=dict)
    lies: set[str] = field(default_factory=set)
    uidplus: bool = True
    move_works: bool = True
    kept: dict[str, list[Kept]] = field(default_factory=dict)
    calls: list[str] = field(default_factory=list)
    uid: int = 0
    hook: Callable[[str], None] = lambda name: None

    def _call(self, name: str) -> None:
        self.calls.append(name)
        self.hook(name)
        if name in self.fails:
            raise self.fails[name]

    def _after(self, name: str) -> None:
        self.hook(f"{name} done")
        if name in self.lies:
            raise GONE

    def of(self, role: Role) -> list[Kept]:
        return self.kept.get(self.folders_[role], [])

    def _at(self, ref: MessageRef) -> Kept | None:
        return next((k for k in self.kept.get(ref.folder, []) if k.ref == ref), None)

    def _put(self, folder: str, data: bytes, flags: Collection[str]) -> MessageRef:
        self.uid += 1
        ref = MessageRef("dr-martin", folder, 7, self.uid)
        self.kept.setdefault(folder, []).append(Kept(ref, data, frozenset(flags)))
        return ref

    async def folders(self, *, counts: bool = False) -> tuple[Folder, ...]:
        self._call("folders")
        return tuple(Folder(name, (name,), role) for role, name in self.folders_.items())

    async def append(
        self, folder: str, data: bytes, flags: Collection[str] = (), received: datetime | None = None
    ) -> MessageRef | None:
        self._call("append")
        ref = self._put(folder, data, flags)
        self._after("append")
        return ref if self.uidplus else None

    async def move(self, refs: Collection[MessageRef], folder: str) -> Moved:
        self._call("move")
        if not self.move_works:
            raise ServerRefused(say("Ce serveur ne sait pas déplacer."))
        pairs = []
        for ref in refs:
            found = self._at(ref)
            if found is not None:
                self.kept[ref.folder].remove(found)
                pairs.append((ref, self._put(folder, found.data, found.flags)))
        self._after("move")
        return Moved(folder, tuple(pairs) if self.uidplus else ())

    async def flag(
        self, refs: Collection[MessageRef], add: Collection[str] = (), remove: Collection[str] = ()
    ) -> tuple[tuple[MessageRef, frozenset[str]], ...]:
        self._call("flag")
        for ref in refs:
            found = self._at(ref)
            if found is not None:
                found.flags = (found.flags | frozenset(add)) - frozenset(remove)
        self._after("flag")
        return ()

    async def expunge(self, refs: Collection[MessageRef]) -> None:
        self._call("expunge")
        for ref in refs:
            found = self._at(ref)
            if found is not None:
                self.kept[ref.folder].remove(found)
        self._after("expunge")

    async def search(self, folder: str, query: Query) -> Found:
        self._call("search")
        uids = [k.ref.uid for k in self.kept.get(folder, []) if query.text.encode() in k.data]
        return Found(tuple(reversed(uids)), True)

    async def rows_of(self, folder: str, uids: Sequence[int]) -> tuple[Row, ...]:
        self._call("rows_of")
        nobody = Correspondent(clean(""), clean(""))
        return tuple(
            Row(k.ref, nobody, (), clean("CR biologie"), None, NOW, len(k.data), k.flags, message_id=k.message_id)
            for uid in uids
            for k in self.kept.get(folder, [])
            if k.ref.uid == uid
        )

    async def fetch(self, ref: MessageRef, *, text: bool = False) -> Fetched:
        self._call("fetch")
        (row,) = await self.rows_of(ref.folder, [ref.uid])
        found = self._at(ref)
        assert found is not None
        return Fetched(row, found.data.partition(b"\r\n\r\n")[0] + b"\r\n\r\n", Part("1", "text/plain"))

    async def section(self, ref: MessageRef, section: str, limit: int | None = None) -> bytes:
        self._call("section")
        found = self._at(ref)
        if found is None:
            raise ConnectionLost(say("Plus là."))
        return found.data[:limit]


@dataclass
class MemorySubmission:
    """`plan` says what becomes of a message; `at` is called as it goes (connected, data, end)."""

    answers: Mapping[str, int] = field(default_factory=dict)
    fails: MssError | None = None
    fails_in_data: MssError | None = None
    state: SendState = SendState.ACCEPTED
    left: list[Built] = field(default_factory=list)
    wait_before: asyncio.Event | None = None
    wait_after: asyncio.Event | None = None
    reached: asyncio.Event = field(default_factory=asyncio.Event)
    hook: Callable[[str], None] = lambda name: None

    async def limit(self) -> int | None:
        return None

    async def submit(
        self, built: Built, *, decide: Decide, watch: Watch, before_data: Callable[[], None]
    ) -> SendReport:
        self.hook("connect")
        if self.fails is not None:
            raise self.fails
        answers = tuple(
            RecipientAnswer(address, self.answers.get(address, 250), clean("dit")) for address in built.recipients
        )
        report = SendReport(built.message_id, SendState.REFUSED, answers)
        taken = [a for a in answers if a.accepted]
        if not taken:
            return report
        if len(taken) < len(answers) and not await decide(answers):
            return replace(report, state=SendState.DRAFT)
        if self.wait_before is not None:
            self.reached.set()
            await self.wait_before.wait()
        before_data()
        self.hook("data")
        watch(Progress(Stage.DATA, 1, 2))
        if self.fails_in_data is not None:
            raise self.fails_in_data
        if self.wait_after is not None:
            self.reached.set()
            await self.wait_after.wait()
        if self.state is SendState.ACCEPTED:
            self.left.append(built)
        self.hook("end")
        if self.state is SendState.ACCEPTED and len(taken) < len(answers):
            return replace(report, state=SendState.PARTLY_REFUSED)
        return replace(report, state=self.state)


@dataclass
class Line:
    actor: Actor
    mailbox: str
    act: str
    phase: str
    details: dict[str, str]


@dataclass
class MemoryJournal:
    lines: list[Line] = field(default_factory=list)
    fails: Collection[str] = ()

    def write(self, actor: Actor, mailbox: str, act: str, phase: str, **details: str) -> None:
        if phase in self.fails:
            raise MssError(say("Le journal est plein."))
        self.lines.append(Line(actor, mailbox, act, phase, details))

    def entries(self, last: int = 200) -> Sequence[object]:
        return ()


@dataclass
class MemoryAcceptances:
    accepted: list[tuple[str, str]] = field(default_factory=list)

    def recent(self, days: int) -> frozenset[tuple[str, str]]:
        return frozenset(self.accepted)

    def accept(self, rule: str, item: str) -> None:
        self.accepted.append((rule, item))


@dataclass
class MemoryRecords:
    """Records; those in `others` are held by another program."""

    records: dict[str, OutboxRecord] = field(default_factory=dict)
    others: set[str] = field(default_factory=set)
    fails_at: SendState | None = None
    states: list[SendState] = field(default_factory=list)

    def write(self, record: OutboxRecord) -> None:
        if record.key in self.others:
            raise MssError(say("Un autre mss-tui s'occupe déjà de ce message."))
        if record.state is self.fails_at:
            raise MssError(say("Le disque est plein."))
        self.states.append(record.state)
        self.records[record.key] = record

    def claim(self, key: str) -> OutboxRecord | None:
        return None if key in self.others else self.records.get(key)

    def all(self) -> Sequence[tuple[OutboxRecord, bool]]:
        return [(record, True) for record in self.records.values()]

    def remove(self, key: str) -> None:
        self.records.pop(key, None)

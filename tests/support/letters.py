"""A mailbox of real messages: the real reader over octets in memory, with the real bounded worker."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Sequence
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

from mss_tui.mime.row import row_of
from mss_tui.mime.split import Split
from mss_tui.model.message import MessageRef, Row
from mss_tui.ports.mail import Fetched
from mss_tui.ports.worker import BoundedWorker
from mss_tui.services.documents import Documents
from mss_tui.services.reading import Reader
from tests.support.desk import FakeDesk, make_desk
from tests.support.fake_mail import NOW, FakeMail


class Letters:
    """What a reader asks of a mailbox, answered from messages as they lie on a server."""

    def __init__(self, mail: FakeMail, octets: dict[int, bytes]) -> None:
        self.mail = mail
        self.octets = octets
        self.chunks = 0
        self.asked: list[tuple[str, int | None]] = []

    def _split(self, ref: MessageRef) -> Split:
        return Split(self.octets[ref.uid])

    async def fetch(self, ref: MessageRef, *, text: bool = False) -> Fetched:
        (row,) = await self.mail.rows_of(ref.folder, [ref.uid])
        head = self.octets[ref.uid].partition(b"\r\n\r\n")[0]
        return Fetched(row, head + b"\r\n\r\n", self._split(ref).structure())

    async def section(self, ref: MessageRef, section: str, limit: int | None = None) -> bytes:
        self.asked.append((section, limit))
        if not section:
            return self.octets[ref.uid][:limit]
        split = self._split(ref)
        node = split.node(section)
        return split.data[node.body : node.end][:limit] if node else b""

    async def stream(self, ref: MessageRef, section: str, chunk: int = 1 << 18) -> AsyncIterator[bytes]:
        data = await self.section(ref, section)
        for start in range(0, len(data), chunk):
            await self.mail.gate.wait()
            self.chunks += 1
            yield data[start : start + chunk]

    async def flag(self, refs: Collection[MessageRef], add: Collection[str] = ()) -> Any:
        return await self.mail.flag(refs, add)

    async def rows_of(self, folder: str, uids: Sequence[int]) -> tuple[Row, ...]:
        return await self.mail.rows_of(folder, uids)


def crlf(text: str) -> bytes:
    """A message written here, as it travels."""
    return text.replace("\r\n", "\n").replace("\n", "\r\n").encode("utf-8", "surrogateescape")


def letters_desk(messages: Sequence[bytes], worker: BoundedWorker) -> FakeDesk:
    """A desk whose inbox holds these messages, the first one on top, read by the real services."""
    octets = {len(messages) - number: data for number, data in enumerate(messages)}
    rows = [
        replace(row_of(data, NOW), ref=MessageRef("garde", "INBOX", 7, uid), received=NOW)
        for uid, data in octets.items()
    ]
    fake = make_desk(rows)
    store = Letters(fake.mail, octets)
    fake.mail.octets.update({row.ref: octets[row.ref.uid] for row in rows})
    (place,) = fake.desk.places
    box = SimpleNamespace(mail=store, account=place.account)
    reader = Reader(box, worker, fake.journal)  # type: ignore[arg-type]
    documents = Documents(worker, fake.journal)
    fake.desk = replace(fake.desk, places=(replace(place, reader=reader),), documents=documents)
    fake.reader = reader  # type: ignore[assignment]
    fake.letters = store  # type: ignore[attr-defined]
    return fake

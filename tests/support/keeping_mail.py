"""A mailbox in memory that keeps the octets stored in it, for tests of sending and of what comes back."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any, TypeVar, cast

from mss_tui.mime.report import report_job
from mss_tui.model.message import MessageRef, Part, Row
from mss_tui.ports.mail import Fetched, Found, Moved, Query
from mss_tui.text import clean
from tests.support.fake_mail import NOW, FakeMail, correspondent

T = TypeVar("T")


class ReportsHere:
    """The worker's job `report`, done in this process."""

    async def run(self, job: str, result: type[T], data: bytes, **options: Any) -> T:
        assert job == "report"
        return cast(T, report_job(data, options))

    async def close(self) -> None:
        return None


class KeepingMail(FakeMail):
    """What is appended or put is a message like any other."""

    def __init__(self, account: str, rows: Sequence[Row] = (), *, total: int | None = None) -> None:
        super().__init__(account, rows, total=total)
        self.octets: dict[MessageRef, bytes] = {}

    def put(self, folder: str, data: bytes, flags: Collection[str] = (), received: datetime = NOW, **more: Any) -> Row:
        """Store a message, as another program would."""
        uid = 1 + max((row.ref.uid for rows in self.rows_in.values() for row in rows), default=100)
        found = cast(EmailMessage, message_from_bytes(data, policy=policy.default))
        row = Row(
            ref=MessageRef(self.account, folder, 7, uid),
            sender=correspondent(str(found["From"])),
            to=tuple(correspondent(part.strip()) for part in str(found["To"] or "").split(",") if "@" in part),
            subject=clean(str(found["Subject"] or "")),
            date=received,
            received=received,
            size=len(data),
            flags=frozenset(flags),
            message_id=str(found["Message-ID"] or ""),
            automatic="report" in found.get_content_type() or "Auto-Submitted" in found,
            receipt_to=str(found["Disposition-Notification-To"] or "").strip("<>"),
        )
        row = replace(row, **more)
        self.rows_in[folder].insert(0, row)
        self.octets[row.ref] = data
        return row

    async def append(
        self, folder: str, data: bytes, flags: Collection[str] = (), received: datetime | None = None
    ) -> MessageRef | None:
        await super().append(folder, data, flags, received)
        return self.put(folder, data, flags, received or NOW).ref

    async def fetch(self, ref: MessageRef, *, text: bool = False) -> Fetched:
        await self._called("fetch", ref)
        (row,) = await self.rows_of(ref.folder, [ref.uid])
        header = self.octets[ref].partition(b"\r\n\r\n")[0] + b"\r\n\r\n"
        return Fetched(row, header, Part("1", "text/plain"))

    async def section(self, ref: MessageRef, section: str, limit: int | None = None) -> bytes:
        await self._called("section", (ref, section))
        return self.octets[ref][:limit]

    async def move(self, refs: Collection[MessageRef], folder: str) -> Moved:
        moved = await super().move(refs, folder)
        for old, new in moved.pairs:
            if old in self.octets:
                self.octets[new] = self.octets.pop(old)
        return moved

    async def search(self, folder: str, query: Query) -> Found:
        if not query.text:
            return await super().search(folder, query)
        await self._called("search", query)
        words = query.text.encode()
        hits = [row.ref.uid for row in self.rows_in[folder] if words in self.octets.get(row.ref, b"")]
        return Found(tuple(hits), True)


def asks(mapping: Mapping[str, str]) -> bytes:
    """A received message with these fields."""
    fields = "".join(f"{name}: {value}\r\n" for name, value in mapping.items())
    return f"{fields}\r\nBonjour.\r\n".encode()

"""The inboxes of several mailboxes as one list. Each message stays in its own mailbox: only the order is common.

The list is merged from the heads of its parts, so it ends where a part's next row is not here yet: what follows there
is not known. `need` fetches on; nothing is ever fetched only to be sorted.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from heapq import heappop, heappush
from typing import Any, TypeVar

from mss_tui.errors import CannotConnect, ConnectionLost, DeadlinePassed, MssError
from mss_tui.model.message import MessageRef, Row
from mss_tui.phrase import Phrase, say
from mss_tui.ports.mail import Query, SortKey
from mss_tui.services.box import Box
from mss_tui.services.folder_view import FolderView
from mss_tui.text import clean, fit
from mss_tui.text.fold import fold

T = TypeVar("T")
Order = Callable[[Row], Any]
"""Of two rows the one with the smaller value comes first."""
INBOX = "INBOX"
PAGE = 100
"""Rows fetched beyond those that are wanted now, of a mailbox that the list waits for."""


def newest(row: Row) -> float:
    """The order of an inbox: what came last stands first."""
    return -row.received.timestamp()


def order_of(key: SortKey, *, descending: bool) -> Order:
    """How lists that are each sorted by `key` go together."""
    sign = -1 if descending else 1

    def letters(text: str) -> tuple[int, ...]:
        # what is shorter stands before what goes on from it, and behind it the other way round
        return (*(sign * ord(letter) for letter in fold(text)), 0 if sign > 0 else 1)

    match key:
        case SortKey.SENDER:
            return lambda row: letters(row.sender.label)
        case SortKey.SUBJECT:
            return lambda row: letters(row.subject)
        case SortKey.SIZE:
            return lambda row: sign * row.size
        case SortKey.DATE:
            return lambda row: sign * (row.date or row.received).timestamp()
        case SortKey.ARRIVAL:
            return lambda row: sign * row.received.timestamp()


class UnifiedView:
    """Rows of several mailboxes in one order. Its last row is blank while a part has more than is here."""

    folder = INBOX
    unseen: int | None = None

    @property
    def as_of(self) -> datetime | None:
        """When the oldest of its parts that are copies was seen; None where there is no copy."""
        return min((part.as_of for part in self.parts.values() if part.as_of is not None), default=None)

    def __init__(self, parts: Sequence[FolderView] = (), order: Order = newest) -> None:
        self.parts = {part.account: part for part in parts}
        self.stuck: set[str] = set()
        """Mailboxes whose further rows did not come: the list goes on without them."""
        self.waits: tuple[str, ...] = ()
        """Mailboxes whose next row must be here before another can be placed."""
        self._order = order
        self._placed: list[tuple[FolderView, int]] = []
        self._reached: dict[str, int] = {}
        self.arrange()

    def join(self, part: FolderView) -> None:
        """Take a mailbox in, or take it in anew."""
        self.parts[part.account] = part
        self.stuck.discard(part.account)
        self.arrange()

    def arrange(self) -> None:
        """Merge again: rows came, or went."""
        self._placed.clear()
        self._reached = dict.fromkeys(self.parts, 0)
        parts = list(self.parts.values())
        heads: list[tuple[Any, int]] = []
        waits = [part.account for number, part in enumerate(parts) if not self._push(heads, number, part)]
        while heads and not waits:
            _, number = heappop(heads)
            part = parts[number]
            self._placed.append((part, self._reached[part.account]))
            self._reached[part.account] += 1
            if not self._push(heads, number, part):
                waits.append(part.account)
        self.waits = tuple(waits)

    def _push(self, heads: list[tuple[Any, int]], number: int, part: FolderView) -> bool:
        """Put a part's next row among the heads; False when there is one that is not here."""
        at = self._reached[part.account]
        row = part.row(at)
        if row is not None:
            heappush(heads, (self._order(row), number))
        return row is not None or at >= len(part) or part.account in self.stuck

    def __len__(self) -> int:
        return len(self._placed) + bool(self.waits)

    @property
    def placed(self) -> int:
        """How many rows have their place."""
        return len(self._placed)

    @property
    def total(self) -> int:
        """How many messages the mailboxes hold together."""
        return sum(map(len, self.parts.values()))

    @property
    def read_only(self) -> bool:
        """May nothing be changed in one of them?"""
        return any(part.read_only for part in self.parts.values())

    def reached(self, account: str) -> int:
        """How many rows of a mailbox have their place."""
        return self._reached.get(account, 0)

    def row(self, position: int) -> Row | None:
        """The row at a position, None when it is not here."""
        if not 0 <= position < len(self._placed):
            return None
        part, at = self._placed[position]
        return part.row(at)

    def known(self) -> tuple[Row, ...]:
        """Every row that has its place."""
        return tuple(row for part, at in self._placed if (row := part.row(at)) is not None)

    def position(self, ref: MessageRef) -> int | None:
        """Where a message stands, None when it has no place."""
        return next((i for i, row in enumerate(self.known()) if row.ref == ref), None)

    def part(self, account: str) -> FolderView | None:
        """What is here of one mailbox."""
        return self.parts.get(account)

    def mark(self, flags: Mapping[MessageRef, frozenset[str]]) -> bool:
        """Give messages the flags that their server says they have now; True when one changed."""
        changed = [part.mark(flags) for part in self.parts.values()]
        return any(changed)

    def take_out(self, refs: frozenset[MessageRef]) -> bool:
        """Take rows out that were moved or deleted from here, before the server says so."""
        changed = [part.take_out(refs) for part in self.parts.values()]
        self.arrange()
        return any(changed)


async def each(
    boxes: Sequence[Box], call: Callable[[Box], Awaitable[T]]
) -> AsyncIterator[tuple[Box, T | None, MssError | None]]:
    """Ask several mailboxes at once; each answer, or error, as it comes."""

    async def one(box: Box) -> tuple[Box, T | None, MssError | None]:
        try:
            return box, await call(box), None
        except MssError as error:
            return box, None, error

    tasks = [asyncio.ensure_future(one(box)) for box in boxes]
    try:
        for task in asyncio.as_completed(tasks):
            yield await task
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def inboxes(
    boxes: Sequence[Box], rows: int, *, read_only: bool
) -> AsyncIterator[tuple[Box, FolderView | None, MssError | None]]:
    """Open every inbox. None of them counts as read before its rows are on screen (`Box.was_shown`)."""
    return each(boxes, lambda box: box.open(INBOX, rows, read_only=read_only, shown=False))


async def need(view: UnifiedView, boxes: Mapping[str, Box], last: int) -> tuple[bool, list[MssError]]:
    """Fetch until `last` rows have their place, and a page more; whether rows came, and who could not give theirs."""
    came, errors = False, list[MssError]()
    while view.waits and view.placed < min(last + PAGE, view.total):
        before = view.placed
        asked = [(boxes[account], view.parts[account], view.reached(account)) for account in view.waits]
        got = await asyncio.gather(*(box.need(part, at, at + PAGE) for box, part, at in asked), return_exceptions=True)
        for (_, part, _), result in zip(asked, got, strict=True):
            if isinstance(result, MssError):
                errors.append(result)
                view.stuck.add(part.account)
            elif isinstance(result, BaseException):
                raise result
        view.arrange()
        came = True
        if view.placed == before and not errors:
            break
    return came, errors


async def search(box: Box, part: FolderView, query: Query) -> tuple[FolderView, Phrase]:
    """Search a folder, on the server where it can be asked; and who searched."""
    try:
        found = await box.mail.search(part.folder, query)
        return await box.listed(part, found.uids), by(found.on_server)
    except (CannotConnect, ConnectionLost, DeadlinePassed):
        return box.search_here(part, query), say("hors ligne, {n} lignes déjà lues", n=len(part.known()))


def by(on_server: bool) -> Phrase:
    """Who searched or sorted."""
    return say("serveur") if on_server else say("ici, parmi les messages les plus récents")


def short_names(names: Sequence[str], cells: int) -> dict[str, str]:
    """Names in few cells, still different from one another; a number stands first where they would not be."""
    cut = [fit(clean(name), cells).rstrip() for name in names]
    if len(set(cut)) < len(cut):
        cut = [fit(clean(f"{number} {name}"), cells).rstrip() for number, name in enumerate(names, 1)]
    return dict(zip(names, cut, strict=True))

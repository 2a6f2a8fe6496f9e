"""The rows of a folder, sparse: what was fetched by position, kept right while mail comes and goes.

Position 0 is the newest message. A row that is not here yet is None: the front end draws a blank and asks for it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from mss_tui.model.folder import Opened
from mss_tui.model.message import MessageRef, Row
from mss_tui.ports.mail import Arrived, Changed, Event, Removed


class FolderView:
    """One folder as the screen shows it. Not thread-safe: it lives in the event loop.

    `unseen` is what the server said when the folder was opened, None when it said nothing.
    """

    def __init__(self, opened: Opened, as_of: datetime | None = None) -> None:
        self.as_of = as_of
        """When this machine saw it so, where it is a copy (aware, UTC); None: it is what the server says."""
        self.account = opened.account
        self.folder = opened.folder
        self.uidvalidity = opened.uidvalidity
        self.uidnext = opened.uidnext
        self.unseen = opened.unseen
        self.read_only = opened.read_only
        self.permanent_keywords = opened.permanent_keywords
        self._rows: list[Row | None] = [None] * max(opened.total, len(opened.rows))
        self._rows[: len(opened.rows)] = opened.rows
        self.uids: tuple[int, ...] | None = None
        """The messages in their order, where the list is not the folder itself; rows are then asked for by UID."""

    @classmethod
    def listed(cls, of: FolderView, uids: Sequence[int], rows: Iterable[Row], asked: Sequence[int]) -> FolderView:
        """Messages of a folder in an order of their own (found, sorted, of one conversation)."""
        self = cls(Opened(of.account, of.folder, of.uidvalidity, 0, len(uids), None, (), of.read_only))
        self.uids = tuple(uids)
        self.put_listed(asked, rows)
        return self

    def put_listed(self, asked: Sequence[int], rows: Iterable[Row]) -> None:
        """Take rows in by UID; those that were asked for and did not come are gone."""
        came = {row.ref.uid: row for row in rows}
        uids = self.uids or ()
        gone = set(asked) - came.keys()
        kept = [(uid, came.get(uid, row)) for uid, row in zip(uids, self._rows, strict=True) if uid not in gone]
        self.uids = tuple(uid for uid, _ in kept)
        self._rows = [row for _, row in kept]

    def __len__(self) -> int:
        return len(self._rows)

    @property
    def total(self) -> int:
        """How many messages the folder holds."""
        return len(self._rows)

    def row(self, position: int) -> Row | None:
        """The row at a position, None when it was not fetched or is not there."""
        return self._rows[position] if 0 <= position < len(self._rows) else None

    def known(self) -> tuple[Row, ...]:
        """Every row that was fetched, newest first."""
        return tuple(row for row in self._rows if row is not None)

    def position(self, ref: MessageRef) -> int | None:
        """Where a message stands, None when its row is not known."""
        return next((i for i, row in enumerate(self._rows) if row is not None and row.ref == ref), None)

    def lowest(self, rows: int) -> int:
        """The lowest UID among the first `rows`, as far as they are here without a gap; 0 where none is."""
        uid = 0
        for row in self._rows[:rows]:
            if row is None:
                break
            uid = row.ref.uid
        return uid

    def missing(self, first: int, last: int) -> tuple[int, int] | None:
        """The smallest span within `[first, last)` that holds every row not yet known; None when there is none."""
        wanted = [i for i in range(max(first, 0), min(last, len(self._rows))) if self._rows[i] is None]
        return (wanted[0], wanted[-1] + 1) if wanted else None

    def put(self, first: int, rows: Iterable[Row]) -> None:
        """Take fetched rows in, the first at position `first`."""
        for position, row in enumerate(rows, first):
            if position < len(self._rows):
                self._rows[position] = row

    def apply(self, event: Event) -> bool:
        """Take an event in; True when the screen must be drawn again."""
        if isinstance(event, Arrived) and event.folder == self.folder:
            return self._arrived(event)
        if isinstance(event, Changed) and event.folder == self.folder:
            return self.flags(dict(event.flags))
        if isinstance(event, Removed) and event.folder == self.folder:
            return self._removed(event.uids, event.total)
        return False

    def flags(self, flags: dict[int, frozenset[str]]) -> bool:
        """Give rows the flags that the server says they have now; True when one changed."""
        changed = False
        for position, row in enumerate(self._rows):
            if row is not None and row.ref.uid in flags and row.flags != flags[row.ref.uid]:
                self._rows[position] = replace(row, flags=flags[row.ref.uid])
                changed = True
        return changed

    def mark(self, flags: Mapping[MessageRef, frozenset[str]]) -> bool:
        """Give messages of this folder the flags that the server says they have now; True when one changed."""
        return self.flags({ref.uid: found for ref, found in flags.items() if self._mine(ref)})

    def take_out(self, refs: frozenset[MessageRef]) -> bool:
        """Take rows of this folder out that were moved or deleted, before the server says so."""
        uids = frozenset(row.ref.uid for row in self._rows if row is not None and row.ref in refs)
        return bool(uids) and self.remove(uids)

    def _mine(self, ref: MessageRef) -> bool:
        return (ref.account, ref.folder, ref.uidvalidity) == (self.account, self.folder, self.uidvalidity)

    def part(self, account: str) -> FolderView | None:
        """What is here of one mailbox: all of it, or nothing."""
        return self if account == self.account else None

    def arrange(self) -> None:
        """Rows of one folder stand where the server has them."""

    def remove(self, uids: frozenset[int]) -> bool:
        """Take rows out that were moved or deleted from here, before the server says so."""
        return self._removed(uids, len(self._rows) - len(uids))

    def _arrived(self, event: Arrived) -> bool:
        known = {row.ref.uid for row in self._rows if row is not None}
        new = [row for row in event.rows if row.ref.uid not in known]
        self._rows[:0] = new
        self.uidnext = max([self.uidnext, *(row.ref.uid + 1 for row in new)])
        self._fit(event.total)
        return bool(new)

    def _removed(self, uids: frozenset[int], total: int) -> bool:
        if self.uids is not None:
            here = uids & set(self.uids)
            pairs = [(uid, row) for uid, row in zip(self.uids, self._rows, strict=True) if uid not in here]
            self.uids, self._rows = tuple(uid for uid, _ in pairs), [row for _, row in pairs]
            return bool(here)
        kept = [row for row in self._rows if row is None or row.ref.uid not in uids]
        found = len(self._rows) - len(kept)
        self._rows = kept
        if found < len(uids) and total != len(kept):
            # one of them was not known, so nobody can say which gap it left: what follows a gap is fetched again
            first_gap = next((i for i, row in enumerate(kept) if row is None), len(kept))
            self._rows = kept[:first_gap]
        self._fit(total)
        return bool(uids)

    def _fit(self, total: int) -> None:
        del self._rows[max(total, 0) :]
        self._rows.extend([None] * (total - len(self._rows)))

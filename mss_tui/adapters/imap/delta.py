"""What happened in the watched folder, as events: from what the server said, or by comparing after a gap.

One connection tells: positions, events and rows all follow its view of the folder, so they cannot disagree.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from mss_tui.adapters.imap.hearing import read_flags
from mss_tui.adapters.imap.mailbox import Items, Mailbox, News
from mss_tui.adapters.imap.order import Order
from mss_tui.adapters.imap.rows import Rows
from mss_tui.adapters.imap.session import Session
from mss_tui.adapters.imap.wire import set_texts
from mss_tui.model.folder import Opened
from mss_tui.model.message import Row
from mss_tui.ports.mail import Arrived, Changed, Event, Removed, Reset

MOST_ARRIVED = 200
MOST_COMPARED = 20_000
_ROUNDS = 3


class Watched:
    """The watched folder as the front end was last told of it. `box` is the selection that `opened` came from."""

    def __init__(self, opened: Opened, box: Mailbox) -> None:
        self.folder = opened.folder
        self._account = opened.account
        self._read_only = opened.read_only
        self._uidvalidity = opened.uidvalidity
        self._uidnext = opened.uidnext
        self._total = opened.total
        self._box = box
        self._lost = False

    @property
    def total(self) -> int:
        """How many messages were told of."""
        return self._total

    def tells(self, box: Mailbox | None) -> bool:
        """Is everything told that this selection of the folder knows?"""
        return box is self._box and not (box.news or box.gap)

    def behind(self, other: Mailbox) -> bool:
        """Does another selection of the folder know something that was not told?"""
        mine = (self._uidvalidity, self._uidnext, self._total, self._box.modseq)
        return mine != (other.uidvalidity, other.uidnext, other.total, other.modseq)

    def differs(self, items: Mapping[str, int]) -> bool:
        """Does a STATUS of the folder say something that was not told?"""
        mine = {
            "UIDVALIDITY": self._uidvalidity,
            "UIDNEXT": self._uidnext,
            "MESSAGES": self._total,
            "HIGHESTMODSEQ": self._box.modseq,
        }
        return any(items.get(name, count) != count for name, count in mine.items())

    async def report(self, session: Session, now: datetime) -> list[Event]:
        """Ask for what is new, and say what changed since the last report.

        After a `Reset` nothing more is said until the folder was opened again.
        """
        if self._lost:
            return []
        async with session.within(self.folder, examine=self._read_only) as box:
            if box.uidvalidity != self._uidvalidity:
                return self.give_up()
            news, box.gap = box.gap, News()
            if box.lineage is not self._box.lineage:
                if len(self._box.known_flags()) > MOST_COMPARED:
                    return self.give_up()
                news = await self._compare(session, box)
            arrived = Rows()
            flight = [session.submit(b"NOOP")]
            if box.news.grown or box.total > self._total:
                flight.append(self._ask(session))
            for _ in range(_ROUNDS):
                with box.hearing(arrived.hear):
                    for order in flight:
                        await session.finish(order, some_gone=True)
                news.add(box.take_news())
                uids = sorted({u for u in arrived.items if u >= self._uidnext} - news.removed, reverse=True)
                rows = await arrived.take(uids, self._account, box, now)
                removed = frozenset(uid for uid in news.removed if uid < self._uidnext)
                left = self._total - len(removed)
                if box.total <= left + len(rows):
                    break
                flight = [self._ask(session)]
            if box.contradicted or news.unknown_removed or box.total != left + len(rows) or len(rows) > MOST_ARRIVED:
                return self.give_up()
            self._box, self._total = box, box.total
            self._uidnext = max([self._uidnext, *(uid + 1 for uid in uids)])
            return self._events(removed, left, news.flags, rows)

    def _ask(self, session: Session) -> Order:
        """What came since: `n:*` always names the last message, so it is asked for only when something came."""
        return session.submit(b"UID FETCH", b"%d:*" % self._uidnext, b"(" + session.row_items + b")")

    async def _compare(self, session: Session, box: Mailbox) -> News:
        """What changed among the messages that are known, while another folder was selected or the line was cut."""
        before = self._box.known_flags()
        current: dict[int, frozenset[str]] = {}

        def hear(place: int, uid: int, items: Items) -> bool:
            if uid in before and "FLAGS" in items:
                current[uid] = read_flags(items["FLAGS"])
            return True

        with box.hearing(hear):
            flight = [session.submit(b"UID FETCH", text, b"(UID FLAGS)") for text in set_texts(before)]
            for order in flight:
                await session.finish(order, some_gone=True)
        changed = {uid: flags for uid, flags in current.items() if flags != before[uid]}
        return News(removed=before.keys() - current.keys(), flags=changed)

    def _events(
        self, removed: frozenset[int], left: int, flags: dict[int, frozenset[str]], rows: tuple[Row, ...]
    ) -> list[Event]:
        events: list[Event] = []
        if removed:
            events.append(Removed(self.folder, removed, left))
        if flags:
            events.append(Changed(self.folder, tuple(sorted(flags.items()))))
        if rows:
            events.append(Arrived(self.folder, rows, left + len(rows)))
        return events

    def give_up(self) -> list[Event]:
        """Say once that the view cannot be trusted, then nothing more."""
        self._lost = True
        return [Reset(self.folder)]

"""The selected folder as the server tells it: counts, and which UID stands at which sequence number.

Everything is applied in the order of arrival and kept by UID; a number that is not known stays 0. What changed since it
was last asked is kept for the events, while someone listens.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import field, replace

from mss_tui.adapters.imap.limits import Limits
from mss_tui.adapters.imap.refusals import hostile
from mss_tui.adapters.imap.syntax import Value
from mss_tui.model.message import Row
from mss_tui.phrase import say
from mss_tui.record import dataclass

Items = dict[str, Value]
_SLACK = 1_000
FetchEar = Callable[[int, int, Items], bool]
"""Given sequence number, UID and items of a FETCH; says whether it had asked for the flags in it."""


@dataclass(slots=True)
class News:
    """What changed: messages gone, flags that are not what they were, and whether there may be new ones."""

    removed: set[int] = field(default_factory=set)
    flags: dict[int, frozenset[str]] = field(default_factory=dict)
    grown: bool = False
    unknown_removed: int = 0

    def add(self, later: News) -> None:
        """Join what came later."""
        self.removed |= later.removed
        self.flags = {u: f for u, f in (self.flags | later.flags).items() if u not in self.removed}
        self.grown |= later.grown
        self.unknown_removed += later.unknown_removed

    def __bool__(self) -> bool:
        return bool(self.removed or self.flags or self.grown or self.unknown_removed)


class Mailbox:
    """One selection of one folder. `exists` is None until the server has said it."""

    def __init__(self, name: str, limits: Limits, *, examined: bool = False) -> None:
        self.name = name
        self.examined = examined
        self.read_only = examined
        self.uidvalidity = 0
        self.uidnext = 0
        self.modseq = 0
        self.permanent_flags: frozenset[str] | None = None
        self.exists: int | None = None
        self.ears: list[FetchEar] = []
        self.curious = False
        """Flags of messages that were never asked for are news too."""
        self.rows: dict[int, Row] = {}
        """Rows that were fetched, for when the folder is opened again."""
        self.gap = News()
        """What changed while it was not selected, as far as the server told it when it was selected again."""
        self.lineage = object()
        """The same for every selection that knows what happened since the one before."""
        self.resyncs = False
        """The server says what changed since, when the folder is selected again (QRESYNC)."""
        self.span = b""
        """The UIDs that changes are asked of, where not of all: what is not known needs no telling."""
        self.contradicted = False
        """A place held another UID than was known: what was shown by position cannot be trusted."""
        self.news = News()
        self._limits = limits
        self._uids = array("Q")
        self._flags: dict[int, frozenset[str]] = {}
        self._block: list[int] = []
        self._block_below = 0
        self._grew = False

    @classmethod
    def recalled(
        cls, name: str, limits: Limits, state: tuple[int, int, int], newest: Sequence[int], rows: Sequence[Row]
    ) -> Mailbox:
        """A selection of an earlier run of the program, to be gone on from where the server resyncs.

        Args:
            state: UIDVALIDITY, UIDNEXT and HIGHESTMODSEQ, none of them later than `rows`.
            newest: UIDs of the newest messages, none left out, oldest first.
        """
        self = cls(name, limits)
        self.uidvalidity, self.uidnext, self.modseq = state
        self.resyncs = True
        self.exists = len(newest)
        self._uids = array("Q", newest)
        self.rows = {row.ref.uid: row for row in rows}
        self._flags = {row.ref.uid: row.flags for row in rows}
        if self.rows:
            self.span = b" %d:%d" % (min(self.rows), max(self.rows))
        return self

    @property
    def total(self) -> int:
        """How many messages there are."""
        return self.exists or 0

    @property
    def keeps_keywords(self) -> bool:
        """May new keywords be stored (RFC 9051 §7.1, PERMANENTFLAGS)?"""
        return self.permanent_flags is None or "\\*" in self.permanent_flags

    @contextmanager
    def hearing(self, ear: FetchEar) -> Iterator[None]:
        """Give every FETCH of this selection whose UID is known to `ear`."""
        self.ears.append(ear)
        try:
            yield
        finally:
            self.ears.remove(ear)

    @property
    def new_from(self) -> int:
        """The first UID that an earlier selection cannot have seen, 0 where there was none."""
        return self._block_below if self._block else 0

    def resume(self, before: Mailbox) -> None:
        """Go on from an earlier selection: the server will say what vanished and changed since (QRESYNC)."""
        self._flags, self.rows = dict(before._flags), dict(before.rows)
        self._block = list(before.newest)
        self._block_below = before.uidnext
        self.lineage, self.gap = before.lineage, before.gap
        self.gap.add(before.take_news())

    def forget(self) -> None:
        """What an earlier selection knew belongs to another folder of the same name (UIDVALIDITY)."""
        self._flags, self.rows, self._block = {}, {}, []
        self.lineage, self.gap, self.news = object(), News(), News()

    def vanished_earlier(self, spans: Sequence[range]) -> None:
        """`VANISHED (EARLIER)`: gone since the earlier selection; the places count without them already."""
        for uid in [uid for uid in self._flags if any(uid in span for span in spans)]:
            self._gone(uid)

    def settle(self) -> None:
        """Give the messages that were the newest before their places below those that came since.

        Called when everything from the earlier UIDNEXT on has been fetched.
        """
        top = self.total
        while top and self.uid_at(top) >= self._block_below:
            top -= 1
        came = self.total - top
        nothing_came = not self._grew and self.uidnext <= self._block_below
        if self._block and top >= len(self._block) and (came or nothing_came):
            self._uids[top - len(self._block) : top] = array("Q", self._block)
        self._block = []

    @property
    def newest(self) -> Sequence[int]:
        """The UIDs of the newest messages as far as all of them are known, oldest first."""
        first = len(self._uids)
        while first and self._uids[first - 1]:
            first -= 1
        return self._uids[first:]

    def now_exist(self, number: int) -> None:
        """`EXISTS`."""
        if number > self._limits.messages:
            raise hostile(say("il annonce un dossier impossible"))
        before = self.exists
        self.exists = number
        if number < len(self._uids):
            del self._uids[number:]
        else:
            self._uids.extend([0] * (number - len(self._uids)))
        if before is not None and number > before:
            self.news.grown = self._grew = True

    def expunged(self, number: int) -> None:
        """`EXPUNGE`: the message at `number` is gone, those behind it move up."""
        if self.exists is None or not 1 <= number <= self.exists:
            return
        uid = self._uids.pop(number - 1)
        self.exists -= 1
        self._gone(uid)

    def vanished(self, spans: Sequence[range]) -> None:
        """`VANISHED` (RFC 7162 §3.2.10): these UIDs are gone.

        One that was not known takes with it any unknown place between its known neighbours: those are alike.
        """
        if self.exists is None:
            return
        known = [(uid, place) for place, uid in enumerate(self._uids) if uid]
        places: set[int] = set()
        gaps: Counter[int] = Counter()
        for span in spans:
            for uid in span:
                at = bisect_left(known, (uid, 0))
                if at < len(known) and known[at][0] == uid:
                    places.add(known[at][1])
                else:
                    gaps[at] += 1
                self._gone(uid)
        for at, count in gaps.items():
            first = known[at - 1][1] + 1 if at else 0
            last = known[at][1] if at < len(known) else len(self._uids)
            places.update(range(first, min(first + count, last)))
        self._uids = array("Q", (uid for place, uid in enumerate(self._uids) if place not in places))
        self.exists = len(self._uids)

    def met(self, number: int, uid: int) -> bool:
        """The message at `number` has this UID. False when there is no such place."""
        if self.exists is None or not 1 <= number <= self.exists:
            return False
        self.contradicted |= self._uids[number - 1] not in (0, uid)
        self._uids[number - 1] = uid
        self.uidnext = max(self.uidnext, uid + 1)
        return True

    def uid_at(self, number: int) -> int:
        """The UID at a sequence number, 0 when it is not known."""
        return self._uids[number - 1] if 1 <= number <= len(self._uids) else 0

    def flagged(self, uid: int, flags: frozenset[str], *, asked: bool) -> None:
        """The flags of a message; news when they differ and nobody has just asked for them."""
        before = self._flags.get(uid)
        if before is None and len(self._flags) > self.total + _SLACK:
            raise hostile(say("il décrit plus de messages qu'il n'en annonce"))
        self._flags[uid] = flags
        if uid in self.rows and self.rows[uid].flags != flags:
            self.rows[uid] = replace(self.rows[uid], flags=flags)
        if before != flags and not asked and (before is not None or self.curious):
            self.news.flags[uid] = flags

    def known_flags(self) -> dict[int, frozenset[str]]:
        """Flags of every message whose row was fetched."""
        return dict(self._flags)

    def take_news(self) -> News:
        """What changed since the last time."""
        news, self.news = self.news, News()
        return news

    def _gone(self, uid: int) -> None:
        if not uid:
            self.news.unknown_removed += 1
            return
        if len(self.news.removed) > self._limits.messages:
            raise hostile(say("il supprime sans fin"))
        self.news.removed.add(uid)
        if self._block:
            self._block = [known for known in self._block if known != uid]
        self.news.flags.pop(uid, None)
        self._flags.pop(uid, None)
        self.rows.pop(uid, None)

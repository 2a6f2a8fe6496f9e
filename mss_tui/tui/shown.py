"""What the list shows: a folder of a mailbox, the inboxes of all, or what a search found, with what the rules say."""

from __future__ import annotations

from collections.abc import Sequence

from mss_tui.errors import MssError
from mss_tui.model.message import Handling, MessageRef, Row
from mss_tui.ports.mail import Changed, Event, Removed
from mss_tui.services.box import ListEntry
from mss_tui.services.desk import Place
from mss_tui.services.folder_view import FolderView
from mss_tui.services.unified import UnifiedView, need, short_names

_CELLS = 8
"""Of a mailbox's name beside each row, where several share the list."""


class Shown:
    """Rows of a view with their verdicts, judged once for each state of a row.

    Args:
        places: the mailbox, or those that share the list, in the order of the profile.
        query: what the list is instead of the whole folder ("Recherche « x »"); empty for the whole folder.
        by: who made that list: the server, or this program among the rows that it has.
        outgoing: it holds what this mailbox sent or is writing.
    """

    def __init__(
        self,
        places: Sequence[Place],
        view: FolderView | UnifiedView,
        *,
        query: str = "",
        by: str = "",
        outgoing: bool = False,
    ) -> None:
        self.places = {place.account.id: place for place in places}
        self.view = view
        self.query = query
        self.by = by
        self.outgoing = outgoing
        self.absent: dict[str, MssError] = {}
        """Mailboxes that are not in the list because they could not be asked."""
        self._entries: dict[tuple[MessageRef, frozenset[str]], ListEntry] = {}
        self._names = short_names(tuple(self.places), _CELLS) if self.unified else {}
        self._read: set[str] = set()

    @property
    def unified(self) -> bool:
        """Do several mailboxes share the list?"""
        return isinstance(self.view, UnifiedView)

    def __len__(self) -> int:
        return len(self.view)

    def place_of(self, ref: MessageRef) -> Place:
        """The mailbox of a message of the list."""
        return self.places[ref.account]

    def lacks(self, place: Place) -> bool:
        """Could a mailbox not give its rows, or not all that were wanted?"""
        return place.account.id in self.absent or (
            isinstance(self.view, UnifiedView) and place.account.id in self.view.stuck
        )

    def mailbox(self, row: Row) -> str:
        """The mailbox in few cells, where the list is of several; else nothing."""
        return self._names.get(row.ref.account, "")

    @property
    def mailbox_cells(self) -> int:
        """Cells that mailboxes take in a row."""
        return max(map(len, self._names.values()), default=0)

    def here(self, position: int) -> bool:
        """Is the row here?"""
        return self.view.row(position) is not None

    def entry(self, position: int) -> ListEntry | None:
        """The row at a position with what the rules say of it; None while it is not here."""
        row = self.view.row(position)
        return None if row is None else self.judged(row)

    def judged(self, row: Row) -> ListEntry:
        """A row with what the rules say of it."""
        key = (row.ref, row.flags)
        entry = self._entries.get(key)
        if entry is None:
            place = self.place_of(row.ref)
            own = row.sender.address.casefold() == place.account.address.casefold()
            entry = self._entries[key] = place.box.entry(row, own=own)
        return entry

    def forget_verdicts(self) -> None:
        """Time has passed: judge again."""
        self._entries.clear()

    def apply(self, place: Place, event: Event) -> bool:
        """Take an event of a mailbox in; what a search found only loses rows and changes flags."""
        part = self.view.part(place.account.id)
        if part is None:
            return False
        if not self.query:
            changed = part.apply(event)
        elif isinstance(event, Removed) and event.folder == part.folder:
            known = {row.ref.uid for row in part.known()}
            changed = bool(event.uids & known) and part.remove(event.uids & known)
        else:
            changed = isinstance(event, Changed) and part.apply(event)
        if changed:
            self.view.arrange()
        return changed

    async def need(self, first: int, last: int) -> tuple[bool, Sequence[MssError]]:
        """Fetch rows that are not here; whether some came, and which mailboxes could not give theirs."""
        if isinstance(self.view, UnifiedView):
            return await need(self.view, {name: place.box for name, place in self.places.items()}, last)
        (place,) = self.places.values()
        return await place.box.need(self.view, first, last), ()

    def in_view(self, first: int, last: int) -> None:
        """These rows are on screen: the inboxes that they are of are read (an empty one has nothing more to show)."""
        if not isinstance(self.view, UnifiedView) or self.query:
            return
        rows = map(self.view.row, range(first, min(last, len(self.view))))
        seen = {row.ref.account for row in rows if row is not None}
        seen |= {part.account for part in self.view.parts.values() if not len(part)}
        for account in seen - self._read:
            self._read.add(account)
            self.places[account].box.was_shown()

    def counts(self) -> tuple[int, int, bool]:
        """How many are to be handled and overdue among the rows known here, and whether that is all of them."""
        known = self.view.known()
        entries = [self.judged(row) for row in known]
        to_do = sum(e.due is not None and e.row.handling is Handling.TO_DO for e in entries)
        return to_do, sum(e.overdue for e in entries), len(known) == self.view.total

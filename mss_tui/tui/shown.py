"""What the list shows: a folder of a mailbox, or what a search found in it, with what the rules say of each row."""

from __future__ import annotations

from mss_tui.model.message import Handling, MessageRef, Row
from mss_tui.ports.mail import Changed, Event, Removed
from mss_tui.services.box import ListEntry
from mss_tui.services.desk import Place
from mss_tui.services.folder_view import FolderView


class Shown:
    """Rows of a view with their verdicts, judged once for each state of a row.

    Args:
        query: what the list is instead of the whole folder ("Recherche « x »"); empty for the whole folder.
        by: who made that list: the server, or this program among the rows that it has.
        outgoing: it holds what this mailbox sent or is writing.
    """

    def __init__(
        self, place: Place, view: FolderView, *, query: str = "", by: str = "", outgoing: bool = False
    ) -> None:
        self.place = place
        self.view = view
        self.query = query
        self.by = by
        self.outgoing = outgoing
        self._entries: dict[tuple[MessageRef, frozenset[str]], ListEntry] = {}

    def __len__(self) -> int:
        return len(self.view)

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
            own = row.sender.address.casefold() == self.place.account.address.casefold()
            entry = self._entries[key] = self.place.box.entry(row, own=own)
        return entry

    def forget_verdicts(self) -> None:
        """Time has passed: judge again."""
        self._entries.clear()

    def apply(self, event: Event) -> bool:
        """Take an event in; what a search found only loses rows and changes flags."""
        if not self.query:
            return self.view.apply(event)
        if isinstance(event, Removed) and event.folder == self.view.folder:
            known = {row.ref.uid for row in self.view.known()}
            return bool(event.uids & known) and self.view.remove(event.uids & known)
        return isinstance(event, Changed) and self.view.apply(event)

    def counts(self) -> tuple[int, int, bool]:
        """How many are to be handled and overdue among the rows known here, and whether that is all of them."""
        known = self.view.known()
        entries = [self.judged(row) for row in known]
        to_do = sum(e.due is not None and e.row.handling is Handling.TO_DO for e in entries)
        return to_do, sum(e.overdue for e in entries), len(known) == len(self.view)

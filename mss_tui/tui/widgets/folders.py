"""The mailboxes of the profile with their folders, and what there is to see in each."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType

from mss_tui.model.folder import Folder, Role
from mss_tui.phrase import say
from mss_tui.record import dataclass
from mss_tui.services.desk import Place
from mss_tui.text import clean
from mss_tui.tui.actions import Scope, bindings
from mss_tui.tui.paint import Tone
from mss_tui.tui.widgets.rows import Row, Rows

ROLE_NAME = {
    Role.INBOX: say("Réception"),
    Role.DRAFTS: say("Brouillons"),
    Role.SENT: say("Envoyés"),
    Role.ARCHIVE: say("Archives"),
    Role.JUNK: say("Indésirables"),
    Role.TRASH: say("Corbeille"),
}
INBOX = Folder("INBOX", ("Réception",), Role.INBOX)
ALL_BOXES = say("Toutes les boîtes")
_ALL = ("", "*")


@dataclass(frozen=True, slots=True)
class FolderLine:
    """A line of the pane: a mailbox (`folder` None), one of its folders, or all mailboxes at once (`place` None)."""

    place: Place | None
    folder: Folder | None


class FolderPane(Rows):
    """Mailboxes and folders."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings(Scope.MOVES), Binding("enter", "choose", show=False)]

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self.listed: list[FolderLine] = []
        self.open_folder: tuple[str, str] = ("", "")

    def count(self) -> int:
        """Lines."""
        return len(self.listed)

    def put(self, places: tuple[Place, ...], folders: dict[str, tuple[Folder, ...]]) -> None:
        """The folders known of each place; a place not asked yet has its inbox."""
        listed: list[FolderLine] = [FolderLine(None, None)] if len(places) > 1 else []
        for place in places:
            listed.append(FolderLine(place, None))
            listed += [FolderLine(place, f) for f in folders.get(place.account.id) or (INBOX,) if f.selectable]
        if listed != self.listed:
            self.listed = listed
            self.changed()

    def opened(self, account: str, folder: str) -> None:
        """Put the bar on the folder that the list shows."""
        self.open_folder = (account, folder)
        self._put_bar()

    def opened_all(self) -> None:
        """Put the bar on all mailboxes at once."""
        self.open_folder = _ALL
        self._put_bar()

    def _put_bar(self) -> None:
        self.cursor = next((i for i, line in enumerate(self.listed) if self._is_open(line)), self.cursor)
        self.changed()

    def _is_open(self, line: FolderLine) -> bool:
        if line.place is None:
            return self.open_folder == _ALL
        return line.folder is not None and (line.place.account.id, line.folder.name) == self.open_folder

    def folder_name(self, folder: Folder) -> str:
        """A folder as people call it."""
        if folder.role in ROLE_NAME:
            return self.desk_app.words(ROLE_NAME[folder.role])
        return folder.path[-1] if folder.path else clean(folder.name)

    def row(self, position: int, width: int) -> Row:
        """A mailbox in strong letters, a folder with what is unread in it; every draft waits, read or not."""
        line = self.listed[position]
        mark = "*" if self._is_open(line) else " "
        if line.place is None:
            return f" {mark}{self.desk_app.words(ALL_BOXES)}", Tone.PLAIN
        if line.folder is None:
            return f" {line.place.account.id} ({line.place.account.type})", Tone.STRONG
        depth = max(0, len(line.folder.path) - 1) if line.folder.role is Role.NONE else 0
        waiting = line.folder.total if line.folder.role is Role.DRAFTS else line.folder.unseen
        number = str(waiting) if waiting else ""
        if line.folder.role is Role.INBOX and line.place.box.remembered.overdue:
            number += " !"
        room = max(4, width - 3 - len(number))
        name = self.desk_app.paint.fit("  " * depth + self.folder_name(line.folder), room)
        return f" {mark}{name}{number}", Tone.PLAIN

    def heading(self, position: int) -> bool:
        """Mailbox lines are headings."""
        line = self.listed[position]
        return line.place is not None and line.folder is None

"""The mailboxes of the profile with their folders, and what there is to see in each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from textual.binding import Binding, BindingType

from mss_tui.model.folder import Folder, Role
from mss_tui.phrase import say
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


@dataclass(frozen=True, slots=True)
class FolderLine:
    """A line of the pane: a mailbox (`folder` None) or one of its folders."""

    place: Place
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
        listed: list[FolderLine] = []
        for place in places:
            listed.append(FolderLine(place, None))
            listed += [FolderLine(place, f) for f in folders.get(place.account.id) or (INBOX,) if f.selectable]
        if listed != self.listed:
            self.listed = listed
            self.changed()

    def opened(self, account: str, folder: str) -> None:
        """Put the bar on the folder that the list shows."""
        self.open_folder = (account, folder)
        for position, line in enumerate(self.listed):
            if line.folder is not None and (line.place.account.id, line.folder.name) == self.open_folder:
                self.cursor = position
        self.changed()

    def folder_name(self, folder: Folder) -> str:
        """A folder as people call it."""
        if folder.role in ROLE_NAME:
            return self.desk_app.words(ROLE_NAME[folder.role])
        return folder.path[-1] if folder.path else clean(folder.name)

    def row(self, position: int, width: int) -> Row:
        """A mailbox in strong letters, a folder with what is unread in it."""
        line = self.listed[position]
        if line.folder is None:
            return f" {line.place.account.id} ({line.place.account.type})", Tone.STRONG
        depth = max(0, len(line.folder.path) - 1) if line.folder.role is Role.NONE else 0
        number = str(line.folder.unseen) if line.folder.unseen else ""
        if line.folder.role is Role.INBOX and line.place.box.remembered.overdue:
            number += " !"
        mark = "*" if (line.place.account.id, line.folder.name) == self.open_folder else " "
        room = max(4, width - 3 - len(number))
        name = self.desk_app.paint.fit("  " * depth + self.folder_name(line.folder), room)
        return f" {mark}{name}{number}", Tone.PLAIN

    def heading(self, position: int) -> bool:
        """Mailbox lines are headings."""
        return self.listed[position].folder is None

"""The main screen: one folder of one mailbox, opened, read again, searched."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from textual import on

from mss_tui.model.folder import Folder, Role
from mss_tui.model.message import Row
from mss_tui.model.paris import day
from mss_tui.phrase import Phrase, say
from mss_tui.services.box import Box
from mss_tui.services.desk import Place
from mss_tui.services.folder_view import FolderView
from mss_tui.services.unified import Order, UnifiedView, by, newest, search
from mss_tui.text import clean
from mss_tui.tui.screens.ask import AskText
from mss_tui.tui.screens.documents_main import open_elsewhere
from mss_tui.tui.screens.main_reading import MainReading
from mss_tui.tui.shown import Shown
from mss_tui.tui.widgets.message_list import MessageList

InPart = Callable[[Box, FolderView], Awaitable[tuple[FolderView, Phrase]]]
"""Makes a list of a folder, and says who made it."""
PAGE_AHEAD = 50
OUTGOING = (Role.SENT, Role.DRAFTS)


class MainOpening(MainReading):
    """Folders, and what is found in them."""

    def open_folder(self, place: Place, folder: Folder) -> None:
        """Open a folder; the list stays until the other one is here."""
        self.mss.say(say("Ouverture de {name}… (Échap annule)", name=self.folder_pane.folder_name(folder)))
        self.mss.work(self, "open-folder", self._open_folder(place, folder))

    async def _open_folder(self, place: Place, folder: Folder) -> None:
        view = await place.box.open(folder.name, PAGE_AHEAD, read_only=self.mss.read_only)
        self.mss.quiet()
        self._show_folder(place, folder, view)

    async def open_there(self, place: Place, folder: Folder) -> None:
        """Open a folder of any mailbox, now."""
        await self._open_folder(place, folder)

    def open_elsewhere(self, place: Place, row: Row) -> None:
        """Show a message of any mailbox, in its folder."""
        self.mss.work(self, "open-folder", open_elsewhere(self, place, row))

    def _show_folder(self, place: Place, folder: Folder, view: FolderView, *, ahead: bool = True) -> None:
        self.place, self.folder = place, folder
        self.show_base(Shown([place], view, outgoing=folder.role in OUTGOING))
        if ahead:
            self._prefetch(0, 1)

    def show_base(self, base: Shown) -> None:
        """Show another list, from its top."""
        self.base = self.shown = base
        self.messages.empty_words = say("Aucun message.")
        self.messages.shows(base)
        self.close_message()
        self.name_folder()
        self.show_titles()

    def name_folder(self) -> None:
        """The shown folder by its role, once the server has told the roles."""
        if self.base is not None and self.base.unified:
            self.folder_pane.opened_all()
            return
        name = self.shown.view.folder if self.shown is not None else self.folder.name
        known = self.folders.get(self.place.account.id, ())
        self.folder = next((folder for folder in known if folder.name == name), self.folder)
        self.folder_pane.opened(self.place.account.id, name)

    def action_refresh(self) -> None:
        """Read the folder again."""
        if self.shown is None:
            self.mss.work(self, "open-folder", self._open_folder(self.place, self.folder))
        else:
            self.mss.say(say("Relecture… (Échap annule)"))
            self.mss.work(self, "open-folder", self.refresh_list())

    async def refresh_list(self) -> None:
        """Read again what the list shows; the bar stays on its message."""
        here, place, folder = self.row_here(), self.place, self.folder
        view = await place.box.open(folder.name, PAGE_AHEAD, read_only=self.mss.read_only)
        old = self.messages.cursor
        self.base = self.shown = Shown([place], view, outgoing=folder.role in OUTGOING)
        self.messages.shows(self.shown, keep=True)
        self.keep_cursor_on(here.ref if here else None, old)
        await self.count(place)
        self.folder_pane.put(self.mss.desk.places, dict(self.folders))
        await place.box.quota()
        self.show_titles()
        self.mss.quiet()

    async def count(self, place: Place) -> None:
        """Ask for the folders of a mailbox and how much is in each."""
        self.folders[place.account.id] = await place.box.folders(counts=True)
        self.checked_at[place.account.id] = self.mss.desk.clock.now()

    @on(MessageList.Missing)
    def _missing(self, event: MessageList.Missing) -> None:
        if self.shown is not None:
            self.mss.work(self, "rows", self._fetch_rows(self.shown, event.first, event.last))

    async def _fetch_rows(self, shown: Shown, first: int, last: int) -> None:
        rows = self.messages
        seen = range(rows.top, rows.top + rows.size.height)
        blank = [position for position in seen if shown.view.row(position) is None]
        came, errors = await shown.need(first, last)
        if came and shown is self.shown and blank:
            rows.changed(*blank)
            rows.tell_view()
        for error in errors:
            self.mss.fail(error)

    # search

    def action_search(self) -> None:
        """Ask for words; the server searches."""
        self.mss.work(self, "ask", self._ask_search())

    async def _ask_search(self) -> None:
        help_line = say("Mots ; de: objet: texte: depuis:7j avant: non-lu   Entrée chercher   Échap renoncer")
        everywhere = self.base is not None and self.base.unified
        question = say("Chercher dans toutes les boîtes") if everywhere else say("Chercher dans ce dossier")
        words = await self.mss.push_screen_wait(AskText(question, help_line=help_line))
        if words:
            self.search_for(words)

    def search_for(self, words: str) -> None:
        """Search the folder for what was typed, or chosen."""
        if self.base is not None:
            self.mss.say(say("Recherche sur le serveur… (Échap annule)"))
            self.mss.work(self, "open-folder", self._search(self.base, words))

    async def _search(self, base: Shown, words: str) -> None:
        from mss_tui.services.looking import query_of

        query = query_of(words, day(self.mss.desk.clock.now()))
        what = say("Recherche « {words} »", words=clean(words, 80))
        view, who = await self.list_of(base, lambda box, part: search(box, part, query))
        self.show_list(base, view, what, who)

    async def list_of(
        self, base: Shown, make: InPart, order: Order = newest
    ) -> tuple[FolderView | UnifiedView, Phrase]:
        """Another list of what `base` shows, and who made it; `order` is that of several mailboxes."""
        part = base.view.part(self.place.account.id)
        if part is None:
            return base.view, by(on_server=False)
        return await make(self.place.box, part)

    def show_list(self, base: Shown, view: FolderView | UnifiedView, what: Phrase, who: Phrase) -> None:
        """Messages in an order of their own; who put them so stands in the title."""
        words = self.mss.words
        self.shown = Shown([*base.places.values()], view, query=words(what), by=words(who), outgoing=base.outgoing)
        self.messages.empty_words = say("Rien de tel dans ce dossier. Échap revient à la liste.")
        self.messages.shows(self.shown)
        self.close_message()
        self.show_titles()
        self.mss.say(say("{n} message(s), {who}. Échap revient à la liste.", n=self.shown.view.total, who=who))

    def leave_search(self) -> bool:
        """Back to the whole folder; False when it was shown already."""
        if self.shown is self.base or self.base is None:
            return False
        self.shown = self.base
        self.messages.shows(self.shown)
        self.show_titles()
        self.mss.quiet()
        return True

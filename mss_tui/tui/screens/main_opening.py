"""The main screen: opening folders and messages, and what happens meanwhile on the server."""

from __future__ import annotations

import asyncio

from textual import on
from textual.timer import Timer

from mss_tui.errors import CannotConnect, ConnectionLost, DeadlinePassed, MssError
from mss_tui.model.folder import Folder, Role
from mss_tui.model.message import SEEN, Reading, Row
from mss_tui.model.paris import day
from mss_tui.phrase import Phrase, say
from mss_tui.ports.mail import Arrived, Changed, Event, Line, LineChanged, Removed, Reset
from mss_tui.services.desk import Place
from mss_tui.services.folder_view import FolderView
from mss_tui.text import clean
from mss_tui.tui.message_lines import OpenMessage, full
from mss_tui.tui.paint import Tone
from mss_tui.tui.screens.ask import AskText
from mss_tui.tui.screens.documents_main import open_documents, open_elsewhere
from mss_tui.tui.screens.main_panes import MainPanes
from mss_tui.tui.shown import Shown
from mss_tui.tui.widgets.message_list import MessageList
from mss_tui.tui.widgets.message_view import Look
from mss_tui.tui.widgets.title import Title

PAGE_AHEAD = 50
AFTER_ROWS = 0.08
"""Seconds in which the first rows reach the terminal, before anything else is asked or loaded."""
OUTBOX_AFTER = 0.25
"""Seconds after the first rows: what the outbox needs is much to load."""
RECONCILE = 600.0
"""Seconds between two comparisons with the server."""
OUTGOING = (Role.SENT, Role.DRAFTS)


class MainOpening(MainPanes):
    """Folders, messages, events."""

    _rest: Timer | None = None

    def on_mount(self) -> None:
        """Show the folder that is being opened since before Textual was there; listen; then look at the others."""
        self.folder_pane.put(self.mss.desk.places, {})
        self.mss.work(self, "open-folder", self._first_folder())
        self.set_interval(RECONCILE, self._reconcile)

    async def _first_folder(self) -> None:
        self.mss.lines.setdefault(self.place.account.id, LineChanged(Line.CONNECTING))
        try:
            view = await self.opening
            self._show_folder(self.place, self.folder, view, ahead=False)
            await asyncio.sleep(AFTER_ROWS)
        finally:
            self.run_worker(self._listen(self.place), group=f"listen-{self.place.account.id}", exit_on_error=False)
            self.set_timer(OUTBOX_AFTER, self.mss.begin_outbox)
        self._prefetch_here()
        await self._look_around()

    async def _look_around(self) -> None:
        """Folders and quotas of every mailbox, the shown one first."""
        places = sorted(self.mss.desk.places, key=lambda place: place is not self.place)
        for place in places:
            if place is not self.place:
                self.run_worker(self._listen(place), group=f"listen-{place.account.id}", exit_on_error=False)
            try:
                await self._count(place)
                await self.mss.desk.refresh(place)
            except MssError as error:
                self.mss.fail(error)
                continue
            self.folder_pane.put(self.mss.desk.places, dict(self.folders))
            if place is self.place:
                self._name_folder()
        self.show_titles()

    async def _count(self, place: Place) -> None:
        self.folders[place.account.id] = await place.box.folders(counts=True)
        if place is self.place:
            self.checked = self.mss.desk.clock.now()

    def _reconcile(self) -> None:
        """From time to time, whatever was pushed meanwhile: compare the counts of every folder with the server's."""
        self.mss.work(self, "reconcile", self._compare())

    async def _compare(self) -> None:
        for place in self.mss.desk.places:
            line = self.mss.lines.get(place.account.id)
            if line is not None and line.line is Line.ONLINE:
                await self._count(place)
        self.folder_pane.put(self.mss.desk.places, dict(self.folders))
        inbox = next((f for f in self.folders.get(self.place.account.id, ()) if f.name == self.folder.name), None)
        if self.base is not None and inbox is not None and inbox.total not in (None, len(self.base)):
            await self._refresh(self.place, self.folder)
        self.show_titles()

    def _name_folder(self) -> None:
        """The shown folder by its role, once the server has told the roles."""
        name = self.shown.view.folder if self.shown is not None else self.folder.name
        known = self.folders.get(self.place.account.id, ())
        self.folder = next((folder for folder in known if folder.name == name), self.folder)
        self.folder_pane.opened(self.place.account.id, name)

    # folders

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

    async def open_row(self, place: Place, row: Row) -> None:
        """Open a message, now."""
        await self._open_message(place, row)

    def open_elsewhere(self, place: Place, row: Row) -> None:
        """Show a message of any mailbox, in its folder."""
        self.mss.work(self, "open-folder", open_elsewhere(self, place, row))

    def action_documents(self) -> None:
        """The documents of the message."""
        row = self.row_here()
        if row is not None:
            self.mss.work(self, "open-message", open_documents(self, self.place, row))

    def redraw(self, uid: int) -> None:
        """What is known of a message changed."""
        self._redraw(uid)

    def _show_folder(self, place: Place, folder: Folder, view: FolderView, *, ahead: bool = True) -> None:
        self.place, self.folder = place, folder
        self.base = self.shown = Shown(place, view, outgoing=folder.role in OUTGOING)
        self.messages.empty_words = say("Aucun message.")
        self.messages.shows(self.shown)
        self.close_message()
        self._name_folder()
        self.show_titles()
        if ahead:
            self._prefetch(0, 1)

    def action_refresh(self) -> None:
        """Read the folder again."""
        if self.shown is None:
            self.mss.work(self, "open-folder", self._open_folder(self.place, self.folder))
        else:
            self.mss.say(say("Relecture… (Échap annule)"))
            self.mss.work(self, "open-folder", self._refresh(self.place, self.folder))

    async def _refresh(self, place: Place, folder: Folder) -> None:
        here = self.row_here()
        view = await place.box.open(folder.name, PAGE_AHEAD, read_only=self.mss.read_only)
        old = self.messages.cursor
        self.base = self.shown = Shown(place, view, outgoing=folder.role in OUTGOING)
        self.messages.shows(self.shown, keep=True)
        self.keep_cursor_on(here.ref if here else None, old)
        await self._count(place)
        self.folder_pane.put(self.mss.desk.places, dict(self.folders))
        await place.box.quota()
        self.show_titles()
        self.mss.quiet()

    @on(MessageList.Missing)
    def _missing(self, event: MessageList.Missing) -> None:
        if self.shown is not None:
            self.mss.work(self, "rows", self._fetch_rows(self.shown, event.first, event.last))

    async def _fetch_rows(self, shown: Shown, first: int, last: int) -> None:
        rows = self.messages
        seen = range(rows.top, min(rows.top + rows.size.height, len(shown)))
        blank = [position for position in seen if shown.view.row(position) is None]
        if await shown.place.box.need(shown.view, first, last) and shown is self.shown and blank:
            rows.changed(*blank)

    # search

    def action_search(self) -> None:
        """Ask for words; the server searches."""
        self.mss.work(self, "ask", self._ask_search())

    async def _ask_search(self) -> None:
        help_line = say("Mots ; de: objet: texte: depuis:7j avant: non-lu   Entrée chercher   Échap renoncer")
        words = await self.mss.push_screen_wait(AskText(say("Chercher dans ce dossier"), help_line=help_line))
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
        box, what = base.place.box, say("Recherche « {words} »", words=clean(words, 80))
        try:
            found = await base.place.box.mail.search(base.view.folder, query)
            view = await box.listed(base.view, found.uids)
        except (CannotConnect, ConnectionLost, DeadlinePassed):
            view = box.search_here(base.view, query)
            self.show_list(base, view, what, say("hors ligne, {n} lignes déjà lues", n=len(base.view.known())))
            return
        self.show_list(base, view, what, by(found.on_server))

    def show_list(self, base: Shown, view: FolderView, what: Phrase, who: Phrase) -> None:
        """Messages in an order of their own; who put them so stands in the title."""
        words = self.mss.words
        self.shown = Shown(base.place, view, query=words(what), by=words(who), outgoing=base.outgoing)
        self.messages.empty_words = say("Rien de tel dans ce dossier. Échap revient à la liste.")
        self.messages.shows(self.shown)
        self.close_message()
        self.show_titles()
        self.mss.say(say("{n} message(s), {who}. Échap revient à la liste.", n=len(view), who=who))

    def leave_search(self) -> bool:
        """Back to the whole folder; False when it was shown already."""
        if self.shown is self.base or self.base is None:
            return False
        self.shown = self.base
        self.messages.shows(self.shown)
        self.show_titles()
        self.mss.quiet()
        return True

    # messages

    @on(MessageList.Chosen)
    def _message_chosen(self) -> None:
        row = self.row_here()
        if row is not None:
            self.open_message(row)

    def open_message(self, row: Row) -> None:
        """Open a message; a draft is taken up again in the composer."""
        open_it = self._reopen_draft if self.folder.role is Role.DRAFTS else self._open_message
        self.mss.work(self, "open-message", open_it(self.place, row))

    async def _reopen_draft(self, place: Place, row: Row) -> None:
        reading = await place.reader.open(row, self.mss.desk.actor, mark=False)
        from mss_tui.services.drafts import reopened

        self.write_message(place, reopened(reading, place.account))

    async def _open_message(self, place: Place, row: Row) -> None:
        reading = await place.reader.open(row, self.mss.desk.actor, mark=False)
        entry = place.box.entry(row)
        facts = place.box.documents_of(row)
        self.view.open(OpenMessage(reading, entry.kind, place.checker.incoming(reading, facts)))
        self.query_one("#message-title", Title).put(say("De {who}", who=full(row.sender)))
        self.mss.work(self, "documents", self.beside(place, reading))
        self.add_class("reading")
        self.show_pane("message")
        self.mss.quiet()
        if not row.seen and not self.mss.read_only:
            self.mss.work(self, f"seen-{row.ref.uid}", self._seen(place, row))
        position = self.shown.view.position(row.ref) if self.shown is not None else None
        self._prefetch((position or 0) + 1, (position or 0) - 1)
        self.opened(place, reading.row)

    async def _seen(self, place: Place, row: Row) -> None:
        """A message that is on screen is read, for everyone who sees this mailbox; the text never waits for that."""
        flags = dict(await place.box.mail.flag([row.ref], [SEEN]))
        if self.shown is not None and row.ref in flags:
            self.shown.view.flags({row.ref.uid: flags[row.ref]})
            self._redraw(row.ref.uid)

    async def beside(self, place: Place, reading: Reading) -> None:
        """What is read of a message once it is on screen (given by the class built on this one)."""

    def opened(self, place: Place, row: Row) -> None:
        """A message is shown (more is said beside it by the class built on this one)."""

    def _redraw(self, uid: int) -> None:
        """Draw one row again."""
        if self.shown is None:
            return
        for position in range(self.messages.top, self.messages.top + self.messages.size.height):
            row = self.shown.view.row(position)
            if row is not None and row.ref.uid == uid:
                self.messages.changed(position)

    def close_message(self) -> None:
        """Back to the list alone."""
        self.view.close()
        self.remove_class("reading")
        self.show_pane("list")

    def _prefetch(self, *positions: int) -> None:
        """Have these messages at hand, so that opening them asks nobody."""
        if self.shown is None:
            return
        rows = [row for i in positions if (row := self.shown.view.row(i)) is not None]
        if rows and not self.mss.low_bandwidth:
            self.place.reader.prefetch(rows)

    @on(MessageList.Moved)
    def _moved(self) -> None:
        """Prefetch where the bar rests; nothing is drawn."""
        if self._rest is not None:
            self._rest.stop()
        self._rest = self.set_timer(0.4, self._prefetch_here)

    def _prefetch_here(self) -> None:
        here = self.messages.cursor
        self._prefetch(here, here + 1, here - 1)

    def action_open_next(self, by: int) -> None:
        """Open the next or the previous message of the list."""
        old = self.messages.cursor
        self.messages.go(old + by)
        row = self.messages.source.entry(self.messages.cursor)
        if row is not None and self.messages.cursor != old:
            self.open_message(row.row)

    def action_headers(self) -> None:
        """All headers."""
        self.view.show_headers()

    def action_quoted(self) -> None:
        """Fold or unfold what is cited."""
        if self.view.message is not None:
            self.view.fold()

    def action_raw(self) -> None:
        """As it is on the server."""
        if self.view.message is None:
            return
        if self.view.look is Look.RAW:
            self.view.show_message()
        else:
            self.mss.work(self, "raw", self._raw(self.view.message))

    async def _raw(self, message: OpenMessage) -> None:
        self.view.show_raw(await self.place.reader.raw(message.reading.row.ref))

    # events

    async def _listen(self, place: Place) -> None:
        """What happens in a mailbox, for as long as the screen lives."""
        async for event in place.box.events():
            self._happened(place, event)

    def _happened(self, place: Place, event: Event) -> None:
        if isinstance(event, LineChanged):
            self.mss.line_changed(place, event)
            return
        if isinstance(event, Arrived) and event.rows:
            self.app.bell()
            fresh = sum(SEEN not in row.flags for row in event.rows)
            self.mss.say(say("{n} nouveau(x) message(s) : {box}", n=fresh or len(event.rows), box=place.account.id))
        if place is not self.place or self.base is None or self.shown is None:
            return
        if isinstance(event, Reset):
            self.action_refresh()
            return
        here, old = self.row_here(), self.messages.cursor
        changed = self.base.apply(event)
        if self.shown is not self.base:
            changed = self.shown.apply(event) or changed
        if changed:
            self._follow(event, here, old)

    def _follow(self, event: Event, here: Row | None, old: int) -> None:
        """Draw what changed; the bar stays on its message."""
        if isinstance(event, Changed):
            for uid, _ in event.flags:
                self._redraw(uid)
        else:
            self.keep_cursor_on(here.ref if here else None, old)
        if isinstance(event, Removed) and self.view.message is not None:
            ref = self.view.message.reading.row.ref
            if ref.uid in event.uids and ref.folder == event.folder:
                self.mss.say(say("Le message ouvert n'est plus dans ce dossier."), Tone.WARN)
        self.show_titles()

    def cancel_work(self) -> bool:
        """Échap: give up what is being waited for; False when there was nothing."""
        waiting = [
            worker
            for worker in self.workers
            if worker.node is self
            and worker.group in ("open-folder", "open-message", "raw", "save")
            and worker.is_running
        ]
        for worker in waiting:
            worker.cancel()
        if waiting:
            self.mss.say(say("Annulé."))
        return bool(waiting)


def by(on_server: bool) -> Phrase:
    """Who searched or sorted."""
    return say("serveur") if on_server else say("ici, parmi les messages les plus récents")

"""The main screen: how it begins, and what happens meanwhile on the servers."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import replace

from mss_tui.errors import MssError
from mss_tui.model.folder import Role
from mss_tui.model.message import SEEN, MessageRef, Row
from mss_tui.phrase import say
from mss_tui.ports.mail import Arrived, Changed, Counted, Event, Line, LineChanged, Removed, Reset
from mss_tui.services.desk import Place
from mss_tui.services.folder_view import FolderView
from mss_tui.tui.paint import Tone
from mss_tui.tui.screens.main_together import MainTogether
from mss_tui.tui.shown import Shown
from mss_tui.tui.wording import full_moment

AFTER_ROWS = 0.08
"""Seconds in which the first rows reach the terminal, before anything else is asked or loaded."""
OUTBOX_AFTER = 0.25
"""Seconds after the first rows: what the outbox needs is much to load."""
RECONCILE = 600.0
"""Seconds between two comparisons with the server."""
WAITS_FOR_US = ("open-folder", "open-message", "raw", "save")
"""Work that Échap gives up."""


class MainWatching(MainTogether):
    """The first rows, events, comparisons."""

    kept: asyncio.Task[FolderView | None] | None = None
    """The folder as this machine kept it; it is shown until the server has answered."""

    def on_mount(self) -> None:
        """Show the folder that is being opened since before Textual was there; listen; then look at the others."""
        self.folder_pane.put(self.mss.desk.places, {})
        self.mss.work(self, "open-folder", self._first_folder())
        self.set_interval(RECONCILE, self.reconcile)

    async def _first_folder(self) -> None:
        self.mss.lines.setdefault(self.place.account.id, LineChanged(Line.CONNECTING))
        try:
            early = await self._kept_rows()
            view = await self.opening
            if early is None:
                self._show_folder(self.place, self.folder, view, ahead=False)
            elif self.base is early:
                self._freshen(view)
            await asyncio.sleep(AFTER_ROWS)
        finally:
            self.run_worker(self._listen(self.place), group=f"listen-{self.place.account.id}", exit_on_error=False)
            if self.place.box.offline:
                self.mss.count_outbox()
                self.mss.offer_what_was_written()
            else:
                self.set_timer(OUTBOX_AFTER, self.mss.begin_outbox)
        if self.place.box.offline:
            await self._look_here(view)
            return
        self._prefetch_here()
        await self._look_around()

    async def _kept_rows(self) -> Shown | None:
        """Show what is kept of the folder while the server is asked; what is shown then."""
        if self.kept is None or self.place.box.offline:
            return None
        await asyncio.wait({self.kept, self.opening}, return_when=asyncio.FIRST_COMPLETED)
        view = None if self._answered() else await self.kept
        if view is None or self._answered():
            return None
        self._show_folder(self.place, self.folder, view, ahead=False)
        return self.base

    def _answered(self) -> bool:
        """Has the server given the first rows?"""
        return self.opening.done() and not self.opening.cancelled() and self.opening.exception() is None

    def _freshen(self, view: FolderView) -> None:
        """The same folder as the server has it; the bar stays on its message, and a search on its findings."""
        here, old, before = self.row_here(), self.messages.cursor, self.base
        self.base = Shown([self.place], view, outgoing=before is not None and before.outgoing)
        if self.shown is before:
            self.shown = self.base
            self.messages.shows(self.shown, keep=True)
            self.keep_cursor_on(here.ref if here else None, old)
        self.show_titles()

    async def _look_here(self, view: FolderView) -> None:
        """Nothing connects: the folders as they were, and the date of what is seen."""
        for place in self.mss.desk.places:
            with suppress(MssError):
                self.folders[place.account.id] = await place.box.folders()
        self.folder_pane.put(self.mss.desk.places, dict(self.folders))
        self.name_folder()
        self.show_titles()
        if view.as_of is not None:
            self.mss.say(say("Hors ligne : copie du {at}. Rien n'est relevé ni envoyé.", at=full_moment(view.as_of)))

    async def _look_around(self) -> None:
        """Folders and quotas of every mailbox, the shown one first."""
        places = sorted(self.mss.desk.places, key=lambda place: place is not self.place)
        for place in places:
            if place is not self.place:
                self.run_worker(self._listen(place), group=f"listen-{place.account.id}", exit_on_error=False)
            try:
                await self.count(place)
                await self.mss.desk.refresh(place)
            except MssError as error:
                self.mss.fail(error)
                continue
            self.folder_pane.put(self.mss.desk.places, dict(self.folders))
            if place is self.place:
                self.name_folder()
        self.show_titles()

    def reconcile(self) -> None:
        """From time to time, whatever was pushed meanwhile: compare the counts of every folder with the server's."""
        self.mss.work(self, "reconcile", self._compare())

    async def _compare(self) -> None:
        for place in self.mss.desk.places:
            line = self.mss.lines.get(place.account.id)
            if line is None or line.line is not Line.ONLINE:
                continue
            try:
                await self.count(place)
            except MssError as error:  # the other mailboxes are compared all the same
                self.mss.fail(error)
                continue
            await self._compare_shown(place)
        self.folder_pane.put(self.mss.desk.places, dict(self.folders))
        self.show_titles()

    async def _compare_shown(self, place: Place) -> None:
        """Read again what is on screen of a mailbox, when it is not as many messages as its server counts."""
        part = self.base.view.part(place.account.id) if self.base is not None else None
        if self.base is None or part is None:
            return
        counted = next((f.total for f in self.folders[place.account.id] if f.name == part.folder), None)
        if counted in (None, len(part)):
            return
        if self.base.unified:
            await self._rejoin(self.base, place)
        else:
            await self.refresh_list()

    # events

    async def _listen(self, place: Place) -> None:
        """What happens in a mailbox, for as long as the screen lives."""
        async for event in place.box.events():
            self._happened(place, event)

    def _happened(self, place: Place, event: Event) -> None:
        if isinstance(event, LineChanged):
            self.mss.line_changed(place, event)
            if event.line is Line.ONLINE and self.base is not None and self.base.lacks(place):
                self.rejoin(place)
            elif event.line is Line.ONLINE and place is self.place and self._shows_copy():
                self.action_refresh()
            return
        if isinstance(event, Counted):
            self._counted(place, event)
            return
        if isinstance(event, Arrived) and event.rows:
            fresh = sum(SEEN not in row.flags for row in event.rows)
            self._new_mail(place, fresh or len(event.rows))
        if self.base is None or self.shown is None or self.base.view.part(place.account.id) is None:
            return
        if isinstance(event, Reset):
            if self.base.unified:
                self.rejoin(place)
            else:
                self.action_refresh()
            return
        here, old = self.row_here(), self.messages.cursor
        changed = self.base.apply(place, event)
        if self.shown is not self.base:
            changed = self.shown.apply(place, event) or changed
        if changed:
            self._follow(place, event, here, old)

    def _shows_copy(self) -> bool:
        """Is the list still what was kept, since the server could not be asked?"""
        return self.opening.done() and self.base is not None and self.base.view.as_of is not None

    def _new_mail(self, place: Place, number: int) -> None:
        self.app.bell()
        self.mss.say(say("{n} nouveau(x) message(s) : {box}", n=number, box=place.account.id))

    def _counted(self, place: Place, event: Counted) -> None:
        """A folder that is not on screen holds more or less than it did; the inbox rings all the same."""
        known = self.folders.get(place.account.id, ())
        now = tuple(replace(f, total=event.total, unseen=event.unseen) if f.name == event.folder else f for f in known)
        if now == known:
            return
        for before, after in zip(known, now, strict=True):
            more = (after.unseen or 0) - (before.unseen or 0)
            if after.role is Role.INBOX and more > 0 and (after.total or 0) > (before.total or 0):
                self._new_mail(place, more)
        self.folders[place.account.id] = now
        self.folder_pane.put(self.mss.desk.places, dict(self.folders))

    def _follow(self, place: Place, event: Event, here: Row | None, old: int) -> None:
        """Draw what changed; the bar stays on its message."""
        if isinstance(event, Changed):
            part = self.base.view.part(place.account.id) if self.base is not None else None
            validity = part.uidvalidity if part is not None else 0
            self.redraw(*(MessageRef(place.account.id, event.folder, validity, uid) for uid, _ in event.flags))
        else:
            self.keep_cursor_on(here.ref if here else None, old)
        if isinstance(event, Removed) and self.view.message is not None:
            ref = self.view.message.reading.row.ref
            if (ref.account, ref.folder) == (place.account.id, event.folder) and ref.uid in event.uids:
                self.mss.say(say("Le message ouvert n'est plus dans ce dossier."), Tone.WARN)
        self.show_titles()

    def cancel_work(self) -> bool:
        """Échap: give up what is being waited for; False when there was nothing."""
        waiting = [w for w in self.workers if w.node is self and w.group in WAITS_FOR_US and w.is_running]
        for worker in waiting:
            worker.cancel()
        if waiting:
            self.mss.say(say("Annulé."))
        return bool(waiting)

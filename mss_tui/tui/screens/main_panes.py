"""The main screen's panes: folders, list, message; side by side when wide, one at a time at 80 columns."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import ClassVar

from textual import events, on
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical
from textual.widget import Widget

from mss_tui.model.draft import Draft
from mss_tui.model.folder import Folder, Role
from mss_tui.model.message import MessageRef, Row
from mss_tui.phrase import say
from mss_tui.services.desk import Place
from mss_tui.services.folder_view import FolderView
from mss_tui.services.handling import Undo
from mss_tui.tui.actions import Scope, bindings
from mss_tui.tui.screens.base import MssScreen
from mss_tui.tui.shown import Shown
from mss_tui.tui.widgets.folders import ALL_BOXES, FolderPane
from mss_tui.tui.widgets.message_list import MessageList
from mss_tui.tui.widgets.message_view import MessageView
from mss_tui.tui.widgets.status_block import StatusBlock
from mss_tui.tui.widgets.title import Title


class MailPane(Vertical, can_focus=False):
    """List and message: the acts on mail are possible here alone, not while folders have the keys."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings(Scope.MAIL)]


class MainPanes(MssScreen):
    """Layout, focus and what is shown; the acts stand in the classes built on it."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings(Scope.MAIN)]
    AUTO_FOCUS = "#list"

    def __init__(self, place: Place, opening: asyncio.Task[FolderView]) -> None:
        super().__init__()
        self.place = place
        self.opening = opening
        self.folders: dict[str, tuple[Folder, ...]] = {}
        self.folder = Folder("INBOX", ("Réception",), Role.INBOX)
        self.base: Shown | None = None
        self.shown: Shown | None = None
        self.undos: list[tuple[tuple[Place, Undo], ...]] = []
        """What each act can be taken back with, in every mailbox that it touched."""
        self.act_number = 0
        self.checked_at: dict[str, datetime] = {}
        """When the counts of each mailbox were last compared with its server."""

    def body(self) -> Iterable[Widget]:
        """Folders and state at the left; list above message at the right."""
        with Horizontal(id="panes"):
            with Vertical(id="side"):
                yield Title(say("BOÎTES"), id="boxes-title")
                yield FolderPane(id="folders")
                yield StatusBlock(id="state")
            with MailPane(id="mail"):
                yield Title(id="list-title")
                yield MessageList(id="list")
                yield Title(id="message-title")
                yield MessageView(id="message")

    @property
    def messages(self) -> MessageList:
        """The list."""
        return self.query_one("#list", MessageList)

    @property
    def view(self) -> MessageView:
        """The message pane."""
        return self.query_one("#message", MessageView)

    @property
    def folder_pane(self) -> FolderPane:
        """The folders."""
        return self.query_one("#folders", FolderPane)

    def key_hints(self) -> tuple[Scope, ...]:
        """Acts on mail first."""
        return (Scope.MAIL, Scope.MAIN)

    # panes

    @property
    def narrow(self) -> bool:
        """One pane at a time?"""
        return self.has_class("-narrow")

    def show_pane(self, name: str) -> None:
        """Give the keys to a pane ("folders", "list", "message"); when narrow, it alone is seen."""
        self.set_class(name == "folders", "on-folders")
        self.set_class(name == "message", "on-message")
        self.give_keys(name)

    def on_screen_resume(self) -> None:
        """Nothing covers the list any more."""
        self.messages.tell_view()

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        """The title of the pane that has the keys is the strong one."""
        focused = event.widget.id
        for name, title in (("folders", "boxes-title"), ("list", "list-title"), ("message", "message-title")):
            self.query_one(f"#{title}", Title).active(name == focused)

    def action_boxes(self) -> None:
        """To the folders, or back to the list."""
        self.show_pane("list" if self.has_keys("folders") else "folders")

    def action_pane(self, by: int) -> None:
        """Tab."""
        names = ["folders", "list", *(["message"] if self.view.message else [])]
        here = next((i for i, name in enumerate(names) if self.has_keys(name)), 1)
        self.show_pane(names[(here + by) % len(names)])

    # what is shown

    def row_here(self) -> Row | None:
        """The message under the bar; the opened one where the message pane has the keys."""
        if self.has_keys("message") and self.view.message is not None:
            ref = self.view.message.reading.row.ref
            for row in self.shown.view.known() if self.shown else ():
                if row.ref == ref:
                    return row
            return self.view.message.reading.row
        entry = self.messages.source.entry(self.messages.cursor)
        return None if entry is None else entry.row

    def place_of(self, ref: MessageRef) -> Place:
        """The mailbox of a message, whatever the list shows."""
        return next((p for p in self.mss.desk.places if p.account.id == ref.account), self.place)

    def by_mailbox(self, rows: Sequence[Row]) -> list[tuple[Place, list[Row]]]:
        """Messages with the mailbox that each is in, in the order of the profile."""
        found = [(place, [row for row in rows if self.place_of(row.ref) is place]) for place in self.mss.desk.places]
        return [(place, its) for place, its in found if its]

    @property
    def checked(self) -> datetime | None:
        """When what is shown was last compared with the server ("dernière relève"); the oldest of several."""
        shown = self.base.places if self.base is not None else {self.place.account.id: self.place}
        times = [self.checked_at[account] for account in shown if account in self.checked_at]
        return min(times) if len(times) == len(shown) else None

    def rows_meant(self) -> Sequence[Row]:
        """The selected messages, or the one under the bar."""
        selected = self.messages.selected
        if selected and self.shown is not None and not self.has_keys("message"):
            return [row for row in self.shown.view.known() if row.ref in selected]
        row = self.row_here()
        return [] if row is None else [row]

    def keep_cursor_on(self, ref: MessageRef | None, fallback: int) -> None:
        """After rows came or went, the bar stays on the same message: a key never meets another one."""
        rows = self.messages
        position = self.shown.view.position(ref) if self.shown is not None and ref is not None else None
        if position is None:
            position = fallback
        shift = position - rows.cursor
        rows.cursor = max(0, min(position, rows.count() - 1))
        if rows.top > 0:
            rows.top = max(0, rows.top + shift)
        rows.changed()
        rows.page_changed()

    def show_titles(self) -> None:
        """What the list is, and how much there is to do."""
        if self.shown is None:
            return
        words = self.mss.words
        name = self.folder_pane.folder_name(self.folder)
        address = self.place.account.address
        title = f"{name} · {address}"
        shorter: tuple[str, ...] = (f"{name} · {address.partition('@')[0]}@…", name)
        if self.shown.unified:
            name = words(ALL_BOXES)
            title, shorter = f"{name} ({len(self.shown.places)})", ()
        if self.base is not None and self.base.absent:
            title += f" · {words(say('sans {boxes}', boxes=', '.join(self.base.absent)))}"
            shorter = ()
        if self.shown.query:
            title = words(say("{what} dans {name} ({by})", what=self.shown.query, name=name, by=self.shown.by))
            shorter = ()
        self.query_one("#list-title", Title).put(title, self._figures(self.shown), shorter)
        self.query_one("#state", StatusBlock).renew()
        self.mss.refresh_status()

    def _figures(self, shown: Shown) -> str:
        words = self.mss.words
        total = shown.view.total
        parts = [
            words(say("{n} messages", n=f"{total:,}".replace(",", " ")) if total > 1 else say("{n} message", n=total))
        ]
        to_do, overdue, complete = shown.counts()
        if self.folder.role is Role.INBOX and not complete:
            overdue = max(overdue, sum(place.box.remembered.overdue or 0 for place in shown.places.values()))
        if not shown.outgoing and to_do and complete:
            parts.append(words(say("{n} à traiter", n=to_do)))
        if not shown.outgoing and overdue:
            parts.append(words(say("{n} en retard", n=overdue)))
        return " · ".join(parts)

    def wake(self) -> None:
        """Time has passed while nobody looked: delays may have run out."""
        if self.shown is not None:
            self.shown.forget_verdicts()
            self.messages.changed()
            self.show_titles()

    @on(FolderPane.Chosen, "#folders")
    def _folder_chosen(self, event: FolderPane.Chosen) -> None:
        line = self.folder_pane.listed[event.position]
        if line.place is None:
            self.show_pane("list")
            self.action_together()
        elif line.folder is not None:
            self.show_pane("list")
            self.open_folder(line.place, line.folder)

    def action_together(self) -> None:
        """Open every inbox (given by the class built on this one)."""
        raise AssertionError(type(self).__name__)

    def open_folder(self, place: Place, folder: Folder) -> None:
        """Open a folder (given by the class built on this one)."""
        raise AssertionError(type(self).__name__)

    def write_message(self, place: Place, draft: Draft, *, reason: str = "") -> None:
        """Open the composer on a draft."""
        from mss_tui.services.automatic import begun
        from mss_tui.services.composing import signed
        from mss_tui.tui.screens.composer import ComposerScreen

        if draft.saved_as is None:
            profile = self.mss.desk.profile
            draft = replace(draft, want_delivery=profile.want_delivery, want_reading=profile.want_reading)
            draft = begun(signed(draft, profile.signature), place.account)
        open_already = self.mss.writing.holding(draft.saved_as)
        if open_already is not None:
            self.mss.writing.show(open_already)
        else:
            self.mss.writing.open(ComposerScreen(place, draft, reason=reason))

"""The main screen: one message, opened, shown, marked read; its neighbours at hand before they are asked for."""

from __future__ import annotations

from textual import on
from textual.timer import Timer

from mss_tui.model.folder import Role
from mss_tui.model.message import SEEN, MessageRef, Reading, Row
from mss_tui.phrase import say
from mss_tui.services.desk import Place
from mss_tui.tui.message_lines import OpenMessage, full
from mss_tui.tui.screens.documents_main import open_documents
from mss_tui.tui.screens.main_panes import MainPanes
from mss_tui.tui.widgets.message_list import MessageList
from mss_tui.tui.widgets.message_view import Look
from mss_tui.tui.widgets.title import Title


class MainReading(MainPanes):
    """Messages."""

    _rest: Timer | None = None

    @on(MessageList.Chosen)
    def _message_chosen(self) -> None:
        row = self.row_here()
        if row is not None:
            self.open_message(row)

    def open_message(self, row: Row) -> None:
        """Open a message; a draft is taken up again in the composer."""
        open_it = self._reopen_draft if self.folder.role is Role.DRAFTS else self._open_message
        self.mss.work(self, "open-message", open_it(self.place_of(row.ref), row))

    async def open_row(self, place: Place, row: Row) -> None:
        """Open a message, now."""
        await self._open_message(place, row)

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
            self.mss.work(self, f"seen-{row.ref.account}-{row.ref.uid}", self._seen(place, row))
        position = self.shown.view.position(row.ref) if self.shown is not None else None
        self._prefetch((position or 0) + 1, (position or 0) - 1)
        self.opened(place, reading.row)

    async def _seen(self, place: Place, row: Row) -> None:
        """A message that is on screen is read, for everyone who sees this mailbox; the text never waits for that."""
        flags = dict(await place.box.mail.flag([row.ref], [SEEN]))
        if self.shown is not None and row.ref in flags:
            self.shown.view.mark({row.ref: flags[row.ref]})
            self.redraw(row.ref)

    async def beside(self, place: Place, reading: Reading) -> None:
        """What is read of a message once it is on screen (given by the class built on this one)."""

    def opened(self, place: Place, row: Row) -> None:
        """A message is shown (more is said beside it by the class built on this one)."""

    def redraw(self, *refs: MessageRef) -> None:
        """What is known of messages changed: draw their rows again."""
        if self.shown is None:
            return
        for position in range(self.messages.top, self.messages.top + self.messages.size.height):
            row = self.shown.view.row(position)
            if row is not None and row.ref in refs:
                self.messages.changed(position)

    def close_message(self) -> None:
        """Back to the list alone."""
        self.view.close()
        self.remove_class("reading")
        self.show_pane("list")

    def _prefetch(self, *positions: int) -> None:
        """Have these messages at hand, so that opening them asks nobody."""
        if self.shown is None or self.mss.low_bandwidth:
            return
        rows = [row for i in positions if (row := self.shown.view.row(i)) is not None]
        for place, its in self.by_mailbox(rows):
            place.reader.prefetch(its)

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

    def action_documents(self) -> None:
        """The documents of the message."""
        row = self.row_here()
        if row is not None:
            self.mss.work(self, "open-message", open_documents(self, self.place_of(row.ref), row))

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
        ref = message.reading.row.ref
        self.view.show_raw(await self.place_of(ref).reader.raw(ref))

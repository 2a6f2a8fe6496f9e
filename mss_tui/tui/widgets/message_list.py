"""The list of messages: a line each, read from what the rules said of the row; blank until it is fetched."""

from __future__ import annotations

from typing import ClassVar, Protocol

from textual.binding import BindingType
from textual.message import Message
from textual.strip import Strip

from mss_tui.model.address import Kind
from mss_tui.model.message import ANSWERED, FLAGGED, FORWARDED, Handling, MessageRef
from mss_tui.model.message import Row as MessageRow
from mss_tui.model.verdict import State
from mss_tui.phrase import say
from mss_tui.services.box import ListEntry
from mss_tui.tui.actions import Scope, bindings
from mss_tui.tui.paint import Tone
from mss_tui.tui.widgets.rows import Row, Rows
from mss_tui.tui.wording import HANDLING, moment, short_day

KIND_MARK = {Kind.PATIENT: "P", Kind.OUTSIDE: "E", Kind.APPLICATION: "A", Kind.PRO: " "}
AHEAD = 100
"""Rows fetched beyond those that are wanted now."""
CRITICAL = "recu.biologie-critique"


class Source(Protocol):
    """What the list shows."""

    outgoing: bool
    """Is it the mail that this mailbox sent? Then the list names whom it went to."""

    def __len__(self) -> int: ...

    @property
    def mailbox_cells(self) -> int:
        """Cells in which each row names its mailbox; none where the list is of one."""
        ...

    def mailbox(self, row: MessageRow) -> str:
        """The mailbox of a row, in so many cells at most."""
        ...

    def in_view(self, first: int, last: int) -> None:
        """These rows are on screen."""
        ...

    def here(self, position: int) -> bool:
        """Is the row here?"""
        ...

    def entry(self, position: int) -> ListEntry | None:
        """A row with what the rules say of it; None while it is not here."""
        ...


class _Nothing:
    outgoing = False
    mailbox_cells = 0

    def mailbox(self, row: MessageRow) -> str:
        return ""

    def in_view(self, first: int, last: int) -> None:
        pass

    def __len__(self) -> int:
        return 0

    def here(self, position: int) -> bool:
        return True

    def entry(self, position: int) -> ListEntry | None:
        return None


class MessageList(Rows):
    """Messages, newest first."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings(Scope.MOVES, Scope.LIST)]

    class Missing(Message):
        """Rows in view are not here yet."""

        def __init__(self, first: int, last: int) -> None:
            super().__init__()
            self.first = first
            self.last = last

        def can_replace(self, message: Message) -> bool:
            """Only the last view counts."""
            return isinstance(message, MessageList.Missing)

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self.source: Source = _Nothing()
        self.selected: set[MessageRef] = set()
        self.empty_words = say("…")

    def count(self) -> int:
        """How many messages the folder has."""
        return len(self.source)

    def draw(self, y: int) -> Strip:
        """A row, or one line of words where there is none."""
        if y == 0 and not self.count():
            return self.strip(((f" {self.desk_app.words(self.empty_words)}", Tone.PLAIN),))
        return super().draw(y)

    def shows(self, source: Source, *, keep: bool = False) -> None:
        """Show another folder, from its top; or the same again, where it was, with `keep`."""
        self.source = source
        if keep:
            self.changed()
        else:
            self.selected.clear()
            self.reset()
        self.page_changed()

    def page_changed(self) -> None:
        """Ask for rows in view, or a page from it, that are not here; more come than are asked for."""
        self.tell_view()
        page = max(self.size.height, 1)
        first, last = max(0, self.top - page), min(self.top + 2 * page, self.count())
        if not all(map(self.source.here, range(first, last))):
            self.post_message(self.Missing(max(0, first - AHEAD), min(last + AHEAD, self.count())))

    def tell_view(self) -> None:
        """Say which rows are on screen, if they are: not under another screen, nor behind the message."""
        if self.size.height and self.display and self.screen is self.app.screen:
            self.source.in_view(self.top, self.top + self.size.height)

    def row(self, position: int, width: int) -> Row:
        """Marks, when it came, who, what, and what presses."""
        entry = self.source.entry(position)
        if entry is None:
            return "", Tone.PLAIN
        row = entry.row
        badge, tone = self._badge(entry)
        marks = "".join(
            (
                "x" if row.ref in self.selected else " ",
                " " if row.seen else "N",
                "R" if ANSWERED in row.flags else "F" if FORWARDED in row.flags else " ",
                KIND_MARK[entry.kind],
                "*" if FLAGGED in row.flags else " ",
                "D" if row.has_documents else "+" if row.has_attachment else " ",
            )
        )
        who = (row.to[0].label if row.to else "") if self.source.outgoing else row.sender.label
        wide = width >= 90
        cells = self.source.mailbox_cells
        people = 24 if wide else 14 if cells else 18
        fit = self.desk_app.paint.fit
        box = f"{fit(self.source.mailbox(row), cells)} " if cells else ""
        named = row.named_patient
        # the patient first: what is cut at the end of a narrow row is the type
        about = f"{named.label} · {named.about}" if named is not None else row.title
        subject = about or self.desk_app.words(say("(sans objet)"))
        if any(v.rule == CRITICAL and v.state is State.VIOLATED for v in entry.verdicts):
            subject = f"BIO! {subject}"
            tone = Tone.BAD
        head = f"{marks} {box}{moment(row.received)} {fit(who, people)} "
        if badge:
            subject = fit(subject, max(10, width - len(head) - len(badge) - 3)) + f" {badge}"
        if tone is Tone.PLAIN and not row.seen:
            tone = Tone.STRONG
        return f" {head}{subject}", tone

    def _badge(self, entry: ListEntry) -> Row:
        """What presses, in words: overdue, to be handled before, erased on, or what became of it."""
        words = self.desk_app.words
        rules = {v.rule for v in entry.verdicts}
        parts: list[str] = []
        tone = Tone.PLAIN
        handling = entry.row.handling
        if handling is not Handling.TO_DO:
            parts.append(words(HANDLING[handling]))
        elif entry.overdue:
            parts.append(words(say("RETARD")))
            tone = Tone.BAD
        elif entry.due is not None and "cycle.72h" in rules:
            parts.append(words(say("avant {when}", when=moment(entry.due))))
            tone = Tone.WARN
        if entry.expires is not None and "cycle.conservation" in rules:
            parts.append(words(say("effacé {day}", day=short_day(entry.expires))))
            tone = Tone.WARN if tone is Tone.PLAIN else tone
        return " ".join(parts), tone

    def action_select(self) -> None:
        """Select or leave out the row under the bar, and go to the next."""
        entry = self.source.entry(self.cursor)
        if entry is not None:
            self.selected ^= {entry.row.ref}
            self.changed(self.cursor)
            self.go(self.cursor + 1)

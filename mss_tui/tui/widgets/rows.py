"""A list of any length with a bar on one row: a cursor move repaints two rows and nothing else.

The cursor is a plain attribute (a reactive would repaint the list), and at the edge the list jumps by half a page
rather than scroll (design.md, Budgets).
"""

from __future__ import annotations

from typing import ClassVar

from textual import events
from textual.cache import LRUCache
from textual.geometry import Region
from textual.message import Message
from textual.strip import Strip

from mss_tui.tui.paint import Tone
from mss_tui.tui.widgets.drawn import Drawn

Row = tuple[str, Tone]


class Rows(Drawn, can_focus=True):
    """Rows drawn on demand. Subclasses give `count` and `row`."""

    COLUMN_GAP: ClassVar[int] = 1

    class Moved(Message):
        """The cursor stands on another row."""

        def __init__(self, rows: Rows) -> None:
            super().__init__()
            self.rows = rows

        @property
        def control(self) -> Rows:
            """The list, for `@on` selectors."""
            return self.rows

        def can_replace(self, message: Message) -> bool:
            """Only the last move counts."""
            return isinstance(message, Rows.Moved)

    class Chosen(Message):
        """Entrée on a row."""

        def __init__(self, rows: Rows, position: int) -> None:
            super().__init__()
            self.rows = rows
            self.position = position

        @property
        def control(self) -> Rows:
            """The list, for `@on` selectors."""
            return self.rows

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id, classes=classes)
        self.cursor = 0
        self.top = 0
        self._strips: LRUCache[tuple[int, bool, int], Strip] = LRUCache(512)

    def count(self) -> int:
        """How many rows there are."""
        raise AssertionError(type(self).__name__)

    def row(self, position: int, width: int) -> Row:
        """Text and tone of a row, the first cell left free; the text may be shorter or longer than `width`."""
        raise AssertionError(type(self).__name__)

    def heading(self, position: int) -> bool:
        """Is the row a heading, which the bar passes over?"""
        return False

    @property
    def bar(self) -> bool:
        """Is the current row shown by a bar? Otherwise by a mark in its first cell (low bandwidth)."""
        return not self.desk_app.low_bandwidth

    def draw(self, y: int) -> Strip:
        """The row at line `y`."""
        position = y + self.top
        if not 0 <= position < self.count():
            return self.blank()
        return self._strip(position, position == self.cursor)

    def _strip(self, position: int, current: bool) -> Strip:
        width = self.size.width
        key = (position, current, width)
        strip = self._strips.get(key)
        if strip is None:
            text, tone = self.row(position, width)
            if current and not self.bar:
                text = ">" + text[1:]
            elif current:
                tone = Tone.BAR
            text = self.desk_app.paint.fit(text, width)
            strip = self.desk_app.paint.strip(((text, tone),), width, tone)
            self._strips[key] = strip
        return strip

    def changed(self, *positions: int) -> None:
        """Rows changed, or all of them when none is named: draw again what is on the screen."""
        height = self.size.height
        if self.count() and self.cursor >= self.count():
            self.cursor = self.count() - 1
        if height:
            if not self.top <= self.cursor < self.top + height:
                self.top = self.cursor - height // 2
            self.top = max(0, min(self.top, self.count() - height))
        self._strips.clear()
        if not positions:
            self.refresh()
            return
        for position in positions:
            y = position - self.top
            if 0 <= y < height:
                self.refresh(Region(0, y, self.size.width, 1))

    def reset(self) -> None:
        """Other rows altogether: back to the first."""
        self.cursor = self.top = 0
        self.cursor = self._past_headings(0, 1)
        self.changed()

    def go(self, position: int, *, page: int = 0) -> None:
        """Put the cursor on a row; `page` also moves the view by that many rows."""
        count, height, width = self.count(), self.size.height, self.size.width
        if not count:
            return
        old, old_top = self.cursor, self.top
        new = self._past_headings(max(0, min(count - 1, position)), 1 if position >= old else -1)
        top = old_top
        if page:
            top = max(0, min(count - height, top + page))
        elif not top <= new < top + height:
            # half a page at the edge; a whole one where each octet counts
            ahead = (height // 2 if self.bar else height - 1) if abs(new - old) == 1 else 0
            top = max(0, min(count - height, new - ahead if new < top else new - height + 1 + ahead))
        if new == old and top == old_top:
            return
        if not height:
            # not on the screen: the view follows when it is again
            self.cursor = new
            self.post_message(self.Moved(self))
            return
        if top == old_top:
            self.cursor = new
            cells = width if self.bar else 1
            for y in {old - top, new - top}:
                if 0 <= y < height:
                    self.refresh(Region(0, y, cells, 1))
        else:
            self.cursor, self.top = new, top
            self.refresh()
            self.page_changed()
        self.post_message(self.Moved(self))

    def _past_headings(self, position: int, step: int) -> int:
        """The nearest row that is no heading, onwards first; the present one where there is none."""
        for direction in (step, -step):
            there = position
            while 0 <= there < self.count():
                if not self.heading(there):
                    return there
                there += direction
        return self.cursor

    def page_changed(self) -> None:
        """Other rows came into view."""

    def on_resize(self, event: events.Resize) -> None:
        """Keep the cursor in view."""
        self.changed()
        self.page_changed()

    def action_move(self, by: int) -> None:
        """Move the cursor by rows."""
        self.go(self.cursor + by)

    def action_page(self, by: int) -> None:
        """Move by pages."""
        self.go(self.cursor + by * self.size.height, page=by * self.size.height)

    def action_end(self, which: int) -> None:
        """Go to the first row (-1) or the last (1)."""
        self.go(0 if which < 0 else self.count() - 1)

    def action_choose(self) -> None:
        """Entrée."""
        if self.cursor < self.count():
            self.post_message(self.Chosen(self, self.cursor))

    def on_click(self, event: events.Click) -> None:
        """A click puts the cursor there; a second one chooses."""
        position = self.top + event.y
        if position == self.cursor:
            self.action_choose()
        else:
            self.go(position)

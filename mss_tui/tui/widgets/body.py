"""The text of a message, as it is typed; what is pasted is made safe to show. The first rows do not wait for it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from rich.text import Text
from textual import events
from textual.message import Message
from textual.widgets import TextArea
from textual.widgets.text_area import Edit, EditResult, Selection

from mss_tui.services.spelling import spans
from mss_tui.text import clean_lines
from mss_tui.tui.widgets.paths import dropped


class Body(TextArea):
    """The text of a message."""

    class Dropped(Message):
        """What was pasted names files, and nothing else."""

        def __init__(self, text: str, paths: Sequence[Path]) -> None:
            super().__init__()
            self.text = text
            self.paths = paths

    def __init__(self, text: str, *, id: str | None = None) -> None:  # noqa: A002
        self._doubtful: frozenset[str] = frozenset()
        super().__init__(clean_lines(text), id=id, compact=True, highlight_cursor_line=False)
        self.cursor_blink = False

    def underline(self, words: frozenset[str]) -> None:
        """Underline these words wherever they stand, but for what is cited."""
        if words != self._doubtful:
            self._doubtful = words
            self.notify_style_update()
            self.refresh()

    def get_line(self, line_index: int) -> Text:
        """A line, its doubtful words underlined."""
        line = super().get_line(line_index)
        if self._doubtful:
            for start, end, word in spans(line.plain):
                if word in self._doubtful:
                    line.stylize("underline", start, end)
        return line

    def select_span(self, row: int, start: int, end: int) -> None:
        """Select within a line, so that typing replaces it."""
        self.selection = Selection((row, start), (row, end))

    async def _on_paste(self, event: events.Paste) -> None:
        """Files dropped on a terminal come as a paste of their paths: whether they are meant is asked."""
        paths = dropped(event.text)
        if paths:
            event.stop()
            event.prevent_default()
            self.post_message(self.Dropped(event.text, paths))

    def edit(self, edit: Edit) -> EditResult:
        """Typed, pasted or undone: nothing that acts on a terminal gets into the text."""
        edit.text = clean_lines(edit.text)
        return super().edit(edit)

"""What is typed into: a field of one line and a text, without blinking; what is pasted is made safe to show."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from rich.text import Text
from textual import events
from textual.message import Message
from textual.widgets import Input, TextArea
from textual.widgets.text_area import Edit, EditResult, Selection

from mss_tui.services.spelling import spans
from mss_tui.text import clean, clean_lines
from mss_tui.tui.widgets.paths import dropped

MOST_CHARACTERS = 20_000


class Field(Input):
    """One line to type in.

    Args:
        joins: a paste of several lines becomes one, joined with commas (recipients).
    """

    def __init__(
        self,
        value: str = "",
        *,
        placeholder: str = "",
        id: str | None = None,  # noqa: A002
        joins: bool = False,
    ) -> None:
        super().__init__(value, placeholder=placeholder, id=id, compact=True, select_on_focus=False)
        self.cursor_blink = False
        self._joins = joins

    def validate_value(self, value: str) -> str:
        """Nothing that acts on a terminal stands in the field, wherever it comes from."""
        return clean(value, MOST_CHARACTERS)

    def _on_paste(self, event: events.Paste) -> None:
        lines = [line.strip() for line in event.text.splitlines() if line.strip()]
        text = clean((", " if self._joins else " ").join(lines), MOST_CHARACTERS)
        self.replace(text, *sorted(self.selection))
        event.stop()
        event.prevent_default()


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

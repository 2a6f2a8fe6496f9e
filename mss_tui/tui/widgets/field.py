"""A field of one line to type in, without blinking; what is pasted is made safe to show."""

from __future__ import annotations

from textual import events
from textual.widgets import Input

from mss_tui.text import clean

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

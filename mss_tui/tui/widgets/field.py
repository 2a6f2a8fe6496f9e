"""A field of one line: Textual's Input without blinking, borders or suggestions from elsewhere."""

from __future__ import annotations

from textual.widgets import Input


class Field(Input):
    """One line to type in."""

    def __init__(
        self,
        value: str = "",
        *,
        placeholder: str = "",
        id: str | None = None,  # noqa: A002
        max_length: int = 4_000,
    ) -> None:
        super().__init__(value, placeholder=placeholder, id=id, compact=True, max_length=max_length)
        self.cursor_blink = False

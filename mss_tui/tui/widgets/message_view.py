"""The message pane: one message, three ways to look at it."""

from __future__ import annotations

from dataclasses import replace
from enum import Enum, auto
from typing import ClassVar

from textual.binding import BindingType

from mss_tui.text import DisplayText
from mss_tui.tui.actions import Scope, bindings
from mss_tui.tui.message_lines import OpenMessage, Said, header_lines, message_lines
from mss_tui.tui.widgets.lines import Lines, paragraph


class Look(Enum):
    """How the message is looked at."""

    MESSAGE = auto()
    HEADERS = auto()
    RAW = auto()


class MessageView(Lines):
    """A message opened."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings(Scope.MOVES)]

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self.message: OpenMessage | None = None
        self.look = Look.MESSAGE
        self.unfolded = False

    def open(self, message: OpenMessage) -> None:
        """Show a message from its beginning."""
        self.message = message
        self.unfolded = False
        self.show_message()

    def learned(self, message: OpenMessage) -> None:
        """More is known of the message on screen."""
        self.message = message
        if self.look is Look.MESSAGE:
            self.show_message(keep_place=True)

    def close(self) -> None:
        """Show nothing."""
        self.message = None
        self.show(lambda _width: ())

    def tell(self, said: tuple[Said, ...]) -> None:
        """What receipts say of the message on screen, above its words."""
        if self.message is not None and self.message.said != said:
            self.message = replace(self.message, said=said)
            if self.look is Look.MESSAGE:
                self.show_message(keep_place=True)

    def show_message(self, *, keep_place: bool = False) -> None:
        """The message as it is read."""
        message, words = self.message, self.desk_app.words
        if message is not None:
            self.look = Look.MESSAGE
            self.show(lambda width: message_lines(message, words, width, unfolded=self.unfolded), keep_place=keep_place)

    def show_headers(self) -> None:
        """All headers, or the message again."""
        message = self.message
        if self.look is Look.HEADERS:
            self.show_message()
        elif message is not None:
            self.look = Look.HEADERS
            self.show(lambda width: header_lines(message.reading, width))

    def show_raw(self, raw: DisplayText) -> None:
        """The message as it is on the server, washed."""
        self.look = Look.RAW
        self.show(lambda width: [line for part in raw.split("\n") for line in paragraph(part, width)])

    def fold(self) -> None:
        """Fold or unfold what is cited."""
        self.unfolded = not self.unfolded
        self.show_message(keep_place=True)

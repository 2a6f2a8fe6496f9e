"""A screen of text to read: status, journal, help are this."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import ClassVar

from textual.binding import BindingType
from textual.widget import Widget

from mss_tui.phrase import Phrase
from mss_tui.tui.actions import Scope, bindings
from mss_tui.tui.paint import Line
from mss_tui.tui.screens.base import MssScreen
from mss_tui.tui.widgets.lines import Lines
from mss_tui.tui.widgets.title import Title


class PageText(Lines):
    """The text of a page."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings(Scope.MOVES)]


class PageScreen(MssScreen):
    """A heading and a text."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings(Scope.PAGE)]

    def heading(self) -> Phrase:
        """What the page is."""
        raise AssertionError(type(self).__name__)

    def lines(self, width: int) -> Sequence[Line]:
        """Its lines."""
        raise AssertionError(type(self).__name__)

    def body(self) -> Iterable[Widget]:
        """Heading, text."""
        yield Title(self.heading())
        text = PageText(id="page")
        text.show(self.lines)
        yield text

    def action_back(self) -> None:
        """Échap."""
        self.dismiss(None)

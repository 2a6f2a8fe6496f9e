"""The base of our widgets: lines drawn by hand, so that bytes are counted and no text is ever read as markup."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

from mss_tui.tui.paint import Line, Tone

if TYPE_CHECKING:
    from mss_tui.tui.application import MssApp


class Drawn(Widget):
    """A widget without border or padding that draws line `y` when asked."""

    ALLOW_SELECT = False
    DEFAULT_CSS = "Drawn { width: 1fr; height: 1fr; }"

    @property
    def desk_app(self) -> MssApp:
        """The application, by its own type."""
        return cast("MssApp", self.app)

    def draw(self, y: int) -> Strip:
        """Line `y` of the widget, exactly as wide as the widget."""
        raise AssertionError(type(self).__name__)

    def blank(self) -> Strip:
        """An empty line."""
        return self.desk_app.paint.strip((), self.size.width)

    def strip(self, line: Line, fill: Tone = Tone.PLAIN) -> Strip:
        """A line as wide as the widget."""
        return self.desk_app.paint.strip(line, self.size.width, fill)

    def render_lines(self, crop: Region) -> list[Strip]:
        """Lines of the visible part, past Textual's styles cache (which repaints more than what changed)."""
        strips = [self.draw(y) for y in crop.line_range]
        if crop.x == 0 and crop.width == self.size.width:
            return strips
        return [strip.crop(crop.x, crop.right) for strip in strips]

    def render_line(self, y: int) -> Strip:
        """One line, for what asks Textual's way."""
        return self.draw(y)

"""A text pane that can show a picture in half blocks instead (Pillow makes it, in the bounded worker)."""

from __future__ import annotations

from typing import ClassVar

from rich.color import Color
from rich.color_triplet import ColorTriplet
from rich.segment import Segment
from rich.style import Style
from textual.binding import BindingType
from textual.strip import Strip

from mss_tui.mime.picture import Preview
from mss_tui.tui.actions import Scope, bindings
from mss_tui.tui.widgets.lines import MARGIN, Lines

_HALF = "▀"
_GREYS = " .:-=+*#%@"


class DocumentText(Lines):
    """The text of a document, or a page of it as a picture."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings(Scope.MOVES)]

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self.picture: Preview | None = None

    def show_picture(self, picture: Preview | None) -> None:
        """Show a picture, or the text again where it was."""
        self.picture = picture
        self.refresh()

    def renew(self) -> None:
        """The same text, of which more is known now."""
        self.show(self._content, keep_place=True)

    def draw(self, y: int) -> Strip:
        """Line `y`: of the picture where there is one."""
        picture = self.picture
        if picture is None:
            return super().draw(y)
        if y >= picture.rows:
            return self.blank()
        width = self.size.width
        cells = [self._cell(picture, x, y) for x in range(min(picture.columns, width - MARGIN))]
        return Strip([Segment(" " * MARGIN), *cells]).adjust_cell_length(width)

    def _cell(self, picture: Preview, x: int, y: int) -> Segment:
        upper, lower = (_pixel(picture, x, 2 * y + half) for half in (0, 1))
        if self.desk_app.paint.ascii_marks:
            # a paper page is bright: ink is what is drawn
            light = (sum(upper) + sum(lower)) / (6 * 255)
            return Segment(_GREYS[round((1 - light) * (len(_GREYS) - 1))])
        return Segment(_HALF, Style(color=Color.from_triplet(upper), bgcolor=Color.from_triplet(lower)))


def _pixel(picture: Preview, x: int, line: int) -> ColorTriplet:
    at = 3 * (line * picture.columns + x)
    return ColorTriplet(*picture.pixels[at : at + 3])

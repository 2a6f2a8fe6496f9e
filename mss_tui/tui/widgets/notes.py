"""What stands beside and below the fields of a composer: labels, what the rules say, the pieces."""

from __future__ import annotations

from collections.abc import Sequence

from textual.geometry import Size
from textual.strip import Strip

from mss_tui.phrase import Phrase
from mss_tui.tui.paint import Line, Tone
from mss_tui.tui.widgets.drawn import Drawn
from mss_tui.tui.widgets.lines import Content

LABEL_CELLS = 8


class Label(Drawn):
    """The name of a field."""

    DEFAULT_CSS = "Label { height: 1; }"

    def __init__(self, words: Phrase, cells: int = LABEL_CELLS) -> None:
        super().__init__()
        self._words = words
        self.styles.width = cells
        self._cells = cells

    def on_mount(self) -> None:
        """A name that is longer in another language does not touch what is typed."""
        self.styles.width = max(self._cells, len(self.desk_app.words(self._words)) + 2)

    def draw(self, y: int) -> Strip:
        """The name."""
        return self.strip(((f" {self.desk_app.words(self._words)}", Tone.STRONG),))


class Notes(Drawn):
    """Lines below a field; no line when there is nothing to say. Drawn again only when they change."""

    DEFAULT_CSS = "Notes { height: auto; }"

    def __init__(self, *, id: str | None = None, indent: int = LABEL_CELLS) -> None:  # noqa: A002
        super().__init__(id=id)
        self._content: Content = lambda _width: ()
        self._shown: Sequence[Line] = ()
        self._indent = indent

    def show(self, content: Content) -> None:
        """Other lines, made for the width there is."""
        self._content = content
        lines = self._lines(self.size.width)
        if lines != self._shown:
            taller = len(lines) != len(self._shown)
            self._shown = lines
            self.refresh(layout=taller)

    def _lines(self, width: int) -> Sequence[Line]:
        return list(self._content(max(8, width - self._indent - 1))) if width else []

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """As many lines as there are."""
        self._shown = self._lines(width)
        return len(self._shown)

    def draw(self, y: int) -> Strip:
        """A line, under its field."""
        if y >= len(self._shown):
            return self.blank()
        return self.strip(((" " * self._indent, Tone.PLAIN), *self._shown[y]))


class Separator(Drawn):
    """A line between two parts of a screen."""

    DEFAULT_CSS = "Separator { height: 1; }"

    def draw(self, y: int) -> Strip:
        """Dashes."""
        return self.strip((("─" * self.size.width, Tone.PLAIN),))

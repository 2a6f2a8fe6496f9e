"""Text to read: wrapped lines in a pane that scrolls by lines and pages."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from textual import events
from textual.strip import Strip

from mss_tui.tui.paint import Line, Run, Tone, wrap
from mss_tui.tui.widgets.drawn import Drawn

MARGIN = 1
GUTTER: Run = (" " * MARGIN, Tone.PLAIN)

Content = Callable[[int], Sequence[Line]]
"""Makes the lines for a width."""


class Lines(Drawn, can_focus=True):
    """A pane of text. `show` takes what makes its lines for a width, so that a resize wraps again."""

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id, classes=classes)
        self.top = 0
        self._content: Content = lambda _width: ()
        self._lines: Sequence[Line] = ()
        self._width = -1

    @property
    def lines(self) -> Sequence[Line]:
        """The lines at the present width."""
        if self._width != self.size.width:
            self._width = self.size.width
            self._lines = self._content(max(1, self._width - 2 * MARGIN))
        return self._lines

    def show(self, content: Content, *, keep_place: bool = False) -> None:
        """Show other text, from its beginning unless `keep_place`."""
        self._content = content
        self._width = -1
        self.top = min(self.top, self._last_top()) if keep_place else 0
        self.refresh()

    def draw(self, y: int) -> Strip:
        """Line `y` of the pane."""
        index = y + self.top
        return self.strip((GUTTER, *self.lines[index])) if index < len(self.lines) else self.blank()

    def _last_top(self) -> int:
        return max(0, len(self.lines) - max(self.size.height, 1))

    def scroll_lines(self, by: int) -> bool:
        """Scroll; False when there was nothing further."""
        top = max(0, min(self._last_top(), self.top + by))
        if top == self.top:
            return False
        self.top = top
        self.refresh()
        return True

    @property
    def more_below(self) -> bool:
        """Is there text below what is seen?"""
        return self.top < self._last_top()

    def on_resize(self, event: events.Resize) -> None:
        """Wrap again."""
        self.top = min(self.top, self._last_top())
        self.refresh()

    def action_move(self, by: int) -> None:
        """Scroll by lines."""
        self.scroll_lines(by)

    def action_page(self, by: int) -> None:
        """Scroll by pages, one line kept in view."""
        self.scroll_lines(by * max(1, self.size.height - 1))

    def action_end(self, which: int) -> None:
        """To the beginning or the end."""
        self.scroll_lines(which * len(self.lines))


def paragraph(text: str, width: int, tone: Tone = Tone.PLAIN, indent: str = "") -> list[Line]:
    """Lines of one tone, wrapped."""
    return [((line, tone),) for line in wrap(text, width, indent)]


def labelled(label: str, text: str, width: int, tone: Tone = Tone.PLAIN, room: int = 8) -> list[Line]:
    """A label, and the text wrapped beside it."""
    first, *others = wrap(text, max(width - room, 8))
    head: Line = ((label.ljust(room), Tone.STRONG), (first, tone))
    return [head, *(((" " * room, Tone.PLAIN), (line, tone)) for line in others)]

"""One line of our own words above or below a pane; strong when its pane has the keys."""

from __future__ import annotations

from textual.strip import Strip

from mss_tui.phrase import Phrase
from mss_tui.tui.paint import Tone
from mss_tui.tui.widgets.drawn import Drawn


class Title(Drawn):
    """A heading, with a second text at its right end where there is room."""

    DEFAULT_CSS = "Title { height: 1; }"

    def __init__(
        self,
        words: Phrase | str = "",
        *,
        quiet: bool = False,
        id: str | None = None,  # noqa: A002
        classes: str | None = None,
    ) -> None:
        super().__init__(id=id, classes=classes)
        self._words: Phrase | str = words
        self._right = ""
        self._shorter: tuple[str, ...] = ()
        self._quiet = quiet
        self._active = True

    def put(self, words: Phrase | str, right: str = "", shorter: tuple[str, ...] = ()) -> None:
        """Other words; the first of `shorter` that leaves room for `right` stands where they do not."""
        if (self._words, self._right, self._shorter) != (words, right, shorter):
            self._words, self._right, self._shorter = words, right, shorter
            self.refresh()

    def active(self, active: bool) -> None:
        """Its pane has the keys, or lost them."""
        if active != self._active:
            self._active = active
            self.refresh()

    def draw(self, y: int) -> Strip:
        """The line."""
        app = self.desk_app
        left = " " + (app.words(self._words) if isinstance(self._words, Phrase) else self._words)
        tone = Tone.HEAD if self._active and not self._quiet else Tone.PLAIN
        right = f"  {self._right} " if self._right else ""
        room = self.size.width - len(right)
        if room < len(left):
            left = next((" " + words for words in self._shorter if len(words) < room), left)
        if room < len(left) and len(left) < self.size.width:
            right = ""
            room = self.size.width
        return self.strip(((app.paint.fit(left, room), tone), (right, tone)))

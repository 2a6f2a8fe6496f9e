"""The screen blanked (Ctrl+L): nothing of what was on it can be read until a key is pressed."""

from __future__ import annotations

from collections.abc import Iterable

from textual import events
from textual.screen import Screen
from textual.widget import Widget

from mss_tui.phrase import say
from mss_tui.tui.widgets.title import Title


class HiddenScreen(Screen[None]):
    """Nothing but how to come back; no dialog, through which the screen below would show."""

    def compose(self) -> Iterable[Widget]:
        """One line."""
        yield Title(say("Écran masqué. Entrée pour reprendre, Ctrl+Q pour quitter."), quiet=True)

    def on_key(self, event: events.Key) -> None:
        """Entrée comes back; other keys do nothing."""
        event.stop()
        if event.key == "enter":
            self.dismiss(None)

"""Standard error: what went wrong and what is going on, in sentences; nothing else writes there."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Callable

from mss_tui.errors import MssError
from mss_tui.phrase import Phrase, Translate
from mss_tui.text import clean

MAX_SENTENCE = 4_000


class Narration:
    """Says things to whoever watches, one line each, in one language."""

    def __init__(self, translate: Translate = str) -> None:
        self.translate = translate
        self._screen: Callable[[Phrase], None] | None = None

    def show_on(self, screen: Callable[[Phrase], None] | None) -> None:
        """While a screen is there, it says things itself; None: it is gone."""
        self._screen = screen

    def say(self, phrase: Phrase) -> None:
        """One line, or the sentence on the screen."""
        if self._screen is not None:
            self._screen(phrase)
            return
        self._write(phrase.render(self.translate))

    def error(self, error: MssError) -> None:
        """What failed, what it means, what to do."""
        self._write(error.render(self.translate))

    def _write(self, text: str) -> None:
        try:
            sys.stderr.write(f"mss-tui : {clean(text, MAX_SENTENCE)}\n")
            sys.stderr.flush()
        except (OSError, ValueError):  # nobody watches any more; the exit code stays what it is
            with contextlib.suppress(OSError, ValueError):
                os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stderr.fileno())

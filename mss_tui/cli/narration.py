"""Standard error: what went wrong and what is going on, in sentences; nothing else writes there."""

from __future__ import annotations

import contextlib
import sys

from mss_tui.errors import MssError
from mss_tui.phrase import Phrase, Translate
from mss_tui.text import clean

MAX_SENTENCE = 4_000


class Narration:
    """Says things to whoever watches, one line each, in one language."""

    def __init__(self, translate: Translate = str) -> None:
        self.translate = translate

    def say(self, phrase: Phrase) -> None:
        """One line."""
        self._write(phrase.render(self.translate))

    def error(self, error: MssError) -> None:
        """What failed, what it means, what to do."""
        self._write(error.render(self.translate))

    def _write(self, text: str) -> None:
        with contextlib.suppress(OSError, ValueError):  # nobody watches any more
            sys.stderr.write(f"mss-tui : {clean(text, MAX_SENTENCE)}\n")
            sys.stderr.flush()

"""What the rules say of a message, each with its source and its remedy (catalogue: every sentence has an origin)."""

from __future__ import annotations

from collections.abc import Sequence

from mss_tui.model.verdict import Verdict
from mss_tui.phrase import Phrase, say
from mss_tui.rules.catalogue import sources
from mss_tui.tui.message_lines import verdict_lines
from mss_tui.tui.paint import Line
from mss_tui.tui.screens.page import PageScreen
from mss_tui.tui.widgets.lines import paragraph


class WhyScreen(PageScreen):
    """The verdicts of one message."""

    def __init__(self, verdicts: Sequence[Verdict], who: str) -> None:
        super().__init__()
        self._verdicts = verdicts
        self._who = who

    def heading(self) -> Phrase:
        """Of whom the message is."""
        return say("Pourquoi ? · message de {who}", who=self._who)

    def lines(self, width: int) -> Sequence[Line]:
        """Sentence and remedy, source, name of the rule."""
        words = self.mss.words
        if not self._verdicts:
            return paragraph(words(say("Aucune règle n'a rien à dire de ce message.")), width)
        lines: list[Line] = []
        for verdict in self._verdicts:
            lines += verdict_lines(verdict, words, width)
            seen = ", ".join(span.text for span in verdict.evidence[:3])
            if seen:
                lines += paragraph(words(say("vu : « {words} »", words=seen)), width - 4, indent="  ")
            source = words(say("source : {sources} ({rule})", sources=" ; ".join(sources(verdict.rule)),
                               rule=verdict.rule))  # fmt: skip
            lines += [*paragraph(f"  {source}", width, indent="  "), ()]
        return lines

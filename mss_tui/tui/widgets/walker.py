"""The line that sums up the verdicts, and walks through them when it has the keys: letters are then remedies."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual import events
from textual.binding import BindingType
from textual.geometry import Size
from textual.message import Message
from textual.strip import Strip

from mss_tui.model.verdict import Severity, Verdict
from mss_tui.phrase import say
from mss_tui.rules.catalogue import sources
from mss_tui.text import cell_width
from mss_tui.tui.actions import Scope, bindings
from mss_tui.tui.message_lines import verdict_lines
from mss_tui.tui.paint import Line, Tone
from mss_tui.tui.remedies import GO, Remedy, remedies
from mss_tui.tui.widgets.drawn import Drawn
from mss_tui.tui.widgets.lines import paragraph
from mss_tui.tui.wording import Words


def summary(verdicts: Sequence[Verdict], accepted: Sequence[str], words: Words) -> str:
    """How many block, ask, warn: 1 bloque · 1 à confirmer · 2 à voir."""
    blocks = sum(v.blocks for v in verdicts)
    asks = sum(v.asks and v.rule not in accepted for v in verdicts)
    rest = sum(v.shows and not v.blocks and not v.asks and v.severity is Severity.WARN for v in verdicts)
    parts = []
    if blocks:
        parts.append(words(say("{n} bloque", n=blocks) if blocks == 1 else say("{n} bloquent", n=blocks)))
    if asks:
        parts.append(words(say("{n} à confirmer", n=asks)))
    if rest:
        parts.append(words(say("{n} à voir", n=rest)))
    return " · ".join(parts) or words(say("rien à signaler"))


class Walker(Drawn, can_focus=True):
    """One verdict after another."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings(Scope.WALKER)]
    DEFAULT_CSS = "Walker { height: auto; }"

    class Chosen(Message):
        """A remedy was chosen for a verdict; for none where it is an offer of the whole message."""

        def __init__(self, verdict: Verdict | None, remedy: Remedy) -> None:
            super().__init__()
            self.verdict = verdict
            self.remedy = remedy

    class Left(Message):
        """Échap: the text has the keys again."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self.verdicts: tuple[Verdict, ...] = ()
        self.accepted: dict[str, str] = {}
        self.offers: tuple[Remedy, ...] = ()
        """What may be done whatever the rules say."""
        self.at = 0
        self._source = False
        self._shown: list[Line] = []

    def put(self, verdicts: Sequence[Verdict]) -> None:
        """What the rules say now, most severe first; the walk stays at the same verdict where it is still there."""
        here = self.current
        self.verdicts = tuple(v for v in verdicts if v.shows)
        self.at = next(
            (i for i, v in enumerate(self.verdicts) if here and v.rule == here.rule and v.where == here.where), 0
        )
        self.renew()

    @property
    def current(self) -> Verdict | None:
        """The verdict the walk stands at."""
        return self.verdicts[self.at] if self.at < len(self.verdicts) else None

    @property
    def walking(self) -> bool:
        """Does it have the keys?"""
        return self.screen.focused is self

    def step(self) -> None:
        """The next verdict; the first when the walk begins."""
        if self.walking and self.verdicts:
            self.at = (self.at + 1) % len(self.verdicts)
        else:
            self.at = 0
            self.screen.set_focus(self)
        self._source = False
        self.renew()

    def renew(self) -> None:
        """Draw again what changed."""
        lines = self._lines(self.size.width)
        if lines != self._shown:
            taller = len(lines) != len(self._shown)
            self._shown = lines
            self.refresh(layout=taller)

    def _lines(self, width: int) -> list[Line]:
        if not width:
            return []
        words = self.desk_app.words
        verdict = self.current
        if not self.walking or verdict is None:
            sum_up: list[Line] = [((f" {summary(self.verdicts, list(self.accepted), words)}", Tone.STRONG),)]
            return [*sum_up, *self._keys([], width)] if self.walking else sum_up
        place = f" {self.at + 1}/{len(self.verdicts)} "
        lines = verdict_lines(verdict, words, width - len(place) - 1)
        if self._source:
            lines += paragraph(" ; ".join(sources(verdict.rule)), width - len(place) - 1, indent="  ")
        keys = [f"{r.key} {words(r.label)}" for r in remedies(verdict)]
        if verdict.rule in self.accepted:
            keys.insert(0, words(say("accepté")))
        keys.append(words(say("Entrée y aller")))
        lines += self._keys(keys, width - len(place) - 1)
        head = [place, *([" " * len(place)] * (len(lines) - 1))]
        return [((start, Tone.STRONG), *line) for start, line in zip(head, lines, strict=True)]

    def _keys(self, keys: list[str], width: int) -> list[Line]:
        """The keys, never broken within one."""
        words = self.desk_app.words
        keys = [*keys, *(f"{r.key} {words(r.label)}" for r in self.offers)]
        keys += [words(say("i source")), words(say("Ctrl+G suivant"))] if self.verdicts else []
        rows = [""]
        for key in (*keys, words(say("Échap texte"))):
            wider = f"{rows[-1]}   {key}" if rows[-1] else key
            if cell_width(wider) <= width or not rows[-1]:
                rows[-1] = wider
            else:
                rows.append(key)
        return [((row, Tone.STRONG),) for row in rows]

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """As many lines as the verdict needs."""
        self._shown = self._lines(width)
        return len(self._shown)

    def draw(self, y: int) -> Strip:
        """A line of the verdict, or the sum."""
        return self.strip(self._shown[y]) if y < len(self._shown) else self.blank()

    def on_focus(self) -> None:
        """The verdict in full."""
        self.renew()

    def on_blur(self) -> None:
        """The sum again."""
        self.renew()

    def on_key(self, event: events.Key) -> None:
        """Letters are remedies of the verdict in view."""
        verdict = self.current
        for of, possible in ((verdict, remedies(verdict) if verdict is not None else ()), (None, self.offers)):
            for remedy in possible:
                if remedy.key == event.character:
                    event.stop()
                    self.post_message(self.Chosen(of, remedy))
                    return

    def action_go(self) -> None:
        """To the place that the verdict speaks of."""
        if self.current is not None:
            self.post_message(self.Chosen(self.current, GO))

    def action_source(self) -> None:
        """Where the rule comes from."""
        self._source = not self._source
        self.renew()

    def action_back(self) -> None:
        """Échap."""
        self.post_message(self.Left())

"""The help by subject: charter, questions, golden rules, legal frame; what stands behind the rules on screen."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.binding import BindingType

from mss_tui.phrase import Phrase, say
from mss_tui.rules.catalogue import catalogue, source_title
from mss_tui.services.help import Article, articles, hours, of_rule, search
from mss_tui.tui.actions import Scope, bindings
from mss_tui.tui.paint import Line, Tone
from mss_tui.tui.screens.ask import AskText
from mss_tui.tui.screens.page import PageScreen, PageText
from mss_tui.tui.widgets.lines import paragraph


class ArticlesScreen(PageScreen):
    """Articles; with `rules`, those behind them first."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings(Scope.ARTICLES)]

    def __init__(self, rules: Sequence[str] = ()) -> None:
        super().__init__()
        self._rules = tuple(dict.fromkeys(rule for rule in rules if rule in catalogue()))
        self._words = ""

    def heading(self) -> Phrase:
        """What is looked for."""
        return say("Aide   (/ cherche, Échap revient)")

    def key_hints(self) -> tuple[Scope, ...]:
        """What can be done here."""
        return (Scope.ARTICLES, Scope.PAGE)

    def lines(self, width: int) -> Sequence[Line]:
        """What was asked for."""
        if self._words:
            found = search(self._words.split())
            nothing = paragraph(self.mss.words(say("L'aide n'en dit rien.")), width)
            return [line for one in found for line in self._article(one, width)] or nothing
        lines: list[Line] = self._supports(width)
        told: set[str] = set()
        for rule in self._rules:
            lines += paragraph(f"{catalogue()[rule].title} ({rule})", width, Tone.STRONG)
            for one in of_rule(rule):
                if one.id not in told:
                    lines += self._article(one, width)
                    told.add(one.id)
        for one in articles():
            if one.id not in told:
                lines += self._article(one, width)
        return lines

    def _article(self, of: Article, width: int) -> list[Line]:
        source = " ; ".join(map(source_title, of.sources))
        lines = paragraph(of.title, width, Tone.HEAD)
        for part in of.text.split("\n"):
            lines += paragraph(part, width)
        return [*lines, *paragraph(self.mss.words(say("Source : {source}", source=source)), width, Tone.FAINT), ()]

    def _supports(self, width: int) -> list[Line]:
        """Whom to ask, and whether they are there now."""
        lines: list[Line] = []
        policies = {place.account.policy.id: place.account.policy for place in self.mss.desk.places}
        for policy in policies.values():
            support, known = policy.support, hours(policy.support, self.mss.desk.clock.now())
            if support.name:
                when = self.mss.words(known) if known is not None else ""
                parts = (support.name, support.phone, when, support.portal, support.address)
                lines += paragraph(" · ".join(part for part in parts if part), width, Tone.STRONG)
        return [*lines, ()] if lines else lines

    def action_look_for(self) -> None:
        """Ask for words."""
        self.mss.work(self, "articles", self._look_for())

    async def _look_for(self) -> None:
        words = await self.mss.push_screen_wait(AskText(say("Chercher dans l'aide :")))
        if words is not None:
            self._words = words
            self.query_one(PageText).show(self.lines)

"""The three reflexes before sending (charte 2), and the confirmations, grouped in one dialog.

The machine ticks only what rules have proved; pertinence is always the sender's own answer. Recipients are named by
identity. A routine message to a verified correspondent costs one key: « o ».
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import ClassVar

from textual import events
from textual.binding import BindingType
from textual.containers import Vertical
from textual.widget import Widget

from mss_tui.model.draft import Draft
from mss_tui.model.verdict import Place as Where
from mss_tui.model.verdict import Severity, State, Verdict
from mss_tui.phrase import Phrase, listed, say
from mss_tui.rules.catalogue import needs_reason, sentence
from mss_tui.services.desk import Place
from mss_tui.text import clean
from mss_tui.tui import proofs
from mss_tui.tui.actions import Scope, bindings
from mss_tui.tui.paint import Line, Tone
from mss_tui.tui.proofs import Fact
from mss_tui.tui.remedies import RECIPIENTS
from mss_tui.tui.screens.ask import AskText
from mss_tui.tui.screens.base import Dialog
from mss_tui.tui.screens.derogation import ask_derogation
from mss_tui.tui.widgets.lines import Lines, labelled, paragraph
from mss_tui.tui.widgets.title import Title

PERTINENCE = ""
"""The key of the sender's own answer among the ticks; the others are rule ids."""
LABEL = 19


class Reflexes(Dialog[dict[str, str] | None]):
    """Answers with the rules that were accepted and their reasons, or None."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings(Scope.REFLEXES)]

    def __init__(
        self, place: Place, draft: Draft, verdicts: Sequence[Verdict], *, accepted: Mapping[str, str], reason: str = ""
    ) -> None:
        super().__init__()
        self._place = place
        self._draft = draft
        self._verdicts = verdicts
        self._shown = [v for v in verdicts if v.shows]
        self._reasoned = {v.rule for v in verdicts if needs_reason(v)}
        self._asks = list(dict.fromkeys(v.rule for v in verdicts if v.asks))
        self._reasons = {rule: accepted.get(rule, reason) for rule in self._asks}
        self._ticked = {rule for rule in self._asks if rule in accepted and self._reason_given(rule)}
        self._items = [*self._asks, PERTINENCE]
        self._at = 0 if self._asks else len(self._items) - 1

    def _reason_given(self, rule: str) -> bool:
        return rule not in self._reasoned or bool(self._reasons[rule].strip())

    def compose(self) -> Iterable[Widget]:
        """The reflexes, the confirmations, the keys."""
        with Vertical(classes="box"):
            yield Title(say("Avant d'envoyer"), id="reflexes-title")
            yield Lines(id="reflexes")
            yield Lines(id="asked")
            yield Title("", quiet=True, id="reflexes-keys")

    def on_mount(self) -> None:
        """What is to be answered stands first."""
        self.query_one("#reflexes-title", Title).put(say("Avant d'envoyer"), clean(self._draft.subject, 60))
        self._draw()
        self.call_after_refresh(self._draw)

    def on_resize(self) -> None:
        """As tall as what it says."""
        self.call_after_refresh(self._draw)

    def _draw(self) -> None:
        """What is to be answered is always in view; the reflexes above it scroll where there is no room for all."""
        facts, asked = self.query_one("#reflexes", Lines), self.query_one("#asked", Lines)
        facts.show(self._lines, keep_place=True)
        asked.show(self._asked, keep_place=True)
        width = max(20, facts.size.width - 2)
        room = self.size.height - 6
        questions = min(len(self._asked(width)), max(4, room - 4))
        known = len(self._lines(width))
        facts.styles.height = max(2, min(known, room - questions))
        asked.styles.height = questions
        asked.top = max(0, self._end_of_current(width) - questions)
        keys = [say("Espace cocher"), say("m motif"), say("Entrée envoyer")]
        if not self._asks:
            keys = [say("o oui, envoyer"), say("Espace cocher")]
        keys += [say("Page bas")] if known > room - questions else []
        keys.append(say("Échap revenir"))
        self.query_one("#reflexes-keys", Title).put(listed(keys, "   "))

    # the lines

    def _lines(self, width: int) -> list[Line]:
        words = self.mss.words
        lines: list[Line] = []
        people = proofs.people(self._draft, self._place.checker, self._verdicts, words)
        lines += self._part(say("Bon destinataire"), people, self._speak_of(RECIPIENTS), width)
        places = (Where.ATTACHMENT, Where.BODY, Where.SUBJECT, Where.MESSAGE)
        pieces = proofs.pieces(self._draft, self._place.checker, words)
        lines += self._part(say("Information juste"), pieces, self._speak_of(places), width)
        return lines

    def _asked(self, width: int) -> list[Line]:
        return [(), *(line for item in self._items for line in self._item(item, width))]

    def _end_of_current(self, width: int) -> int:
        """Lines of the questions down to the end of the one that the bar is on."""
        return 1 + sum(len(self._item(item, width)) for item in self._items[: self._at + 1])

    def _item(self, item: str, width: int) -> list[Line]:
        """A line to tick."""
        words = self.mss.words
        here = ">" if self._items[self._at] == item else " "
        tick = "[x]" if item in self._ticked else "[ ]"
        if item == PERTINENCE:
            text = words(say("Pertinence : utile à sa prise en charge"))
        else:
            text = " ".join(words(sentence(v)) for v in self._shown if v.rule == item and v.asks)
            if self._reasons[item]:
                text += " " + words(say("Motif : {reason}", reason=clean(self._reasons[item], 200)))
        return paragraph(f"{here} {tick} {text}", width, Tone.PLAIN if item in self._ticked else Tone.STRONG, "      ")

    def _part(self, label: Phrase, facts: Sequence[Fact], verdicts: Sequence[Verdict], width: int) -> list[Line]:
        """A reflex: ticked where rules proved all of it and none says or asks anything; what is said stands below."""
        words = self.mss.words
        proved = "[x]" if all(fact.proved for fact in facts) else "[ ]"
        mark = "[?]" if any(v.asks for v in verdicts) else "[!]" if verdicts else proved
        lines: list[Line] = []
        for number, fact in enumerate(facts):
            text = fact.text if fact.proved or len(facts) == 1 else f"{fact.text} {words(say('(non prouvé)'))}"
            lines += labelled(f"{mark} {words(label)}" if number == 0 else "", text, width, room=LABEL + 4)
        for verdict in verdicts:
            if not verdict.asks:
                lines += labelled("", f"! {words(sentence(verdict))}", width, Tone.WARN, room=LABEL + 4)
        return lines

    def _speak_of(self, places: Sequence[Where]) -> list[Verdict]:
        said = (v for v in self._shown if v.asks or (v.state is State.VIOLATED and v.severity is Severity.WARN))
        return [v for v in said if v.where.place in places]

    # keys

    def on_key(self, event: events.Key) -> None:
        """Arrows move among what can be ticked; pages scroll what is known."""
        if event.key in ("down", "j", "tab"):
            self._at = min(self._at + 1, len(self._items) - 1)
        elif event.key in ("up", "k", "shift+tab"):
            self._at = max(self._at - 1, 0)
        elif event.key in ("pagedown", "pageup"):
            self.query_one("#reflexes", Lines).action_page(1 if event.key == "pagedown" else -1)
        else:
            return
        event.stop()
        event.prevent_default()
        self._draw()

    def action_tick(self) -> None:
        """Tick or untick the line; one that takes a reason asks for it."""
        item = self._items[self._at]
        if item != PERTINENCE and item not in self._ticked and not self._reason_given(item):
            self.mss.work(self, "reason", self._ask_reason(item))
            return
        self._ticked ^= {item}
        if self._items[self._at] in self._ticked:
            waiting = [i for i, item in enumerate(self._items) if item not in self._ticked]
            self._at = waiting[0] if waiting else self._at
        self._draw()

    def action_yes(self) -> None:
        """One key where nothing but pertinence is asked."""
        if set(self._asks) <= self._ticked:
            self._ticked.add(PERTINENCE)
            self.action_send()
        else:
            self.mss.say(say("Cochez d'abord chaque point (Espace)."), Tone.WARN)

    def action_reason(self) -> None:
        """The reason for the line."""
        item = self._items[self._at]
        if item != PERTINENCE:
            self.mss.work(self, "reason", self._ask_reason(item))

    async def _ask_reason(self, item: str) -> None:
        if item in self._reasoned:
            reason = await ask_derogation(self.mss)
        else:
            reason = await self.mss.push_screen_wait(AskText(say("Motif (va au journal)"), value=self._reasons[item]))
        if reason is not None:
            self._reasons[item] = reason
            self._ticked.add(item)
            self._draw()

    def action_send(self) -> None:
        """Send, when everything is ticked."""
        if set(self._items) <= self._ticked:
            self.dismiss({rule: self._reasons[rule] for rule in self._asks})
        else:
            self._at = next(i for i, item in enumerate(self._items) if item not in self._ticked)
            self._draw()
            self.mss.say(say("Il reste à cocher (Espace) : rien ne part sans votre réponse."), Tone.WARN)

    def action_back(self) -> None:
        """Do not send; what was asked for here is no longer waited for."""
        self.mss.quiet()
        self.dismiss(None)

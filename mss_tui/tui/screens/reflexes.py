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
from mss_tui.phrase import Phrase, say
from mss_tui.rules.catalogue import sentence
from mss_tui.services.desk import Place
from mss_tui.text import clean
from mss_tui.tui import recipients
from mss_tui.tui.actions import Scope, bindings
from mss_tui.tui.paint import Line, Tone
from mss_tui.tui.remedies import RECIPIENTS
from mss_tui.tui.screens.ask import AskText
from mss_tui.tui.screens.base import Dialog
from mss_tui.tui.widgets.lines import Lines, labelled, paragraph
from mss_tui.tui.widgets.title import Title
from mss_tui.tui.wording import octets

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
        self._shown = [v for v in verdicts if v.shows]
        self._asks = list(dict.fromkeys(v.rule for v in verdicts if v.asks))
        self._reasons = {rule: accepted.get(rule, reason) for rule in self._asks}
        self._ticked = {rule for rule in self._asks if rule in accepted}
        self._items = [*self._asks, PERTINENCE]
        self._at = 0 if self._asks else len(self._items) - 1

    def compose(self) -> Iterable[Widget]:
        """The reflexes, the confirmations, the keys."""
        with Vertical(classes="box"):
            yield Title(say("Avant d'envoyer"), id="reflexes-title")
            yield Lines(id="reflexes")
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
        lines = self.query_one("#reflexes", Lines)
        lines.show(self._lines, keep_place=True)
        height = len(self._lines(max(20, lines.size.width - 2)))
        lines.styles.height = max(4, min(height, self.size.height - 6))
        one_key = say("o oui, envoyer   Espace cocher   Échap revenir")
        several = say("Espace cocher   m motif   Entrée envoyer   Échap revenir")
        self.query_one("#reflexes-keys", Title).put(several if self._asks else one_key)

    # the lines

    def _lines(self, width: int) -> list[Line]:
        words = self.mss.words
        lines: list[Line] = []
        lines += self._part(say("Bon destinataire"), self._people(), self._speak_of(RECIPIENTS), width)
        places = (Where.ATTACHMENT, Where.BODY, Where.SUBJECT, Where.MESSAGE)
        lines += self._part(say("Information juste"), self._content(), self._speak_of(places), width)
        lines.append(())
        for item in self._items:
            here = ">" if self._items[self._at] == item else " "
            tick = "[x]" if item in self._ticked else "[ ]"
            if item == PERTINENCE:
                text = words(say("Pertinence : utile à sa prise en charge"))
            else:
                text = " ".join(words(sentence(v)) for v in self._shown if v.rule == item and v.asks)
                if self._reasons[item]:
                    text += " " + words(say("Motif : {reason}", reason=clean(self._reasons[item], 200)))
            tone = Tone.PLAIN if item in self._ticked else Tone.STRONG
            lines += paragraph(f"{here} {tick} {text}", width, tone, indent="      ")
        return lines

    def _part(self, label: Phrase, facts: Sequence[str], verdicts: Sequence[Verdict], width: int) -> list[Line]:
        """A reflex: ticked by proof where no rule says or asks anything; what is only said stands below."""
        words = self.mss.words
        mark = "[?]" if any(v.asks for v in verdicts) else "[!]" if verdicts else "[x]"
        lines: list[Line] = []
        for number, fact in enumerate(facts or ["-"]):
            lines += labelled(f"{mark} {words(label)}" if number == 0 else "", fact, width, room=LABEL + 4)
        for verdict in verdicts:
            if not verdict.asks:
                lines += labelled("", f"! {words(sentence(verdict))}", width, Tone.WARN, room=LABEL + 4)
        return lines

    def _speak_of(self, places: Sequence[Where]) -> list[Verdict]:
        said = (v for v in self._shown if v.asks or (v.state is State.VIOLATED and v.severity is Severity.WARN))
        return [v for v in said if v.where.place in places]

    def _people(self) -> list[str]:
        """Each recipient by identity; the address alone where nobody knows who it is."""
        words = self.mss.words
        found: list[str] = []
        for mark, people in (("", self._draft.to), ("Cc ", self._draft.cc), ("Cci ", self._draft.bcc)):
            for typed in people:
                known = recipients.known_as(typed, self._place.checker)
                if known is None:
                    found.append(f"{mark}{clean(typed, 200)}")
                else:
                    found.append(f"{mark}{clean(typed, 200)}\n{words(known)}")
        return found

    def _content(self) -> list[str]:
        words = self.mss.words
        found = [f"{clean(p.name)}, {octets(p.size)}" for p in self._draft.attachments]
        if not found:
            found.append(words(say("sans pièce jointe")))
        if self._draft.quoted:
            found.append(words(say("fil cité : {n} lignes", n=len(self._draft.quoted.split("\n")))))
        return found

    # keys

    def on_key(self, event: events.Key) -> None:
        """Arrows move among what can be ticked."""
        if event.key in ("down", "j", "tab"):
            self._at = (self._at + 1) % len(self._items)
        elif event.key in ("up", "k", "shift+tab"):
            self._at = (self._at - 1) % len(self._items)
        else:
            return
        event.stop()
        event.prevent_default()
        self._draw()

    def action_tick(self) -> None:
        """Tick or untick the line."""
        self._ticked ^= {self._items[self._at]}
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
        """Do not send."""
        self.dismiss(None)

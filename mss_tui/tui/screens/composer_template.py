"""Letters to begin with, in the composer: chosen by title, then filled field after field; none leaves half filled."""

from __future__ import annotations

from textual.widgets.input import Selection as Span
from textual.widgets.text_area import Selection

from mss_tui.phrase import say
from mss_tui.services.templates import fields, filled, first_field, templates
from mss_tui.tui.paint import Tone
from mss_tui.tui.screens.ask import AskChoice, Choice
from mss_tui.tui.screens.composer_remedies import ComposerRemedies
from mss_tui.tui.widgets.body import Body
from mss_tui.tui.widgets.field import Field


class ComposerTemplate(ComposerRemedies):
    """Ctrl+E."""

    def action_template(self) -> None:
        """Begin with a letter; among its fields, the next that is not filled."""
        if not self.to_unfilled():
            self.mss.work(self, "ask", self._ask_template())

    async def _ask_template(self) -> None:
        known = templates(self.mss.desk.template_folder)
        choices = [Choice(template.title, str(i)) for i, template in enumerate(known)]
        choice = await self.mss.push_screen_wait(AskChoice(say("Quel modèle ?"), choices))
        if choice is None:
            return
        letter = filled(known[int(choice.key)], {}, self.mss.desk.actor.person)
        subject, body = self.query_one("#subject", Field), self.query_one("#body", Body)
        subject.value = subject.value.strip() or letter.subject
        body.insert(letter.body, (0, 0))
        self.check_now()
        self.to_unfilled()

    def to_unfilled(self) -> bool:
        """Go to the first field that is not filled, selected so that typing replaces it; was there one?"""
        subject, body = self.query_one("#subject", Field), self.query_one("#body", Body)
        left = len(fields(f"{subject.value}\n{body.text}"))
        if (span := first_field(subject.value)) is not None:
            self.give_keys("subject")
            subject.selection = Span(*span)
        elif (span := first_field(body.text)) is not None:
            self.give_keys("body")
            lines = body.text[: span[0]].split("\n")
            row, column = len(lines) - 1, len(lines[-1])
            body.selection = Selection((row, column), (row, column + span[1] - span[0]))
        else:
            return False
        self.mss.say(say("Encore {n} champ(s) à remplir ; Ctrl+E va au suivant.", n=left))
        return True

    def action_send(self) -> None:
        """Nothing leaves while a field of a letter is not filled."""
        if self.to_unfilled():
            self.mss.say(say("Rien n'est parti : un champ entre accolades reste à remplir."), Tone.WARN)
        else:
            super().action_send()

"""Remedies that put something right in the message itself, each by one key of Ctrl+G."""

from __future__ import annotations

from dataclasses import replace

from textual.widgets.input import Selection as Span
from textual.widgets.text_area import Selection

from mss_tui.model.address import Kind, kind_of, split_named
from mss_tui.model.ins import Ins, ins_of_address
from mss_tui.model.verdict import Place, Verdict
from mss_tui.phrase import say
from mss_tui.services.automatic import mentioned
from mss_tui.text import clean
from mss_tui.tui import recipients
from mss_tui.tui.paint import Tone
from mss_tui.tui.panel import UNDER
from mss_tui.tui.remedies import LAST, NOT_LAST, Remedy
from mss_tui.tui.screens.ask import AskChoice, Choice
from mss_tui.tui.screens.composer_patient import ComposerPatient
from mss_tui.tui.screens.derogation import ask_derogation
from mss_tui.tui.widgets.body import Body
from mss_tui.tui.widgets.field import Field
from mss_tui.tui.widgets.walker import Walker

ASKED = "vérifié de vive voix auprès de la personne"
"""The reason in the journal, in every language."""


class ComposerRemedies(ComposerPatient):
    """Beside those that move about (composer.py) and those of the registers (composer_patient.py)."""

    def offers(self) -> tuple[Remedy, ...]:
        """FIN, set or taken away, where a patient is written to."""
        if any(kind_of(split_named(r)[1]) is Kind.PATIENT for r in self.draft().recipients):
            return (NOT_LAST if self.last_to_patient else LAST,)
        return ()

    def remedy_go(self, verdict: Verdict) -> None:
        """To the place, the words that caused the verdict selected."""
        place, item = verdict.where.place, verdict.where.item
        name = UNDER[place]
        span = next((s for s in verdict.evidence if s.place is place), None)
        if name in ("to", "cc", "bcc"):
            self.give_keys(name)
            field = self.query_one(f"#{name}", Field)
            at = field.value.casefold().find(item.casefold()) if item else -1
            if at >= 0:
                field.selection = Span(at, at + len(item))
        elif place is Place.SUBJECT:
            self.give_keys("subject")
            if span is not None:
                self.query_one("#subject", Field).selection = Span(span.start, span.end)
        elif place is Place.ATTACHMENT:
            self.action_attach()
        else:
            self.give_keys("body")
            body = self.query_one("#body", Body)
            if span is not None and place is Place.BODY:
                start, end = (_position(body.text, offset) for offset in (span.start, span.end))
                body.selection = Selection(start, end)

    def action_attach(self) -> None:
        """Attach a file, or leave one out (given by the class built on this one)."""
        raise AssertionError(type(self).__name__)

    def _instead(self, verdict: Verdict, new: str) -> None:
        """Put another recipient in the place of the one that a verdict names."""
        name = UNDER[verdict.where.place]
        item = verdict.where.item.casefold()
        field = self.query_one(f"#{name}", Field)
        field.value = recipients.joined(
            tuple(new if split_named(r)[1].casefold() == item else r for r in recipients.split(field.value))
        )
        self.check_now()
        self.learn()

    def remedy_correct_key(self, verdict: Verdict) -> None:
        """The key that the thirteen characters ask for; the identity is then asked about as that of any patient."""
        item = verdict.where.item
        ins = ins_of_address(item)
        if ins is None:
            return
        right = Ins(ins.number, ins.expected_key)
        typed = next((r for r in self.draft().recipients if split_named(r)[1].casefold() == item.casefold()), item)
        name = split_named(typed)[0]
        self._instead(verdict, f"{name} <{right.address}>" if name else right.address)
        said = say("Clé corrigée : {ins}. Relisez les 13 caractères sur le document du patient.", ins=right.grouped)
        self.mss.say(said, Tone.WARN)

    def remedy_correct_name(self, verdict: Verdict) -> None:
        """The name that the directory has for the address."""
        known = self.place.checker.verification(verdict.where.item)
        if known is not None and known.entry is not None:
            self._instead(verdict, recipients.of_entry(known.entry))

    def remedy_service(self, verdict: Verdict) -> None:
        """The mailbox of the person's service instead of their own."""
        service = str(verdict.values.get("service", "")).split(",")[0].strip()
        if "@" in service:
            self._instead(verdict, service)

    def remedy_no_reply_to(self, _verdict: Verdict) -> None:
        """Answers come back to the sender."""
        self.start = replace(self.start, reply_to="")
        self.check_now()

    def remedy_mention(self, _verdict: Verdict) -> None:
        """The sentence that no reply is possible, under what is written."""
        body = self.query_one("#body", Body)
        body.text = mentioned(body.text)
        self.check_now()

    def remedy_last(self, _verdict: Verdict | None) -> None:
        """The last message to a patient (X-MSS-MES: FIN), or not."""
        self.last_to_patient = not self.last_to_patient
        self.show_wishes()
        self.check_now()
        if self.last_to_patient:
            self.mss.say(say("Dernier message : le patient ne pourra pas répondre (FIN)."), Tone.GOOD)
        else:
            self.mss.say(say("Le patient pourra répondre."), Tone.GOOD)

    def remedy_ask(self, verdict: Verdict) -> None:
        """Ask the person by another way, and note that it was done."""
        self.mss.work(self, "ask", self._ask_person(verdict))

    async def _ask_person(self, verdict: Verdict) -> None:
        done = self.mss.words(say("C'est fait : vérifié de vive voix (va au journal)"))
        calls = [Choice(f"{clean(call.who)}  {clean(call.phone)}") for call in self.mss.desk.profile.calls]
        question = say("Demander à la personne, par téléphone")
        choice = await self.mss.push_screen_wait(AskChoice(question, [Choice(done, "done"), *calls], filtered=False))
        if choice is not None and choice.key:
            self._accepted(verdict, ASKED)

    def remedy_derogate(self, verdict: Verdict) -> None:
        """Say why it leaves although the patient objected."""
        self.mss.work(self, "ask", self._ask_derogation(verdict))

    async def _ask_derogation(self, verdict: Verdict) -> None:
        reason = await ask_derogation(self.mss)
        if reason is not None:
            self._accepted(verdict, reason)

    def _accepted(self, verdict: Verdict, reason: str) -> None:
        walker = self.query_one(Walker)
        walker.accepted[verdict.rule] = reason
        walker.renew()
        self.mss.say(say("Noté pour l'envoi : {reason}.", reason=clean(reason, 200)), Tone.GOOD)


def _position(text: str, offset: int) -> tuple[int, int]:
    """Row and column of a character."""
    lines = text[:offset].split("\n")
    return len(lines) - 1, len(lines[-1])

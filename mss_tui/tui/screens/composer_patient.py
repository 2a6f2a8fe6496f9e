"""The composer's answers about patients: informed, qualified, objecting; noted once in the registers of the profile."""

from __future__ import annotations

from mss_tui.model.address import split_named
from mss_tui.model.ins import Ins, ins_of_address, parse_ins
from mss_tui.model.patient import Mark
from mss_tui.model.verdict import Verdict
from mss_tui.phrase import Phrase, say
from mss_tui.tui.paint import Tone
from mss_tui.tui.screens.ask import AskChoice, Choice
from mss_tui.tui.screens.composer_sending import ComposerSending

_KINDS: tuple[tuple[tuple[Mark, ...], Phrase], ...] = (
    ((Mark.NO_MESSAGES,), say("Aux messages qui lui sont adressés")),
    ((Mark.NO_EXCHANGES,), say("Aux échanges entre professionnels")),
    ((Mark.NO_MESSAGES, Mark.NO_EXCHANGES), say("Aux deux")),
    ((), say("À rien : revenir au message")),
)


class ComposerPatient(ComposerSending):
    """Remedies of the rules on patients."""

    def remedy_inform(self, verdict: Verdict) -> None:
        """The patient was informed of the exchange and of the right to object."""
        self._note(verdict, (Mark.INFORMED,), say("Noté : le patient est informé. Ce n'est plus demandé pour lui."))

    def remedy_qualify(self, verdict: Verdict) -> None:
        """The INS comes from a qualified identity."""
        self._note(verdict, (Mark.QUALIFIED,), say("Noté : identité qualifiée."))

    def remedy_object(self, verdict: Verdict) -> None:
        """The patient objects: to what is asked."""
        self.mss.work(self, "ask", self._ask_objection(verdict))

    async def _ask_objection(self, verdict: Verdict) -> None:
        choices = [Choice(self.mss.words(said), str(i)) for i, (_, said) in enumerate(_KINDS)]
        choice = await self.mss.push_screen_wait(AskChoice(say("Le patient s'oppose…"), choices, filtered=False))
        marks = _KINDS[int(choice.key)][0] if choice is not None else ()
        if marks:
            self._note(verdict, marks, say("Opposition notée, pour ce profil seulement ; elle peut être levée."))

    def remedy_lift(self, verdict: Verdict) -> None:
        """The patient no longer objects to what the verdict speaks of."""
        ins, registers = _ins(verdict), self.mss.desk.registers
        if ins is not None and registers is not None:
            exchange = verdict.values.get("variant") == "echange"
            mark = Mark.NO_EXCHANGES if exchange else Mark.NO_MESSAGES
            registers.withdraw(ins, mark, self.mss.desk.actor, mailbox=self.place.account.address)
            self._noted(say("Opposition levée."))

    def _note(self, verdict: Verdict, marks: tuple[Mark, ...], said: Phrase) -> None:
        ins, registers = _ins(verdict), self.mss.desk.registers
        if ins is None or registers is None:
            self.mss.say(say("Ce profil ne tient pas de registre des patients."), Tone.WARN)
            return
        who = self.place.checker.patient_name(self.draft(), str(ins))
        for mark in marks:
            registers.note(ins, mark, self.mss.desk.actor, mailbox=self.place.account.address, who=who)
        self._noted(said)

    def _noted(self, said: Phrase) -> None:
        self.place.checker.sent()
        self.check_now()
        self.mss.say(said, Tone.GOOD)


def _ins(verdict: Verdict) -> Ins | None:
    item = verdict.where.item
    return parse_ins(item) or ins_of_address(split_named(item)[1])

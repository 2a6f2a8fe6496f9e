"""Information and objections of patients, per profile: noted by name in the journal, read by the rules.

The registers are this profile's: colleagues do not know them, and the rules say so.
"""

from __future__ import annotations

from datetime import timedelta

from mss_tui.errors import MssError
from mss_tui.model.facts import PatientFact
from mss_tui.model.ins import Ins
from mss_tui.model.patient import Mark, Notes, Registered
from mss_tui.model.people import Actor
from mss_tui.phrase import Phrase, say
from mss_tui.ports.clock import Clock
from mss_tui.ports.registers import PatientStore
from mss_tui.ports.store import Journal

ACT = "patient"

SAID: dict[Mark, Phrase] = {
    Mark.INFORMED: say("informé de l'échange et de son droit de s'y opposer"),
    Mark.QUALIFIED: say("identité qualifiée (INS)"),
    Mark.NO_MESSAGES: say("opposé aux messages qui lui sont adressés"),
    Mark.NO_EXCHANGES: say("opposé aux échanges entre professionnels"),
}


class Registers:
    """The registers of a profile.

    Args:
        informed_days: for how long an information stands, None without end.
    """

    def __init__(self, store: PatientStore, journal: Journal, clock: Clock, informed_days: int | None = None) -> None:
        self._store = store
        self._journal = journal
        self._clock = clock
        self._informed_days = informed_days

    async def prepare(self) -> bool:
        """Fetch what opens the registers, where that takes asking; True when it came just now.

        Raises:
            MssError: it cannot be had now.
        """
        return await self._store.prepare()

    def of(self, ins: Ins) -> Notes:
        """What is noted of a patient.

        Raises:
            MssError: it cannot be read.
        """
        return self._store.of(str(ins))

    def everyone(self) -> tuple[Registered, ...]:
        """Every patient that something is or was noted of, by name.

        Raises:
            MssError: it cannot be read.
        """
        return self._store.everyone()

    def begin_again(self, actor: Actor, *, mailbox: str = "") -> bool:
        """Set aside a register that does not open, with a line in the journal; False where all of it opens.

        Raises:
            MssError: it cannot be set aside.
        """
        aside = self._store.begin_again()
        if aside:
            self._journal.write(actor, mailbox, ACT, "note", register="recommence")
        return aside

    def note(self, ins: Ins, mark: Mark, actor: Actor, *, mailbox: str = "", who: str = "") -> Notes:
        """Note it, with a line in the journal, where a keyed hash stands for the patient; `who` is their name.

        Raises:
            MssError: it could not be written.
        """
        self._journal.write(actor, mailbox, ACT, "note", patient=ins.address, mark=mark.value)
        return self._store.note(str(ins), mark, who)

    def withdraw(self, ins: Ins, mark: Mark, actor: Actor, *, mailbox: str = "") -> Notes:
        """It holds no longer: an objection is lifted, an information was wrong.

        Raises:
            MssError: it could not be written.
        """
        self._journal.write(actor, mailbox, ACT, "note", patient=ins.address, mark=mark.value, withdrawn="oui")
        return self._store.withdraw(str(ins), mark)

    def fact(self, ins: str) -> tuple[PatientFact, bool | None]:
        """What the rules may know of a patient, and whether the identity is qualified, None where nobody said."""
        try:
            notes = self._store.of(ins)
        except MssError:
            return PatientFact(ins), None
        return (
            PatientFact(
                ins,
                informed=self._informed(notes),
                objected_messages=_stands(notes, Mark.NO_MESSAGES),
                objected_exchanges=_stands(notes, Mark.NO_EXCHANGES),
            ),
            _stands(notes, Mark.QUALIFIED) or None,
        )

    def _informed(self, notes: Notes) -> bool:
        if not _stands(notes, Mark.INFORMED):
            return False
        days = self._informed_days
        return days is None or self._clock.now() - notes[Mark.INFORMED].since <= timedelta(days=days)


def _stands(notes: Notes, mark: Mark) -> bool:
    return mark in notes and notes[mark].stands

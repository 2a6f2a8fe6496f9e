"""The registers of this profile: which patients are informed or object; to see, and to withdraw."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from textual import on
from textual.binding import BindingType
from textual.widget import Widget

from mss_tui.errors import MssError
from mss_tui.model.ins import parse_ins
from mss_tui.model.patient import Mark, Noted, Registered
from mss_tui.phrase import Phrase, say
from mss_tui.services.registers import SAID
from mss_tui.tui.actions import Scope, bindings
from mss_tui.tui.paint import Line, Tone
from mss_tui.tui.screens.ask import AskYesNo
from mss_tui.tui.screens.base import MssScreen
from mss_tui.tui.widgets.lines import Lines, paragraph
from mss_tui.tui.widgets.rows import Row, Rows
from mss_tui.tui.widgets.title import Title
from mss_tui.tui.wording import full_moment

SHORT: dict[Mark, Phrase] = {
    Mark.INFORMED: say("informé"),
    Mark.QUALIFIED: say("identité qualifiée"),
    Mark.NO_MESSAGES: say("opposé aux messages"),
    Mark.NO_EXCHANGES: say("opposé aux échanges"),
}
"""On a row; the whole sentence stands below."""


class Marks(Rows):
    """One row for each thing that is or was noted of a patient."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings(Scope.MOVES)]

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self.listed: list[tuple[Registered, Mark, Noted]] = []

    def count(self) -> int:
        """Notes."""
        return len(self.listed)

    def row(self, position: int, width: int) -> Row:
        """Who, and what is noted."""
        words, fit = self.desk_app.words, self.desk_app.paint.fit
        patient, mark, noted = self.listed[position]
        state = "" if noted.stands else words(say("levé : "))
        text = f" {fit(patient.who or '-', 26)} {fit(_grouped(patient.ins), 21)} {state}{words(SHORT[mark])}"
        return text, Tone.PLAIN if noted.stands else Tone.FAINT


class RegistersScreen(MssScreen):
    """The patients of the registers, by name."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings(Scope.REGISTERS, Scope.PAGE)]
    AUTO_FOCUS = "#marks"

    def body(self) -> Iterable[Widget]:
        """The list, and the dates of the note under the bar."""
        yield Title(say("Registres de ce profil : informations et oppositions"))
        yield Marks(id="marks")
        yield Lines(id="known")

    def on_mount(self) -> None:
        """Read them."""
        self.query_one("#known", Lines).can_focus = False
        self.mss.work(self, "read", self._read())

    async def _read(self) -> None:
        if self.mss.desk.registers is not None:
            await self.mss.desk.registers.prepare()
        self.renew()

    def key_hints(self) -> tuple[Scope, ...]:
        """The acts."""
        return (Scope.REGISTERS, Scope.PAGE)

    @property
    def here(self) -> tuple[Registered, Mark, Noted] | None:
        """The note under the bar."""
        rows = self.query_one(Marks)
        return rows.listed[rows.cursor] if rows.cursor < len(rows.listed) else None

    def renew(self) -> None:
        """Read the registers again; one that does not open is said, and may be begun anew."""
        registers, rows = self.mss.desk.registers, self.query_one(Marks)
        try:
            patients = registers.everyone() if registers is not None else ()
        except MssError as error:
            patients = ()
            self.mss.fail(error)
        rows.listed = [(patient, mark, noted) for patient in patients for mark, noted in patient.notes.items()]
        rows.cursor = max(0, min(rows.cursor, len(rows.listed) - 1))
        rows.changed()
        self._tell()

    @on(Rows.Moved)
    def _tell(self) -> None:
        self.query_one("#known", Lines).show(self._known)

    def _known(self, width: int) -> list[Line]:
        words, here = self.mss.words, self.here
        if here is None:
            empty = say("Aucun patient. Ce qui est noté en écrivant (Ctrl+G) paraît ici, pour ce profil seulement.")
            return paragraph(words(empty), width)
        patient, mark, noted = here
        lines = paragraph(f"{patient.who or '-'} · INS {_grouped(patient.ins)}", width, Tone.STRONG)
        lines += paragraph(words(SAID[mark]), width)
        lines += paragraph(words(say("noté le {when}", when=full_moment(noted.since))), width)
        if noted.withdrawn is not None:
            lines += paragraph(words(say("levé le {when}", when=full_moment(noted.withdrawn))), width)
        return lines

    def action_back(self) -> None:
        """Échap."""
        self.dismiss(None)

    def action_withdraw(self) -> None:
        """It holds no longer."""
        if self.here is not None and self.here[2].stands:
            self.mss.work(self, "act", self._withdraw(*self.here))
        else:
            self.mss.say(say("Rien à lever ici."))

    async def _withdraw(self, patient: Registered, mark: Mark, _noted: Noted) -> None:
        question = say("Ne vaut plus pour {who} : {what} ?", who=patient.who or _grouped(patient.ins), what=SAID[mark])
        ins, registers = parse_ins(patient.ins), self.mss.desk.registers
        if ins is None or registers is None or not await self.mss.push_screen_wait(AskYesNo(question)):
            return
        registers.withdraw(ins, mark, self.mss.desk.actor, mailbox=self.mss.main.place.account.address)
        self._changed()
        self.mss.say(say("Levé ; la date reste au registre."), Tone.GOOD)

    def action_begin_again(self) -> None:
        """Set aside a register that does not open."""
        self.mss.work(self, "act", self._begin_again())

    async def _begin_again(self) -> None:
        registers = self.mss.desk.registers
        question = say("Garder de côté un registre qui ne s'ouvre pas, et en commencer un vide ?")
        if registers is None or not await self.mss.push_screen_wait(AskYesNo(question)):
            return
        if registers.begin_again(self.mss.desk.actor, mailbox=self.mss.main.place.account.address):
            self._changed()
        else:
            self.mss.say(say("Le registre s'ouvre : rien n'a été changé."))

    def _changed(self) -> None:
        for place in self.mss.desk.places:
            place.checker.sent()
        self.renew()


def _grouped(number: str) -> str:
    ins = parse_ins(number)
    return ins.grouped if ins is not None else number

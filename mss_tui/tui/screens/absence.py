"""The absence message on screen: how it is on the server, set and taken away; or a reminder where it cannot be."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import ClassVar

from textual.binding import BindingType

from mss_tui.errors import UsageError
from mss_tui.mime.vacation import Vacation
from mss_tui.phrase import Phrase, say
from mss_tui.services.absence import Shown, template, told
from mss_tui.services.desk import Place
from mss_tui.text import clean
from mss_tui.tui.actions import Scope, bindings
from mss_tui.tui.paint import Line, Tone
from mss_tui.tui.screens.ask import AskText, AskYesNo
from mss_tui.tui.screens.page import PageScreen, PageText
from mss_tui.tui.widgets.lines import paragraph


class AbsenceScreen(PageScreen):
    """The absence of one mailbox."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings(Scope.ABSENCE)]

    def __init__(self, place: Place) -> None:
        super().__init__()
        self._place = place
        self._shown: Shown | None = None
        self._draft: tuple[str, str] | None = None

    def heading(self) -> Phrase:
        """Whose."""
        return say("Message d'absence · {mailbox}", mailbox=self._place.account.address)

    def key_hints(self) -> tuple[Scope, ...]:
        """What can be done here."""
        return (Scope.ABSENCE, Scope.PAGE)

    def on_mount(self) -> None:
        """Ask the server."""
        if self.mss.desk.absences(self._place).possible:
            self.mss.work(self, "absence", self._read())

    async def _read(self) -> None:
        self._shown = await self.mss.desk.absences(self._place).show()
        self._show()

    def _show(self) -> None:
        self.query_one(PageText).show(self.lines)

    def lines(self, width: int) -> Sequence[Line]:
        """State, then the text that would answer."""
        words = self.mss.words
        if not self.mss.desk.absences(self._place).possible:
            first = say("L'opérateur n'offre pas de réglage à distance (ManageSieve) : o note un rappel sur ce poste.")
            lines = paragraph(words(first), width, Tone.WARN)
        elif self._shown is None:
            lines = paragraph(words(say("Lecture du serveur…")), width)
        else:
            lines = paragraph(words(told(self._shown)), width, Tone.STRONG)
        reminder = self.mss.desk.facts.of(self._place.account.id).reminder
        if reminder is not None and reminder.start and reminder.end:
            days = say("Rappel : du {start} au {end}.", start=_written(reminder.start), end=_written(reminder.end))
            lines += paragraph(words(days), width)
        subject, text = self._draft or template(self.mss.desk.actor.person, None, None)
        lines += [(), *paragraph(words(say("Objet : {subject}", subject=subject)), width, Tone.STRONG)]
        for part in text.split("\n"):
            lines += paragraph(part, width)
        return lines

    def action_set(self) -> None:
        """Set it: days and whom to ask are asked, the text is shown before it is installed."""
        if self.mss.read_only:
            self.mss.say(say("Lecture seule : l'absence n'est pas changée."), Tone.WARN)
            return
        self.mss.work(self, "absence", self._set())

    async def _set(self) -> None:
        desk, person = self.mss.desk, self.mss.desk.actor.person
        start = await self._day(say("Absent à partir du (JJ/MM/AAAA ; vide : maintenant)"))
        end = await self._day(say("Jusqu'au, inclus (JJ/MM/AAAA ; vide : sans fin)"))
        contact = await self.mss.push_screen_wait(AskText(say("À qui s'adresser pendant ce temps ? (vide : personne)")))
        subject, text = self._draft = template(person, start, end, contact or "")
        self._show()
        absences = desk.absences(self._place)
        if not absences.possible:
            if end is None:
                raise UsageError(say("Un rappel demande un dernier jour."))
            absences.remind(start, end, desk.actor)
            self.mss.say(say("Rappel noté ; réglez l'absence dans la messagerie web de l'opérateur."), Tone.GOOD)
            self._show()
            return
        if await self.mss.push_screen_wait(AskYesNo(say("Mettre ce message d'absence ?"))):
            self._shown = await absences.on(Vacation(subject, text, start, end), desk.actor)
            self._told()

    async def _day(self, question: Phrase) -> date | None:
        typed = await self.mss.push_screen_wait(AskText(question))
        if not (typed or "").strip():
            return None
        try:
            return datetime.strptime((typed or "").strip(), "%d/%m/%Y").date()  # noqa: DTZ007 - a day has no zone
        except ValueError:
            raise UsageError(
                say("« {text} » n'est pas un jour, comme 24/12/2026.", text=clean(typed or "", 40))
            ) from None

    def action_unset(self) -> None:
        """Take it away."""
        if self.mss.read_only:
            self.mss.say(say("Lecture seule : l'absence n'est pas changée."), Tone.WARN)
            return
        self.mss.work(self, "absence", self._unset())

    async def _unset(self) -> None:
        self._shown = await self.mss.desk.absences(self._place).off(self.mss.desk.actor)
        self._told()

    def _told(self) -> None:
        if self._shown is not None:
            self.mss.say(told(self._shown), Tone.GOOD)
        self._show()
        self.mss.refresh_status()


def _written(of: date) -> str:
    return of.strftime("%d/%m/%Y")

"""The main screen where several people work: who has taken a message, who answers it, who saw a critical result."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from functools import partial

from mss_tui.model.draft import Draft
from mss_tui.model.message import Handling, Reading, Row
from mss_tui.phrase import say
from mss_tui.ports.mail import Arrived, Event
from mss_tui.services.claims import Claims, mark_of
from mss_tui.services.composing import forward
from mss_tui.services.critical import acknowledge, alert, find_critical
from mss_tui.services.desk import Place
from mss_tui.services.handling import Done
from mss_tui.tui.paint import Tone
from mss_tui.tui.screens.ask import AskText, AskYesNo
from mss_tui.tui.screens.main import Act
from mss_tui.tui.screens.main_lists import ListScreen


def on_one(act: Callable[[Row], Awaitable[Done]]) -> Act:
    """An act on one message, whatever its mailbox."""
    return lambda _, rows: act(rows[0])


class PeopleScreen(ListScreen):
    """m, P, a on messages; a warning before two people answer one message."""

    def claims(self, place: Place) -> Claims:
        """Who has taken what in a mailbox; the names that were met are kept."""
        known: dict[str, Claims] = self.__dict__.setdefault("_claims", {})
        return known.setdefault(place.account.id, Claims(place.box, self.mss.desk.journal))

    def action_take(self) -> None:
        """Prendre, or rendre what one has."""
        actor = self.mss.desk.actor
        mine = mark_of(actor.person)
        for row in self.rows_meant():
            place = self.place_of(row.ref)
            claims = self.claims(place)
            if row.taken_by and mine not in row.taken_by:
                self.mss.work(self, "ask", self._take_over(place, row))
            else:
                self._act([row], on_one(partial(claims.release if mine in row.taken_by else claims.take, actor=actor)))

    async def _take_over(self, place: Place, row: Row) -> None:
        """A colleague has it: it is taken over only when that is said."""
        claims, actor = self.claims(place), self.mss.desk.actor
        who = await claims.names(row.taken_by)
        if await self.mss.push_screen_wait(AskYesNo(say("{who} a pris ce message. Le reprendre ?", who=who))):
            self._act([row], on_one(partial(claims.take, actor=actor, over=True)))

    def action_hand_over(self) -> None:
        """Passer: to whom is asked."""
        rows = self.rows_meant()
        if rows:
            self.mss.work(self, "ask", self._hand_over(rows))

    async def _hand_over(self, rows: Sequence[Row]) -> None:
        to = await self.mss.push_screen_wait(AskText(say("Passer à qui ? (prénom et nom ; va au journal)")))
        if to:
            for row in rows:
                claims, actor = self.claims(self.place_of(row.ref)), self.mss.desk.actor
                self._act([row], on_one(partial(claims.hand_over, to=to, actor=actor)))

    def action_delegate(self) -> None:
        """Déléguer: to whom is asked, and goes to the journal."""
        rows = self.rows_meant()
        if rows:
            self.mss.work(self, "ask", self._delegate(rows))

    async def _delegate(self, rows: Sequence[Row]) -> None:
        """Déléguer: to a name, for the journal; to an address, for which a forward opens as well."""
        actor = self.mss.desk.actor
        question = say("Déléguer à qui ? (nom, fonction ou adresse ; va au journal)")
        to = (await self.mss.push_screen_wait(AskText(question)) or "").strip()
        if not to:
            return
        self._act(rows, lambda place, its: place.acts.handle(its, Handling.DELEGATED, actor, to=to))
        if "@" in to and len(rows) == 1 and not self.mss.read_only:
            place = self.place_of(rows[0].ref)
            reading = await self.reading_of(place, rows[0])
            self.write_message(place, replace(forward(reading, place.account), to=(to,)))

    def action_acknowledge(self) -> None:
        """Take note of a critical result in one's own name."""
        journal, actor = self.mss.desk.journal, self.mss.desk.actor
        self._act(self.rows_meant(), lambda place, rows: acknowledge(place.box, journal, rows, actor))

    async def _compose_answer(
        self, place: Place, row: Row, make: Callable[[Place, Reading], Draft], reason: str
    ) -> None:
        """In a shared mailbox, whoever answers takes the message; that somebody else has it is said first."""
        claims = self.claims(place)
        if claims.shared:
            warning = await claims.about_to_answer(row, self.mss.desk.actor)
            if warning is not None:
                question = say("{warning} Répondre quand même ?", warning=warning)
                if not await self.mss.push_screen_wait(AskYesNo(question)):
                    return
            elif not self.mss.read_only and mark_of(self.mss.desk.actor.person) not in row.taken_by:
                self._done((place, await claims.take(row, self.mss.desk.actor)))
        await super()._compose_answer(place, row, make, reason)

    def _happened(self, place: Place, event: Event) -> None:
        super()._happened(place, event)
        if isinstance(event, Arrived) and any(row.has_documents for row in event.rows):
            self.run_worker(self._announce(place, event.rows), group="alert", exit_on_error=False)

    async def _announce(self, place: Place, rows: Sequence[Row]) -> None:
        """A critical result arrived: the bell, wherever one is in the program, and the profile's command."""
        found = await find_critical(place.reader, self.mss.desk.documents, rows)
        if not found:
            return
        self.app.bell()
        self.mss.say(say("RÉSULTAT CRITIQUE arrivé : {box} ({n})", box=place.account.id, n=len(found)), Tone.BAD)
        self.messages.changed()
        await alert(self.mss.desk.profile.alert_command)

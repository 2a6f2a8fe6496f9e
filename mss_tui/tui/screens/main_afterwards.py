"""After a message went wrong: the notice to whom it should not have gone to, and what replaces it."""

from __future__ import annotations

from mss_tui.model.message import Row
from mss_tui.phrase import say
from mss_tui.services.desk import Place
from mss_tui.text import clean
from mss_tui.tui.paint import Tone
from mss_tui.tui.screens.ask import AskChoice, Choice
from mss_tui.tui.screens.main_pieces import MainPieces


class MainAfterwards(MainPieces):
    """W and V."""

    def action_wrong_recipient(self) -> None:
        """Ask for the deletion of a message that left, or came, by mistake."""
        row = self.row_here()
        if row is not None:
            self.mss.work(self, "answer", self._wrong_recipient(self.place_of(row.ref), row))

    async def _wrong_recipient(self, place: Place, row: Row) -> None:
        from mss_tui.services.afterwards import wrong_recipient
        from mss_tui.tui.screens.composer import ComposerScreen

        reading = await self.reading_of(place, row)
        desk = self.mss.desk
        people = [p.address for p in (*row.to, *row.cc) if p.address]
        own = row.sender.address.casefold() == place.account.address.casefold()
        to: tuple[str, ...] = ()
        if own and len(people) > 1:
            choices = [Choice(clean(address, 200), address) for address in people]
            question = say("À qui ce message n'était-il pas destiné ?")
            choice = await self.mss.push_screen_wait(AskChoice(question, choices, filtered=False))
            if choice is None:
                return
            to = (choice.key,)
        self.write_message(place, wrong_recipient(reading, place.account, desk.actor.person, desk.template_folder, to))
        if not own:
            self.mss.say(say("Une fois la réponse partie, s supprime le message reçu par erreur."), Tone.WARN)
            screen = self.mss.screen
            if isinstance(screen, ComposerScreen):
                screen.said_on_opening = self.mss.said

    def action_replace(self) -> None:
        """Write what replaces one's own message."""
        row = self.row_here()
        if row is not None:
            self.mss.work(self, "answer", self._replace(self.place_of(row.ref), row))

    async def _replace(self, place: Place, row: Row) -> None:
        from mss_tui.services.afterwards import replacing
        from mss_tui.tui.screens.composer import ComposerScreen

        reading = await self.reading_of(place, row)
        desk = self.mss.desk
        self.write_message(place, replacing(reading, place.account, desk.actor.person, desk.template_folder))
        screen = self.mss.screen
        if isinstance(screen, ComposerScreen):
            screen.call_after_refresh(screen.to_unfilled)

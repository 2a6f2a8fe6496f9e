"""The screen blanked and locked (Ctrl+L, or nobody there): nothing of what was on it can be read until it is opened."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, cast

from textual import events, on
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Input

from mss_tui.errors import ExitCode
from mss_tui.phrase import Phrase, say
from mss_tui.services.guard import Outcome
from mss_tui.tui.widgets.field import Field
from mss_tui.tui.widgets.title import Title

if TYPE_CHECKING:
    from mss_tui.tui.application import MssApp


class HiddenScreen(Screen[None]):
    """Nothing but how to come back; no dialog, through which the screen below would show."""

    @property
    def mss(self) -> MssApp:
        """The application, by its own type."""
        return cast("MssApp", self.app)

    def compose(self) -> Iterable[Widget]:
        """One line; a field where something has to be proved."""
        guard = self.mss.guard
        if guard.any_key:
            yield Title(say("Écran masqué. Entrée pour reprendre, Ctrl+Q pour quitter."), quiet=True)
            return
        yield Title(say("Écran verrouillé."))
        if guard.has_code or guard.takes_password:
            field = Field()
            field.password = True
            yield field
        yield Title(self._how(), quiet=True, id="how")
        yield Title(say("Ctrl+Q quitte ; ce qui est écrit est gardé dans Brouillons."), quiet=True)
        if self.mss.desk.profile.caching.encrypted and self.mss.desk.profile.caching.wipe:
            yield Title(say("Quitter d'ici efface la copie chiffrée de ce poste (cache_wipe)."), quiet=True)
            if any(place.sealed is not None and place.sealed.held() for place in self.mss.desk.places):
                yield Title(say("Les brouillons qui ne sont que sur ce poste y restent, chiffrés."), quiet=True)

    def _how(self) -> Phrase:
        guard = self.mss.guard
        if self.mss.psc is not None and (guard.has_code or guard.takes_password):
            return say("Votre code puis Entrée ; Entrée seule : Pro Santé Connect.")
        if self.mss.psc is not None:
            return say("Entrée : rouvrir avec Pro Santé Connect.")
        if guard.has_code and guard.takes_password:
            return say("Votre code, ou le mot de passe de la boîte, puis Entrée.")
        if guard.has_code:
            return say("Votre code puis Entrée.")
        if guard.takes_password:
            return say("Le mot de passe de la boîte puis Entrée.")
        return say("Aucun code n'a été choisi : il faut quitter et revenir.")

    def on_screen_resume(self) -> None:
        """Another one above was opened: this one is too."""
        if not self.mss.guard.locked and self.is_current:
            self.dismiss(None)

    def on_key(self, event: events.Key) -> None:
        """Entrée comes back where a key is enough, or goes to Pro Santé Connect; other keys do nothing."""
        if self.query(Field):
            return
        event.stop()
        if event.key == "enter" and self.mss.guard.any_key:
            self.mss.opened()
        elif event.key == "enter":
            self._by_psc()

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        text, event.input.value = event.value, ""
        if text:
            self.run_worker(self._try(text), group="open", exclusive=True, exit_on_error=False)
        else:
            self._by_psc()

    async def _try(self, text: str) -> None:
        guard = self.mss.guard
        match await guard.try_open(text):
            case Outcome.OPEN:
                self.mss.opened()
            case Outcome.OUT:
                await self.mss.log_out(ExitCode.AUTH_REFUSED)
            case Outcome.WRONG:
                self.query_one("#how", Title).put(say("Ce n'est pas cela. Essais restants : {n}.", n=guard.left))

    def _by_psc(self) -> None:
        if self.mss.psc is not None:
            from mss_tui.tui.screens.psc import PscScreen

            self.mss.push_screen(PscScreen(self.mss.psc), lambda done: self.mss.opened() if done else None)

"""The messages being written: several at once, one on screen; the others wait as they were left."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from mss_tui.errors import MssError
from mss_tui.model.message import MessageRef
from mss_tui.phrase import say
from mss_tui.tui.paint import Tone
from mss_tui.tui.screens.ask import AskChoice, AskYesNo, Choice

if TYPE_CHECKING:
    from mss_tui.ports.store import Sealed
    from mss_tui.services.desk import Place
    from mss_tui.services.spelling import KnownWords
    from mss_tui.tui.application import MssApp
    from mss_tui.tui.screens.composer_keeping import ComposerKeeping

_NEW, _MAILBOX = "new", "mailbox"


class Writing:
    """The composers that are open, in the order in which they were begun."""

    def __init__(self, app: MssApp) -> None:
        self._app = app
        self.screens: list[ComposerKeeping] = []

    @cached_property
    def known(self) -> KnownWords:
        """Words that spelling takes as right."""
        from mss_tui.services.spelling import KnownWords

        return KnownWords(self._app.desk.profile.dictionary)

    def open(self, screen: ComposerKeeping) -> None:
        """Begin another message; the one on screen, where there is one, waits."""
        self._app.action_to_inbox()
        self._app.install_screen(screen, f"draft-{screen.start.key}-{id(screen)}")
        self.screens.append(screen)
        self._app.push_screen(screen)
        self._app.quiet()
        self._changed()

    def take_up(self, place: Place, sealed: Sealed) -> None:
        """A draft that was sealed on this machine, as it was; what the server has not all of is still to be saved."""
        from mss_tui.model.draft import Draft
        from mss_tui.tui.screens.composer import ComposerScreen

        draft = sealed.draft
        if any(screen.start.key == draft.key for screen in self.screens):
            return
        screen = ComposerScreen(place, draft)
        screen.tried = list(sealed.tried)
        if place.sealed is not None and place.sealed.held():
            screen.sealed = True
            screen.saved = Draft(draft.key, draft.account, saved_as=draft.saved_as)
        self.open(screen)

    def holding(self, ref: MessageRef | None) -> ComposerKeeping | None:
        """The one that has the draft stored at `ref` open already."""
        return next((s for s in self.screens if ref is not None and s.saved.saved_as == ref), None)

    def show(self, screen: ComposerKeeping) -> None:
        """One that waits comes back, as it was."""
        if self._app.screen is not screen:
            self._app.action_to_inbox()
            self._app.push_screen(screen)
            self._app.quiet()
            self._changed()

    def show_last(self) -> bool:
        """The one begun last; from a composer, the one before it, round and round. False when there is none."""
        if not self.screens:
            return False
        here = next((i for i, s in enumerate(self.screens) if s is self._app.screen), 0)
        self.show(self.screens[here - 1])
        return True

    def close(self, screen: ComposerKeeping) -> None:
        """It left, or was left; with it goes whatever stands above it."""
        if screen not in self.screens:
            return
        self.screens.remove(screen)
        shown = screen in self._app.screen_stack
        if shown:
            self._app.action_to_inbox()
        self._app.uninstall_screen(screen)
        if not shown:
            screen.remove()
        self._changed()

    def number(self, screen: ComposerKeeping) -> tuple[int, int]:
        """Which one it is, from 1, and how many there are."""
        at = self.screens.index(screen) + 1 if screen in self.screens else 1
        return at, len(self.screens)

    def waiting(self) -> int:
        """How many are open and not on screen."""
        return sum(screen not in self._app.screen_stack for screen in self.screens)

    def _changed(self) -> None:
        for screen in self.screens:
            if screen.is_mounted:
                screen.show_number()
        self._app.refresh_status()

    async def ask(self) -> None:
        """Which one to go on with."""
        words, app = self._app.words, self._app
        others = [screen for screen in self.screens if screen is not app.screen]
        choices = [
            *(Choice(f"{self.number(s)[0]}. {s.heading()}", str(i)) for i, s in enumerate(others)),
            Choice(words(say("Un nouveau message")), _NEW),
            Choice(words(say("Les messages reçus ; celui-ci reste ouvert (2 y revient)")), _MAILBOX),
        ]
        question = say("Laisser ce message ouvert, et aller à…")
        choice = await app.push_screen_wait(AskChoice(question, choices, filtered=False))
        match choice.key if choice is not None else "":
            case "":
                pass
            case "new":
                app.main.action_new()
            case "mailbox":
                app.action_to_inbox()
                app.quiet()
            case number:
                self.show(others[int(number)])

    # leaving the program

    async def may_leave(self) -> bool:
        """Before the program is left: what is not saved is kept on the server, unless the person says otherwise."""
        app, words = self._app, self._app.words
        unsaved = [s for s in self.screens if s.on_its_way is None and s.unsaved]
        if not unsaved:
            return True
        choices = [
            Choice(words(say("Garder dans Brouillons, puis quitter")), "keep"),
            Choice(words(say("Quitter et perdre ce qui n'est pas enregistré")), "lose"),
            Choice(words(say("Rester")), ""),
        ]
        question = say("Le message en cours n'est pas enregistré.")
        if len(unsaved) > 1:
            question = say("{n} messages en cours ne sont pas enregistrés.", n=len(unsaved))
        choice = await app.push_screen_wait(AskChoice(question, choices, filtered=False))
        if choice is None or not choice.key:
            return False
        if choice.key == "lose":
            from mss_tui.services.sealing import unseal

            for screen in unsaved:
                await unseal(screen.place.sealed, screen.start)
            return True
        sealed = 0
        for screen in unsaved:
            app.say(say("Enregistrement des brouillons…"))
            await screen.not_saving()
            try:
                left_out = (await screen.store()).left_out
            except MssError as error:
                if screen.sealed:
                    sealed += 1
                    continue
                self.show(screen)
                app.fail(error)
                return False
            if left_out:
                self.show(screen)
                app.say(
                    say("Enregistré, mais {n} destinataire(s) n'ont pas d'adresse : Ctrl+Q quitte.", n=len(left_out)),
                    Tone.WARN,
                )
                return False
        question = say(
            "Le serveur n'a pas pris {n} brouillon(s) : gardé(s) sur cette machine, chiffré(s), et proposé(s) au "
            "prochain démarrage. Quitter ?",
            n=sealed,
        )
        return not sealed or await app.push_screen_wait(AskYesNo(question))

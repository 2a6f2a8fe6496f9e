"""The composer's pieces: attached by path or dropped on the terminal, made of a PDF, left out; the cited thread too."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from textual import on

from mss_tui.errors import MssError
from mss_tui.phrase import say
from mss_tui.services.files import local_file
from mss_tui.text import clean
from mss_tui.tui.paint import Tone
from mss_tui.tui.screens.ask import AskChoice, AskText, Choice
from mss_tui.tui.screens.composer_spelling import ComposerSpelling
from mss_tui.tui.widgets.body import Body
from mss_tui.tui.widgets.field import Field
from mss_tui.tui.widgets.paths import complete_path, dropped, no_folder, readable_path
from mss_tui.tui.wording import octets


class ComposerPieces(ComposerSpelling):
    """Ctrl+O, Ctrl+F, Ctrl+B, and files dropped on the text."""

    def action_document(self) -> None:
        """Make an archive of a PDF, for this message; its subject is written where there is none."""
        from mss_tui.services.document_making import Made
        from mss_tui.tui.screens.documents_form import DocumentFormScreen, held

        def attach(made: Made) -> None:
            self.pieces = (*self.pieces, *held(made))
            subject = self.query_one("#subject", Field)
            subject.value = subject.value.strip() or made.subject
            self.check_now()
            self.learn()

        self.mss.push_screen(DocumentFormScreen(self.place, attach))

    def action_attach(self) -> None:
        """Attach files, or leave one out."""
        self.mss.work(self, "ask", self._ask_piece())

    async def _ask_piece(self) -> None:
        if self.pieces:
            out = [
                Choice(self.mss.words(say("retirer {name}", name=clean(p.name))), str(i))
                for i, p in enumerate(self.pieces)
            ]
            choices = [Choice(self.mss.words(say("joindre un autre fichier…"))), *out]
            choice = await self.mss.push_screen_wait(AskChoice(say("Pièces jointes"), choices, filtered=False))
            if choice is None:
                return
            if choice.key:
                self.pieces = tuple(p for i, p in enumerate(self.pieces) if str(i) != choice.key)
                self.check_now()
                return
        question = say("Joindre quel fichier ? (Tab complète ; plusieurs peuvent être glissés ici)")
        typed = await self.mss.push_screen_wait(AskText(question, value="~/", complete=complete_path, refuse=no_folder))
        if typed is not None:
            self.attach(dropped(typed.removeprefix("~/")) or dropped(typed) or [readable_path(typed)])

    def attach(self, paths: Sequence[Path]) -> None:
        """Attach files; one that cannot be read is said, the others are attached all the same.

        Raises:
            UsageError: the last that could not be.
        """
        failed: MssError | None = None
        added = []
        for path in paths:
            try:
                added.append(local_file(path))
            except MssError as error:
                failed = error
        self.pieces = (*self.pieces, *added)
        if len(added) == 1:
            piece = added[0]
            self.mss.say(say("Joint : {name}, {size}.", name=clean(piece.name), size=octets(piece.size)), Tone.GOOD)
        elif added:
            size = octets(sum(piece.size for piece in added))
            self.mss.say(say("{n} fichiers joints, {size}.", n=len(added), size=size), Tone.GOOD)
        if added:
            self.check_now()
            self.learn()
        if failed is not None:
            raise failed

    @on(Body.Dropped)
    def _dropped(self, event: Body.Dropped) -> None:
        event.stop()
        self.mss.work(self, "ask", self._ask_dropped(event.text, event.paths))

    async def _ask_dropped(self, text: str, paths: Sequence[Path]) -> None:
        """A terminal gives the paths of dropped files as a paste: are they meant as files, or as words?"""
        names = ", ".join(path.name for path in paths)
        choices = [
            Choice(
                self.mss.words(say("Joindre {n} fichier(s) : {names}", n=len(paths), names=clean(names, 200))), "attach"
            ),
            Choice(self.mss.words(say("Écrire le chemin dans le texte")), "write"),
        ]
        question = say("Ce qui est collé désigne des fichiers")
        choice = await self.mss.push_screen_wait(AskChoice(question, choices, filtered=False))
        if choice is None:
            return
        if choice.key == "write":
            self.query_one("#body", Body).insert(text)
        else:
            self.attach(paths)

    def action_quote(self) -> None:
        """Leave the cited thread out, or take it in again."""
        self.quoted = "" if self.quoted else self.start.quoted
        self.check_now()

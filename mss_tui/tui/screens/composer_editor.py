"""The text of a message in one's own editor: the terminal is lent to it, the text comes back made safe."""

from __future__ import annotations

import asyncio
import os
import tempfile
import time
from contextlib import suppress
from dataclasses import replace
from pathlib import Path, PurePath

from mss_tui.errors import MssError, UsageError
from mss_tui.model.draft import Draft
from mss_tui.phrase import say
from mss_tui.services.editor import PATIENCE, Editing, chosen
from mss_tui.services.private_sheet import Sheet, in_memory, lent, tidy
from mss_tui.text import clean, clean_lines
from mss_tui.tui.lending import lent_terminal, taken_back
from mss_tui.tui.paint import Tone
from mss_tui.tui.screens.ask import AskYesNo
from mss_tui.tui.screens.composer_template import ComposerTemplate
from mss_tui.tui.widgets.body import Body

STDIN = 0
"""The descriptor of the terminal."""
LOOK_SECONDS = 2.0
"""How often the terminal is asked whether somebody is there."""
LOCK_SECONDS = 0.2
"""How often the lock is asked whether it is open again."""
TOLD_WITHIN = 8.0
"""A terminal remembers its last key to within so many seconds (tty_update_time in Linux)."""


class ComposerEditor(ComposerTemplate):
    """Ctrl+R."""

    sheet: Sheet | None = None
    """The text while the editor has it."""

    def on_mount(self) -> None:
        """What a program that was killed left of a text goes."""
        if (place := in_memory(os.environ)) is not None:
            tidy(place)

    def draft(self) -> Draft:
        """What is typed now, in the editor too: what was saved there counts."""
        draft = super().draft()
        if self.sheet is not None:
            with suppress(MssError):
                return replace(draft, body=clean_lines(self.sheet.text()))
        return draft

    def action_editor(self) -> None:
        """The text in the editor of the profile, or of the environment."""
        if self.on_its_way is None and self.sheet is None:
            self.mss.work(self, "editor", self._edit())

    async def _edit(self) -> None:
        command = chosen(self.mss.desk.profile, os.environ)
        place = in_memory(os.environ) or await self._on_disk()
        if place is None:
            return
        body = self.query_one("#body", Body)
        with lent(body.text, place) as sheet:
            self.sheet = sheet
            try:
                code = await self._lend(command, sheet)
                text = clean_lines(sheet.text()) if code == 0 else body.text
            finally:
                self.sheet = None
        self.give_keys("body")
        name = clean(PurePath(command[0]).name, 80)
        if code:
            said = say("« {name} » a fini par le code {code} : le texte n'a pas changé.", name=name, code=code)
            self.mss.say(said, Tone.WARN)
        elif text.rstrip("\n") == body.text.rstrip("\n"):
            self.mss.say(say("Le texte n'a pas changé dans « {name} ».", name=name))
        else:
            body.replace(text, (0, 0), body.document.end)
            self.mss.say(say("Texte repris de « {name} ».", name=name), Tone.GOOD)
        self.check_now()

    async def _on_disk(self) -> Path | None:
        """A place on disk, where that is allowed and said yes to.

        Raises:
            UsageError: the profile keeps nothing on disk.
        """
        if self.mss.desk.profile.shared_host:
            raise UsageError(
                say("L'éditeur n'est pas ouvert : ce poste est partagé et n'a pas de place en mémoire pour le texte."),
                remedy=say("Le texte s'écrit ici ; l'administrateur peut fournir /dev/shm ou XDG_RUNTIME_DIR."),
            )
        question = say(
            "Pas de place en mémoire : le texte passerait par un fichier du disque, effacé après. Continuer ?"
        )
        agreed = await self.mss.push_screen_wait(AskYesNo(question))
        return Path(tempfile.gettempdir()) if agreed else None

    async def _lend(self, command: tuple[str, ...], sheet: Sheet) -> int:
        """Run the editor in our terminal; its exit code."""
        with lent_terminal(self.mss):
            return await self._wait(Editing(command, sheet.path, os.environ, STDIN))

    async def _wait(self, editing: Editing) -> int:
        waiting = asyncio.ensure_future(asyncio.to_thread(editing.wait))
        try:
            while not waiting.done():
                await asyncio.wait([waiting], timeout=LOOK_SECONDS)
                if time.time() - editing.last_key() < LOOK_SECONDS + TOLD_WITHIN:
                    self._somebody_is_there()
                if self.mss.guard.locked and not waiting.done():
                    await self._locked(editing)
        except asyncio.CancelledError:
            editing.hang_up()
            try:
                await asyncio.wait([waiting], timeout=PATIENCE)
            finally:
                editing.kill()
            raise
        finally:
            editing.take_back()
        return waiting.result()

    async def _locked(self, editing: Editing) -> None:
        """The screen is locked over the editor too, which then goes on where it was."""
        editing.pause()
        with taken_back(self.mss):
            while self.mss.guard.locked:  # noqa: ASYNC110 - the lock tells nobody, and nothing waits for it but this
                await asyncio.sleep(LOCK_SECONDS)
        editing.go_on()

    def _somebody_is_there(self) -> None:
        """Keys of the editor count for the lock."""
        if not self.mss.guard.locked:
            self.mss.guard.touch()
            if self.mss.psc is not None:
                self.mss.psc.touch()

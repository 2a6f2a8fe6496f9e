"""The composer: nothing that is typed is lost. Kept by itself, kept aside for another one, left."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import NamedTuple

from textual import on
from textual.widgets import Input, TextArea
from textual.worker import Worker, WorkerError

from mss_tui.errors import MssError
from mss_tui.model.draft import Draft
from mss_tui.phrase import Phrase, say
from mss_tui.services.desk import Place
from mss_tui.services.drafts import Kept, keep
from mss_tui.services.sealing import seal, unseal
from mss_tui.text import clean
from mss_tui.tui.paint import Line, Tone
from mss_tui.tui.screens.ask import AskChoice, Choice
from mss_tui.tui.screens.composer_pieces import ComposerPieces
from mss_tui.tui.widgets.notes import Notes


class Pace(NamedTuple):
    """When what is not saved is saved without being asked."""

    pause: timedelta
    """So long after the last key press…"""
    apart: timedelta
    """… but never sooner than this after the last time…"""
    most: timedelta
    """… and so long after it while the typing goes on."""


_MINUTE = timedelta(seconds=60)
AUTOSAVE = {
    "usual": Pace(timedelta(seconds=10), timedelta(seconds=15), _MINUTE),
    "sparing": Pace(_MINUTE, _MINUTE, _MINUTE),
}
"""A power cut loses what was typed since the last save: a sentence, where each pause saves. Every save sends the whole
draft again, pieces too: the minute alone where bytes are few, or where the last save failed."""
LOOK_SECONDS = 2.0
"""How often the clock is looked at: after a sleep, the first look saves."""


class ComposerKeeping(ComposerPieces):
    """Ctrl+S, Ctrl+D, Échap."""

    said_on_opening: tuple[str, Tone] | None = None
    """What holds only while this message is being written."""
    tried: list[str]
    """Message-IDs of versions whose storing is in doubt."""
    _said_kept: tuple[str, Tone] | None = None

    def __init__(self, place: Place, draft: Draft, *, reason: str = "") -> None:
        super().__init__(place, draft, reason=reason)
        self.tried = []

    def on_mount(self) -> None:
        """What is typed is kept by itself now and then."""
        self.kept_at = self.typed_at = self.mss.desk.clock.now()
        self.set_interval(LOOK_SECONDS, self.look_at_clock)
        self.show_number()

    def look_at_clock(self) -> None:
        """Is it time to keep what is typed?"""
        pace = AUTOSAVE["sparing" if self.mss.low_bandwidth or self.in_memory_only or self.sealed else "usual"]
        now = self.mss.desk.clock.now()
        since = now - self.kept_at
        if since >= pace.most or (since >= pace.apart and now - self.typed_at >= pace.pause):
            self.autosave()

    def autosave(self) -> None:
        """Keep the draft on the server without a word; a line that is away is only marked."""
        stack = self.mss.screen_stack
        alone = bool(stack) and (stack[-1] is self or self not in stack)
        free = alone and self.on_its_way is None and not self._at_work("send", "save")
        if free and self.unsaved and not self.mss.desk.profile.read_only:
            self.mss.work(self, "save", self._autosave())

    def _at_work(self, *groups: str) -> list[Worker[None]]:
        return [w for w in self.workers if w.node is self and w.group in groups and not w.is_finished]

    async def _ask_and_send(self) -> None:
        """Once the draft is where it is being kept: its pieces may be parts of what is dropped then."""
        await self.not_saving()
        await super()._ask_and_send()

    async def not_saving(self) -> None:
        """Once what is being kept is."""
        for saving in self._at_work("save"):
            with suppress(WorkerError):
                await saving.wait()

    async def _autosave(self) -> None:
        with suppress(MssError):
            await self.store()

    async def store(self) -> Kept:
        """Keep the draft on the server, now.

        Raises:
            MssError: it could not be kept; it is here all the same.
        """
        draft = self.draft()
        self.kept_at = self.mss.desk.clock.now()
        try:
            kept = await keep(self.place.sender, draft, self.mss.desk.clock.now(), tried=self.tried)
        except MssError:
            self.kept(on_server=False, sealed=await seal(self.place.sealed, draft, self.tried))
            raise
        await unseal(self.place.sealed, draft)
        self.saved = kept.draft
        moved = dict(zip(draft.attachments, kept.draft.attachments, strict=True))
        self.pieces = tuple(moved.get(piece, piece) for piece in self.pieces)
        self.kept(on_server=True)
        return kept

    def action_save(self) -> None:
        """Keep the draft on the server."""
        self.mss.work(self, "save", self._keep())

    async def _keep_to_leave(self) -> None:
        """On the server, or sealed on this machine for the next start.

        Raises:
            MssError: it could be neither.
        """
        try:
            await self._keep()
        except MssError:
            if not self.sealed:
                raise
            said = say("Brouillon gardé sur cette machine, chiffré : il sera proposé au prochain démarrage.")
            self.mss.say(said, Tone.WARN)

    async def _keep(self) -> None:
        self.mss.say(say("Enregistrement du brouillon…"))
        kept = await self.store()
        if kept.left_out:
            said = say(
                "Brouillon enregistré, sans {n} destinataire(s) dont l'adresse n'en est pas une : {who}.",
                n=len(kept.left_out),
                who=clean(", ".join(kept.left_out), 200),
            )
            self.mss.say(said, Tone.WARN)
        else:
            self.mss.say(say("Brouillon enregistré dans Brouillons."), Tone.GOOD)
            self._said_kept = self.mss.said

    @on(Input.Changed)
    @on(TextArea.Changed)
    def _no_longer_kept(self) -> None:
        """What was said of the draft is said no more of one that has changed."""
        self.typed_at = self.mss.desk.clock.now()
        if self._said_kept is not None and self.mss.said == self._said_kept:
            self.mss.quiet()
        self._said_kept = None

    def _refused(self, error: MssError) -> None:
        """Nothing left: what is now in memory alone is kept soon."""
        super()._refused(error)
        if self.in_memory_only:
            self.kept_at -= _MINUTE

    # beside the others

    def heading(self) -> str:
        """What tells this message from the others that are being written."""
        words = self.mss.words
        to = ", ".join(self.draft().to)
        subject = self.typed("subject").strip() or words(say("sans objet"))
        return clean(f"{subject} · {to}" if to else subject, 200)

    def show_number(self) -> None:
        """Which of the messages being written this is, where there are several."""
        number, count = self.mss.writing.number(self)
        said = self.mss.words(say("Brouillon {number}/{count}   Ctrl+D les autres", number=number, count=count))

        def lines(width: int) -> list[Line]:
            return [((self.mss.paint.fit(said, width), Tone.STRONG),)] if count > 1 else []

        self.query_one("#number", Notes).show(lines)

    def action_drafts(self) -> None:
        """Another message that is being written, a new one, or the mailbox; this one stays open."""
        self.mss.work(self, "ask", self.mss.writing.ask())

    # leaving

    def keeps_us(self) -> Phrase | None:
        """A message that is on its way; what is not saved is asked about for all of them at once."""
        return say("Un message est en cours d'envoi. Quitter quand même ?") if self.on_its_way else None

    def action_leave(self) -> None:
        """Échap: stop a sending that has not begun to leave; else leave, keeping the draft or not, as is asked."""
        if self.on_its_way:
            self.stop_sending()
        elif self.unsaved:
            self.mss.work(self, "leave", self._leave())
        else:
            if self.mss.said == self.said_on_opening:
                self.mss.quiet()
            self.close_it()

    async def _leave(self) -> None:
        choices = [
            Choice(self.mss.words(say("Garder le brouillon, dans Brouillons")), "keep"),
            Choice(self.mss.words(say("Abandonner ce qui est écrit")), "drop"),
            Choice(self.mss.words(say("Revenir au message")), ""),
        ]
        choice = await self.mss.push_screen_wait(AskChoice(say("Quitter ce message ?"), choices, filtered=False))
        if choice is None or not choice.key:
            return
        if choice.key == "keep":
            await self.not_saving()
            await self._keep_to_leave()
        else:
            await unseal(self.place.sealed, self.start)
            self.saved = replace(self.draft(), saved_as=self.saved.saved_as)
            self.mss.quiet()
        self.close_it()

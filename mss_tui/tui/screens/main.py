"""The main screen: the acts on received messages, with their undo."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

from mss_tui.model.draft import Draft
from mss_tui.model.folder import Role
from mss_tui.model.message import FLAGGED, SEEN, Handling, Reading, Row
from mss_tui.phrase import say
from mss_tui.services import composing
from mss_tui.services.desk import Place
from mss_tui.services.handling import Done, Undo
from mss_tui.tui.departures import Sent
from mss_tui.tui.paint import Tone
from mss_tui.tui.screens.ask import AskChoice, AskText, AskYesNo, Choice
from mss_tui.tui.screens.main_pieces import MainPieces

Act = Callable[[], Awaitable[Done]]
MOST_UNDOS = 50
SAYS_PROGRESS = 200
"""From so many messages on, progress is said."""


class MainScreen(MainPieces):
    """The inbox screen."""

    def action_back(self) -> None:
        """Échap: give up what is being waited for, else leave the message, the search, the selection, the sentence."""
        if self.cancel_work():
            return
        if self.has_keys("message") or self.has_class("reading"):
            self.close_message()
        elif self.has_keys("folders"):
            self.show_pane("list")
        elif self.messages.selected:
            self.messages.selected.clear()
            self.messages.changed()
        elif not self.leave_search():
            self.mss.quiet()

    # acts

    def _act(self, rows: Sequence[Row], act: Act) -> None:
        """Do an act in the background; several may be on their way at once, each is awaited."""
        if not rows:
            return
        if self.mss.read_only or (self.shown is not None and self.shown.view.read_only):
            self.mss.say(say("Lecture seule : rien n'est marqué, déplacé ni supprimé."), Tone.WARN)
            return
        self.act_number += 1
        self.mss.work(self, f"act-{self.act_number}", self._do(self.place, act))

    async def _do(self, place: Place, act: Act) -> None:
        done = await act()
        self._done(place, done)

    def _done(self, place: Place, done: Done) -> None:
        """Show what the server said of it, and keep its undo."""
        if done.undo is not None:
            self.undos = [*self.undos[-MOST_UNDOS:], (place, done.undo)]
        if place is self.place and self.shown is not None and self.base is not None:
            here, old = self.row_here(), self.messages.cursor
            for shown in {id(s): s for s in (self.base, self.shown)}.values():
                shown.view.flags({ref.uid: flags for ref, flags in done.flags})
                if done.gone:
                    shown.view.remove(done.gone & {row.ref.uid for row in shown.view.known()})
            if done.gone and self.view.message is not None and self.view.message.reading.row.ref.uid in done.gone:
                self.close_message()
            self.messages.selected.clear()
            self.keep_cursor_on(here.ref if here else None, old)
        undo = say("{what}.", what=done.said) if done.undo is None else say("{what} (z annule).", what=done.said)
        self.mss.say(undo, Tone.GOOD)
        self.show_titles()

    def action_handle(self, state: str) -> None:
        """Traiter, or back to « à traiter »."""
        rows, acts, actor = self.rows_meant(), self.place.acts, self.mss.desk.actor
        self._act(rows, lambda: acts.handle(rows, Handling(state), actor))

    def action_delegate(self) -> None:
        """Déléguer: to whom is asked, and goes to the journal."""
        rows = self.rows_meant()
        if rows:
            self.mss.work(self, "ask", self._delegate(rows))

    async def _delegate(self, rows: Sequence[Row]) -> None:
        to = await self.mss.push_screen_wait(AskText(say("Déléguer à qui ? (nom ou fonction ; va au journal)")))
        if to:
            acts, actor = self.place.acts, self.mss.desk.actor
            self._act(rows, lambda: acts.handle(rows, Handling.DELEGATED, actor, to=to))

    def action_file(self) -> None:
        """Classer: where is asked."""
        self.mss.work(self, "ask", self._file(self.rows_meant(), filed=True))

    def action_move_to(self) -> None:
        """Déplacer: where is asked."""
        self.mss.work(self, "ask", self._file(self.rows_meant(), filed=False))

    async def _file(self, rows: Sequence[Row], *, filed: bool) -> None:
        known = self.folders.get(self.place.account.id, ())
        here = rows[0].ref.folder if rows else ""
        choices = [Choice(self.folder_pane.folder_name(f), f.name) for f in known if f.selectable and f.name != here]
        if not rows or not choices:
            return
        question = say("Classer où ?") if filed else say("Déplacer où ?")
        choice = await self.mss.push_screen_wait(AskChoice(question, choices))
        if choice is not None:
            acts, actor = self.place.acts, self.mss.desk.actor
            act = acts.file if filed else acts.move
            self._act(rows, lambda: self.in_batches(rows, lambda batch: act(batch, choice.key, actor)))

    async def in_batches(self, rows: Sequence[Row], act: Callable[[Sequence[Row]], Awaitable[Done]]) -> Done:
        """An act on many messages, its progress said."""
        from mss_tui.services.bulk import in_batches

        return await in_batches(rows, act, self.progress)

    def progress(self, done: int, total: int) -> None:
        """How far an act on many messages is."""
        if total > SAYS_PROGRESS:
            self.mss.say(say("{done} sur {total}…", done=done, total=total))

    def action_delete(self) -> None:
        """Supprimer: to the Corbeille with an undo; from there for good, which is asked."""
        rows, acts, actor = self.rows_meant(), self.place.acts, self.mss.desk.actor
        if self.folder.role is Role.TRASH and rows:
            self.mss.work(self, "ask", self._delete_for_good(rows))
        else:
            self._act(rows, lambda: acts.delete(rows, actor))

    async def _delete_for_good(self, rows: Sequence[Row]) -> None:
        question = say("Supprimer définitivement {n} message(s) ? Rien ne pourra les rendre.", n=len(rows))
        if await self.mss.push_screen_wait(AskYesNo(question)):
            acts, actor = self.place.acts, self.mss.desk.actor
            self._act(rows, lambda: acts.delete(rows, actor))

    def action_toggle_seen(self) -> None:
        """Lu, non lu."""
        rows, acts, actor = self.rows_meant(), self.place.acts, self.mss.desk.actor
        seen = any(SEEN not in row.flags for row in rows)
        self._act(rows, lambda: acts.seen(rows, seen, actor))

    def action_toggle_follow(self) -> None:
        """Suivi, non suivi."""
        rows, acts, actor = self.rows_meant(), self.place.acts, self.mss.desk.actor
        follow = any(FLAGGED not in row.flags for row in rows)
        self._act(rows, lambda: acts.follow(rows, follow, actor))

    def action_undo(self) -> None:
        """Take the last act back; a message sent since counts as one, until it leaves."""
        sent = self.mss.departures.last(len(self.undos))
        if sent is not None:
            self.mss.work(self, "take-back", self._take_back(sent))
            return
        if not self.undos:
            self.mss.say(say("Rien à annuler."))
            return
        place, undo = self.undos.pop()
        self.act_number += 1
        self.mss.work(self, f"act-{self.act_number}", self._undo(place, undo))

    async def _take_back(self, sent: Sent) -> None:
        draft = await self.mss.departures.take_back(sent)
        self.write_message(sent.place, draft)
        self.mss.say(say("Envoi annulé : rien n'est parti, le message est ici."), Tone.GOOD)

    async def _undo(self, place: Place, undo: Undo) -> None:
        done = await place.acts.undo(undo, self.mss.desk.actor)
        self._done(place, done)
        if place is self.place and not done.flags:
            await self._refresh(place, self.folder)
            self.mss.say(say("{what}.", what=done.said), Tone.GOOD)

    # writing

    def action_new(self) -> None:
        """A new message from the mailbox shown."""
        self.write_message(self.place, composing.new_draft(self.place.account))

    def action_reply(self) -> None:
        """Answer the sender."""
        self._answer(lambda place, reading: composing.reply(reading, place.account))

    def action_forward(self) -> None:
        """Forward, pieces included."""
        self._answer(lambda place, reading: composing.forward(reading, place.account))

    def _answer(self, make: Callable[[Place, Reading], Draft], reason: str = "") -> None:
        row = self.row_here()
        if row is not None:
            self.mss.work(self, "answer", self._compose_answer(self.place, row, make, reason))

    async def _compose_answer(
        self, place: Place, row: Row, make: Callable[[Place, Reading], Draft], reason: str
    ) -> None:
        reading = await self.reading_of(place, row)
        self.write_message(place, make(place, reading), reason=reason)

    def action_reply_all(self) -> None:
        """Answer everyone: why is asked, and stands in the confirmations as the reason."""
        if self.row_here() is not None:
            self.mss.work(self, "ask", self._reply_all())

    async def _reply_all(self) -> None:
        question = say("Répondre à tous : pourquoi chacun doit-il le savoir ? (va au journal)")
        reason = await self.mss.push_screen_wait(AskText(question))
        if reason:
            self._answer(lambda place, reading: composing.reply(reading, place.account, everyone=True), reason)

"""The main screen: the acts on received messages, with their undo."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

from mss_tui.errors import MssError
from mss_tui.model.draft import Draft
from mss_tui.model.folder import Folder, Role
from mss_tui.model.message import FLAGGED, SEEN, Handling, Reading, Row
from mss_tui.model.people import Account
from mss_tui.phrase import Phrase, say
from mss_tui.services import composing
from mss_tui.services.desk import Place
from mss_tui.services.handling import Done, Undo
from mss_tui.tui.departures import Sent
from mss_tui.tui.paint import Tone
from mss_tui.tui.screens.ask import AskChoice, AskText, AskYesNo, Choice
from mss_tui.tui.screens.main_afterwards import MainAfterwards
from mss_tui.tui.widgets.message_view import Look

Act = Callable[[Place, Sequence[Row]], Awaitable[Done]]
"""Done in one mailbox, on its messages."""
MOST_UNDOS = 50
SAYS_PROGRESS = 200
"""From so many messages on, progress is said."""


class MainScreen(MainAfterwards):
    """The inbox screen."""

    def action_back(self) -> None:
        """Échap: give up what is awaited, else leave headers, the message, the search, the selection, the sentence."""
        if self.cancel_work():
            return
        if self.has_keys("message") or self.has_class("reading"):
            if self.view.message is not None and self.view.look is not Look.MESSAGE:
                self.view.show_message()
            else:
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
        """Do an act in the background, in the mailbox of each message; several may be on their way at once."""
        if not rows:
            return
        if self.mss.read_only or (self.shown is not None and self.shown.view.read_only):
            self.mss.say(say("Lecture seule : rien n'est marqué, déplacé ni supprimé."), Tone.WARN)
            return
        self.act_number += 1
        self.mss.work(self, f"act-{self.act_number}", self._do(self.by_mailbox(rows), act))

    async def _do(self, parts: Sequence[tuple[Place, Sequence[Row]]], act: Act) -> None:
        done: list[tuple[Place, Done]] = []
        try:
            for place, rows in parts:
                done.append((place, await act(place, rows)))
        except MssError as error:
            if not done:
                raise
            self._done(*done)
            self.mss.fail(error, say("C'est fait ailleurs : {what}.", what=self._said(done)))
        else:
            self._done(*done)

    def _said(self, done: Sequence[tuple[Place, Done]]) -> str:
        words = self.mss.words
        if len(done) == 1:
            return words(done[0][1].said)
        return ", ".join(words(say("{box} : {what}", box=place.account.id, what=each.said)) for place, each in done)

    def _notice(self, done: Sequence[tuple[Place, Done]]) -> str:
        """As it begins a sentence; the name of a mailbox stays as it is written."""
        said = self._said(done)
        return said[:1].upper() + said[1:] if len(done) == 1 else said

    def _done(self, *done: tuple[Place, Done]) -> None:
        """Show what the servers said of an act, and keep its undo."""
        undos = tuple((place, each.undo) for place, each in done if each.undo is not None)
        if undos:
            self.undos = [*self.undos[-MOST_UNDOS:], undos]
        if self.shown is not None and self.base is not None:
            here, old = self.row_here(), self.messages.cursor
            gone = frozenset(ref for _, each in done for ref in each.gone)
            for shown in {id(s): s for s in (self.base, self.shown)}.values():
                shown.view.mark({ref: flags for _, each in done for ref, flags in each.flags})
                if gone:
                    shown.view.take_out(gone)
            if self.view.message is not None and self.view.message.reading.row.ref in gone:
                self.close_message()
            self.judge_again({ref: flags for _, each in done for ref, flags in each.flags})
            self.messages.selected.clear()
            self.keep_cursor_on(here.ref if here else None, old)
        what = self._notice(done)
        self.mss.say(say("{what} (z annule).", what=what) if undos else say("{what}.", what=what), Tone.GOOD)
        self.show_titles()

    def action_handle(self, state: str) -> None:
        """Traiter, or back to « à traiter »."""
        actor = self.mss.desk.actor
        self._act(self.rows_meant(), lambda place, rows: place.acts.handle(rows, Handling(state), actor))

    def action_file(self) -> None:
        """Classer: where is asked."""
        self.mss.work(self, "ask", self._file(self.rows_meant(), filed=True))

    def action_move_to(self) -> None:
        """Déplacer: where is asked."""
        self.mss.work(self, "ask", self._file(self.rows_meant(), filed=False))

    async def _file(self, rows: Sequence[Row], *, filed: bool) -> None:
        question = say("Classer où ?") if filed else say("Déplacer où ?")
        where = await self.ask_folders(question, rows)
        actor = self.mss.desk.actor

        def act(place: Place, its: Sequence[Row]) -> Awaitable[Done]:
            folder = where[place.account.id]
            do = place.acts.file if filed else place.acts.move
            return self.in_batches(its, lambda batch: do(batch, folder, actor))

        self._act([row for row in rows if row.ref.account in where], act)

    async def ask_folders(self, question: Phrase, rows: Sequence[Row]) -> dict[str, str]:
        """A folder in each mailbox that the messages are in; none where the question was left."""
        where: dict[str, str] = {}
        parts = self.by_mailbox(rows)
        for place, its in parts:
            asked = question if len(parts) == 1 else say("{box} : {what}", box=place.account.id, what=question)
            folder = await self.ask_folder(place, asked, but=its[0].ref.folder)
            if folder is not None:
                where[place.account.id] = folder.name
        return where

    async def ask_folder(self, place: Place, question: Phrase, *, but: str = "") -> Folder | None:
        """A folder of a mailbox; None where the question was left, or there is none."""
        known = [f for f in self.folders.get(place.account.id, ()) if f.selectable and f.name != but]
        choices = [Choice(self.folder_pane.folder_name(folder), folder.name) for folder in known]
        choice = await self.mss.push_screen_wait(AskChoice(question, choices)) if choices else None
        return next((f for f in known if choice is not None and f.name == choice.key), None)

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
        rows, actor = self.rows_meant(), self.mss.desk.actor
        if self.folder.role is Role.TRASH and rows:
            self.mss.work(self, "ask", self._delete_for_good(rows))
        else:
            self._act(rows, lambda place, its: place.acts.delete(its, actor))

    async def _delete_for_good(self, rows: Sequence[Row]) -> None:
        question = say("Supprimer définitivement {n} message(s) ? Rien ne pourra les rendre.", n=len(rows))
        if await self.mss.push_screen_wait(AskYesNo(question)):
            actor = self.mss.desk.actor
            self._act(rows, lambda place, its: place.acts.delete(its, actor))

    def action_toggle_seen(self) -> None:
        """Lu, non lu."""
        rows, actor = self.rows_meant(), self.mss.desk.actor
        seen = any(SEEN not in row.flags for row in rows)
        self._act(rows, lambda place, its: place.acts.seen(its, seen, actor))

    def action_toggle_follow(self) -> None:
        """Suivi, non suivi."""
        rows, actor = self.rows_meant(), self.mss.desk.actor
        follow = any(FLAGGED not in row.flags for row in rows)
        self._act(rows, lambda place, its: place.acts.follow(its, follow, actor))

    def action_undo(self) -> None:
        """Take the last act back; a message sent since counts as one, until it leaves."""
        sent = self.mss.departures.last(len(self.undos))
        if sent is not None:
            self.mss.work(self, "take-back", self._take_back(sent))
            return
        if not self.undos:
            self.mss.say(say("Rien à annuler."))
            return
        self.act_number += 1
        self.mss.work(self, f"act-{self.act_number}", self._undo(self.undos.pop()))

    async def _take_back(self, sent: Sent) -> None:
        draft = await self.mss.departures.take_back(sent)
        self.write_message(sent.place, draft)
        self.mss.say(say("Envoi annulé : rien n'est parti, le message est ici."), Tone.GOOD)

    async def _undo(self, undos: Sequence[tuple[Place, Undo]]) -> None:
        done = [(place, await place.acts.undo(undo, self.mss.desk.actor)) for place, undo in undos]
        self._done(*done)
        back = [place for place, each in done if not each.flags and self._on_screen(place)]
        if back:
            await self.refresh_list()
            self.mss.say(say("{what}.", what=self._notice(done)), Tone.GOOD)

    def _on_screen(self, place: Place) -> bool:
        return self.base is not None and self.base.view.part(place.account.id) is not None

    # writing

    def action_new(self) -> None:
        """A new message from the mailbox shown; from which one is asked where all are."""
        if self.base is not None and self.base.unified:
            self.mss.work(self, "ask", self._new_from())
        else:
            self.write_message(self.place, composing.new_draft(self.place.account))

    async def _new_from(self) -> None:
        place = await self.ask_mailbox(say("Écrire de quelle boîte ?"))
        if place is not None:
            self.write_message(place, composing.new_draft(place.account))

    async def ask_mailbox(self, question: Phrase) -> Place | None:
        """One of the profile's mailboxes; the one of the message under the bar stands first."""
        row = self.row_here()
        places = sorted(self.mss.desk.places, key=lambda place: row is None or place.account.id != row.ref.account)
        choices = [Choice(f"{place.account.id}  {place.account.address}", place.account.id) for place in places]
        choice = await self.mss.push_screen_wait(AskChoice(question, choices))
        return None if choice is None else self.mss.desk.place(choice.key)

    def action_reply(self) -> None:
        """Answer the sender."""
        self._answer(lambda place, reading: composing.reply(reading, place.account))

    def action_forward(self) -> None:
        """Forward, pieces included."""
        self._answer(lambda place, reading: composing.forward(reading, place.account))

    def action_forward_whole(self) -> None:
        """Forward the message itself, as a piece."""
        self._answer(lambda place, reading: composing.forward_whole(reading, place.account))

    def action_as_new(self) -> None:
        """A new message that begins as this one."""
        from mss_tui.services.drafts import as_new

        self._begin(as_new)

    def action_resend(self) -> None:
        """One's own message once more."""
        from mss_tui.services.drafts import resent

        self._begin(resent)

    def _begin(self, make: Callable[[Reading, Account], Draft]) -> None:
        """Nobody is answered: nothing is said of who took the message."""
        row = self.row_here()
        if row is not None:
            self.mss.work(self, "answer", self._compose_again(self.place_of(row.ref), row, make))

    async def _compose_again(self, place: Place, row: Row, make: Callable[[Reading, Account], Draft]) -> None:
        self.write_message(place, make(await self.reading_of(place, row), place.account))

    def _answer(self, make: Callable[[Place, Reading], Draft], reason: str = "") -> None:
        row = self.row_here()
        if row is not None:
            self.mss.work(self, "answer", self._compose_answer(self.place_of(row.ref), row, make, reason))

    async def _compose_answer(
        self, place: Place, row: Row, make: Callable[[Place, Reading], Draft], reason: str
    ) -> None:
        reading = await self.reading_of(place, row)
        self.write_message(place, make(place, reading), reason=reason)

    def action_reply_all(self) -> None:
        """Answer everyone: why is asked, and stands in the confirmations as the reason.

        Where the sender is everyone, nothing is asked.
        """
        row = self.row_here()
        if row is None:
            return
        if composing.answered(row, self.place_of(row.ref).account)[1]:
            self.mss.work(self, "ask", self._reply_all())
        else:
            self.action_reply()

    async def _reply_all(self) -> None:
        question = say("Répondre à tous : pourquoi chacun doit-il le savoir ? (va au journal)")
        reason = await self.mss.push_screen_wait(AskText(question))
        if reason:
            self._answer(lambda place, reading: composing.reply(reading, place.account, everyone=True), reason)

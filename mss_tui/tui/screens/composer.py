"""The composer: its acts, the remedies of Ctrl+G, leaving without losing anything, sending."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace

from textual import on
from textual.worker import Worker, WorkerError

from mss_tui.errors import MssError
from mss_tui.mime.names import safe_name
from mss_tui.model.address import split_named
from mss_tui.model.directory import Verification
from mss_tui.model.subject import carries_documents
from mss_tui.model.verdict import Verdict
from mss_tui.phrase import Phrase, say
from mss_tui.services.drafts import Kept, keep
from mss_tui.services.files import local_file
from mss_tui.text import clean
from mss_tui.tui import recipients
from mss_tui.tui.paint import Tone
from mss_tui.tui.screens.ask import AskChoice, AskText, Choice
from mss_tui.tui.screens.composer_fields import FIELDS, UNDER
from mss_tui.tui.screens.composer_template import ComposerTemplate
from mss_tui.tui.widgets.field import Field
from mss_tui.tui.widgets.paths import complete_path, readable_path
from mss_tui.tui.widgets.walker import Walker
from mss_tui.tui.wording import octets

AUTOSAVE = 60.0
"""Seconds between two looks at what is not saved."""


class ComposerScreen(ComposerTemplate):
    """A message being written."""

    back_to = "body"

    # Ctrl+G

    def action_check(self) -> None:
        """The next thing to verify; the letters are then remedies."""
        walker = self.query_one(Walker)
        if not self.has_keys("walker"):
            self.back_to = next(filter(self.has_keys, FIELDS), self.back_to)
            self.check_now(all_of_it=True)
        if walker.verdicts:
            walker.step()
        else:
            self.mss.say(say("Rien à signaler pour l'instant."), Tone.GOOD)

    @on(Walker.Left)
    def _give_back(self) -> None:
        self.give_keys(self.back_to)

    @on(Walker.Chosen)
    def _remedy(self, event: Walker.Chosen) -> None:
        getattr(self, f"remedy_{event.remedy.act}")(event.verdict)

    def _field_of(self, verdict: Verdict) -> str:
        name = UNDER[verdict.where.place]
        return name if name in FIELDS else "body"

    def remedy_remove(self, verdict: Verdict) -> None:
        """Take the recipient out of its field."""
        name = self._field_of(verdict)
        kept = [r for r in recipients.split(self.typed(name)) if not _is(r, verdict.where.item)]
        self.query_one(f"#{name}", Field).value = recipients.joined(tuple(kept))
        self.check_now()

    def remedy_look_up(self, verdict: Verdict) -> None:
        """Look for the recipient in the annuaire, and put what is found in its place."""
        local = split_named(verdict.where.item)[1].partition("@")[0]
        words = "".join(c if c.isalpha() else " " for c in local).strip()
        self.open_annuaire(self._field_of(verdict), words, instead_of=verdict.where.item)

    def remedy_edit(self, verdict: Verdict) -> None:
        """Back to the field that the verdict speaks of."""
        self.give_keys(self._field_of(verdict))

    def remedy_detach(self, verdict: Verdict) -> None:
        """Leave the piece out."""
        self.pieces = tuple(p for p in self.pieces if p.name != verdict.where.item)
        self.check_now()

    def remedy_write_subject(self, verdict: Verdict) -> None:
        """The subject that the archive asks for, where it could be read (ECO.2.1.3)."""
        wanted = str(verdict.values.get("expected", ""))
        if not carries_documents(wanted) or wanted.endswith("JJ/MM/AAAA"):
            self.mss.say(say("L'archive ne dit pas tout ce que l'objet demande : écrivez-le."), Tone.WARN)
            return
        self.query_one("#subject", Field).value = wanted
        self.check_now()

    def remedy_rename(self, verdict: Verdict) -> None:
        """The name that the document asks of its PDF copy, for the piece as it leaves (ECO.2.1.6)."""
        wanted = str(verdict.values.get("expected", ""))
        if wanted.startswith("AAAAMMJJ"):
            self.mss.say(say("Le document ne dit pas tout ce que le nom demande."), Tone.WARN)
            return
        name = verdict.where.item
        self.pieces = tuple(replace(p, name=safe_name(wanted)) if p.name == name else p for p in self.pieces)
        self.check_now()
        self.learn()

    def remedy_attach(self, _verdict: Verdict) -> None:
        """Attach what was announced."""
        self.action_attach()

    def remedy_unquote(self, _verdict: Verdict) -> None:
        """Leave the cited thread out."""
        self.quoted = ""
        self.check_now()

    def remedy_calls(self, _verdict: Verdict) -> None:
        """Whom to phone."""
        self.mss.action_calls()

    def remedy_accept(self, verdict: Verdict) -> None:
        """Accepted now, shown as accepted before sending."""
        walker = self.query_one(Walker)
        walker.accepted[verdict.rule] = self.reason
        walker.step()

    def remedy_refuse(self, verdict: Verdict) -> None:
        """Not accepted after all."""
        walker = self.query_one(Walker)
        walker.accepted.pop(verdict.rule, None)
        walker.renew()

    # annuaire

    def action_annuaire(self) -> None:
        """Look for a recipient for the field that has the keys."""
        name = next(filter(self.has_keys, ("to", "cc", "bcc")), "to")
        field = self.query_one(f"#{name}", Field)
        last = field.value[: field.cursor_position].rpartition(",")[2].strip()
        self.open_annuaire(name, "" if "@" in last else last, instead_of=last)

    def open_annuaire(self, name: str, words: str, *, instead_of: str = "") -> None:
        """The annuaire; what is chosen there goes into the field."""
        from mss_tui.tui.screens.annuaire import AnnuaireScreen

        def put(verification: Verification, where: str, named: str) -> None:
            target = "cc" if where == "cc" else name
            entry = verification.entry
            chosen = recipients.of_entry(entry) if entry is not None else named
            self.place.checker.chosen(verification)
            kept = [r for r in recipients.split(self.typed(name)) if not (instead_of and _is(r, instead_of))]
            if target != name:
                self.query_one(f"#{name}", Field).value = recipients.joined(tuple(kept))
                kept = list(recipients.split(self.typed(target)))
            field = self.query_one(f"#{target}", Field)
            field.value = recipients.joined((*kept, chosen))
            field.cursor_position = len(field.value)
            self.give_keys(target)
            self.check_now()

        self.mss.push_screen(AnnuaireScreen(self.place, words=words, put=put))

    # pieces

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
        """Attach a file, or leave one out."""
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
        question = say("Joindre quel fichier ? (Tab complète)")
        typed = await self.mss.push_screen_wait(AskText(question, value="~/", complete=complete_path))
        if typed is not None:
            piece = local_file(readable_path(typed))
            self.pieces = (*self.pieces, piece)
            self.mss.say(say("Joint : {name}, {size}.", name=clean(piece.name), size=octets(piece.size)), Tone.GOOD)
            self.check_now()
            self.learn()

    def action_quote(self) -> None:
        """Leave the cited thread out, or take it in again."""
        self.quoted = "" if self.quoted else self.start.quoted
        self.check_now()

    # keeping and leaving

    def action_save(self) -> None:
        """Keep the draft on the server."""
        self.mss.work(self, "save", self._keep())

    def on_mount(self) -> None:
        """What is typed is kept by itself now and then."""
        self.set_interval(AUTOSAVE, self.autosave)

    def autosave(self) -> None:
        """Keep the draft on the server without a word; a line that is away is only marked."""
        free = self.mss.screen is self and self.on_its_way is None and not self._at_work("send", "save")
        if free and self.unsaved and not self.mss.desk.profile.read_only:
            self.mss.work(self, "save", self._autosave())

    def _at_work(self, *groups: str) -> list[Worker[None]]:
        return [w for w in self.workers if w.node is self and w.group in groups and not w.is_finished]

    async def _ask_and_send(self) -> None:
        """Once the draft is where it is being kept: its pieces may be parts of what is dropped then."""
        for saving in self._at_work("save"):
            with suppress(WorkerError):
                await saving.wait()
        await super()._ask_and_send()

    async def _autosave(self) -> None:
        with suppress(MssError):
            await self._store()

    async def _store(self) -> Kept:
        draft = self.draft()
        try:
            kept = await keep(self.place.sender, draft, self.mss.desk.clock.now())
        except MssError:
            self.kept(on_server=False)
            raise
        self.saved = kept.draft
        moved = dict(zip(draft.attachments, kept.draft.attachments, strict=True))
        self.pieces = tuple(moved.get(piece, piece) for piece in self.pieces)
        self.kept(on_server=True)
        return kept

    async def _keep(self) -> None:
        self.mss.say(say("Enregistrement du brouillon…"))
        kept = await self._store()
        if kept.left_out:
            said = say(
                "Brouillon enregistré, sans {n} destinataire(s) dont l'adresse n'en est pas une : {who}.",
                n=len(kept.left_out),
                who=clean(", ".join(kept.left_out), 200),
            )
            self.mss.say(said, Tone.WARN)
        else:
            self.mss.say(say("Brouillon enregistré dans Brouillons."), Tone.GOOD)

    def keeps_us(self) -> Phrase | None:
        """A draft that is nowhere but here."""
        if self.on_its_way:
            return say("Un message est en cours d'envoi. Quitter quand même ?")
        return say("Le message en cours n'est pas enregistré. Quitter et le perdre ?") if self.unsaved else None

    def action_leave(self) -> None:
        """Échap: stop a sending that has not begun to leave; else leave, keeping the draft or not, as is asked."""
        if self.on_its_way:
            self.stop_sending()
        elif self.unsaved:
            self.mss.work(self, "leave", self._leave())
        else:
            self.dismiss(None)

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
            await self._keep()
        else:
            self.saved = replace(self.draft(), saved_as=self.saved.saved_as)
            self.mss.quiet()
        self.dismiss(None)


def _is(typed: str, item: str) -> bool:
    """Is a recipient as typed the one that a verdict names?"""
    return item.casefold() in (typed.casefold(), split_named(typed)[1].casefold())

"""What a message asks for beside its words: receipts, and when it leaves; and where the draft is kept."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from mss_tui.model.address import Kind, kind_of, split_named
from mss_tui.model.draft import Draft
from mss_tui.model.when import parse_when
from mss_tui.phrase import say
from mss_tui.tui.paint import Line, Tone
from mss_tui.tui.screens.ask import AskChoice, AskText, Choice
from mss_tui.tui.screens.composer_fields import ComposerFields
from mss_tui.tui.widgets.lines import paragraph
from mss_tui.tui.widgets.notes import Notes
from mss_tui.tui.wording import full_moment


class ComposerWishes(ComposerFields):
    """Ctrl+N."""

    due: datetime | None = None
    """When it leaves; None is now, after the undo delay."""
    in_memory_only = False
    """Did a server fail to keep it, and is it sealed nowhere?"""
    sealed = False
    """Did a server fail to keep it, and is it encrypted on this machine?"""

    def on_mount(self) -> None:
        """Say what was asked for already."""
        self.want_delivery = self.start.want_delivery
        self.want_reading = self.start.want_reading
        self.last_to_patient = self.start.last_to_patient
        self.show_wishes()

    def draft(self) -> Draft:
        """What is typed now, and what is asked for."""
        return replace(
            super().draft(),
            want_delivery=self.want_delivery,
            want_reading=self.want_reading,
            last_to_patient=self.last_to_patient,
        )

    def _to_patient(self) -> bool:
        """Is a patient among the recipients, or was FIN asked for while one was?"""
        people = super().draft().recipients
        return self.last_to_patient or any(kind_of(split_named(r)[1]) is Kind.PATIENT for r in people)

    def departure(self) -> datetime | None:
        """When it would leave if it were sent now; None is at once, without a delay to take it back."""
        seconds = self.mss.desk.profile.undo_seconds
        return self.due or (self.mss.desk.clock.now() + timedelta(seconds=seconds) if seconds else None)

    def kept(self, *, on_server: bool, sealed: bool = False) -> None:
        """Is the draft anywhere but here? « En file » is never said of one that is not."""
        self.in_memory_only = not (on_server or sealed)
        self.sealed = sealed
        self.show_wishes()

    def action_wishes(self) -> None:
        """Receipts, and when it leaves."""
        self.mss.work(self, "ask", self._ask_wishes())

    async def _ask_wishes(self) -> None:
        words = self.mss.words

        def tick(on: bool) -> str:
            return "[x]" if on else "[ ]"

        reception, lecture = say("accusé de réception (serveurs)"), say("accusé de lecture (destinataires)")
        last = say("dernier message : le patient ne pourra pas répondre (FIN)")
        choices = [
            Choice(f"{tick(self.want_delivery)} {words(reception)}", "delivery"),
            Choice(f"{tick(self.want_reading)} {words(lecture)}", "reading"),
            *([Choice(f"{tick(self.last_to_patient)} {words(last)}", "last")] if self._to_patient() else []),
            Choice(words(say("envoyer plus tard…")), "later"),
            *([Choice(words(say("envoyer dès Ctrl+X")), "now")] if self.due else []),
        ]
        choice = await self.mss.push_screen_wait(AskChoice(say("Accusés et départ"), choices, filtered=False))
        match choice.key if choice is not None else "":
            case "delivery":
                self.want_delivery = not self.want_delivery
            case "reading":
                self.want_reading = not self.want_reading
            case "last":
                self.last_to_patient = not self.last_to_patient
                self.check_now()
            case "later":
                await self._ask_when()
            case "now":
                self.due = None
        self.show_wishes()

    async def _ask_when(self) -> None:
        hint = say("demain 8 h · lundi 14h30 · 21/11 à 8:00 · dans 2 heures     Entrée valider   Échap renoncer")
        typed = await self.mss.push_screen_wait(AskText(say("Envoyer quand ? (heure de Paris)"), help_line=hint))
        if typed is not None:
            self.due = parse_when(typed, self.mss.desk.clock.now())
            self.mss.say(say("Ce message partira le {when}, après Ctrl+X.", when=full_moment(self.due)), Tone.GOOD)

    def show_wishes(self) -> None:
        """One line, where something was asked for that is not usual."""
        words = self.mss.words
        parts = []
        if self.due is not None:
            parts.append(words(say("départ le {when}", when=full_moment(self.due))))
        if self.want_reading:
            parts.append(words(say("accusé de lecture demandé")))
        if self.last_to_patient:
            parts.append(words(say("dernier message au patient (FIN)")))
        if not self.want_delivery:
            parts.append(words(say("sans accusé de réception")))
        sealed = words(say("brouillon gardé sur cette machine, chiffré : pas encore dans Brouillons"))
        warning = words(say("brouillon, en mémoire seulement : Ctrl+S l'enregistre sur le serveur"))

        def lines(width: int) -> list[Line]:
            found: list[Line] = []
            if parts:
                label = words(say("Envoi")).ljust(7)
                found.append(((label, Tone.STRONG), (self.mss.paint.fit(" · ".join(parts), width - 7), Tone.PLAIN)))
            if self.sealed:
                found += paragraph(f"! {sealed}", width, Tone.WARN, indent="  ")
            if self.in_memory_only:
                found += paragraph(f"! {warning}", width, Tone.WARN, indent="  ")
            return found

        self.query_one("#wishes", Notes).show(lines)

"""The composer: Ctrl+G with its remedies, and the annuaire; what else it does stands in the classes it is built on."""

from __future__ import annotations

from dataclasses import replace

from textual import on

from mss_tui.errors import MssError
from mss_tui.mime.names import safe_name
from mss_tui.model.address import split_named
from mss_tui.model.directory import Verification
from mss_tui.model.subject import carries_documents
from mss_tui.model.verdict import Verdict
from mss_tui.phrase import say
from mss_tui.rules.catalogue import needs_reason
from mss_tui.tui import recipients
from mss_tui.tui.paint import Tone
from mss_tui.tui.panel import UNDER
from mss_tui.tui.screens.composer_fields import FIELDS
from mss_tui.tui.screens.composer_keeping import ComposerKeeping
from mss_tui.tui.widgets.field import Field
from mss_tui.tui.widgets.walker import Walker


class ComposerScreen(ComposerKeeping):
    """A message being written."""

    back_to = "body"
    _said_refused: tuple[str, Tone] | None = None

    # Ctrl+G

    def action_check(self) -> None:
        """The next thing to verify; the letters are then remedies."""
        walker = self.query_one(Walker)
        if not self.has_keys("walker"):
            self.back_to = next(filter(self.has_keys, FIELDS), self.back_to)
            self.check_now(all_of_it=True)
        if walker.verdicts or walker.offers:
            walker.step()
        else:
            self.mss.say(say("Rien à signaler pour l'instant."), Tone.GOOD)

    @on(Walker.Left)
    def _give_back(self) -> None:
        self.give_keys(self.back_to)

    @on(Walker.Chosen)
    def _remedy(self, event: Walker.Chosen) -> None:
        try:
            getattr(self, f"remedy_{event.remedy.act}")(event.verdict)
        except MssError as error:
            self.mss.fail(error)

    def _field_of(self, verdict: Verdict) -> str:
        name = UNDER[verdict.where.place]
        return name if name in FIELDS else "body"

    def remedy_remove(self, verdict: Verdict) -> None:
        """Take the recipient out of its field; of one that stands there twice, the second."""
        name = self._field_of(verdict)
        typed = recipients.split(self.typed(name))
        out = [i for i, r in enumerate(typed) if _is(r, verdict.where.item)]
        out = out[-1:] if verdict.rule == "destinataire.doublon" else out
        kept = tuple(r for i, r in enumerate(typed) if i not in out)
        self.query_one(f"#{name}", Field).value = recipients.joined(kept)
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
        """Accepted now, shown as accepted before sending; with a reason where the rule wants one."""
        if needs_reason(verdict):
            self.remedy_derogate(verdict)
            return
        walker = self.query_one(Walker)
        walker.accepted[verdict.rule] = self.reason
        walker.step()
        if self.mss.said == self._said_refused:
            self.mss.quiet()

    def remedy_refuse(self, verdict: Verdict) -> None:
        """Not accepted, or not after all."""
        walker = self.query_one(Walker)
        if walker.accepted.pop(verdict.rule, None) is None:
            said = say("Laissé : le message ne partira pas sans réponse.")
        else:
            said = say("Accord retiré : le message ne partira pas sans réponse.")
        walker.renew()
        self.mss.say(said, Tone.WARN)
        self._said_refused = self.mss.said

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


def _is(typed: str, item: str) -> bool:
    """Is a recipient as typed the one that a verdict names?"""
    return item.casefold() in (typed.casefold(), split_named(typed)[1].casefold())

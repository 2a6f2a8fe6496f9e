"""The composer's fields: who it is from and goes to, subject, pieces, text; what the rules say under each."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import ClassVar

from textual import events, on
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.timer import Timer
from textual.widget import Widget
from textual.widgets import Input, TextArea

from mss_tui.errors import InternalError
from mss_tui.mime.build import estimate
from mss_tui.model.address import Kind, kind_of, split_named
from mss_tui.model.draft import Draft
from mss_tui.model.verdict import Place as Where
from mss_tui.model.verdict import Verdict
from mss_tui.phrase import Phrase, say
from mss_tui.services.composing import cited_lines, own_words
from mss_tui.services.desk import Place
from mss_tui.tui import recipients
from mss_tui.tui.actions import Scope, bindings
from mss_tui.tui.message_lines import first_lines, verdict_lines
from mss_tui.tui.paint import Line, Tone
from mss_tui.tui.panel import UNDER, grouped, panel_lines
from mss_tui.tui.remedies import Remedy
from mss_tui.tui.screens.base import MssScreen
from mss_tui.tui.widgets.body import Body
from mss_tui.tui.widgets.field import Field
from mss_tui.tui.widgets.lines import Lines, paragraph
from mss_tui.tui.widgets.notes import Label, Notes, Separator
from mss_tui.tui.widgets.title import Title
from mss_tui.tui.widgets.walker import Walker
from mss_tui.tui.wording import octets

PAUSE = 0.4
"""Seconds without a key before the rules speak."""

FIELDS = ("to", "cc", "bcc", "subject", "body")
MOST_PIECES = 2
"""Pieces named below the first on a narrow screen, and verdicts on them: the text must be seen."""
MOST_UNDER = 3
"""Verdicts shown under a field of a narrow screen; Ctrl+G walks through all of them."""


class ComposerFields(MssScreen):
    """Layout and checking; sending stands in the class built on it."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings(Scope.COMPOSER)]
    AUTO_FOCUS = None

    def __init__(self, place: Place, draft: Draft, *, reason: str = "") -> None:
        super().__init__()
        self.place = place
        self.start = draft
        self.pieces = draft.attachments
        self.quoted = draft.quoted
        self.reason = reason
        self.saved = draft
        self._pause: Timer | None = None
        self._untouched = set() if draft.subject or own_words(draft.body).strip() else {"subject", "body"}

    def body(self) -> Iterable[Widget]:
        """Fields above the text; the verdicts at the right where there is room."""
        account = self.place.account
        with Horizontal(id="composer"):
            with Vertical(id="writing"):
                with VerticalScroll(id="fields", can_focus=False):
                    yield Notes(id="number", indent=1)
                    yield Title(f"{self.mss.words(say('De'))}     {account.address}   {account.label}", quiet=True)
                    yield Notes(id="under-from")
                    yield from self._recipient_row("to", say("À"), self.start.to)
                    yield from self._recipient_row("cc", say("Cc"), self.start.cc)
                    yield from self._recipient_row("bcc", say("Cci"), self.start.bcc)
                    with Horizontal(classes="row"):
                        yield Label(say("Objet"))
                        yield Field(self.start.subject, id="subject")
                    yield Notes(id="under-subject")
                    yield Notes(id="under-body")
                yield Notes(id="pieces", indent=1)
                yield Notes(id="under-pieces")
                yield Notes(id="wishes", indent=1)
                yield Separator()
                yield Body(self.start.body, id="body")
                yield Notes(id="quoted", indent=1)
            yield Lines(id="verdicts")
        yield Walker(id="walker")

    def _recipient_row(self, name: str, label: Phrase, typed: tuple[str, ...]) -> Iterable[Widget]:
        with Horizontal(classes="row"):
            yield Label(label)
            yield Field(recipients.joined(typed), id=name, joins=True)
        yield Notes(id=f"under-{name}")

    def on_mount(self) -> None:
        """The first empty field has the keys."""
        self.query_one("#verdicts", Lines).can_focus = False
        self.query_one("#writing").set_class(bool(self.start.quoted), "quoting")
        self.give_keys(self.first_field())
        self.check_now()
        self.learn()

    def first_field(self) -> str:
        """Where typing begins: recipients, then subject, then the text."""
        if not self.start.to:
            return "to"
        return "body" if self.start.subject else "subject"

    def key_hints(self) -> tuple[Scope, ...]:
        """The composer's own keys."""
        return (Scope.COMPOSER,)

    # the draft

    def typed(self, name: str) -> str:
        """What stands in a field."""
        return self.query_one(f"#{name}", Field).value

    def draft(self) -> Draft:
        """What is typed now."""
        return replace(
            self.start,
            to=recipients.split(self.typed("to")),
            cc=recipients.split(self.typed("cc")),
            bcc=recipients.split(self.typed("bcc")),
            subject=self.typed("subject").strip(),
            body=self.query_one("#body", Body).text,
            quoted=self.quoted,
            attachments=self.pieces,
            saved_as=self.saved.saved_as,
        )

    @property
    def unsaved(self) -> bool:
        """Would something typed be lost?"""
        draft = self.draft()
        return draft != self.saved and not (draft.empty and self.start.empty)

    # checking

    @on(Input.Changed)
    @on(TextArea.Changed)
    def _typed(self) -> None:
        """A keystroke waits for nothing: the rules speak after a pause."""
        if self._pause is not None:
            self._pause.stop()
        self._pause = self.set_timer(PAUSE, self._paused)

    @on(Input.Submitted)
    def _next_field(self, event: Input.Submitted) -> None:
        """Entrée in a field of one line goes to the next: what is typed after the subject is the text."""
        if event.input.id in FIELDS:
            self.give_keys(FIELDS[FIELDS.index(event.input.id) + 1])

    def on_descendant_blur(self, event: events.DescendantBlur) -> None:
        """A field that was left empty may be spoken of from now on."""
        if event.widget.id in self._untouched:
            self._untouched.discard(str(event.widget.id))
            self.check_now()

    def _paused(self) -> None:
        self.check_now()
        self.learn()

    def learn(self) -> None:
        """Ask the annuaire about recipients, apart; the rules speak again when it answered something new."""
        self.mss.work(self, "learn", self._learn())

    async def _learn(self) -> None:
        if await self.place.checker.learn(self.draft()):
            self.check_now()

    def check_now(self, *, all_of_it: bool = False) -> tuple[Verdict, ...]:
        """Verdicts from what is known now, shown where they belong; a fault of ours is said, the text goes on.

        Of an empty subject or text nothing is said before it was once left, unless `all_of_it` is asked for.
        """
        try:
            return self.judge(all_of_it=all_of_it)
        except Exception as error:  # noqa: BLE001 - what is being written must outlive a rule that fails
            self.mss.fail(InternalError.of(error))
            return ()

    def judge(self, *, all_of_it: bool = False) -> tuple[Verdict, ...]:
        """As `check_now`, but a fault stops what asked: nothing is sent without the rules."""
        draft = self.draft()
        if all_of_it:
            self._untouched.clear()
        if draft.subject:
            self._untouched.discard("subject")
        if own_words(draft.body).strip():
            self._untouched.discard("body")
        verdicts = self.place.checker.check(draft)
        groups = grouped([v for v in verdicts if v.shows and self._spoken_of(v)])
        shown = [v for _, group in groups for v in group]
        self._show_pieces(draft)
        for name in ("from", *FIELDS, "pieces"):
            self._show_under(name, draft, [v for v in shown if UNDER[v.where.place] == name])
        words = self.mss.words
        self.query_one("#verdicts", Lines).show(lambda width: panel_lines(groups, words, width), keep_place=True)
        walker = self.query_one(Walker)
        walker.offers = self.offers()
        walker.put(shown)
        return verdicts

    def offers(self) -> tuple[Remedy, ...]:
        """What one key may do from Ctrl+G whatever the rules say."""
        return ()

    def _spoken_of(self, verdict: Verdict) -> bool:
        place = verdict.where.place
        if place is Where.SUBJECT:
            return "subject" not in self._untouched
        return "body" not in self._untouched or place not in (Where.BODY, Where.MESSAGE)

    def _show_under(self, name: str, draft: Draft, verdicts: Sequence[Verdict]) -> None:
        words, wide = self.mss.words, self.has_class("-wide")
        people = {"to": draft.to, "cc": draft.cc, "bcc": draft.bcc}.get(name, ())
        known = [
            words(said) for typed in people if (said := recipients.known_as(typed, self.place.checker)) is not None
        ]

        def lines(width: int) -> list[Line]:
            found: list[Line] = []
            for said in known[:MOST_UNDER]:
                found.append(((self.mss.paint.fit(said, width), Tone.GOOD),))
            room = MOST_UNDER if wide or name != "pieces" or len(verdicts) <= MOST_PIECES else 1
            for verdict in verdicts[:room]:
                most = 2 if verdict.blocks and not wide else 1
                found += first_lines(verdict_lines(verdict, words, width, with_remedy=False), most)
            hidden = len(verdicts) - room
            if hidden > 0:
                found += paragraph(words(say("… et {n} de plus : Ctrl+G", n=hidden)), width)
            return found

        self.query_one(f"#under-{name}", Notes).show(lines)

    def _show_pieces(self, draft: Draft) -> None:
        words = self.mss.words
        policy = self.place.account.policy
        limit = policy.message_octets.value
        if any(kind_of(split_named(r)[1]) is Kind.PATIENT for r in draft.recipients):
            limit = min(filter(None, (limit, policy.patient_message_octets.value)), default=None)
        size = octets(estimate(draft))
        gauge = (
            words(say("{n} encodés / {limit}", n=size, limit=octets(limit)))
            if limit
            else words(say("{n} encodés", n=size))
        )
        names = [f"{piece.name} {words(octets(piece.size))}" for piece in draft.attachments]

        def lines(width: int) -> list[Line]:
            first, *others = names or [words(say("aucune (Ctrl+O joindre)"))]
            label = words(say("PJ")).ljust(7)
            room = max(8, width - len(label) - len(gauge) - 2)
            head = ((label, Tone.STRONG), (f"{self.mss.paint.fit(first, room)}  {gauge}", Tone.PLAIN))
            most = MOST_PIECES if self.has_class("-narrow") else len(others)
            if len(others) > most:
                more = words(say("… et {n} de plus : Ctrl+O", n=len(others) - most + 1))
                others = [*others[: most - 1], more]
            return [head, *(((" " * 7 + name, Tone.PLAIN),) for name in others)]

        self.query_one("#pieces", Notes).show(lines)
        count = cited_lines(draft.quoted)
        cited = words(say("[{n} lignes citées partent à la suite du texte]", n=count))
        self.query_one("#quoted", Notes).show(lambda width: paragraph(cited, width) if count else [])

    def on_resize(self, event: events.Resize) -> None:
        """Notes are wrapped again."""
        self.call_after_refresh(self.check_now)

    def action_field(self, by: int) -> None:
        """Tab."""
        here = next((i for i, name in enumerate(FIELDS) if self.has_keys(name)), 0)
        self.give_keys(FIELDS[(here + by) % len(FIELDS)])

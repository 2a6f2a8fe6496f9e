"""Questions: one of a list, a line of text, yes or no. Échap answers nothing."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Sequence
from typing import ClassVar

from textual import on
from textual.binding import BindingType
from textual.containers import Vertical
from textual.geometry import Size
from textual.strip import Strip
from textual.widget import Widget
from textual.widgets import Input

from mss_tui.phrase import Phrase, say
from mss_tui.record import dataclass
from mss_tui.text import cell_width
from mss_tui.tui.actions import Scope, bindings
from mss_tui.tui.paint import Line, Tone
from mss_tui.tui.screens.base import Dialog
from mss_tui.tui.widgets.field import Field
from mss_tui.tui.widgets.lines import MARGIN, Lines, paragraph
from mss_tui.tui.widgets.rows import Row, Rows
from mss_tui.tui.widgets.title import Title


@dataclass(frozen=True, slots=True)
class Choice:
    """Something to choose: what is shown (sanitised), what the asker knows it by, and an end that is never cut."""

    label: str
    key: str = ""
    end: str = ""


def folded(text: str) -> str:
    """`text` without accents and case, for filtering."""
    plain = unicodedata.normalize("NFD", text.casefold())
    return "".join(c for c in plain if not unicodedata.combining(c))


class Question(Lines, can_focus=False):
    """What is asked, on as many lines as it needs."""

    DEFAULT_CSS = "Question { height: auto; max-height: 12; }"

    def __init__(self, question: Phrase, tone: Tone = Tone.HEAD) -> None:
        super().__init__()
        self._question = question
        self._tone = tone

    def on_mount(self) -> None:
        """In the user's language."""
        self.show(self._wrapped)

    def _wrapped(self, width: int) -> list[Line]:
        return paragraph(self.desk_app.words(self._question), width, self._tone)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """The lines at this width."""
        return len(self._wrapped(max(1, width - 2 * MARGIN)))


class Choices(Rows):
    """The list of an `AskChoice`."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings(Scope.MOVES)]

    def __init__(self, choices: Sequence[Choice]) -> None:
        super().__init__()
        self._all = choices
        self.seen = list(choices)

    def count(self) -> int:
        """How many are left by the filter."""
        return len(self.seen)

    def draw(self, y: int) -> Strip:
        """A choice, or that the filter leaves none."""
        if y == 0 and not self.count():
            return self.strip(((f" {self.desk_app.words(say('Rien de tel.'))}", Tone.FAINT),))
        return super().draw(y)

    def row(self, position: int, width: int) -> Row:
        """A choice; where it is too long, what stands before its end is cut."""
        choice = self.seen[position]
        text, end = f" {choice.label}", choice.end
        if end and cell_width(text + end) > width:
            text = self.desk_app.paint.fit(text, max(width - cell_width(end), 0))
        return text + end, Tone.PLAIN

    def filter(self, words: str) -> None:
        """Keep those that hold every word."""
        wanted = folded(words).split()
        self.seen = [c for c in self._all if all(word in folded(c.label + c.end) for word in wanted)]
        self.reset()


class AskChoice(Dialog[Choice | None]):
    """Choose one; letters filter when `filtered`."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings(Scope.DIALOG)]

    def __init__(self, question: Phrase, choices: Iterable[Choice], *, filtered: bool = True) -> None:
        super().__init__()
        self._question = question
        self._choices = Choices(list(choices))
        self._filtered = filtered

    def compose(self) -> Iterable[Widget]:
        """The question, the filter, the list."""
        with Vertical(classes="box"):
            yield Question(self._question)
            if self._filtered:
                yield Field(placeholder=self.mss.words(say("quelques lettres…")))
            yield self._choices
            yield Title(say("Entrée choisir   Échap renoncer"), quiet=True)

    def on_mount(self) -> None:
        """As tall as its list, within the screen."""
        self._choices.styles.height = max(1, min(self._choices.count(), 16))
        self._choices.styles.min_height = 1
        if not self._filtered:
            self._choices.focus()

    @on(Input.Changed)
    def _filter(self, event: Input.Changed) -> None:
        self._choices.filter(event.value)

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.action_choose()

    def action_move(self, by: int) -> None:
        """Arrows move in the list while letters filter it."""
        self._choices.action_move(by)

    @on(Rows.Chosen)
    def _chosen(self) -> None:
        self.action_choose()

    def action_choose(self) -> None:
        """Answer with the row under the bar."""
        if self._choices.count():
            self.dismiss(self._choices.seen[self._choices.cursor])

    def action_cancel(self) -> None:
        """Answer nothing."""
        self.dismiss(None)


class AskText(Dialog[str | None]):
    """A line of text; empty is no answer.

    `complete` gives longer spellings for Tab; `refuse` says why a text is no answer yet, and the question stays.
    """

    BINDINGS: ClassVar[list[BindingType]] = [*bindings(Scope.DIALOG)]

    def __init__(
        self,
        question: Phrase,
        *,
        value: str = "",
        help_line: Phrase | None = None,
        complete: Callable[[str], Sequence[str]] | None = None,
        refuse: Callable[[str], Phrase | None] | None = None,
        secret: bool = False,
    ) -> None:
        super().__init__()
        self._secret = secret
        self._question = question
        self._value = value
        self._help = help_line or say("Entrée valider   Échap renoncer")
        self._complete = complete
        self._refuse = refuse

    def compose(self) -> Iterable[Widget]:
        """The question, the field, what completes it."""
        with Vertical(classes="box"):
            yield Question(self._question)
            field = Field(self._value)
            field.password = self._secret
            yield field
            if self._complete is not None or self._refuse is not None:
                yield Lines(classes="candidates")
            yield Question(self._help, Tone.PLAIN)

    def on_mount(self) -> None:
        """The cursor stands at the end of what is proposed."""
        field = self.query_one(Field)
        field.cursor_position = len(self._value)
        for lines in self.query(Lines):
            lines.can_focus = False

    def key_tab(self) -> None:
        """Complete as far as the candidates agree, and show them."""
        if self._complete is None:
            return
        field = self.query_one(Field)
        found = list(self._complete(field.value))
        if found:
            common = _common_start(found)
            if len(common) > len(field.value):
                field.value = common
                field.cursor_position = len(common)
        self.query_one(".candidates", Lines).show(lambda width: _candidates(found, width))

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.action_choose()

    def action_choose(self) -> None:
        """Answer with what stands in the field, where it is one."""
        typed = self.query_one(Field).value.strip()
        refused = self._refuse(typed) if typed and self._refuse is not None else None
        if refused is None:
            self.dismiss(typed or None)
        else:
            why = self.mss.words(refused)
            self.query_one(".candidates", Lines).show(lambda width: paragraph(why, width, Tone.WARN)[:4])

    def action_cancel(self) -> None:
        """Answer nothing."""
        self.dismiss(None)


def _common_start(texts: Sequence[str]) -> str:
    first, last = min(texts), max(texts)
    end = next((i for i, (a, b) in enumerate(zip(first, last, strict=False)) if a != b), min(len(first), len(last)))
    return first[:end]


def _candidates(found: Sequence[str], width: int) -> list[Line]:
    names = [name.rstrip("/").rpartition("/")[2] + ("/" if name.endswith("/") else "") for name in found]
    return paragraph("  ".join(names), width)[:4]


class AskYesNo(Dialog[bool]):
    """Yes or no; Échap is no."""

    BINDINGS: ClassVar[list[BindingType]] = [
        *(b for b in bindings(Scope.DIALOG) if b.id != "dialog.choose"),
        ("o", "answer(True)"),
        ("n", "answer(False)"),
    ]

    def __init__(self, question: Phrase) -> None:
        super().__init__()
        self._question = question

    def compose(self) -> Iterable[Widget]:
        """The question and its keys."""
        with Vertical(classes="box"):
            lines = Lines()
            text = self.mss.words(self._question)
            lines.show(lambda width: paragraph(text, width))
            lines.styles.height = max(3, min(12, len(paragraph(text, min(80, self.app.size.width * 9 // 10) - 6))))
            yield lines
            yield Title(say("o oui   n non   Échap non"), quiet=True)

    def on_mount(self) -> None:
        """Keys go to the dialog itself."""
        self.query_one(Lines).focus()

    def action_answer(self, yes: bool) -> None:
        """The key that was pressed."""
        self.dismiss(yes)

    def action_cancel(self) -> None:
        """No."""
        self.dismiss(False)

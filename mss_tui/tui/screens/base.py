"""What every full screen has: a body, the sentence said last, the status line."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, ClassVar, Generic, TypeVar, cast

from textual.binding import BindingType
from textual.screen import ModalScreen, Screen
from textual.widget import Widget

from mss_tui.phrase import Phrase
from mss_tui.tui.actions import Scope, bindings
from mss_tui.tui.widgets.bottom import KeyLine, StatusLine

if TYPE_CHECKING:
    from mss_tui.tui.application import MssApp


class MssScreen(Screen[None]):
    """A full screen; its two bottom lines are always there."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings(Scope.SCREENS)]

    @property
    def mss(self) -> MssApp:
        """The application, by its own type."""
        return cast("MssApp", self.app)

    def body(self) -> Iterable[Widget]:
        """The widgets above the two bottom lines."""
        return ()

    def compose(self) -> Iterable[Widget]:
        """The body, then the two lines."""
        yield from self.body()
        yield KeyLine()
        yield StatusLine()

    def has_keys(self, name: str) -> bool:
        """Does the widget `name` have the keys? Known at once; `has_focus` only follows when the queue allows."""
        return self.focused is not None and self.focused.id == name

    def give_keys(self, name: str) -> None:
        """Give the keys to the widget `name`, at once: the next key may be there already."""
        self.set_focus(self.query_one(f"#{name}"))

    def show_said(self) -> None:
        """The sentence changed."""
        for line in self.query(KeyLine):
            line.refresh(layout=True)

    def show_status(self) -> None:
        """The status changed."""
        for line in self.query(StatusLine):
            line.renew()

    def key_hints(self) -> tuple[Scope, ...]:
        """Whose keys stand on the key line when nothing is said."""
        return (Scope.PAGE,)

    def keeps_us(self) -> Phrase | None:
        """A question to answer before the program may be left, None when nothing would be lost."""
        return None


Answer = TypeVar("Answer")


class Dialog(ModalScreen[Answer], Generic[Answer]):
    """A question over a screen."""

    @property
    def mss(self) -> MssApp:
        """The application, by its own type."""
        return cast("MssApp", self.app)

"""Pro Santé Connect: the two digits to compare, large; until when; mobile or card; again, or give up."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, ClassVar, cast

from textual.binding import BindingType
from textual.screen import Screen
from textual.widget import Widget

from mss_tui.errors import InternalError, MssError
from mss_tui.model.paris import PARIS
from mss_tui.phrase import Phrase, say
from mss_tui.ports.psc import Attempt, Channel, Professional
from mss_tui.tui.actions import Scope, bindings
from mss_tui.tui.paint import Line, Tone, wrap
from mss_tui.tui.widgets.lines import Lines
from mss_tui.tui.widgets.title import Title

if TYPE_CHECKING:
    from mss_tui.tui.application import MssApp

_DIGITS = (
    ("#####", "#   #", "#   #", "#   #", "#####"),
    ("  #  ", " ##  ", "  #  ", "  #  ", " ### "),
    ("#####", "    #", "#####", "#    ", "#####"),
    ("#####", "    #", " ####", "    #", "#####"),
    ("#   #", "#   #", "#####", "    #", "    #"),
    ("#####", "#    ", "#####", "    #", "#####"),
    ("#####", "#    ", "#####", "#   #", "#####"),
    ("#####", "    #", "   # ", "  #  ", "  #  "),
    ("#####", "#   #", "#####", "#   #", "#####"),
    ("#####", "#   #", "#####", "    #", "#####"),
)
_COMPARE = {
    Channel.MOBILE: say("Sur votre mobile, dans l'application e-CPS, comparez ce nombre puis confirmez."),
    Channel.CARD: say("Sur votre ordinateur, dans CPS-Gestion, comparez ce nombre puis confirmez avec la carte."),
}


def large(number: str) -> list[str]:
    """A number in digits of five rows, in ASCII."""
    return ["   ".join(_DIGITS[int(digit)][row] for digit in number) for row in range(5)]


class PscScreen(Screen[bool]):
    """Open the session of a professional; True when it is open. Nothing of the mailbox shows behind it."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings(Scope.PSC)]

    def __init__(self, session: Professional) -> None:
        super().__init__()
        self._session = session
        self._attempt: Attempt | None = None
        self._channel = session.preferred
        self._said: Phrase | str = ""

    @property
    def mss(self) -> MssApp:
        """The application, by its own type."""
        return cast("MssApp", self.app)

    def compose(self) -> Iterable[Widget]:
        """Heading, number, keys."""
        yield Title(say("Pro Santé Connect"))
        lines = Lines(id="psc")
        lines.show(self._lines)
        yield lines
        yield Title(say("m mobile   c carte   r recommencer   Échap renoncer"), quiet=True)

    def _lines(self, width: int) -> Sequence[Line]:
        words = self.mss.words
        said = words(self._said) if isinstance(self._said, Phrase) else self._said
        found: list[Line] = [(), *(((f"  {line}", Tone.BAD),) for line in wrap(said, width - 2, ""))] if said else [()]
        if self._attempt is None:
            first = say("carte CPS") if self._channel is Channel.CARD else say("mobile e-CPS")
            more = say("Entrée : demander la confirmation ({first}).", first=first)
            return [*found, ((f"  {words(more)}", Tone.PLAIN),)]
        valid = say("Valable jusqu'à {until}.", until=f"{self._attempt.until.astimezone(PARIS):%H:%M:%S}")
        return [
            *(((f"      {row}", Tone.HEAD),) for row in large(self._attempt.number)),
            (),
            *(((f"  {line}", Tone.PLAIN),) for line in wrap(words(_COMPARE[self._attempt.channel]), width - 2, "")),
            ((f"  {words(valid)}", Tone.PLAIN),),
        ]

    def _show(self, said: Phrase | str = "") -> None:
        self._said = said
        self.query_one(Lines).show(self._lines)

    def action_begin(self, channel: str = "") -> None:
        """Ask for a confirmation; one that was under way is given up."""
        self._channel = Channel(channel) if channel else self._channel
        self.run_worker(self._confirm(), group="psc", exclusive=True, exit_on_error=False)

    async def _confirm(self) -> None:
        self._attempt = None
        self._show(say("Demande au relais…"))
        try:
            self._attempt = await self._session.begin(self._channel)
            self._show()
            await self._session.wait(self._attempt)
        except MssError as error:
            self._attempt = None
            self._show(error.render(self.mss.t))
        except Exception as error:  # noqa: BLE001 - a fault of ours is said in one sentence
            self._attempt = None
            self._show(InternalError.of(error).render(self.mss.t))
        else:
            self.dismiss(True)

    def action_cancel(self) -> None:
        """Give up."""
        self.dismiss(False)

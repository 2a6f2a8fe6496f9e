"""The life of the mailbox in a few words, beside the list where there is room."""

from __future__ import annotations

from textual.strip import Strip

from mss_tui.model.folder import Quota
from mss_tui.phrase import say
from mss_tui.tui.paint import Line, Tone
from mss_tui.tui.widgets.drawn import Drawn
from mss_tui.tui.wording import LIFE, day, hour


def percent(quota: Quota) -> int:
    """How full, in percent."""
    return round(100 * quota.used / quota.limit) if quota.limit else 0


class StatusBlock(Drawn):
    """State, last reading, the day of dépublication, absence, quota."""

    ALLOW_SELECT = False

    def on_mount(self) -> None:
        """Nothing drawn yet."""
        self._shown: list[Line] = []
        self.renew()

    def renew(self) -> None:
        """Draw again if something changed."""
        lines = self._now()
        if lines != self._shown:
            self._shown = lines
            self.refresh()

    def _now(self) -> list[Line]:
        app = self.desk_app
        words = app.words
        if app.main.base is not None and app.main.base.unified:
            return self._of_all()
        status = app.life()
        lines: list[Line] = [((f" {words(say('ÉTAT'))}", Tone.STRONG),)]
        tone = Tone.WARN if status.verdicts else Tone.PLAIN
        lines.append(((f" {words(LIFE[status.life.state])}", tone),))
        if status.remembered.read is not None:
            lines.append(((f" {words(say('lue le {day}', day=day(status.remembered.read)))}", Tone.PLAIN),))
        if status.life.unpublish_on is not None:
            lines.append(((f" {words(say('dépubliée {day}', day=day(status.life.unpublish_on)))}", Tone.PLAIN),))
            lines.append(((f" {words(say('sans connexion avant'))}", Tone.PLAIN),))
        if status.remembered.absence is not None and status.remembered.absence.on:
            lines.append(((f" {words(say('ABSENCE en place'))}", Tone.WARN),))
        checked = app.main.checked
        if checked is not None:
            lines.append(((f" {words(say('relevée à {hour}', hour=hour(checked)))}", Tone.PLAIN),))
        if status.quota is not None:
            lines.append(((f" {words(say('quota {p} %', p=percent(status.quota)))}", Tone.PLAIN),))
        return lines

    def _of_all(self) -> list[Line]:
        """How each mailbox is, and when they were all compared with their servers."""
        app = self.desk_app
        words = app.words
        lines: list[Line] = [((f" {words(say('ÉTAT'))}", Tone.STRONG),)]
        for place in app.desk.places:
            status = app.life(place)
            tone = Tone.WARN if status.verdicts else Tone.PLAIN
            state = say("{box} : {life}", box=place.account.id, life=LIFE[status.life.state])
            lines.append(((f" {words(state)}", tone),))
        if app.main.checked is not None:
            lines.append(((f" {words(say('relevée à {hour}', hour=hour(app.main.checked)))}", Tone.PLAIN),))
        return lines

    def draw(self, y: int) -> Strip:
        """A line of the block."""
        return self.strip(self._shown[y]) if y < len(self._shown) else self.blank()

"""The two lines at the bottom of every screen: what was said last or the keys, and the status."""

from __future__ import annotations

from textual.geometry import Size
from textual.strip import Strip

from mss_tui.model.mailbox import Life
from mss_tui.model.paris import PARIS
from mss_tui.phrase import say
from mss_tui.ports.mail import Line as State
from mss_tui.tui.actions import key_name, of
from mss_tui.tui.paint import Line, Tone, wrap
from mss_tui.tui.widgets.drawn import Drawn
from mss_tui.tui.wording import LIFE, LINE, hour, moment, short_line

MOST_LINES = 4
_ROOMY = 100
"""Columns from which on even what is as it should be is said."""


class KeyLine(Drawn):
    """The sentence said last, on as many lines as it needs; the keys of the screen when there is none."""

    DEFAULT_CSS = "KeyLine { height: auto; }"

    def _lines(self, width: int) -> list[Line]:
        text, tone = self.desk_app.said
        if text:
            return [((line, tone),) for line in wrap(" " + text, width, " ")[:MOST_LINES]]
        return [((self._keys(width), Tone.PLAIN),)]

    def _keys(self, width: int) -> str:
        """As many keys as there is room for; "?" is always the last."""
        from mss_tui.tui.screens.base import MssScreen

        screen = self.screen
        scopes = screen.key_hints() if isinstance(screen, MssScreen) else ()
        words = self.desk_app.words
        end = f"  F1 {words(say('Touches'))}"
        text = ""
        for action in of(*scopes):
            if action.shown:
                keys = self.desk_app.own_keys.get(action.id, action.keys)
                more = f" {key_name(keys.split(',')[0], words)} {words(action.label)} "
                if len(text) + len(more) + len(end) > width:
                    break
                text += more
        return text + end

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """One line, or what the sentence needs."""
        return len(self._lines(width))

    def draw(self, y: int) -> Strip:
        """A line of the sentence, or the keys."""
        lines = self._lines(self.size.width)
        return self.strip(lines[y]) if y < len(lines) else self.blank()


class StatusLine(Drawn):
    """Mailbox, its life, who acts, TLS, the line, the outbox. Absolute words only: it changes when a fact does."""

    DEFAULT_CSS = "StatusLine { height: 1; }"

    def on_mount(self) -> None:
        """Remember what is drawn, so that only a change is sent."""
        self._text = self._now()

    def renew(self) -> None:
        """Draw again if something changed."""
        text = self._now()
        if text != self._text:
            self._text = text
            self.refresh()

    def _now(self) -> str:
        app = self.desk_app
        place = app.main.place
        person = app.desk.actor.person
        status = app.life()
        change = app.lines.get(place.account.id)
        together = app.main.base is not None and app.main.base.unified
        parts = [app.words(say("{n} boîtes", n=len(app.desk.places))) if together else short_line(place.account)]
        if not together and (self.size.width >= _ROOMY or status.life.state is not Life.ACTIVE):
            parts.append(app.words(LIFE[status.life.state]))
        parts.append(f"{person.title} {person.name}".strip() or app.words(say("personne ?")))
        line = self._lines() if together else app.words(LINE[change.line if change is not None else State.CONNECTING])
        if app.main.base is not None and (as_of := app.main.base.view.as_of) is not None:
            parts.insert(1, app.words(say("{line}, copie du {at}", line=line, at=moment(as_of))))
        elif together or change is not None:
            parts.append(line)
        if not together and status.remembered.absence is not None and status.remembered.absence.on:
            parts.append(app.words(say("absence")))
        if waiting := app.writing.waiting():
            parts.append(app.words(say("en cours {n} (2)", n=waiting)))
        parts.append(app.words(say("envoi {n}", n=app.outbox_count())))
        if app.main.checked is not None:
            parts.append(app.words(say("relevée à {hour}", hour=hour(app.main.checked))))
        if not together and change is not None and change.tls is not None:
            parts.append(app.words(change.tls))
        if app.psc is not None and (ends := app.psc.ends_at) is not None:
            parts.append(app.words(say("PSC jusqu'à {hour}", hour=f"{ends.astimezone(PARIS):%H:%M}")))
        if app.read_only and not place.box.offline:
            parts.insert(1, app.words(say("lecture seule")))
        return " " + " · ".join(parts)

    def _lines(self) -> str:
        """The worst line of all mailboxes."""
        app = self.desk_app
        lines = [change.line for place in app.desk.places if (change := app.lines.get(place.account.id)) is not None]
        return app.words(LINE[next((line for line in State if line in lines), State.CONNECTING)])

    def on_resize(self) -> None:
        """There is room for more, or for less."""
        self.renew()

    def draw(self, y: int) -> Strip:
        """The line, reversed so that it is found at a glance."""
        return self.strip(((self._text, Tone.BAR),), Tone.BAR)

"""The palette: every act possible now, by its name."""

from __future__ import annotations

from textual.dom import DOMNode

from mss_tui.phrase import Phrase, say
from mss_tui.tui.actions import BY_ID, Action, keys_shown
from mss_tui.tui.application import MssApp
from mss_tui.tui.screens.ask import AskChoice, Choice
from mss_tui.tui.screens.help import possible


def _named(action: Action) -> Phrase:
    return say("{label} : {value}", label=action.label, value=action.tooltip)


def open_palette(app: MssApp) -> None:
    """Ask which act, then do it where the keys were."""
    screen = app.screen
    where: dict[str, tuple[DOMNode, str]] = {}
    for active in screen.active_bindings.values():
        if active.binding.id is not None:
            where.setdefault(active.binding.id, (active.node, active.binding.action))
    choices = [
        Choice(app.words(_named(a)), a.id, f"   ({keys_shown(a, app.words, app.own_keys)})")
        for a in possible(screen)
        if a.id != "app.palette"
    ]

    def chosen(choice: Choice | None) -> None:
        if choice is not None and choice.key in BY_ID:
            node, action = where[choice.key]
            app.call_later(app.run_action, action, node)

    app.push_screen(AskChoice(say("Palette"), choices), chosen)

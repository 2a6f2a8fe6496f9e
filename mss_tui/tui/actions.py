"""The acts at work: by id, by place, as Textual's bindings, and their keys as people read them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from textual.binding import Binding

from mss_tui.phrase import say
from mss_tui.tui.act import Action, Scope
from mss_tui.tui.acts import ACTIONS
from mss_tui.tui.wording import Words

__all__ = ["ACTIONS", "BY_ID", "Action", "Scope", "bindings", "key_name", "keys_shown", "of"]

BY_ID = {action.id: action for action in ACTIONS}

_WHO_ACTS = {Scope.SCREENS: "app.", Scope.MAIL: "screen.", Scope.RESULTS: "screen."}
"""Whose method does it, where that is not the widget that has the binding."""

_SIGNS = {
    "question_mark": "?",
    "exclamation_mark": "!",
    "slash": "/",
    "asterisk": "*",
    "plus": "+",
    "tab": "Tab",
    "down": "↓",
    "up": "↑",
}
_NAMES = {
    "escape": say("Échap"),
    "enter": say("Entrée"),
    "space": say("Espace"),
    "shift+tab": say("Maj+Tab"),
    "pagedown": say("Page bas"),
    "pageup": say("Page haut"),
    "home": say("Origine"),
    "end": say("Fin"),
}


def key_name(key: str, words: Words = str) -> str:
    """A key as people call it: "ctrl+g" → "Ctrl+G", "slash" → "/"."""
    if key in _SIGNS:
        return _SIGNS[key]
    if key in _NAMES:
        return words(_NAMES[key])
    if key.startswith("ctrl+"):
        return f"Ctrl+{key[5:].upper()}"
    return key.upper() if len(key) > 1 else key


def keys_shown(action: Action, words: Words = str, own: Mapping[str, str] = MappingProxyType({})) -> str:
    """The keys of an act as people call them; `own` are those that the profile gives."""
    return " ".join(key_name(key, words) for key in own.get(action.id, action.keys).split(","))


def of(*scopes: Scope) -> Iterator[Action]:
    """Acts of some scopes, scope by scope."""
    return (action for scope in scopes for action in ACTIONS if action.scope is scope)


def bindings(*scopes: Scope) -> list[Binding]:
    """Textual's bindings for some scopes; each carries the id that a profile may name to change its key."""
    return [
        Binding(
            action.keys,
            _WHO_ACTS.get(action.scope, "") + action.do,
            str(action.label),
            id=action.id,
            tooltip=str(action.tooltip),
            show=action.shown,
            priority=action.priority,
        )
        for action in of(*scopes)
    ]

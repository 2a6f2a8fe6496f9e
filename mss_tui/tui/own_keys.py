"""The keys that a profile gives to acts in place of ours; what cannot be is said, and our key stays."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from mss_tui.phrase import Phrase, say
from mss_tui.text import clean
from mss_tui.tui.act import Action, Scope
from mss_tui.tui.actions import ACTIONS, BY_ID

_EVERYWHERE = {Scope.APP, Scope.SCREENS, Scope.MOVES}
"""Scopes whose keys are heard beside those of any other."""


def own_keys(wanted: Iterable[tuple[str, str]]) -> tuple[dict[str, str], list[Phrase]]:
    """The keys by act that can be, as Textual's names, and a sentence for each that cannot."""
    kept: dict[str, str] = {}
    wrong: list[Phrase] = []
    for act, key in wanted:
        action = BY_ID.get(act)
        shown = clean(act, 40)
        if action is None:
            wrong.append(say("Touches du profil : « {act} » n'est pas un acte (« mss-tui help --json »).", act=shown))
        elif action.priority and len(key) == 1:
            wrong.append(say("Touches du profil : « {act} » agit aussi dans un texte : il faut Ctrl.", act=shown))
        elif (other := _taken(action, key, kept)) is not None:
            wrong.append(
                say("Touches du profil : « {key} » est déjà à « {other} ».", key=clean(key, 20), other=other.id)
            )
        else:
            kept[act] = key
    return kept, wrong


def _taken(action: Action, key: str, own: Mapping[str, str]) -> Action | None:
    """Another act that has this key where this one would hear it."""
    for other in ACTIONS:
        together = other.scope is action.scope or not _EVERYWHERE.isdisjoint((other.scope, action.scope))
        if other is not action and together and key in own.get(other.id, other.keys).split(","):
            return other
    return None

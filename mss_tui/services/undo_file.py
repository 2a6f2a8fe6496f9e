"""The last act of the command line, so that the next run can take it back: references alone, no patient data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from mss_tui.errors import NotFound
from mss_tui.model.message import MessageRef
from mss_tui.phrase import say
from mss_tui.services.handling import FlagsBefore, MovedFrom, Undo


def encoded(account: str, undo: Undo) -> dict[str, Any]:
    """As a JSON object."""
    if isinstance(undo, MovedFrom):
        return {
            "account": account,
            "moved_from": undo.folder,
            "now": [_ref(ref) for ref in undo.now],
            "marked": sorted(undo.marked),
        }
    return {
        "account": account,
        "flags": [[_ref(ref), sorted(added), sorted(removed)] for ref, added, removed in undo.changes],
    }


def decoded(found: Mapping[str, Any]) -> tuple[str, Undo]:
    """The account's id and the way back.

    Raises:
        NotFound: there is nothing to take back.
    """
    try:
        account = str(found["account"])
        if "moved_from" in found:
            marked = frozenset(map(str, found.get("marked", ())))
            now = tuple(_made(account, ref) for ref in found["now"])
            return account, MovedFrom(str(found["moved_from"]), now, marked)
        changes = tuple(
            (_made(account, ref), frozenset(map(str, added)), frozenset(map(str, removed)))
            for ref, added, removed in found["flags"]
        )
        return account, FlagsBefore(changes)
    except (KeyError, TypeError, ValueError):
        raise NotFound(say("Il n'y a rien à annuler."), remedy=say("Seul le dernier acte peut l'être.")) from None


def _ref(ref: MessageRef) -> list[Any]:
    return [ref.folder, ref.uidvalidity, ref.uid]


def _made(account: str, parts: Sequence[Any]) -> MessageRef:
    folder, uidvalidity, uid = parts
    return MessageRef(account, str(folder), int(uidvalidity), int(uid))

"""La relève de garde: what is left to do, what is critical, who has what; left with a word, accepted by name.

The word and the acceptance stand in the mailbox's shared notes where the server keeps any, and in the journal always.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime

from mss_tui.errors import NotFound, UsageError
from mss_tui.model.ins import PATIENT_DOMAIN
from mss_tui.model.people import Actor
from mss_tui.model.verdict import Place
from mss_tui.phrase import say
from mss_tui.ports.clock import Clock
from mss_tui.ports.store import Journal
from mss_tui.record import dataclass
from mss_tui.rules.numbers import numbers
from mss_tui.services.box import Box, ListEntry
from mss_tui.services.claims import Claims, label
from mss_tui.text import DisplayText, clean

NOTE = "releve"
MAX_NOTE = 150
_LEAVE, _ACCEPT = "handover.leave", "handover.accept"
_READ_BACK = 2_000


@dataclass(frozen=True, slots=True)
class Left:
    """A handover that was left: by whom, when, with which word; `accepted_by` is "" while nobody took it."""

    by: str
    at: datetime
    note: str = ""
    accepted_by: str = ""
    accepted_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Item:
    """A message of the handover."""

    entry: ListEntry
    taken_by: str
    critical: bool


@dataclass(frozen=True, slots=True)
class Handover:
    """What is to be handed over now, critical results first, then by deadline."""

    mailbox: str
    at: datetime
    items: tuple[Item, ...]
    left: Left | None
    shared: bool


class Handovers:
    """The handover of one mailbox."""

    def __init__(self, box: Box, journal: Journal, clock: Clock) -> None:
        self._box = box
        self._journal = journal
        self._clock = clock
        self._claims = Claims(box, journal)

    async def show(self, critical: Sequence[ListEntry] = ()) -> Handover:
        """What is left to do; `critical` are entries known to hold a result that nobody acknowledged."""
        waiting = await self._box.waiting()
        alarming = {entry.row.ref for entry in critical}
        every = [*waiting, *(e for e in critical if e.row.ref not in {w.row.ref for w in waiting})]
        items = [
            Item(entry, await self._claims.names(entry.row.taken_by), entry.row.ref in alarming) for entry in every
        ]
        left, shared = await self._left()
        items.sort(key=lambda item: not item.critical)
        return Handover(self._box.account.address, self._clock.now(), tuple(items), left, shared)

    async def leave(self, note: str, actor: Actor) -> Left:
        """Leave the handover with a word.

        Raises:
            UsageError: the word is too long, or names a patient.
        """
        word = clean(note, MAX_NOTE + 1)
        if len(word) > MAX_NOTE:
            raise UsageError(say("Le mot de la relève dépasse {n} caractères.", n=MAX_NOTE))
        if next(numbers(word, Place.BODY), None) is not None or PATIENT_DOMAIN in word.casefold():
            raise UsageError(
                say("Le mot de la relève contient un numéro ou une adresse de patient."),
                remedy=say("Désignez le message par sa date ou sa référence."),
            )
        left = Left(label(actor.person), self._clock.now(), word)
        self._write(actor, _LEAVE, note=word)
        await self._box.mail.set_note(NOTE, _text(left))
        return left

    async def accept(self, actor: Actor) -> Left:
        """Take the handover that was left, in one's own name.

        Raises:
            NotFound: nobody left one, or somebody took it already.
        """
        left, _ = await self._left()
        if left is None or left.accepted_by:
            who = "" if left is None else left.accepted_by
            raise NotFound(
                say("La relève a déjà été prise par {who}.", who=who) if who else say("Aucune relève n'a été laissée.")
            )
        taken = Left(left.by, left.at, left.note, label(actor.person), self._clock.now())
        self._write(actor, _ACCEPT, left_by=left.by)
        await self._box.mail.set_note(NOTE, _text(taken))
        return taken

    async def _left(self) -> tuple[Left | None, bool]:
        """The last one, and whether colleagues elsewhere see it too."""
        note = await self._box.mail.note(NOTE)
        if note is None:
            return self._left_here(), False
        return _read(note), True

    def _left_here(self) -> Left | None:
        left: Left | None = None
        for entry in self._journal.entries(_READ_BACK):
            if entry.mailbox != self._box.account.address or entry.phase != "done":
                continue
            who = entry.details.get("by", entry.actor)
            if entry.act == _LEAVE:
                left = Left(who, entry.at, entry.details.get("note", ""))
            elif entry.act == _ACCEPT and left is not None:
                left = Left(left.by, left.at, left.note, who, entry.at)
        return left

    def _write(self, actor: Actor, act: str, **details: str) -> None:
        self._journal.write(actor, self._box.account.address, act, "done", by=label(actor.person), **details)


def _text(left: Left) -> str:
    return json.dumps(
        {
            "by": left.by,
            "at": _iso(left.at),
            "note": left.note,
            "accepted_by": left.accepted_by,
            "accepted_at": _iso(left.accepted_at),
        }
    )


def _iso(moment: datetime | None) -> str | None:
    return None if moment is None else moment.astimezone(UTC).isoformat(timespec="seconds")


def _read(note: str) -> Left | None:
    """What others wrote, never trusted to be what it should."""
    try:
        found = json.loads(note)
        words: list[DisplayText] = [clean(str(found[name]), MAX_NOTE) for name in ("by", "note", "accepted_by")]
        taken = found["accepted_at"]
        return Left(words[0], _moment(found["at"]), words[1], words[2], None if taken is None else _moment(taken))
    except (ValueError, KeyError, TypeError):
        return None


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("a date without its zone")
    return moment

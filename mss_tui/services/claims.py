"""A shared mailbox: who has taken which message (BAL ORG; monsisra, charte §3).

A message that somebody works on carries one keyword of theirs, given back when it is handled, so that a folder only
ever holds the keywords of those at work (Dovecot's Maildir has room for 26). Names stand in the mailbox's shared notes
where the server keeps any; elsewhere a colleague is known by six hexadecimal digits, unless they took something on
this very machine.
"""

from __future__ import annotations

import hashlib
import json
import unicodedata
from collections.abc import Sequence

from mss_tui.errors import PartlyRefused
from mss_tui.model.message import ANSWERED, TAKEN_PREFIX, Row
from mss_tui.model.people import Actor, MailboxType, Person
from mss_tui.phrase import Phrase, say
from mss_tui.ports.store import Journal
from mss_tui.services.box import Box
from mss_tui.services.handling import Done, FlagsBefore, traced
from mss_tui.text import clean

SHARED = (MailboxType.ORG, MailboxType.CAB)
_NOTE = "personne/"
_READ_BACK = 2_000


def mark_of(person: Person) -> str:
    """Six hexadecimal digits of a person: of the RPPS, else of the words of the name in any order and case."""
    letters = unicodedata.normalize("NFKD", person.name).casefold()
    words = "".join(c if c.isalnum() else " " for c in letters if not unicodedata.combining(c)).split()
    known = f"rpps:{person.rpps}" if person.rpps else f"nom:{' '.join(sorted(words))}"
    return hashlib.sha256(known.encode()).hexdigest()[:6]


class Taken(PartlyRefused):
    """Somebody else has the message."""

    def __init__(self, row: Row, who: str) -> None:
        super().__init__(
            say("« {subject} » est déjà pris par {who}.", subject=clean(row.subject, 80), who=who),
            meaning=say("Rien n'a été changé."),
            remedy=say("Demandez-lui de le rendre, ou reprenez-le si cette personne est partie."),
        )


class Claims:
    """Who has taken what in one mailbox."""

    def __init__(self, box: Box, journal: Journal) -> None:
        self._box = box
        self._journal = journal
        self._names: dict[str, str] = {}

    @property
    def shared(self) -> bool:
        """Is this a mailbox of several people?"""
        return self._box.account.type in SHARED

    async def take(self, row: Row, actor: Actor, *, over: bool = False) -> Done:
        """Take a message; with `over`, from whoever has it.

        Raises:
            Taken: a colleague has it, or was faster.
        """
        mine = TAKEN_PREFIX + mark_of(actor.person)
        await self._introduce(actor.person)
        details = {"mark": mark_of(actor.person), "over": "oui" if over else ""}
        with traced(self._journal, self._box, actor, "take", [row.ref], **details):
            if over:
                others = [f for f in row.flags if f.startswith(TAKEN_PREFIX) and f != mine]
                await self._box.mail.flag([row.ref], (), others) if others else None
            flags = await self._box.mail.claim(row.ref, mine, TAKEN_PREFIX)
            if mine not in flags:
                raise Taken(row, await self._holders(flags))
        added = frozenset({mine}) - row.flags
        undo = FlagsBefore(((row.ref, added, frozenset()),)) if added else None
        return Done(say("pris par {who}", who=label(actor.person)), undo, ((row.ref, flags),))

    async def release(self, row: Row, actor: Actor) -> Done:
        """Give back what one has taken."""
        mine = TAKEN_PREFIX + mark_of(actor.person)
        if mine not in row.flags:
            holder = await self._holders(row.flags)
            raise Taken(row, holder) if holder else _not_taken(row)
        with traced(self._journal, self._box, actor, "release", [row.ref]):
            flags = await self._box.mail.flag([row.ref], (), [mine])
        return Done(say("rendu"), FlagsBefore(((row.ref, frozenset(), frozenset({mine})),)), flags)

    async def hand_over(self, row: Row, to: str, actor: Actor) -> Done:
        """Pass a message that one has taken, or that nobody has, to somebody by name."""
        mine = TAKEN_PREFIX + mark_of(actor.person)
        holders = [f for f in row.flags if f.startswith(TAKEN_PREFIX) and f != mine]
        if holders:
            raise Taken(row, await self._holders(row.flags))
        colleague = Person(clean(to, 80))
        theirs = TAKEN_PREFIX + await self._mark_by_name(colleague)
        with traced(self._journal, self._box, actor, "hand-over", [row.ref], to=colleague.name):
            flags = await self._box.mail.flag([row.ref], [theirs], [mine])
        undo = FlagsBefore(((row.ref, frozenset({theirs}), frozenset({mine}) & row.flags),))
        return Done(say("passé à {who}", who=colleague.name), undo, flags)

    async def about_to_answer(self, row: Row, actor: Actor) -> Phrase | None:
        """What to know before answering: somebody else has it, or it was answered meanwhile. Asks the server again."""
        now = await self._box.mail.rows_of(row.ref.folder, [row.ref.uid])
        flags = now[0].flags if now else row.flags
        mine = mark_of(actor.person)
        others = [mark for mark in _marks(flags) if mark != mine]
        if others:
            return say("{who} a pris ce message : vous seriez deux à répondre.", who=await self.names(others))
        if ANSWERED in flags:
            return say("Ce message a déjà reçu une réponse.")
        return None

    async def names(self, marks: Sequence[str]) -> str:
        """Who they are, as far as it is known here."""
        return ", ".join([await self._name(mark) for mark in marks])

    def known(self, mark: str) -> str:
        """A name that was met before, else the digits."""
        return self._names.get(mark, mark)

    async def _holders(self, flags: frozenset[str]) -> str:
        return await self.names(_marks(flags))

    async def _name(self, mark: str) -> str:
        if mark not in self._names:
            note = await self._box.mail.note(_NOTE + mark)
            try:
                name = json.loads(note) if note else ""
            except ValueError:
                name = ""
            known = clean(name, 80) if isinstance(name, str) and name.strip() else self._met_here(mark)
            self._names[mark] = known or mark
        return self._names[mark]

    def _met_here(self, mark: str) -> str:
        """Who took something with these digits on this machine, lately."""
        lines = self._journal.entries(_READ_BACK)
        return next((line.actor for line in reversed(lines) if line.details.get("mark") == mark), "")

    async def _introduce(self, person: Person) -> None:
        """Leave one's name for colleagues to read."""
        mark = mark_of(person)
        if self._names.get(mark) == label(person):
            return
        self._names[mark] = label(person)
        note = json.dumps(label(person))
        if len(note) < 900 and await self._box.mail.note(_NOTE + mark) not in (None, note):
            await self._box.mail.set_note(_NOTE + mark, note)

    async def _mark_by_name(self, colleague: Person) -> str:
        """The digits of a colleague met before under this name, else those of the name."""
        words = set(colleague.name.casefold().split())
        met = [mark for mark, name in self._names.items() if words <= set(name.casefold().split())]
        return met[0] if len(met) == 1 else mark_of(colleague)


def label(person: Person) -> str:
    """A person as colleagues read it."""
    return clean(f"{person.title} {person.name}".strip(), 80)


def _marks(flags: frozenset[str]) -> list[str]:
    return sorted(f.removeprefix(TAKEN_PREFIX) for f in flags if f.startswith(TAKEN_PREFIX))


def _not_taken(row: Row) -> PartlyRefused:
    return PartlyRefused(say("« {subject} » n'est pris par personne.", subject=clean(row.subject, 80)))

"""TDCS: Traiter, Déléguer, Classer, Supprimer (charte §3), and the other acts on received messages, each undoable.

The state lives on the server as keywords, so colleagues of a shared mailbox see it. Every act has a journal line
before it and one after.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from contextlib import suppress
from dataclasses import replace

from mss_tui.errors import KeywordsRefused, MssError, NotFound
from mss_tui.model.folder import Role
from mss_tui.model.message import FLAGGED, KEYWORD, SEEN, TAKEN_PREFIX, Handling, MessageRef, Row
from mss_tui.model.people import Actor
from mss_tui.phrase import Phrase, say
from mss_tui.ports.store import Journal
from mss_tui.record import dataclass
from mss_tui.services.box import Box


@dataclass(frozen=True, slots=True)
class FlagsBefore:
    """Flags to give back: for each message what was added and what was removed."""

    changes: tuple[tuple[MessageRef, frozenset[str], frozenset[str]], ...]


@dataclass(frozen=True, slots=True)
class MovedFrom:
    """Messages to move back to where they were; `now` is where they stand, `marked` the keywords set on the way."""

    folder: str
    now: tuple[MessageRef, ...]
    marked: frozenset[str] = frozenset()


Undo = FlagsBefore | MovedFrom


@dataclass(frozen=True, slots=True)
class Done:
    """An act that was done: what to say, how to take it back, and what the server says of flags and places."""

    said: Phrase
    undo: Undo | None
    flags: tuple[tuple[MessageRef, frozenset[str]], ...] = ()
    gone: frozenset[MessageRef] = frozenset()


class Acts:
    """Acts on messages of one mailbox."""

    def __init__(self, box: Box, journal: Journal) -> None:
        self._box = box
        self._journal = journal

    async def handle(self, rows: Sequence[Row], state: Handling, actor: Actor, *, to: str = "") -> Done:
        """Set the TDCS state; `to` names whom a message was delegated to, for the journal."""
        add = {KEYWORD[state]} if state in KEYWORD else set()
        remove = set(KEYWORD.values()) - add
        if state is not Handling.TO_DO:
            remove |= _taken(rows)
        labels = {
            Handling.TO_DO: say("{n} à traiter", n=len(rows)),
            Handling.DONE: say("{n} traité(s)", n=len(rows)),
            Handling.DELEGATED: say("{n} délégué(s)", n=len(rows)),
            Handling.FILED: say("{n} classé(s)", n=len(rows)),
        }
        return await self._flag(rows, add, remove, actor, f"handling.{state}", labels[state], to=to)

    async def seen(self, rows: Sequence[Row], seen: bool, actor: Actor) -> Done:
        """Mark read or unread."""
        said = say("{n} lu(s)", n=len(rows)) if seen else say("{n} non lu(s)", n=len(rows))
        add, remove = ({SEEN}, set[str]()) if seen else (set[str](), {SEEN})
        return await self._flag(rows, add, remove, actor, "read" if seen else "unread", said)

    async def follow(self, rows: Sequence[Row], follow: bool, actor: Actor) -> Done:
        """Set or take off the follow mark."""
        said = say("{n} suivi(s)", n=len(rows)) if follow else say("{n} non suivi(s)", n=len(rows))
        add, remove = ({FLAGGED}, set[str]()) if follow else (set[str](), {FLAGGED})
        return await self._flag(rows, add, remove, actor, "flag", said)

    async def _flag(
        self,
        rows: Sequence[Row],
        add: Collection[str],
        remove: Collection[str],
        actor: Actor,
        act: str,
        said: Phrase,
        **details: str,
    ) -> Done:
        refs = [row.ref for row in rows]
        changes = tuple(
            (row.ref, frozenset(add) - row.flags, frozenset(remove) & row.flags)
            for row in rows
            if frozenset(add) - row.flags or frozenset(remove) & row.flags
        )
        with self._traced(actor, act, refs, **details):
            flags, here = await self._store(refs, set(add), set(remove))
        if here:
            said = say("{what}, sur ce poste seulement : le serveur refuse les mots-clés", what=said)
        return Done(said, FlagsBefore(changes) if changes else None, flags)

    async def _store(
        self, refs: Sequence[MessageRef], add: set[str], remove: set[str]
    ) -> tuple[tuple[tuple[MessageRef, frozenset[str]], ...], bool]:
        """Flags as they are then, and whether a TDCS state could only be noted on this machine."""
        words = add & set(KEYWORD.values())
        self._box.mark_here(refs, (), remove)
        try:
            return await self._box.mail.flag(refs, add, remove), False
        except KeywordsRefused:
            if not words:
                raise
        flags = await self._box.mail.flag(refs, add - words, remove)
        self._box.mark_here(refs, words, remove)
        return tuple((ref, now | words) for ref, now in flags), True

    async def file(self, rows: Sequence[Row], folder: str, actor: Actor) -> Done:
        """Classer: mark as filed and move to `folder`."""
        refs = [row.ref for row in rows]
        with self._traced(actor, "file", refs, folder=folder):
            with suppress(KeywordsRefused):  # where it lies says that it is filed
                await self._box.mail.flag(refs, [KEYWORD[Handling.FILED]], _taken(rows))
            done = await self._move(refs, folder, say("{n} classé(s)", n=len(rows)))
        mark = KEYWORD[Handling.FILED]
        if isinstance(done.undo, MovedFrom) and not any(mark in row.flags for row in rows):
            return replace(done, undo=replace(done.undo, marked=frozenset({mark})))
        return done

    async def move(self, rows: Sequence[Row], folder: str, actor: Actor) -> Done:
        """Move to `folder`."""
        refs = [row.ref for row in rows]
        with self._traced(actor, "move", refs, folder=folder):
            return await self._move(refs, folder, say("{n} déplacé(s)", n=len(rows)))

    async def copy(self, rows: Sequence[Row], folder: str, actor: Actor) -> Done:
        """Copy to `folder`. It is taken back by putting the copies in the Corbeille."""
        refs = [row.ref for row in rows]
        trash = await self._box.folder_of(Role.TRASH)
        with self._traced(actor, "copy", refs, folder=folder):
            copied = await self._box.mail.copy(refs, folder)
        copies = tuple(target for _, target in copied.pairs)
        back = MovedFrom(trash.name, copies) if trash is not None and copies and folder != trash.name else None
        return Done(say("{n} copié(s)", n=len(rows)), back)

    async def delete(self, rows: Sequence[Row], actor: Actor) -> Done:
        """Supprimer: to Trash; from Trash, for good (and then there is no undo).

        Raises:
            NotFound: the mailbox has no Trash: nothing was deleted.
        """
        trash = await self._box.folder_of(Role.TRASH)
        if trash is None:
            raise NotFound(
                say("Cette boîte n'a pas de corbeille."),
                meaning=say("Rien n'a été supprimé."),
                remedy=say('Nommez-la dans le profil : folders = { trash = "…" }.'),
            )
        refs = [row.ref for row in rows]
        if refs and refs[0].folder == trash.name:
            with self._traced(actor, "expunge", refs):
                await self._box.mail.expunge(refs)
            said = say("{n} supprimé(s) définitivement", n=len(rows))
            return Done(said, None, gone=frozenset(refs))
        with self._traced(actor, "delete", refs):
            return await self._move(refs, trash.name, say("{n} à la corbeille", n=len(rows)))

    async def _move(self, refs: Sequence[MessageRef], folder: str, said: Phrase) -> Done:
        moved = await self._box.mail.move(refs, folder)
        back = MovedFrom(refs[0].folder, tuple(target for _, target in moved.pairs)) if moved.pairs else None
        return Done(said, back, gone=frozenset(refs))

    async def undo(self, undo: Undo, actor: Actor) -> Done:
        """Take an act back."""
        if isinstance(undo, MovedFrom):
            with self._traced(actor, "undo", undo.now, folder=undo.folder):
                if undo.marked:
                    await self._store(undo.now, set(), set(undo.marked))
                await self._box.mail.move(undo.now, undo.folder)
            trash = await self._box.folder_of(Role.TRASH)
            if trash is not None and undo.folder == trash.name:
                return Done(say("annulé : {n} à la corbeille", n=len(undo.now)), None)
            return Done(say("annulé : {n} message(s) remis en place", n=len(undo.now)), None)
        flags: list[tuple[MessageRef, frozenset[str]]] = []
        groups: dict[tuple[frozenset[str], frozenset[str]], list[MessageRef]] = {}
        for ref, added, removed in undo.changes:
            groups.setdefault((added, removed), []).append(ref)
        with self._traced(actor, "undo", [ref for ref, _, _ in undo.changes]):
            for (added, removed), refs in groups.items():
                flags.extend((await self._store(refs, set(removed), set(added)))[0])
        if undo.changes and not flags:
            raise NotFound(
                say("Ces messages ont changé de place depuis : cet acte-là n'est pas annulé."),
                meaning=say("Leur état est resté ce qu'il est."),
            )
        return Done(say("annulé"), None, tuple(flags))

    def _traced(self, actor: Actor, act: str, refs: Sequence[MessageRef], **details: str) -> _Traced:
        return traced(self._journal, self._box, actor, act, refs, **details)


def traced(journal: Journal, box: Box, actor: Actor, act: str, refs: Sequence[MessageRef], **details: str) -> _Traced:
    """A context that writes a journal line before an act on messages of `box` and one after."""
    return _Traced(journal, actor, box.account.address, act, refs, details)


def _taken(rows: Sequence[Row]) -> set[str]:
    """Who had taken them: a message that is handled is nobody's to do any more."""
    return {flag for row in rows for flag in row.flags if flag.startswith(TAKEN_PREFIX)}


class _Traced:
    """A journal line before and one after, whatever happens between."""

    def __init__(
        self,
        journal: Journal,
        actor: Actor,
        mailbox: str,
        act: str,
        refs: Sequence[MessageRef],
        details: dict[str, str],
    ) -> None:
        self._actor, self._mailbox, self._act = actor, mailbox, act
        self._journal = journal
        uids = ",".join(str(ref.uid) for ref in refs[:50])
        folder = refs[0].folder if refs else ""
        self._details = {"from": folder, "uids": uids, "n": str(len(refs))} | {k: v for k, v in details.items() if v}

    def __enter__(self) -> None:
        self._write("intent")

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _trace: object) -> None:
        if error is None:
            self._write("done")
        else:
            why = type(error).__name__ if isinstance(error, MssError) else "cancelled"
            self._write("failed", error=why)

    def _write(self, phase: str, **more: str) -> None:
        self._journal.write(self._actor, self._mailbox, self._act, phase, **self._details, **more)

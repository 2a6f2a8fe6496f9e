"""The validation circuit: brouillon → à valider → validé by a named person → envoyé (envoi.non-valide, formation).

The state stands on the draft, on the server, where colleagues see it; the journal says who validated which octets. A
draft that is changed after it was validated is a new message on the server, without the mark; and one that is changed
in the composer no longer has the content that was validated.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from mss_tui.errors import UsageError
from mss_tui.model.draft import Draft, LocalFile
from mss_tui.model.folder import Role
from mss_tui.model.message import TO_VALIDATE, VALIDATED, MessageRef, Row
from mss_tui.model.people import Actor
from mss_tui.phrase import say
from mss_tui.ports.store import Journal
from mss_tui.services.box import Box
from mss_tui.services.handling import Done, FlagsBefore, traced


def content_digest(draft: Draft) -> str:
    """Of what a reader would see of a draft: recipients, subject, text, attachments."""
    pieces = tuple(
        (str(a.path), a.size) if isinstance(a, LocalFile) else (a.ref.short, a.section, a.size)
        for a in draft.attachments
    )
    seen = (draft.to, draft.cc, draft.bcc, draft.subject, draft.body, draft.quoted, pieces)
    return hashlib.sha256(repr(seen).encode()).hexdigest()


class Validation:
    """The circuit in one mailbox."""

    def __init__(self, box: Box, journal: Journal) -> None:
        self._box = box
        self._journal = journal

    async def ask(self, rows: Sequence[Row], actor: Actor) -> Done:
        """Brouillon → à valider.

        Raises:
            UsageError: they are no drafts.
        """
        await self._drafts_only(rows)
        return await self._mark(rows, TO_VALIDATE, VALIDATED, "validation.ask", actor)

    async def validate(self, rows: Sequence[Row], actor: Actor) -> Done:
        """À valider → validé, in the name of who acts.

        Raises:
            UsageError: they are no drafts, or nobody says who acts.
        """
        await self._drafts_only(rows)
        if not actor.person.name.strip():
            raise UsageError(say("Valider demande de savoir qui agit."), remedy=say("Nommez-vous dans le profil."))
        return await self._mark(rows, VALIDATED, TO_VALIDATE, "validation.validate", actor)

    async def _mark(self, rows: Sequence[Row], add: str, remove: str, act: str, actor: Actor) -> Done:
        flags: list[tuple[MessageRef, frozenset[str]]] = []
        for row in rows:
            octets = b"".join([chunk async for chunk in self._box.mail.stream(row.ref, "")])
            digest = hashlib.sha256(octets).hexdigest()
            with traced(self._journal, self._box, actor, act, [row.ref], message_id=row.message_id, digest=digest):
                flags += await self._box.mail.flag([row.ref], [add], [remove])
        changes = tuple((row.ref, frozenset({add}) - row.flags, frozenset({remove}) & row.flags) for row in rows)
        told = say("{n} brouillon(s) validé(s)", n=len(rows))
        asked = say("{n} brouillon(s) à valider", n=len(rows))
        return Done(told if add == VALIDATED else asked, FlagsBefore(changes), tuple(flags))

    async def _drafts_only(self, rows: Sequence[Row]) -> None:
        drafts = await self._box.folder_of(Role.DRAFTS)
        if drafts is None or any(row.ref.folder != drafts.name for row in rows):
            raise UsageError(
                say("Seul un brouillon passe en validation."), remedy=say("Ouvrez le dossier Brouillons (--folder).")
            )

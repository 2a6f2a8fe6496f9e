"""Acts on folders: made, renamed, deleted, subscribed to; the Corbeille emptied. Each has its lines in the journal."""

from __future__ import annotations

from collections.abc import Callable

from mss_tui.errors import NotFound, UsageError
from mss_tui.model.folder import Folder, Role
from mss_tui.model.message import MessageRef
from mss_tui.model.people import Actor
from mss_tui.phrase import Phrase, say
from mss_tui.ports.mail import Query
from mss_tui.ports.store import Journal
from mss_tui.services.box import Box
from mss_tui.services.handling import traced
from mss_tui.text import clean

Watch = Callable[[int, int], None]
"""Told how many are done, and of how many."""
BATCH = 500


class FolderActs:
    """Acts on the folders of one mailbox."""

    def __init__(self, box: Box, journal: Journal) -> None:
        self._box = box
        self._journal = journal

    async def create(self, name: str, actor: Actor) -> Phrase:
        """Make a folder; `name` has its levels between slashes."""
        levels = levels_of(name)
        with traced(self._journal, self._box, actor, "folder.create", (), folder="/".join(levels)):
            await self._box.mail.create_folder(levels)
        await self._box.folders()
        return say("dossier « {name} » créé", name="/".join(levels))

    async def rename(self, folder: Folder, name: str, actor: Actor) -> Phrase:
        """Give a folder another name."""
        _own(folder)
        levels = levels_of(name)
        with traced(self._journal, self._box, actor, "folder.rename", (), folder=folder.name, to="/".join(levels)):
            await self._box.mail.rename_folder(folder.name, levels)
        await self._box.folders()
        return say("dossier renommé « {name} »", name="/".join(levels))

    async def delete(self, folder: Folder, actor: Actor) -> Phrase:
        """Delete a folder that is empty."""
        _own(folder)
        with traced(self._journal, self._box, actor, "folder.delete", (), folder=folder.name):
            await self._box.mail.delete_folder(folder.name)
        await self._box.folders()
        return say("dossier « {name} » supprimé", name=clean(folder.name))

    async def subscribe(self, folder: Folder, wanted: bool, actor: Actor) -> Phrase:
        """Subscribe to a folder, or no longer: other programs show subscribed ones."""
        act = "folder.subscribe" if wanted else "folder.unsubscribe"
        with traced(self._journal, self._box, actor, act, (), folder=folder.name):
            await self._box.mail.subscribe(folder.name, wanted)
        await self._box.folders()
        if wanted:
            return say("abonné à « {name} »", name=clean(folder.name))
        return say("désabonné de « {name} »", name=clean(folder.name))

    async def empty_trash(self, actor: Actor, watch: Watch = lambda done, of: None) -> Phrase:
        """Delete for good what is in the Corbeille now, exactly that (UID EXPUNGE); cancelled, the rest stays.

        Raises:
            NotFound: the mailbox has no Corbeille.
        """
        trash = await self._box.folder_of(Role.TRASH)
        if trash is None:
            raise NotFound(say("Cette boîte n'a pas de corbeille."), meaning=say("Rien n'a été supprimé."))
        mail = self._box.mail
        uids = (await mail.search(trash.name, Query())).uids
        first = await mail.rows_of(trash.name, uids[:1])
        if not first:
            return say("la corbeille était vide")
        refs = [MessageRef(self._box.account.id, trash.name, first[0].ref.uidvalidity, uid) for uid in uids]
        for at in range(0, len(refs), BATCH):
            batch = refs[at : at + BATCH]
            with traced(self._journal, self._box, actor, "expunge", batch):
                await mail.expunge(batch)
            watch(min(at + BATCH, len(refs)), len(refs))
        return say("{n} message(s) supprimé(s) définitivement", n=len(refs))


def _own(folder: Folder) -> None:
    if folder.role is not Role.NONE and folder.role is not Role.ARCHIVE:
        raise UsageError(
            say("Ce dossier sert à la messagerie : il n'est ni renommé ni supprimé."),
            remedy=say("Faites-le depuis la messagerie web de votre opérateur."),
        )


def levels_of(name: str) -> tuple[str, ...]:
    """The levels of a name as people write it.

    Raises:
        UsageError: a level is empty.
    """
    levels = tuple(level.strip() for level in clean(name, 1_000).split("/"))
    if not all(levels):
        raise UsageError(say("Il faut un nom de dossier."), remedy=say("Par exemple « Patients/2026 »."))
    return levels

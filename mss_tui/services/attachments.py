"""The octets of what is attached: a file of this machine, or a part taken over from a received message."""

from __future__ import annotations

import asyncio
import os
import stat

from mss_tui.errors import ConnectionLost, NotFound, UsageError
from mss_tui.mime.build import File
from mss_tui.mime.transfer import decode_transfer
from mss_tui.model.draft import HeldFile, LocalFile, RemotePart
from mss_tui.phrase import say
from mss_tui.ports.mail import MailStore
from mss_tui.text import clean


class Attachments:
    """Reads attachments when a message is built."""

    def __init__(self, store: MailStore) -> None:
        self._store = store

    async def read(self, attachment: LocalFile | RemotePart) -> File:
        """Name, type and octets.

        Raises:
            NotFound: it is no longer there.
            UsageError: it is no ordinary file, or not the one that was attached.
            MssError: the received message cannot be fetched now.
        """
        if isinstance(attachment, HeldFile):
            return attachment.name, attachment.type, attachment.data
        if isinstance(attachment, LocalFile):
            return attachment.name, attachment.type, await asyncio.to_thread(_octets, attachment)
        return attachment.name, attachment.type, await self._part(attachment)

    async def _part(self, attachment: RemotePart) -> bytes:
        if not attachment.section:  # the message itself, as the server has it
            return await self._store.section(attachment.ref, "")
        fetched = await self._store.fetch(attachment.ref)
        part = next((p for p in fetched.structure.leaves() if p.section == attachment.section), None)
        if part is None:
            raise _missing(attachment.name)
        data = await self._store.section(attachment.ref, attachment.section)
        if len(data) < part.size:
            raise ConnectionLost(
                say("« {name} » n'est arrivé qu'en partie.", name=clean(attachment.name, 80)),
                meaning=say("Rien n'est parti ; le brouillon est gardé."),
                remedy=say("Recommencez."),
            )
        return await asyncio.to_thread(decode_transfer, data, part.encoding)


def beginning(attachment: LocalFile, octets: int) -> bytes:
    """The first octets of a file of this machine.

    Raises:
        NotFound, UsageError: as `Attachments.read`.
    """
    try:
        descriptor = os.open(attachment.path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        with os.fdopen(descriptor, "rb") as file:
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                raise UsageError(
                    say("« {name} » n'est pas un fichier.", name=clean(attachment.name, 80)),
                    remedy=say("Joignez un fichier ordinaire."),
                )
            return file.read(octets)
    except OSError as error:
        raise _missing(attachment.name) from error


def _octets(attachment: LocalFile) -> bytes:
    name = clean(attachment.name, 80)
    data = beginning(attachment, attachment.size + 1)
    if len(data) != attachment.size:
        raise UsageError(
            say("« {name} » a changé depuis que vous l'avez joint.", name=name),
            meaning=say("Rien n'est parti ; le brouillon est gardé."),
            remedy=say("Retirez-le, vérifiez-le et joignez-le de nouveau."),
        )
    return data


def _missing(name: str) -> NotFound:
    return NotFound(
        say("La pièce jointe « {name} » n'est plus là, ou ne peut pas être lue.", name=clean(name, 80)),
        meaning=say("Rien n'est parti ; le brouillon est gardé."),
        remedy=say("Retirez-la, ou joignez-la de nouveau."),
    )

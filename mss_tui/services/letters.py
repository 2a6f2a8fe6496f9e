"""Messages that lie in files of this machine: opened like received ones, or taken up as drafts."""

from __future__ import annotations

import asyncio
import os
import stat
from dataclasses import replace
from pathlib import Path

from mss_tui.errors import DeadlinePassed, InternalError, UsageError
from mss_tui.mime.choose import attachments
from mss_tui.mime.header import parse_mailboxes, split_header
from mss_tui.mime.letter import Letter, Octets
from mss_tui.mime.row import row_of
from mss_tui.mime.view import shown_headers
from mss_tui.model.address import Correspondent
from mss_tui.model.draft import Draft, HeldFile
from mss_tui.model.message import Attachment, Reading
from mss_tui.model.people import Account
from mss_tui.phrase import say
from mss_tui.ports.clock import Clock
from mss_tui.ports.worker import BoundedWorker
from mss_tui.services.composing import new_draft
from mss_tui.text import clean

MAX_OCTETS = 80_000_000
SECONDS = 10.0


class Letters:
    """Reads whole messages through the bounded worker."""

    def __init__(self, worker: BoundedWorker, clock: Clock) -> None:
        self._worker = worker
        self._clock = clock

    async def reading(self, data: bytes) -> Reading:
        """The message as it is shown.

        Raises:
            UsageError: it is too complex to be taken apart in time.
        """
        try:
            letter = await self._worker.run("letter", Letter, data, seconds=SECONDS)
        except (DeadlinePassed, InternalError) as error:
            raise UsageError(
                say("Ce message est trop complexe pour être lu ici."),
                remedy=say("Demandez à son expéditeur de le renvoyer plus simple."),
            ) from error
        fields = dict(split_header(data))
        references = fields.get("references", b"").decode("ascii", "replace").split()
        return Reading(
            row=row_of(data, self._clock.now()),
            headers=shown_headers(data),
            text=letter.view.text,
            attachments=attachments(letter.structure),
            quoted_from=letter.view.quoted_from,
            references=tuple(clean(word, 500) for word in references[-50:]),
            return_path=clean(fields.get("return-path", b"").decode("ascii", "replace").strip("<> "), 254),
            notes=letter.view.notes,
        )

    async def draft(self, data: bytes, account: Account) -> Draft:
        """The message as a draft of `account`: its people, subject, words and pieces, byte for byte.

        Raises:
            UsageError: it is too complex, or it comes from another mailbox.
        """
        reading = await self.reading(data)
        row = reading.row
        if row.sender.address and row.sender.address.lower() != account.address.lower():
            raise UsageError(
                say(
                    "Ce message vient de {sender}, pas de {account}.",
                    sender=row.sender.address,
                    account=account.address,
                ),
                remedy=say("Choisissez la boîte avec --account, ou changez l'expéditeur du message."),
            )
        blind = parse_mailboxes(dict(split_header(data)).get("bcc", b""))
        pieces = [await self._piece(data, attachment) for attachment in reading.attachments]
        return replace(
            new_draft(account, subject=row.subject, body=reading.text),
            to=_typed(row.to),
            cc=_typed(row.cc),
            bcc=_typed(blind),
            attachments=tuple(pieces),
            in_reply_to=row.in_reply_to,
            references=reading.references,
            reply_to=next(iter(_typed(row.reply_to)), ""),
            want_reading=any(header.name.lower() == "disposition-notification-to" for header in reading.headers),
        )

    async def _piece(self, data: bytes, attachment: Attachment) -> HeldFile:
        octets = await self._worker.run("section", Octets, data, {"section": attachment.section}, seconds=SECONDS)
        return HeldFile(Path(attachment.name), attachment.name, attachment.type, len(octets.data), octets.data)


async def read_octets(path: Path) -> bytes:
    """The octets of a message in a file.

    Raises:
        UsageError: it is not there, cannot be read, is no ordinary file, or larger than any message.
    """
    return await asyncio.to_thread(_octets, path)


def _octets(path: Path) -> bytes:
    shown = clean(str(path), 200)
    try:
        descriptor = os.open(path.expanduser(), os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        with os.fdopen(descriptor, "rb") as file:
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                raise UsageError(say("« {path} » n'est pas un fichier ordinaire.", path=shown))
            data = file.read(MAX_OCTETS + 1)
    except OSError as error:
        raise UsageError(
            say("« {path} » n'existe pas ou ne peut pas être lu.", path=shown),
            remedy=say("Vérifiez le chemin."),
        ) from error
    if len(data) > MAX_OCTETS:
        raise UsageError(say("« {path} » dépasse {mo} Mo.", path=shown, mo=MAX_OCTETS // 1_000_000))
    return data


def _typed(people: tuple[Correspondent, ...]) -> tuple[str, ...]:
    return tuple(f"{who.name} <{who.address}>" if who.name else str(who.address) for who in people)

"""Hands documents over to what the administrator declared: a folder the DPI watches, or the input of a command."""

from __future__ import annotations

import asyncio
import os
import secrets
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from mss_tui.errors import MssError, NotFound, UsageError
from mss_tui.mime.names import safe_name
from mss_tui.model.document import XdmEntry
from mss_tui.model.people import Actor, Destination, Profile
from mss_tui.phrase import Phrase, Translate, say
from mss_tui.ports.store import Journal
from mss_tui.record import dataclass
from mss_tui.services.commands import feed
from mss_tui.services.document_files import DocumentFiles
from mss_tui.text import DisplayText, clean

SECONDS = 60.0
MOST_PRINTED = 4096
ACT = "document.handover"


@dataclass(frozen=True, slots=True)
class File:
    """What is handed over; `origin` tells the journal where it comes from: folder, UID, part."""

    name: str
    octets: bytes
    origin: Mapping[str, str]


def named(profile: Profile, name: str) -> Destination:
    """The destination of that name.

    Raises:
        NotFound: the profile has none of that name.
    """
    for destination in profile.destinations:
        if destination.name.casefold() == name.casefold():
            return destination
    known = ", ".join(destination.name for destination in profile.destinations)
    raise NotFound(
        say("Aucune destination « {name} » n'est déclarée.", name=clean(name, 80)),
        remedy=say("Déclarées : {known}.", known=known) if known else none_declared(),
    )


def none_declared() -> Phrase:
    """How a destination is declared, as a remedy."""
    return say("L'administrateur en déclare par la clé « handover » : dossier du DPI, imprimante.")


async def content(
    destination: Destination,
    files: DocumentFiles,
    document: XdmEntry,
    octets: bytes,
    origin: Mapping[str, str],
    translate: Translate = str,
) -> tuple[File, ...]:
    """What `destination` takes of a document whose octets are `octets`.

    Raises:
        NotFound: it takes PDF files and the document has none.
    """
    stem = safe_name(document.label)[:60] or "document"
    if destination.content == "text":
        text = await files.text(document, translate=translate)
        return (File(f"{stem}.txt", text.encode(), origin),)
    if destination.content == "document":
        return (File(Path(document.file or f"{stem}.xml").name, octets, origin),)
    inside = document.cda.embedded if document.cda is not None else ()
    found = [file.data for file in inside if file.media_type == "application/pdf" and file.data]
    if document.mime_type == "application/pdf":
        found = [octets]
    if not found:
        raise NotFound(
            say("« {title} » ne contient pas de PDF.", title=document.label),
            meaning=say("Rien n'a été remis."),
            remedy=say("« {name} » ne prend que les PDF.", name=destination.name),
        )
    return tuple(File(f"{stem}.pdf", data, origin) for data in found)


async def hand_over(
    destination: Destination, files: Sequence[File], journal: Journal, actor: Actor, mailbox: str
) -> DisplayText:
    """Hand files over, one after the other, each between two lines of the journal; what a command printed, sanitised.

    Raises:
        MssError: a file could not be handed over; it says how many were before it.
    """
    said: list[str] = []
    for file in files:
        details = {**file.origin, "to": destination.name, "octets": str(len(file.octets))}
        journal.write(actor, mailbox, ACT, "intent", **details)
        try:
            said.append(await _deliver(destination, file.name, file.octets))
        except BaseException as error:
            with suppress(MssError):
                # what was given up halfway may have gone through
                phase = "failed" if isinstance(error, MssError) else "note"
                journal.write(actor, mailbox, ACT, phase, **details, error=type(error).__name__)
            if said and isinstance(error, MssError):
                before = say("{n} fichier(s) étaient déjà remis.", n=len(said))
                raise type(error)(error.what, meaning=before, remedy=error.remedy, detail=error.detail) from error
            raise
        journal.write(actor, mailbox, ACT, "done", **details)
    return clean(" ".join(filter(None, said)), 300)


async def _deliver(destination: Destination, name: str, octets: bytes) -> str:
    if destination.folder is not None:
        await asyncio.to_thread(drop, destination.folder, name, octets, destination.mode)
        return ""
    printed = await feed(destination.command, octets, seconds=SECONDS, most=MOST_PRINTED)
    return clean(printed.decode(errors="replace").strip(), 200)


def drop(folder: Path, name: str, octets: bytes, mode: int = 0o600) -> Path:
    """Put a file into a watched folder, whole or not at all: written beside under a hidden name, then renamed.

    Its name is cleaned and has a part of its own, so that nothing is ever replaced: archives name all their documents
    alike.

    Raises:
        UsageError: the folder is not there or cannot be written to; nothing is left.
    """
    token = secrets.token_hex(6)
    stem, dot, end = safe_name(name).rpartition(".")
    final = folder / (f"{stem}-{token}.{end}" if dot else f"{end}-{token}")
    written = folder / f".{token}.part"
    try:
        descriptor = os.open(written, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(octets)
                file.flush()
                os.fchmod(file.fileno(), mode)
                os.fsync(file.fileno())
            written.rename(final)
        except OSError:
            written.unlink(missing_ok=True)
            raise
    except OSError as error:
        raise UsageError(
            say("Impossible de remettre le document dans « {folder} ».", folder=clean(str(folder), 200)),
            meaning=say("Rien n'a été remis."),
            remedy=say("Demandez à l'administrateur : le dossier existe-t-il, pouvez-vous y écrire ?"),
            detail=clean(error.strerror or ""),
        ) from error
    return final

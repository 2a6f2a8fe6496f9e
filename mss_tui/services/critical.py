"""Critical results: marked until somebody acknowledges them by name, and announced without a word of content."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from typing import TYPE_CHECKING

from mss_tui.errors import MssError, UsageError
from mss_tui.model.facts import CRITICAL, DocumentFact
from mss_tui.model.message import CRITICAL_SEEN, Row
from mss_tui.model.people import Actor
from mss_tui.phrase import say
from mss_tui.ports.store import Journal
from mss_tui.services.box import Box
from mss_tui.services.handling import Done, FlagsBefore, traced

if TYPE_CHECKING:
    from mss_tui.services.documents import Documents
    from mss_tui.services.reading import Reader


MOST = 50
SECONDS = 20.0


async def acknowledge(box: Box, journal: Journal, rows: Sequence[Row], actor: Actor) -> Done:
    """Take note of results in one's own name; the journal says who and when. Messages without documents have none.

    Raises:
        UsageError: none of the messages has a document.
    """
    rows = [row for row in rows if row.has_documents]
    if not rows:
        raise UsageError(
            say("Aucun résultat dont prendre connaissance : ce message n'a pas de document XDM ni CDA."),
            meaning=say("Rien n'a été marqué."),
            remedy=say("Si vous l'avez lu, marquez-le traité."),
        )
    refs = [row.ref for row in rows]
    with traced(journal, box, actor, "critical.seen", refs):
        flags = await box.mail.flag(refs, [CRITICAL_SEEN])
    changes = tuple((row.ref, frozenset({CRITICAL_SEEN}) - row.flags, frozenset[str]()) for row in rows)
    return Done(say("pris connaissance : {n} résultat(s)", n=len(rows)), FlagsBefore(changes), flags)


def critical(row: Row, documents: Sequence[DocumentFact]) -> bool:
    """Does a message hold a critical result that nobody has acknowledged?"""
    return CRITICAL_SEEN not in row.flags and any(d.interpretations & CRITICAL for d in documents)


async def find_critical(reader: Reader, documents: Documents, rows: Sequence[Row]) -> tuple[Row, ...]:
    """Messages among the newest `MOST` with documents whose results nobody has acknowledged.

    Their documents are read in the worker; nothing is marked read. One that cannot be read now is left out: its own
    verdict says that it was not checked.
    """
    found: list[Row] = []
    for row in [row for row in rows if row.has_documents and CRITICAL_SEEN not in row.flags][:MOST]:
        facts = documents.facts(row.ref)
        if facts is None:
            with suppress(MssError):
                opened = await documents.open(reader, await reader.peek(row), unasked=True)
                facts = tuple(fact for archive in opened for fact in archive.facts)
        if facts and critical(row, facts):
            found.append(row)
    return tuple(found)


async def alert(command: Sequence[str]) -> bool:
    """Run the profile's command, without any argument, input or environment of ours; True when it ended well.

    It may ring, light a lamp, page somebody: it never learns whose result it is (design.md, no patient data in argv).
    """
    if not command:
        return False
    try:
        process = await asyncio.create_subprocess_exec(
            *command,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
        )
    except OSError:
        return False
    try:
        async with asyncio.timeout(SECONDS):
            return await process.wait() == 0
    except TimeoutError:
        return False
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()

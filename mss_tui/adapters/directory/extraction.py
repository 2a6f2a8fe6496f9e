"""Downloads the daily extraction: one HTTPS address, no redirect, limits, taken up again where it was cut.

What was received so far stays beside the index in a file of its own with the mark (ETag or date) of the version that
it is part of; the next download asks for the rest of that version only (RFC 9110 §14.2, If-Range).
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
import ssl
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

import msgspec

from mss_tui.adapters.directory.https import Https
from mss_tui.adapters.directory.rows import made_of
from mss_tui.errors import ConnectionLost, HostileServer, ServerRefused, UsageError
from mss_tui.phrase import say
from mss_tui.ports.directory import UpdateStage, UpdateStep, UpdateWatch
from mss_tui.record import dataclass
from mss_tui.text import clean

MAX_OCTETS = 500_000_000
SECONDS = 1_800.0
"""For the whole download: 20 MB at 90 kbit/s."""
_RANGE = re.compile(r"bytes (\d{1,12})-\d{1,12}/(\d{1,12}|\*)\Z")


@dataclass(frozen=True, slots=True)
class Downloaded:
    """The extraction as a file, and when it was made if the answer says so."""

    path: Path
    made: datetime | None


class _Mark(msgspec.Struct):
    """Which version the octets in the file belong to."""

    url: str
    mark: str


async def download(
    url: str,
    context: ssl.SSLContext,
    folder: Path,
    watch: UpdateWatch,
    *,
    limit: int = MAX_OCTETS,
    seconds: float = SECONDS,
) -> Downloaded:
    """The extraction at `url`, in `folder`; cancelled or cut, what was received serves the next call.

    Raises:
        MssError: no answer, a redirect, too large, too late, cut short.
    """
    https = Https(url, context)
    part, mark_file = folder / ".extraction.part", folder / ".extraction.mark"
    try:
        headers, have = _resume(url, part, mark_file)
        async with https.open(url, headers, seconds) as answer:
            said = {name.lower(): value for name, value in answer.headers.items()}
            if answer.status_code == 416:
                part.unlink(missing_ok=True)
                raise ConnectionLost(
                    say("L'extraction a changé pendant son téléchargement."), remedy=say("Recommencez.")
                )
            if answer.status_code == 200:
                have = 0
            elif not (answer.status_code == 206 and have and _starts_at(said, have)):
                raise ServerRefused(
                    say("{host} a répondu par l'erreur {status}.", host=clean(https.host), status=answer.status_code)
                )
            total = have + _length(said)
            if total > limit:
                raise https.too_large()
            _remember(mark_file, url, said)
            with _opened(part, have) as stream:
                async for chunk in answer.aiter_raw():
                    have += len(chunk)
                    if have > limit:
                        raise https.too_large()
                    await asyncio.to_thread(stream.write, chunk)
                    watch(UpdateStep(UpdateStage.DOWNLOAD, have, total))
        if total and have != total:
            raise ConnectionLost(
                say("Le téléchargement de l'extraction a été coupé."),
                meaning=say("Ce qui est reçu est gardé."),
                remedy=say("Recommencez : la suite seule sera demandée."),
            )
        mark_file.unlink(missing_ok=True)
        return Downloaded(part, made_of(said.get("content-disposition", "")) or made_of(url))
    except HostileServer:
        forget(folder)
        raise
    except OSError as error:
        raise UsageError(
            say("L'extraction n'a pas pu être écrite dans « {path} ».", path=clean(str(folder))),
            detail=clean(error.strerror or ""),
        ) from error
    finally:
        await https.close()


def forget(folder: Path) -> None:
    """Throw away what was downloaded to `folder`."""
    for name in (".extraction.part", ".extraction.mark"):
        with contextlib.suppress(OSError):
            (folder / name).unlink(missing_ok=True)


def _resume(url: str, part: Path, mark_file: Path) -> tuple[Mapping[str, str], int]:
    """Headers that ask for what is missing, and how much is there; makes the folder."""
    part.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        mark = msgspec.json.decode(mark_file.read_bytes(), type=_Mark)
        have = part.stat().st_size
    except (OSError, msgspec.MsgspecError):
        return {}, 0
    if mark.url != url or not mark.mark or not have:
        return {}, 0
    return {"Range": f"bytes={have}-", "If-Range": mark.mark}, have


def _remember(mark_file: Path, url: str, said: Mapping[str, str]) -> None:
    """Write down the version; a weak ETag marks none (RFC 9110 §13.1.5)."""
    etag = said.get("etag", "")
    mark = etag if etag and not etag.startswith("W/") else said.get("last-modified", "")
    mark_file.write_bytes(msgspec.json.encode(_Mark(url, mark if mark.isprintable() else "")))


def _starts_at(said: Mapping[str, str], have: int) -> bool:
    match = _RANGE.match(said.get("content-range", ""))
    return match is not None and int(match[1]) == have


def _length(said: Mapping[str, str]) -> int:
    length = said.get("content-length", "")
    return int(length[:12]) if length.isascii() and length.isdigit() else 0


def _opened(part: Path, have: int) -> BinaryIO:
    """The file of what was received, ready for what comes at `have`."""
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_NOFOLLOW | (0 if have else os.O_TRUNC), 0o600)
    stream = os.fdopen(descriptor, "wb", buffering=0)
    stream.seek(have)
    return stream

"""The lines of an extraction, from text or zip, counted and checked as they stream by (annuaire.md §4)."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from mss_tui.adapters.directory.words import split
from mss_tui.errors import UsageError
from mss_tui.model.paris import PARIS
from mss_tui.phrase import Phrase, say
from mss_tui.record import dataclass
from mss_tui.text import clean

COLUMNS = 31
WHERE = 18
"""From this column on a line says where the mailbox is; the same for everyone there, so it stays one text."""
MAX_OCTETS = 2_000_000_000
MAX_LINE = 16_384
MAX_RATIO = 200
ODD_LINES = 0.001
"""Share of lines that may be of another shape before the whole file is refused."""

_STAMP = re.compile(r"_(\d{12})(?:\D|\Z)")
_CHUNK = 1 << 20


def refused(path: Path, why: Phrase) -> UsageError:
    """The error for a file that is no whole extraction."""
    return UsageError(
        say("« {path} » n'est pas une extraction utilisable : {why}.", path=clean(path.name), why=why.template),
        meaning=say("L'annuaire en place n'a pas été touché."),
        remedy=say("Téléchargez de nouveau Extraction_Correspondance_MSSante."),
    )


@dataclass(frozen=True, slots=True)
class Source:
    """An extraction opened: its octets, how many there are, and when it was made if its name says so (UTC)."""

    stream: BinaryIO
    size: int
    made: datetime | None


def made_of(name: str) -> datetime | None:
    """The date in `Extraction_Correspondance_MSSante_AAAAMMJJhhmm`, Paris time; None when there is none."""
    match = _STAMP.search(name)
    if match is None:
        return None
    try:
        return datetime.strptime(match[1], "%Y%m%d%H%M").replace(tzinfo=PARIS)
    except ValueError:
        return None


def open_source(path: Path) -> Source:
    """Open a text, or the one text of a zip.

    Raises:
        UsageError: not there, not readable, too large, or a zip without exactly one such text.
    """
    try:
        with path.open("rb") as probe:
            zipped = probe.read(4) == b"PK\x03\x04"
        if not zipped:
            return Source(path.open("rb"), path.stat().st_size, made_of(path.name))
        archive = zipfile.ZipFile(path)
        texts = [item for item in archive.infolist() if item.filename.lower().endswith((".txt", ".csv"))]
        if len(texts) != 1:
            raise refused(path, say("l'archive ne contient pas un seul fichier texte"))
        (item,) = texts
        if item.file_size > MAX_OCTETS or item.file_size > MAX_RATIO * max(item.compress_size, 1):
            raise refused(path, say("elle est trop grande"))
        stream = io.BufferedReader(archive.open(item), _CHUNK)  # type: ignore[type-var]
        return Source(stream, item.file_size, made_of(item.filename) or made_of(path.name))
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError) as error:
        raise refused(path, say("l'archive est abîmée")) from error
    except OSError as error:
        raise UsageError(
            say("« {path} » ne peut pas être lu.", path=clean(str(path))), detail=clean(error.strerror or "")
        ) from error


def read(path: Path, source: Source, watch: Callable[[int, int], None]) -> Iterator[list[str]]:
    """The first 18 columns of each line, and the others in one text; `watch` is told octets read and their total.

    Raises:
        UsageError: the file is alien, damaged or cut.
    """
    odd = rows = octets = 0
    first = True
    try:
        for raw in iter(lambda: source.stream.readline(MAX_LINE), b""):
            octets += len(raw)
            if octets > MAX_OCTETS:
                raise refused(path, say("elle est trop grande"))
            columns = raw.decode("utf-8-sig" if first else "utf-8").rstrip("\r\n").split("|", WHERE)
            if first:
                _check_header(path, "|".join(columns).split("|"))
                first = False
                continue
            if len(columns) > WHERE and columns[WHERE].count("|") == COLUMNS - WHERE - 1 and _sound(columns[1]):
                rows += 1
                yield columns
            elif not raw.endswith(b"\n"):
                raise refused(path, say("elle est coupée au milieu d'une ligne"))
            else:
                odd += 1
            if not (rows + odd) % 4096:
                watch(octets, source.size)
    except UnicodeDecodeError as error:
        raise refused(path, say("elle n'est pas en UTF-8")) from error
    except (zipfile.BadZipFile, EOFError, OSError, ValueError) as error:
        raise refused(path, say("l'archive est abîmée")) from error
    if not rows:
        raise refused(path, say("elle est vide"))
    if odd > ODD_LINES * rows:
        raise refused(path, say("trop de lignes n'ont pas 31 colonnes"))
    watch(octets, source.size)


def _sound(address: str) -> bool:
    """Is it an address, with nothing in it that could act on what it is pasted into?"""
    return "@" in address and address.isprintable() and " " not in address


def _check_header(path: Path, columns: list[str]) -> None:
    if len(columns) != COLUMNS:
        raise refused(path, say("elle n'a pas 31 colonnes"))
    if split(columns[0]) != ["type", "de", "bal"] or split(columns[1]) != ["adresse", "bal"]:
        raise refused(path, say("ses colonnes ne sont pas celles de l'annuaire"))

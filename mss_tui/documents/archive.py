"""A ZIP read in memory, under guard (documents.md §5; security.md P17, P18): nothing of it ever becomes a path."""

from __future__ import annotations

import io
import re
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator, Mapping

from mss_tui.documents.fault import DocumentFault
from mss_tui.documents.limits import MAX_ENTRIES, MAX_ENTRY_OCTETS, MAX_RATIO, MAX_TOTAL_OCTETS
from mss_tui.phrase import Phrase, say
from mss_tui.record import dataclass
from mss_tui.text import clean

_IGNORED = re.compile(r"(?:^|/)(?:__MACOSX/|\.DS_Store$|\.svn/|\._|\.[^/]*\.sw[a-p]$)", re.I)
_SMALL = 1_000_000
"""Octets below which the proportion does not matter."""
_BROKEN = (
    zipfile.BadZipFile, zlib.error, RuntimeError, NotImplementedError, EOFError, struct.error, UnicodeError, OSError,
    ValueError, MemoryError, OverflowError, IndexError,
)  # fmt: skip


def _key(name: str) -> str | None:
    """The entry's name as a key: forward slashes, no dots; None for one that points outside or nowhere."""
    parts: list[str] = []
    normal = name.replace("\\", "/")
    if normal.startswith("/") or re.match(r"[A-Za-z]:", normal) or "\x00" in normal:
        return None
    for part in normal.split("/"):
        if part == "..":
            return None
        if part not in ("", "."):
            parts.append(part)
    return "/".join(parts) or None


@dataclass(frozen=True, slots=True)
class ZipEntries(Mapping[str, bytes]):
    """The files of an archive by name, already read; `count` counts every entry, folders too."""

    files: dict[str, bytes]
    count: int
    warnings: tuple[Phrase, ...]

    def __getitem__(self, name: str) -> bytes:
        return self.files[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.files)

    def __len__(self) -> int:
        return len(self.files)

    def find(self, name: str) -> str | None:
        """The entry called `name`, letter case aside when there is none to the letter."""
        if name in self.files:
            return name
        folded = name.casefold()
        return next((entry for entry in self.files if entry.casefold() == folded), None)


def read_zip(data: bytes) -> ZipEntries:
    """Every file of a ZIP, within the limits.

    Links, encrypted entries, names that point outside and doubled names are left out with a warning; the limits end
    the reading.

    Raises:
        DocumentFault: it is no ZIP, it is cut, or it unpacks to too much.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return _read(archive)
    except _BROKEN as error:
        raise DocumentFault(
            say("L'archive ne peut pas être lue : elle est abîmée ou incomplète."),
            meaning=say("Rien n'en a été extrait."),
            remedy=say("Demandez à l'expéditeur de la renvoyer."),
        ) from error


def _read(archive: zipfile.ZipFile) -> ZipEntries:
    entries = archive.infolist()
    if len(entries) > MAX_ENTRIES:
        raise DocumentFault(
            say("L'archive contient {n} fichiers : plus que les {limit} admis.", n=len(entries), limit=MAX_ENTRIES),
            meaning=say("Elle n'a pas été ouverte."),
        )
    files: dict[str, bytes] = {}
    doubled: set[str] = set()
    warnings: list[Phrase] = []
    total = 0
    for entry in entries:
        key = _key(entry.filename)
        shown = clean(entry.filename, 80)
        if entry.is_dir() or _IGNORED.search(entry.filename):
            continue
        if key is None:
            warnings.append(say("« {name} » sort de l'archive : laissé de côté.", name=shown))
        elif stat.S_ISLNK(entry.external_attr >> 16):
            warnings.append(say("« {name} » est un lien : laissé de côté.", name=shown))
        elif entry.flag_bits & 1:
            warnings.append(say("« {name} » est chiffré : laissé de côté.", name=shown))
        elif key in files or key in doubled:
            # two tools would show two different documents under this name: neither is believed
            files.pop(key, None)
            doubled.add(key)
            warnings.append(say("« {name} » est deux fois dans l'archive : laissé de côté.", name=shown))
        else:
            content = _content(archive, entry, MAX_TOTAL_OCTETS - total)
            if content is None:
                doubled.add(key)
                warnings.append(say("« {name} » se déploie hors de toute proportion : laissé de côté.", name=shown))
                continue
            files[key] = content
            total += len(content)
    return ZipEntries(files, len(entries), tuple(warnings))


def _content(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, room: int) -> bytes | None:
    """The octets of an entry, counted while they are read; None when they are out of proportion with what is packed."""
    limit = min(MAX_ENTRY_OCTETS, room)
    proportion = max(_SMALL, entry.compress_size * MAX_RATIO)
    with archive.open(entry) as stream:
        content = stream.read(min(limit, proportion) + 1)
    if len(content) > proportion:
        return None
    if len(content) > limit:
        raise DocumentFault(
            say("L'archive se déploie au-delà de {mo} Mo.", mo=limit // 1_000_000),
            meaning=say("C'est anormal pour un document : elle n'a pas été ouverte."),
            remedy=say("Ne l'ouvrez pas autrement ; prévenez l'expéditeur."),
        )
    return content

"""Does an office document hold macros? Read from its directory alone, in the bounded worker; nothing is run.

ZIP documents name them in their members and content types (ECMA-376); OLE ones in directory entries, which are 128
octets each and begin at a multiple of 128, whatever the tables that chain them say (MS-CFB §2.6, MS-OVBA §2.2.1).
Macro sheets of old workbooks are BoundSheet8 records (MS-XLS §2.4.28).
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Mapping

from mss_tui.mime.kinds import content_of, extension
from mss_tui.record import dataclass

MOST = 5_000_000
"""Octets of a document that is looked into; a letter with its pictures has fewer."""
_TYPES_MOST = 1_000_000
_ENTRY = 128

_OFFICE = frozenset((
    "docx", "docm", "dotx", "dotm", "xlsx", "xlsm", "xltx", "xltm", "xlsb", "pptx", "pptm", "potx", "ppsx", "ppsm",
    "doc", "dot", "xls", "xlt", "ppt", "pps", "odt", "ods", "odp", "ott", "ots", "otp",
))  # fmt: skip
_MEMBERS = re.compile(r"(?:\A|/)(?:vbaProject\.bin\Z|vbaData\.xml\Z|macrosheets/|Basic/.+/.+|Scripts/.+)", re.I)
_CONTENT = re.compile(rb"vbaProject|macroEnabled|excel\.(?:intl)?macrosheet", re.I)
_STORAGES = ("_VBA_PROJECT_CUR", "_VBA_PROJECT", "VBA", "Macros")
_NAMES = re.compile(b"|".join(name.encode("utf-16-le") + b"\0\0" for name in _STORAGES), re.I)
_SHEET = re.compile(rb"\x85\x00(.)\x00.{4}[\x00-\x02]\x01([\x01-\x1f])([\x00\x01])", re.S)


@dataclass(frozen=True, slots=True)
class Macros:
    """Are there any?"""

    found: bool


def may_hold_macros(name: str, first: bytes) -> bool:
    """Is it worth looking into: an office document by its content, or by its name where that is not known yet?"""
    content = content_of(first)
    if first and content not in ("zip", "ole"):
        return False
    return content == "ole" or extension(name) in _OFFICE


def macros_job(data: bytes, options: Mapping[str, str | int]) -> Macros:
    """Job `macros`: a whole office document, decoded."""
    content = content_of(data)
    return Macros(_in_zip(data) if content == "zip" else content == "ole" and (_in_ole(data) or _macro_sheet(data)))


def _in_zip(data: bytes) -> bool:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if any(_MEMBERS.search(name) for name in archive.namelist()):
                return True
            with archive.open("[Content_Types].xml") as types:
                return bool(_CONTENT.search(types.read(_TYPES_MOST)))
    except (zipfile.BadZipFile, zlib.error, KeyError, NotImplementedError, RuntimeError, OSError, ValueError, EOFError):
        return False


def _in_ole(data: bytes) -> bool:
    """An entry of one of those names, its length after it, whose object is a storage (1) or a stream (2)."""
    for found in _NAMES.finditer(data):
        start, size = found.start(), len(found[0])
        if start % _ENTRY == 0 and data[start + 64 : start + 67] in (bytes((size, 0, 1)), bytes((size, 0, 2))):
            return True
    return False


def _macro_sheet(data: bytes) -> bool:
    """A sheet of type "macro" whose record is exactly as long as its name says."""
    return any(found[1][0] == 8 + found[2][0] * (1 + found[3][0]) for found in _SHEET.finditer(data))

"""File names of attachments, made safe to save (security.md P17)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection

from mss_tui.model.message import Part
from mss_tui.text import DisplayText, clean

MAX_OCTETS = 150
"""Of a name in UTF-8: below every file system's 255, with room for a number."""

_PATH = re.compile(r"[/\\]")
_FORBIDDEN = re.compile(r'[\x00-\x1f<>:"|?*\x7f-\x9f\u2400-\u2426\ufffd]')
_RESERVED = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d|conin\$|conout\$)(?:\.|\Z)", re.I)
_EXTENSION = re.compile(r"\.[A-Za-z0-9]{1,12}\Z")

_BY_TYPE = {
    "application/pdf": ".pdf",
    "application/zip": ".zip",
    "application/x-zip-compressed": ".zip",
    "message/rfc822": ".eml",
    "message/global": ".eml",
    "message/delivery-status": ".txt",
    "message/disposition-notification": ".txt",
    "text/rfc822-headers": ".txt",
    "text/plain": ".txt",
    "text/html": ".html",
    "text/calendar": ".ics",
    "text/csv": ".csv",
    "text/vcard": ".vcf",
    "text/xml": ".xml",
    "application/xml": ".xml",
    "application/json": ".json",
    "application/hl7-v2": ".hl7",
    "application/dicom": ".dcm",
    "application/pkcs7-mime": ".p7m",
    "application/x-pkcs7-mime": ".p7m",
    "application/pkcs7-signature": ".p7s",
    "application/x-pkcs7-signature": ".p7s",
    "application/pgp-signature": ".asc",
    "application/pgp-encrypted": ".asc",
    "application/ms-tnef": ".dat",
    "application/rtf": ".rtf",
    "application/msword": ".doc",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ".docx",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": ".xlsx",
    "application/vnd.oasis.opendocument.text": ".odt",
    "image/jpeg": ".jpg",
    "image/png": ".png",
    "image/gif": ".gif",
    "image/tiff": ".tif",
    "image/bmp": ".bmp",
    "image/webp": ".webp",
    "audio/mpeg": ".mp3",
    "audio/wav": ".wav",
}


def safe_name(name: str, taken: Collection[str] = ()) -> DisplayText:
    """`name` as one that may be created in a folder: no path, nothing hidden, reserved, invisible, too long or empty.

    `taken` holds the names (casefold) that it must differ from; then " (2)" goes before its extension.
    """
    base = unicodedata.normalize("NFC", _PATH.split(clean(name, 1_000).rstrip("…/\\. "))[-1])
    base = _FORBIDDEN.sub("_", base).strip(" .")
    base = " ".join(base.split())
    if base.startswith("-") or _RESERVED.match(base):
        base = f"_{base}"
    base = base.strip("_ .") and base
    extension = _EXTENSION.search(base)
    end = extension[0] if extension else ""
    stem = _cut(base.removesuffix(end) or "piece", MAX_OCTETS - len(end))
    number, chosen = 1, stem + end
    while chosen.casefold() in taken:
        number += 1
        chosen = f"{stem} ({number}){end}"
    return clean(chosen)


def _cut(text: str, octets: int) -> str:
    return text.encode()[:octets].decode("utf-8", "ignore").strip(" .")


def name_for(part: Part, taken: Collection[str] = ()) -> DisplayText:
    """The name under which `part` is listed and saved; made from its type where it has none."""
    if part.name.strip():
        return safe_name(part.name, taken)
    stem = "message" if part.type.startswith("message/rfc822") else "piece"
    return safe_name(f"{stem}{_BY_TYPE.get(part.type, '.dat')}", taken)

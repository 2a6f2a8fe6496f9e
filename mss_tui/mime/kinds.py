"""What a piece is by its name, its declared type and its first octets; which ones are dangerous, which are shown how.

Only data and comparisons of prefixes: safe to run in process on the first `FIRST` octets.
"""

from __future__ import annotations

import re

from mss_tui.model.message import Attachment
from mss_tui.phrase import Phrase, say
from mss_tui.text import clean

FIRST = 1_024
"""Octets, decoded, that tell what a file is."""

DANGEROUS = frozenset((
    "ade", "adp", "apk", "app", "appcontent-ms", "appinstaller", "application", "appref-ms", "appx", "appxbundle",
    "asp", "aspx", "bas", "bat", "bgi", "cab", "cdxml", "cer", "chm", "cmd", "cnt", "com", "cpl", "crt", "csh",
    "deb", "desktop", "diagcab", "dll", "dmg", "docm", "dotm", "elf", "exe", "fxp", "gadget", "grp", "hlp", "hpj",
    "hta", "htc", "img", "inf", "ins", "iqy", "iso", "isp", "its", "jar", "jnlp", "js", "jse", "ksh", "library-ms",
    "lnk", "mad", "maf", "mag", "mam", "maq", "mar", "mas", "mat", "mau", "mav", "maw", "mcf", "mda", "mdb", "mde",
    "mdt", "mdw", "mdz", "msc", "msh", "msh1", "msh2", "mshxml", "msi", "msix", "msp", "mst", "msu", "one", "ops",
    "osd", "pcd", "php", "pif", "pkg", "pl", "plg", "potm", "ppam", "ppsm", "pptm", "prf", "prg", "printerexport",
    "ps1", "ps1xml", "ps2", "ps2xml", "psc1", "psc2", "psd1", "psdm1", "pssc", "pst", "py", "pyc", "pyo", "pyw",
    "pyz", "pyzw", "reg", "rpm", "run", "scf", "scr", "sct", "search-ms", "settingcontent-ms", "sh", "shb", "shs",
    "sldm", "sys", "theme", "url", "vb", "vbe", "vbp", "vbs", "vhd", "vhdx", "vsmacros", "vsw", "webpnp", "website",
    "wiz", "ws", "wsb", "wsc", "wsf", "wsh", "xbap", "xla", "xlam", "xll", "xlsm", "xltm", "xnk", "zsh",
))  # fmt: skip
"""Extensions of what runs when it is opened, macros included."""

_PROGRAM = "programme"
_MAGIC = (
    (b"%PDF-", "pdf"),
    (b"\x89PNG\r\n\x1a\n", "png"),
    (b"\xff\xd8\xff", "jpeg"),
    (b"GIF87a", "gif"),
    (b"GIF89a", "gif"),
    (b"II*\0", "tiff"),
    (b"MM\0*", "tiff"),
    (b"BM", "bmp"),
    (b"PK\x03\x04", "zip"),
    (b"PK\x05\x06", "zip"),
    (b"Rar!\x1a\x07", "rar"),
    (b"7z\xbc\xaf\x27\x1c", "7z"),
    (b"\x1f\x8b", "gzip"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "ole"),
    (b"{\\rtf", "rtf"),
    (b"MZ", _PROGRAM),
    (b"\x7fELF", _PROGRAM),
    (b"\xfe\xed\xfa", _PROGRAM),
    (b"\xcf\xfa\xed\xfe", _PROGRAM),
    (b"\xce\xfa\xed\xfe", _PROGRAM),
    (b"\xca\xfe\xba\xbe", _PROGRAM),
    (b"#!", _PROGRAM),
    (b"L\0\0\0\x01\x14\x02\0", _PROGRAM),
    (b"OggS", "ogg"),
    (b"ID3", "mp3"),
    (b"MSCF", "cab"),
)
_EXPECTED = {
    "pdf": ("pdf",),
    "png": ("png",),
    "jpg": ("jpeg",),
    "jpeg": ("jpeg",),
    "gif": ("gif",),
    "tif": ("tiff",),
    "tiff": ("tiff",),
    "bmp": ("bmp",),
    "zip": ("zip",),
    "docx": ("zip", "ole"),
    "xlsx": ("zip", "ole"),
    "pptx": ("zip", "ole"),
    "odt": ("zip",),
    "ods": ("zip",),
    "odp": ("zip",),
    "doc": ("ole", "rtf", "zip"),
    "xls": ("ole", "zip"),
    "ppt": ("ole", "zip"),
    "msg": ("ole",),
    "rtf": ("rtf",),
    "rar": ("rar",),
    "7z": ("7z",),
    "gz": ("gzip",),
    "tgz": ("gzip",),
    "txt": ("",),
    "csv": ("",),
    "xml": ("",),
    "html": ("",),
    "htm": ("",),
    "eml": ("",),
    "ics": ("",),
    "vcf": ("",),
    "json": ("",),
    "hl7": ("",),
}
_EXTENSION = re.compile(r"\.([A-Za-z0-9-]{1,16})\Z")
_RIFF = {b"WEBP": "webp", b"WAVE": "wav", b"AVI ": "avi"}

_SHOWN_BY_TYPE = {
    "text/html": "html",
    "application/xhtml+xml": "html",
    "text/csv": "csv",
    "message/rfc822": "message",
    "message/global": "message",
    "message/delivery-status": "text",
    "message/disposition-notification": "text",
    "message/partial": "text",
    "application/pdf": "pdf",
    "application/x-pdf": "pdf",
    "application/json": "text",
    "application/xml": "text",
    "application/hl7-v2": "text",
    "application/ics": "text",
}
_SHOWN_BY_EXTENSION = {
    **dict.fromkeys(("txt", "log", "md", "json", "xml", "hl7", "ics", "vcf", "diff"), "text"),
    **dict.fromkeys(("html", "htm"), "html"),
    **dict.fromkeys(("png", "jpg", "jpeg", "gif", "bmp", "tif", "tiff", "webp"), "image"),
    "csv": "csv",
    "tsv": "csv",
    "eml": "message",
    "pdf": "pdf",
}


def extension(name: str) -> str:
    """The last extension of a name, lower case, without its dot."""
    found = _EXTENSION.search(name.strip(" ."))
    return found[1].lower() if found else ""


def content_of(first: bytes) -> str:
    """What the first octets of a file say it is, "" when they say nothing."""
    if first[:4] == b"RIFF":
        return _RIFF.get(first[8:12], "")
    if first[128:132] == b"DICM":
        return "dicom"
    return next((kind for magic, kind in _MAGIC if first.startswith(magic)), "")


def suspicions(name: str, media_type: str, first: bytes = b"") -> tuple[Phrase, ...]:
    """Why a piece deserves mistrust, in sentences; none when nothing is known against it.

    Args:
        first: its first `FIRST` octets decoded, empty while they are not fetched.
    """
    end = extension(name)
    content = content_of(first)
    shown = clean(name, 120)
    found: list[Phrase] = []
    if end in DANGEROUS:
        found.append(say("« {name} » peut exécuter un programme (.{end}).", name=shown, end=end))
    elif content == _PROGRAM:
        found.append(say("« {name} » est un programme, malgré son nom.", name=shown))
    elif first and end in _EXPECTED and content not in _EXPECTED[end]:
        if content:
            found.append(
                say(
                    "« {name} » n'est pas un fichier .{end} : son contenu est {kind}.",
                    name=shown,
                    end=end,
                    kind=content,
                )
            )
        elif "" not in _EXPECTED[end]:
            found.append(say("« {name} » n'a pas le contenu d'un fichier .{end}.", name=shown, end=end))
    inner = extension(name.strip(" .")[: -len(end) - 1]) if end else ""
    if inner in _EXPECTED and end in DANGEROUS:
        found.append(say("Son nom se fait passer pour un fichier .{inner}.", inner=inner))
    if media_type == "application/pdf" and end and end != "pdf" and end not in DANGEROUS:
        found.append(say("« {name} » est annoncé comme un PDF sous un autre nom.", name=shown))
    return tuple(found)


def held(name: str, first: bytes = b"") -> bool:
    """Must a person say yes before this piece is saved?"""
    return extension(name) in DANGEROUS or content_of(first) == _PROGRAM


def preview_job(piece: Attachment) -> str | None:
    """The job of the worker that shows a piece on the screen, None when none can.

    `image` and `pdf_page` give a `Preview`, the others a `View`.
    """
    found = _SHOWN_BY_TYPE.get(piece.type)
    if found is None and piece.type.startswith("image/"):
        return None if "svg" in piece.type else "image"
    end = extension(piece.name)
    if found is None and piece.type.startswith("text/"):
        return "csv" if end in ("csv", "tsv") else "text"
    if found is None and end not in DANGEROUS:
        found = _SHOWN_BY_EXTENSION.get(end)
    return found

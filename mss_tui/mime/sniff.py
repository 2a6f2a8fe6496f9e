"""What the first octets of a piece say, in the terms of the rules: a media type, and whether a password closes it."""

from __future__ import annotations

from mss_tui.mime.kinds import content_of, extension

_TYPES = {
    "pdf": "application/pdf",
    "png": "image/png",
    "jpeg": "image/jpeg",
    "gif": "image/gif",
    "tiff": "image/tiff",
    "bmp": "image/bmp",
    "webp": "image/webp",
    "dicom": "application/dicom",
    "zip": "application/zip",
    "rar": "application/vnd.rar",
    "7z": "application/x-7z-compressed",
    "gzip": "application/gzip",
    "cab": "application/vnd.ms-cab-compressed",
    "ole": "application/x-ole-storage",
    "rtf": "application/rtf",
    "programme": "application/x-executable",
    "ogg": "audio/ogg",
    "mp3": "audio/mpeg",
    "wav": "audio/wav",
    "avi": "video/x-msvideo",
}
_BLANK = b"\xef\xbb\xbf\r\n\t \0"
_OFFICE = frozenset(("docx", "xlsx", "pptx"))
_IMAGES = frozenset(("png", "jpg", "jpeg", "gif", "bmp", "tif", "tiff", "webp"))
_LOCAL = b"PK\x03\x04"


def past_blanks(first: bytes) -> bytes:
    """`first` from where its content begins: a mark or blanks before it are common, and readers pass over them."""
    return first if content_of(first) else first.lstrip(_BLANK)


def sniffed_type(first: bytes) -> str:
    """The media type that the first octets say, "" when they say nothing."""
    return _TYPES.get(content_of(past_blanks(first)), "")


def image_for_image(name: str, first: bytes) -> bool:
    """Is it an image under the name of another kind of image? Phones do that; it deceives nobody."""
    return extension(name) in _IMAGES and sniffed_type(first).startswith("image/")


def is_encrypted(name: str, first: bytes) -> bool:
    """Do the first octets say that a password closes the file?

    ZIP: general purpose bit 0 of the entries seen (APPNOTE §4.4.4). RAR: headers encrypted. Office: an OLE container
    under the name of a ZIP one (MS-OFFCRYPTO §1.3.2).
    """
    content = content_of(first)
    if content == "zip":
        return any(flags & 1 for flags in _zip_flags(first))
    if content == "rar":
        return _rar_closed(first)
    return content == "ole" and extension(name) in _OFFICE


def _rar_closed(first: bytes) -> bool:
    """RAR 5: the encryption header (type 4) comes first; before: flag 0x80 of the main header."""
    if first[6:8] == b"\x01\x00":
        return first[13:14] == b"\x04"
    return first[9:10] == b"\x73" and bool(first[10] & 0x80) if len(first) > 10 else False


def _zip_flags(first: bytes) -> list[int]:
    found: list[int] = []
    at = 0
    while first[at : at + 4] == _LOCAL and at + 30 <= len(first):
        flags, packed, names, extra = (
            int.from_bytes(first[at + start : at + end], "little")
            for start, end in ((6, 8), (18, 22), (26, 28), (28, 30))
        )
        found.append(flags)
        at += 30 + names + extra + packed
    return found


def pixels(first: bytes) -> tuple[int, int] | None:
    """Width and height of an image, as far as its first octets tell.

    PNG: IHDR (ISO 15948 §11.2.2). GIF89a: the logical screen. BMP: BITMAPINFOHEADER. JPEG: SOFn (T.81 §B.2.2).
    """
    match content_of(first):
        case "png" if first[12:16] == b"IHDR" and len(first) >= 24:
            return int.from_bytes(first[16:20], "big"), int.from_bytes(first[20:24], "big")
        case "gif" if len(first) >= 10:
            return int.from_bytes(first[6:8], "little"), int.from_bytes(first[8:10], "little")
        case "bmp" if len(first) >= 26:
            return int.from_bytes(first[18:22], "little"), abs(int.from_bytes(first[22:26], "little", signed=True))
        case "jpeg":
            return _jpeg_pixels(first)
    return None


def _jpeg_pixels(first: bytes) -> tuple[int, int] | None:
    at = 2
    while at + 9 <= len(first) and first[at] == 0xFF:
        marker = first[at + 1]
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            return int.from_bytes(first[at + 7 : at + 9], "big"), int.from_bytes(first[at + 5 : at + 7], "big")
        at += 2 + int.from_bytes(first[at + 2 : at + 4], "big")
    return None

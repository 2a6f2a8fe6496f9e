"""Content-Transfer-Encodings, read tolerantly and in linear time (RFC 2045 §6): what is broken costs itself alone."""

from __future__ import annotations

import binascii
import re

_ALPHABET = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
_NOT_BASE64 = bytes(sorted(set(range(256)) - set(_ALPHABET + b"=")))
_PADDING = re.compile(rb"=+")


def from_base64(data: bytes) -> bytes:
    """`data` decoded: foreign characters skipped, padding in the middle (texts joined) and missing padding accepted."""
    whole = []
    for run in _PADDING.split(data.translate(None, _NOT_BASE64)):
        kept = run[:-1] if len(run) % 4 == 1 else run
        whole.append(binascii.a2b_base64(kept + b"=" * (-len(kept) % 4)))
    return b"".join(whole)


def from_quoted_printable(data: bytes, *, word: bool = False) -> bytes:
    """`data` decoded; an equals sign that introduces nothing stays. `word`: the Q form of RFC 2047, `_` is a space."""
    return binascii.a2b_qp(data, header=word)


def from_uuencode(data: bytes) -> bytes:
    """The octets between `begin` and `end` (POSIX); lines that are broken or cut give what they can."""
    whole = []
    inside = False
    for line in data.splitlines():
        if not inside:
            inside = line.startswith(b"begin ")
        elif line[:3].lower() == b"end":
            break
        elif line:
            size = (line[0] - 32) & 63
            digits = line[1:].ljust((size + 2) // 3 * 4)[: (size + 2) // 3 * 4]
            whole.append(_uu_line(digits)[:size])
    return b"".join(whole)


_UU_DIGIT = bytes((code - 32) & 63 for code in range(256))
_UU_TO_BASE64 = bytes(_ALPHABET[digit] for digit in _UU_DIGIT)


def _uu_line(digits: bytes) -> bytes:
    return binascii.a2b_base64(digits.translate(_UU_TO_BASE64))


_DECODERS = {
    "base64": from_base64,
    "quoted-printable": from_quoted_printable,
    **dict.fromkeys(("uuencode", "x-uuencode", "uue", "x-uue"), from_uuencode),
}


def decode_transfer(data: bytes, encoding: str) -> bytes:
    """`data` under the Content-Transfer-Encoding `encoding`; an unknown one changes nothing (RFC 2045 §6.4)."""
    decoder = _DECODERS.get(encoding.strip().strip('"').lower())
    return decoder(data) if decoder else data

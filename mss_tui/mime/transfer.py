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

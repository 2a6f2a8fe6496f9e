"""Encoded words (RFC 2047) as they are really found: split characters, broken ones, raw 8-bit text between."""

from __future__ import annotations

import re

from mss_tui.mime.charset import decode
from mss_tui.mime.transfer import from_base64, from_quoted_printable
from mss_tui.text import DisplayText, clean

_BEGIN = re.compile(rb"=\?([^?\s]{1,60})\?([bBqQ])\?")
_OCTETS_A_CHARACTER = 32


def _pieces(raw: bytes) -> list[tuple[str, bytearray]]:
    """(charset, octets) in order; the charset of text outside words is "". Linear: no octet is searched twice."""
    pieces: list[tuple[str, bytearray]] = []
    at = 0
    end = -1
    after_word = False
    for begin in _BEGIN.finditer(raw):
        if begin.start() < at:
            continue
        if end < begin.end():
            end = raw.find(b"?=", begin.end())
            if end < 0:
                break
        charset, encoding, content = begin[1].decode("latin-1"), begin[2], raw[begin.end() : end]
        between = raw[at : begin.start()]
        if between and not (after_word and between.isspace()):
            pieces.append(("", bytearray(between)))
        octets = from_base64(content) if encoding in b"bB" else from_quoted_printable(content, word=True)
        if pieces and pieces[-1][0] == charset:
            pieces[-1][1].extend(octets)
        else:
            pieces.append((charset, bytearray(octets)))
        at = end + 2
        after_word = True
    if at < len(raw):
        pieces.append(("", bytearray(raw[at:])))
    return pieces


def decode_words(raw: bytes, limit: int = 2000) -> DisplayText:
    """The unfolded header value `raw` as shown: words decoded, at most `limit` characters, sanitised.

    Never fails. Words side by side in one charset are joined before they are decoded, since many programs split a
    character between two; a word that is not one stays as it is.
    """
    return clean(_text(raw[: limit * _OCTETS_A_CHARACTER]), limit)


def _text(raw: bytes) -> str:
    if b"=?" not in raw:
        return decode(raw)
    return "".join(decode(bytes(octets), charset) for charset, octets in _pieces(raw))

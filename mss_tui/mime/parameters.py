"""Parameters of Content-Type and Content-Disposition (RFC 2045 §5.1, RFC 2231), as found: pieces, charsets, quotes."""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import unquote_to_bytes

from mss_tui.mime.charset import decode
from mss_tui.mime.words import decode_words
from mss_tui.text import DisplayText, clean

Parameters = tuple[tuple[str, bytes], ...]
"""Names in lower case and raw values, in order."""

MAX_OCTETS = 8_000
MAX_PARAMETERS = 200
MAX_VALUE = 1_000

_TYPE = re.compile(rb"\s{0,20}([A-Za-z0-9!#$&^_.+*-]{1,100})(?:\s{0,5}/\s{0,5}([A-Za-z0-9!#$&^_.+*-]{1,100}))?")
_PARAMETER = re.compile(
    rb";[\s;]{0,50}([A-Za-z0-9!#$%&'*+.^_-]{1,80})\s{0,20}=\s{0,20}(?:\"((?:[^\"\\]|\\.){0,2000})\"|([^;\"]*))", re.S
)
_PIECE = re.compile(r"([^*]+)(?:\*(\d{1,3}))?(\*)?\Z")
_ESCAPED = re.compile(rb"\\([\"\\])")


def split_value(raw: bytes) -> tuple[str, Parameters]:
    """The unfolded value of a Content-Type or Content-Disposition field: its word in lower case, its raw parameters.

    Never fails: what has no word is "", what is no parameter is left out.
    """
    raw = raw[:MAX_OCTETS]
    word = _TYPE.match(raw)
    if word is None:
        kind, at = "", 0
    else:
        kind = b"/".join(filter(None, word.groups())).decode("ascii").lower()
        at = word.end()
    found: list[tuple[str, bytes]] = []
    for parameter in _PARAMETER.finditer(raw, at):
        if len(found) == MAX_PARAMETERS:
            break
        quoted = parameter[2]
        value = parameter[3].strip() if quoted is None else _ESCAPED.sub(rb"\1", quoted)
        found.append((parameter[1].decode("ascii").lower(), value))
    return kind, tuple(found)


def parameter(parameters: Iterable[tuple[str, bytes]], name: str) -> DisplayText:
    """The parameter `name`, decoded and sanitised; "" when it is missing.

    RFC 2231 pieces and charsets come first, then the plain form with the encoded words that many programs put there.
    """
    plain: bytes | None = None
    pieces: dict[int, tuple[bytes, bool]] = {}
    for key, value in parameters:
        form = _PIECE.match(key.lower())
        if form is None or form[1] != name:
            continue
        if form[2] is None and form[3] is None:
            plain = value if plain is None else plain
        else:
            pieces.setdefault(int(form[2] or 0), (value, form[3] is not None))
    if pieces:
        return _joined(pieces)
    return DisplayText("") if plain is None else decode_words(plain, MAX_VALUE)


def _joined(pieces: dict[int, tuple[bytes, bool]]) -> DisplayText:
    charset = ""
    octets: list[bytes] = []
    for number in range(min(pieces), min(pieces) + len(pieces)):
        if number not in pieces:
            break
        value, extended = pieces[number]
        if extended:
            if not octets and value.count(b"'") >= 2:
                said, _, value = value.split(b"'", 2)
                charset = said.decode("latin-1")
            value = unquote_to_bytes(value)
        octets.append(value)
    return clean(decode(b"".join(octets), charset or "utf-8"), MAX_VALUE)


def file_name(disposition: Iterable[tuple[str, bytes]], content_type: Iterable[tuple[str, bytes]]) -> DisplayText:
    """The name of a part: `filename` of its disposition, else `name` of its type."""
    return parameter(disposition, "filename") or parameter(content_type, "name")

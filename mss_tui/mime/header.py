"""Header fields of received mail, read in process: one linear pass over any bytes, no exception (security.md P22)."""

from __future__ import annotations

import re

from mss_tui.mime.dates import parse_date
from mss_tui.mime.mailboxes import parse_mailboxes
from mss_tui.mime.words import decode_words

__all__ = ["decode_words", "parse_date", "parse_mailboxes", "split_header"]

MAX_OCTETS = 1_000_000
MAX_FIELDS = 2_000
MAX_VALUE = 262_144

_FIELD = re.compile(rb"([!-9;-~]{1,200})[ \t]{0,20}:")
_LINE = re.compile(rb"([^\r\n]*)(\r{0,3}\n|\r|\Z)")


def split_header(raw: bytes) -> tuple[tuple[str, bytes], ...]:
    """The fields of a header, in order, as (lower-case name, unfolded value without outer blanks).

    Reads up to the first empty line, at most `MAX_FIELDS` fields in `MAX_OCTETS`. A line that is neither a field nor a
    continuation (an mbox `From ` line, say) is left out; nothing is said of fields that are missing or double.
    """
    fields: list[tuple[str, list[bytes]]] = []
    for line in _LINE.finditer(raw[:MAX_OCTETS]):
        text = line[1]
        if not text:
            break
        if text[0] in b" \t":
            if fields:
                fields[-1][1].append(text)
            continue
        field = _FIELD.match(text)
        if field is None:
            continue
        if len(fields) == MAX_FIELDS:
            break
        fields.append((field[1].decode("ascii").lower(), [text[field.end() :]]))
    return tuple((name, b"".join(value).strip(b" \t")[:MAX_VALUE]) for name, value in fields)

"""The one sanitiser: every string from outside passes here before a person or a log sees it (security.md P4, P6).

What could act on a terminal becomes something that only shows; what could only mislead (bidi controls, zero-width
characters, combining floods) becomes visible or goes. The result is fixed under a second pass.
"""

from __future__ import annotations

import re
import unicodedata
from typing import NewType

DisplayText = NewType("DisplayText", str)
"""Text that went through `clean` or `clean_lines`; made nowhere else, so mypy finds what did not."""

MAX_CHARS = 1_000_000
COMBINING_RUN = 4

_BIDI = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
_INVISIBLE = (
    "\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180e\u180f\u200b\u200c\u200d\u2060\u2061\u2062\u2063"
    "\u2064\u2065\u206a\u206b\u206c\u206d\u206e\u206f\u3164\ufeff\uffa0\ufff9\ufffa\ufffb"
)


def _table() -> dict[int, str]:
    table = {code: chr(0x2400 + code) for code in range(0x20)}
    table[0x7F] = "\u2421"
    table.update(dict.fromkeys(range(128, 160), "�"))
    table.update({ord(mark): "\u2426" for mark in _BIDI})
    table.update({ord(mark): "" for mark in _INVISIBLE})
    table.update(dict.fromkeys((*range(65024, 65040), *range(917504, 918016)), ""))
    return table


_KEEP_LINES = _table() | {0x09: "\t", 0x0A: "\n", 0x85: "\n", 0x2028: "\n", 0x2029: "\n"}
_ONE_LINE = _table() | {0x09: " ", 0x0A: " ", 0x0D: " ", 0x85: " ", 0x2028: " ", 0x2029: " "}
_SURROGATE = re.compile("[\ud800-\udfff]")
_COMMON = (
    "\u0000-\u02ff\u0370-\u0377\u037a-\u037f\u0384-\u038a\u038e-\u03a1\u03a3-\u0482\u048a-\u052f\u1e00-\u1eff"
    "\u2010-\u2027\u202f-\u205f\u2070\u2071\u2074-\u208e\u20a0-\u20bf\u2100-\u218b\u2190-\u2426\u2460-\u2b73"
    "\u3000-\u3029\u3041-\u3096\u309b-\u30ff\u4e00-\u9fff\uac00-\ud7a3\uff01-\uff9f\ufffd\U0001f300-\U0001f64f"
)
_RARE = re.compile(f"[^{_COMMON}]")
"""What may be a mark, a format, private or unassigned character: looked at one by one."""


def _rare(text: str) -> str:
    """Cut floods of combining marks; drop what is left of the format, private and unassigned characters."""
    kept: list[str] = []
    marks = 0
    for char in text:
        category = unicodedata.category(char)
        if category in ("Mn", "Me", "Mc"):
            marks += 1
            if marks > COMBINING_RUN:
                continue
        else:
            marks = 0
            if category in ("Cf", "Cn", "Co", "Cs") and char != "\ufffd":
                kept.append("\ufffd")
                continue
        kept.append(char)
    return "".join(kept)


def _safe(text: str, table: dict[int, str], limit: int) -> DisplayText:
    cut = len(text) > limit
    if cut:
        text = text[:limit]
    if not (text.isascii() and text.isprintable()):
        text = _SURROGATE.sub("\ufffd", text).translate(table)
        if not text.isascii() and _RARE.search(text):
            text = _rare(text)
    return DisplayText(text + "…" if cut else text)


def clean(text: str, limit: int = 2_000) -> DisplayText:
    """`text` on one line, at most `limit` characters (then "…"): for subjects, names, addresses, server answers."""
    return _safe(text, _ONE_LINE, limit)


def clean_lines(text: str, limit: int = MAX_CHARS) -> DisplayText:
    """`text` with its lines kept (line feeds alone) and tabs as spaces to the next multiple of 8: for bodies."""
    text = _safe(text.replace("\r\n", "\n").replace("\r", "\n"), _KEEP_LINES, limit)
    return DisplayText(text.expandtabs(8)) if "\t" in text else text

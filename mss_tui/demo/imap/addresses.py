"""Addresses of a header field, undecoded, as ENVELOPE shows them (RFC 5322 §3.4, obsolete forms included)."""

from __future__ import annotations

import re

from mss_tui.record import dataclass

MAX_ENTRIES = 2000

_TOKEN = re.compile(
    rb'(?P<space>[ \t\r\n]+)|"(?P<quoted>(?:[^"\\]|\\.)*)"?|(?P<comment>\()|(?P<literal>\[[^\]]*\]?)'
    rb'|(?P<special>[<>@,;:])|(?P<atom>[^ \t\r\n"(\[<>@,;:]+)',
    re.DOTALL,
)
_ESCAPED = re.compile(rb"\\(.)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Entry:
    """An address; a group begins with `local` its name and `domain` None, and ends with both None."""

    name: bytes | None
    local: bytes | None
    domain: bytes | None


def _comment(value: bytes, at: int) -> tuple[bytes, int]:
    """The text of a comment that begins at `at`, and where it ends; comments nest."""
    depth, begin = 0, at + 1
    while at < len(value):
        char = value[at : at + 1]
        if char == b"\\":
            at += 1
        elif char == b"(":
            depth += 1
        elif char == b")":
            depth -= 1
            if depth == 0:
                return value[begin:at], at + 1
        at += 1
    return value[begin:], len(value)


class _Reader:
    """Words gathered until something says what they were."""

    def __init__(self) -> None:
        self.found: list[Entry] = []
        self.words = self.comment = self.local = b""
        self.name: bytes | None = None
        self.space = self.in_angle = self.at = self.closed = False

    def word(self, text: bytes) -> None:
        if self.closed:
            return
        self.words += (b" " if self.space and self.words and not self.in_angle else b"") + text

    def finish(self) -> None:
        local, domain = (self.local, self.words) if self.at else (self.words, b"")
        if local or domain or self.in_angle:
            self.found.append(Entry(self.name or self.comment or None, local, domain))
        self.words = self.comment = self.local = b""
        self.name = None
        self.in_angle = self.at = self.closed = False

    def special(self, mark: bytes) -> None:
        inside = self.in_angle and not self.closed
        if mark == b"<":
            self.name, self.words, self.in_angle = self.words, b"", True
        elif mark == b"@" and self.words and not self.closed:
            self.local, self.words, self.at = self.words, b"", True
        elif mark == b":" and inside:
            # the end of an obsolete source route
            self.words, self.at = b"", False
        elif mark == b":":
            self.found.append(Entry(None, self.words, None))
            self.words = b""
        elif mark == b"," and not inside:
            self.finish()
        elif mark == b">":
            self.closed = self.in_angle
        elif mark == b";":
            self.finish()
            self.found.append(Entry(None, None, None))


def entries(value: bytes) -> tuple[Entry, ...]:
    """The addresses of an unfolded field value, in order; what cannot be read is skipped."""
    reader = _Reader()
    at = 0
    while at < len(value) and len(reader.found) < MAX_ENTRIES:
        match = _TOKEN.match(value, at)
        if match is None:
            at += 1
            continue
        at = match.end()
        if match["comment"]:
            text, at = _comment(value, match.start())
            reader.comment = reader.comment or text
        elif match["special"]:
            reader.special(match["special"])
        elif match["quoted"] is not None:
            reader.word(_ESCAPED.sub(rb"\1", match["quoted"]))
        elif match["space"] is None:
            reader.word(match["literal"] or match["atom"])
        reader.space = match["space"] is not None
    reader.finish()
    return tuple(reader.found)

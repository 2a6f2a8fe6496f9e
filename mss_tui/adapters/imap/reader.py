"""Octets to responses, without input or output: iterative, linear, bounded (auth-tls-mail-libraries.md I1 I2 I4 I12).

A response is the list of its pieces: text, literal, text, literal, … text; texts stand at even places, without the
line end and without the announcement of the literal that follows.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from io import BytesIO

from mss_tui.adapters.imap.limits import LITERAL_DIGITS, Limits
from mss_tui.adapters.imap.refusals import hostile
from mss_tui.phrase import say

_LITERAL = re.compile(rb"~?\{([0-9]{1,40})\}\Z")
_NO_LITERAL = re.compile(rb"(?!\* )|\* (?:OK|NO|BAD|BYE|PREAUTH)(?: |\Z)", re.IGNORECASE)


class Reader:
    """Feed it what arrives; it gives whole responses and raises `HostileServer` when a limit is passed."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._line = bytearray()
        self._pieces: list[bytes] = []
        self._size = 0
        self._literal: BytesIO | None = None
        self._missing = 0

    @property
    def idle(self) -> bool:
        """Is there nothing of an unfinished response?"""
        return not (self._line or self._pieces or self._literal)

    @property
    def missing(self) -> int:
        """Octets of the current literal that have not come yet."""
        return self._missing

    def feed(self, data: bytes) -> Iterator[list[bytes]]:
        """The responses that `data` completes, in order.

        Raises:
            HostileServer: a limit was passed; the reader is of no further use.
        """
        at, end = 0, len(data)
        while at < end:
            if self._literal is not None:
                at = self._take_literal(self._literal, data, at)
                continue
            line, at = self._take_line(data, at)
            if line is None:
                return
            self._count(len(line) + 2)
            if self._announces(line):
                continue
            self._pieces.append(line)
            pieces, self._pieces, self._size = self._pieces, [], 0
            yield pieces

    def _take_literal(self, literal: BytesIO, data: bytes, at: int) -> int:
        stop = min(at + self._missing, len(data))
        literal.write(memoryview(data)[at:stop])
        self._missing -= stop - at
        if not self._missing:
            self._pieces.append(literal.getvalue())
            self._literal = None
        return stop

    def _take_line(self, data: bytes, at: int) -> tuple[bytes | None, int]:
        """A whole line from `at` and where the next begins, or None when it has no end yet."""
        if self._line.endswith(b"\r") and data[at : at + 1] == b"\n":
            line = bytes(self._line[:-1])
            self._line.clear()
            return line, at + 1
        stop = data.find(b"\r\n", at)
        if len(self._line) + (stop if stop >= 0 else len(data)) - at > self._limits.line:
            raise hostile(say("une ligne dépasse la taille permise"))
        if stop < 0:
            self._line += data[at:]
            return None, len(data)
        line = bytes(self._line) + data[at:stop]
        self._line.clear()
        return line, stop + 2

    def _announces(self, line: bytes) -> bool:
        """Begin the literal that `line` announces. Status lines are words for people and announce none."""
        if not line.endswith(b"}") or _NO_LITERAL.match(self._pieces[0] if self._pieces else line):
            return False
        found = _LITERAL.search(line, max(len(line) - 50, 0))
        if found is None:
            return False
        if len(found[1]) > LITERAL_DIGITS or int(found[1]) > self._limits.literal:
            raise hostile(say("un élément dépasse la taille permise"))
        if len(self._pieces) > 2 * self._limits.pieces:
            raise hostile(say("une réponse a trop d'éléments"))
        self._count(int(found[1]))
        self._pieces.append(line[: found.start()])
        self._missing = int(found[1])
        if self._missing:
            self._literal = BytesIO()
        else:
            self._pieces.append(b"")
        return True

    def _count(self, octets: int) -> None:
        self._size += octets
        if self._size > self._limits.response:
            raise hostile(say("une réponse dépasse la taille permise"))

"""Commands as octets: quoting and literals are decided by bytes, never by characters (RFC 9051 §4.3, RFC 7888)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from enum import Enum

from mss_tui.record import dataclass

_ATOM = re.compile(rb"[!#$&'+-Z^-z|}~]+\Z")
_QUOTABLE = re.compile(rb"[\x20-\x7e]{0,900}\Z")
_BREAKS = re.compile(rb"[\x00\r\n]")
_SMALL = 4096
_MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]


@dataclass(frozen=True, slots=True)
class Literal:
    """Octets that travel counted."""

    data: bytes


Piece = bytes | Literal


class Literals(Enum):
    """Which literals need no answer before they are sent (RFC 7888)."""

    ASK = "synchronising only"
    SMALL = "LITERAL-"
    ANY = "LITERAL+"

    def waits(self, octets: int) -> bool:
        """Must the server agree first?"""
        return self is Literals.ASK or (self is Literals.SMALL and octets > _SMALL)


def string(value: bytes) -> Piece:
    """A quoted string where that can hold `value`, else a literal."""
    if _QUOTABLE.match(value):
        return b'"' + value.replace(b"\\", b"\\\\").replace(b'"', b'\\"') + b'"'
    return Literal(value)


def astring(value: bytes) -> Piece:
    """An atom, a quoted string or a literal."""
    if _ATOM.match(value) and value.upper() != b"NIL" and len(value) < 200:
        return value
    return string(value)


def segments(tag: bytes, pieces: Sequence[Piece], literals: Literals) -> list[list[bytes]]:
    """The octets of a command: each inner list may be sent once the server has asked for it; the first at once.

    Raises:
        ValueError: a piece that is no literal holds NUL, CR or LF.
    """
    done: list[list[bytes]] = []
    now: list[bytes] = [tag]
    for piece in pieces:
        if isinstance(piece, bytes):
            if _BREAKS.search(piece):
                raise ValueError("NUL, CR or LF outside a literal")
            now += (b" ", piece)
        elif literals.waits(len(piece.data)):
            now.append(b" {%d}\r\n" % len(piece.data))
            done.append(now)
            now = [piece.data]
        else:
            now += (b" {%d+}\r\n" % len(piece.data), piece.data)
    now.append(b"\r\n")
    return [*done, now]


def flag_list(flags: Iterable[str]) -> bytes:
    """Flags between parentheses.

    Raises:
        ValueError: one of them is no atom.
    """
    words = [flag.encode("ascii") for flag in flags]
    if not all(_ATOM.match(word.removeprefix(b"\\")) for word in words):
        raise ValueError("a flag is an atom")
    return b"(" + b" ".join(words) + b")"


def date_time(moment: datetime) -> bytes:
    """An aware moment as APPEND takes it: `"17-Jul-2026 02:44:25 +0200"`."""
    zone = moment.strftime("%z")[:5]
    month = _MONTHS[moment.month - 1]
    return f'"{moment.day:2d}-{month}-{moment.year:04d} {moment:%H:%M:%S} {zone}"'.encode()


def day(moment: datetime) -> bytes:
    """A day as SEARCH takes it: `17-Jul-2026`."""
    return f"{moment.day}-{_MONTHS[moment.month - 1]}-{moment.year:04d}".encode()


def uid_set(uids: Iterable[int]) -> list[tuple[int, int]]:
    """`uids` as sorted ranges, both ends included."""
    ranges: list[tuple[int, int]] = []
    for uid in sorted(set(uids)):
        if ranges and ranges[-1][1] == uid - 1:
            ranges[-1] = (ranges[-1][0], uid)
        else:
            ranges.append((uid, uid))
    return ranges


def set_text(ranges: Iterable[tuple[int, int]]) -> bytes:
    """Ranges as a sequence set: `1:3,7`."""
    return b",".join(b"%d" % a if a == b else b"%d:%d" % (a, b) for a, b in ranges)


def set_texts(uids: Iterable[int], ranges: int = 400) -> list[bytes]:
    """`uids` as sequence sets of at most `ranges` ranges each, so that no command line grows without bound."""
    found = uid_set(uids)
    return [set_text(found[at : at + ranges]) for at in range(0, len(found), ranges)]


def read_set(text: bytes, most: int) -> list[range]:
    """The ranges of a sequence set as the server gives it.

    Raises:
        ValueError: it is none, or names more than `most` numbers.
    """
    ranges: list[range] = []
    total = 0
    for part in text.split(b","):
        first, colon, last = part.partition(b":")
        if not first.isdigit() or len(part) > 41 or (colon and not last.isdigit()):
            raise ValueError("sequence set")
        a, b = sorted((int(first), int(last or first)))
        total += b - a + 1
        if total > most:
            raise ValueError("sequence set too large")
        ranges.append(range(a, b + 1))
    return ranges

"""Reading a client's command: bounded lines and literals, then its arguments (RFC 3501 §9)."""

from __future__ import annotations

import re
from collections.abc import Sequence

from mss_tui.demo.imap import utf7
from mss_tui.demo.line import Line, TooLong

MAX_LINE = 1 << 16
MAX_BEFORE_LOGIN = 1 << 13
MAX_COMMAND = 1 << 20
MAX_LITERALS = 500
MAX_DEPTH = 32
MAX_RANGES = 20_000

_LITERAL = re.compile(rb"(?:\A|[ (\[~])\{([0-9]{1,10})(\+?)\}\Z")
_ATOM = re.compile(rb'[^\x00-\x20\x7f-\xff(){%*"\\\]]+')
_ASTRING = re.compile(rb'[^\x00-\x20\x7f-\xff(){%*"\\]+')
_LIST = re.compile(rb'[^\x00-\x20\x7f-\xff(){"\\]+')
_FLAG = re.compile(rb'\\?[^\x00-\x20\x7f-\xff(){%*"\\\]]+')
_TAG = re.compile(rb'[^\x00-\x20\x7f-\xff(){%*"\\+]+')
_QUOTED = re.compile(rb'"((?:[^"\\\r\n\x00]|\\["\\])*)"')
_SIZE = re.compile(rb"\{([0-9]{1,10})\+?\}\r\n")
_NUMBER = re.compile(rb"[0-9]{1,20}")
_SET = re.compile(rb"(?:[0-9]{1,10}|\*)(?::(?:[0-9]{1,10}|\*))?(?:,(?:[0-9]{1,10}|\*)(?::(?:[0-9]{1,10}|\*))?)*")
_ESCAPED = re.compile(rb'\\(["\\])')

Ranges = tuple[tuple[int, int], ...]
STAR = 1 << 32
"""`*` in a sequence set: more than any number or UID."""


class BadSyntax(Exception):
    """The command is not one; the text goes into the BAD answer (ASCII)."""


class Refusal(Exception):
    """The command cannot be done; the text goes into the NO answer (ASCII, with its response code)."""


async def read_command(line: Line, literal_limit: int, line_limit: int, command_limit: int) -> bytes:
    """One command, its literals in place as `{n}` CRLF and the octets.

    A synchronising literal over the limit is refused and the command ends there; a non-synchronising one ends the
    connection (RFC 7888 §4).

    Raises:
        Refusal: a literal is too big; nothing of it was sent yet. `args[1]` is the command so far.
        TooLong: a line or the command passes its limit.
    """
    parts: list[bytes] = []
    size = 0
    while True:
        text = await line.read_line(line_limit)
        parts.append(text)
        size += len(text)
        if len(parts) > MAX_LITERALS:
            raise TooLong
        match = _LITERAL.search(text)
        if match is None:
            return b"".join(parts)
        length = int(match[1])
        total = command_limit + (literal_limit if _is_append(parts[0]) else 0)
        if length > min(literal_limit, total - size):
            if match[2]:
                raise TooLong
            raise Refusal("[TOOBIG] the literal is too big", parts[0])
        if not match[2]:
            line.write(b"+ go on\r\n")
        parts += (b"\r\n", await line.read_exactly(length))
        size += length


def _is_append(first: bytes) -> bool:
    words = first.split(b" ", 2)
    return len(words) > 2 and words[1].upper() == b"APPEND"


class Arguments:
    """A cursor over one command."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    def _match(self, pattern: re.Pattern[bytes], what: str) -> re.Match[bytes]:
        match = pattern.match(self._data, self._at)
        if match is None:
            raise BadSyntax(f"{what} expected")
        self._at = match.end()
        return match

    def looking_at(self, text: bytes) -> bool:
        """Does the rest begin with `text`, letter case aside?"""
        return self._data[self._at : self._at + len(text)].upper() == text

    def skip(self, text: bytes) -> bool:
        """Step over `text` where the rest begins with it."""
        if not self.looking_at(text):
            return False
        self._at += len(text)
        return True

    def expect(self, text: bytes) -> None:
        """Step over `text`, or say that it is missing."""
        if not self.skip(text):
            raise BadSyntax(f"{text.decode('ascii')!r} expected")

    def space(self) -> None:
        """One space; more are let pass."""
        self.expect(b" ")
        while self.skip(b" "):
            pass

    @property
    def done(self) -> bool:
        """Is nothing left but blanks?"""
        return not self._data[self._at :].strip(b" ")

    def end(self) -> None:
        """Nothing more may follow."""
        if not self.done:
            raise BadSyntax("too many arguments")

    def tag(self) -> str:
        """The tag of a command."""
        return self._match(_TAG, "tag")[0].decode("ascii")

    def atom(self) -> str:
        """An atom."""
        return self._match(_ATOM, "atom")[0].decode("ascii")

    def flag(self) -> str:
        r"""A flag or keyword; `\*` is none that can be set."""
        return self._match(_FLAG, "flag")[0].decode("ascii")

    def number(self) -> int:
        """A number."""
        return int(self._match(_NUMBER, "number")[0])

    def string(self) -> bytes:
        """A quoted string or literal."""
        if self.looking_at(b'"'):
            return _ESCAPED.sub(rb"\1", self._match(_QUOTED, "quoted string")[1])
        length = int(self._match(_SIZE, "string")[1])
        self._at += length
        data = self._data[self._at - length : self._at]
        if len(data) != length or b"\0" in data:
            raise BadSyntax("octets of a literal expected")
        return data

    def astring(self) -> bytes:
        """An atom (with `]`), quoted string or literal."""
        if self._data[self._at : self._at + 1] in (b'"', b"{"):
            return self.string()
        return self._match(_ASTRING, "string")[0]

    def pattern(self) -> bytes:
        """A name with the wildcards of LIST."""
        if self._data[self._at : self._at + 1] in (b'"', b"{"):
            return self.string()
        return self._match(_LIST, "pattern")[0]

    def mailbox(self) -> str:
        """A mailbox name, decoded; INBOX in capitals, no slash at its end."""
        try:
            name = utf7.decode(self.astring())
        except ValueError as error:
            raise BadSyntax("mailbox name in modified UTF-7 expected") from error
        return "INBOX" if name.upper() == "INBOX" else name.removesuffix("/")

    def flags(self) -> tuple[str, ...]:
        """A list of flags, with or without parentheses."""
        found: list[str] = []
        listed = self.skip(b"(")
        while not (self.looking_at(b")") if listed else self.done):
            if found:
                self.space()
            found.append(self.flag())
        if listed:
            self.expect(b")")
        return tuple(found)

    def ranges(self) -> Ranges:
        """A sequence set, each range low first; `*` is STAR."""
        found = []
        for item in self._match(_SET, "sequence set")[0].split(b","):
            first, _, last = item.partition(b":")
            ends = sorted(STAR if end == b"*" else int(end) for end in (first, last or first))
            if ends[0] == 0:
                raise BadSyntax("numbers begin at 1")
            found.append((ends[0], ends[1]))
            if len(found) > MAX_RANGES:
                raise BadSyntax("too many ranges")
        return tuple(found)


def span(low: int, high: int, top: int) -> tuple[int, int]:
    """A range with `*` as `top`, the last there is; `7:*` names it even where it is below 7 (RFC 9051 §9)."""
    return (min(low, top), top) if high == STAR else (low, high)


def compact(numbers: Sequence[int]) -> bytes:
    """Ascending numbers as a sequence set; `numbers` is not empty."""
    out: list[bytes] = []
    first = last = numbers[0]
    for number in (*numbers[1:], 0):
        if number == last + 1:
            last = number
            continue
        out.append(b"%d" % first if first == last else b"%d:%d" % (first, last))
        first = last = number
    return b",".join(out)

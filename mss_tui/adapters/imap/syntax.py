"""The values of a response (RFC 9051 §4): one pass over its pieces, a stack instead of recursion, bounded depth."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

DEPTH = 200

_TOKEN = re.compile(
    rb"""[ ]*+(?:
      (?P<open>\() | (?P<close>\))
    | "(?P<quoted>[^"\\]*+(?:\\.[^"\\]*+)*+)"
    | (?P<section>(?:BODY|BINARY)(?:\.PEEK|\.SIZE)?\[[^\]"]*+(?:"[^"\\]*+(?:\\.[^"\\]*+)*+"[^\]"]*+)*+\](?:<[0-9]+>)?)
    | (?P<atom>[^ ()"\r\n]++) )""",
    re.VERBOSE | re.IGNORECASE | re.DOTALL,
)
_ESCAPED = re.compile(rb"\\(.)", re.DOTALL)


class Atom(bytes):
    """A word that stood without quotes: a number, a flag, a name of the protocol."""

    __slots__ = ()

    @property
    def number(self) -> int:
        """Its value as a number (RFC 9051: 63 bits at most).

        Raises:
            Malformed: it is none.
        """
        if not self.isdigit() or len(self) > 19:
            raise Malformed("number")
        return int(self)


Value = bytes | list["Value"] | None
"""A string or an atom, a list, or NIL."""


class Malformed(ValueError):
    """A response that does not follow the grammar; says where, never what."""


def parse(pieces: Sequence[bytes], depth: int = DEPTH) -> list[Value]:
    """The values in `pieces` (text, literal, text, …).

    Raises:
        Malformed: parentheses that do not match, more than `depth` of them open, an open quote.
    """
    top: list[Value] = []
    stack = [top]
    for index, piece in enumerate(pieces):
        if index % 2:
            stack[-1].append(piece)
            continue
        for kind, text in _tokens(piece):
            if kind == "open":
                if len(stack) > depth:
                    raise Malformed("depth")
                inner: list[Value] = []
                stack[-1].append(inner)
                stack.append(inner)
            elif kind == "close":
                if len(stack) == 1:
                    raise Malformed("parenthesis")
                stack.pop()
            elif kind == "quoted":
                stack[-1].append(_ESCAPED.sub(rb"\1", text) if b"\\" in text else text)
            else:
                stack[-1].append(None if text.upper() == b"NIL" else Atom(text))
    if len(stack) != 1:
        raise Malformed("parenthesis")
    return top


def _tokens(text: bytes) -> Iterator[tuple[str, bytes]]:
    at = 0
    while at < len(text):
        found = _TOKEN.match(text, at)
        if found is None:
            if text[at:].strip(b" "):
                raise Malformed("token")
            return
        kind = found.lastgroup or ""
        yield kind, found[kind]
        at = found.end()


def number(value: Value) -> int:
    """`value` as a number.

    Raises:
        Malformed: it is none.
    """
    if not isinstance(value, Atom):
        raise Malformed("number")
    return value.number


def string(value: Value) -> bytes:
    """`value` as a string, NIL as an empty one.

    Raises:
        Malformed: it is a list.
    """
    if isinstance(value, list):
        raise Malformed("string")
    return value or b""


def sequence(value: Value) -> list[Value]:
    """`value` as a list, NIL as an empty one.

    Raises:
        Malformed: it is a string.
    """
    if isinstance(value, list):
        return value
    if value is None:
        return []
    raise Malformed("list")

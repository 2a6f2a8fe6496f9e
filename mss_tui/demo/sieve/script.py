"""Is a Sieve script well formed? Its grammar and its `require`, not what its commands mean (RFC 5228 §8)."""

from __future__ import annotations

import re
from collections.abc import Iterator

EXTENSIONS = ("date", "envelope", "fileinto", "imap4flags", "mailbox", "relational", "vacation", "vacation-seconds")
MAX_DEPTH = 30

_TOKEN = re.compile(
    r"""(?P<blank>\s+|\#[^\n]*|/\*.*?\*/)
    |(?P<text>text:[ \t]*(?:\#[^\n]*)?\r?\n(?:(?!\.\r?\n).*\r?\n)*\.\r?\n)
    |(?P<string>"(?:[^"\\]|\\.)*")
    |(?P<number>[0-9]+[KMG]?(?![0-9A-Za-z_]))
    |(?P<tag>:[A-Za-z_][A-Za-z0-9_]*)
    |(?P<word>[A-Za-z_][A-Za-z0-9_]*)
    |(?P<mark>[\[\](){},;])""",
    re.VERBOSE | re.DOTALL,
)


class BadScript(Exception):
    """The script is not one; the text says where and why."""


class _Tokens:
    def __init__(self, script: str) -> None:
        self._items = list(self._scan(script))
        self._at = 0

    def _scan(self, script: str) -> Iterator[tuple[str, str, int]]:
        at, line = 0, 1
        while at < len(script):
            match = _TOKEN.match(script, at)
            if match is None:
                raise BadScript(f"line {line}: unexpected character")
            if match.lastgroup and match.lastgroup != "blank":
                yield match.lastgroup, match[0], line
            line += match[0].count("\n")
            at = match.end()
        yield "end", "", line

    @property
    def kind(self) -> str:
        return self._items[self._at][0]

    @property
    def text(self) -> str:
        return self._items[self._at][1]

    def step(self) -> str:
        text = self.text
        if self.kind != "end":
            self._at += 1
        return text

    def expect(self, mark: str) -> None:
        if self.text != mark:
            raise self.wrong(f"{mark} expected")
        self.step()

    def wrong(self, what: str) -> BadScript:
        return BadScript(f"line {self._items[self._at][2]}: {what}")


def _strings(tokens: _Tokens) -> list[str]:
    """A string or a list of strings."""
    listed = tokens.text == "["
    if listed:
        tokens.step()
    found = []
    while True:
        if tokens.kind not in ("string", "text"):
            raise tokens.wrong("string expected")
        found.append(tokens.step().strip('"'))
        if not listed:
            return found
        if tokens.text == "]":
            tokens.step()
            return found
        tokens.expect(",")


def _arguments(tokens: _Tokens, depth: int) -> list[str]:
    strings: list[str] = []
    while True:
        if tokens.text == "[" or tokens.kind in ("string", "text"):
            strings += _strings(tokens)
        elif tokens.kind in ("number", "tag"):
            tokens.step()
        else:
            break
    if tokens.kind == "word":
        _test(tokens, depth + 1)
    elif tokens.text == "(":
        tokens.step()
        _test(tokens, depth + 1)
        while tokens.text == ",":
            tokens.step()
            _test(tokens, depth + 1)
        tokens.expect(")")
    return strings


def _test(tokens: _Tokens, depth: int) -> None:
    if depth > MAX_DEPTH:
        raise tokens.wrong("nested too deep")
    if tokens.kind != "word":
        raise tokens.wrong("test expected")
    tokens.step()
    _arguments(tokens, depth)


def _commands(tokens: _Tokens, depth: int) -> None:
    if depth > MAX_DEPTH:
        raise tokens.wrong("nested too deep")
    while tokens.kind == "word":
        name = tokens.step().lower()
        strings = _arguments(tokens, depth)
        if name == "require":
            unknown = [string for string in strings if string not in EXTENSIONS]
            if unknown:
                raise tokens.wrong("unknown extension")
        if tokens.text == "{":
            tokens.step()
            _commands(tokens, depth + 1)
            tokens.expect("}")
        else:
            tokens.expect(";")


def check(script: str) -> None:
    """Raise `BadScript` where `script` is not well formed or asks for an extension that is not there."""
    tokens = _Tokens(script)
    _commands(tokens, 0)
    if tokens.kind != "end":
        raise tokens.wrong("command expected")

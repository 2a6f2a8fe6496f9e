"""A bare IMAP client: what it sends is what the test says, what it gets is what came."""

from __future__ import annotations

import asyncio
import re
import ssl
from pathlib import Path

_LITERAL = re.compile(rb"\{([0-9]+)\}\r\n\Z")


def trusting(ca: Path) -> ssl.SSLContext:
    """A context for the operator's authority alone."""
    return ssl.create_default_context(cafile=str(ca))


class Wire:
    """One connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer
        self._tag = 0

    @classmethod
    async def open(cls, port: int, context: ssl.SSLContext | None = None) -> Wire:
        """Connect; with a context under TLS from the start."""
        streams = await asyncio.open_connection("127.0.0.1", port, ssl=context, limit=1 << 24)
        return cls(*streams)

    async def line(self) -> bytes:
        """The next whole line, literals in place; empty at the end of the connection."""
        data = await self.reader.readline()
        while match := _LITERAL.search(data):
            data += await self.reader.readexactly(int(match[1]))
            data += await self.reader.readline()
        return data

    async def send(self, data: bytes) -> None:
        """Send octets as they are."""
        self.writer.write(data)
        await self.writer.drain()

    async def answer(self, tag: bytes) -> tuple[bytes, list[bytes]]:
        """The tagged line without its tag, and the untagged ones before it."""
        lines = []
        while line := await self.line():
            if line.startswith(tag + b" "):
                return line[len(tag) + 1 :].rstrip(b"\r\n"), lines
            lines.append(line.rstrip(b"\r\n"))
        raise EOFError(lines)

    async def ask(self, command: bytes | str) -> tuple[bytes, list[bytes]]:
        """Send a command with a tag of its own and read its answer."""
        self._tag += 1
        tag = b"t%d" % self._tag
        await self.send(tag + b" " + (command.encode() if isinstance(command, str) else command) + b"\r\n")
        return await self.answer(tag)

    async def ok(self, command: bytes | str) -> list[bytes]:
        """The untagged lines of a command that must succeed."""
        tagged, lines = await self.ask(command)
        if not tagged.startswith(b"OK"):
            raise AssertionError(f"{command!r}: {tagged!r}")
        return lines

    async def append(self, data: bytes, folder: str = "INBOX", flags: str = "") -> bytes:
        """Store a message; the tagged answer."""
        tagged, _ = await self.ask(f"APPEND {folder} {flags} {{{len(data)}+}}\r\n".encode() + data)
        return tagged


def parsed(data: bytes) -> object:
    """The value of one parenthesised answer: lists, bytes, None for NIL."""
    stack: list[list[object]] = [[]]
    at = 0
    while at < len(data):
        char = data[at : at + 1]
        at += 1
        if char == b"(":
            stack.append([])
        elif char == b")":
            done = stack.pop()
            stack[-1].append(done)
        elif char == b'"':
            match = re.compile(rb'((?:[^"\\]|\\.)*)"', re.DOTALL).match(data, at)
            assert match
            stack[-1].append(re.sub(rb"\\(.)", rb"\1", match[1]))
            at = match.end()
        elif char == b"{":
            size, _, _ = data[at:].partition(b"}")
            at += len(size) + 3
            stack[-1].append(data[at : at + int(size)])
            at += int(size)
        elif char not in b" \r\n":
            match = re.compile(rb"[^ ()\r\n]*").match(data, at)
            assert match
            word = char + match[0]
            stack[-1].append(None if word == b"NIL" else word)
            at = match.end()
    assert len(stack) == 1
    return stack[0][0]

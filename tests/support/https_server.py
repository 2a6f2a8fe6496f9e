"""A real HTTPS server on loopback whose every octet a test decides."""

from __future__ import annotations

import asyncio
import contextlib
import json
import ssl
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qsl, urlsplit

import trustme

from mss_tui.adapters.tls import context_for


@dataclass(frozen=True, slots=True)
class Request:
    """What a client asked; header names are lower case."""

    method: str
    target: str
    headers: Mapping[str, str]

    @property
    def path(self) -> str:
        return urlsplit(self.target).path

    @property
    def query(self) -> dict[str, str]:
        return dict(parse_qsl(urlsplit(self.target).query, keep_blank_values=True))


Handler = Callable[[Request, asyncio.StreamWriter], Awaitable[None]]


class Authority:
    """A certificate authority of the tests, as a PEM file that a profile would name."""

    def __init__(self, folder: Path) -> None:
        self.ca = trustme.CA(organization_name="IGC des essais")
        self.file = folder / "ca.pem"
        self.ca.cert_pem.write_to_path(str(self.file))

    @property
    def context(self) -> ssl.SSLContext:
        """What a client trusts."""
        return context_for(self.file)


class HttpsServer:
    """Listens while its context lasts; every request is kept and answered by `handler`, then the line is closed."""

    def __init__(self, authority: Authority, handler: Handler, host: str = "localhost") -> None:
        self.requests: list[Request] = []
        self.raw = bytearray()
        self.handler = handler
        self._tasks: set[asyncio.Task[None]] = set()
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        authority.ca.issue_cert(host).configure_cert(self._context)
        self._server: asyncio.Server | None = None
        self.url = ""

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", 0, ssl=self._context)
        self.url = f"https://localhost:{self._server.sockets[0].getsockname()[1]}"
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: object, at: TracebackType | None) -> None:
        assert self._server is not None
        self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.get_running_loop().create_task(self._serve(reader, writer))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError, ssl.SSLError):
            head = await reader.readuntil(b"\r\n\r\n")
            self.raw += head
            first, *lines = head.decode("latin-1").split("\r\n")
            method, target, _ = first.split(" ")
            headers = {
                name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines if line)
            }
            request = Request(method, target, headers)
            self.requests.append(request)
            await self.handler(request, writer)
            await writer.drain()
        writer.close()


def head(status: int = 200, *, length: int | None = None, **headers: str) -> bytes:
    """The head of an answer; underscores of header names are hyphens."""
    lines = [f"HTTP/1.1 {status} X", "Connection: close"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    if length is not None:
        lines.append(f"Content-Length: {length}")
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def answer(body: bytes | Any, status: int = 200, **headers: str) -> bytes:
    """A whole answer; what is not bytes becomes JSON."""
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    return head(status, length=len(data), **headers) + data


def always(*answers: bytes) -> Handler:
    """Gives one answer after the other, the last one for ever."""
    left = list(answers)

    async def handle(request: Request, writer: asyncio.StreamWriter) -> None:
        writer.write(left.pop(0) if len(left) > 1 else left[0])

    return handle


async def flood(request: Request, writer: asyncio.StreamWriter) -> None:
    """A body that says it has a gigabyte, and has it."""
    writer.write(head(length=1 << 30))
    for _ in range(1 << 14):
        writer.write(b" " * (1 << 16))
        await writer.drain()


async def drip(request: Request, writer: asyncio.StreamWriter) -> None:
    """A body that comes an octet at a time and never ends."""
    writer.write(head(length=1 << 20))
    while not writer.is_closing():
        writer.write(b" ")
        await writer.drain()
        await asyncio.sleep(0.02)

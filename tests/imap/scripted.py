"""IMAP servers that do as they are told: TLS for real, every answer replaceable, everything heard kept."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import trustme

from mss_tui.model.people import Account, Auth, AuthMethod, Endpoint, MailboxType, Security
from mss_tui.model.policy import Policy

FULL = (
    b"IMAP4rev1 SASL-IR AUTH=PLAIN AUTH=XOAUTH2 LITERAL+ ENABLE IDLE UIDPLUS MOVE ESEARCH LIST-EXTENDED "
    b"SPECIAL-USE LIST-STATUS QUOTA"
)
_HEADER = b"From: a@b.fr\r\nSubject: message %d\r\n\r\n"


class Authority:
    """A certification authority, and a server certificate of it for the loopback."""

    def __init__(self, folder: Path, *names: str) -> None:
        authority = trustme.CA()
        self.pem = folder / "ca.pem"
        authority.cert_pem.write_to_path(self.pem)
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        authority.issue_cert(*(names or ("localhost", "127.0.0.1"))).configure_cert(self.context)


class Peer:
    """One connection as the server sees it."""

    def __init__(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, context: ssl.SSLContext, heard: list[bytes]
    ) -> None:
        self.reader, self.writer = reader, writer
        self._context = context
        self._heard = heard

    def send(self, data: bytes) -> None:
        """Octets to the client."""
        self.writer.write(data)

    async def line(self) -> bytes:
        """The next line of the client, without its end; empty at the end."""
        line = await self.reader.readline()
        if line:
            self._heard.append(line)
        return line.rstrip(b"\r\n")

    async def command(self) -> tuple[bytes, bytes]:
        """Tag and text of the next command, its non-synchronising literals taken in."""
        line = await self.line()
        while line.endswith(b"+}"):
            octets = await self.reader.readexactly(int(line[line.rindex(b"{") + 1 : -2]))
            self._heard.append(octets)
            line = line[: line.rindex(b"{")] + octets + await self.line()
        tag, _, text = line.partition(b" ")
        return tag, text

    async def start_tls(self) -> None:
        """The server's side of a handshake."""
        await self.writer.start_tls(self._context)

    async def end(self) -> None:
        """Close, at once."""
        self.writer.transport.abort()
        await asyncio.sleep(0)


Talk = Callable[[Peer], Awaitable[None]]


@dataclass
class Serving:
    """A scripted server that runs: `heard` is every line that a client sent, `connections` how many came."""

    account: Account
    heard: list[bytes] = field(default_factory=list)
    connections: int = 0

    def commands(self, *names: bytes) -> list[bytes]:
        """The commands heard, without their tags; those that begin with one of `names`, if any are given."""
        texts = [line.partition(b" ")[2].rstrip(b"\r\n") for line in self.heard]
        return [text for text in texts if not names or text.startswith(names)]


@asynccontextmanager
async def serving(
    authority: Authority,
    *talks: Talk,
    security: Security = Security.TLS,
    method: AuthMethod = AuthMethod.PASSWORD,
) -> AsyncIterator[Serving]:
    """Serve: the first connection gets the first talk, …, the last one every later connection."""
    tasks: set[asyncio.Task[None]] = set()

    async def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        if task is not None:
            tasks.add(task)
        talk = talks[min(served.connections, len(talks) - 1)]
        served.connections += 1
        with suppress(OSError, asyncio.IncompleteReadError, ssl.SSLError, asyncio.CancelledError):
            await talk(Peer(reader, writer, authority.context, served.heard))
            await writer.drain()
        writer.transport.abort()

    implicit = authority.context if security is Security.TLS else None
    server = await asyncio.start_server(accept, "127.0.0.1", 0, ssl=implicit)
    port = server.sockets[0].getsockname()[1]
    here = Endpoint("127.0.0.1", port, security)
    policy = Policy("t", "t")
    served = Serving(
        Account("a", "a@alpha.mssante.fr", MailboxType.PER, policy, here, here, auth=Auth(method), ca=authority.pem)
    )
    try:
        yield served
    finally:
        server.close()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await server.wait_closed()


Answer = bytes | Callable[[Peer, bytes, bytes], Awaitable[None]]


class Ordinary:
    """A server of one folder with three messages. `answers` replace what it says to a command by its first words.

    An answer of octets is sent with `TAG` replaced; a function does as it likes with the peer, the tag and the text.
    """

    def __init__(self, answers: dict[bytes, Answer] | None = None, *, capabilities: bytes = FULL) -> None:
        self.capabilities = capabilities
        self.greeting = b"* OK [CAPABILITY " + capabilities + b"] ready\r\n"
        selected = (
            b"* FLAGS (\\Seen \\Deleted)\r\n* OK [PERMANENTFLAGS (\\Seen \\Deleted \\*)] ok\r\n* 3 EXISTS\r\n"
            b"* OK [UIDVALIDITY 7] ok\r\n* OK [UIDNEXT 4] ok\r\nTAG OK [READ-WRITE] selected\r\n"
        )
        self.answers: dict[bytes, Answer] = {
            b"CAPABILITY": b"* CAPABILITY " + capabilities + b"\r\nTAG OK done\r\n",
            b"AUTHENTICATE": b"TAG OK [CAPABILITY " + capabilities + b"] welcome\r\n",
            b"LOGIN": b"TAG OK [CAPABILITY " + capabilities + b"] welcome\r\n",
            b"SELECT": selected,
            b"EXAMINE": selected,
            b"FETCH": b"".join(map(row, (3, 2, 1))) + b"TAG OK done\r\n",
            b"UID FETCH": b"".join(map(row, (3, 2, 1))) + b"TAG OK done\r\n",
            b"LIST": b'* LIST () "/" INBOX\r\nTAG OK done\r\n',
            b"LOGOUT": b"* BYE bye\r\nTAG OK done\r\n",
        } | (answers or {})

    async def __call__(self, peer: Peer) -> None:
        """Talk until the client goes."""
        peer.send(self.greeting)
        while True:
            tag, text = await peer.command()
            if not tag:
                return
            names = [name for name in self.answers if text.upper().startswith(name)]
            answer = self.answers[max(names, key=len)] if names else b"TAG OK done\r\n"
            if isinstance(answer, bytes):
                peer.send(answer.replace(b"TAG", tag))
            else:
                await answer(peer, tag, text)


def row(number: int, uid: int = 0) -> bytes:
    """A FETCH with a whole row."""
    header = _HEADER % (uid or number)
    return (
        b'* %d FETCH (UID %d FLAGS () INTERNALDATE "16-Nov-2026 10:00:00 +0100" RFC822.SIZE 100 '
        b"BODY[HEADER.FIELDS (FROM SUBJECT)] {%d}\r\n%b)\r\n" % (number, uid or number, len(header), header)
    )

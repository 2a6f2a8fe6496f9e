"""The server's side of SCRAM (RFC 5802), with the faults that a test asks for."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from tests.imap.scripted import Peer
from tests.support.smtp import Authority

PASSWORD = "motdepasse"
SALT = b"sixteen octets.."
ROUNDS = 4096


@dataclass
class ScramServer:
    """Answers a client. `proofs` are the proofs it saw, `bound` what clients bound to.

    Args:
        knows: it has the password; without, its signature is a guess.
        binding: the fingerprint it accepts; None: another kind of binding than the client's is all it has.
        silent: it lets in without a signature.
    """

    knows: bool = True
    rounds: int = ROUNDS
    binding: bytes | None = None
    silent: bool = False
    proofs: list[bytes] = field(default_factory=list)
    bound: list[bytes] = field(default_factory=list)
    headers: list[bytes] = field(default_factory=list)
    _spoken: bytes = b""

    def first(self, said: bytes) -> bytes | None:
        """What it says first; None: it refuses."""
        header, _, bare = said.partition(b",,")
        self.headers.append(header)
        if header.startswith(b"p=") and self.binding is None:
            return None
        nonce = bare.partition(b",r=")[2] + b"server"
        first = b"r=%b,s=%b,i=%d" % (nonce, base64.b64encode(SALT), self.rounds)
        self._spoken = bare + b"," + first
        return first

    def final(self, said: bytes) -> tuple[bool, bytes]:
        """Is the proof good, and its own signature."""
        without, _, proof = said.rpartition(b",p=")
        self.proofs.append(proof)
        bound = base64.b64decode(without.partition(b",")[0].removeprefix(b"c="))
        self.bound.append(bound.partition(b",,")[2])
        spoken = self._spoken + b"," + without
        password = PASSWORD if self.knows else "a guess"
        salted = hashlib.pbkdf2_hmac("sha256", password.encode(), SALT, self.rounds)
        client = hmac.digest(salted, b"Client Key", "sha256")
        signature = hmac.digest(hashlib.sha256(client).digest(), spoken, "sha256")
        key = bytes(a ^ b for a, b in zip(base64.b64decode(proof), signature, strict=True))
        good = not self.knows or (key == client and self.bound[-1] == (self.binding or b""))
        return good, b"v=" + base64.b64encode(
            hmac.digest(hmac.digest(salted, b"Server Key", "sha256"), spoken, "sha256")
        )

    async def imap(self, peer: Peer, tag: bytes, text: bytes) -> None:
        """AUTHENTICATE."""
        first = self.first(base64.b64decode(text.rpartition(b" ")[2]))
        if first is None:
            peer.send(tag + b" NO unsupported channel binding\r\n")
            return
        peer.send(b"+ " + base64.b64encode(first) + b"\r\n")
        answered = await peer.line()
        if answered == b"*":
            peer.send(tag + b" BAD cancelled\r\n")
            return
        good, signature = self.final(base64.b64decode(answered))
        if good and not self.silent:
            peer.send(b"+ " + base64.b64encode(signature) + b"\r\n")
            if await peer.line():
                return
        peer.send(tag + (b" OK welcome\r\n" if good else b" NO [AUTHENTICATIONFAILED] no\r\n"))


@asynccontextmanager
async def submission(
    authority: Authority, server: ScramServer, mechanisms: bytes
) -> AsyncIterator[tuple[int, list[bytes]]]:
    """A submission server (implicit TLS) that can authenticate and nothing else: its port, the lines it heard."""
    heard: list[bytes] = []

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        async def line() -> bytes:
            heard.append((await reader.readline()).rstrip(b"\r\n"))
            return heard[-1]

        def say(text: bytes) -> None:
            writer.write(text + b"\r\n")

        say(b"220 ready")
        while said := await line():
            verb, _, rest = said.partition(b" ")
            if verb == b"EHLO":
                say(b"250-ready\r\n250 AUTH " + mechanisms)
            elif verb == b"AUTH":
                first = server.first(base64.b64decode(rest.rpartition(b" ")[2]))
                if first is None:
                    say(b"535 5.7.8 unsupported channel binding")
                    continue
                say(b"334 " + base64.b64encode(first))
                answered = await line()
                if answered == b"*":
                    say(b"501 cancelled")
                    continue
                good, signature = server.final(base64.b64decode(answered))
                if good and not server.silent:
                    say(b"334 " + base64.b64encode(signature))
                    if await line():
                        return
                say(b"235 2.7.0 welcome" if good else b"535 5.7.8 no")
            else:
                say(b"221 bye")
        writer.close()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await talk(reader, writer)
        except (OSError, ssl.SSLError):
            pass
        finally:
            writer.transport.abort()

    listening = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=authority.server())
    try:
        yield listening.sockets[0].getsockname()[1], heard
    finally:
        listening.close()
        await listening.wait_closed()

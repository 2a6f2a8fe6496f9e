"""An authority that answers: an OCSP responder and its lists over HTTP, each as wrong as a test wants it."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA1, SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp
from cryptography.x509.oid import AuthorityInformationAccessOID, ExtendedKeyUsageOID

from tests.tls.laboratory import DAY, NOW, Issued, Issuer

Reply = Callable[[bytes], bytes]


def responder(url: str) -> x509.AuthorityInformationAccess:
    """The extension that names a responder."""
    where = x509.UniformResourceIdentifier(url)
    return x509.AuthorityInformationAccess([x509.AccessDescription(AuthorityInformationAccessOID.OCSP, where)])


def point(url: str) -> x509.CRLDistributionPoints:
    """The extension that names a list."""
    where = [x509.UniformResourceIdentifier(url)]
    return x509.CRLDistributionPoints([x509.DistributionPoint(where, None, None, None)])


def ok(body: bytes) -> bytes:
    """A whole HTTP answer."""
    return b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%b" % (len(body), body)


@dataclass
class Registry:
    """Listens on loopback; `replies` says what each path answers, `asked` which paths were asked."""

    port: int = 0
    asked: list[str] = field(default_factory=list)
    replies: dict[str, bytes | None] = field(default_factory=dict)

    def url(self, path: str) -> str:
        """Its address as a certificate names it."""
        return f"http://localhost:{self.port}{path}"

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError, asyncio.IncompleteReadError):
            head = await reader.readuntil(b"\r\n\r\n")
            path = head.split()[1].decode()
            self.asked.append(path)
            reply = self.replies.get(path, b"HTTP/1.1 404 X\r\nContent-Length: 0\r\n\r\n")
            if reply is None:  # answers, and never ends
                writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n")
                await writer.drain()
                await reader.read()
            else:
                writer.write(reply)
                await writer.drain()
        writer.close()


@asynccontextmanager
async def registry() -> AsyncIterator[Registry]:
    """One that runs."""
    made = Registry()
    server = await asyncio.start_server(made.serve, "127.0.0.1", 0)
    made.port = server.sockets[0].getsockname()[1]
    try:
        yield made
    finally:
        server.close()
        await server.wait_closed()


def says(
    issued: Issued,
    *,
    status: ocsp.OCSPCertStatus = ocsp.OCSPCertStatus.GOOD,
    since: datetime = NOW - DAY,
    until: datetime | None = NOW + DAY,
    signer: Issuer | Issued | None = None,
    delegate: Issued | None = None,
) -> bytes:
    """What the responder of an authority says of a certificate."""
    revoked = status is ocsp.OCSPCertStatus.REVOKED
    by = delegate or signer or issued.issuer
    builder = (
        ocsp.OCSPResponseBuilder()
        .add_response(
            issued.certificate,
            issued.issuer.certificate,
            SHA1(),
            status,
            since,
            until,
            NOW - DAY if revoked else None,
            x509.ReasonFlags.key_compromise if revoked else None,
        )
        .responder_id(ocsp.OCSPResponderEncoding.HASH, by.certificate)
    )
    if delegate is not None:
        builder = builder.certificates([delegate.certificate])
    return builder.sign(by.key, SHA256()).public_bytes(Encoding.DER)  # type: ignore[arg-type]


@dataclass
class World:
    """A root; an authority below that names the list of the root; a server that names a responder, a list, or both."""

    registry: Registry
    root: Issuer
    authority: Issuer
    issued: Issued
    ca: Path
    server: ssl.SSLContext

    @classmethod
    def make(cls, registry: Registry, folder: Path, *names: x509.ExtensionType) -> World:
        root = Issuer.root("AC RACINE DES ESSAIS")
        authority = root.below("AC DES ESSAIS", point(registry.url("/root.crl")))
        issued = authority.issue(also=names)
        ca = folder / "igc-essais.pem"
        ca.write_bytes(root.pem)
        registry.replies["/root.crl"] = ok(root.list().public_bytes(Encoding.DER))
        return cls(registry, root, authority, issued, ca, issued.context(folder, authority))

    @classmethod
    def with_responder(cls, registry: Registry, folder: Path) -> World:
        return cls.make(registry, folder, responder(registry.url("/ocsp")))

    @classmethod
    def with_list(cls, registry: Registry, folder: Path) -> World:
        return cls.make(registry, folder, point(registry.url("/own.crl")))

    def answer(self, **how: object) -> None:
        """What the responder answers."""
        self.registry.replies["/ocsp"] = ok(says(self.issued, **how))  # type: ignore[arg-type]

    def delegate(self, usage: x509.ObjectIdentifier = ExtendedKeyUsageOID.OCSP_SIGNING) -> Issued:
        """Somebody whom the authority lets answer; with another usage, somebody whom it does not."""
        return self.authority.issue(names=(), common_name="Répondeur", usage=usage)


@asynccontextmanager
async def handshake(world: World, client: ssl.SSLContext) -> AsyncIterator[ssl.SSLObject]:
    """A verified connection to the server of `world`."""

    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError, ssl.SSLError):
            await reader.read()
        writer.transport.abort()

    server = await asyncio.start_server(silent, "127.0.0.1", 0, ssl=world.server)
    port = server.sockets[0].getsockname()[1]
    _, writer = await asyncio.open_connection("localhost", port, ssl=client, server_hostname="localhost")
    try:
        yield writer.get_extra_info("ssl_object")
    finally:
        writer.transport.abort()
        server.close()
        await server.wait_closed()

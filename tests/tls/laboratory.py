"""A laboratory of certificates: a two-level authority with its lists, and every server that must be refused."""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

NOW = datetime.now(UTC)
DAY = timedelta(days=1)
Key = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


@dataclass
class Issuer:
    """An authority: its certificate and key."""

    name: str
    key: Key
    certificate: x509.Certificate

    @classmethod
    def root(cls, name: str) -> Issuer:
        key = ec.generate_private_key(ec.SECP256R1())
        return cls(name, key, _authority(name, key.public_key(), name, key, key))

    def below(self, name: str, *also: x509.ExtensionType) -> Issuer:
        key = ec.generate_private_key(ec.SECP256R1())
        return Issuer(name, key, _authority(name, key.public_key(), self.name, self.key, self.key, *also))

    @property
    def pem(self) -> bytes:
        return self.certificate.public_bytes(Encoding.PEM)

    @property
    def der(self) -> bytes:
        return self.certificate.public_bytes(Encoding.DER)

    def issue(
        self,
        *,
        names: tuple[str, ...] = ("localhost", "127.0.0.1"),
        common_name: str = "localhost",
        start: datetime = NOW - DAY,
        end: datetime = NOW + DAY,
        key: Key | None = None,
        usage: x509.ObjectIdentifier = ExtendedKeyUsageOID.SERVER_AUTH,
        also: tuple[x509.ExtensionType, ...] = (),
    ) -> Issued:
        own = key or ec.generate_private_key(ec.SECP256R1())
        builder = (
            x509.CertificateBuilder()
            .subject_name(_name(common_name))
            .issuer_name(_name(self.name))
            .public_key(own.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(start)
            .not_valid_after(end)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(x509.ExtendedKeyUsage([usage]), critical=False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(self.key.public_key()), critical=False)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(own.public_key()), critical=False)
        )
        for extension in also:
            builder = builder.add_extension(extension, critical=False)
        if names:
            builder = builder.add_extension(x509.SubjectAlternativeName(list(map(_san, names))), critical=False)
        return Issued(own, builder.sign(self.key, SHA256()), self)

    def list(
        self, *revoked: Issued, start: datetime = NOW - DAY, end: datetime = NOW + DAY
    ) -> x509.CertificateRevocationList:
        builder = x509.CertificateRevocationListBuilder().issuer_name(_name(self.name))
        builder = builder.last_update(start).next_update(end)
        builder = builder.add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(self.key.public_key()), critical=False
        ).add_extension(x509.CRLNumber(1), critical=False)
        for one in revoked:
            entry = x509.RevokedCertificateBuilder().serial_number(one.certificate.serial_number)
            builder = builder.add_revoked_certificate(entry.revocation_date(NOW - DAY).build())
        return builder.sign(self.key, SHA256())


def _san(name: str) -> x509.GeneralName:
    return x509.IPAddress(ip_address(name)) if name[0].isdigit() else x509.DNSName(name)


def _authority(
    name: str, public: object, issuer: str, signing: Key, issuing: Key, *also: x509.ExtensionType
) -> x509.Certificate:
    builder = (
        x509.CertificateBuilder()
        .subject_name(_name(name))
        .issuer_name(_name(issuer))
        .public_key(public)  # type: ignore[arg-type]
        .serial_number(x509.random_serial_number())
        .not_valid_before(NOW - 30 * DAY)
        .not_valid_after(NOW + 30 * DAY)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(x509.KeyUsage(False, False, False, False, False, True, True, False, False), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)  # type: ignore[arg-type]
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuing.public_key()), critical=False)
    )
    for extension in also:
        builder = builder.add_extension(extension, critical=False)
    return builder.sign(signing, SHA256())


@dataclass
class Issued:
    """A certificate of an end entity."""

    key: Key
    certificate: x509.Certificate
    issuer: Issuer
    chain: tuple[Issuer, ...] = field(default=())

    @property
    def pem(self) -> bytes:
        return self.certificate.public_bytes(Encoding.PEM)

    @property
    def key_pem(self) -> bytes:
        return self.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())

    def context(self, folder: Path, *chain: Issuer) -> ssl.SSLContext:
        """A server that shows it, and `chain` with it."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.set_ciphers("ALL:@SECLEVEL=0")
        file = folder / f"{self.certificate.serial_number}.pem"
        file.write_bytes(self.key_pem + self.pem + b"".join(one.pem for one in chain))
        context.load_cert_chain(file)
        file.unlink()
        return context


class Laboratory:
    """The root, the intermediate that issues, and the client's file of the root alone."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.root = Issuer.root("AC RACINE DES ESSAIS")
        self.intermediate = self.root.below("AC DES ESSAIS")
        self.other = Issuer.root("AUTRE AUTORITÉ")
        self.ca = folder / "igc-essais.pem"
        self.ca.write_bytes(self.root.pem)
        self.good = self.intermediate.issue()
        self.revoked = self.intermediate.issue()

    def lists(self, *, name: str = "crl.pem", late: bool = False, only_root: bool = False) -> Path:
        """The lists of both authorities in one file."""
        end = NOW - DAY if late else NOW + DAY
        crls = [self.root.list()]
        if not only_root:
            crls.append(self.intermediate.list(self.revoked, start=NOW - 2 * DAY, end=end))
        path = self.folder / name
        path.write_bytes(b"".join(crl.public_bytes(Encoding.PEM) for crl in crls))
        return path

    def server(self, what: str) -> ssl.SSLContext:
        """The server that is wrong in the way `what`, or "good"."""
        issue, chain, folder = self.intermediate.issue, (self.intermediate,), self.folder
        match what:
            case "wrong host":
                return issue(names=("mss.example",)).context(folder, *chain)
            case "expired":
                return issue(start=NOW - 3 * DAY, end=NOW - DAY).context(folder, *chain)
            case "not yet":
                return issue(start=NOW + DAY, end=NOW + 2 * DAY).context(folder, *chain)
            case "common name only":
                return issue(names=()).context(folder, *chain)
            case "unknown authority":
                return self.other.issue().context(folder, self.other)
            case "self-signed":
                alone = Issuer.root("localhost")
                return Issued(alone.key, alone.certificate, alone).context(folder)
            case "no intermediate":
                return issue().context(folder)
            case "client certificate":
                return issue(usage=ExtendedKeyUsageOID.CLIENT_AUTH).context(folder, *chain)
            case "weak key":
                return issue(key=rsa.generate_private_key(65537, 1024)).context(folder, *chain)
            case "revoked":
                return self.revoked.context(folder, *chain)
        context = self.good.context(folder, *chain)
        if what == "TLS 1.1":
            with warnings.catch_warnings(action="ignore"):
                context.minimum_version = ssl.TLSVersion.TLSv1
                context.maximum_version = ssl.TLSVersion.TLSv1_1
        if what == "weak cipher":
            context.maximum_version = ssl.TLSVersion.TLSv1_2
            context.set_ciphers("AES128-SHA:AES256-SHA:@SECLEVEL=0")
        return context


@contextlib.contextmanager
def polite(context: ssl.SSLContext, *turns: tuple[bytes, bytes]) -> Iterator[tuple[int, list[bytes]]]:
    """A server that says why its handshake failed, which asyncio's does not: its port, and the lines it heard.

    `turns` are what it says in clear, and the answer it then waits for.
    """
    heard: list[bytes] = []
    listening = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        with contextlib.suppress(OSError):
            line, _ = listening.accept()
            line.settimeout(5)
            with line:
                for said, wanted in turns:
                    line.sendall(said)
                    while wanted:
                        heard.append(line.recv(1000))
                        if wanted in heard[-1]:
                            break
                with context.wrap_socket(line, server_side=True) as inside:
                    heard.append(inside.recv(1000))

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield listening.getsockname()[1], heard
    finally:
        thread.join()
        listening.close()

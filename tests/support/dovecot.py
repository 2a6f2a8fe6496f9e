"""A Dovecot of our own: Debian's packages, a directory of its own, an address of its own, gone with its parent.

Every server takes a random address of 127.0.0.0/8 and keeps it with a bound socket: the ports can then be the same
everywhere, nothing races under xdist, and a connection comes from another address than it goes to, so that Dovecot
treats it as the network it stands for. Nothing here belongs to an event loop; filling a mailbox is synchronous.
"""

from __future__ import annotations

import base64
import contextlib
import ctypes
import grp
import hashlib
import hmac
import imaplib
import json
import os
import pwd
import random
import shutil
import signal
import smtplib
import socket
import ssl
import subprocess
import tempfile
import time
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
import trustme

from mss_tui.model.people import Account, Auth, AuthMethod, Endpoint, MailboxType, Security
from mss_tui.model.policy import Policy
from tests.support.dovecot_conf import CONF, SHARED

BINARY = Path("/usr/sbin/dovecot")
DOMAIN = "alpha.mssante.fr"
USERS = tuple(f"{name}@{DOMAIN}" for name in ("alice", "bob", "secretariat"))
MORE_USERS = 1000
PORTS = {"imap": 21143, "imaps": 21993, "submission": 21587, "sieve": 24190, "lmtp": 21024}
QUOTA = 60 * 1024 * 1024
_PR_SET_PDEATHSIG = 1
_CLAIM = 21999


def _die_with_parent() -> None:
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


def _sweep() -> None:
    """Delete what a killed run left behind: directories of ours whose process is no more."""
    for left in Path(tempfile.gettempdir()).glob("mss-dovecot-*"):
        with contextlib.suppress(OSError, ValueError):
            owner = Path("/proc") / str(int((left / "owner").read_text()))
            if os.getuid() in (0, left.stat().st_uid) and not owner.exists():
                shutil.rmtree(left, ignore_errors=True)


def _own_address() -> tuple[str, socket.socket]:
    """A loopback address that nobody else uses, and the socket that says so."""
    for _ in range(100):
        host = f"127.{random.randint(16, 250)}.{random.randint(1, 250)}.{random.randint(1, 250)}"
        claim = socket.socket()
        try:
            claim.bind((host, _CLAIM))
        except OSError:
            claim.close()
            continue
        return host, claim
    raise RuntimeError("no free loopback address")


class PrivateDovecot:
    """One server. `relay` is where submission hands mail on; nothing is accepted for sending while it is None.

    Args:
        connections: `mail_max_userip_connections`.
        quota: octets a mailbox.
        mailbox_format: `sdbox`, or `maildir` (at most 26 keywords a folder).
        mechanisms: SASL mechanisms offered.
        shared: mailboxes may be shared between users (ACL), below `BAL/`.
        answers: where automatic answers are handed on (SMTP); None: nowhere.
        capability: replaces the IMAP capabilities announced, to meet a server that has less.
    """

    def __init__(
        self,
        *,
        relay: tuple[str, int] | None = None,
        connections: int = 100,
        quota: int = QUOTA,
        mailbox_format: str = "sdbox",
        mechanisms: str = "plain login external xoauth2 oauthbearer",
        capability: str = "",
        answers: tuple[str, int] | None = None,
        shared: bool = False,
    ) -> None:
        self._settings = {
            "relay_host": relay[0] if relay else "127.0.0.1",
            "relay_port": relay[1] if relay else 1,
            "connections": connections,
            "quota": quota,
            "format": mailbox_format,
            "mechanisms": mechanisms,
            "answers": f"submission_host = {answers[0]}:{answers[1]}" if answers else "sendmail_path = /bin/false",
            "capability": f"imap_capability = {capability}" if capability else "",
        }
        self._shared = shared
        self._fresh = [f"u{number:03}@{DOMAIN}" for number in range(MORE_USERS)]
        self._passwords = {user: f'secret {user.partition("@")[0]} "é\\' for user in (*USERS, *self._fresh)}
        self._certificates = trustme.CA()
        self._token_key = os.urandom(32)
        self._process: subprocess.Popen[bytes] | None = None
        self._claim: socket.socket | None = None
        self.name = "dovecot"
        self.host = ""
        self.root = Path()

    @property
    def ca(self) -> Path:
        """The PEM file to trust."""
        return self.root / "tls" / "ca.pem"

    def password(self, user: str) -> str:
        """The password of `user`: with a blank, a quote, an accent and a backslash, as passwords are."""
        return self._passwords[user]

    def new_user(self) -> str:
        """The address of a mailbox that nobody has used yet."""
        return self._fresh.pop()

    def new_account(self, security: Security = Security.STARTTLS) -> Account:
        """A mailbox that nobody has used yet."""
        return self.account(self.new_user(), security)

    def endpoint(self, service: str = "imap") -> Endpoint:
        """Where `imap`, `imaps`, `submission` or `sieve` listens."""
        security = Security.TLS if service == "imaps" else Security.STARTTLS
        return Endpoint(self.host, PORTS[service], security)

    def account(
        self,
        user: str = USERS[0],
        security: Security = Security.STARTTLS,
        method: AuthMethod = AuthMethod.PASSWORD,
    ) -> Account:
        """The account of `user` on this server."""
        return Account(
            id=user.partition("@")[0],
            address=user,
            type=MailboxType.ORG if user.startswith("secretariat") else MailboxType.PER,
            policy=Policy("test", "Opérateur de test"),
            imap=self.endpoint("imaps" if security is Security.TLS else "imap"),
            smtp=self.endpoint("submission"),
            sieve=self.endpoint("sieve"),
            auth=Auth(method),
            ca=self.ca,
        )

    def elsewhere(self, account: Account, host: str, port: int) -> Account:
        """The same account reached through another address (a proxy that cuts, counts or delays)."""
        return replace(account, imap=Endpoint(host, port, account.imap.security))

    def token(self, user: str, *, seconds: int = 300, key: bytes | None = None) -> str:
        """An access token that Dovecot checks by itself (a signed JWT)."""
        now = int(time.time())
        claims = {"sub": user, "username": user, "azp": "mss", "iat": now, "nbf": now - 1, "exp": now + seconds}
        parts = [{"alg": "HS256", "typ": "JWT", "kid": "default"}, claims]
        text = ".".join(_unpadded(json.dumps(part).encode()) for part in parts)
        return f"{text}.{_unpadded(hmac.new(key or self._token_key, text.encode(), hashlib.sha256).digest())}"

    def certificate(self, user: str) -> tuple[Path, Path]:
        """A client certificate in the name of `user`, and its key."""
        made = self._certificates.issue_cert(user, common_name=user)
        chain, key = self.root / f"{user}.pem", self.root / f"{user}.key"
        chain.write_bytes(made.cert_chain_pems[0].bytes())
        key.write_bytes(made.private_key_pem.bytes())
        return chain, key

    def start(self) -> PrivateDovecot:
        """Start, and wait until it answers."""
        self.host, self._claim = _own_address()
        _sweep()
        self.root = Path(tempfile.mkdtemp(prefix="mss-dovecot-"))
        (self.root / "owner").write_text(str(os.getpid()))
        identity = self._identity()
        self._write_files(identity)
        owner: dict[str, object] = {}
        if os.getuid() == 0:
            for path in (self.root, *self.root.rglob("*")):
                os.chown(path, identity.pw_uid, identity.pw_gid)
            owner = {"user": identity.pw_uid, "group": identity.pw_gid, "extra_groups": []}
        with (self.root / "out").open("wb") as out:
            self._process = subprocess.Popen(
                [BINARY, "-F", "-c", self.root / "dovecot.conf"],
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                cwd="/",
                start_new_session=True,
                preexec_fn=_die_with_parent,
                **owner,  # type: ignore[call-overload]
            )
        self._wait(time.monotonic() + 20)
        return self

    def stop(self) -> None:
        """End it and remove its files."""
        if self._process is not None and self._process.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait(5)
        if self._claim is not None:
            self._claim.close()
        shutil.rmtree(self.root, ignore_errors=True)

    def log(self) -> str:
        """What it wrote in its log."""
        path = self.root / "dovecot.log"
        return path.read_text(errors="replace") if path.exists() else ""

    def context(self) -> ssl.SSLContext:
        """A plain client context that trusts this server."""
        return ssl.create_default_context(cafile=str(self.ca))

    @contextlib.contextmanager
    def colleague(self, user: str = USERS[0]) -> Iterator[imaplib.IMAP4]:
        """Another program at the same mailbox (the standard library's client), logged in."""
        client = imaplib.IMAP4_SSL(self.host, PORTS["imaps"], ssl_context=self.context(), timeout=20)
        client.socket().setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        try:
            client.authenticate("PLAIN", lambda _: f"\0{user}\0{self.password(user)}".encode())
            yield client
        finally:
            with contextlib.suppress(OSError, imaplib.IMAP4.error):
                client.logout()

    def fill(
        self,
        user: str,
        messages: Iterable[bytes],
        *,
        folder: str = "INBOX",
        flags: str = "",
        received: datetime | None = None,
    ) -> None:
        """Store messages in a folder (its name as it goes on the wire, quoted where it must be)."""
        with self.colleague(user) as client:
            append_all(client, messages, folder, flags, received)

    def deliver(self, user: str, message: bytes) -> None:
        """Deliver to INBOX from outside (LMTP), without a connection of the user's."""
        with smtplib.LMTP(self.host, PORTS["lmtp"]) as client:
            client.sendmail("sender@alpha.mssante.fr", [user], message)

    def drop(self, user: str, message: bytes, *, folder: str = "") -> None:
        """Rename a message into `new/` of a Maildir, as delivery agents of another make do: Dovecot is told nothing.

        The folder must have been opened once; its name stands as on the disk, "" is the inbox.
        """
        identity, name = self._identity(), f"{time.time_ns()}.{os.getpid()}.elsewhere"
        maildir = self.root / "home" / user / "mail" / (folder and f".{folder}")
        made = maildir / "tmp" / name
        made.write_bytes(message)
        if os.getuid() == 0:
            os.chown(made, identity.pw_uid, identity.pw_gid)
        made.rename(maildir / "new" / name)

    def _identity(self) -> pwd.struct_passwd:
        return pwd.getpwnam("nobody") if os.getuid() == 0 else pwd.getpwuid(os.getuid())

    def _write_files(self, identity: pwd.struct_passwd) -> None:
        for name in ("run", "state", "tls", "home", "keys/default/HS256", "keys/mss/HS256"):
            (self.root / name).mkdir(parents=True)
        server = self._certificates.issue_cert("localhost", self.host)
        (self.root / "tls/server.pem").write_bytes(b"".join(pem.bytes() for pem in server.cert_chain_pems))
        (self.root / "tls/server.key").write_bytes(server.private_key_pem.bytes())
        self.ca.write_bytes(self._certificates.cert_pem.bytes())
        for name in ("default", "mss"):
            (self.root / "keys" / name / "HS256/default").write_bytes(base64.b64encode(self._token_key))
        (self.root / "oauth2.conf").write_text(
            f"introspection_mode = local\nlocal_validation_key_dict = fs:posix:prefix={self.root}/keys/\n"
            "username_attribute = username\nusername_format = %u\n"
        )
        (self.root / "users").write_text("".join(f"{u}:{{PLAIN}}{p}::::::\n" for u, p in self._passwords.items()))
        (self.root / "dovecot.conf").write_text(
            CONF.format(
                shared=SHARED.format(root=self.root, **self._settings) if self._shared else "",
                root=self.root,
                name=self.root.name,
                user=identity.pw_name,
                group=grp.getgrgid(identity.pw_gid).gr_name,
                host=self.host,
                domain=DOMAIN,
                **PORTS,
                **self._settings,
            )
        )

    def _wait(self, deadline: float) -> None:
        while True:
            if self._process is None or self._process.poll() is not None or time.monotonic() > deadline:
                said = (self.root / "out").read_text() + self.log()
                self.stop()
                raise RuntimeError(f"Dovecot did not start: {said}")
            try:
                with socket.create_connection((self.host, PORTS["imap"]), 5) as line:
                    if line.recv(200).startswith(b"* OK"):
                        return
            except OSError:
                time.sleep(0.01)


def _unpadded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def append_all(
    client: imaplib.IMAP4, messages: Iterable[bytes], folder: str, flags: str, received: datetime | None
) -> None:
    """Store messages through another program's connection."""
    date = imaplib.Time2Internaldate(received) if received else None
    for message in messages:
        status, answer = client.append(folder, flags and f"({flags})", date, message)  # type: ignore[arg-type]
        if status != "OK":
            raise RuntimeError(f"APPEND: {answer!r}")


def need_dovecot() -> None:
    """Skip where Debian's Dovecot is not installed (tests/conftest.py refuses that in CI)."""
    if not BINARY.exists():
        pytest.skip("Dovecot is not installed (apt-get install dovecot-imapd dovecot-submissiond)")


@pytest.fixture(scope="session")
def dovecot() -> Iterator[PrivateDovecot]:
    """One server for the whole session; a test takes mailboxes of its own (`new_account`)."""
    need_dovecot()
    server = PrivateDovecot().start()
    yield server
    server.stop()

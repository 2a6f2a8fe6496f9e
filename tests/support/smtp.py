"""Submission servers for tests, on loopback, always with TLS: a real one (aiosmtpd with DSN), one that misbehaves."""

from __future__ import annotations

import asyncio
import smtplib
import ssl
import threading
from base64 import b64decode
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import trustme
from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword, auth_mechanism

from mss_tui.model.people import Account
from mss_tui.ports.secrets import Secret


class Authority:
    """A certification authority of the tests' own, and what it signs."""

    def __init__(self, folder: Path) -> None:
        self._ca = trustme.CA(organization_name="IGC des essais")
        self.pem = folder / "ca.pem"
        self._ca.cert_pem.write_to_path(self.pem)

    def server(self, *names: str) -> ssl.SSLContext:
        """A server's context for `names` (localhost when none is given)."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._ca.issue_cert(*(names or ("localhost", "127.0.0.1"))).configure_cert(context)
        return context


class FixedSecrets:
    """One password or token for every account; remembers what was refused."""

    def __init__(self, value: str = "motdepasse") -> None:
        self.value = value
        self.asked = 0
        self.forgotten: list[str] = []

    async def of(self, account: Account) -> Secret:
        self.asked += 1
        return Secret(self.value)

    def forget(self, account: Account) -> None:
        self.forgotten.append(account.id)


@dataclass
class Received:
    """One message as it came: envelope, DSN parameters, octets."""

    sender: str
    recipients: tuple[str, ...]
    data: bytes
    mail: Mapping[str, str]
    rcpt: Mapping[str, Mapping[str, str]]


class _Dsn(SMTP):
    """aiosmtpd with RFC 3461: it answers 555 to these parameters by itself."""

    @staticmethod
    def _split(arg: str | None, names: Iterable[str]) -> tuple[str, dict[str, str]]:
        kept: list[str] = []
        found: dict[str, str] = {}
        for word in (arg or "").split(" "):
            key, _, value = word.partition("=")
            if value and key.upper() in names:
                found[key.upper()] = value
            else:
                kept.append(word)
        return " ".join(kept), found

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        self.event_handler.connections.add(self)

    def connection_lost(self, error: Exception | None) -> None:
        super().connection_lost(error)
        self.event_handler.connections.discard(self)

    async def smtp_EHLO(self, hostname: str) -> None:  # noqa: N802
        self.event_handler.greeted.append(hostname)
        await super().smtp_EHLO(hostname)

    async def smtp_MAIL(self, arg: str | None) -> None:  # noqa: N802
        arg, found = self._split(arg, ("RET", "ENVID"))
        await super().smtp_MAIL(arg)
        self.event_handler.mail_options = found
        self.event_handler.rcpt_options = {}

    async def smtp_RCPT(self, arg: str | None) -> None:  # noqa: N802
        arg, found = self._split(arg, ("NOTIFY", "ORCPT"))
        before = len(self.envelope.rcpt_tos)
        await super().smtp_RCPT(arg)
        for address in self.envelope.rcpt_tos[before:]:
            self.event_handler.rcpt_options[address] = found

    @auth_mechanism("XOAUTH2")
    async def auth_xoauth2(self, _: object, args: list[str]) -> AuthResult:
        words = b64decode(args[1]).decode().split("\x01")
        return self._authenticate("XOAUTH2", LoginPassword(words[0][5:].encode(), words[1][12:].encode()))


@dataclass
class Operator:
    """The handler of a real server: whom it knows, whom it refuses, what it took."""

    password: str = "motdepasse"
    refuses: Mapping[str, str] = field(default_factory=dict)
    end: str = "250 2.0.0 Ok: queued as 4F2"
    received: list[Received] = field(default_factory=list)
    users: list[str] = field(default_factory=list)
    greeted: list[str] = field(default_factory=list)
    mail_options: dict[str, str] = field(default_factory=dict)
    rcpt_options: dict[str, dict[str, str]] = field(default_factory=dict)
    connections: set[SMTP] = field(default_factory=set)
    open: bool = False
    deliver: Callable[[Received], None] = lambda mail: None
    port: int = 0

    def authenticate(self, server: SMTP, session: object, envelope: object, mechanism: str, data: Any) -> AuthResult:
        self.users.append(f"{mechanism} {data.login.decode()}")
        return AuthResult(success=data.password.decode() == self.password, handled=False)

    async def handle_EHLO(  # noqa: N802
        self, server: SMTP, session: Any, envelope: object, hostname: str, responses: list[str]
    ) -> list[str]:
        session.host_name = hostname
        # Dovecot shows DSN only to those it knows
        extra = ["250-DSN", "250-ENHANCEDSTATUSCODES"] if session.authenticated or self.open else []
        return [*responses[:-1], *extra, responses[-1]]

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: object, envelope: Any, address: str, options: list[str]
    ) -> str:
        if address in self.refuses:
            return self.refuses[address]
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 Ok"

    async def handle_DATA(self, server: SMTP, session: object, envelope: Any) -> str:  # noqa: N802
        if self.end.startswith("2"):
            mail = Received(
                envelope.mail_from,
                tuple(envelope.rcpt_tos),
                envelope.original_content,
                dict(self.mail_options),
                dict(self.rcpt_options),
            )
            self.received.append(mail)
            await asyncio.to_thread(self.deliver, mail)
        return self.end


@asynccontextmanager
async def operator(
    authority: Authority,
    *,
    implicit: bool = False,
    size: int = 30_000_000,
    without: Iterable[str] = (),
    names: Iterable[str] = (),
    **options: Any,
) -> AsyncIterator[Operator]:
    """A real submission server, STARTTLS or implicit TLS; `without` names AUTH mechanisms it does not offer."""
    handler = Operator(**options)
    context = authority.server(*names)

    def factory() -> SMTP:
        return _Dsn(
            handler,
            data_size_limit=size,
            hostname="operateur.mssante.fr",
            tls_context=None if implicit else context,
            require_starttls=not implicit,
            auth_required=not implicit,  # aiosmtpd does not know that implicit TLS is TLS
            auth_require_tls=not implicit,
            auth_exclude_mechanism=without,
            authenticator=handler.authenticate,
            loop=asyncio.get_running_loop(),
        )

    loop = asyncio.get_running_loop()
    server = await loop.create_server(factory, "127.0.0.1", 0, ssl=context if implicit else None)
    handler.port = server.sockets[0].getsockname()[1]
    try:
        yield handler
    finally:
        server.close()
        while handler.connections:  # a client always leaves; its goodbye comes after its result
            await asyncio.sleep(0.001)
        await server.wait_closed()


CUT = b"\0cut"
"""As a reply: hang up instead."""


class Scripted:
    """A server that keeps to the protocol but where it is told not to.

    `replies` maps a stage (greeting, ehlo, starttls, ehlo2, auth, auth2, ehlo3, mail, rcpt, data, end, rset, quit) to
    the octets said there, CUT to hang up. `midway` is said in the middle of the message, whose rest goes nowhere.
    `hears` and `says` are how many octets pass before the line is cut. `breath` is how long it rests between reads.
    """

    EHLO = b"250-operateur.mssante.fr\r\n250-SIZE 30000000\r\n250-AUTH PLAIN LOGIN XOAUTH2\r\n250 DSN\r\n"
    NORMAL: Mapping[str, bytes] = {
        "greeting": b"220 operateur.mssante.fr\r\n",
        "ehlo": b"250-operateur.mssante.fr\r\n250 STARTTLS\r\n",
        "starttls": b"220 2.0.0 allez-y\r\n",
        "ehlo2": EHLO,
        "auth": b"235 2.7.0 bienvenue\r\n",
        "auth2": b"235 2.7.0 bienvenue\r\n",
        "ehlo3": EHLO,
        "mail": b"250 2.1.0 Ok\r\n",
        "rcpt": b"250 2.1.5 Ok\r\n",
        "data": b"354 allez-y\r\n",
        "end": b"250 2.0.0 Ok: queued\r\n",
        "rset": b"250 2.0.0 Ok\r\n",
        "quit": b"221 2.0.0 au revoir\r\n",
    }

    def __init__(
        self,
        context: ssl.SSLContext,
        replies: Mapping[str, bytes] | None = None,
        *,
        implicit: bool = False,
        hears: int = 1 << 40,
        says: int = 1 << 40,
    ) -> None:
        self.context = context
        self.replies = {**self.NORMAL, **(replies or {})}
        self.implicit = implicit
        self.commands: list[bytes] = []
        self.clear: list[bytes] = []
        self.delivered: list[bytes] = []
        self.midway = b""
        self.rcpt: Callable[[bytes], bytes] = lambda line: self.replies["rcpt"]
        self.pause_upload: asyncio.Event | None = None
        self.breath = 0.0
        self.uploading = asyncio.Event()
        self.port = 0
        self._hears, self._says = hears, says
        self._heard = bytearray()
        self._tasks: set[asyncio.Task[None]] = set()

    @asynccontextmanager
    async def running(self) -> AsyncIterator[Scripted]:
        server = await asyncio.start_server(
            self._serve, "127.0.0.1", 0, ssl=self.context if self.implicit else None, limit=1 << 16
        )
        self.port = server.sockets[0].getsockname()[1]
        try:
            yield self
        finally:
            server.close()
            for task in self._tasks:
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)
            await server.wait_closed()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        try:
            await self._talk(reader, writer)
        except (ConnectionError, asyncio.CancelledError):
            pass
        finally:
            writer.close()
            try:
                await asyncio.wait_for(writer.wait_closed(), 0.5)
            except TimeoutError:  # TLS would wait half a minute for a client that is gone
                writer.transport.abort()
            except OSError:
                pass
            self._tasks.discard(task)

    async def _line(self, reader: asyncio.StreamReader) -> bytes:
        while b"\n" not in self._heard:
            if self._hears <= 0:
                raise ConnectionResetError
            data = await reader.read(min(self._hears, 1 << 20))
            await asyncio.sleep(self.breath)
            if not data:
                raise ConnectionResetError
            self._hears -= len(data)
            self._heard += data
        line, _, rest = self._heard.partition(b"\n")
        self._heard = bytearray(rest)
        return bytes(line) + b"\n"

    async def _say(self, writer: asyncio.StreamWriter, reply: bytes) -> None:
        if reply == CUT:
            raise ConnectionResetError
        writer.write(reply[: self._says])
        await writer.drain()
        self._says -= len(reply)
        if self._says <= 0:
            raise ConnectionResetError

    async def _data(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bytes:
        self.uploading.set()
        if self.pause_upload is not None:
            await self.pause_upload.wait()
        lines: list[bytes] = []
        while (line := await self._line(reader)) != b".\r\n":
            lines.append(line.removeprefix(b"."))
            if self.midway:
                await self._say(writer, self.midway)
                while await reader.read(1 << 20):
                    pass
                raise ConnectionResetError
        return b"".join(lines)

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        secure = self.implicit
        hellos = 1 if self.implicit else 0
        await self._say(writer, self.replies["greeting"])
        while True:
            line = await self._line(reader)
            self.commands.append(line)
            if not secure:
                self.clear.append(line)
            verb = line.split()[0].upper() if line.split() else b""
            if verb in (b"EHLO", b"HELO"):
                hellos += 1
                await self._say(writer, self.replies[("ehlo", "ehlo2", "ehlo3")[min(hellos, 3) - 1]])
            elif verb == b"STARTTLS":
                await self._say(writer, self.replies["starttls"])
                if not self.replies["starttls"].startswith(b"220"):
                    continue
                await writer.start_tls(self.context)
                secure = True
            elif verb == b"AUTH":
                await self._say(writer, self.replies["auth"])
                if self.replies["auth"].startswith(b"334"):
                    self.commands.append(await self._line(reader))
                    await self._say(writer, self.replies["auth2"])
            elif verb == b"MAIL":
                await self._say(writer, self.replies["mail"])
            elif verb == b"RCPT":
                await self._say(writer, self.rcpt(line))
            elif verb == b"RSET":
                await self._say(writer, self.replies["rset"])
            elif verb == b"DATA":
                await self._say(writer, self.replies["data"])
                if self.replies["data"].startswith(b"354"):
                    data = await self._data(reader, writer)
                    if self.replies["end"][:1] in (b"2", CUT[:1]):
                        self.delivered.append(data)
                    await self._say(writer, self.replies["end"])
            else:
                await self._say(writer, self.replies["quit"])
                return


class Relay:
    """The next hop of a private Dovecot: keeps what comes, delivers to local users, sends reports (RFC 3461, 3464).

    It runs in a thread of its own, because the server that hands mail over does not wait for a test's loop.
    """

    def __init__(self, domain: str) -> None:
        self.domain = domain
        self.operator = Operator(open=True)
        self.operator.refuses = {f"refuse@{domain}": "550 5.1.1 inconnu au relais"}
        self.lmtp: tuple[str, int] | None = None
        self.operator.deliver = self._deliver
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="relais", daemon=True)

    def start(self) -> tuple[str, int]:
        """Where it listens."""
        self._thread.start()
        self._server = asyncio.run_coroutine_threadsafe(self._listen(), self._loop).result(10)
        host, port = self._server.sockets[0].getsockname()
        return host, port

    def stop(self) -> None:
        """After the server that hands mail over is gone."""
        asyncio.run_coroutine_threadsafe(self._close(), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    async def _listen(self) -> asyncio.Server:
        def connection() -> SMTP:
            return _Dsn(self.operator, data_size_limit=30_000_000, hostname="relais.mssante.fr", loop=self._loop)

        return await self._loop.create_server(connection, "127.0.0.1", 0)

    async def _close(self) -> None:
        self._server.close()
        while self.operator.connections:
            await asyncio.sleep(0.001)
        await self._server.wait_closed()
        await self._loop.shutdown_default_executor()

    def _deliver(self, mail: Received) -> None:
        for recipient in mail.recipients:
            notify = mail.rcpt.get(recipient, {}).get("NOTIFY", "FAILURE").upper().split(",")
            envelope = mail.mail.get("ENVID", "")
            try:
                self._local(mail.sender, recipient, mail.data)
            except smtplib.SMTPRecipientsRefused as error:
                code, text = error.recipients[recipient]
                if "FAILURE" in notify:
                    self._report(mail, recipient, "failed", "5.1.1", f"{code} {text.decode()}", envelope)
            else:
                if "SUCCESS" in notify:
                    self._report(mail, recipient, "delivered", "2.0.0", "250 2.0.0 saved", envelope)

    def _local(self, sender: str, recipient: str, data: bytes) -> None:
        assert self.lmtp is not None
        with smtplib.LMTP(*self.lmtp) as line:
            line.sendmail(sender, [recipient], data)

    def _report(self, mail: Received, recipient: str, action: str, status: str, said: str, envelope: str) -> None:
        header = mail.data.split(b"\r\n\r\n", 1)[0].decode("ascii")
        parts = (
            ("text/plain; charset=utf-8", f"{action}: {recipient}\n{said}\n"),
            (
                "message/delivery-status",
                f"Original-Envelope-Id: {envelope}\nReporting-MTA: dns; relais.mssante.fr\n\n"
                f"Final-Recipient: rfc822; {recipient}\nAction: {action}\nStatus: {status}\n"
                f"Diagnostic-Code: smtp; {said}\n",
            ),
            ("text/rfc822-headers", header.replace("\r\n", "\n") + "\n"),
        )
        body = "".join(f"--limite\nContent-Type: {kind}\n\n{text}\n" for kind, text in parts)
        report = (
            f"From: MAILER-DAEMON@relais.mssante.fr\nTo: {mail.sender}\nSubject: rapport\n"
            "Auto-Submitted: auto-replied\nMIME-Version: 1.0\n"
            f'Content-Type: multipart/report; report-type=delivery-status; boundary="limite"\n\n{body}--limite--\n'
        )
        self._local("", mail.sender, report.replace("\n", "\r\n").encode())

"""ManageSieve (RFC 5804): STARTTLS, then SCRAM, PLAIN, XOAUTH2 or EXTERNAL; one connection a call, closed at its end.

Until TLS stands nothing is believed: capabilities are read again inside it, and any octet that came with the answer to
STARTTLS ends the connection (security.md P2, P3).
"""

from __future__ import annotations

import asyncio
import base64
import re
import ssl
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import field

from mss_tui.adapters.sasl import choose, doubted, remember, scram, unbound
from mss_tui.adapters.scram import Scram
from mss_tui.adapters.sieve_refusals import hostile, lost, no_tls, refused
from mss_tui.adapters.tls import Anchored, tls_error
from mss_tui.errors import AuthRefused, CannotConnect, DeadlinePassed, ServerRefused
from mss_tui.model.people import Account, AuthMethod, Endpoint
from mss_tui.phrase import say
from mss_tui.ports.secrets import Secret, Secrets
from mss_tui.ports.sieve import Scripts
from mss_tui.record import dataclass
from mss_tui.text import clean

SECONDS = 30.0
MAX_OCTETS = 1_000_000
MAX_LINES = 2_000
_MAX_LINE = 8_192

_TOKEN = re.compile(rb'"((?:[^"\\]|\\.)*)"|([A-Za-z][A-Za-z0-9/-]*)|(\()|(\))|([0-9]+)')
_LITERAL = re.compile(rb"\{([0-9]{1,10})\+?\}\Z")
_ESCAPED = re.compile(rb"\\(.)", re.DOTALL)

Word = bytes


@dataclass(slots=True)
class _Answer:
    """OK, NO or BYE; the data lines before it; its code and words."""

    status: str
    lines: list[list[Word]] = field(default_factory=list)
    code: str = ""
    text: str = ""


class SieveScripts:
    """The scripts of one account; makes a connection for each call."""

    def __init__(self, account: Account, endpoint: Endpoint, secrets: Secrets, context: ssl.SSLContext) -> None:
        self._account = account
        self._endpoint = endpoint
        self._secrets = secrets
        self._context = context

    async def read(self) -> Scripts:
        """What is there."""
        async with self._line() as line:
            answer = await line.command(b"LISTSCRIPTS")
            names = [words[0].decode("utf-8", "replace") for words in answer.lines if words]
            active = next(
                (w[0].decode("utf-8", "replace") for w in answer.lines if len(w) > 1 and w[1].upper() == b"ACTIVE"), ""
            )
            return Scripts(tuple(names), active, await line.script(active) if active else "", line.extensions)

    async def text(self, name: str) -> str:
        """The text of a script."""
        async with self._line() as line:
            return await line.script(name)

    async def install(self, name: str, text: str) -> None:
        """Check a script on the server, store it, make it the active one."""
        data = text.encode()
        async with self._line() as line:
            await line.command(b"HAVESPACE", _string(name), b"%d" % len(data))
            if line.version:
                await line.command(b"CHECKSCRIPT", _literal(data))
            await line.command(b"PUTSCRIPT", _string(name), _literal(data))
            await line.command(b"SETACTIVE", _string(name))

    async def activate(self, name: str, *, delete: str = "") -> None:
        """Make `name` the active script, then delete another."""
        async with self._line() as line:
            await line.command(b"SETACTIVE", _string(name))
            if delete:
                await line.command(b"DELETESCRIPT", _string(delete))

    @asynccontextmanager
    async def _line(self) -> AsyncIterator[_Line]:
        """A connection after authentication, within one deadline for all that is done on it."""
        host = self._endpoint.host
        secret = None if self._account.auth.method is AuthMethod.CERTIFICATE else await self._secrets.of(self._account)
        writer: asyncio.StreamWriter | None = None
        try:
            async with asyncio.timeout(SECONDS):
                reader, writer = await asyncio.open_connection(host, self._endpoint.port, limit=_MAX_LINE)
                line = _Line(reader, writer)
                await line.begin(self._context, host)
                try:
                    await line.authenticate(self._account, self._endpoint, secret)
                except AuthRefused:
                    self._secrets.forget(self._account)
                    raise
                yield line
                with suppress(OSError):
                    writer.write(b"LOGOUT\r\n")
                    await writer.drain()
        except ssl.SSLError as error:
            raise tls_error(error, host) from error
        except TimeoutError as error:
            raise DeadlinePassed(
                say("Le serveur des messages d'absence n'a pas répondu à temps."), remedy=say("Recommencez.")
            ) from error
        except OSError as error:
            raise CannotConnect(
                say("Le serveur des messages d'absence ({host}) ne répond pas.", host=clean(host)),
                remedy=say("Vérifiez « sieve » dans le profil, ou mettez un rappel."),
                detail=clean(error.strerror or "", 200),
            ) from error
        finally:
            if writer is not None:
                writer.close()
                with suppress(OSError, asyncio.IncompleteReadError):
                    writer.transport.abort()
                for _ in range(3):  # the socket closes in callbacks of the loop
                    await asyncio.sleep(0)


class _Line:
    """One connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        self._octets = 0
        self.capabilities: dict[str, str] = {}

    @property
    def extensions(self) -> frozenset[str]:
        """What its Sieve knows."""
        return frozenset(self.capabilities.get("SIEVE", "").lower().split())

    @property
    def version(self) -> str:
        """Not empty where the server has CHECKSCRIPT and the rest of RFC 5804."""
        return self.capabilities.get("VERSION", "")

    async def begin(self, context: ssl.SSLContext, host: str) -> None:
        """Greeting, STARTTLS, capabilities again.

        Raises:
            TlsRefused: it does not encrypt; nothing was sent to it.
        """
        self._learn(await self._answer())
        if "STARTTLS" not in self.capabilities:
            raise no_tls(say("il n'offre pas STARTTLS"))
        self._writer.write(b"STARTTLS\r\n")
        if (await self._answer()).status != "OK":
            raise no_tls(say("il refuse STARTTLS"))
        if self._reader._buffer:  # type: ignore[attr-defined]  # what came in clear behind the answer is an attack
            raise hostile(say("il parle en clair quand il devrait se taire"))
        await self._writer.start_tls(context, server_hostname=host)
        if isinstance(context, Anchored) and context.online is not None:
            await context.online.settle(self._writer.get_extra_info("ssl_object"))
        self.capabilities = {}
        self._learn(await self._answer())

    def _learn(self, answer: _Answer) -> None:
        if answer.status != "OK":
            raise refused(answer.code, answer.text)
        for words in answer.lines:
            if words:
                name = words[0].decode("ascii", "replace").upper()
                self.capabilities[name] = words[1].decode("utf-8", "replace") if len(words) > 1 else ""

    async def authenticate(self, account: Account, server: Endpoint, secret: Secret | None) -> None:
        """Once, with the one mechanism that the profile asks for, or the strongest for a password.

        Raises:
            AuthRefused: it was refused.
            ServerRefused: the server does not offer it; no secret was sent.
            HostileServer: it does not know the password that it says it checks.
        """
        user = account.auth.user or account.address
        given = secret.reveal() if secret is not None else ""
        offered = set(self.capabilities.get("SASL", "").upper().split())
        if account.auth.method is AuthMethod.PASSWORD and secret is not None:
            inside = self._writer.get_extra_info("ssl_object")
            proof = choose(account, server, offered, inside)
            if proof:
                await self._prove(scram(proof, account, secret, offered, inside))
                remember(inside, server)
                return
        mechanism, response = {
            AuthMethod.PASSWORD: ("PLAIN", f"\0{user}\0{given}"),
            AuthMethod.CERTIFICATE: ("EXTERNAL", account.auth.user),
        }.get(account.auth.method, ("XOAUTH2", f"user={user}\1auth=Bearer {given}\1\1"))
        if mechanism not in offered:
            raise ServerRefused(
                say("Le serveur des messages d'absence n'accepte pas cette authentification ({name}).", name=mechanism),
                meaning=say("Aucun secret ne lui a été envoyé."),
                remedy=say("Vérifiez « auth » dans le profil, ou appelez votre opérateur."),
            )
        encoded = base64.b64encode(response.encode())
        self._send(b"AUTHENTICATE", b'"%s"' % mechanism.encode(), b'"%s"' % encoded)
        answer = await self._answer(challenged=True)
        if answer.status != "OK":
            raise _auth_refused(answer.text)

    async def _prove(self, exchange: Scram) -> None:
        """SCRAM; the server's own proof comes with its OK (RFC 5804 §2.1)."""
        said = base64.b64encode(exchange.first())
        self._send(b"AUTHENTICATE", b'"%s"' % exchange.mechanism.encode(), b'"%s"' % said)
        while True:
            words, bare = await self._words()
            if bare:
                break
            self._send(b'"%s"' % base64.b64encode(exchange.answer(_decoded(words))))
        if words[0].upper() != b"OK":
            if exchange.binding and not exchange.proved:  # it binds in a way that Python cannot
                await self._prove(unbound(exchange))
                return
            raise doubted(_auth_refused(_ended(words, []).text))
        if words[1:3] == [b"(", b"SASL"]:
            exchange.check(_decoded(words[3:]))
        exchange.require()

    async def command(self, *pieces: bytes) -> _Answer:
        """Give a command, wait for its end.

        Raises:
            ServerRefused: the server said no.
        """
        self._send(*pieces)
        answer = await self._answer()
        if answer.status != "OK":
            raise refused(answer.code, answer.text)
        return answer

    async def script(self, name: str) -> str:
        """The text of a script."""
        got = await self.command(b"GETSCRIPT", _string(name))
        return b"".join(words[0] for words in got.lines[:1] if words).decode("utf-8", "replace")

    def _send(self, *pieces: bytes) -> None:
        self._writer.write(b" ".join(pieces) + b"\r\n")

    async def _answer(self, *, challenged: bool = False) -> _Answer:
        lines: list[list[Word]] = []
        while True:
            words, bare = await self._words()
            if words and bare and words[0].upper() in (b"OK", b"NO", b"BYE"):
                return _ended(words, lines)
            if challenged and len(words) == 1 and not bare:
                self._send(b'""')  # the reason for a refusal is acknowledged by an empty answer (RFC 7628 §3.2.3)
                continue
            lines.append(words)
            if len(lines) > MAX_LINES:
                raise hostile(say("il ne finit pas de répondre"))

    async def _words(self) -> tuple[list[Word], bool]:
        """The words of one line, literals included; does it begin with a bare word?"""
        words: list[Word] = []
        first: bool | None = None
        while True:
            line = await self._read_line()
            literal = _LITERAL.search(line)
            text = line[: literal.start()] if literal else line
            at = 0
            while at < len(text):
                if text[at : at + 1] == b" ":
                    at += 1
                    continue
                found = _TOKEN.match(text, at)
                if found is None:
                    raise hostile(say("une réponse n'est pas du ManageSieve"))
                if first is None:
                    first = found[2] is not None
                words.append(found[0] if found[1] is None else _ESCAPED.sub(rb"\1", found[1]))
                at = found.end()
            if literal is None:
                return words, bool(first)
            first = bool(first)
            words.append(await self._read_octets(int(literal[1])))

    async def _read_line(self) -> bytes:
        try:
            line = await self._reader.readuntil(b"\r\n")
        except asyncio.IncompleteReadError as error:
            raise lost() from error
        except asyncio.LimitOverrunError as error:
            raise hostile(say("il envoie une ligne sans fin")) from error
        self._count(len(line))
        return line[:-2]

    async def _read_octets(self, octets: int) -> bytes:
        self._count(octets)
        try:
            return await self._reader.readexactly(octets)
        except asyncio.IncompleteReadError as error:
            raise lost() from error

    def _count(self, octets: int) -> None:
        self._octets += octets
        if self._octets > MAX_OCTETS:
            raise hostile(say("il envoie trop"))


def _decoded(words: Sequence[Word]) -> bytes:
    try:
        return base64.b64decode(words[0], validate=True)
    except (ValueError, IndexError):
        raise hostile(say("une réponse n'est pas du ManageSieve")) from None


def _auth_refused(text: str) -> AuthRefused:
    return AuthRefused(
        say("Le serveur des messages d'absence a refusé l'authentification."),
        remedy=say("Vérifiez l'identifiant et le mot de passe ou le jeton du profil."),
        detail=clean(text, 200),
    )


def _ended(words: Sequence[Word], lines: list[list[Word]]) -> _Answer:
    """The last line of an answer: `OK (WARNINGS) "text"`."""
    rest = [word.decode("utf-8", "replace") for word in words[1:]]
    code = ""
    if rest[:1] == ["("] and ")" in rest:
        end = rest.index(")")
        code, rest = " ".join(rest[1:end]).upper(), rest[end + 1 :]
    return _Answer(words[0].decode("ascii").upper(), lines, code, clean(" ".join(rest), 400))


def _string(text: str) -> bytes:
    """A name as a literal: no quoting can go wrong."""
    return _literal(text.encode())


def _literal(data: bytes) -> bytes:
    return b"{%d+}\r\n%s" % (len(data), data)

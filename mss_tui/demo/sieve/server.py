"""ManageSieve sessions (RFC 5804)."""

from __future__ import annotations

import asyncio
import base64
import binascii
import re
import ssl
from collections.abc import Sequence

from mss_tui.demo import sasl
from mss_tui.demo.line import Door, Line, TooLong
from mss_tui.demo.sieve.script import EXTENSIONS, BadScript, check
from mss_tui.demo.store import MailAccount, MailStore

MAX_LINE, MAX_SCRIPT, MAX_SCRIPTS, MAX_MISTAKES = 8192, 1 << 16, 20, 20
PATIENCE = 10 * 60.0

_LITERAL = re.compile(rb"\{([0-9]{1,10})\+\}\Z")
_ARGUMENT = re.compile(rb'[ ]*(?:"((?:[^"\\]|\\.)*)"|\{([0-9]{1,10})\+\}\r\n|([0-9]{1,10}))')
_ESCAPED = re.compile(rb"\\(.)")


class _No(Exception):
    """The command cannot be done; the text goes into the NO answer, with its response code."""


def _string(text: str) -> bytes:
    data = text.encode("utf-8")
    return b"{%d}\r\n%s" % (len(data), data)


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _arguments(data: bytes) -> list[str]:
    found, at = [], 0
    while at < len(data):
        match = _ARGUMENT.match(data, at)
        if match is None:
            raise _No('"not understood"')
        at = match.end()
        if match[2] is not None:
            length = int(match[2])
            raw = data[at : at + length]
            at += length
        else:
            raw = _ESCAPED.sub(rb"\1", match[1]) if match[1] is not None else match[3]
        try:
            found.append(raw.decode("utf-8"))
        except UnicodeDecodeError as error:
            raise _No('"UTF-8 expected"') from error
    return found


class _Session:
    def __init__(self, line: Line, store: MailStore, tls: ssl.SSLContext) -> None:
        self._line = line
        self._store = store
        self._tls = tls
        self._account: MailAccount | None = None
        self._mistakes = 0

    async def run(self) -> None:
        self._capability()
        leaving = False
        while not leaving and self._mistakes < MAX_MISTAKES:
            await self._line.drain()
            async with asyncio.timeout(PATIENCE):
                data = await self._command()
            verb, _, rest = data.partition(b" ")
            name = verb.decode("ascii", "replace").upper()
            try:
                leaving = await self._do(name, _arguments(rest))
            except _No as refusal:
                self._mistakes += 1
                self._say(f"NO {refusal}")

    async def _command(self) -> bytes:
        parts = []
        size = 0
        while True:
            text = await self._line.read_line(MAX_LINE)
            parts.append(text)
            match = _LITERAL.search(text)
            size += len(text) + (int(match[1]) if match else 0)
            if size > 2 * MAX_SCRIPT:
                raise TooLong
            if match is None:
                return b"".join(parts)
            parts += [b"\r\n", await self._line.read_exactly(int(match[1]))]

    def _say(self, text: str) -> None:
        self._line.write(text.encode("utf-8", "replace") + b"\r\n")

    def _capability(self) -> None:
        secure = self._line.secure
        self._say('"IMPLEMENTATION" "mss-tui demo"')
        self._say(f'"SASL" "{"PLAIN XOAUTH2" if secure else ""}"')
        self._say(f'"SIEVE" "{" ".join(EXTENSIONS)}"')
        if not secure:
            self._say('"STARTTLS"')
        self._say('"VERSION" "1.0"')
        self._say('OK "mss-tui demo"')

    async def _do(self, name: str, args: Sequence[str]) -> bool:
        if name == "LOGOUT":
            self._say('OK "au revoir"')
            return True
        if name == "CAPABILITY":
            self._capability()
        elif name == "NOOP":
            self._say(f'OK (TAG {_quoted(args[0])}) "done"' if args else 'OK "done"')
        elif name == "STARTTLS" and not self._line.secure:
            self._say('OK "begin TLS now"')
            await self._line.start_tls(self._tls)
            self._capability()
        elif name == "AUTHENTICATE" and self._account is None:
            await self._authenticate(args)
        elif self._account is not None:
            self._about_scripts(self._account, name, args)
        else:
            raise _No('"authenticate first"')
        return False

    async def _authenticate(self, args: Sequence[str]) -> None:
        if not self._line.secure:
            raise _No('(ENCRYPT-NEEDED) "STARTTLS first"')
        mechanisms = {"PLAIN": sasl.plain, "XOAUTH2": sasl.bearer}
        if not args or args[0].upper() not in mechanisms:
            raise _No('"mechanism not offered"')
        if len(args) > 1:
            response = args[1]
        else:
            self._say('""')
            response = next(iter(_arguments(await self._command())), "*")
        try:
            decoded = base64.b64decode(response, validate=True)
        except (binascii.Error, ValueError) as error:
            raise _No('"base64 expected"') from error
        self._account = mechanisms[args[0].upper()](self._store, decoded)
        if self._account is None:
            raise _No('"wrong address or password"')
        self._mistakes = 0
        self._say('OK "logged in"')

    def _about_scripts(self, account: MailAccount, name: str, args: Sequence[str]) -> None:
        wanted = {
            "LISTSCRIPTS": 0,
            "GETSCRIPT": 1,
            "SETACTIVE": 1,
            "DELETESCRIPT": 1,
            "CHECKSCRIPT": 1,
            "HAVESPACE": 2,
            "PUTSCRIPT": 2,
            "RENAMESCRIPT": 2,
        }
        if wanted.get(name) != len(args):
            raise _No('"not understood"')
        scripts = account.scripts
        named = name in ("GETSCRIPT", "DELETESCRIPT", "RENAMESCRIPT") or (name == "SETACTIVE" and args[0])
        if named and args[0] not in scripts:
            raise _No('(NONEXISTENT) "no such script"')
        if name == "LISTSCRIPTS":
            for script in scripts:
                self._say(_quoted(script) + (" ACTIVE" if script == account.active_script else ""))
        elif name == "GETSCRIPT":
            self._line.write(_string(scripts[args[0]]) + b"\r\n")
        elif name == "SETACTIVE":
            account.active_script = args[0]
        elif name == "DELETESCRIPT":
            if args[0] == account.active_script:
                raise _No('(ACTIVE) "it is active"')
            del scripts[args[0]]
        elif name == "RENAMESCRIPT":
            self._rename(account, *args)
        elif name == "HAVESPACE":
            self._room(account, args[0], int(args[1]) if args[1].isdecimal() else MAX_SCRIPT + 1)
        else:
            self._check(args[-1])
            if name == "PUTSCRIPT":
                self._room(account, args[0], len(args[1].encode("utf-8")))
                scripts[args[0]] = args[1]
        self._say('OK "done"')

    def _rename(self, account: MailAccount, old: str, new: str) -> None:
        if new in account.scripts:
            raise _No('(ALREADYEXISTS) "it exists"')
        self._room(account, old, 0)
        account.scripts[new] = account.scripts.pop(old)
        if account.active_script == old:
            account.active_script = new

    def _room(self, account: MailAccount, name: str, octets: int) -> None:
        if not name or not name.isprintable() or len(name) > 128:
            raise _No('"that is no name for a script"')
        if octets > MAX_SCRIPT:
            raise _No('(QUOTA/MAXSIZE) "too big"')
        if name not in account.scripts and len(account.scripts) >= MAX_SCRIPTS:
            raise _No('(QUOTA/MAXSCRIPTS) "too many scripts"')

    def _check(self, script: str) -> None:
        try:
            check(script)
        except BadScript as error:
            raise _No(_quoted(str(error))) from error


async def open_door(store: MailStore, tls: ssl.SSLContext) -> Door:
    """The server's door, with STARTTLS."""

    async def serve(line: Line) -> None:
        await _Session(line, store, tls).run()

    return await Door.open(serve)

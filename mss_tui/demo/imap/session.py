"""One IMAP connection: reads commands, keeps its state, answers (RFC 3501 §3, §7)."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Awaitable, Callable
from enum import IntEnum

from mss_tui.demo.imap.syntax import (
    MAX_BEFORE_LOGIN,
    MAX_COMMAND,
    MAX_LINE,
    Arguments,
    BadSyntax,
    Refusal,
    read_command,
)
from mss_tui.demo.imap.view import View
from mss_tui.demo.line import Line, TooLong
from mss_tui.demo.store import MAX_MESSAGE, MailAccount, MailStore, OverQuota, Refused
from mss_tui.record import dataclass

BEFORE_LOGIN, AFTER_LOGIN = 60.0, 30 * 60.0
"""Seconds that a client may stay silent (RFC 3501 §5.4)."""
MAX_MISTAKES = 20
MAX_LOGINS = 3
FLUSH = 1 << 16

_ALWAYS = "IMAP4rev1 SASL-IR LITERAL+ ID ENABLE"
_AFTER = (
    "IDLE NAMESPACE UNSELECT CHILDREN SPECIAL-USE LIST-EXTENDED LIST-STATUS UIDPLUS MOVE CONDSTORE ESEARCH "
    f"STATUS=SIZE QUOTA QUOTA=RES-STORAGE APPENDLIMIT={MAX_MESSAGE}"
)


class State(IntEnum):
    """What a command asks for; each includes those before it."""

    ANY = 0
    GREETED = 1
    LOGGED_IN = 2
    SELECTED = 3


@dataclass(frozen=True, slots=True)
class Command:
    """A command: when it may come, what it does. It returns the words after OK, or None when it answered itself."""

    state: State
    act: Callable[[Session, Arguments], Awaitable[str | None]]
    expunges: bool = True


class Session:
    """One client."""

    def __init__(self, line: Line, store: MailStore, tls: ssl.SSLContext, commands: dict[str, Command]) -> None:
        self.line = line
        self.store = store
        self.tls = tls
        self.account: MailAccount | None = None
        self.view: View | None = None
        self.condstore = False
        self.leaving = False
        self.tag = "*"
        self.by_uid = False
        self.failed_logins = 0
        self.changed = asyncio.Event()
        self._commands = commands
        self._mistakes = 0
        self._out = bytearray()

    @property
    def capabilities(self) -> str:
        """What the server offers now."""
        if not self.line.secure:
            return f"{_ALWAYS} STARTTLS LOGINDISABLED"
        return f"{_ALWAYS} {_AFTER}" if self.account else f"{_ALWAYS} AUTH=PLAIN AUTH=XOAUTH2"

    @property
    def owner(self) -> MailAccount:
        """Whose mail it is; the command table makes sure that someone is logged in."""
        if self.account is None:
            raise BadSyntax("log in first")
        return self.account

    @property
    def selected(self) -> View:
        """The selected folder."""
        if self.view is None:
            raise BadSyntax("select a folder first")
        return self.view

    def untagged(self, text: str | bytes) -> None:
        """Add one untagged line to the answer."""
        self._out += b"* " + (text.encode("ascii") if isinstance(text, str) else text) + b"\r\n"

    def add(self, data: bytes) -> None:
        """Add whole lines to the answer."""
        self._out += data

    async def flush(self, *, at_least: int = 0) -> None:
        """Send what was gathered, where it is more than `at_least` octets."""
        if len(self._out) > at_least:
            self.line.write(bytes(self._out))
            self._out.clear()
            await self.line.drain()
            # a long answer lets others have their turn
            await asyncio.sleep(0)

    async def answer(self, text: str) -> None:
        """Send the tagged line, and all before it."""
        self._out += f"{self.tag} {text}\r\n".encode("ascii", "replace")
        await self.flush()

    async def ask(self, prompt: bytes) -> bytes:
        """Send a continuation and read the line that answers it."""
        self._out += b"+ " + prompt + b"\r\n"
        await self.flush()
        async with asyncio.timeout(BEFORE_LOGIN):
            return await self.line.read_line(MAX_BEFORE_LOGIN)

    def select(self, view: View | None) -> None:
        """Let the selected folder go and take another."""
        if self.view is not None:
            self.view.mailbox.watchers.discard(self.changed.set)
        self.view = view
        if view is not None:
            view.mailbox.watchers.add(self.changed.set)

    def sync(self, *, expunge: bool = True) -> None:
        """Add what the client was not told yet."""
        if self.view is not None:
            self._out += self.view.sync(expunge=expunge, modseq=self.condstore)

    async def run(self) -> None:
        """Serve until the client leaves."""
        self.untagged(f"OK [CAPABILITY {self.capabilities}] mss-tui demo")
        try:
            await self.flush()
            while not self.leaving:
                await self._next()
        except TooLong:
            self._out.clear()
            self.untagged("BYE [TOOBIG] too much at once")
            await self.flush()
        except TimeoutError:
            self.untagged("BYE silent for too long")
            await self.flush()
        finally:
            self.select(None)

    async def _next(self) -> None:
        known = self.account is not None
        try:
            async with asyncio.timeout(AFTER_LOGIN if known else BEFORE_LOGIN):
                data = await read_command(
                    self.line,
                    literal_limit=MAX_MESSAGE if known else MAX_BEFORE_LOGIN,
                    line_limit=MAX_LINE if known else MAX_BEFORE_LOGIN,
                    command_limit=MAX_COMMAND if known else 2 * MAX_BEFORE_LOGIN,
                )
        except Refusal as refusal:
            self.tag = refusal.args[1].split(b" ")[0].decode("ascii", "replace")[:40]
            await self.answer(f"NO {refusal.args[0]}")
            return
        args = Arguments(data)
        self.tag = "*"
        try:
            self.tag = args.tag()
            args.space()
            await self._do(args)
            self._mistakes = 0
        except BadSyntax as error:
            self._mistakes += 1
            await self.answer(f"BAD {error}")
        except Refused as error:
            await self.answer(f"NO {error}")
        except Refusal as refusal:
            await self.answer(f"NO {refusal.args[0]}")
        except OverQuota:
            await self.answer("NO [OVERQUOTA] the mailbox is full")
        if self._mistakes >= MAX_MISTAKES:
            self.untagged("BYE too many mistakes")
            self.leaving = True
            await self.flush()

    async def _do(self, args: Arguments) -> None:
        name = args.atom().upper()
        self.by_uid = name == "UID"
        if self.by_uid:
            args.space()
            name = "UID " + args.atom().upper()
        command = self._commands.get(name)
        if command is None:
            raise BadSyntax("unknown command")
        if command.state is State.GREETED and self.account is not None:
            raise BadSyntax("already logged in")
        if command.state >= State.LOGGED_IN and self.account is None:
            raise BadSyntax("log in first")
        if command.state is State.SELECTED and self.view is None:
            raise BadSyntax("select a folder first")
        words = await command.act(self, args)
        if words is not None:
            self.sync(expunge=command.expunges)
            await self.answer(f"OK {words}")

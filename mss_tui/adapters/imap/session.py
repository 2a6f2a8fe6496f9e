"""One authenticated connection: what the server can do, which folder is selected, who listens to what it says."""

from __future__ import annotations

import asyncio
import ssl
from asyncio import FIRST_COMPLETED
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from typing import Any

from mss_tui.adapters.imap import names
from mss_tui.adapters.imap.auth import authenticate
from mss_tui.adapters.imap.limits import CALL, LOGOUT, Limits
from mss_tui.adapters.imap.mailbox import Items, Mailbox
from mss_tui.adapters.imap.opening import open_line
from mss_tui.adapters.imap.pipeline import Order, Pipeline
from mss_tui.adapters.imap.refusals import hostile, late, lost, not_opened, refused
from mss_tui.adapters.imap.response import Data, Status
from mss_tui.adapters.imap.syntax import Atom, Malformed, Value, number, parse, sequence
from mss_tui.adapters.imap.wire import Literals, Piece, astring, read_set
from mss_tui.adapters.tls import describe
from mss_tui.errors import MssError
from mss_tui.model.people import Account
from mss_tui.phrase import say
from mss_tui.ports.secrets import Secret

Ear = Callable[[Data], None]
Along = Callable[[Mailbox], None]


class Session:
    """A connection after authentication. Made by `Session.begin`; every method raises only `MssError`s."""

    def __init__(self, account: Account, limits: Limits) -> None:
        self.account = account
        self.limits = limits
        self.capabilities: frozenset[str] = frozenset()
        self.tls = ""
        self.mailbox: Mailbox | None = None
        self.on_news: Callable[[], None] = lambda: None
        self._pipeline: Pipeline | None = None
        self._raw_names: dict[str, bytes] = {}
        self._ears: dict[str, list[Ear]] = {}
        self.copied: list[bytes] = []
        self._selected = False
        self._users = 0
        self._unused = asyncio.Event()
        self._unused.set()
        self._turn = asyncio.Lock()
        self.alone = asyncio.Lock()
        """Held by what the server answers without saying to whom (SEARCH, COPY): one at a time."""

    @classmethod
    async def begin(cls, account: Account, context: ssl.SSLContext, secret: Secret | None, limits: Limits) -> Session:
        """Connect, check, authenticate.

        Raises:
            MssError: see `open_line` and `authenticate`; the connection is closed then.
        """
        self = cls(account, limits)
        self._pipeline = await open_line(account.imap, context, limits, self._hear)
        try:
            inside = self.pipeline.transport.get_extra_info("ssl_object")
            self.tls = describe(inside, account.ca)
            if not self.capabilities:
                await self.run(b"CAPABILITY")
            before, self.capabilities = self.capabilities, frozenset()
            self._set_literals(before)
            status = await authenticate(self.pipeline, account, secret, before)
            self._heed(status)
            if not self.capabilities:  # neither untagged nor in the answer: ask, they are others than before
                await self.run(b"CAPABILITY")
            self._set_literals(self.capabilities)
            if "QRESYNC" in self.capabilities and "ENABLE" in self.capabilities:
                self.pipeline.submit(b"ENABLE", b"QRESYNC")
        except BaseException:
            self.drop(lost())
            raise
        return self

    @property
    def pipeline(self) -> Pipeline:
        """The connection."""
        if self._pipeline is None:
            raise lost()
        return self._pipeline

    @property
    def error(self) -> MssError | None:
        """What ended it; None while it lives."""
        return self.pipeline.error

    def can(self, *capabilities: str) -> bool:
        """Does the server have all of these?"""
        return self.capabilities.issuperset(capabilities)

    # commands

    def submit(self, *pieces: Piece) -> Order:
        """Give a command without waiting for its end."""
        return self.pipeline.submit(*pieces)

    async def finish(self, order: Order, folder: str = "", *, some_gone: bool = False) -> Status:
        """Wait for its end.

        Args:
            folder: is named in the sentence when the server says no.
            some_gone: that some messages are gone is no failure (EXPUNGEISSUED, RFC 5530).

        Raises:
            MssError: the connection ended, or the server said no.
        """
        status = await self.pipeline.finish(order)
        if not status.ok and not (some_gone and status.code == "EXPUNGEISSUED"):
            raise refused(status, folder)
        self._heed(status)
        return status

    async def idle(self, *until: Coroutine[object, object, object]) -> None:
        """IDLE until one of `until` is done, or another command is given on this connection.

        Raises:
            MssError: the connection ended, the server refused, or did not answer in time.
        """
        began: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        ends: list[asyncio.Future[Any]] = [asyncio.ensure_future(end) for end in until]
        try:
            order = self.pipeline.submit(b"IDLE", barrier=True, answer=lambda _: began.set_result(None))
            try:
                async with asyncio.timeout(CALL):
                    await asyncio.wait({began, order.done}, return_when=FIRST_COMPLETED)
                await asyncio.wait({*ends, order.done}, return_when=FIRST_COMPLETED)
            finally:
                self.pipeline.end_idle(order)
            async with asyncio.timeout(CALL):
                await self.finish(order)
        except TimeoutError:
            self.drop(late())
            raise late() from None
        finally:
            for end in ends:
                end.cancel()

    async def run(self, *pieces: Piece, folder: str = "") -> Status:
        """Give a command and wait for its end."""
        return await self.finish(self.submit(*pieces), folder)

    @contextmanager
    def hearing(self, kind: str, ear: Ear) -> Iterator[None]:
        """Give untagged data of a kind to `ear`."""
        ears = self._ears.setdefault(kind, [])
        ears.append(ear)
        try:
            yield
        finally:
            ears.remove(ear)

    # folders

    def wire_name(self, folder: str) -> Piece:
        """A folder's name as the server spells it."""
        return astring(self._raw_names.get(folder) or names.encode(folder))

    def folder_name(self, raw: bytes, *, listed: bool = False) -> str:
        """The Unicode name of a folder, in modified UTF-7 or UTF-8 (a server may use both on one connection).

        Args:
            listed: it stands in a LIST: its spelling is remembered, so that it can be given back.
        """
        if raw.upper() == b"INBOX":
            return "INBOX"
        name = names.decode(raw)
        if not listed:
            return name
        known = self._raw_names.setdefault(name, raw)
        if known == raw or not raw.isascii():
            return name
        name = raw.decode("ascii")  # two spellings of one name: the second goes by its letters
        self._raw_names.setdefault(name, raw)
        return name

    @asynccontextmanager
    async def within(
        self, folder: str, *, write: bool = False, examine: bool = False, along: Along | None = None
    ) -> AsyncIterator[Mailbox]:
        """Use a folder; others may use the same one meanwhile, another one waits.

        Args:
            write: the folder must not be selected read-only.
            examine: select it read-only if it has to be selected.
            along: called right after SELECT was given, to give more in the same flight; not called without SELECT.
        """
        async with self._turn:
            box = self.mailbox
            if box is None or box.name != folder or (write and box.examined):
                await self._unused.wait()
                box = await self._select(folder, examine and not write, along)
            self._users += 1
            self._unused.clear()
        try:
            yield box
        finally:
            self._users -= 1
            if not self._users:
                self._unused.set()

    async def _select(self, folder: str, read_only: bool, along: Along | None) -> Mailbox:
        if self._selected:  # what still comes belongs to the folder before
            self.mailbox = None
            await self.pipeline.drain()
        self._selected = True
        order = self.submit(b"EXAMINE" if read_only else b"SELECT", self.wire_name(folder))
        box = self.mailbox = Mailbox(folder, self.limits, examined=read_only)
        if along is not None:
            along(box)
        try:
            status = await self.pipeline.finish(order)
            if not status.ok:
                raise refused(status, folder) if status.code else not_opened(folder, status.text)
            self._heed(status)
            if box.exists is None or not box.uidvalidity:
                raise hostile(say("il ouvre un dossier sans dire ce qu'il contient"))
        except BaseException:
            self.mailbox = None
            raise
        box.take_news()
        return box

    # the end

    async def ended(self) -> MssError:
        """Wait for the end of the connection; what ended it."""
        return await asyncio.shield(self.pipeline.ended)

    def drop(self, error: MssError) -> None:
        """End the connection now; whoever waits gets `error`."""
        if self._pipeline is not None:
            self._pipeline.fail(error)

    async def logout(self) -> None:
        """Say goodbye, briefly, and close. Never fails."""
        with suppress(MssError, TimeoutError):
            async with asyncio.timeout(LOGOUT):
                await self.run(b"LOGOUT")
        self.drop(lost())

    # what the server says

    def _set_literals(self, capabilities: frozenset[str]) -> None:
        if "LITERAL+" in capabilities:
            self.pipeline.literals = Literals.ANY
        elif "LITERAL-" in capabilities or "IMAP4REV2" in capabilities:
            self.pipeline.literals = Literals.SMALL
        else:
            self.pipeline.literals = Literals.ASK

    def _hear(self, said: Status | Data) -> None:
        if isinstance(said, Status):
            self._heed(said)
            return
        if said.kind == "FETCH":
            self._hear_fetch(said)
        elif said.kind == "CAPABILITY":
            self._set_capabilities(said.pieces[0])
        elif self.mailbox is not None:
            self._hear_folder(self.mailbox, said)
        for ear in tuple(self._ears.get(said.kind, ())):
            with suppress(Malformed, ValueError):  # one wrong line loses itself, not the others
                ear(said)

    def _heed(self, status: Status) -> None:
        """Response codes, tagged or not (RFC 9051 §7.1)."""
        if status.code == "CAPABILITY":
            self._set_capabilities(status.arguments)
        elif status.code == "COPYUID":
            self.copied.append(status.arguments)
        box = self.mailbox
        if box is None:
            return
        with suppress(Malformed, IndexError):
            self._heed_folder(box, status)

    def _heed_folder(self, box: Mailbox, status: Status) -> None:
        count = int(status.arguments) if status.arguments.isdigit() and len(status.arguments) < 20 else 0
        match status.code:
            case "UIDVALIDITY":
                box.uidvalidity = count
            case "UIDNEXT":
                box.uidnext = count
            case "HIGHESTMODSEQ":
                box.modseq = max(box.modseq, count)
            case "READ-ONLY":
                box.read_only = True
            case "PERMANENTFLAGS":
                box.permanent_flags = read_flags(parse([status.arguments])[0])

    def _set_capabilities(self, text: bytes) -> None:
        self.capabilities = frozenset(text.decode("ascii", "replace").upper().split())

    def _hear_folder(self, box: Mailbox, said: Data) -> None:
        if said.kind == "EXISTS":
            box.now_exist(said.number)
        elif said.kind == "EXPUNGE":
            box.expunged(said.number)
        elif said.kind == "VANISHED":
            self._hear_vanished(box, said)
        else:
            return
        if box.news:
            self.on_news()

    def _hear_vanished(self, box: Mailbox, said: Data) -> None:
        try:
            values = said.values()
            earlier = isinstance(values[0], list)
            spans = read_set(bytes(values[-1] or b""), self.limits.messages)  # type: ignore[arg-type]
        except (Malformed, ValueError, TypeError, IndexError):
            raise hostile(say("une réponse n'est pas de l'IMAP")) from None
        if not earlier:
            box.vanished(spans)

    def _hear_fetch(self, said: Data) -> None:
        box = self.mailbox
        if box is None or box.exists is None:
            return
        try:
            items = fetch_items(said)
            uid = number(items["UID"]) if "UID" in items else box.uid_at(said.number)
            flags = read_flags(items["FLAGS"]) if "FLAGS" in items else None
        except Malformed:
            return  # a row that cannot be read is asked for again, or shown as missing, by whoever wants it
        if not uid or not box.met(said.number, uid):
            return
        if "UID" not in items:  # the number alone may be an old one: good enough for flags, never for content
            items = {"FLAGS": items["FLAGS"]} if "FLAGS" in items else {}
        asked = False
        for ear in tuple(box.ears):
            with suppress(Malformed, ValueError):
                asked = ear(said.number, uid, items) or asked
        if flags is not None:
            box.flagged(uid, flags, asked=asked)
            if box.news:
                self.on_news()


def fetch_items(said: Data) -> Items:
    """The items of a FETCH by name, in capitals; `BODY[HEADER.FIELDS (…)]` loses its list.

    Raises:
        Malformed: it does not follow the grammar.
    """
    values = said.values()
    flat = sequence(values[0] if values else None)
    items: Items = {}
    for name, value in zip(flat[::2], flat[1::2], strict=False):
        if not isinstance(name, Atom):
            raise Malformed("item")
        key = name.decode("latin-1").upper()
        if key.startswith("BODY[HEADER.FIELDS"):
            key = "BODY[HEADER.FIELDS]"
        items[key] = value
    return items


def read_flags(value: Value) -> frozenset[str]:
    """Flags and keywords; system flags as RFC 9051 writes them, without Recent, which depends on who asks.

    Raises:
        Malformed: they are no list of atoms.
    """
    words = (bytes(word).decode("latin-1") for word in sequence(value) if isinstance(word, Atom))
    flags = ("\\" + word[1:].capitalize() if word[:1] == "\\" else word for word in words)
    return frozenset(flag for flag in flags if flag != "\\Recent")

"""One authenticated connection: what the server can do, which folder is selected, who listens to what it says."""

from __future__ import annotations

import asyncio
import ssl
from asyncio import FIRST_COMPLETED
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager, suppress
from typing import Any

from mss_tui.adapters.imap.auth import authenticate, begin, in_one_flight, strongest
from mss_tui.adapters.imap.hearing import Hearing
from mss_tui.adapters.imap.limits import LOGOUT, Limits
from mss_tui.adapters.imap.mailbox import Mailbox
from mss_tui.adapters.imap.opening import open_line
from mss_tui.adapters.imap.order import Order
from mss_tui.adapters.imap.pipeline import Pipeline
from mss_tui.adapters.imap.refusals import hostile, late, lost, not_opened, refused
from mss_tui.adapters.imap.response import Status
from mss_tui.adapters.imap.wire import Literals, Piece
from mss_tui.adapters.tls import Anchored, describe
from mss_tui.errors import MssError
from mss_tui.model.people import Account
from mss_tui.phrase import Phrase, say
from mss_tui.ports.secrets import Secret

Along = Callable[[Mailbox], None]
_KEPT = 8
"""Folders of which something is kept after another was selected."""


class Session(Hearing):
    """A connection after authentication. Made by `Session.begin`; every method raises only `MssError`s."""

    def __init__(self, account: Account, limits: Limits) -> None:
        super().__init__(limits)
        self.account = account
        self.row_items = b""
        """What the list asks of a message."""
        self._pipeline: Pipeline | None = None
        self._resync: Order | None = None
        self._entry: asyncio.Future[None] | None = None
        self._left: dict[str, Mailbox] = {}
        self._selected = False
        self._users = 0
        self._unused = asyncio.Event()
        self._unused.set()
        self._turn = asyncio.Lock()
        self.alone = asyncio.Lock()
        """Held by what the server answers without saying to whom (SEARCH, COPY): one at a time."""

    @classmethod
    async def begin(
        cls,
        account: Account,
        context: ssl.SSLContext,
        secret: Secret | None,
        limits: Limits,
        ahead: Callable[[MssError], None] | None = None,
    ) -> Session:
        """Connect, check, authenticate.

        Args:
            ahead: come back before the server has taken a password, where commands may follow it in one flight
                (docs/adr/0008); `entered` tells the end, and `ahead` is called at once with the error of a refusal.

        Raises:
            MssError: see `open_line` and `authenticate`; the connection is closed then.
        """
        self = cls(account, limits)
        self._pipeline = await open_line(account.imap, context, limits, self.hear)
        try:
            inside = self.pipeline.transport.get_extra_info("ssl_object")
            if not self.capabilities:
                await self.run(b"CAPABILITY")
            before, self.capabilities = self.capabilities, frozenset()
            self._set_literals(before)
            proof = strongest(account, before, inside)
            if ahead is not None and secret is not None and not proof and in_one_flight(account, secret, before):
                order = begin(self.pipeline, account, secret, before, ahead)
                self._resync = self.pipeline.submit(b"ENABLE", b"QRESYNC")  # a word unknown to it is passed over
                self._entry = asyncio.ensure_future(self._enter(self.pipeline.finish(order)))
                self._entry.add_done_callback(lambda entry: entry.cancelled() or entry.exception())
            else:
                await self._enter(authenticate(self.pipeline, account, secret, before, proof))
        except BaseException:
            self.drop(lost())
            raise
        return self

    async def _enter(self, authenticated: Awaitable[Status]) -> None:
        """What the server says when it lets us in: what it can do, which is more than it said before."""
        self.heed(await authenticated)
        if not self.capabilities:  # neither untagged nor in the answer: ask, they are others than before
            await self.run(b"CAPABILITY")
        self._set_literals(self.capabilities)
        if self._resync is None and self.can("QRESYNC", "ENABLE"):
            self._resync = self.pipeline.submit(b"ENABLE", b"QRESYNC")

    async def entered(self) -> None:
        """Wait until the server has let us in.

        Raises:
            MssError: it has not; the connection is closed.
        """
        if self._entry is not None:
            await asyncio.shield(self._entry)

    @property
    def pipeline(self) -> Pipeline:
        """The connection."""
        if self._pipeline is None:
            raise lost()
        return self._pipeline

    @property
    def tls(self) -> Phrase | None:
        """What the status line says of the line as it is now; what is asked of its certificate may come later."""
        inside = self.pipeline.transport.get_extra_info("ssl_object")
        return describe(inside) if inside is not None else None

    async def checked(self) -> bool:
        """Wait for what is still asked of the server's certificate; was anything?"""
        inside = self.pipeline.transport.get_extra_info("ssl_object")
        context = inside.context if inside is not None else None
        return isinstance(context, Anchored) and context.online is not None and await context.online.asked()

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
        self.heed(status)
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
                async with asyncio.timeout(self.limits.call):
                    await asyncio.wait({began, order.done}, return_when=FIRST_COMPLETED)
                await asyncio.wait({*ends, order.done}, return_when=FIRST_COMPLETED)
            finally:
                self.pipeline.end_idle(order)
            async with asyncio.timeout(self.limits.call):
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

    # folders

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
            self.leave()
            await self.pipeline.drain()
        self._selected = True
        before = self._left.get(folder)
        if before is not None and not (self._resyncs or (before.resyncs and self._entering)):
            before = None
        pieces: list[Piece] = [b"EXAMINE" if read_only else b"SELECT", self.wire_name(folder)]
        box = self.mailbox = Mailbox(folder, self.limits, examined=read_only)
        resync: list[Piece] = []
        if before is not None and before.modseq:
            resync.append(b"(QRESYNC (%d %d%b))" % (before.uidvalidity, before.modseq, before.span))
            box.resume(before)
        order = self.submit(*pieces, *resync)
        if along is not None:
            along(box)
        try:
            status = await self.pipeline.finish(order)
            if resync and not status.ok and not self._resyncs:  # it does so no more: from the beginning
                box.forget()
                status = await self.pipeline.finish(self.submit(*pieces))
            if not status.ok:
                raise refused(status, folder) if status.code else not_opened(folder, status.text)
            self.heed(status)
            if box.exists is None or not box.uidvalidity:
                raise hostile(say("il ouvre un dossier sans dire ce qu'il contient"))
        except BaseException:
            self.mailbox = None
            self._left.pop(folder, None)
            raise
        if before is not None and not _goes_on(before, box):
            box.forget()
        box.resyncs = self._resyncs
        box.gap.add(box.take_news())
        self.on_selected(box)
        return box

    @property
    def _resyncs(self) -> bool:
        """Was QRESYNC asked for and, as far as the answer has come, enabled?"""
        done = self._resync.done if self._resync is not None and self.can("QRESYNC") else None
        return done is not None and (not done.done() or (done.exception() is None and done.result().ok))

    @property
    def _entering(self) -> bool:
        """Was ENABLE QRESYNC given to a server that has not let us in yet, and so not said what it can do?"""
        return self._resync is not None and self._entry is not None and not self._entry.done()

    def recall(self, before: Mailbox) -> None:
        """What an earlier run of the program knew of a folder; nothing where this connection knows more."""
        if self.mailbox is None or self.mailbox.name != before.name:
            self._left.setdefault(before.name, before)

    def known(self, folder: str) -> Mailbox | None:
        """What is known of a folder, selected or not."""
        selected = self.mailbox is not None and self.mailbox.name == folder
        return self.mailbox if selected else self._left.get(folder)

    def leave(self) -> None:
        """Keep what is known of the selected folder for when it is selected again."""
        if self.mailbox is not None:
            self._left.pop(self.mailbox.name, None)
            self._left[self.mailbox.name] = self.mailbox
            while len(self._left) > _KEPT:
                del self._left[next(iter(self._left))]
        self.mailbox = None

    async def put_aside(self, folder: str) -> None:
        """A folder is about to be another one, or none: it is not selected (Dovecot would hang up), nothing is kept."""
        if self.mailbox is not None and self.mailbox.name == folder:
            async with self._turn:
                await self._unused.wait()
                if self.can("UNSELECT"):
                    await self.run(b"UNSELECT")
                    self.mailbox, self._selected = None, False
                else:
                    await self._select("INBOX", read_only=True, along=None)
        self._left.pop(folder, None)

    def inherit(self, before: Session) -> None:
        """Take over what an earlier connection knew of its folders."""
        before.leave()
        self._left = before._left

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

    def _set_literals(self, capabilities: frozenset[str]) -> None:
        if "LITERAL+" in capabilities:
            self.pipeline.literals = Literals.ANY
        elif "LITERAL-" in capabilities or "IMAP4REV2" in capabilities:
            self.pipeline.literals = Literals.SMALL
        else:
            self.pipeline.literals = Literals.ASK


def _goes_on(before: Mailbox, box: Mailbox) -> bool:
    """Is it the same folder, later? One put back from a backup has numbers that went back (RFC 7162 §3.1.2.1)."""
    same = before.uidvalidity == box.uidvalidity
    return same and box.modseq >= before.modseq and (not box.uidnext or box.uidnext >= before.uidnext)

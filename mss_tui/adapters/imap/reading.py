"""What is read: a folder's newest rows, rows by place or UID, a message, a part. Nothing here marks a message read.

A message is asked for by UID within the folder and UIDVALIDITY of its reference, and its data is taken by UID and item
name alone, so that no answer can stand for another message (security.md P14).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextlib import ExitStack, suppress
from datetime import datetime
from itertools import pairwise

from mss_tui.adapters.imap.mailbox import Items, Mailbox, News
from mss_tui.adapters.imap.order import Order
from mss_tui.adapters.imap.refusals import hostile, not_found
from mss_tui.adapters.imap.response import Data
from mss_tui.adapters.imap.rows import FIELDS, MESSAGE_ITEMS, WINDOW, Rows, row
from mss_tui.adapters.imap.session import Session
from mss_tui.adapters.imap.structure import structure
from mss_tui.adapters.imap.syntax import Atom, Malformed, number
from mss_tui.adapters.imap.wire import set_texts
from mss_tui.errors import ServerRefused
from mss_tui.model.folder import Opened
from mss_tui.model.message import MessageRef, Row
from mss_tui.phrase import say
from mss_tui.ports.mail import Fetched
from mss_tui.record import dataclass

_SECTION = re.compile(r"(?:(?:[1-9][0-9]{0,5}\.)*(?:[1-9][0-9]{0,5}|HEADER|TEXT|MIME))?\Z")
_UID_FETCH, _FETCH = b"UID FETCH", b"FETCH"
_SLACK = 200
"""How many messages may have come since the folder was selected before."""
_CAME = 50
"""How many may have come since the program last ran: each of them is one row more in the first flight."""
_ROUNDS = 3
FIRST = 1 << 15
"""Octets of part 1 that come with the structure: most often it is the text that will be shown."""


@dataclass(frozen=True, slots=True)
class Known:
    """A folder when it was last open. `lowest` is the lowest UID of its first page (0: nobody knows)."""

    uidvalidity: int
    uidnext: int
    lowest: int = 0


async def open_folder(
    session: Session, folder: str, rows: int, *, read_only: bool, known: Known | None, now: datetime
) -> tuple[Opened, Mailbox]:
    """Select a folder and read its newest rows: two turns, one where `known` or an earlier selection still holds."""
    collected = Rows()
    unseen = _Unseen(session, folder)
    flight: list[Order] = []
    with ExitStack() as stack:

        def along(box: Mailbox) -> None:
            stack.enter_context(box.hearing(collected.hear))
            flight.append(unseen.ask(stack))
            if box.new_from:
                uids = b"%d:%d" % (box.new_from, box.new_from + _SLACK)
                flight.append(session.submit(_UID_FETCH, uids, _list(session.row_items)))
            elif known is not None and known.uidnext:
                # from where the page began: what was deleted in between left gaps between the numbers
                first = max(min(known.lowest or known.uidnext, known.uidnext - rows), 1)
                uids = b"%d:%d" % (first, known.uidnext + _CAME)
                flight.append(session.submit(_UID_FETCH, uids, _list(session.row_items)))
            elif session.can("PARTIAL"):  # RFC 9394: the newest, whatever their number
                newest = b"(PARTIAL -1:-%d)" % max(rows, 1)
                flight.append(session.submit(_UID_FETCH, b"1:*", _list(session.row_items), newest))

        async with session.within(folder, write=not read_only, examine=read_only, along=along) as box:
            if not flight:
                stack.enter_context(box.hearing(collected.hear))
                flight += [session.submit(b"NOOP"), unseen.ask(stack), *_ask_flags(session, box, rows)]
            for order in flight:
                with suppress(ServerRefused):
                    await session.finish(order, some_gone=True)
            if box.uidnext <= box.new_from + _SLACK:
                box.settle()
            for _ in range(_ROUNDS):  # what comes or goes meanwhile changes which places are the newest
                places = range(box.total, max(box.total - rows, 0), -1)
                missing = [p for p in places if box.uid_at(p) not in collected.items and box.uid_at(p) not in box.rows]
                for order in _ask_places(session, missing):
                    await session.finish(order, some_gone=True)
                if not missing:
                    break
            box.take_news()
            box.contradicted, box.gap = False, News()
            uids = [box.uid_at(place) for place in range(box.total, max(box.total - rows, 0), -1)]
            opened = Opened(
                account=session.account.id,
                folder=folder,
                uidvalidity=box.uidvalidity,
                uidnext=box.uidnext,
                total=box.total,
                unseen=unseen.count,
                rows=await collected.take(uids, session.account.id, box, now),
                read_only=box.read_only,
                permanent_keywords=box.keeps_keywords,
            )
            return opened, box


async def rows_at(
    session: Session, folder: str, first: int, last: int, now: datetime, announced: int | None = None
) -> tuple[Row, ...]:
    """Rows by place: 0 is the newest of the `announced` messages (of all, where nothing was), `last` is excluded."""
    async with session.within(folder) as box:
        collected = Rows()
        with box.hearing(collected.hear):
            top = box.total if announced is None else min(announced, box.total)
            wanted = range(top - max(first, 0), max(top - last, 0), -1)
            for order in _ask_places(session, [place for place in wanted if box.uid_at(place) not in box.rows]):
                await session.finish(order, some_gone=True)
        uids = [box.uid_at(place) for place in wanted]
        return await collected.take(uids, session.account.id, box, now)


async def rows_of(
    session: Session, folder: str, uids: Sequence[int], now: datetime, uidvalidity: int = 0
) -> tuple[Row, ...]:
    """Rows by UID, in the order given; those that are gone are left out."""
    async with session.within(folder) as box:
        if uidvalidity and box.uidvalidity != uidvalidity:
            return ()
        collected = Rows()
        with box.hearing(collected.hear):
            wanted = sorted(set(uids), reverse=True)
            flight = [
                session.submit(_UID_FETCH, text, _list(session.row_items))
                for at in range(0, len(wanted), WINDOW)
                for text in set_texts(wanted[at : at + WINDOW])
            ]
            for order in flight:
                await session.finish(order, some_gone=True)
        return await collected.take(uids, session.account.id, box, now)


async def fetch(session: Session, ref: MessageRef, now: datetime, *, text: bool = False) -> Fetched:
    """Row, header and structure of one message; with `text`, the beginning of part 1 too."""
    first = b" BODY.PEEK[1]<0.%d>" % FIRST if text else b""
    items = await _one(session, ref, MESSAGE_ITEMS + b" BODYSTRUCTURE" + first, longest="BODY[1]<0>")
    if "BODY[HEADER]" not in items:  # a structure that cannot be read takes its whole line with it: without it
        items = await _one(session, ref, MESSAGE_ITEMS)
    if not items:
        raise not_found()
    header = items.get("BODY[HEADER]")
    try:
        if not isinstance(header, bytes):
            raise not_found()
        found = row(ref, items | {FIELDS: header}, now)
        part = items.get("BODY[1]<0>")
        whole = isinstance(part, bytes) and not isinstance(part, Atom) and len(part) < FIRST
        return Fetched(
            found, header, structure(items.get("BODYSTRUCTURE"), found.size), _octets(part) if whole else None
        )
    except (Malformed, KeyError):
        raise hostile(say("il décrit un message sans ses éléments")) from None


async def section(session: Session, ref: MessageRef, name: str, first: int = 0, limit: int | None = None) -> bytes:
    """Octets of a part as encoded, from `first` on, at most `limit`; all of them without `limit`.

    Raises:
        NotFound: no such message, or no such part in it (some servers give an empty part then, as RFC 3501 lets them).
    """
    if not _SECTION.match(name):
        raise not_found()
    key, part = f"BODY[{name}]", ""
    if limit is not None:
        key, part = f"{key}<{first}>", f"<{first}.{max(limit, 1)}>"
    items = await _one(session, ref, f"BODY.PEEK[{name}]{part}".encode(), longest=key)
    found = items.get(key)
    if not isinstance(found, bytes) or isinstance(found, Atom):
        raise not_found()
    return found if limit is None else found[:limit]


async def _one(session: Session, ref: MessageRef, wanted: bytes, longest: str = "") -> Items:
    """The items of one message; of an item that comes twice, cut at different lengths, the longest."""
    found: Items = {}
    flight: list[Order] = []

    def hear(place: int, uid: int, items: Items) -> bool:
        if uid != ref.uid:
            return False
        before = found.get(longest)
        found.update(items)
        if isinstance(before, bytes) and len(before) > len(_octets(items.get(longest))):
            found[longest] = before
        return "FLAGS" in items

    with ExitStack() as stack:

        def ask(box: Mailbox) -> None:
            stack.enter_context(box.hearing(hear))
            flight.append(session.submit(_UID_FETCH, b"%d" % ref.uid, _list(wanted)))

        async with session.within(ref.folder, along=ask) as box:
            if box.uidvalidity != ref.uidvalidity:
                raise not_found()
            if not flight:
                ask(box)
            await session.finish(flight[0], some_gone=True)
    return found


def _octets(value: object) -> bytes:
    return value if isinstance(value, bytes) else b""


def _ask_places(session: Session, places: Sequence[int]) -> list[Order]:
    """FETCH by sequence number, newest first, `WINDOW` a command. Only reads go by number, never a change."""
    ordered = sorted(places, reverse=True)
    return [
        session.submit(_FETCH, text, _list(session.row_items))
        for at in range(0, len(ordered), WINDOW)
        for text in set_texts(ordered[at : at + WINDOW])
    ]


def _ask_flags(session: Session, box: Mailbox, rows: int) -> list[Order]:
    """The flags of the newest rows as they are: not every server tells what others changed."""
    first, last = max(box.total - rows, 0) + 1, box.total
    return [session.submit(_FETCH, b"%d:%d" % (first, last), b"(UID FLAGS)")] if last and rows else []


def _list(items: bytes) -> bytes:
    return b"(" + items + b")"


class _Unseen:
    """How many messages of the folder were not read: ESEARCH COUNT, or STATUS where there is none."""

    def __init__(self, session: Session, folder: str) -> None:
        self._session = session
        self._folder = folder
        self._tag = b""
        self.count: int | None = None

    def ask(self, stack: ExitStack) -> Order:
        """Ask; the answer is heard for as long as `stack` lives."""
        if self._session.can("ESEARCH"):
            stack.enter_context(self._session.hearing("ESEARCH", self._hear_search))
            order = self._session.submit(b"UID SEARCH RETURN (COUNT) UNSEEN")
            self._tag = str(order.tag).encode()
            return order
        stack.enter_context(self._session.hearing("STATUS", self._hear_status))
        return self._session.submit(b"STATUS", self._session.wire_name(self._folder), b"(UNSEEN)")

    def _hear_search(self, said: Data) -> None:
        values = said.values()
        if isinstance(values[0], list) and values[0][1:] == [self._tag]:
            self._take(values)

    def _hear_status(self, said: Data) -> None:
        values = said.values()
        name = values[0]
        if isinstance(name, bytes) and self._session.folder_name(name) == self._folder and isinstance(values[1], list):
            self._take(values[1])

    def _take(self, values: Sequence[object]) -> None:
        for name, value in pairwise(values):
            if isinstance(name, Atom) and name.upper() in (b"COUNT", b"UNSEEN") and isinstance(value, Atom):
                self.count = number(value)

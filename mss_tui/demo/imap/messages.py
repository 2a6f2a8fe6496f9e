"""Commands about the messages of the selected folder (RFC 3501 §6.4; RFC 2177, 3691, 4315, 4731, 6851, 7162)."""

from __future__ import annotations

import asyncio

from mss_tui.demo.imap.fetch import Item, answer, items
from mss_tui.demo.imap.folders import find
from mss_tui.demo.imap.search import Search
from mss_tui.demo.imap.session import AFTER_LOGIN, FLUSH, Command, Session, State
from mss_tui.demo.imap.syntax import Arguments, BadSyntax, Refusal, compact
from mss_tui.demo.imap.view import Seen
from mss_tui.demo.store import Mailbox, Message

Chosen = list[tuple[int, Seen]]


def _chosen(session: Session, args: Arguments) -> Chosen:
    args.space()
    ranges = args.ranges()
    if not session.by_uid and not session.selected.within(ranges):
        raise BadSyntax("no such message number")
    return session.selected.resolve(ranges, by_uid=session.by_uid)


def _writable(session: Session) -> None:
    if session.selected.read_only:
        raise Refusal("[NOPERM] the folder is open read only")


async def fetch(session: Session, args: Arguments) -> str:
    """FETCH and UID FETCH. What is not peeked at is marked read."""
    chosen = _chosen(session, args)
    args.space()
    wanted = items(args)
    since = 0
    if not args.done:
        args.space()
        args.expect(b"(CHANGEDSINCE ")
        since = args.number()
        args.expect(b")")
        args.end()
        session.condstore = True
    names = {item.name for item in wanted}
    session.condstore |= "MODSEQ" in names
    if session.by_uid and "UID" not in names:
        wanted = (Item("UID"), *wanted)
    if since and "MODSEQ" not in names:
        wanted = (*wanted, Item("MODSEQ"))
    reads = any(item.section is not None and not item.peek for item in wanted)
    view = session.selected
    for number, seen in chosen:
        message = seen.message
        if since and message.modseq <= since:
            continue
        extra = wanted
        if reads and not view.read_only and "\\Seen" not in message.flags and not message.gone:
            view.mailbox.set_flags(message, message.flags | {"\\Seen"})
            extra = wanted if "FLAGS" in names else (*wanted, Item("FLAGS"))
        if any(item.name == "FLAGS" for item in extra):
            view.told((seen,))
        data = answer(extra, message, recent=message.uid in view.recent)
        session.add(b"* %d FETCH (%s)\r\n" % (number, data))
        await session.flush(at_least=FLUSH)
    return "FETCH completed"


def _store_words(args: Arguments) -> tuple[int | None, str, bool, tuple[str, ...]]:
    """UNCHANGEDSINCE, sign (`=`, `+` or `-`), silence, flags."""
    args.space()
    unchanged = None
    if args.skip(b"(UNCHANGEDSINCE "):
        unchanged = args.number()
        args.expect(b")")
        args.space()
    sign = "+" if args.skip(b"+") else "-" if args.skip(b"-") else "="
    args.expect(b"FLAGS")
    silent = args.skip(b".SILENT")
    args.space()
    flags = args.flags()
    args.end()
    return unchanged, sign, silent, flags


async def store(session: Session, args: Arguments) -> str:
    """STORE and UID STORE, conditional too (RFC 7162 §3.1.3)."""
    chosen = _chosen(session, args)
    unchanged, sign, silent, words = _store_words(args)
    _writable(session)
    view = session.selected
    session.condstore |= unchanged is not None
    flags = view.mailbox.spell(words)
    refused: list[int] = []
    for number, seen in chosen:
        message = seen.message
        if message.gone:
            continue
        if unchanged is not None and message.modseq > unchanged:
            refused.append(message.uid if session.by_uid else number)
            continue
        known = seen.modseq == message.modseq
        now = flags if sign == "=" else message.flags | flags if sign == "+" else message.flags - flags
        view.mailbox.set_flags(message, now)
        if not silent:
            session.add(view.flags_line(number, seen, modseq=session.condstore))
        elif known and not session.condstore:
            view.told((seen,))
    return f"[MODIFIED {compact(refused).decode('ascii')}] STORE done in part" if refused else "STORE completed"


def _live(chosen: Chosen) -> list[Message]:
    return [seen.message for _, seen in chosen if not seen.message.gone]


def _target(session: Session, args: Arguments) -> Mailbox:
    args.space()
    name = args.mailbox()
    args.end()
    return find(session, name, create=True)


def _copy_uid(target: Mailbox, messages: list[Message], copies: list[Message]) -> str:
    pairs = (compact([message.uid for message in group]).decode("ascii") for group in (messages, copies))
    return f"[COPYUID {target.uidvalidity} {' '.join(pairs)}]"


async def copy(session: Session, args: Arguments) -> str:
    """COPY and UID COPY: all or none."""
    messages = _live(_chosen(session, args))
    target = _target(session, args)
    if not messages:
        return "COPY completed: nothing to copy"
    session.owner.room_for(sum(len(message.data) for message in messages))
    copies = session.owner.copy(messages, target)
    return _copy_uid(target, messages, copies) + " COPY completed"


async def move(session: Session, args: Arguments) -> str:
    """MOVE and UID MOVE: COPYUID comes before the messages leave (RFC 6851 §4.3)."""
    messages = _live(_chosen(session, args))
    target = _target(session, args)
    _writable(session)
    if messages:
        copies = session.owner.copy(messages, target)
        session.untagged(f"OK {_copy_uid(target, messages, copies)} moved")
        session.selected.mailbox.remove(messages)
    return "MOVE completed"


async def expunge(session: Session, args: Arguments) -> str:
    """EXPUNGE; UID EXPUNGE only what is named (RFC 4315 §2.1)."""
    _writable(session)
    view = session.selected
    chosen = _chosen(session, args) if session.by_uid else list(enumerate(view.seen, 1))
    args.end()
    view.mailbox.remove([message for message in _live(chosen) if "\\Deleted" in message.flags])
    return "EXPUNGE completed"


async def close(session: Session, args: Arguments) -> str:
    """CLOSE: expunges without a word, and lets the folder go."""
    args.end()
    view = session.selected
    if not view.read_only:
        view.mailbox.remove([message for message in view.mailbox.messages if "\\Deleted" in message.flags])
    session.select(None)
    return "CLOSE completed"


async def unselect(session: Session, args: Arguments) -> str:
    """UNSELECT (RFC 3691)."""
    args.end()
    session.select(None)
    return "UNSELECT completed"


def _search_returns(args: Arguments) -> set[str] | None:
    if not args.skip(b"RETURN ("):
        return None
    found: set[str] = set()
    while not args.skip(b")"):
        found.add(args.atom().upper())
        args.skip(b" ")
    if found - {"MIN", "MAX", "ALL", "COUNT"}:
        raise BadSyntax("unknown return option")
    args.space()
    return found or {"ALL"}


async def search(session: Session, args: Arguments) -> str:
    """SEARCH and UID SEARCH."""
    view = session.selected
    args.space()
    returns = _search_returns(args)
    if args.skip(b"CHARSET "):
        if args.astring().upper() not in (b"UTF-8", b"US-ASCII"):
            raise Refusal("[BADCHARSET (US-ASCII UTF-8)] charset not known")
        args.space()
    top = view.seen[-1].message.uid if view.seen else 0
    reader = Search(
        args, lambda ranges: {s.message.uid for _, s in view.resolve(ranges, by_uid=False)}, top, view.recent
    )
    matches = reader.read()
    session.condstore |= reader.uses_modseq
    found: list[tuple[int, Message]] = []
    for number, seen in enumerate(view.seen, 1):
        if not seen.message.gone and matches(number, seen.message):
            found.append((number, seen.message))
        if number % 500 == 0:
            await asyncio.sleep(0)
    numbers = [message.uid if session.by_uid else number for number, message in found]
    highest = max((message.modseq for _, message in found), default=0) if reader.uses_modseq else 0
    if returns is None:
        words = "".join(f" {number}" for number in numbers)
        session.untagged(f"SEARCH{words}" + (f" (MODSEQ {highest})" if highest else ""))
    else:
        session.untagged(_esearch(session, numbers, returns, highest))
    return "SEARCH completed"


def _esearch(session: Session, numbers: list[int], returns: set[str], highest: int) -> bytes:
    out = b'ESEARCH (TAG "%s")' % session.tag.encode("ascii") + (b" UID" if session.by_uid else b"")
    if numbers and "MIN" in returns:
        out += b" MIN %d" % numbers[0]
    if numbers and "MAX" in returns:
        out += b" MAX %d" % numbers[-1]
    if "COUNT" in returns:
        out += b" COUNT %d" % len(numbers)
    if numbers and "ALL" in returns:
        out += b" ALL " + compact(numbers)
    return out + (b" MODSEQ %d" % highest if highest else b"")


async def idle(session: Session, args: Arguments) -> str:
    """IDLE (RFC 2177): tells at once what others do, until DONE."""
    args.end()
    session.add(b"+ idling\r\n")
    line = asyncio.ensure_future(session.line.read_line(100))
    changed = session.changed
    try:
        async with asyncio.timeout(AFTER_LOGIN):
            while not line.done():
                changed.clear()
                session.sync()
                await session.flush()
                waiting = asyncio.ensure_future(changed.wait())
                try:
                    await asyncio.wait((line, waiting), return_when=asyncio.FIRST_COMPLETED)
                finally:
                    waiting.cancel()
        if line.result().upper() != b"DONE":
            raise BadSyntax("DONE expected")
    finally:
        line.cancel()
        await asyncio.gather(line, return_exceptions=True)
    return "IDLE completed"


COMMANDS = {
    "FETCH": Command(State.SELECTED, fetch, expunges=False),
    "UID FETCH": Command(State.SELECTED, fetch),
    "STORE": Command(State.SELECTED, store, expunges=False),
    "UID STORE": Command(State.SELECTED, store),
    "SEARCH": Command(State.SELECTED, search, expunges=False),
    "UID SEARCH": Command(State.SELECTED, search),
    "COPY": Command(State.SELECTED, copy),
    "UID COPY": Command(State.SELECTED, copy),
    "MOVE": Command(State.SELECTED, move),
    "UID MOVE": Command(State.SELECTED, move),
    "EXPUNGE": Command(State.SELECTED, expunge),
    "UID EXPUNGE": Command(State.SELECTED, expunge),
    "CLOSE": Command(State.SELECTED, close),
    "UNSELECT": Command(State.SELECTED, unselect),
    "IDLE": Command(State.LOGGED_IN, idle),
}

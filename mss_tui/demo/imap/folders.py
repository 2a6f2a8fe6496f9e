"""Commands about folders (RFC 3501 §6.3; RFC 5258, 5819, 6154, 2342, 9208)."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime

from mss_tui.demo.imap import utf7
from mss_tui.demo.imap.describe import string
from mss_tui.demo.imap.fetch import MONTHS
from mss_tui.demo.imap.session import Command, Session, State
from mss_tui.demo.imap.syntax import Arguments, BadSyntax, Refusal
from mss_tui.demo.imap.view import View
from mss_tui.demo.store import MAX_MESSAGE, SYSTEM_FLAGS, Mailbox

ROOT = "Quota"
MAX_NAME = 400

_DATE = re.compile(r"([ 0-9][0-9])-([A-Za-z]{3})-([0-9]{4}) ([0-9]{2}:[0-9]{2}:[0-9]{2} [+-][0-9]{4})\Z")


def wire(name: str) -> bytes:
    """A folder's name as a string on the wire."""
    return string(utf7.encode(name))


def find(session: Session, name: str, *, create: bool = False) -> Mailbox:
    """A folder by name.

    Raises:
        Refusal: there is none; with `create` the client is told that it may make it (RFC 3501 §7.1, TRYCREATE).
    """
    folder = session.owner.folder(name)
    if folder is None:
        raise Refusal("[TRYCREATE] no such folder" if create else "[NONEXISTENT] no such folder")
    return folder


def _fresh(args: Arguments) -> str:
    name = args.mailbox()
    levels = name.split("/")
    if not all(levels) or len(name) > MAX_NAME or len(levels) > 10 or not name.isprintable() or set("*%") & set(name):
        raise Refusal("[CANNOT] that is no name for a folder")
    return name


async def select(session: Session, args: Arguments) -> str:
    """SELECT, and EXAMINE through `examine`."""
    return _open(session, args, read_only=False)


async def examine(session: Session, args: Arguments) -> str:
    """EXAMINE."""
    return _open(session, args, read_only=True)


def _open(session: Session, args: Arguments, *, read_only: bool) -> str:
    args.space()
    name = args.mailbox()
    if not args.done:
        args.space()
        args.expect(b"(CONDSTORE)")
        session.condstore = True
    args.end()
    if session.view is not None:
        session.select(None)
        session.untagged("OK [CLOSED] the folder before is closed")
    folder = find(session, name)
    view = View(folder, read_only=read_only)
    session.select(view)
    flags = " ".join((*SYSTEM_FLAGS, *sorted(folder.keywords.values())))
    session.untagged(f"FLAGS ({flags})")
    session.untagged("OK [PERMANENTFLAGS ()] read only" if read_only else f"OK [PERMANENTFLAGS ({flags} \\*)] stored")
    session.untagged(f"{len(view.seen)} EXISTS")
    session.untagged(f"{len(view.recent)} RECENT")
    unseen = next((number for number, seen in enumerate(view.seen, 1) if "\\Seen" not in seen.message.flags), 0)
    if unseen:
        session.untagged(f"OK [UNSEEN {unseen}] first unseen")
    session.untagged(f"OK [UIDVALIDITY {folder.uidvalidity}] UIDs valid")
    session.untagged(f"OK [UIDNEXT {folder.uidnext}] predicted next UID")
    session.untagged(f"OK [HIGHESTMODSEQ {folder.modseq}] highest")
    return "[READ-ONLY] EXAMINE completed" if read_only else "[READ-WRITE] SELECT completed"


async def create(session: Session, args: Arguments) -> str:
    """CREATE, with the folders above it."""
    args.space()
    name = _fresh(args)
    args.end()
    levels = name.split("/")
    for depth in range(1, len(levels)):
        above = "/".join(levels[:depth])
        if session.owner.folder(above) is None:
            session.owner.create(above)
    session.owner.create(name)
    return "CREATE completed"


async def delete(session: Session, args: Arguments) -> str:
    """DELETE; not INBOX, and not a folder with others below it."""
    args.space()
    folder = find(session, args.mailbox())
    args.end()
    if folder.name == "INBOX":
        raise Refusal("[CANNOT] INBOX stays")
    if _has_children(session, folder.name):
        raise Refusal("[HASCHILDREN] delete the folders below it first")
    session.owner.delete(folder.name)
    return "DELETE completed"


async def rename(session: Session, args: Arguments) -> str:
    """RENAME."""
    args.space()
    folder = find(session, args.mailbox())
    args.space()
    name = _fresh(args)
    args.end()
    if name.startswith(folder.name + "/"):
        raise Refusal("[CANNOT] not below itself")
    session.owner.rename(folder.name, name)
    return "RENAME completed"


async def subscribe(session: Session, args: Arguments) -> str:
    """SUBSCRIBE."""
    args.space()
    find(session, args.mailbox()).subscribed = True
    args.end()
    return "SUBSCRIBE completed"


async def unsubscribe(session: Session, args: Arguments) -> str:
    """UNSUBSCRIBE."""
    args.space()
    find(session, args.mailbox()).subscribed = False
    args.end()
    return "UNSUBSCRIBE completed"


def _has_children(session: Session, name: str) -> bool:
    return any(other.startswith(name + "/") for other in session.owner.folders)


_STATUS: dict[str, Callable[[Mailbox], int]] = {
    "MESSAGES": lambda folder: len(folder.messages),
    "RECENT": lambda folder: sum(m.uid >= folder.recent_from for m in folder.messages),
    "UIDNEXT": lambda folder: folder.uidnext,
    "UIDVALIDITY": lambda folder: folder.uidvalidity,
    "UNSEEN": lambda folder: sum("\\Seen" not in m.flags for m in folder.messages),
    "DELETED": lambda folder: sum("\\Deleted" in m.flags for m in folder.messages),
    "SIZE": lambda folder: folder.octets,
    "HIGHESTMODSEQ": lambda folder: folder.modseq,
    "APPENDLIMIT": lambda _: MAX_MESSAGE,
}


def status_items(args: Arguments) -> list[str]:
    """The parenthesised items of STATUS."""
    args.expect(b"(")
    names = [args.atom().upper()]
    while args.skip(b" "):
        names.append(args.atom().upper())
    args.expect(b")")
    if any(name not in _STATUS for name in names):
        raise BadSyntax("unknown status item")
    return names


def status_line(folder: Mailbox, items: list[str]) -> bytes:
    """The untagged STATUS of a folder."""
    values = " ".join(f"{item} {_STATUS[item](folder)}" for item in items)
    return b"STATUS " + wire(folder.name) + b" (" + values.encode("ascii") + b")"


async def status(session: Session, args: Arguments) -> str:
    """STATUS."""
    args.space()
    folder = find(session, args.mailbox())
    args.space()
    items = status_items(args)
    args.end()
    session.condstore |= "HIGHESTMODSEQ" in items
    session.untagged(status_line(folder, items))
    return "STATUS completed"


def parse_date(text: bytes) -> datetime:
    """A date-time of APPEND.

    Raises:
        BadSyntax: it is none.
    """
    match = _DATE.match(text.decode("ascii", "replace"))
    try:
        if match is None:
            raise ValueError
        month = MONTHS.index(match[2].capitalize()) + 1
        return datetime.strptime(f"{match[1].strip()} {month} {match[3]} {match[4]}", "%d %m %Y %H:%M:%S %z")
    except ValueError as error:
        raise BadSyntax("date-time expected") from error


async def append(session: Session, args: Arguments) -> str:
    """APPEND (UIDPLUS: the answer says which UID it has)."""
    args.space()
    folder = find(session, args.mailbox(), create=True)
    args.space()
    flags: tuple[str, ...] = ()
    if args.looking_at(b"("):
        flags = args.flags()
        args.space()
    received = session.store.clock()
    if args.looking_at(b'"'):
        received = parse_date(args.string())
        args.space()
    data = args.string()
    args.end()
    if not data:
        raise Refusal("[CANNOT] an empty message is none")
    session.owner.room_for(len(data))
    message = folder.add(data, received, flags)
    return f"[APPENDUID {folder.uidvalidity} {message.uid}] APPEND completed"


async def namespace(session: Session, args: Arguments) -> str:
    """NAMESPACE (RFC 2342): personal only."""
    args.end()
    session.untagged('NAMESPACE (("" "/")) NIL NIL')
    return "NAMESPACE completed"


def _quota(session: Session) -> str:
    used = -(-session.owner.used // 1024)
    return f'QUOTA "{ROOT}" (STORAGE {used} {session.owner.quota // 1024})'


async def quota_root(session: Session, args: Arguments) -> str:
    """GETQUOTAROOT: one root for the account; units of 1024 octets (RFC 9208 §5.1)."""
    args.space()
    folder = find(session, args.mailbox())
    args.end()
    session.untagged(b"QUOTAROOT " + wire(folder.name) + f' "{ROOT}"'.encode("ascii"))
    session.untagged(_quota(session))
    return "GETQUOTAROOT completed"


async def quota(session: Session, args: Arguments) -> str:
    """GETQUOTA."""
    args.space()
    name = args.astring()
    args.end()
    if name.decode("ascii", "replace") != ROOT:
        raise Refusal("[NONEXISTENT] no such quota root")
    session.untagged(_quota(session))
    return "GETQUOTA completed"


async def set_quota(session: Session, args: Arguments) -> str:
    """SETQUOTA: the operator's to decide."""
    raise Refusal("[NOPERM] only the operator sets quotas")


COMMANDS = {
    "SELECT": Command(State.LOGGED_IN, select),
    "EXAMINE": Command(State.LOGGED_IN, examine),
    "CREATE": Command(State.LOGGED_IN, create),
    "DELETE": Command(State.LOGGED_IN, delete),
    "RENAME": Command(State.LOGGED_IN, rename),
    "SUBSCRIBE": Command(State.LOGGED_IN, subscribe),
    "UNSUBSCRIBE": Command(State.LOGGED_IN, unsubscribe),
    "STATUS": Command(State.LOGGED_IN, status),
    "APPEND": Command(State.LOGGED_IN, append),
    "NAMESPACE": Command(State.LOGGED_IN, namespace),
    "GETQUOTAROOT": Command(State.LOGGED_IN, quota_root),
    "GETQUOTA": Command(State.LOGGED_IN, quota),
    "SETQUOTA": Command(State.LOGGED_IN, set_quota),
}

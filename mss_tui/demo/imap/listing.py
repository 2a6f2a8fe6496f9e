"""LIST and LSUB, with what clients select by and ask back (RFC 5258, RFC 5819, RFC 6154)."""

from __future__ import annotations

import re

from mss_tui.demo.imap import utf7
from mss_tui.demo.imap.folders import status_items, status_line, wire
from mss_tui.demo.imap.session import Command, Session, State
from mss_tui.demo.imap.syntax import Arguments, BadSyntax
from mss_tui.demo.store import Mailbox
from mss_tui.record import dataclass

MAX_PATTERNS = 50
MAX_WILDCARDS = 10


@dataclass(slots=True)
class _Wish:
    patterns: list[str]
    only_subscribed: bool = False
    only_special: bool = False
    show_subscribed: bool = False
    status: list[str] | None = None


def _options(args: Arguments) -> list[str]:
    found: list[str] = []
    args.expect(b"(")
    while not args.skip(b")"):
        if found:
            args.space()
        found.append(args.atom().upper())
    return found


def _name(args: Arguments) -> str:
    try:
        return utf7.decode(args.pattern())
    except ValueError as error:
        raise BadSyntax("mailbox name in modified UTF-7 expected") from error


def _patterns(args: Arguments) -> list[str]:
    if not args.skip(b"("):
        return [_name(args)]
    found = [_name(args)]
    while args.skip(b" "):
        found.append(_name(args))
        if len(found) > MAX_PATTERNS:
            raise BadSyntax("fewer patterns expected")
    args.expect(b")")
    return found


def _returns(args: Arguments, wish: _Wish) -> None:
    args.expect(b"RETURN (")
    first = True
    while not args.skip(b")"):
        if not first:
            args.space()
        first = False
        option = args.atom().upper()
        if option == "STATUS":
            args.space()
            wish.status = status_items(args)
        elif option == "SUBSCRIBED":
            wish.show_subscribed = True
        elif option not in ("CHILDREN", "SPECIAL-USE"):
            raise BadSyntax("unknown return option")


def _read(args: Arguments) -> _Wish:
    args.space()
    selection: list[str] = []
    if args.looking_at(b"("):
        selection = _options(args)
        args.space()
    if set(selection) - {"SUBSCRIBED", "SPECIAL-USE", "REMOTE", "RECURSIVEMATCH"}:
        raise BadSyntax("unknown selection option")
    reference = _name(args)
    args.space()
    wish = _Wish([reference + pattern if pattern else "" for pattern in _patterns(args)])
    wish.only_subscribed = wish.show_subscribed = "SUBSCRIBED" in selection
    wish.only_special = "SPECIAL-USE" in selection
    if not args.done:
        args.space()
        _returns(args, wish)
    args.end()
    return wish


def _matcher(pattern: str) -> re.Pattern[str]:
    r"""`*` is anything, `%` anything within a level; repeated wildcards mean no more than one."""
    pattern = re.sub(r"[*%]*\*[*%]*", "*", re.sub(r"%+", "%", pattern))
    if sum(map(pattern.count, "*%")) > MAX_WILDCARDS:
        raise BadSyntax("fewer wildcards expected")
    if pattern.upper() == "INBOX":
        return re.compile("INBOX")
    parts = {"*": ".*", "%": "[^/]*"}
    return re.compile("".join(parts.get(char, re.escape(char)) for char in pattern), re.DOTALL)


def _attributes(session: Session, folder: Mailbox, wish: _Wish) -> str:
    below = any(name.startswith(folder.name + "/") for name in session.owner.folders)
    words = ["\\HasChildren" if below else "\\HasNoChildren"]
    if wish.show_subscribed and folder.subscribed:
        words.append("\\Subscribed")
    if folder.use:
        words.append(folder.use)
    return " ".join(words)


def _line(attributes: str, name: str, verb: str = "LIST") -> bytes:
    return f'{verb} ({attributes}) "/" '.encode("ascii") + wire(name)


def _folders(session: Session, patterns: list[str]) -> list[Mailbox]:
    matchers = [_matcher(pattern) for pattern in patterns]
    folders = sorted(session.owner.folders.values(), key=lambda folder: (folder.name != "INBOX", folder.name))
    return [folder for folder in folders if any(matcher.fullmatch(folder.name) for matcher in matchers)]


async def list_folders(session: Session, args: Arguments) -> str:
    """LIST; an empty pattern asks for the hierarchy delimiter alone."""
    wish = _read(args)
    if wish.patterns == [""]:
        session.untagged('LIST (\\Noselect) "/" ""')
        return "LIST completed"
    for folder in _folders(session, wish.patterns):
        if (wish.only_subscribed and not folder.subscribed) or (wish.only_special and not folder.use):
            continue
        session.untagged(_line(_attributes(session, folder, wish), folder.name))
        if wish.status is not None:
            session.untagged(status_line(folder, wish.status))
    return "LIST completed"


async def list_subscribed(session: Session, args: Arguments) -> str:
    """LSUB."""
    args.space()
    reference = _name(args)
    args.space()
    pattern = reference + _name(args)
    args.end()
    for folder in _folders(session, [pattern]):
        if folder.subscribed:
            session.untagged(_line("", folder.name, "LSUB"))
    return "LSUB completed"


COMMANDS = {
    "LIST": Command(State.LOGGED_IN, list_folders),
    "LSUB": Command(State.LOGGED_IN, list_subscribed),
}

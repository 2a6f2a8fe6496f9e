"""FETCH: what is asked for, and the answer for one message (RFC 3501 §6.4.5, RFC 7162 §3.1.4)."""

from __future__ import annotations

from datetime import datetime

from mss_tui.demo.imap.describe import bodystructure, envelope, literal
from mss_tui.demo.imap.structure import Part, Structure
from mss_tui.demo.imap.syntax import Arguments, BadSyntax
from mss_tui.demo.store import Message
from mss_tui.model.paris import PARIS
from mss_tui.record import dataclass

MAX_ITEMS = 100
MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

_MACROS = {
    "ALL": ("FLAGS", "INTERNALDATE", "RFC822.SIZE", "ENVELOPE"),
    "FAST": ("FLAGS", "INTERNALDATE", "RFC822.SIZE"),
    "FULL": ("FLAGS", "INTERNALDATE", "RFC822.SIZE", "ENVELOPE", "BODY"),
}
_PLAIN = {"FLAGS", "INTERNALDATE", "RFC822.SIZE", "ENVELOPE", "BODY", "BODYSTRUCTURE", "UID", "MODSEQ"}
_OLD = {"RFC822": "", "RFC822.HEADER": "HEADER", "RFC822.TEXT": "TEXT"}


@dataclass(frozen=True, slots=True)
class Section:
    """What stands between the brackets of BODY[…]."""

    path: tuple[int, ...] = ()
    text: str = ""
    names: tuple[bytes, ...] = ()

    @property
    def label(self) -> bytes:
        """The section as the answer repeats it."""
        words = [".".join(map(str, self.path)), self.text]
        label = ".".join(filter(None, words)).encode("ascii")
        return label + b" (" + b" ".join(self.names) + b")" if self.names else label


@dataclass(frozen=True, slots=True)
class Item:
    """One thing asked for. `section` is None for data that is no octets of the message."""

    name: str
    section: Section | None = None
    partial: tuple[int, int] | None = None
    peek: bool = False


def _section(args: Arguments) -> Section:
    path: list[int] = []
    while not args.looking_at(b"]"):
        if args.looking_at(b"H") or args.looking_at(b"T") or args.looking_at(b"M"):
            break
        path.append(args.number())
        if len(path) > 100:
            raise BadSyntax("a shorter section expected")
        if not args.skip(b"."):
            break
    text = ""
    names: tuple[bytes, ...] = ()
    if not args.looking_at(b"]"):
        for word in ("HEADER.FIELDS.NOT", "HEADER.FIELDS", "HEADER", "TEXT", "MIME"):
            if args.skip(word.encode("ascii")):
                text = word
                break
        else:
            raise BadSyntax("section expected")
        if text == "MIME" and not path:
            raise BadSyntax("MIME needs a part number")
        if text.startswith("HEADER.FIELDS"):
            names = _names(args)
    args.expect(b"]")
    return Section(tuple(path), text, names)


def _names(args: Arguments) -> tuple[bytes, ...]:
    args.space()
    args.expect(b"(")
    names = [args.astring()]
    while args.skip(b" "):
        names.append(args.astring())
    args.expect(b")")
    if any(not name or not name.isascii() or not name.decode("ascii").isprintable() or b" " in name for name in names):
        raise BadSyntax("header field names expected")
    return tuple(names)


def _partial(args: Arguments) -> tuple[int, int] | None:
    if not args.skip(b"<"):
        return None
    first = args.number()
    args.expect(b".")
    length = args.number()
    args.expect(b">")
    if not length:
        raise BadSyntax("a partial of at least one octet expected")
    return first, length


def _item(args: Arguments) -> Item:
    for name in ("BODY.PEEK[", "BODY["):
        if args.skip(name.encode("ascii")):
            section = _section(args)
            return Item("BODY", section, _partial(args), peek=name == "BODY.PEEK[")
    name = args.atom().upper()
    if name in _OLD:
        return Item(name, Section(text=_OLD[name]), peek=name == "RFC822.HEADER")
    if name not in _PLAIN:
        raise BadSyntax("unknown fetch item")
    return Item(name)


def items(args: Arguments) -> tuple[Item, ...]:
    """What is asked for: a macro, one item or a list."""
    for macro, names in _MACROS.items():
        if args.looking_at(macro.encode("ascii")):
            args.atom()
            return tuple(map(Item, names))
    if not args.skip(b"("):
        return (_item(args),)
    found = [_item(args)]
    while args.skip(b" "):
        found.append(_item(args))
        if len(found) > MAX_ITEMS:
            raise BadSyntax("fewer items expected")
    args.expect(b")")
    return tuple(found)


def date_time(moment: datetime) -> bytes:
    """INTERNALDATE, in Paris time with its offset."""
    local = moment.astimezone(PARIS)
    month = MONTHS[local.month - 1]
    return f'"{local.day:2d}-{month}-{local:%Y %H:%M:%S %z}"'.encode("ascii")


def _header(structure: Structure, part: Part, section: Section) -> bytes:
    if not section.names:
        return structure.data[part.start : part.body]
    names = {name.lower() for name in section.names}
    wanted = section.text == "HEADER.FIELDS"
    kept = [structure.data[f.start : f.end] for f in part.fields if (f.name.lower() in names) == wanted]
    return b"".join(kept) + b"\r\n"


def octets(structure: Structure, section: Section) -> bytes | None:
    """The octets that a section names, None when the message has no such part."""
    part = structure.part(section.path)
    if part is None:
        return None
    if section.path and section.text in ("", "MIME"):
        return structure.text(part) if not section.text else structure.data[part.start : part.body]
    if section.path:
        part = part.message
        if part is None:
            return None
    if section.text == "TEXT":
        return structure.text(part)
    return _header(structure, part, section) if section.text else structure.data


def _octets_item(item: Item, section: Section, structure: Structure) -> bytes:
    name = item.name.encode("ascii")
    if item.name == "BODY":
        name += b"[" + section.label + b"]"
    data = octets(structure, section)
    if item.partial is not None:
        first, length = item.partial
        name += b"<%d>" % first
        data = None if data is None else data[first : first + length]
    return name + b" " + (b"NIL" if data is None else literal(data))


def flag_list(flags: frozenset[str], *, recent: bool) -> bytes:
    r"""Flags in parentheses, `\Recent` last."""
    words = sorted(flags) + (["\\Recent"] if recent else [])
    return b"(" + " ".join(words).encode("ascii") + b")"


def _described(name: str, message: Message) -> bytes:
    known = message.described.get(name)
    if known is None:
        structure = message.structure
        if name == "ENVELOPE":
            known = envelope(structure.root)
        else:
            known = bodystructure(structure, structure.root, extended=name == "BODYSTRUCTURE")
        message.described[name] = known
    return name.encode("ascii") + b" " + known


def _item_answer(item: Item, message: Message, *, recent: bool) -> bytes:
    if item.section is not None:
        return _octets_item(item, item.section, message.structure)
    match item.name:
        case "FLAGS":
            return b"FLAGS " + flag_list(message.flags, recent=recent)
        case "UID":
            return b"UID %d" % message.uid
        case "MODSEQ":
            return b"MODSEQ (%d)" % message.modseq
        case "INTERNALDATE":
            return b"INTERNALDATE " + date_time(message.received)
        case "RFC822.SIZE":
            return b"RFC822.SIZE %d" % len(message.data)
    return _described(item.name, message)


def answer(wanted: tuple[Item, ...], message: Message, *, recent: bool) -> bytes:
    """The data items of one message, in the order asked for."""
    return b" ".join(_item_answer(item, message, recent=recent) for item in wanted)

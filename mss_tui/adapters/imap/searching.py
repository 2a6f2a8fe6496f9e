"""SEARCH: a query as criteria, and the same query over rows where the server cannot (RFC 9051 §6.4.4)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from itertools import pairwise

from mss_tui.adapters.imap.response import Data
from mss_tui.adapters.imap.syntax import Atom, Value, string
from mss_tui.adapters.imap.wire import Literal, Piece, flag_list, read_set
from mss_tui.adapters.imap.wire import string as wire_string
from mss_tui.ports.mail import Query

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_SYSTEM = {"\\seen": b"UNSEEN", "\\flagged": b"UNFLAGGED", "\\answered": b"UNANSWERED", "\\deleted": b"UNDELETED"}


def criteria(query: Query) -> list[Piece]:
    """The search keys of `query`; text that is not ASCII goes as UTF-8."""
    found: list[Piece] = []
    for word in query.words.split():
        text = wire_string(word.encode())
        found += (b"OR", b"SUBJECT", text, b"FROM", text)
    for key, words in ((b"FROM", query.sender), (b"SUBJECT", query.subject), (b"TEXT", query.text)):
        if words:
            found += (key, wire_string(words.encode()))
    if query.since is not None:
        found += (b"SINCE", _day(query.since))
    if query.before is not None:
        found += (b"BEFORE", _day(query.before))
    if query.unseen:
        found.append(b"UNSEEN")
    if query.flagged:
        found.append(b"FLAGGED")
    if query.keyword:
        found += (b"KEYWORD", flag_list([query.keyword])[1:-1])
    for flag in query.without:
        found += (_SYSTEM[flag.lower()],) if flag.lower() in _SYSTEM else (b"UNKEYWORD", flag_list([flag])[1:-1])
    return found or [b"ALL"]


def needs_utf8(pieces: Iterable[Piece]) -> bool:
    """Is there a text that needs CHARSET?"""
    return any(isinstance(piece, Literal) and not piece.data.isascii() for piece in pieces)


def uids_of(said: Data, tag: str, most: int) -> list[int] | None:
    """The numbers of a SEARCH, or of an ESEARCH that names `tag`; None for one that is another's.

    Raises:
        Malformed, ValueError: they cannot be read, or are more than `most`.
    """
    values = said.values()
    if said.kind == "SEARCH":
        return [word.number for word in values if isinstance(word, Atom)]
    if not values or not isinstance(values[0], list) or _tag(values[0]) != tag.encode():
        return None
    for name, value in pairwise(values):
        if isinstance(name, Atom) and name.upper() == b"ALL":
            return [uid for span in read_set(string(value), most) for uid in span]
    return []


def _tag(values: list[Value]) -> bytes:
    return string(values[1]) if len(values) > 1 else b""


def _day(moment: date) -> bytes:
    return f"{moment.day}-{_MONTHS[moment.month - 1]}-{moment.year:04d}".encode()

"""SEARCH: the keys as a predicate (RFC 3501 §6.4.4, RFC 4731). Text matches without letter case and accents."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from datetime import date
from email.header import decode_header
from email.utils import parsedate_to_datetime

from mss_tui.demo.imap.content import body_text
from mss_tui.demo.imap.fetch import MONTHS
from mss_tui.demo.imap.syntax import MAX_DEPTH, Arguments, BadSyntax, Ranges, span
from mss_tui.demo.store import Message
from mss_tui.model.paris import day

MAX_KEYS = 2000
MAX_VALUE = 20_000

Predicate = Callable[[int, Message], bool]
"""Of a sequence number and its message."""

_FLAGS = {"ANSWERED", "DELETED", "DRAFT", "FLAGGED", "SEEN"}
_ADDRESS = {"BCC", "CC", "FROM", "TO", "SUBJECT"}


def fold(text: str) -> str:
    """Text as it is compared: no accents, no letter case, blanks as one."""
    plain = "".join(char for char in unicodedata.normalize("NFKD", text) if not unicodedata.combining(char))
    return " ".join(plain.casefold().split())


def words_of(value: bytes) -> str:
    """A header value with its encoded words read (RFC 2047)."""
    parts = []
    try:
        for text, charset in decode_header(value[:MAX_VALUE].decode("utf-8", "replace")):
            parts.append(text if isinstance(text, str) else text.decode(charset or "utf-8", "replace"))
    except (LookupError, ValueError):
        return value.decode("utf-8", "replace")
    return "".join(parts)


def _header(message: Message, name: str) -> str:
    found = message.searchable.get(name)
    if found is None:
        key = name.lower().encode("ascii", "replace")
        values = [words_of(field.value) for field in message.structure.root.fields if field.name.lower() == key]
        found = message.searchable[name] = fold("\n".join(values))
    return found


def _all_headers(message: Message) -> str:
    found = message.searchable.get("")
    if found is None:
        fields = message.structure.root.fields
        text = "\n".join(f"{words_of(field.name)}: {words_of(field.value)}" for field in fields)
        found = message.searchable[""] = fold(text)
    return found


def _body(message: Message) -> str:
    found = message.searchable.get("[]")
    if found is None:
        found = message.searchable["[]"] = fold(body_text(message.structure))
    return found


def _sent(message: Message) -> date | None:
    value = message.structure.root.get(b"date")
    try:
        return parsedate_to_datetime((value or b"").decode("ascii", "replace")).date()
    except (ValueError, IndexError, TypeError):
        return None


class Search:
    """One search: reads the keys, and says whether it needs to look at sequence numbers or mod-sequences.

    Args:
        ranges: resolves a sequence set to the UIDs it names in this session.
    """

    def __init__(self, args: Arguments, numbers: Callable[[Ranges], set[int]], top_uid: int, recent: set[int]) -> None:
        self._args = args
        self._numbers = numbers
        self._top_uid = top_uid
        self._recent = recent
        self._keys = 0
        self.uses_modseq = False

    def read(self) -> Predicate:
        """All keys up to the end of the command; every one must match."""
        keys = [self._key(0)]
        while not self._args.done:
            self._args.space()
            keys.append(self._key(0))
        return _all(keys)

    def _text(self) -> str:
        self._args.space()
        return fold(self._args.astring().decode("utf-8", "replace"))

    def _date(self) -> date:
        self._args.space()
        text = self._args.astring().decode("ascii", "replace")
        try:
            number, month, year = text.split("-")
            return date(int(year), MONTHS.index(month.capitalize()) + 1, int(number))
        except ValueError as error:
            raise BadSyntax("date expected") from error

    def _key(self, depth: int) -> Predicate:
        args = self._args
        self._keys += 1
        if self._keys > MAX_KEYS or depth > MAX_DEPTH:
            raise BadSyntax("a simpler search expected")
        if args.skip(b"("):
            keys = [self._key(depth + 1)]
            while args.skip(b" "):
                keys.append(self._key(depth + 1))
            args.expect(b")")
            return _all(keys)
        if args.looking_at(b"*") or any(args.looking_at(b"%d" % digit) for digit in range(10)):
            uids = self._numbers(args.ranges())
            return lambda _, message: message.uid in uids
        word = args.atom().upper()
        if word == "NOT":
            args.space()
            key = self._key(depth + 1)
            return lambda number, message: not key(number, message)
        if word == "OR":
            args.space()
            one = self._key(depth + 1)
            args.space()
            other = self._key(depth + 1)
            return lambda number, message: one(number, message) or other(number, message)
        return self._state(word) or self._measure(word) or self._words(word)

    def _state(self, word: str) -> Predicate | None:
        recent = self._recent
        if word == "ALL":
            return lambda _, __: True
        if word in ("RECENT", "OLD"):
            return lambda _, message: (message.uid in recent) == (word == "RECENT")
        if word == "NEW":
            return lambda _, message: message.uid in recent and "\\Seen" not in message.flags
        bare = word.removeprefix("UN")
        if bare in _FLAGS:
            flag, wanted = "\\" + bare.capitalize(), bare == word
            return lambda _, message: (flag in message.flags) == wanted
        if bare == "KEYWORD":
            self._args.space()
            keyword, wanted = self._args.flag().lower(), bare == word
            return lambda _, message: any(flag.lower() == keyword for flag in message.flags) == wanted
        return None

    def _measure(self, word: str) -> Predicate | None:
        if word in ("LARGER", "SMALLER"):
            self._args.space()
            size, sign = self._args.number(), 1 if word == "LARGER" else -1
            return lambda _, message: (len(message.data) - size) * sign > 0
        if word == "MODSEQ":
            return self._modseq()
        if word == "UID":
            self._args.space()
            top = self._top_uid
            ends = [span(low, high, top) for low, high in self._args.ranges()]
            return lambda _, message: any(low <= message.uid <= high for low, high in ends)
        sent = word.startswith("SENT")
        if word.removeprefix("SENT") not in ("BEFORE", "ON", "SINCE"):
            return None
        wanted, kind = self._date(), word.removeprefix("SENT")

        def matches(_: int, message: Message) -> bool:
            when = _sent(message) if sent else day(message.received)
            if when is None:
                return False
            return when < wanted if kind == "BEFORE" else when == wanted if kind == "ON" else when >= wanted

        return matches

    def _modseq(self) -> Predicate:
        self._args.space()
        if self._args.looking_at(b'"'):
            self._args.string()
            self._args.space()
            self._args.atom()
            self._args.space()
        least = self._args.number()
        self.uses_modseq = True
        return lambda _, message: message.modseq >= least

    def _words(self, word: str) -> Predicate:
        if word in _ADDRESS:
            text = self._text()
            return lambda _, message: text in _header(message, word)
        if word == "HEADER":
            self._args.space()
            name, text = self._args.astring().decode("ascii", "replace"), self._text()
            key = name.lower().encode("ascii", "replace")
            return lambda _, m: (
                any(f.name.lower() == key for f in m.structure.root.fields) and text in _header(m, name.upper())
            )
        if word == "BODY":
            text = self._text()
            return lambda _, message: text in _body(message)
        if word == "TEXT":
            text = self._text()
            return lambda _, message: text in _all_headers(message) or text in _body(message)
        raise BadSyntax("unknown search key")


def _all(keys: list[Predicate]) -> Predicate:
    if len(keys) == 1:
        return keys[0]
    return lambda number, message: all(key(number, message) for key in keys)

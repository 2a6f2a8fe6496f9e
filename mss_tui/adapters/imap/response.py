"""What a response is: a status, tagged or not; data; or a request for more (RFC 9051 §7)."""

from __future__ import annotations

import re
from collections.abc import Sequence

from mss_tui.adapters.imap.syntax import Malformed, Value, parse
from mss_tui.record import dataclass
from mss_tui.text import DisplayText, clean

_TAGGED = re.compile(rb"([A-Za-z0-9.]{1,40}) (OK|NO|BAD)(?: |\Z)", re.IGNORECASE)
_STATUS = re.compile(rb"\* (OK|NO|BAD|BYE|PREAUTH)(?: |\Z)", re.IGNORECASE)
_CODE = re.compile(rb'\[([A-Za-z0-9-]+)(?: ((?:[^\]"]|"(?:[^"\\]|\\.)*+")*+))?\] ?', re.DOTALL)
_DATA = re.compile(rb"\* (?:([0-9]{1,10}) )?([A-Za-z][A-Za-z0-9.-]*)(?: |\Z)")
_WORDS = 300


@dataclass(frozen=True, slots=True)
class Status:
    """OK, NO, BAD, BYE or PREAUTH; `code` and `arguments` are what stood in brackets, `text` is sanitised."""

    word: str
    code: str = ""
    arguments: bytes = b""
    text: DisplayText = DisplayText("")
    tag: str = ""

    @property
    def ok(self) -> bool:
        """Was it done?"""
        return self.word == "OK"


@dataclass(frozen=True, slots=True)
class Data:
    """Untagged data: `1 EXISTS`, `7 FETCH (…)`, `LIST (…) …`. `values` are parsed when asked for."""

    kind: str
    number: int
    pieces: Sequence[bytes]

    def values(self) -> list[Value]:
        """What followed the kind.

        Raises:
            Malformed: it does not follow the grammar.
        """
        return parse(self.pieces)


@dataclass(frozen=True, slots=True)
class Continuation:
    """`+`: the server waits for more."""

    text: bytes


def classify(pieces: list[bytes]) -> Status | Data | Continuation:
    """What a response is.

    Raises:
        Malformed: nothing that IMAP knows.
    """
    line = pieces[0]
    if line[:1] == b"+" and line[1:2] in (b"", b" "):
        return Continuation(line[2:])
    if line[:2] != b"* ":
        found = _TAGGED.match(line)
        if found is None or len(pieces) > 1:
            raise Malformed("response")
        return _status(found[2], line[found.end() :], found[1].decode())
    found = _STATUS.match(line)
    if found is not None:
        return _status(found[1], line[found.end() :])
    found = _DATA.match(line)
    if found is None:
        raise Malformed("response")
    return Data(found[2].decode().upper(), int(found[1] or 0), [line[found.end() :], *pieces[1:]])


def _status(word: bytes, rest: bytes, tag: str = "") -> Status:
    code, arguments = "", b""
    found = _CODE.match(rest)
    if found is not None:
        code, arguments, rest = found[1].decode().upper(), found[2] or b"", rest[found.end() :]
    return Status(word.decode().upper(), code, arguments, clean(rest.decode("utf-8", "replace"), _WORDS), tag)

"""Address fields as received (RFC 5322 §3.4), broken ones too: the real address is always kept, apart from the name.

The structure is read on the raw octets and encoded words are decoded afterwards, so that a decoded `@` or `<` can never
become an address (Mailsploit). One pass, no recursion.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from mss_tui.mime.charset import decode
from mss_tui.mime.words import decode_words
from mss_tui.model.address import Correspondent
from mss_tui.text import DisplayText, clean

MAX_NAME = 300
MAX_ADDRESS = 320
OCTETS_AT_LEAST, OCTETS_EACH = 4_000, 400

_TOKEN = re.compile(
    rb"(?P<word>=\?[^?\s<>]{1,60}\?[bBqQ]\?[^?\s]{0,1000}\?=)"
    rb"|(?P<space>\s+)"
    rb"|(?P<special>[\"(<>,;:\\])"
    rb"|(?P<text>(?:[^\s\"(<>,;:\\=]|=(?!\?))+|=)"
)
_QUOTED = re.compile(rb'"((?:[^"\\]|\\.)*)"', re.S)
_ESCAPED = re.compile(rb"\\(.)", re.S)
_ANGLE = re.compile(rb'(\s{0,20}(?:"(?:[^"\\]|\\.){0,200}")?[^<>"]{0,1000})>', re.S)
_OPEN_ANGLE = re.compile(rb"([^<>,;]{0,1000})>?")
_COMMENT_MARK = re.compile(rb"[()]|\\.", re.S)


def parse_mailboxes(raw: bytes, limit: int = 100) -> tuple[Correspondent, ...]:
    """The people in the unfolded address field `raw`, at most `limit`, in order. Never fails.

    What is read of the field grows with `limit`, so a list that shows few names never waits for a long field.
    A group gives its members; a comment becomes the name where there is none; what holds no address is kept as a name
    with an empty address, so that it is seen.
    """
    boxes = _boxes(raw[: OCTETS_AT_LEAST + limit * OCTETS_EACH])
    people = (person for box in boxes for person in box.people() if person.name or person.address)
    return tuple(islice(people, limit))


class _Box:
    """What stands between two separators."""

    __slots__ = ("addressed", "angles", "comments", "glued", "words")

    def __init__(self) -> None:
        self.words: list[_Word] = []
        self.angles: list[bytes] = []
        self.comments: list[bytes] = []
        self.glued = False
        self.addressed = False

    def add(self, octets: bytes, *, quoted: bool = False) -> None:
        """Another word, or more of the last one where no blank stood between: `"a b"@c`."""
        if self.glued:
            self.words[-1].more(octets, quoted=quoted)
        else:
            self.words.append(_Word(octets, quoted=quoted))
        self.glued = True
        self.addressed = self.addressed or self.words[-1].address

    def people(self) -> Iterator[Correspondent]:
        addresses = self.angles or [bytes(word.octets) for word in self.words if word.address]
        alone = bool(self.angles) or len(addresses) == 1
        name = b" ".join(word.octets for word in self.words if self.angles or not word.address)
        comment = b" ".join(_ESCAPED.sub(rb"\1", comment).strip() for comment in self.comments[:10])
        yield _person((name or comment) if alone or not addresses else b"", addresses[0] if addresses else b"")
        for address in addresses[1:]:
            yield _person(b"", address)


class _Word:
    """A word; `address` when an @ stands in it outside quotes and encoded words."""

    __slots__ = ("address", "octets", "quoted")

    def __init__(self, octets: bytes, *, quoted: bool) -> None:
        self.octets = bytearray(octets)
        self.quoted = quoted
        self.address = not quoted and b"@" in octets and not octets.startswith(b"=?")

    def more(self, octets: bytes, *, quoted: bool) -> None:
        if self.quoted:
            self.octets = bytearray(b'"%b"' % bytes(self.octets))
            self.quoted = False
        self.octets += b'"%b"' % octets if quoted else octets
        self.address = self.address or (not quoted and b"@" in octets)


def _boxes(raw: bytes) -> Iterator[_Box]:
    box = _Box()
    quotes = comments = True
    at = 0
    while at < len(raw):
        token = _TOKEN.match(raw, at)
        if token is None:
            at += 1
            continue
        at = token.end()
        kind, octets = token.lastgroup, token[0]
        if kind == "space":
            box.glued = False
        elif kind != "special":
            box.add(octets)
        elif octets == b'"' and quotes:
            text = _QUOTED.match(raw, token.start())
            if text:
                at = text.end()
                box.add(_ESCAPED.sub(rb"\1", text[1]), quoted=True)
            else:
                quotes = False
        elif octets == b"(" and comments:
            end = _comment_end(raw, at)
            if end:
                box.comments.append(raw[at : end - 1])
                box.glued = False
                at = end
            else:
                comments = False
        elif octets == b"<":
            angle = _ANGLE.match(raw, at) or _OPEN_ANGLE.match(raw, at)
            assert angle  # noqa: S101 - the open form matches anything
            if angle[1]:
                box.angles.append(angle[1])
            box.glued = False
            at = angle.end()
        elif octets == b":" and not box.addressed and not box.angles:
            box = _Box()
        elif octets in b",;":
            if box.words or box.angles or box.comments:
                yield box
                box = _Box()
        elif octets != b">":
            box.add(octets)
    yield box


def _comment_end(raw: bytes, at: int) -> int:
    """The octet after the parenthesis that closes the one before `at`; 0 when nothing closes it."""
    depth = 1
    for mark in _COMMENT_MARK.finditer(raw, at):
        depth += {b"(": 1, b")": -1}.get(mark[0], 0)
        if not depth:
            return mark.end()
    return 0


def _person(name: bytes, address: bytes) -> Correspondent:
    bare = address.strip() if b'"' in address else b"".join(address.split()).strip(b"'")
    if bare.startswith(b"@") and b":" in bare:
        bare = bare.rpartition(b":")[2]
    shown = clean(decode(bare), MAX_ADDRESS)
    label = DisplayText(" ".join(decode_words(name, MAX_NAME).split()))
    if len(label) > 1 and label[0] == label[-1] == "'":
        label = DisplayText(label[1:-1].strip())
    return Correspondent(DisplayText("") if label.casefold() == shown.casefold() else label, shown)

"""Header fields as they are written: folded, in ASCII, with no way to slip a second field in (RFC 5322, 2047, 2231)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import quote

from mss_tui.errors import UsageError
from mss_tui.phrase import say
from mss_tui.text import clean

WIDTH = 78
"""RFC 5322 §2.1.1: lines should have no more characters than this, CRLF aside."""
MAX_SUBJECT = 2_000
MAX_NAME = 255

_CONTROL = re.compile("[\x00-\x08\x0a-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_MESSAGE_ID = re.compile(r"<[!-;=?-~]{1,250}>")
_ATOM_WORDS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?: [A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*\Z")
_WORD_SAFE = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789!*+-/")
_WORD_ROOM = 75 - len("=?utf-8?Q??=")
_PARAMETER_ROOM = 50


def one_line(text: str, limit: int) -> str:
    """`text` as a header may hold it, outer blanks aside.

    Raises:
        UsageError: it holds a line end, a NUL, another control character or half a character, or is too long.
    """
    if _CONTROL.search(text):
        raise UsageError(
            say("« {text} » contient un caractère de contrôle.", text=clean(text, 60)),
            remedy=say("Réécrivez ce champ sur une seule ligne."),
        )
    if len(text) > limit:
        raise UsageError(
            say("« {text} » est trop long : {limit} caractères au plus.", text=clean(text, 60), limit=limit),
            remedy=say("Raccourcissez ce champ."),
        )
    return text.strip()


def encoded_words(text: str) -> list[str]:
    """`text` as encoded words in UTF-8 (RFC 2047 §4.2), no character split between two."""
    words: list[str] = []
    word = ""
    for char in text:
        piece = "".join(
            "_" if octet == 0x20 else chr(octet) if octet in _WORD_SAFE else f"={octet:02X}" for octet in char.encode()
        )
        if len(word) + len(piece) > _WORD_ROOM:
            words.append(word)
            word = ""
        word += piece
    return [f"=?utf-8?Q?{w}?=" for w in (*words, word) if w]


def field(name: str, tokens: Iterable[str]) -> bytes:
    """A field of tokens with one blank between them, folded before a token that would pass the width."""
    line = f"{name}:"
    lines: list[str] = []
    for token in tokens:
        if len(line) + 1 + len(token) > WIDTH and not line.endswith(":"):
            lines.append(line)
            line = ""
        line += f" {token}"
    return "\r\n".join([*lines, line, ""]).encode("ascii")


def text_field(name: str, text: str) -> bytes:
    """An unstructured field: as it is where that is safe, else in encoded words."""
    text = one_line(text, MAX_SUBJECT)
    tokens = text.split(" ")
    plain = text.isascii() and "\t" not in text and "=?" not in text and all(0 < len(t) < WIDTH - 8 for t in tokens)
    return field(name, tokens if plain else encoded_words(text))


def mailbox(name: str, address: str) -> list[str]:
    """The tokens of a mailbox with its display name (RFC 5322 §3.4)."""
    name = one_line(name, MAX_NAME)
    if not name:
        return [address]
    if not name.isascii() or "=?" in name or "\t" in name or "  " in name:
        return [*encoded_words(name), f"<{address}>"]
    if _ATOM_WORDS.match(name) and len(name) < WIDTH - 8:
        return [name, f"<{address}>"]
    quoted = '"' + re.sub(r'(["\\])', r"\\\1", name) + '"'
    return [quoted, f"<{address}>"] if len(quoted) < WIDTH - 8 else [*encoded_words(name), f"<{address}>"]


def message_ids(*texts: str) -> list[str]:
    """Every message identifier found in received text, once each, in order; the rest is left out."""
    return list(dict.fromkeys(found for text in texts for found in _MESSAGE_ID.findall(text)))


def parameter(name: str, value: str) -> list[str]:
    """A parameter of a structured field: quoted ASCII, or RFC 2231 in UTF-8, continued where it is long.

    Raises:
        UsageError: the value cannot stand in a header.
    """
    value = one_line(value, MAX_NAME)
    if value.isascii() and len(value) <= _PARAMETER_ROOM and "\t" not in value:
        return [name + '="' + re.sub(r'(["\\])', r"\\\1", value) + '"']
    pieces = [""]
    for char in value:
        octets = quote(char, safe="")
        if len(pieces[-1]) + len(octets) > _PARAMETER_ROOM:
            pieces.append("")
        pieces[-1] += octets
    if len(pieces) == 1:
        return [f"{name}*=utf-8''{pieces[0]}"]
    return [f"{name}*{i}*={'' if i else 'utf-8' + 2 * chr(39)}{piece}" for i, piece in enumerate(pieces)]

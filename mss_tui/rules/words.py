"""Figures and lists as the rules' French sentences write them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from functools import cache

from mss_tui.model.paris import PARIS
from mss_tui.model.verdict import Span
from mss_tui.phrase import Phrase, Value, say


def octets(size: int) -> Phrase:
    """A size in octets, Mo of 10⁶ octets (catalogue §3): "1,2 Mo", "340 ko"."""
    units = ((10**9, say("Go")), (10**6, say("Mo")), (10**3, say("ko")))
    for factor, unit in units:
        if size >= factor:
            whole, _, tenth = f"{size / factor:.1f}".partition(".")
            exact = say("{n} {unit}", n=whole, unit=unit)
            return exact if tenth == "0" else say("{n},{tenth} {unit}", n=whole, tenth=tenth, unit=unit)
    return say("{n} octets", n=size)


def day(of: date) -> str:
    """A date: 19/11/2026."""
    return of.strftime("%d/%m/%Y")


def moment(of: datetime) -> str:
    """A moment, Paris time: 19/11/2026 08:30."""
    return of.astimezone(PARIS).strftime("%d/%m/%Y %H:%M")


def age(of: timedelta) -> Phrase:
    """An age in hours up to four days, then in days."""
    hours = int(of.total_seconds() // 3600)
    return say("{n} h", n=hours) if hours < 96 else say("{n} jours", n=hours // 24)


def some(items: Iterable[str], most: int = 3, separator: str = ", ") -> Value:
    """The first `most` items, and how many more."""
    every = list(items)
    text = separator.join(every[:most])
    return say("{some} et {n} autre(s)", some=text, n=len(every) - most) if len(every) > most else text


def quoted_words(spans: tuple[Span, ...]) -> Value:
    """The words that caused a verdict, as its sentence shows them."""
    return some(dict.fromkeys(" ".join(s.text.split()) for s in spans), most=2, separator=" / ")


def fold(text: str) -> str:
    """Lower case without accents, for comparing."""
    if text.isascii():
        return text.lower()
    decomposed = unicodedata.normalize("NFKD", text.replace("œ", "oe").replace("Œ", "oe").replace("æ", "ae"))
    return "".join(c for c in decomposed if not unicodedata.combining(c)).casefold()


@cache
def _flat_table() -> dict[int, str]:
    """Latin letters with a mark → the letter alone; typographic apostrophes and blanks → the plain ones."""
    table = {code: unicodedata.normalize("NFD", chr(code))[0] for code in range(0xC0, 0x250)}
    return table | {ord("’"): "'", ord("‘"): "'", ord("\u00a0"): " ", ord("\u202f"): " ", ord("\u2009"): " "}


def _flat_any(text: str) -> str:
    return text.translate(_flat_table()).lower()


@cache
def _flat_octets() -> bytes:
    """The same for windows-1252, octet by octet: French is written in it, and this is twelve times faster."""
    octets = (bytes([code]) for code in range(256))
    return b"".join(_flat_any(o.decode("cp1252", "replace")).encode("cp1252", "replace") for o in octets)


def flat(text: str) -> str:
    """`text` in lower case without accents, character for character, so that places in it are places in `text`."""
    if text.isascii():
        return text.lower()
    try:
        octets = text.encode("cp1252")
    except UnicodeEncodeError:
        return _flat_any(text)
    return octets.translate(_flat_octets()).decode("cp1252")


INVISIBLE = frozenset("\u00ad\u200b\u200c\u200d\u2060\ufeff")


def blank(text: str) -> bool:
    """Is there nothing to see: only blanks and characters without width?"""
    return all(char.isspace() or char in INVISIBLE for char in text)


def tokens(text: str) -> list[str]:
    """Folded words and figures of `text`."""
    return re.findall(r"[a-z0-9]+", fold(text))

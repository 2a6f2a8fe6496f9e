"""NIR and INS numbers in free text: spaced or not, with or without key, Corsica included, a wrong key too."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from mss_tui.model.ins import Ins
from mss_tui.model.verdict import Place, Span

_SEP = r"[ \u00a0\u202f.\-_/]?"
_NUMBER = re.compile(
    rf"(?<![\w+])(?P<sex>[1-478]){_SEP}(?P<year>\d\d){_SEP}(?P<month>\d\d){_SEP}(?P<dept>\d\d|2[ABab]){_SEP}"
    rf"(?P<commune>\d{{3}}){_SEP}(?P<order>\d{{3}})(?:[ \u00a0\u202f.\-_/|,:]{{0,3}}(?:cl[eé]\s*:?\s*)?(?P<key>\d\d))?"
    rf"(?![\w@]|[.,]\d)",
    re.IGNORECASE,
)
_DEPARTMENTS = frozenset({*range(1, 20), *range(21, 99)})


@dataclass(frozen=True, slots=True)
class Number:
    """A NIR in the text: 13 characters, or 15 with its key."""

    digits: str
    span: Span


def _plausible(month: str, dept: str) -> bool:
    """Months 1-12, and the special ones of unknown birth months (20-42, 50-99); a department that exists."""
    m = int(month)
    return (1 <= m <= 12 or 20 <= m <= 42 or 50 <= m <= 99) and (not dept.isdigit() or int(dept) in _DEPARTMENTS)


def numbers(text: str, place: Place) -> Iterator[Number]:
    """The NIR of `text`, in order."""
    if sum(map(str.isdigit, text)) < 13:
        return
    for match in _NUMBER.finditer(text):
        part = match.groupdict()
        if not _plausible(part["month"], part["dept"]):
            continue
        thirteen = part["sex"] + part["year"] + part["month"] + part["dept"].upper() + part["commune"] + part["order"]
        span = Span(place, match.start(), match.end(), match.group())
        yield Number(thirteen + (part["key"] or ""), span)


def text_numbers(subject: str, body: str) -> tuple[Number, ...]:
    """The NIR of subject and body."""
    return (*numbers(subject, Place.SUBJECT), *numbers(body, Place.BODY))


def same_number(one: str, other: str) -> bool:
    """Are two numbers the same person's? Without a key, the 13 characters decide."""
    return one[:13] == other[:13]


def key_matches(digits: str) -> bool | None:
    """Does the key fit; None where there is no key."""
    return Ins(digits[:13], digits[13:]).key_matches if len(digits) == 15 else None

"""Is a patient named? In a text by civility, role, full name or number; in a file name by a name in capitals."""

from __future__ import annotations

import re
from functools import cache

from mss_tui.model.verdict import Place, Span
from mss_tui.rules.data import load
from mss_tui.rules.numbers import text_numbers
from mss_tui.rules.words import fold, tokens

_NAME = r"(?:[A-ZÀ-ÖØ-Þ][\w'’-]*)(?:[ \u00a0](?:d[eu]|des|la|le|[A-ZÀ-ÖØ-Þ][\w'’-]*\.?)){0,3}"
_CIVIL = re.compile(
    rf"\b(?:M|Mr|MM|Mme|Mmes|Mlle|Monsieur|Madame|Mademoiselle|[Pp]atiente?|PATIENTE?|[Rr]ésidente?|[Bb]ébé|[Ee]nfant|"
    rf"[Uu]sag(?:er|ère)|[Pp]etite?|NN|[Dd]ossier)\b\.?[ \u00a0](?P<name>{_NAME})"
)
_FULL = re.compile(
    r"\b(?:(?P<family>[A-ZÀ-Þ][A-ZÀ-Þ'’-]{2,})[ \u00a0](?P<given>[A-ZÀ-Þ][a-zà-ÿ][\w-]*)"
    r"|(?P<given2>[A-ZÀ-Þ][a-zà-ÿ][\w-]*)[ \u00a0](?P<family2>[A-ZÀ-Þ][A-ZÀ-Þ'’-]{2,}|[A-ZÀ-Þ]\.))(?!\w)"
)
_TITLED = re.compile(r"\b(?:dr|docteur|pr|professeur|confr[eè]re|consoeur|consœur|me|ma[iî]tre)\.?\W*$", re.IGNORECASE)


LOOKED_AT = 4_000
"""Characters of a body in which a patient is looked for: whoever is named is named at the beginning."""


@cache
def _words(name: str) -> frozenset[str]:
    return frozenset(load("noms")[name].split())


def named_people(text: str, place: Place = Place.SUBJECT) -> tuple[Span, ...]:
    """People named in `text` who are not addressed or signing as professionals."""
    found: list[Span] = []
    for pattern in (_CIVIL, _FULL):
        for m in pattern.finditer(text):
            words = tokens(m["name"] if pattern is _CIVIL else m.group())
            real = [w for w in words if w not in _words("titles") and w not in _words("acronyms")]
            if not real or _TITLED.search(text, 0, m.start()) or _TITLED.search(text[: m.start()][-14:]):
                continue
            if not any(s.start <= m.start() < s.end for s in found):
                found.append(Span(place, m.start(), m.end(), m.group()))
    return tuple(found)


def names_a_patient(subject: str, body: str) -> bool:
    """Is somebody identified by number or name in subject or body?"""
    return bool(named_people(subject) or text_numbers(subject, body) or named_people(body[:LOOKED_AT], Place.BODY))


def named_in_file(name: str) -> bool:
    """Does a file name hold a person's name: a word in capitals, or a capital one after a clinical word?"""
    stem = name.rpartition(".")[0] or name
    words = [w for w in re.split(r"[\W_\d]+", stem) if len(w) > 2]
    known = _words("acronyms") | _words("documents") | _words("titles")
    proper = [w for w in words if w[0].isupper() and fold(w) not in known]
    return any(w.isupper() for w in proper) or (
        len(words) > 1 and bool(proper) and fold(words[0]) in _words("documents")
    )


def health_document(name: str, kind: str = "") -> bool:
    """Is an attachment, by its name, a document about somebody's health? Blank forms and protocols are not."""
    words = tokens(name)
    if any(w in _words("blank") for w in words):
        return False
    return any(w in _words("documents") for w in words) or re.match(r"ihe[_-]xdm", name, re.IGNORECASE) is not None

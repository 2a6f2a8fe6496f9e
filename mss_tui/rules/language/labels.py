"""The text rules of the catalogue on one message."""

from __future__ import annotations

import re
from collections.abc import Sequence

from mss_tui.model.verdict import Place, Span
from mss_tui.rules.language.subject import says_nothing
from mss_tui.rules.numbers import same_number, text_numbers
from mss_tui.rules.words import flat

_URGENT = re.compile(
    r"\b(?:immediatement|tout de suite|sur le champ|sur-le-champ|sans delai|des que possible|au plus vite|avant midi|"
    r"dans (?:l'heure|les (?:minutes|heures) qui viennent)|en urgence ce (?:matin|soir|jour)|detresse respiratoire|"
    r"venez (?:vite|au plus vite|immediatement)|ne respire plus|arret cardiaque en cours)\b"
)
_ANNOUNCED = re.compile(
    r"\b(?:ci[- ]joint(?:e|s|es)?|en (?:piece jointe|pj)|piece jointe|ci[- ]annexe|(?:vous|te) joins|"
    r"joint(?:e|s|es)? a ce message|"
    r"fichier attache|document attache)\b"
)


def _spans(pattern: re.Pattern[str], text: str, place: Place) -> tuple[Span, ...]:
    return tuple(Span(place, m.start(), m.end(), text[m.start() : m.end()]) for m in pattern.finditer(flat(text)))


def labels(subject: str, body: str, attachments: Sequence[str]) -> dict[str, tuple[Span, ...]]:
    """The text rules that a message violates, each with the words that say so.

    Args:
        subject: the subject line.
        body: the plain text, quoted lines and signature included: they are told apart here.
        attachments: file names.
    """
    found: dict[str, tuple[Span, ...]] = {}
    own = "\n".join(line for line in body.split("\n") if not line.startswith(">"))
    if not subject.strip():
        found["objet.absent"] = ()
    elif says_nothing(subject):
        found["objet.vague"] = (Span(Place.SUBJECT, 0, len(subject), subject),)
    if not body.strip() and not attachments:
        found["contenu.vide"] = ()
    if urgent := _spans(_URGENT, subject, Place.SUBJECT) + _spans(_URGENT, own, Place.BODY):
        found["contenu.urgence"] = urgent
    if not attachments and (announced := _spans(_ANNOUNCED, own, Place.BODY)):
        found["contenu.pj-oubliee"] = announced
    numbers = text_numbers(subject, own)
    if any(not same_number(numbers[0].digits, n.digits) for n in numbers[1:]):
        found["contenu.plusieurs-patients"] = tuple(n.span for n in numbers)
    return found

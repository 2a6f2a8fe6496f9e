"""The text rules of the catalogue on one message: what `check --batch` gives, and what the content checks show."""

from __future__ import annotations

from collections.abc import Sequence

from mss_tui.model.verdict import Place, Span
from mss_tui.rules.language.own import own_words
from mss_tui.rules.language.reading import Reading
from mss_tui.rules.language.subject import says_nothing
from mss_tui.rules.numbers import people, text_numbers
from mss_tui.rules.words import blank


def labels(subject: str, body: str, attachments: Sequence[str]) -> dict[str, tuple[Span, ...]]:
    """The text rules that a message violates, each with the words that say so, in their order.

    Args:
        subject: the subject line.
        body: the plain text; quoted lines, forwarded messages and legal footers in it are told apart here.
        attachments: file names.
    """
    found: dict[str, tuple[Span, ...]] = {}
    if blank(subject):
        found["objet.absent"] = ()
    elif says_nothing(subject):
        found["objet.vague"] = (Span(Place.SUBJECT, 0, len(subject), subject),)
    if blank(body) and not attachments:
        found["contenu.vide"] = ()
    own = own_words(body)
    numbers = text_numbers(subject, own)
    if len(people(numbers, f"{subject}\n{own}")) > 1:
        found["contenu.plusieurs-patients"] = tuple(n.span for n in numbers)
    for label, spans in Reading(subject, own).given().items():
        if label != "pj-oubliee" or not attachments:
            found[f"contenu.{label}"] = spans
    return found

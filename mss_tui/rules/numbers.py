"""NIR and INS numbers in free text: spaced or not, with or without key, Corsica included, a wrong key too."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from mss_tui.model.ins import Ins
from mss_tui.model.verdict import Place, Span
from mss_tui.record import dataclass

_SEP = r"[ \u00a0\u202f.\-_/]?"
_NUMBER = re.compile(
    rf"(?<![\w+])(?P<sex>[1-478]){_SEP}(?P<year>\d\d){_SEP}(?P<month>\d\d){_SEP}(?P<dept>\d\d|2[ABab]){_SEP}"
    rf"(?P<commune>\d{{3}}){_SEP}(?P<order>\d{{3}})(?:[ \u00a0\u202f.\-_/|,:]{{0,3}}(?:cl[eé]\s*:?\s*)?(?P<key>\d\d))?"
    rf"(?!\w|[.,]\d|@(?!patient))",
    re.IGNORECASE,
)
_DIGITS = re.compile(r"\d[\d \u00a0\u202f.\-_/ABab]{11,}")
"""What any NIR holds; most texts have none and are not looked at further."""
KEY = 12
"""Characters that a key may take after the thirteen: " clé : 89"."""
_INS_WORD = re.compile(
    r"\b(?:ins|nir|matricule|s[ée]cu|s[ée]curit[ée] sociale|immatricul\w*|ss|assur[ée]e?|nss|nia)"
    r"\W{0,4}(?:\w{1,4}\W{1,2}){0,3}\Z"
)
_OTHER_WORD = re.compile(
    r"\b(?:dossier|accord|adh[ée]rent|mutuelle|rpps|finess|adeli|facture|[ée]chantillon|s[ée]rie|lot|contrat|t[ée]l|"
    r"t[ée]l[ée]phone|"
    r"ipp|nip|iep|examen|commande|colis|suivi|chambre|siret|siren|iban|rib|tube|code|barres?|demande|r[ée]f[ée]rence|r[ée]f|"
    r"fax|portable|s[ée]jour|venue|bon|ticket|incident|serial|sn)\W{0,6}(?:\w{1,9}\W{1,2}){0,2}\Z"
)
_CORRECTED = re.compile(
    r"au lieu d|et non|erron|rectifi|corrig|correction|faute de frappe|coquille|lire |mal saisi|mal recopi|invers|"
    r"remplac|d[ée]finitif|provisoire|temporaire|ancien|nouveau (?:matricule|num|nir|ins)|doublon d|erreur de|"
    r"faux|m[êe]me patient"
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
    for match in (m for run in _DIGITS.finditer(text) for m in _NUMBER.finditer(text, run.start(), run.end() + KEY)):
        part = match.groupdict()
        thirteen = part["sex"] + part["year"] + part["month"] + part["dept"].upper() + part["commune"] + part["order"]
        before = text[max(match.start() - 40, 0) : match.start()].lower()
        if not _believable(part, thirteen, before, match.group()):
            continue
        span = Span(place, match.start(), match.end(), match.group())
        yield Number(thirteen + (part["key"] or ""), span)


def _believable(part: Mapping[str, str | None], thirteen: str, before: str, written: str) -> bool:
    """Is it a NIR: by the word before, by its key and grouping, or by its shape where nothing speaks against it?"""
    if not _plausible(part["month"] or "", part["dept"] or ""):
        return False
    named = _INS_WORD.search(before) is not None
    key = part["key"]
    right = key is not None and Ins(thirteen, key).key_matches
    usual = 1 <= int(part["month"] or "0") <= 12
    grouped = f"{part['sex']} {part['year']} {part['month']} {part['dept']}" in written
    return named or (right and grouped) or (_OTHER_WORD.search(before) is None and (right or usual))


def people(found: Sequence[Number], text: str) -> list[str]:
    """One number for each person among those `found` in `text`.

    Two numbers that differ by one or two figures beside a word of correction are one person's, mistyped.
    """
    distinct: list[str] = []
    for number in found:
        if not any(same_number(number.digits, known) for known in distinct):
            distinct.append(number.digits)
    if len(distinct) == 2 and _CORRECTED.search(text.lower()):
        a, b = (digits[:13] for digits in distinct)
        changed = sum(x != y for x, y in zip(a, b, strict=True))
        if changed <= 2 or sorted(a) == sorted(b) or "provisoire" in text.lower():
            return distinct[:1]
    return distinct


def text_numbers(subject: str, body: str) -> tuple[Number, ...]:
    """The NIR of subject and body."""
    return (*numbers(subject, Place.SUBJECT), *numbers(body, Place.BODY))


def same_number(one: str, other: str) -> bool:
    """Are two numbers the same person's? Without a key, the 13 characters decide."""
    return one[:13] == other[:13]

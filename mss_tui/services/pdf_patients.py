"""Whom a PDF is about, by its text: INS whose key is right, and names where the page says that they are a patient's.

A name counts only beside a label ("Patient :", "Nom de naissance :") or a date of birth: letters name many others too.
"""

from __future__ import annotations

import re
from dataclasses import replace

from mss_tui.model.facts import DocumentFact
from mss_tui.model.ins import parse_ins
from mss_tui.model.verdict import Place
from mss_tui.rules.numbers import numbers, same_number
from mss_tui.text import clean

READ = 60_000
"""Characters looked at; a patient is named at the beginning."""
LINE = 400
"""Characters of a line that are looked at: what is longer is no line of a letter, and would cost much."""
MOST_PATIENTS = 5
_GAP = r"[ \t]{0,9}"
_BLANK = r"[ \t]{1,9}"
_UPPER = r"[A-ZÀ-ÖØ-Þ]"
_WORD = rf"{_UPPER}[A-Za-zÀ-ÖØ-öø-ÿ'’-]{{0,40}}"
_CAPITALS = rf"(?<!\w){_UPPER}{{2,40}}(?:['’ -]{_UPPER}{{2,40}}){{0,3}}"
_GIVEN = rf"(?<!\w){_UPPER}[a-zà-öø-ÿ]{{1,40}}(?:[ -]{_UPPER}[a-zà-öø-ÿ]{{1,40}}){{0,2}}"
_FAMILY_LABEL = re.compile(
    rf"\bNom(?: de (?:naissance|famille)| patronymique)?{_GAP}:{_GAP}(?P<family>{_WORD}(?:[ '’-]{_WORD}){{0,3}}?)"
    r"(?=[ \t]{0,9}(?:$|[,;(]|\bPr[ée]nom|\bN[ée]|\bSexe|\bDate| {2}))",
    re.MULTILINE,
)
_GIVEN_LABEL = re.compile(
    rf"\bPr[ée]noms?(?: de naissance)?(?:\(s\))?{_GAP}:{_GAP}(?P<given>{_WORD}(?:[ -]{_WORD}){{0,2}}?)"
    r"(?=[ \t]{0,9}(?:$|[,;(]|\bNom|\bN[ée]|\bSexe|\bDate| {2}))",
    re.MULTILINE,
)
_CIVILITY = r"(?:M\.|Mr\.?|Mme\.?|Mlle\.?|Monsieur|Madame|Mademoiselle|[Ee]nfant|[Bb]ébé)"
_NAMED = rf"(?:(?P<family>{_CAPITALS}){_BLANK}(?P<given>{_GIVEN})|(?P<given2>{_GIVEN}){_BLANK}(?P<family2>{_CAPITALS}))"
_LABELLED = re.compile(
    r"\b(?:Patiente?|PATIENTE?|Concerne|Concernant|Identité|R[ée]sidente?|Usag(?:er|ère)|B[ée]n[ée]ficiaire)"
    rf"{_GAP}:{_GAP}(?:{_CIVILITY}{_BLANK})?{_NAMED}"
)
_BORN_NAMED = re.compile(
    rf"(?:{_CIVILITY}{_BLANK})?{_NAMED}[ \t,(]{{0,9}}(?:[Nn]é\(e\)|[Nn]ée?|DDN){_GAP}(?:le)?{_GAP}:?{_GAP}"
    r"(?=\d\d[/.-]\d\d[/.-]\d{4})"
)
_BORN = re.compile(
    r"(?:\b[Nn]é\(e\)|\b[Nn]ée?|\bDDN|[Dd]ate de naissance)[ \t]{0,9}(?:le)?[ \t]{0,9}:?[ \t]{0,9}"
    r"(?P<day>\d\d)[/.-](?P<month>\d\d)[/.-](?P<year>\d{4})"
)
_ADDRESS = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,5}")


def pdf_facts(text: str, source: str, *, pdf_a: bool | None) -> tuple[DocumentFact, ...]:
    """What the text of a PDF says of its patients: a fact for each, one that names nobody where none is found."""
    text = "\n".join(line[:LINE] for line in text[:READ].splitlines())
    if not text.strip():
        return (DocumentFact(source, "pdf", pdf_a=pdf_a, read=False),)
    family, given = _name(text)
    born = _BORN.search(text)
    addresses = [a for a in _ADDRESS.findall(text) if "mssante" in a.lower() and "@patient." not in a.lower()]
    first = DocumentFact(
        source,
        "pdf",
        birth_name=clean(family, 80),
        given=clean(given, 80),
        birth_date=f"{born['day']}/{born['month']}/{born['year']}" if born is not None else "",
        sender=clean(addresses[0], 254) if addresses else "",
        pdf_a=pdf_a,
        read=True,
    )
    found = _numbers(text)
    if not found:
        return (first,)
    others = (replace(first, ins=ins, birth_name="", given="", birth_date="") for ins in found[1:])
    return (replace(first, ins=found[0]), *others)


def _numbers(text: str) -> list[str]:
    """INS whose key is right, each person once: a row of figures of another kind seldom passes that."""
    found: list[str] = []
    for number in numbers(text, Place.ATTACHMENT):
        ins = parse_ins(number.digits)
        if ins is not None and ins.key_matches and not any(same_number(str(ins), known) for known in found):
            found.append(str(ins))
    return found[:MOST_PATIENTS]


def _name(text: str) -> tuple[str, str]:
    """Family and given name of the patient, "" where the text does not say whose they are."""
    for pattern in (_LABELLED, _BORN_NAMED):
        match = pattern.search(text)
        if match is not None:
            return (match["family"] or match["family2"]).strip(), (match["given"] or match["given2"]).strip()
    family, given = _FAMILY_LABEL.search(text), _GIVEN_LABEL.search(text)
    if family is not None and given is not None and abs(family.start() - given.start()) < 200:
        return family["family"].strip(), given["given"].strip()
    return "", ""

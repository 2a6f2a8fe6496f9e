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
LABEL = 60
NEAR = 200
"""Characters before a number where its label stands, and between the labels of a family and a given name."""
_GAP = r"[ \t]{0,9}"
_BLANK = r"[ \t]{1,9}"
_UPPER = r"[A-ZÀ-ÖØ-Þ]"
_WORD = rf"{_UPPER}[A-Za-zÀ-ÖØ-öø-ÿ'’-]{{0,40}}"
_CAPITALS = rf"(?<!\w){_UPPER}{{2,40}}(?:['’ -]{_UPPER}{{2,40}}){{0,3}}"
_GIVEN = rf"(?<!\w){_UPPER}[a-zà-öø-ÿ]{{1,40}}(?:[ -]{_UPPER}[a-zà-öø-ÿ]{{1,40}}){{0,2}}"
_COLON = rf"{_GAP}:{_GAP}"
_ENDS = rf"(?={_GAP}(?:$|[,;([]|\b(?:Pr[ée]nom|Nom|N[ée]e?\b|Sexe|Date|Adresse|T[ée]l)| {{2}}))"
_NAMES = rf"{_WORD}(?:[ '’-]{_WORD}){{0,3}}?"
# forms give a label of several words without a colon; « Nom » alone stands in too many sentences
_FAMILY_LABEL = re.compile(
    rf"\b(?:Nom de naissance(?:{_COLON}|{_BLANK})|Nom(?: de famille| patronymique)?{_COLON})"
    rf"(?P<family>{_NAMES}){_ENDS}",
    re.MULTILINE,
)
_GIVEN_LABEL = re.compile(
    rf"\b(?:Pr[ée]nom(?:\(s\)(?: de naissance)?|s de naissance| de naissance)(?:{_COLON}|{_BLANK})|Pr[ée]noms?{_COLON})"
    rf"(?P<given>{_NAMES}){_ENDS}",
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
_MONTHS = ("janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre",
           "décembre")  # fmt: skip
_BORN = re.compile(
    rf"(?:\b[Nn]é\(e\)|\b[Nn]ée?|\bDDN|[Dd]ate de naissance){_GAP}(?:le)?{_GAP}:?{_GAP}"
    rf"(?P<day>\d\d?)(?:er)?[ /.-](?P<month>\d\d|(?i:{'|'.join(_MONTHS)}))[ /.-](?P<year>\d{{4}})"
)
_MAIDEN = re.compile(rf"{_GAP}[,(]?{_GAP}(?:[Nn]ée|NÉE|nom de naissance{_GAP}:?){_BLANK}(?P<maiden>{_CAPITALS})")
_USED_LABEL = re.compile(
    rf"\bNom (?:d['’]usage|utilisé|usuel|marital|d['’]épouse)(?:{_COLON}|{_BLANK})(?P<used>{_NAMES}){_ENDS}",
    re.MULTILINE,
)
_INS_LABEL = re.compile(r"\b(?:INS|matricule)\b", re.IGNORECASE)
_INSURED = re.compile(r"assur|ouvrant|s[ée]curit[ée] sociale|\bSS\b|\bNIR\b", re.IGNORECASE)
_RELATIVE = re.compile(r"\b(?:m[èe]re|p[èe]re|conjointe?|parents?|tuteur|tutrice|repr[ée]sentante?)\b", re.IGNORECASE)
_ADDRESS = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,5}")


def pdf_facts(text: str, source: str, *, pdf_a: bool | None) -> tuple[DocumentFact, ...]:
    """What the text of a PDF says of its patients: a fact for each, one that names nobody where none is found."""
    text = "\n".join(line[:LINE] for line in text[:READ].splitlines())
    if not text.strip():
        return (DocumentFact(source, "pdf", pdf_a=pdf_a, read=False),)
    family, used, given = _name(text)
    born = _BORN.search(text)
    addresses = [a for a in _ADDRESS.findall(text) if "mssante" in a.lower() and "@patient." not in a.lower()]
    first = DocumentFact(
        source,
        "pdf",
        birth_name=clean(family, 80),
        used_name=clean(used, 80),
        given=clean(given, 80),
        birth_date=_date(born) if born is not None else "",
        sender=clean(addresses[0], 254) if addresses else "",
        pdf_a=pdf_a,
        read=True,
    )
    found = _numbers(text)
    if not found:
        return (first,)
    others = (replace(first, ins=ins, birth_name="", used_name="", given="", birth_date="") for ins in found[1:])
    return (replace(first, ins=found[0]), *others)


def _numbers(text: str) -> list[str]:
    """INS whose key is right, each person once: a row of figures of another kind seldom passes that.

    Those that the page calls INS, where there are some: beside them often stands the number of whoever is insured.
    """
    named: list[str] = []
    insured: list[str] = []
    others: list[str] = []
    for number in numbers(text, Place.ATTACHMENT):
        ins = parse_ins(number.digits)
        before = text[max(0, number.span.start - LABEL) : number.span.start]
        before = re.split(r"[\n\d]", before)[-1]
        if ins is None or not ins.key_matches or _RELATIVE.search(before):
            continue
        kind = named if _INS_LABEL.search(before) else insured if _INSURED.search(before) else others
        if not any(same_number(str(ins), known) for known in kind):
            kind.append(str(ins))
    return (named or others or (insured if len(insured) == 1 else []))[:MOST_PATIENTS]


def _date(found: re.Match[str]) -> str:
    month = found["month"]
    number = int(month) if month.isdigit() else _MONTHS.index(month.lower()) + 1
    return f"{int(found['day']):02d}/{number:02d}/{found['year']}"


def _name(text: str) -> tuple[str, str, str]:
    """Birth name, used name and given name of the patient, "" where the text does not say whose they are."""
    labelled = _USED_LABEL.search(text)
    used = labelled["used"].strip() if labelled is not None else ""
    birth, first = _FAMILY_LABEL.search(text), _GIVEN_LABEL.search(text)
    if birth is not None and first is not None and abs(birth.start() - first.start()) < NEAR:
        return birth["family"].strip(), used, first["given"].strip()
    for pattern in (_LABELLED, _BORN_NAMED):
        match = pattern.search(text)
        if match is not None:
            family, given = match["family"] or match["family2"], match["given"] or match["given2"]
            maiden = _MAIDEN.match(text, match.end())
            return (maiden["maiden"], family, given) if maiden is not None else (family, used, given)
    return "", "", ""

"""Catalogue section 2: subject and body."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache, partial

from mss_tui.model.address import Kind
from mss_tui.model.facts import CRITICAL, OutgoingFacts
from mss_tui.model.people import Call
from mss_tui.model.verdict import Place, Severity, Span
from mss_tui.rules.checks import documents, patients
from mss_tui.rules.checks.recipients import bare
from mss_tui.rules.finding import Findings, at, satisfied, violated
from mss_tui.rules.language import labels
from mss_tui.rules.numbers import Number, text_numbers
from mss_tui.rules.words import blank, quoted_words, some

Labels = dict[str, tuple[Span, ...]]
FIN = "[FIN]"

TEXT_RULES = (
    "contenu.prive",
    "contenu.commercial",
    "contenu.proselyte",
    "contenu.insultant",
    "contenu.convocation",
    "contenu.identifiants",
    "contenu.pj-oubliee",
)


def phones(calls: tuple[Call, ...]) -> str:
    """Whom to phone: the profile's call list, and the national numbers (charte 1, memo 4)."""
    listed = [f"{c.who} {c.phone}" for c in calls]
    known = {c.phone.replace(" ", "") for c in calls}
    national = [f"{who} {number}" for who, number in (("SAMU", "15"), ("par SMS", "114")) if number not in known]
    return ", ".join((*listed[:4], *national))


def _text_rule(rule: str, facts: OutgoingFacts, found: Callable[[], Labels]) -> Findings:
    spans = found().get(rule)
    place = spans[0].place if spans else Place.BODY
    yield satisfied(at(place)) if spans is None else violated(at(place), evidence=spans, words=quoted_words(spans))


def _subject_absent(facts: OutgoingFacts) -> Findings:
    yield (violated if blank(facts.subject) else satisfied)(at(Place.SUBJECT))


def _subject_vague(facts: OutgoingFacts, found: Callable[[], Labels]) -> Findings:
    if blank(facts.subject):
        return
    ends = facts.subject.strip().upper() == FIN and any(r.kind is Kind.PATIENT for r in facts.recipients)
    spans = None if ends else found().get("objet.vague")
    where = at(Place.SUBJECT)
    yield satisfied(where) if spans is None else violated(where, evidence=spans, subject=facts.subject.strip())


def _urgent(facts: OutgoingFacts, found: Callable[[], Labels]) -> Findings:
    spans = found().get("contenu.urgence")
    phone = phones(facts.calls)
    critical = [d for d in facts.documents or () if d.interpretations & CRITICAL]
    if spans is not None:
        yield violated(at(spans[0].place), evidence=spans, words=quoted_words(spans), phone=phone)
    for d in critical:
        codes = ", ".join(sorted(d.interpretations & CRITICAL))
        where = at(Place.ATTACHMENT, d.source)
        yield violated(where, variant="critique", document=d.source, codes=codes, phone=phone)
    if spans is None and not critical:
        yield satisfied(at(Place.BODY))


def _empty(facts: OutgoingFacts) -> Findings:
    empty = blank(facts.own_text) and blank(facts.quoted) and not facts.attachments
    yield (violated if empty else satisfied)(at(Place.BODY))


def _cited(facts: OutgoingFacts) -> Findings:
    lines = sum(1 for line in facts.quoted.split("\n") if line.strip("> \t"))
    if not lines:
        return
    new = [bare(r) for r in facts.recipients if r.in_thread is False]
    if new:
        yield violated(at(Place.BODY), severity=Severity.CONFIRM, variant="nouveau", lines=lines, who=some(new))
    else:
        yield violated(at(Place.BODY), lines=lines)


CHECKS: Mapping[str, Callable[[OutgoingFacts], Findings]] = {
    "objet.absent": _subject_absent,
    "contenu.vide": _empty,
    "contenu.historique-cite": _cited,
}


def _with_numbers(
    check: Callable[[OutgoingFacts, patients.Numbers], Findings], numbers: patients.Numbers
) -> Callable[[OutgoingFacts], Findings]:
    return lambda facts: check(facts, numbers)


def text_checks(facts: OutgoingFacts) -> Mapping[str, Callable[[OutgoingFacts], Findings]]:
    """The checks that read the text; it is read once for all of them, words and numbers."""

    @cache
    def found() -> Labels:
        return labels(facts.subject, facts.own_text, tuple(a.name for a in facts.attachments))

    checks: dict[str, Callable[[OutgoingFacts], Findings]] = {
        rule: partial(_text_rule, rule, found=found) for rule in TEXT_RULES
    }

    @cache
    def numbers() -> tuple[Number, ...]:
        return text_numbers(facts.subject, facts.own_text)

    by_number = {**patients.BY_NUMBER, **documents.BY_NUMBER}
    checks |= {rule: _with_numbers(check, numbers) for rule, check in by_number.items()}
    checks["objet.vague"] = partial(_subject_vague, found=found)
    checks["contenu.urgence"] = partial(_urgent, found=found)
    return checks

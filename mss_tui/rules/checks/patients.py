"""Patients: their addresses, the documents that go to them, what the registers know (catalogue sections 1 and 2)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date

from mss_tui.model.address import Kind
from mss_tui.model.facts import DocumentFact, OutgoingFacts, PatientFact, RecipientFact
from mss_tui.model.ins import Ins, parse_ins
from mss_tui.model.verdict import Place, Severity, Where
from mss_tui.rules.checks.recipients import bare, where
from mss_tui.rules.finding import Findings, at, decided, satisfied, unknown, violated
from mss_tui.rules.numbers import Number, people, same_number

INS_LENGTH = 15
MAJORITY = 18
_BIRTH = re.compile(r"(\d\d)/(\d\d)/(\d{4})")
Numbers = Callable[[], tuple[Number, ...]]


def recipient_ins(recipient: RecipientFact) -> Ins | None:
    """The INS of a patient's address; None when it is none, or not a patient's."""
    if recipient.kind is not Kind.PATIENT:
        return None
    local = bare(recipient).rpartition("@")[0]
    return parse_ins(local) if len(local) == INS_LENGTH and local.isalnum() else None


def _patients(facts: OutgoingFacts) -> Iterator[tuple[RecipientFact, Ins]]:
    for r in facts.recipients:
        ins = recipient_ins(r)
        if ins is not None:
            yield r, ins


def identified(facts: OutgoingFacts, numbers: Numbers) -> dict[str, Where]:
    """Every INS of the message (15 characters), and where it was met first."""
    found: dict[str, Where] = {}
    for r, ins in _patients(facts):
        found.setdefault(str(ins), where(r))
    for number in numbers():
        known = next((n for n in found if same_number(n, number.digits)), None)
        if known is None and len(number.digits) == INS_LENGTH:
            found[number.digits] = at(number.span.place, number.digits)
    for document in facts.documents or ():
        if document.ins:
            found.setdefault(document.ins.upper(), at(Place.ATTACHMENT, document.source))
    return found


def address_form(facts: OutgoingFacts) -> Findings:
    """destinataire.patient-adresse."""
    for r in facts.recipients:
        if r.kind is Kind.PATIENT:
            found = satisfied if recipient_ins(r) is not None and r.address is not None else violated
            yield found(where(r), address=bare(r))


def key(facts: OutgoingFacts) -> Findings:
    """destinataire.patient-cle."""
    for r, ins in _patients(facts):
        found = satisfied if ins.key_matches else violated
        yield found(where(r), ins=ins.grouped, expected=ins.expected_key, address=bare(r))


def qualified(facts: OutgoingFacts) -> Findings:
    """destinataire.patient-identite."""
    for r, ins in _patients(facts):
        yield decided(r.ins_qualified)(where(r), ins=ins.grouped)


def same_as_document(facts: OutgoingFacts) -> Findings:
    """destinataire.patient-document; a minor is written to at their own address, never a parent's (RG-084)."""
    for r, ins in _patients(facts):
        if not facts.attachments and not facts.documents:
            continue
        if facts.documents is None:
            yield unknown(where(r), ins=ins.grouped)
            continue
        adult = facts.today is not None and _surely_adult(ins, facts.today)
        minors = {d.source for d in facts.documents if adult and facts.today and _minor(d, facts.today)}
        with_ins = [d for d in facts.documents if d.ins]
        own = {d.source for d in with_ins if d.kind == "pdf" and d.ins == str(ins)}
        # a PDF that names its patient and someone else too (a parent's number) is no other patient's document
        others = [d for d in with_ins if d.ins.upper() != str(ins) and d.source not in own]
        for d in others:
            variant = "mineur" if d.source in minors else ""
            yield violated(where(r), variant=variant, document=d.source, found=_grouped(d.ins), ins=ins.grouped)
        unnamed = minors - {d.source for d in with_ins}
        for source in sorted(unnamed):
            yield violated(where(r), severity=Severity.WARN, variant="mineur", document=source, ins=ins.grouped)
        if with_ins and not others and not unnamed:
            yield satisfied(where(r), ins=ins.grouped)


def _minor(document: DocumentFact, today: date) -> bool:
    """Is the patient of a document under 18?"""
    found = _BIRTH.fullmatch(document.birth_date)
    if found is None:
        return False
    day, month, year = map(int, found.groups())
    return (today.year - year, today.month - month, today.day - day) < (MAJORITY, 0, 0) and year <= today.year


def _surely_adult(ins: Ins, today: date) -> bool:
    """Does the number belong to an adult, whichever century its two figures of the year stand for?"""
    year, month = int(ins.number[1:3]), int(ins.number[3:5])
    youngest = 2000 + year if 2000 + year <= today.year else 1900 + year
    return (today.year - youngest, today.month - (month if 1 <= month <= 12 else 12)) > (MAJORITY, 0)


def _grouped(number: str) -> str:
    ins = parse_ins(number)
    return ins.grouped if ins else number


def reply_elsewhere(facts: OutgoingFacts) -> Findings:
    """destinataire.patient-reply-to."""
    if any(r.kind is Kind.PATIENT for r in facts.recipients) and facts.reply_to:
        sender = facts.account.address
        same = facts.reply_to.lower() == sender.lower()
        found = satisfied if same else violated
        yield found(at(Place.FROM, facts.reply_to), reply_to=facts.reply_to, sender=sender)


def together(facts: OutgoingFacts) -> Findings:
    """destinataire.patient-et-pro."""
    kinds = [r.kind is Kind.PATIENT for r in facts.recipients]
    if any(kinds) and not all(kinds):
        yield violated(at(Place.TO), count=len(kinds) - sum(kinds))


def _register(facts: OutgoingFacts) -> dict[str, PatientFact]:
    known = {p.ins.upper(): p for p in facts.patients}
    for r, ins in _patients(facts):
        if str(ins) not in known and (r.patient_informed is not None or r.objected is not None):
            known[str(ins)] = PatientFact(str(ins), informed=r.patient_informed, objected_messages=r.objected)
    return known


def informed(facts: OutgoingFacts, numbers: Numbers) -> Findings:
    """patient.information."""
    register = _register(facts)
    for number, place in identified(facts, numbers).items():
        entry = register.get(number)
        yield decided(entry.informed if entry else None)(Where(place.place, number), patient=_grouped(number))


def objection(facts: OutgoingFacts, numbers: Numbers) -> Findings:
    """patient.opposition: blocks a message to the patient, asks for a reason between professionals."""
    register = _register(facts)
    addressed = {str(ins) for _, ins in _patients(facts)}
    professionals = any(r.kind is not Kind.PATIENT for r in facts.recipients)
    for number, place in identified(facts, numbers).items():
        entry = register.get(number) or PatientFact(number)
        here, patient = Where(place.place, number), _grouped(number)
        words: list[tuple[bool | None, str, Severity | None]] = []
        if number in addressed:
            words.append((entry.objected_messages, "", None))
        if professionals:
            words.append((entry.objected_exchanges, "echange", Severity.CONFIRM))
        for objected, variant, severity in words:
            if objected:
                yield violated(here, severity=severity, variant=variant, patient=patient)
            elif objected is None:
                yield unknown(here, severity=severity, patient=patient)
            else:
                yield satisfied(here, patient=patient)


def several(facts: OutgoingFacts, numbers: Numbers) -> Findings:
    """contenu.plusieurs-patients: INS and NIR of different people in subject, body, documents."""
    written = numbers()
    distinct = people(written, f"{facts.subject}\n{facts.own_text}")
    for digits in (d.ins.upper() for d in facts.documents or () if d.ins):
        if not any(same_number(digits, known) for known in (*distinct, *(n.digits for n in written))):
            distinct.append(digits)
    if len(distinct) > 1:
        place = written[0].span.place if written else Place.ATTACHMENT
        shown = ", ".join(map(_grouped, distinct[:4]))
        yield violated(at(place), evidence=tuple(n.span for n in written), count=len(distinct), ins=shown)
    elif distinct:
        yield satisfied(at(Place.BODY), count=1)


CHECKS: Mapping[str, Callable[[OutgoingFacts], Findings]] = {
    "destinataire.patient-adresse": address_form,
    "destinataire.patient-cle": key,
    "destinataire.patient-identite": qualified,
    "destinataire.patient-document": same_as_document,
    "destinataire.patient-reply-to": reply_elsewhere,
    "destinataire.patient-et-pro": together,
}
BY_NUMBER: Mapping[str, Callable[[OutgoingFacts, Numbers], Findings]] = {
    "patient.information": informed,
    "patient.opposition": objection,
    "contenu.plusieurs-patients": several,
}
"""Checks that also take the numbers of the text, looked for once."""

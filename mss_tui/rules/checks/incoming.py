"""Catalogue section 6: received messages, from the row alone or once opened."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from mss_tui.model.address import Kind, in_trust_space
from mss_tui.model.facts import CRITICAL, IncomingFacts
from mss_tui.model.ins import parse_ins
from mss_tui.model.message import CRITICAL_SEEN, MDN_SENT
from mss_tui.model.verdict import Place, Span
from mss_tui.phrase import say
from mss_tui.rules.filetypes import Danger, danger
from mss_tui.rules.finding import Findings, at, satisfied, unknown, violated
from mss_tui.rules.language.incoming import asks_deletion, looks_urgent
from mss_tui.rules.lookalike import Look, display, imitates, look
from mss_tui.rules.words import quoted_words, some

SENDER = at(Place.FROM)
_ADDRESS = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_PHONE = re.compile(r"(?<!\d)(?:\+33[ .-]?|0)[1-9](?:[ .\u00a0\u202f-]?\d\d){4}(?!\d)")
_REPLACES = re.compile(r"\[?\bannule et remplace\b\]?", re.IGNORECASE)


def _domain(address: str) -> str:
    return address.rpartition("@")[2].lower()


def outside(facts: IncomingFacts) -> Findings:
    """recu.hors-espace."""
    address = facts.row.sender.address
    domain = _domain(address)
    if domain.isascii() and in_trust_space(domain, facts.policy.extra_domains):
        yield satisfied(SENDER, address=address)
        return
    variant = "sosie" if look(domain) in (Look.LOOKALIKE, Look.HOMOGLYPH) else ""
    yield violated(SENDER, address=address or say("sans adresse"), domain=display(domain), variant=variant)


def deceptive(facts: IncomingFacts) -> Findings:
    """recu.expediteur-trompeur: another address in the name, other alphabets, several senders, answers elsewhere."""
    row = facts.row
    name, address = row.sender.name, row.sender.address
    clean = True
    if any(shown.lower() != address.lower() for shown in _ADDRESS.findall(name)):
        clean = False
        yield violated(SENDER, name=name, address=address)
    elif imitates(name):
        clean = False
        yield violated(SENDER, variant="sosie", name=name, address=address)
    if row.senders > 1:
        clean = False
        yield violated(SENDER, variant="plusieurs", n=row.senders, name=name, address=address)
    for other in row.reply_to:
        same_house = _domain(other.address) == _domain(address) and facts.kind is not Kind.OUTSIDE
        if other.address.lower() != address.lower() and not same_house:
            clean = False
            yield violated(SENDER, variant="reponse", name=name, address=address, reply_to=other.address)
    if clean:
        yield satisfied(SENDER, name=name, address=address)


def suspicious_attachment(facts: IncomingFacts) -> Findings:
    """recu.pj-suspecte."""
    for a in facts.attachments:
        kind, where = danger(a.name, a.type, a.sniffed, a.encrypted, a.macros), at(Place.ATTACHMENT, a.name)
        if kind is Danger.NONE:
            yield satisfied(where, name=a.name)
        else:
            yield violated(where, variant=kind.value, name=a.name)


def patient(facts: IncomingFacts) -> Findings:
    """recu.patient: who the patient is, by name and INS (ECO.3.1.2); nothing to say of a professional."""
    if facts.kind is not Kind.PATIENT:
        yield satisfied(SENDER)
        return
    sender = facts.row.sender
    ins = parse_ins(sender.address.partition("@")[0])
    number = ins.grouped if ins else sender.address
    name = "" if "@" in sender.name else sender.name
    who = f"{name} (INS {number})" if name else f"INS {number}"
    yield violated(SENDER, who=who, variant="cle" if ins is None or not ins.key_matches else "")


def urgent(facts: IncomingFacts) -> Findings:
    """recu.urgence: by the subject before the message is opened, by its text too afterwards."""
    spans = looks_urgent(facts.row.subject, facts.text or "")
    if spans:
        phones = dict.fromkeys(_PHONE.findall(facts.text or ""))
        listed = [*phones, *(f"{c.who} {c.phone}" for c in facts.calls)]
        phone = say(" : {who}", who=some(listed)) if listed else ""
        yield violated(at(spans[0].place), evidence=spans, words=quoted_words(spans), phone=phone)
    elif facts.text is not None:
        yield satisfied(at(Place.BODY))


def no_reply(facts: IncomingFacts) -> Findings:
    """recu.sans-reponse."""
    if facts.kind is Kind.APPLICATION:
        yield violated(SENDER, address=facts.row.sender.address)


def replaces(facts: IncomingFacts) -> Findings:
    """recu.remplace."""
    said = False
    for d in facts.documents or ():
        for earlier, variant in ((d.replaces, ""), (d.deletes, "suppression")):
            if earlier:
                said = True
                yield violated(at(Place.ATTACHMENT, d.source), variant=variant, document=d.title or earlier)
    match = None if said else _REPLACES.search(facts.row.subject)
    if match:
        span = Span(Place.SUBJECT, match.start(), match.end(), match.group())
        yield violated(at(Place.SUBJECT), evidence=(span,), document=facts.row.subject)
    elif not said and facts.row.has_documents and facts.text is not None:
        yield (unknown if facts.documents is None else satisfied)(at(Place.ATTACHMENT))


def deletion_asked(facts: IncomingFacts) -> Findings:
    """recu.demande-suppression."""
    if facts.text is None:
        return
    spans = asks_deletion(facts.row.subject, facts.text)
    where = at(Place.BODY)
    yield violated(where, evidence=spans, words=quoted_words(spans)) if spans else satisfied(where)


def receipt_asked(facts: IncomingFacts) -> Findings:
    """recu.accuse-demande."""
    if facts.row.receipt_to:
        sent = MDN_SENT in facts.row.flags
        yield (satisfied if sent else violated)(at(Place.MESSAGE), address=facts.row.receipt_to)


def critical_result(facts: IncomingFacts) -> Findings:
    """recu.biologie-critique: until somebody acknowledges it by name ($MssCritiqueVu)."""
    if facts.documents is None:
        if facts.row.has_documents and facts.text is not None:
            yield unknown(at(Place.ATTACHMENT))
        return
    seen = CRITICAL_SEEN in facts.row.flags
    for d in facts.documents:
        codes, where = d.interpretations & CRITICAL, at(Place.ATTACHMENT, d.source)
        found = violated if codes and not seen else satisfied
        yield found(where, document=d.title or d.source, codes=", ".join(sorted(codes)))


CHECKS: Mapping[str, Callable[[IncomingFacts], Findings]] = {
    "recu.hors-espace": outside,
    "recu.expediteur-trompeur": deceptive,
    "recu.pj-suspecte": suspicious_attachment,
    "recu.patient": patient,
    "recu.urgence": urgent,
    "recu.sans-reponse": no_reply,
    "recu.remplace": replaces,
    "recu.demande-suppression": deletion_asked,
    "recu.accuse-demande": receipt_asked,
    "recu.biologie-critique": critical_result,
}

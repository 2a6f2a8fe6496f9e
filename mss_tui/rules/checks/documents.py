"""Catalogue section 3, documents: archives, PDF copies, the patients they name; and section 2 where it reads them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from mss_tui.model.address import Kind, in_trust_space
from mss_tui.model.facts import AttachmentFact, DocumentFact, OutgoingFacts
from mss_tui.model.people import MailboxType
from mss_tui.model.verdict import Place, Severity
from mss_tui.phrase import say
from mss_tui.rules import xdm
from mss_tui.rules.checks.patients import Numbers
from mss_tui.rules.checks.recipients import bare
from mss_tui.rules.finding import Findings, at, decided, satisfied, unknown, violated
from mss_tui.rules.language.reply import says_no_reply
from mss_tui.rules.numbers import same_number
from mss_tui.rules.persons import health_document, named_in_file, named_people, names_a_patient
from mss_tui.rules.words import some, tokens

_STRUCTURED = ("xdm", "cda")
_MASKS = {"INVISIBLE_PATIENT": True, "INVISIBLE_REP_LEGAUX": True, "MASQUE_PS": False}


def _archives(facts: OutgoingFacts) -> list[AttachmentFact]:
    read = {d.source for d in facts.documents or () if d.kind == "xdm"}
    return [a for a in facts.attachments if a.name in read or xdm.is_archive(a.name)]


def _in_archives(facts: OutgoingFacts) -> list[DocumentFact]:
    return [d for d in facts.documents or () if d.kind == "xdm"]


def _pdfs(facts: OutgoingFacts) -> list[AttachmentFact]:
    return [a for a in facts.attachments if a.type == "application/pdf" or a.name.lower().endswith(".pdf")]


def _who(document: DocumentFact) -> str:
    return f"{document.birth_name or document.used_name} {document.given}".strip() or document.ins


def discordant(facts: OutgoingFacts, numbers: Numbers) -> Findings:
    """pj.patient-discordant: numbers and names of subject, body and documents."""
    documents = _one_of_each_pdf(d for d in facts.documents or () if d.ins or d.birth_name)
    if facts.documents is None:
        for a in facts.attachments:
            if health_document(a.name, a.type) or xdm.is_archive(a.name):
                yield unknown(at(Place.ATTACHMENT, a.name), document=a.name)
        return
    if not documents:
        return
    first, where = documents[0], at(Place.ATTACHMENT, documents[0].source)
    others = [d for d in documents[1:] if _differ(first, d)]
    if others:
        people = some(dict.fromkeys(map(_who, (first, *others))))
        yield violated(at(Place.ATTACHMENT, others[0].source), patients=people)
        return
    foreign = [n for n in numbers() if first.ins and not same_number(n.digits, first.ins)]
    text_people = named_people(facts.subject)
    known = {t for d in documents for t in tokens(f"{d.birth_name} {d.used_name} {d.given}")}
    if foreign:
        yield violated(where, evidence=tuple(n.span for n in foreign), patients=f"{foreign[0].digits}, {_who(first)}")
    elif known and text_people and not any(known.intersection(tokens(p.text)) for p in text_people):
        yield violated(where, evidence=text_people, patients=some((*(p.text for p in text_people), _who(first))))
    else:
        yield satisfied(where, patients=_who(first))


def _one_of_each_pdf(documents: Iterable[DocumentFact]) -> list[DocumentFact]:
    """Of several people in one PDF contenu.plusieurs-patients speaks: here a PDF is that of the first."""
    found: list[DocumentFact] = []
    for d in documents:
        if d.kind != "pdf" or not any(k.kind == "pdf" and k.source == d.source for k in found):
            found.append(d)
    return found


def _differ(one: DocumentFact, other: DocumentFact) -> bool:
    if one.ins and other.ins:
        return not same_number(one.ins.upper(), other.ins.upper())
    if not one.birth_name or not other.birth_name:
        return False
    family = [set(tokens(f"{d.birth_name} {d.used_name}")) for d in (one, other)]
    given = [set(tokens(d.given)) for d in (one, other)]
    return not family[0] & family[1] or (all(given) and not given[0] & given[1])


def one_patient(facts: OutgoingFacts) -> Findings:
    """pj.xdm-un-patient."""
    archives = _archives(facts)
    if facts.documents is None:
        for a in archives:
            yield unknown(at(Place.ATTACHMENT, a.name), document=a.name)
        return
    patients: list[DocumentFact] = []
    for d in _in_archives(facts):
        if (d.ins or d.birth_name) and not any(not _differ(d, p) for p in patients):
            patients.append(d)
    if len(patients) > 1:
        where = at(Place.ATTACHMENT, patients[1].source)
        yield violated(where, count=len(patients), patients=some(map(_who, patients)))
    elif archives:
        yield satisfied(at(Place.ATTACHMENT, archives[0].name))


def with_pdf(facts: OutgoingFacts) -> Findings:
    """pj.xdm-pdf."""
    for a in _archives(facts)[:1]:
        yield (satisfied if _pdfs(facts) else violated)(at(Place.ATTACHMENT, a.name), document=a.name)


def xdm_subject(facts: OutgoingFacts) -> Findings:
    """pj.xdm-objet."""
    archives, documents = _archives(facts), _in_archives(facts)
    if not archives:
        return
    expected = xdm.subject_of(documents) if documents else ""
    shown = expected or f"{xdm.PREFIX}type NOM prénom JJ/MM/AAAA"
    if not xdm.subject_fits(facts.subject, documents):
        yield violated(at(Place.SUBJECT), expected=shown)
    elif documents:
        yield satisfied(at(Place.SUBJECT), expected=shown)
    else:
        yield unknown(at(Place.SUBJECT), document=archives[0].name)


def xdm_headers(facts: OutgoingFacts) -> Findings:
    """pj.xdm-entetes."""
    archives, where = _archives(facts), at(Place.MESSAGE)
    if facts.headers is None:
        return
    found = {name.upper(): value for name, value in facts.headers}
    if archives and facts.documents is None:
        yield unknown(where, document=archives[0].name)
        return
    expected = xdm.headers_of(_in_archives(facts))
    wrong = False
    for header in ("X-MSS-CODECDA", "X-MSS-INS"):
        value, asked = found.get(header, ""), expected.get(header, "")
        if value.replace(" ", "") != asked:
            wrong = True
            yield violated(where, header=header, value=value or say("absent"), expected=asked or say("aucun"))
    if archives and not wrong:
        yield satisfied(where)


def pdf_name(facts: OutgoingFacts) -> Findings:
    """pj.nom: only for PDF files beside an archive."""
    if not _archives(facts):
        return
    documents = _in_archives(facts)
    expected = xdm.pdf_name_of(documents[0]) if len(documents) == 1 else ""
    for a in _pdfs(facts):
        found = satisfied if xdm.pdf_name_fits(a.name) else violated
        yield found(at(Place.ATTACHMENT, a.name), name=a.name, expected=expected or "AAAAMMJJ_type_NOM_prénom.pdf")


def pdf_a(facts: OutgoingFacts) -> Findings:
    """pj.pdf-a: only for PDF files beside an archive."""
    if not _archives(facts):
        return
    known = {d.source: d.pdf_a for d in facts.documents or () if d.kind == "pdf"}
    for a in _pdfs(facts):
        yield decided(known.get(a.name))(at(Place.ATTACHMENT, a.name), name=a.name)


def masked(facts: OutgoingFacts) -> Findings:
    """pj.masque."""
    if facts.documents is None:
        for a in _archives(facts):
            yield unknown(at(Place.ATTACHMENT, a.name), document=a.name)
        return
    for d in facts.documents:
        if d.kind not in _STRUCTURED:
            continue
        where, shown = at(Place.ATTACHMENT, d.source), False
        for mask in sorted(d.masks & _MASKS.keys()):
            for r in facts.recipients:
                if (r.kind is Kind.PATIENT) is _MASKS[mask]:
                    shown = True
                    yield violated(where, document=d.title or d.source, mask=mask, address=bare(r))
        if not shown:
            yield satisfied(where, document=d.title or d.source)


def end_without_patient(facts: OutgoingFacts) -> Findings:
    """entete.fin-sans-patient."""
    if facts.last_to_patient:
        yield (satisfied if any(r.kind is Kind.PATIENT for r in facts.recipients) else violated)(at(Place.MESSAGE))


def patient_named(facts: OutgoingFacts) -> Findings:
    """contenu.patient-non-identifie."""
    health = [a for a in facts.attachments if not a.inline and health_document(a.name, a.type)]
    if not health:
        return
    where, name = at(Place.ATTACHMENT, health[0].name), health[0].name
    to_patient = any(r.kind is Kind.PATIENT for r in facts.recipients)
    in_file = any(named_in_file(a.name) for a in health)
    if to_patient or in_file or names_a_patient(facts.subject, facts.own_text):
        yield satisfied(where, document=name)
    elif facts.documents is None:
        yield unknown(where, document=name)
    elif any(d.ins or d.birth_name for d in facts.documents):
        yield satisfied(where, document=name)
    else:
        closed = {d.source for d in facts.documents if d.read is False}
        yield (unknown if any(a.name in closed for a in health) else violated)(where, document=name)


def no_reply_mention(facts: OutgoingFacts) -> Findings:
    """contenu.applicative-mention."""
    if facts.account.type is MailboxType.APP:
        yield (satisfied if says_no_reply(facts.own_text) else violated)(at(Place.BODY))


def document_sender(facts: OutgoingFacts) -> Findings:
    """contenu.applicative-expediteur."""
    if facts.account.type is not MailboxType.APP:
        return
    if facts.documents is None:
        for a in facts.attachments:
            yield unknown(at(Place.ATTACHMENT, a.name), document=a.name)
        return
    for d in facts.documents:
        valid = None if d.sender is None else in_trust_space(d.sender.rpartition("@")[2], facts.policy.extra_domains)
        yield decided(valid and "@" in (d.sender or ""))(at(Place.ATTACHMENT, d.source), document=d.title or d.source)


def validated(facts: OutgoingFacts) -> Findings:
    """envoi.non-valide: only where the service asks for it and documents leave."""
    if facts.validation and facts.attachments:
        severity = Severity.BLOCK if facts.validation == Severity.BLOCK else None
        where = at(Place.MESSAGE)
        if facts.validated:
            yield satisfied(where)
        else:
            yield (unknown if facts.validated is None else violated)(where, severity=severity)


BY_NUMBER: Mapping[str, Callable[[OutgoingFacts, Numbers], Findings]] = {"pj.patient-discordant": discordant}
CHECKS: Mapping[str, Callable[[OutgoingFacts], Findings]] = {
    "contenu.patient-non-identifie": patient_named,
    "contenu.applicative-mention": no_reply_mention,
    "contenu.applicative-expediteur": document_sender,
    "pj.xdm-un-patient": one_patient,
    "pj.xdm-pdf": with_pdf,
    "pj.xdm-objet": xdm_subject,
    "pj.xdm-entetes": xdm_headers,
    "pj.nom": pdf_name,
    "pj.pdf-a": pdf_a,
    "pj.masque": masked,
    "entete.fin-sans-patient": end_without_patient,
    "envoi.non-valide": validated,
}

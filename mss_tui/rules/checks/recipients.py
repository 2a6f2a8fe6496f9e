"""Catalogue section 1: is each recipient one that may be written to, and the right one?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from hashlib import sha256

from mss_tui.model.address import Kind, in_trust_space, within
from mss_tui.model.directory import DirectoryEntry, Publication
from mss_tui.model.facts import OutgoingFacts, RecipientFact
from mss_tui.model.people import MailboxType
from mss_tui.model.verdict import Place, Severity, Where
from mss_tui.rules.finding import Findings, at, decided, satisfied, unknown, violated
from mss_tui.rules.lookalike import Look, display, look
from mss_tui.rules.names import same_person
from mss_tui.rules.words import some

APICRYPT = "apicrypt.org"
APICRYPT_V2 = "interop-mssante.apicrypt.org"


def bare(recipient: RecipientFact) -> str:
    """The address of a recipient as it was typed, without the name before it."""
    if recipient.address is not None:
        return str(recipient.address)
    _, opened, rest = recipient.typed.rpartition("<")
    return rest.rstrip("> ") if opened else recipient.typed.strip()


def where(recipient: RecipientFact) -> Where:
    """The recipient's place among the fields."""
    return at(recipient.place, bare(recipient))


def list_item(facts: OutgoingFacts) -> str:
    """A name for the recipients as a set: the same people in another order are the same list."""
    people = sorted({bare(r).lower() for r in facts.recipients})
    digest = sha256("\n".join(people).encode()).hexdigest()
    return f"{len(people)} destinataires, liste {digest[:12]}"


def apicrypt_v1(domain: str, facts: OutgoingFacts) -> bool:
    """An Apicrypt domain that is neither v2's gateway nor the policy's (memo)."""
    return within(domain, APICRYPT) and domain != APICRYPT_V2 and domain not in facts.policy.extra_domains


def _professionals(facts: OutgoingFacts) -> Iterator[RecipientFact]:
    return (r for r in facts.recipients if r.kind is Kind.PRO and r.address is not None)


def outside(facts: OutgoingFacts) -> Findings:
    """destinataire.hors-espace."""
    for r in facts.recipients:
        typed = bare(r)
        domain = typed.rpartition("@")[2].lower()
        if r.address is not None and in_trust_space(domain, facts.policy.extra_domains):
            yield satisfied(where(r), address=typed)
        elif not apicrypt_v1(domain, facts):
            looks = look(domain) if "@" in typed else Look.PLAIN
            no_address = r.address is None and looks is Look.PLAIN
            variant = "invalide" if no_address else looks.value
            yield violated(where(r), address=typed, domain=display(domain), variant=variant)


def apicrypt(facts: OutgoingFacts) -> Findings:
    """destinataire.apicrypt-v1."""
    for r in facts.recipients:
        domain = bare(r).rpartition("@")[2].lower()
        if within(domain, APICRYPT):
            yield (violated if apicrypt_v1(domain, facts) else satisfied)(where(r), address=bare(r))


def white_list(facts: OutgoingFacts) -> Findings:
    """destinataire.hors-liste-blanche."""
    for r in facts.recipients:
        if r.address is None or r.kind is Kind.OUTSIDE or (facts.white_list is None and r.in_white_list is None):
            continue
        yield decided(r.in_white_list)(where(r), domain=r.address.domain)


def unverified(facts: OutgoingFacts) -> Findings:
    """destinataire.non-verifie."""
    for r in _professionals(facts):
        published = None if r.publication is Publication.UNKNOWN else r.publication is Publication.PUBLISHED
        yield decided(published)(where(r), address=bare(r))


def identity(entry: DirectoryEntry) -> str:
    """Who an entry is, so that two people of one name can be told apart: profession, town, end of the RPPS."""
    tail = f"RPPS …{entry.rpps[-4:]}" if entry.rpps else ""
    details = [d for d in (entry.profession, entry.speciality, entry.town, tail) if d]
    return f"{entry.who} ({', '.join(details)})" if details else entry.who


def homonyms(facts: OutgoingFacts) -> Findings:
    """destinataire.homonymes.

    Where the directory could not be asked, destinataire.non-verifie asks; this and the next two only note it.
    """
    for r in _professionals(facts):
        if r.publication is Publication.UNKNOWN:
            yield unknown(where(r), severity=Severity.INFO, address=bare(r))
        elif r.publication is Publication.PUBLISHED and r.homonyms:
            yield violated(
                where(r),
                address=bare(r),
                count=len(r.homonyms),
                who=r.entry.who if r.entry else r.homonyms[0].who,
                identity=identity(r.entry) if r.entry else bare(r),
                homonyms=some(map(identity, r.homonyms), separator=" ; "),
            )
        elif r.publication is Publication.PUBLISHED:
            yield satisfied(where(r), address=bare(r))


def discordant_name(facts: OutgoingFacts) -> Findings:
    """destinataire.nom-discordant."""
    for r in _professionals(facts):
        if not r.name.strip() or "@" in r.name:
            continue
        if r.publication is Publication.UNKNOWN:
            yield unknown(where(r), severity=Severity.INFO, address=bare(r), name=r.name)
        elif r.entry is not None:
            found = satisfied if same_person(r.name, r.entry) else violated
            yield found(where(r), address=bare(r), name=r.name, who=identity(r.entry))


def withdrawn(facts: OutgoingFacts) -> Findings:
    """destinataire.depubliee."""
    for r in _professionals(facts):
        if r.publication is Publication.UNKNOWN and not r.formerly_published:
            yield unknown(where(r), severity=Severity.INFO, address=bare(r))
        elif r.formerly_published and r.publication is not Publication.PUBLISHED:
            yield violated(where(r), address=bare(r))
        else:
            yield satisfied(where(r), address=bare(r))


def many(facts: OutgoingFacts) -> Findings:
    """destinataire.multiples."""
    most = facts.policy.many_recipients.value
    count = len({bare(r).lower() for r in facts.recipients})
    if most is not None and count:
        found = violated if count > most else satisfied
        yield found(at(Place.TO, list_item(facts) if count > most else ""), count=count)


def copies(facts: OutgoingFacts) -> Findings:
    """destinataire.copie."""
    count = sum(r.place is Place.CC for r in facts.recipients)
    if count:
        many_copies = facts.policy.many_copies.value
        heavy = many_copies is not None and count >= many_copies
        yield violated(at(Place.CC), severity=Severity.WARN if heavy else None, count=count)


def blind_copies(facts: OutgoingFacts) -> Findings:
    """destinataire.cci."""
    count = sum(r.place is Place.BCC for r in facts.recipients)
    if count:
        yield violated(at(Place.BCC), count=count)


def application(facts: OutgoingFacts) -> Findings:
    """destinataire.applicative."""
    for r in facts.recipients:
        by_directory = r.entry is not None and r.entry.type == MailboxType.APP
        if r.kind is Kind.APPLICATION or by_directory:
            yield violated(where(r), address=bare(r))
        elif r.kind is Kind.PRO:
            yield satisfied(where(r), address=bare(r))


def service_available(facts: OutgoingFacts) -> Findings:
    """destinataire.org-disponible."""
    for r in _professionals(facts):
        if r.entry is not None and r.entry.type != MailboxType.PER:
            continue
        if r.services is None:
            yield unknown(where(r), address=bare(r))
        elif r.services:
            who = r.entry.who if r.entry else bare(r)
            yield violated(where(r), address=bare(r), who=who, service=some(s.address for s in r.services))
        else:
            yield satisfied(where(r), address=bare(r))


def duplicates(facts: OutgoingFacts) -> Findings:
    """destinataire.doublon."""
    own = facts.account.address.lower()
    for address, count in Counter(bare(r).lower() for r in facts.recipients).items():
        places = [r for r in facts.recipients if bare(r).lower() == address]
        if count > 1:
            yield violated(where(places[-1]), address=address)
        elif address == own and places[0].place is not Place.TO:
            yield violated(where(places[0]), address=address, variant="soi")


CHECKS: Mapping[str, Callable[[OutgoingFacts], Findings]] = {
    "destinataire.hors-espace": outside,
    "destinataire.apicrypt-v1": apicrypt,
    "destinataire.hors-liste-blanche": white_list,
    "destinataire.non-verifie": unverified,
    "destinataire.homonymes": homonyms,
    "destinataire.nom-discordant": discordant_name,
    "destinataire.depubliee": withdrawn,
    "destinataire.multiples": many,
    "destinataire.copie": copies,
    "destinataire.cci": blind_copies,
    "destinataire.applicative": application,
    "destinataire.org-disponible": service_available,
    "destinataire.doublon": duplicates,
}

"""Catalogue section 4: the mailbox itself, its label, who holds it and who acts on it."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from mss_tui.model.address import in_trust_space, within
from mss_tui.model.facts import MailboxFacts, OutgoingFacts
from mss_tui.model.paris import day, days_between
from mss_tui.model.people import Account, AuthMethod, MailboxType, Person
from mss_tui.model.policy import Policy
from mss_tui.model.verdict import Place, Severity
from mss_tui.phrase import say
from mss_tui.rules.checks.recipients import APICRYPT, APICRYPT_V2
from mss_tui.rules.finding import Findings, at, decided, satisfied, unknown, violated
from mss_tui.rules.names import given_names
from mss_tui.rules.words import day as written
from mss_tui.rules.words import tokens

MAILBOX, SENDER = at(Place.MAILBOX), at(Place.FROM)
SHARED = (MailboxType.ORG, MailboxType.CAB)
UNUSED_DAYS = 30
ABSENT_DAYS = 60
ARRIVAL_DAYS = 14


def _local(account: Account) -> str:
    return account.address.rpartition("@")[0]


def label(facts: MailboxFacts) -> Findings:
    """bal.libelle: what stands before the address in From."""
    account, person = facts.account, facts.person
    personal = account.type in (MailboxType.PER, MailboxType.CAB)
    expected = "« Service - Structure »"
    if personal and person is not None:
        words = (person.title, *person.name.split(), person.entity)
        expected = f'label = "{"_".join(w for w in words if w)}"'
    made = account.label or (person.name if personal and person is not None else "")
    empty = not made.strip() or made.strip().strip("<>").lower() == account.address.lower()
    yield (violated if empty else satisfied)(MAILBOX, label=account.label or say("(aucun)"), expected=expected)


def product(facts: MailboxFacts) -> Findings:
    """bal.nil."""
    yield decided(None if facts.product is None else bool(facts.product))(MAILBOX)


def authentication(facts: MailboxFacts) -> Findings:
    """bal.authentification."""
    yield (violated if facts.account.auth.method is AuthMethod.PASSWORD else satisfied)(MAILBOX)


def without_rpps(facts: MailboxFacts) -> Findings:
    """bal.nom-sans-rpps."""
    if facts.account.type is MailboxType.PER:
        known = None if facts.person is None else bool(facts.person.rpps)
        yield decided(known)(MAILBOX)


def local_part(facts: MailboxFacts) -> Findings:
    """bal.nom-partie-locale: first name and name, in either order, whatever stands between."""
    if facts.account.type is not MailboxType.PER:
        return
    local, person = _local(facts.account), _holder(facts) or facts.person
    if person is None or not tokens(person.name):
        yield unknown(MAILBOX, local=local)
        return
    letters = "".join(tokens(local))
    made = all(word in letters for word in tokens(person.name))
    yield (satisfied if made else violated)(MAILBOX, local=local, person=person.name)


def named_after_person(facts: MailboxFacts) -> Findings:
    """bal.org-nominative: the holder's own name, or a first name beside another word, in local part or label."""
    if facts.account.type is not MailboxType.ORG:
        return
    local, shown = _local(facts.account), facts.account.label
    own = tokens(facts.person.name) if facts.person else []
    for text in filter(None, (local, shown)):
        words = tokens(text)
        first = [w for w in words if w in given_names() or w in (facts.given_names or ())]
        mine = len(own) > 1 and all(w in words for w in own)
        if mine or (first and len(words) == 2 and text == local):
            yield violated(MAILBOX, text=text, person=facts.person.name if mine and facts.person else first[0])
            return
    two_words = len(tokens(local)) == 2 and "".join(tokens(local)).isalpha()
    if two_words and facts.given_names is None:
        yield unknown(MAILBOX, text=local)
    else:
        yield satisfied(MAILBOX, text=local)


def _who_acts(kind: MailboxType, person: Person | None, acting: bool | None) -> bool | None:
    """Is the individual identity of who acts on a shared mailbox known? None where the mailbox is nobody's to share."""
    if kind not in SHARED:
        return None
    return acting if acting is not None else person is not None and bool(person.name.strip())


def traceability(facts: MailboxFacts) -> Findings:
    """bal.org-tracabilite, in the status: reading is never locked."""
    named = _who_acts(facts.account.type, facts.person, facts.acting)
    if named is not None:
        yield satisfied(MAILBOX) if named else violated(MAILBOX, severity=Severity.WARN)


def traceability_of_sending(facts: OutgoingFacts) -> Findings:
    """bal.org-tracabilite, on sending."""
    named = _who_acts(facts.account.type, facts.person, facts.acting)
    if named is not None:
        yield (satisfied if named else violated)(SENDER)


def _holder(facts: MailboxFacts) -> Person | None:
    return facts.holder or (Person(facts.account.holder) if facts.account.holder else None)


def somebody_elses(facts: MailboxFacts) -> Findings:
    """bal.nom-partagee."""
    if facts.account.type is not MailboxType.PER or facts.person is None:
        return
    person, holder = facts.person, _holder(facts)
    if holder is None:
        letters, names = "".join(tokens(_local(facts.account))), tokens(person.name)
        if names and names[-1] in letters:
            yield satisfied(MAILBOX, person=person.name)
        else:
            yield unknown(MAILBOX, person=person.name)
        return
    same = bool(holder.rpps and holder.rpps == person.rpps) or set(tokens(holder.name)) == set(tokens(person.name))
    if same:
        yield satisfied(MAILBOX, person=person.name)
    elif facts.delegated or facts.account.delegated:
        yield violated(MAILBOX, severity=Severity.INFO, variant="delegation", holder=holder.name, person=person.name)
    else:
        yield violated(MAILBOX, holder=holder.name, person=person.name)


def after_departure(facts: MailboxFacts) -> Findings:
    """bal.compte-apres-depart, in the status."""
    if facts.departure is not None:
        found = violated if day(facts.now) > facts.departure else satisfied
        yield found(MAILBOX, date=written(facts.departure))


def sending_after_departure(facts: OutgoingFacts) -> Findings:
    """bal.compte-apres-depart, on sending."""
    if facts.departure is None:
        return
    left = written(facts.departure)
    if facts.today is None:
        yield unknown(SENDER, date=left)
    elif facts.today > facts.departure:
        yield violated(SENDER, severity=Severity.BLOCK, date=left)
    else:
        yield satisfied(SENDER, date=left)


def users(facts: MailboxFacts) -> Findings:
    """bal.utilisateurs: who came lately among others, who has not acted for long."""
    if facts.account.type not in SHARED:
        return
    if facts.identities is None:
        yield unknown(MAILBOX)
        return
    said = False
    earliest = min((first for _, first, _ in facts.identities), default=facts.now)
    for person, first, last in facts.identities:
        where = at(Place.MAILBOX, person)
        idle = days_between(last, facts.now)
        if first > earliest and days_between(first, facts.now) <= ARRIVAL_DAYS:
            said = True
            yield violated(where, person=person, date=written(day(first)))
        elif idle >= ABSENT_DAYS:
            said = True
            yield violated(where, variant="depart", person=person, days=idle)
    if not said:
        yield satisfied(MAILBOX)


def unused(facts: MailboxFacts) -> Findings:
    """bal.inutilisee."""
    if not facts.others:
        return
    if facts.remembered.read is None:
        yield unknown(MAILBOX)
        return
    days = days_between(facts.remembered.read, facts.now)
    yield (violated if days >= UNUSED_DAYS else satisfied)(MAILBOX, days=days)


def own_apicrypt(facts: MailboxFacts) -> Findings:
    """bal.apicrypt-v1."""
    domain = facts.account.address.rpartition("@")[2].lower()
    if within(domain, APICRYPT):
        second = domain == APICRYPT_V2 or domain in facts.policy.extra_domains
        yield (satisfied if second else violated)(MAILBOX, address=facts.account.address)


def _inside(account: Account, policy: Policy) -> bool:
    return in_trust_space(account.address.rpartition("@")[2], policy.extra_domains)


def own_domain(facts: MailboxFacts) -> Findings:
    """bal.domaine, in the status."""
    address = facts.account.address
    inside = _inside(facts.account, facts.policy)
    yield satisfied(MAILBOX, address=address) if inside else violated(MAILBOX, severity=Severity.WARN, address=address)


def own_domain_of_sending(facts: OutgoingFacts) -> Findings:
    """bal.domaine, on sending."""
    found = satisfied if _inside(facts.account, facts.policy) else violated
    yield found(SENDER, address=facts.account.address)


CHECKS: Mapping[str, Callable[[MailboxFacts], Findings]] = {
    "bal.libelle": label,
    "bal.nil": product,
    "bal.authentification": authentication,
    "bal.nom-sans-rpps": without_rpps,
    "bal.nom-partie-locale": local_part,
    "bal.org-nominative": named_after_person,
    "bal.org-tracabilite": traceability,
    "bal.nom-partagee": somebody_elses,
    "bal.compte-apres-depart": after_departure,
    "bal.utilisateurs": users,
    "bal.inutilisee": unused,
    "bal.apicrypt-v1": own_apicrypt,
    "bal.domaine": own_domain,
}
SENDING: Mapping[str, Callable[[OutgoingFacts], Findings]] = {
    "bal.org-tracabilite": traceability_of_sending,
    "bal.compte-apres-depart": sending_after_departure,
    "bal.domaine": own_domain_of_sending,
}

"""Catalogue section 3, sizes and files: does each attachment fit, and is it what it says?"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from mss_tui.model.address import Kind
from mss_tui.model.facts import OutgoingFacts
from mss_tui.model.policy import Figure, SizeBasis
from mss_tui.model.verdict import Place, Severity
from mss_tui.phrase import Value, say
from mss_tui.rules.filetypes import Danger, danger, signature_image
from mss_tui.rules.finding import Finding, Findings, at, satisfied, violated
from mss_tui.rules.words import octets


def origin(facts: OutgoingFacts, figure: Figure) -> str:
    """Where a policy's figure comes from, in short."""
    return f"{facts.policy.name or facts.policy.id}, {figure.source}" if figure.source else facts.policy.name


def part_size(facts: OutgoingFacts) -> Findings:
    """pj.taille."""
    limit = facts.policy.part_octets
    if limit.value is None:
        return
    encoded = facts.policy.size_basis is SizeBasis.ENCODED
    for a in facts.attachments:
        size = a.encoded if encoded else a.size
        found = violated if size > limit.value else satisfied
        where = at(Place.ATTACHMENT, a.name)
        yield found(where, name=a.name, size=octets(size), limit=octets(limit.value), origin=origin(facts, limit))


def _raw_size(facts: OutgoingFacts) -> int:
    texts = facts.subject, facts.own_text, facts.quoted
    return sum(a.size for a in facts.attachments) + sum(len(t.encode("utf-8", "replace")) for t in texts)


def message_size(facts: OutgoingFacts) -> Findings:
    """message.taille: the policy's limit, the server's SIZE, Mon espace santé's; and the room for the copy in Sent."""
    policy = facts.policy
    basis = facts.encoded if policy.size_basis is SizeBasis.ENCODED else _raw_size(facts)
    to_patient = any(r.kind is Kind.PATIENT for r in facts.recipients)
    limits: list[tuple[int, int | None, Value]] = [
        (basis, policy.message_octets.value, origin(facts, policy.message_octets)),
        (facts.encoded, facts.server_limit, say("le serveur d'envoi")),
    ]
    if to_patient:
        limits.append((facts.encoded, policy.patient_message_octets.value, "Mon espace santé"))
    known = [(size, limit, who) for size, limit, who in limits if limit is not None]
    over = [(size, limit, who) for size, limit, who in known if size > limit]
    where = at(Place.MESSAGE)
    for size, limit, who in over[:1]:
        yield violated(where, size=octets(size), limit=octets(limit), origin=who)
    copy = list(_copy_too_big(facts)) if not over else []
    yield from copy
    if known and not over and not copy:
        size, limit, who = min(known, key=lambda k: k[1] - k[0])
        yield satisfied(where, size=octets(size), limit=octets(limit), origin=who)


def _copy_too_big(facts: OutgoingFacts) -> Findings:
    quota = facts.quota
    if quota is not None and quota.limit and quota.used + facts.encoded > quota.limit:
        by = say("le serveur") if quota.source == "server" else quota.source
        yield violated(
            at(Place.MESSAGE),
            severity=Severity.WARN,
            variant="copie",
            size=octets(facts.encoded),
            limit=octets(quota.limit),
            origin=by,
        )


def scanned_signature(facts: OutgoingFacts) -> Findings:
    """pj.signature-scannee."""
    for a in facts.attachments:
        if not a.inline and signature_image(a.name, a.type, a.pixels):
            yield violated(at(Place.ATTACHMENT, a.name), name=a.name)


def dangerous_type(facts: OutgoingFacts) -> Findings:
    """pj.type-dangereux."""
    for a in facts.attachments:
        yield _file(a.name, danger(a.name, a.type, a.sniffed, bool(a.encrypted), bool(a.macros)), a.sniffed or a.type)


def _file(name: str, kind: Danger, real: str) -> Finding:
    where = at(Place.ATTACHMENT, name)
    if kind is Danger.NONE:
        return satisfied(where, name=name)
    return violated(where, name=name, type=real, variant=kind.value)


CHECKS: Mapping[str, Callable[[OutgoingFacts], Findings]] = {
    "pj.taille": part_size,
    "message.taille": message_size,
    "pj.signature-scannee": scanned_signature,
    "pj.type-dangereux": dangerous_type,
}

"""Catalogue section 6: received messages."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from mss_tui.model.address import Kind, in_trust_space
from mss_tui.model.facts import IncomingFacts
from mss_tui.model.ins import parse_ins
from mss_tui.model.verdict import Place
from mss_tui.rules.finding import Findings, at, satisfied, violated
from mss_tui.rules.lookalike import Look, display, look

SENDER = at(Place.FROM)


def outside(facts: IncomingFacts) -> Findings:
    """recu.hors-espace."""
    address = facts.row.sender.address
    domain = address.rpartition("@")[2].lower()
    if in_trust_space(domain, facts.policy.extra_domains) and domain.isascii():
        yield satisfied(SENDER, address=address)
        return
    variant = "sosie" if look(domain) in (Look.LOOKALIKE, Look.HOMOGLYPH) else ""
    yield violated(SENDER, address=address or "sans adresse", domain=display(domain), variant=variant)


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


CHECKS: Mapping[str, Callable[[IncomingFacts], Findings]] = {
    "recu.hors-espace": outside,
    "recu.patient": patient,
}

"""What one key can do about a verdict: by the place it speaks of and by its rule."""

from __future__ import annotations

from dataclasses import dataclass

from mss_tui.model.verdict import Place, Verdict
from mss_tui.phrase import Phrase, say


@dataclass(frozen=True, slots=True)
class Remedy:
    """One key: what it is called, and the act of the composer that it runs (`remedy_<act>`)."""

    key: str
    label: Phrase
    act: str


REMOVE = Remedy("r", say("retirer"), "remove")
LOOK_UP = Remedy("a", say("annuaire"), "look_up")
EDIT = Remedy("e", say("modifier"), "edit")
DETACH = Remedy("r", say("retirer la pièce"), "detach")
ATTACH = Remedy("j", say("joindre"), "attach")
UNQUOTE = Remedy("r", say("retirer la citation"), "unquote")
CALLS = Remedy("q", say("qui appeler"), "calls")
WRITE_SUBJECT = Remedy("s", say("écrire l'objet"), "write_subject")
RENAME = Remedy("m", say("renommer"), "rename")
ACCEPT = Remedy("o", say("oui, j'accepte"), "accept")
REFUSE = Remedy("n", say("non"), "refuse")

INFORM = Remedy("o", say("oui, il est informé"), "inform")
OBJECT = Remedy("n", say("non, il s'oppose…"), "object")
QUALIFY = Remedy("o", say("oui, identité qualifiée"), "qualify")
LIFT = Remedy("l", say("opposition levée"), "lift")

RECIPIENTS = (Place.TO, Place.CC, Place.BCC)
BY_RULE: dict[str, tuple[Remedy, ...]] = {
    "contenu.pj-oubliee": (ATTACH, EDIT),
    "contenu.urgence": (CALLS, EDIT),
    "contenu.historique-cite": (UNQUOTE,),
    "pj.xdm-objet": (WRITE_SUBJECT, EDIT),
    "pj.nom": (RENAME, DETACH),
    "patient.information": (INFORM, OBJECT),
    "patient.opposition": (LIFT,),
    "destinataire.patient-identite": (QUALIFY, REMOVE),
}
"""Remedies of a rule's own; other rules have those of their place."""


def remedies(verdict: Verdict) -> tuple[Remedy, ...]:
    """The keys for a verdict, acceptance last."""
    place = verdict.where.place
    if verdict.rule in BY_RULE:
        found = BY_RULE[verdict.rule]
    elif place in RECIPIENTS and verdict.where.item:
        found = (REMOVE, LOOK_UP, EDIT)
    elif place is Place.ATTACHMENT and verdict.where.item:
        found = (DETACH,)
    elif place in (*RECIPIENTS, Place.SUBJECT, Place.BODY):
        found = (EDIT,)
    else:
        found = ()
    answered = {remedy.key for remedy in found}
    return (*found, *(r for r in (ACCEPT, REFUSE) if r.key not in answered)) if verdict.asks else found

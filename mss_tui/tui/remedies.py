"""What one key can do about a verdict: by the place it speaks of and by its rule."""

from __future__ import annotations

from mss_tui.model.verdict import Place, State, Verdict
from mss_tui.phrase import Phrase, say
from mss_tui.record import dataclass


@dataclass(frozen=True, slots=True)
class Remedy:
    """One key: what it is called, and the act of the composer that it runs (`remedy_<act>`)."""

    key: str
    label: Phrase
    act: str


GO = Remedy("enter", say("y aller"), "go")
"""To the place that the verdict speaks of; the same key for all."""
REMOVE = Remedy("r", say("retirer"), "remove")
LOOK_UP = Remedy("a", say("annuaire"), "look_up")
EDIT = Remedy("e", say("modifier"), "edit")
DETACH = Remedy("r", say("retirer la pièce"), "detach")
ATTACH = Remedy("j", say("joindre"), "attach")
PIECES = Remedy("j", say("pièces jointes"), "attach")
UNQUOTE = Remedy("r", say("retirer la citation"), "unquote")
CALLS = Remedy("q", say("qui appeler"), "calls")
ASK = Remedy("d", say("demander à la personne"), "ask")
WRITE_SUBJECT = Remedy("s", say("écrire l'objet"), "write_subject")
RENAME = Remedy("m", say("renommer"), "rename")
CORRECT_KEY = Remedy("c", say("corriger la clé"), "correct_key")
CORRECT_NAME = Remedy("c", say("corriger le nom"), "correct_name")
SERVICE = Remedy("s", say("écrire au service"), "service")
MENTION = Remedy("m", say("insérer la mention"), "mention")
NO_REPLY_TO = Remedy("r", say("répondre à l'expéditeur"), "no_reply_to")
LAST = Remedy("f", say("dernier message (FIN)"), "last")
NOT_LAST = Remedy("f", say("retirer FIN"), "last")
ACCEPT = Remedy("o", say("oui, j'accepte"), "accept")
REFUSE = Remedy("n", say("non"), "refuse")

INFORM = Remedy("o", say("oui, il est informé"), "inform")
OBJECT = Remedy("n", say("non, il s'oppose…"), "object")
QUALIFY = Remedy("o", say("oui, identité qualifiée"), "qualify")
LIFT = Remedy("l", say("opposition levée"), "lift")
DEROGATE = Remedy("d", say("dérogation prévue par la loi…"), "derogate")

RECIPIENTS = (Place.TO, Place.CC, Place.BCC)
BY_RULE: dict[str, tuple[Remedy, ...]] = {
    "contenu.pj-oubliee": (ATTACH, EDIT),
    "contenu.vide": (ATTACH, EDIT),
    "contenu.urgence": (CALLS, EDIT),
    "contenu.historique-cite": (UNQUOTE,),
    "contenu.applicative-mention": (MENTION, EDIT),
    "pj.xdm-objet": (WRITE_SUBJECT, EDIT),
    "pj.xdm-pdf": (ATTACH, DETACH),
    "pj.nom": (RENAME, DETACH),
    "message.taille": (PIECES,),
    "entete.fin-sans-patient": (NOT_LAST,),
    "patient.information": (INFORM, OBJECT),
    "patient.opposition": (LIFT,),
    "destinataire.non-verifie": (REMOVE, LOOK_UP, ASK, EDIT),
    "destinataire.homonymes": (REMOVE, LOOK_UP, ASK, EDIT),
    "destinataire.nom-discordant": (CORRECT_NAME, REMOVE, LOOK_UP, ASK, EDIT),
    "destinataire.multiples": (EDIT,),
    "destinataire.org-disponible": (SERVICE, REMOVE, EDIT),
    "destinataire.patient-adresse": (REMOVE, EDIT),
    "destinataire.patient-cle": (CORRECT_KEY, REMOVE, EDIT),
    "destinataire.patient-identite": (QUALIFY, REMOVE),
    "destinataire.patient-reply-to": (NO_REPLY_TO,),
    "destinataire.patient-document": (REMOVE, PIECES, EDIT),
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
    if verdict.rule == "patient.opposition" and verdict.asks:
        found = (*found, DEROGATE) if verdict.state is State.VIOLATED else ()
    answered = {remedy.key for remedy in found}
    return (*found, *(r for r in (ACCEPT, REFUSE) if r.key not in answered)) if verdict.asks else found

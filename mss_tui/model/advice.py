"""What to tell a sender whose message did not arrive: what it means, and what to do (issue of the bounce, RFC 3463)."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from mss_tui.model.receipt import Reason
from mss_tui.phrase import Phrase, say
from mss_tui.record import dataclass


@dataclass(frozen=True, slots=True)
class Advice:
    """`again`: may the same message be sent again to the same address, later or after the remedy?"""

    means: Phrase
    remedy: Phrase
    again: bool = False


_CHECK = say("Vérifiez l'adresse dans l'annuaire ; téléphonez si le document est attendu.")
_LATER = say("Renvoyez plus tard ; téléphonez si le document est attendu.")
_OPERATOR = say("Appelez le support de votre opérateur.")

ADVICE: Mapping[Reason, Advice] = MappingProxyType(
    {
        Reason.UNKNOWN_MAILBOX: Advice(say("Cette boîte n'existe pas ou n'existe plus."), _CHECK),
        Reason.UNKNOWN_DOMAIN: Advice(
            say("Le domaine de l'adresse n'existe pas ou ne reçoit pas de messages."), _CHECK
        ),
        Reason.BAD_ADDRESS: Advice(say("L'adresse est mal écrite."), _CHECK),
        Reason.MOVED: Advice(
            say("Le destinataire a changé d'adresse."), say("Cherchez sa nouvelle adresse dans l'annuaire.")
        ),
        Reason.CLOSED: Advice(say("La boîte du destinataire est fermée ou suspendue."), _CHECK),
        Reason.FULL: Advice(
            say("La boîte du destinataire est pleine."),
            say("Téléphonez-lui pour qu'il fasse de la place, puis renvoyez."),
            again=True,
        ),
        Reason.TOO_BIG: Advice(
            say("Le message est trop volumineux pour le destinataire."),
            say("Envoyez les documents en plusieurs messages, ou allégez-les."),
        ),
        Reason.SERVER_FULL: Advice(say("Le serveur du destinataire n'a plus de place."), _LATER, again=True),
        Reason.SERVER_DOWN: Advice(say("Le serveur du destinataire a eu une panne."), _LATER, again=True),
        Reason.UNREACHABLE: Advice(say("Le serveur du destinataire n'a pas pu être joint."), _LATER, again=True),
        Reason.EXPIRED: Advice(
            say("Le serveur a essayé aussi longtemps qu'il le pouvait, puis il a renoncé."), _LATER, again=True
        ),
        Reason.LOOP: Advice(say("Le message a tourné en rond entre deux serveurs."), _OPERATOR),
        Reason.NOT_ALLOWED: Advice(
            say(
                "L'opérateur du destinataire refuse ce message : votre domaine ou le sien n'est peut-être pas autorisé."
            ),
            _OPERATOR,
        ),
        Reason.SENDER_REFUSED: Advice(say("L'opérateur du destinataire refuse votre adresse."), _OPERATOR),
        Reason.CONTENT_REFUSED: Advice(
            say("Le contenu ou une pièce jointe a été refusé par un filtre."),
            say("Changez le format de la pièce jointe, ou appelez le support de votre opérateur."),
        ),
        Reason.TOO_MANY: Advice(
            say("Le serveur refuse autant de destinataires ou de messages à la fois."),
            say("Renvoyez à moins de destinataires, ou plus tard."),
            again=True,
        ),
        Reason.NO_SECURITY: Advice(
            say("Le serveur du destinataire exige une connexion que le vôtre n'a pas."), _OPERATOR
        ),
        Reason.PATIENT_CLOSED: Advice(
            say("Le patient a fermé sa messagerie Mon espace santé."),
            say("N'insistez pas : remettez le document en main propre, par courrier ou par le DMP."),
        ),
        Reason.PATIENT_UNKNOWN: Advice(
            say("Mon espace santé ne connaît pas ce patient."),
            say("Vérifiez son INS ; ne renvoyez pas à la même adresse."),
        ),
        Reason.PATIENT_ADDRESS: Advice(
            say("L'adresse du patient n'est pas valable pour Mon espace santé."),
            say("Vérifiez son INS : 13 caractères et la clé."),
        ),
        Reason.INTEGRATION: Advice(
            say("Le logiciel du destinataire a reçu le message, mais n'a pas pu classer les documents."),
            say("Téléphonez au destinataire, ou renvoyez les documents corrigés."),
        ),
        Reason.OTHER: Advice(
            say("Le serveur ne dit pas clairement pourquoi."),
            say("Lisez ses mots ci-dessous ; sinon appelez le support."),
        ),
    }
)

INTEGRATION: Mapping[str, Phrase] = MappingProxyType(
    {
        "900": say("Le document à remplacer ou à supprimer n'a pas la bonne version."),
        "901": say("L'auteur n'est pas autorisé."),
        "902": say("Le patient est inconnu du logiciel du destinataire."),
        "903": say("Le document n'a pas d'INS."),
        "904": say("L'INS du document n'est pas celui du patient."),
        "905": say("L'INS du document est incomplet."),
        "906": say("Autre erreur d'intégration."),
    }
)
"""Error codes of the volet (CISIS-112); 100 to 207 are errors of syntax (HL7)."""


def advice(reason: Reason, code: str = "") -> Advice:
    """What to say of a failure; `code` makes an integration error precise."""
    known = ADVICE[reason]
    if reason is not Reason.INTEGRATION or not code:
        return known
    means = INTEGRATION.get(code) or say("Les documents ne sont pas écrits comme il faut (erreur {code}).", code=code)
    return Advice(means, known.remedy)

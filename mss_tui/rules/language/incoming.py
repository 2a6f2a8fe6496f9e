"""What a received message says: is it urgent-looking, does it ask for a deletion?"""

from __future__ import annotations

import re

from mss_tui.model.verdict import Place, Span
from mss_tui.rules.language import labels
from mss_tui.rules.words import flat

_URGENT_SUBJECT = re.compile(
    r"(?<!non )(?<!pas )(?<!peu )\b(?:tres )?urgente?s?\b(?! pas)|\burgence (?:vitale|absolue)\b"
)
_MISTAKE = re.compile(
    r"\b(?:par erreur|n'eti?ez pas (?:le |la )?(?:bon )?destinataire|ne vous (?:etait|est) pas (?:destine|adresse)|"
    r"erreur (?:de destinataire|d'adressage|d'envoi|de ma part dans l'envoi)|mauvais destinataire|"
    r"ne vous concern(?:e|ait) pas|envoye a tort)"
)
_DELETE = re.compile(r"\b(?:supprim|efface|detrui|detruir|ne pas (?:en )?tenir compte|ne pas l'ouvrir)")


def looks_urgent(subject: str, body: str) -> tuple[Span, ...]:
    """The words that make a received message look urgent; the subject's word alone is enough."""
    match = _URGENT_SUBJECT.search(flat(subject))
    found = (Span(Place.SUBJECT, match.start(), match.end(), subject[match.start() : match.end()]),) if match else ()
    return found + labels(subject, body, ("",)).get("contenu.urgence", ()) if body else found


def asks_deletion(subject: str, body: str) -> tuple[Span, ...]:
    """The words by which a correspondent says that a message came by mistake and asks for its deletion (faq 7)."""
    for text, place in ((body, Place.BODY), (subject, Place.SUBJECT)):
        folded = flat(text)
        mistake = _MISTAKE.search(folded)
        if mistake is None:
            continue
        near = _DELETE.search(folded, max(mistake.start() - 300, 0), mistake.end() + 300)
        if near is not None:
            spans = sorted(((mistake.start(), mistake.end()), (near.start(), near.end())))
            return tuple(Span(place, a, b, text[a:b]) for a, b in spans)
    return ()

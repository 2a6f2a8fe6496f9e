"""Why a value is missing, in words (HL7 nullFlavor; documents.md §2.1)."""

from __future__ import annotations

from mss_tui.phrase import Phrase, say

NULL_FLAVORS = {
    "UNK": say("inconnu"), "NASK": say("non demandé"), "ASKU": say("demandé, non connu"),
    "NAV": say("non disponible pour l'instant"), "MSK": say("masqué"), "NI": say("non renseigné"),
    "NA": say("sans objet"), "OTH": say("autre"), "NP": say("absent"),
}  # fmt: skip
_SAID = {str(words): words for words in NULL_FLAVORS.values()}


def given(text: str) -> bool:
    """Does the document give this value, rather than a reason why not?"""
    return bool(text) and text not in _SAID


def value_phrase(text: str) -> Phrase:
    """A value of a document as it is written; a reason why it is missing is ours, and put into the user's language."""
    return _SAID.get(text) or say("{value}", value=text)

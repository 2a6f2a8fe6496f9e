"""Why a value is missing, in words (HL7 nullFlavor; documents.md §2.1)."""

from __future__ import annotations

from mss_tui.phrase import say

NULL_FLAVORS = {
    "UNK": say("inconnu"), "NASK": say("non demandé"), "ASKU": say("demandé, non connu"),
    "NAV": say("non disponible pour l'instant"), "MSK": say("masqué"), "NI": say("non renseigné"),
    "NA": say("sans objet"), "OTH": say("autre"), "NP": say("absent"),
}  # fmt: skip

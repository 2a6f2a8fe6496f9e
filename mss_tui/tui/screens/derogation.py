"""Why a message leaves although the patient objected: a derogation that the law provides is a reason of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mss_tui.phrase import say
from mss_tui.tui.screens.ask import AskChoice, AskText, Choice

if TYPE_CHECKING:
    from mss_tui.tui.application import MssApp

LAW = "Dérogation prévue par la loi"
"""How the reason begins in the journal, in every language (monsisra, ref2 va1.20)."""
CHILD = f"{LAW} : protection d'un enfant"


async def ask_derogation(app: MssApp) -> str | None:
    """The reason as it goes to the journal; None when the person gave up."""
    choices = [
        Choice(app.words(say("Dérogation prévue par la loi : protection d'un enfant")), "child"),
        Choice(app.words(say("Autre dérogation prévue par la loi : dire laquelle…")), "law"),
        Choice(app.words(say("Un autre motif…")), "other"),
    ]
    question = say("Le patient s'oppose aux échanges : pourquoi écrire ?")
    choice = await app.push_screen_wait(AskChoice(question, choices, filtered=False))
    if choice is None:
        return None
    if choice.key == "child":
        return CHILD
    typed = await app.push_screen_wait(AskText(say("Motif (va au journal)")))
    if typed is None:
        return None
    return f"{LAW} : {typed}" if choice.key == "law" else typed

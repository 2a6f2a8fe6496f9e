"""What an act of a screen is: its place, its keys, its words."""

from __future__ import annotations

from enum import StrEnum

from mss_tui.phrase import Phrase
from mss_tui.record import dataclass


class Scope(StrEnum):
    """Where an act is possible."""

    APP = "app"
    SCREENS = "screens"
    MOVES = "moves"
    MAIN = "main"
    MAIL = "mail"
    LIST = "list"
    MESSAGE = "message"
    COMPOSER = "composer"
    WALKER = "walker"
    REFLEXES = "reflexes"
    ANNUAIRE = "annuaire"
    RESULTS = "results"
    OUTBOX = "outbox"
    TIMELINE = "timeline"
    DOCUMENTS = "documents"
    FORM = "form"
    PIECES = "pieces"
    SUSPECT = "suspect"
    PAGE = "page"
    HANDOVER = "handover"
    JOURNAL = "journal"
    REGISTERS = "registers"
    ABSENCE = "absence"
    ARTICLES = "articles"
    DIALOG = "dialog"
    PSC = "psc"


@dataclass(frozen=True, slots=True)
class Action:
    """One act: `do` is Textual's action string; `shown` puts it on the key line, `priority` before a text field."""

    id: str
    keys: str
    scope: Scope
    do: str
    label: Phrase
    tooltip: Phrase
    shown: bool = False
    priority: bool = False

"""What people type to look for messages, as a query: words, and `de:`, `objet:`, `texte:`, `depuis:`, `avant:`, states.

lefebvre de:labo depuis:7j non-lu          quotes keep words together: objet:"lettre de liaison"
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping
from datetime import date, timedelta

from mss_tui.errors import UsageError
from mss_tui.model.message import DELETED, KEYWORD, Handling
from mss_tui.phrase import Phrase, say
from mss_tui.ports.mail import Query
from mss_tui.text import clean
from mss_tui.text.fold import fold

LONGEST = 500
_FIELDS = {"de": "sender", "objet": "subject", "patient": "subject", "texte": "text", "contient": "text"}
_STATES: Mapping[str, Mapping[str, object]] = {
    "non-lu": {"unseen": True},
    "suivi": {"flagged": True},
    "a-traiter": {"without": (DELETED, *KEYWORD.values())},
    "traite": {"keyword": KEYWORD[Handling.DONE]},
    "delegue": {"keyword": KEYWORD[Handling.DELEGATED]},
    "classe": {"keyword": KEYWORD[Handling.FILED]},
}
FILTERS: tuple[tuple[str, Phrase], ...] = (
    ("non-lu", say("Non lus")),
    ("a-traiter", say("À traiter")),
    ("suivi", say("Suivis")),
    ("delegue", say("Délégués")),
    ("traite", say("Traités")),
    ("depuis:1j", say("Reçus depuis hier")),
    ("depuis:7j", say("Reçus depuis sept jours")),
)
"""What a list is often narrowed to, as typed and as said."""
_AGO = re.compile(r"([0-9]{1,4})j\Z")


def query_of(typed: str, today: date) -> Query:
    """The query that `typed` is; `patient:` looks in subjects, where archives name the patient (ECO.2.1.3).

    Raises:
        UsageError: a day cannot be read.
    """
    found: dict[str, object] = {}
    words: list[str] = []
    for word in _split(clean(typed, LONGEST)):
        name, colon, value = word.partition(":")
        name = fold(name)
        if colon and value and name in _FIELDS:
            field = _FIELDS[name]
            found[field] = f"{found[field]} {value}" if field in found else value
        elif colon and value and name in ("depuis", "avant"):
            found["since" if name == "depuis" else "before"] = _day(value, today)
        elif fold(word) in _STATES:
            found.update(_STATES[fold(word)])
        else:
            words.append(word)
    return Query(words=" ".join(words), **found)  # type: ignore[arg-type]


def _split(typed: str) -> list[str]:
    lexer = shlex.shlex(typed, posix=True)
    lexer.whitespace_split, lexer.commenters, lexer.escape, lexer.quotes = True, "", "", '"'
    try:
        return list(lexer)
    except ValueError:  # a quotation mark that is not closed
        return typed.replace('"', " ").split()


def _day(value: str, today: date) -> date:
    ago = _AGO.match(value)
    if ago is not None:
        return today - timedelta(days=int(ago[1]))
    try:
        if "/" in value:
            day, month, year = (int(part) for part in value.split("/"))
            return date(year + 2000 if year < 100 else year, month, day)
        return date.fromisoformat(value)
    except ValueError:
        raise UsageError(
            say("« {value} » n'est pas un jour.", value=value),
            remedy=say("Par exemple 2026-11-20, 20/11/2026, ou 7j pour sept jours."),
        ) from None

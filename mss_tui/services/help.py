"""The help: articles as data, found by words, by a rule of the catalogue, by a source."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from datetime import datetime, time, timedelta
from functools import cache
from importlib.resources import files

from mss_tui.model.paris import PARIS
from mss_tui.model.policy import Support
from mss_tui.phrase import Phrase, say
from mss_tui.record import dataclass
from mss_tui.rules.catalogue import catalogue
from mss_tui.rules.words import fold
from mss_tui.text import clean

BOOKS = ("charte", "faq", "memo", "formation", "cadre")
SOON = timedelta(minutes=60)
_DAYS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")


@dataclass(frozen=True, slots=True)
class Article:
    """One piece of help; `sources` are written as the catalogue of rules writes them."""

    id: str
    book: str
    title: str
    text: str
    sources: tuple[str, ...]


@cache
def articles() -> tuple[Article, ...]:
    """Every article, in the order of the documents."""
    found: list[Article] = []
    for name in BOOKS:
        book = tomllib.loads((files("mss_tui.aide") / f"{name}.toml").read_text("utf-8"))
        found += [
            Article(a["id"], book["title"], a["title"], a["text"].strip(), tuple(a["sources"])) for a in book["article"]
        ]
    return tuple(found)


def of_rule(rule: str) -> tuple[Article, ...]:
    """What the help says behind a rule: the articles of its sources, the most precise first."""
    if rule not in catalogue():
        return ()
    wanted = {source for source in catalogue()[rule].sources if source != "produit"}
    exact = [a for a in articles() if wanted & set(a.sources)]
    return tuple(sorted(exact, key=lambda a: len(a.sources)))


def search(words: Iterable[str]) -> tuple[Article, ...]:
    """Articles that hold every word, in any form of accents and case; those with them in the title first."""
    given = [clean(word, 80) for word in words if word.strip()]
    if len(given) == 1 and (behind := of_rule(given[0])):
        return behind
    wanted = [fold(word) for word in given]
    found = []
    for article in articles():
        title = fold(article.title)
        whole = f"{title} {fold(article.text)} {fold(article.book)} {article.id} {' '.join(article.sources)}"
        if all(word in whole for word in wanted):
            found.append((sum(word not in title for word in wanted), article))
    return tuple(article for _, article in sorted(found, key=lambda pair: pair[0]))


def article(of: str) -> Article | None:
    """The article of an id."""
    return next((a for a in articles() if a.id == of), None)


def hours(support: Support, now: datetime) -> Phrase | None:
    """Is the support open, in Paris time; None where nobody says when it is."""
    if not (support.opens and support.closes and support.days):
        return None
    here = now.astimezone(PARIS)
    opens, closes = (time.fromisoformat(text) for text in (support.opens, support.closes))
    if here.isoweekday() in support.days and opens <= here.time() < closes:
        left = _at(here, closes) - here
        if left < SOON:
            return say("ferme dans {n} min", n=max(1, -(-left // timedelta(minutes=1))))
        return say("ouvert jusqu'à {hour}", hour=_hour(closes))
    if here.isoweekday() in support.days and here.time() < opens:
        left = _at(here, opens) - here
        if left < SOON:
            return say("fermé ; ouvre dans {n} min", n=max(1, -(-left // timedelta(minutes=1))))
        return say("fermé ; ouvre à {hour}", hour=_hour(opens))
    ahead = next(n for n in range(1, 8) if (here + timedelta(days=n)).isoweekday() in support.days)
    name = "demain" if ahead == 1 else _DAYS[(here + timedelta(days=ahead)).isoweekday() - 1]
    return say("fermé ; ouvre {day} à {hour}", day=name, hour=_hour(opens))


def _at(here: datetime, of: time) -> datetime:
    return datetime.combine(here.date(), of, PARIS)


def _hour(of: time) -> str:
    return f"{of.hour} h {of.minute:02}" if of.minute else f"{of.hour} h"

"""How moments, sizes and states read on a screen: absolute, short, in words."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime

from mss_tui.model.mailbox import Life
from mss_tui.model.message import Handling
from mss_tui.model.paris import PARIS
from mss_tui.model.people import Account
from mss_tui.model.sending import SentCopy
from mss_tui.phrase import Phrase, say
from mss_tui.ports.mail import Line

Words = Callable[[Phrase], str]
"""Puts a sentence into the user's language."""


def moment(when: datetime) -> str:
    """Day, month, hour and minute in Paris: 20/11 02:41."""
    return when.astimezone(PARIS).strftime("%d/%m %H:%M")


def full_moment(when: datetime) -> str:
    """With the year: 20/11/2026 02:41."""
    return when.astimezone(PARIS).strftime("%d/%m/%Y %H:%M")


def day(when: datetime | date) -> str:
    """20/11/2026."""
    return (when.astimezone(PARIS) if isinstance(when, datetime) else when).strftime("%d/%m/%Y")


def short_day(when: datetime) -> str:
    """20/11."""
    return when.astimezone(PARIS).strftime("%d/%m")


def hour(when: datetime) -> str:
    """The hour: 09:41."""
    return when.astimezone(PARIS).strftime("%H:%M")


def to_the_second(when: datetime) -> str:
    """The hour, to the second: 09:41:20."""
    return when.astimezone(PARIS).strftime("%H:%M:%S")


def octets(size: int) -> Phrase:
    """1 Mo = 10⁶ octets: 1,2 Mo, 340 ko, 12 o."""
    if size >= 999_500:
        whole, tenth = divmod(round(size / 1e5), 10)
        return say("{n},{tenth} Mo", n=whole, tenth=tenth) if tenth else say("{n} Mo", n=whole)
    if size >= 1_000:
        return say("{n} ko", n=f"{size / 1e3:.0f}")
    return say("{n} o", n=size)


HANDLING: dict[Handling, Phrase] = {
    Handling.TO_DO: say("à traiter"),
    Handling.DONE: say("traité"),
    Handling.DELEGATED: say("délégué"),
    Handling.FILED: say("classé"),
}

LINE: dict[Line, Phrase] = {
    Line.OFFLINE: say("hors ligne"),
    Line.CONNECTING: say("connexion…"),
    Line.ONLINE: say("en ligne"),
}

COPY: dict[SentCopy, Phrase] = {
    SentCopy.STORED: say("copie dans Envoyés"),
    SentCopy.WAITING: say("la copie dans Envoyés attend le serveur"),
    SentCopy.FAILED: say("sans copie dans Envoyés"),
    SentCopy.NONE: say("sans copie : la boîte n'a pas de dossier Envoyés"),
}

LIFE: dict[Life, Phrase] = {
    Life.ACTIVE: say("active"),
    Life.WATCH: say("à surveiller"),
    Life.UNPUBLISH_NEAR: say("bientôt dépubliée"),
    Life.UNPUBLISHED: say("dépubliée"),
    Life.DELETION_NEAR: say("bientôt supprimée"),
    Life.SUSPENDED: say("suspendue"),
    Life.FULL: say("pleine"),
    Life.DELETED: say("supprimée"),
    Life.UNKNOWN: say("jamais ouverte d'ici"),
}


def short_line(account: Account) -> str:
    """A mailbox in few cells: its profile name and type."""
    return f"{account.id} {account.type}"

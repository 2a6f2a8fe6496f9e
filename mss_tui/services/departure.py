"""Arrivals and departures: cards for whoever manages the accounts, what is left to do before leaving (charte §4)."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from datetime import date
from importlib.resources import files

from mss_tui.model.paris import day
from mss_tui.model.people import MailboxType, Person, Profile
from mss_tui.phrase import Phrase, say
from mss_tui.ports.clock import Clock
from mss_tui.record import dataclass
from mss_tui.services.status import AccountStatus
from mss_tui.text import clean


@dataclass(frozen=True, slots=True)
class Step:
    """Something to do before leaving; `done` is None where it cannot be known from here."""

    what: Phrase
    done: bool | None
    how: Phrase


def card(kind: str, profile: Profile, clock: Clock, *, name: str = "", on: date | None = None) -> str:
    """The card "arrivee" or "depart", ready to send to the URPS or the account manager."""
    person = profile.person if not name.strip() else Person(clean(name, 80))
    leaving = kind == "depart" and not name.strip()
    when = on or (profile.departure if leaving else None)
    template = tomllib.loads((files("mss_tui.aide") / "cartes.toml").read_text("utf-8"))[kind]
    blank = "........................"
    filled = template.format(
        entity=profile.person.entity or blank,
        mailboxes=", ".join(account.address for account in profile.accounts),
        name=f"{person.title} {person.name}".strip(),
        rpps=person.rpps or blank,
        day=_written(when) if when else blank,
        asker=f"{profile.person.title} {profile.person.name}".strip(),
        today=_written(day(clock.now())),
    )
    return str(filled).strip()


def checklist(profile: Profile, statuses: Sequence[AccountStatus]) -> tuple[Step, ...]:
    """What is left to do before the departure date, for every mailbox of the profile."""
    steps = [
        Step(
            say("la date de départ est dans le profil"),
            profile.departure is not None,
            say("Écrivez departure dans le profil : l'envoi s'arrête ce jour-là."),
        )
    ]
    for status in statuses:
        address, known = status.account.address, status.remembered
        away = known.absence
        steps += [
            Step(
                say("{address} : message d'absence", address=address),
                None if away is None else away.on,
                say("« mss-tui absence on --from JOUR --contact QUI »."),
            ),
            Step(
                say("{address} : rien d'effacé bientôt qui ne soit enregistré", address=address),
                None if known.expiring is None else not known.expiring,
                say("« mss-tui enregistrer --sous 90 »."),
            ),
            Step(
                say("{address} : aucun message en retard", address=address),
                None if known.overdue is None else not known.overdue,
                say("« mss-tui releve show », puis traitez ou passez chaque message."),
            ),
            Step(
                say("{address} : fermeture demandée", address=address)
                if status.account.type is MailboxType.PER
                else say("{address} : retrait de vos accès demandé", address=address),
                None,
                say("« mss-tui carte depart » écrit la fiche à envoyer."),
            ),
        ]
    return tuple(steps)


def _written(of: date) -> str:
    return of.strftime("%d/%m/%Y")

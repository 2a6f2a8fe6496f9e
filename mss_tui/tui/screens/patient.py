"""A patient to write to: the INS, the traits that go with it, and what is known of the identity (ECO.2.2.6, faq 13)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

from mss_tui.errors import UsageError
from mss_tui.model.address import split_named
from mss_tui.model.ins import Ins, parse_ins
from mss_tui.model.patient import Mark
from mss_tui.phrase import Phrase, say
from mss_tui.record import dataclass
from mss_tui.services.desk import Desk
from mss_tui.text import clean
from mss_tui.tui.paint import Tone
from mss_tui.tui.screens.ask import AskChoice, AskText, Choice

if TYPE_CHECKING:
    from mss_tui.tui.application import MssApp

_TRAITS = re.compile(
    r"(?P<family>[^,;<>@\"]+)[,;]\s*(?P<given>[^,;<>@\"]+)[,;]\s*"
    r"(?P<day>[0-9]{2})/(?P<month>[0-9]{2})/(?P<year>[0-9]{4})\Z"
)


@dataclass(frozen=True, slots=True)
class Asked:
    """Who was named: `recipient` is what goes into a field, `qualified` what the person said of the identity."""

    ins: Ins
    recipient: str
    qualified: bool


async def ask_patient(app: MssApp) -> Asked | None:
    """Ask for the INS and the traits, show what the key says, and ask whether the identity is qualified.

    Raises:
        UsageError: it is no INS, or traits are missing.
    """
    typed = await app.push_screen_wait(
        AskText(say("INS du patient (15 caractères) ; aucun annuaire ne liste les patients"))
    )
    if typed is None:
        return None
    ins = parse_ins(typed)
    if ins is None:
        raise UsageError(say("Ce n'est pas un INS : 13 caractères et 2 de clé."))
    asked = await app.push_screen_wait(
        AskText(say("Traits d'identité du patient : NOM de naissance, premier prénom, JJ/MM/AAAA"))
    )
    if asked is None:
        return None
    family, given, born = traits(asked)
    said = remarks(ins, born)
    app.say(say("INS : {said}.", said=_all(said)), Tone.GOOD if ins.key_matches and len(said) == 1 else Tone.WARN)
    who = {"given": given, "family": family, "born": born.strftime("%d/%m/%Y"), "ins": ins.grouped}
    question = say("{given} {family}, {born} · INS {ins}", **who)
    choice = await app.push_screen_wait(AskChoice(question, _choices(app), filtered=False))
    if choice is None:
        return None
    if choice.key == "qualified" and app.desk.registers is not None:
        await app.desk.registers.prepare()
    mark = {"test": " (TEST)", "demo": " (DEMO)"}.get(choice.key, "")
    return Asked(ins, f"{given} {family}{mark} <{ins.address}>", choice.key == "qualified")


def note_qualified(desk: Desk, asked: Asked, mailbox: str) -> None:
    """The person said that the identity is qualified: the rules need not ask."""
    if asked.qualified and desk.registers is not None:
        who = split_named(asked.recipient)[0]
        desk.registers.note(asked.ins, Mark.QUALIFIED, desk.actor, mailbox=mailbox, who=who)


def _choices(app: MssApp) -> list[Choice]:
    return [
        Choice(app.words(say("Identité qualifiée : téléservice INS et pièce d'identité")), "qualified"),
        Choice(app.words(say("Pas encore qualifiée : la règle demandera confirmation")), "unknown"),
        Choice(app.words(say("Identité de test (OID .10) : aucun patient réel")), "test"),
        Choice(app.words(say("Identité de démonstration (OID .11) : aucun patient réel")), "demo"),
    ]


def traits(typed: str) -> tuple[str, str, date]:
    """Birth name, first given name, date of birth.

    Raises:
        UsageError: one of them is missing, or the date is none.
    """
    found = _TRAITS.match(typed.strip())
    try:
        if found is not None:
            born = date(int(found["year"]), int(found["month"]), int(found["day"]))
            return clean(found["family"].strip().upper(), 80), clean(found["given"].strip(), 80), born
    except ValueError:
        pass
    raise UsageError(
        say("Il faut les trois traits, séparés par des virgules."), remedy=say("Par exemple : DUPOND, Léo, 15/03/1979.")
    )


def remarks(ins: Ins, born: date) -> Sequence[Phrase]:
    """What the number says: its key, Corsica, and whether it fits the date of birth."""
    found = [
        say("clé juste")
        if ins.key_matches
        else say("CLÉ FAUSSE : {key} attendue, revérifiez le numéro", key=ins.expected_key)
    ]
    if ins.number[5:7] in ("2A", "2B"):
        found.append(say("né(e) en Corse"))
    month = int(ins.number[3:5])
    if int(ins.number[1:3]) != born.year % 100 or (1 <= month <= 12 and month != born.month):
        found.append(say("le numéro ne va pas avec cette date de naissance"))
    return found


def _all(said: Sequence[Phrase]) -> Phrase:
    first = said[0]
    for more in said[1:]:
        first = say("{first}, {more}", first=first, more=more)
    return first

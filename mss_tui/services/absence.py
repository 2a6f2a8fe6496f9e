"""The absence message: on the operator's server where it has ManageSieve, else a reminder (charte §3, memo 3)."""

from __future__ import annotations

import tomllib
from datetime import date
from functools import cache
from importlib.resources import files

from mss_tui.errors import ServerRefused, UsageError
from mss_tui.mime.vacation import NAME, Vacation, answers, read_script, script
from mss_tui.model.ins import PATIENT_DOMAIN
from mss_tui.model.mailbox import Absence, Remembered
from mss_tui.model.paris import day
from mss_tui.model.people import Account, Actor, Person
from mss_tui.model.verdict import Place
from mss_tui.phrase import Phrase, say
from mss_tui.ports.clock import Clock
from mss_tui.ports.sieve import Scripts, ScriptStore
from mss_tui.ports.store import FactsFile, Journal
from mss_tui.record import dataclass
from mss_tui.rules.numbers import numbers
from mss_tui.text import clean, clean_lines

MAX_TEXT = 10_000
MAX_SUBJECT = 200


@dataclass(frozen=True, slots=True)
class Shown:
    """The absence as it is on the server. `other`: a script of somebody else's making answers, with days unknown."""

    absence: Absence
    subject: str = ""
    script: str = ""
    other: bool = False


class Absences:
    """The absence message of one mailbox; `scripts` is None where the operator offers no ManageSieve."""

    def __init__(
        self, account: Account, scripts: ScriptStore | None, facts: FactsFile, journal: Journal, clock: Clock
    ) -> None:
        self._account = account
        self._scripts = scripts
        self._facts = facts
        self._journal = journal
        self._clock = clock

    @property
    def possible(self) -> bool:
        """Can the server be told?"""
        return self._scripts is not None

    async def show(self) -> Shown:
        """What is on the server; remembered for the status.

        Raises:
            ServerRefused: the operator offers no ManageSieve.
        """
        found = self._shown(await self._server().read())
        self._facts.update(self._account.id, absence=found.absence, absence_checked=self._clock.now())
        return found

    async def on(self, wanted: Vacation, actor: Actor) -> Shown:
        """Install it and make it active; the script that was active goes on working.

        Raises:
            UsageError: the days or the text cannot be; a script of the user's own already answers.
            ServerRefused: no ManageSieve, or its Sieve cannot answer.
        """
        self._checked(wanted)
        server = self._server()
        there = await server.read()
        ours = read_script(there.text) if there.active == NAME else None
        before = ours.before if ours is not None else "" if there.active == NAME else there.active
        own = await server.text(before) if before and before in there.names else ""
        if answers(own):
            raise UsageError(
                say("Votre script « {name} » répond déjà aux messages.", name=clean(before, 80)),
                meaning=say("Rien n'a été changé : deux réponses automatiques ne vont pas ensemble."),
                remedy=say("Retirez-y « vacation » dans la messagerie web de votre opérateur."),
            )
        absence = Vacation(
            clean(wanted.subject, MAX_SUBJECT),
            clean_lines(wanted.text, MAX_TEXT),
            wanted.start,
            wanted.end,
            wanted.days,
            (self._account.address,),
            before if own else "",
        )
        try:
            made = script(absence, own, there.extensions)
        except ValueError as error:
            raise ServerRefused(
                say("Le serveur de votre opérateur ne sait pas répondre à votre place ({what}).", what=str(error)),
                meaning=say("Rien n'a été changé."),
                remedy=say("Réglez l'absence dans sa messagerie web."),
            ) from None
        days = {"from": absence.start, "until": absence.end}
        details = {name: of.isoformat() for name, of in days.items() if of is not None}
        self._write(actor, "absence.on", "intent", details)
        await self._noted(actor, "absence.on", details, server.install(NAME, made))
        return await self.show()

    async def off(self, actor: Actor) -> Shown:
        """Take it away; the script that was active before is active again."""
        server = self._server()
        there = await server.read()
        if NAME not in there.names:
            return await self.show()
        ours = read_script(there.text) if there.active == NAME else None
        after = there.active if there.active != NAME else ""
        if ours is not None and ours.before in there.names:
            after = ours.before
        self._write(actor, "absence.off", "intent", {})
        await self._noted(actor, "absence.off", {}, server.activate(after, delete=NAME))
        return await self.show()

    def remind(self, start: date | None, end: date, actor: Actor) -> Remembered:
        """Remember the days here, so that the status asks for an absence message when they come."""
        first = start or day(self._clock.now())
        self._checked(Vacation("", "", first, end))
        self._write(actor, "absence.reminder", "done", {"from": first.isoformat(), "until": end.isoformat()})
        return self._facts.update(self._account.id, reminder=Absence(False, first, end))

    def _server(self) -> ScriptStore:
        if self._scripts is None:
            raise ServerRefused(
                say(
                    "L'opérateur de {address} n'offre pas de réglage à distance (ManageSieve).",
                    address=self._account.address,
                ),
                meaning=say("mss-tui ne peut pas mettre de message d'absence dans cette boîte."),
                remedy=say("Réglez-le dans la messagerie web de votre opérateur ; un rappel peut être noté ici."),
            )
        return self._scripts

    def _shown(self, there: Scripts) -> Shown:
        name = clean(there.active, 80)
        if there.active == NAME:
            ours = read_script(there.text)
            if ours is not None:
                on = ours.end is None or ours.end >= day(self._clock.now())
                return Shown(Absence(on, ours.start, ours.end), clean(ours.subject, MAX_SUBJECT), name)
        if there.active and answers(there.text):
            return Shown(Absence(True), "", name, other=True)
        return Shown(Absence(False), "", name)

    def _checked(self, wanted: Vacation) -> None:
        today = day(self._clock.now())
        if wanted.end is not None and wanted.end < max(today, wanted.start or today):
            raise UsageError(
                say("L'absence finirait avant de commencer, ou est déjà passée."),
                remedy=say("Vérifiez les jours : --from et --until, comme 2026-12-24."),
            )
        told = f"{wanted.subject}\n{wanted.text}"
        if next(numbers(told, Place.BODY), None) is not None or PATIENT_DOMAIN in told.casefold():
            raise UsageError(
                say("Le message d'absence contient un numéro ou une adresse de patient."),
                meaning=say("Il part à quiconque écrit : aucune donnée de patient n'y a sa place."),
                remedy=say("Retirez-la du texte et de l'objet."),
            )

    async def _noted(self, actor: Actor, act: str, details: dict[str, str], doing: object) -> None:
        try:
            await doing  # type: ignore[misc]
        except BaseException as error:
            self._write(actor, act, "failed", details | {"error": type(error).__name__})
            raise
        self._write(actor, act, "done", details)

    def _write(self, actor: Actor, act: str, phase: str, details: dict[str, str]) -> None:
        self._journal.write(actor, self._account.address, act, phase, **details)


@cache
def _template() -> dict[str, str]:
    found = tomllib.loads((files("mss_tui.aide") / "absence.toml").read_text("utf-8"))
    return {name: str(text) for name, text in found.items()}


def template(person: Person, start: date | None, end: date | None, contact: str = "") -> tuple[str, str]:
    """Subject and text of an absence: what to do in an emergency, whom to ask meanwhile, no patient data."""
    words = _template()
    if end is None:
        period = words["period_open"]
    elif start is None:
        period = words["period_until"].format(end=_written(end))
    else:
        period = words["period_from_until"].format(start=_written(start), end=_written(end))
    whom = words["contact"].strip().format(contact=clean(contact, 200)) + "\n\n" if contact.strip() else ""
    signature = "\n".join(filter(None, (f"{person.title} {person.name}".strip(), person.entity)))
    text = (
        words["text"].strip().replace("{contact}\n", whom).replace("{period}", period).replace("{signature}", signature)
    )
    return words["subject"], text


def told(shown: Shown) -> Phrase:
    """One sentence."""
    absence = shown.absence
    if shown.other:
        return say("Un autre script (« {name} ») répond aux messages.", name=shown.script)
    if not absence.on:
        return say("Pas de message d'absence.")
    if absence.start and absence.end:
        return say("Absence du {start} au {end}.", start=_written(absence.start), end=_written(absence.end))
    if absence.end:
        return say("Absence jusqu'au {end}.", end=_written(absence.end))
    return say("Absence sans date de fin.")


def _written(of: date) -> str:
    return of.strftime("%d/%m/%Y")

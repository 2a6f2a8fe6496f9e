"""What waits in the outboxes leaves when it is due, while the program runs: one task a mailbox, no key needed.

Nothing here is drawn as time passes: a moment is said once, in absolute words.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from textual.app import ScreenStackError

from mss_tui.errors import CannotConnect, DeadlinePassed, InternalError, MssError
from mss_tui.model.draft import Draft
from mss_tui.model.sending import LEFT, RecipientAnswer, SendReport, SendState
from mss_tui.phrase import say
from mss_tui.ports.submission import Decide, Progress
from mss_tui.record import dataclass
from mss_tui.services.desk import Place
from mss_tui.text import clean
from mss_tui.tui.paint import Tone
from mss_tui.tui.screens.ask import AskYesNo
from mss_tui.tui.wording import COPY

if TYPE_CHECKING:
    from mss_tui.services.outbox import Attempt
    from mss_tui.tui.application import MssApp

LOOK_AGAIN = 60.0
"""Seconds after which the outbox is looked at again: other programs put messages there, and a laptop sleeps."""
ANSWER_SECONDS = 90.0
"""How long the submission server is kept waiting for a person's answer (it waits 5 minutes, RFC 5321 §4.5.3.2.7)."""
PRESENT = timedelta(minutes=2)
PAUSES = (1, 5, 15, 60)
"""Minutes before a message that could not leave is tried again by itself."""


@dataclass(frozen=True, slots=True)
class Sent:
    """A message that somebody at this screen sent, and that has not left yet.

    `acts` is how many acts could be undone before it: a later one is undone first. `soon`: it only waits for the undo
    delay, and was not put off.
    """

    place: Place
    draft: Draft
    due: datetime
    acts: int
    soon: bool


class Departures:
    """The outboxes of every mailbox, and what `z` can still take back."""

    def __init__(self, app: MssApp) -> None:
        self._app = app
        self._wake: Mapping[str, asyncio.Event] = {p.account.id: asyncio.Event() for p in app.desk.places}
        self._online: set[str] = set()
        self._failures: dict[str, int] = {}
        self._not_before: dict[str, datetime] = {}
        self.waiting: dict[str, Sent] = {}

    def start(self) -> None:
        """Begin; the application ends these tasks when it is left."""
        for place in self._app.desk.places:
            name = f"departures-{place.account.id}"
            self._app.run_worker(self._keep(place), name=name, group=name, exit_on_error=False)

    def online(self, place: Place, online: bool) -> None:
        """The line of a mailbox came or went; when it comes, what could not leave is tried again."""
        if online and place.account.id not in self._online:
            self._online.add(place.account.id)
            self._not_before = {key: at for key, at in self._not_before.items() if at == _NEVER_AGAIN}
            self.look(place)
        elif not online:
            self._online.discard(place.account.id)

    def look(self, place: Place) -> None:
        """Something changed: look at the outbox now."""
        self._wake[place.account.id].set()

    # sending, and taking back

    async def queue(self, sent: Sent, confirmed: Mapping[str, str]) -> None:
        """Let a message wait on its server until it is due; `z` takes it back until then.

        Raises:
            Blocked, Unconfirmed, OutcomeUnknown, MssError: as `Outbox.queue`.
        """
        await sent.place.outbox.queue(sent.draft, self._app.desk.actor, confirmed=confirmed, due=sent.due)
        if not sent.soon:
            await sent.place.sender.answered(sent.draft)
        self.waiting[sent.draft.key] = sent
        self._app.count_outbox()
        self.look(sent.place)

    def last(self, acts: int) -> Sent | None:
        """The message sent last, where nothing that can be undone was done since."""
        sent = next(reversed(self.waiting.values()), None)
        return sent if sent is not None and sent.acts >= acts else None

    def soon(self) -> tuple[Sent, ...]:
        """Messages that only wait for their undo delay."""
        return tuple(sent for sent in self.waiting.values() if sent.soon)

    async def take_back(self, sent: Sent) -> Draft:
        """It is a draft again.

        Raises:
            MssError: it left, is about to, or its server cannot be reached: it still waits.
        """
        draft = await sent.place.outbox.take_back(sent.draft, self._app.desk.actor)
        self.waiting.pop(sent.draft.key, None)
        self._app.count_outbox()
        return draft

    async def hurry(self, sent: Sent) -> None:
        """Send it now, before its delay is over: the program is being left.

        Raises:
            MssError: nothing left; it is an ordinary draft again.
        """
        self.waiting.pop(sent.draft.key, None)
        report = await sent.place.outbox.retry(sent.draft.key, self._app.desk.actor, decide=self._ask, watch=_quiet)
        if report.state in LEFT:
            await sent.place.sender.answered(sent.draft)
        await self._told(report)

    # what is due

    async def _keep(self, place: Place) -> None:
        wake = self._wake[place.account.id]
        recovered = False
        while True:
            wake.clear()
            wait = LOOK_AGAIN
            try:
                if place.account.id not in self._online:
                    recovered = False
                else:
                    if not recovered:
                        await place.outbox.recover()
                        recovered = True
                        self._app.count_outbox()
                        self._say_unsure(place)
                    wait = await self._run(place)
            except MssError as error:
                self._app.fail(error)
            except Exception as error:  # noqa: BLE001 - a fault of ours is said in one sentence; its text may hold patient data
                self._app.fail(InternalError.of(error))
            with suppress(TimeoutError):
                async with asyncio.timeout(wait):
                    await wake.wait()

    async def _run(self, place: Place) -> float:
        """Send what is due; seconds until something may be due again."""
        now = self._app.desk.clock.now()
        skip = {key for key, at in self._not_before.items() if at > now}
        listed = place.outbox.list()
        due = any(
            w.key not in skip
            and (
                (w.state is SendState.QUEUED and (w.due is None or w.due <= now)) or (w.state in LEFT and not w.copied)
            )
            for w in listed
            if not w.elsewhere
        )
        if due:
            attempts = await place.outbox.run(
                self._app.desk.actor, watch=_quiet, decide=self._decide, skip=frozenset(skip)
            )
            await self._became(attempts)
        now = self._app.desk.clock.now()
        moments = [w.due for w in place.outbox.list() if w.state is SendState.QUEUED and w.due is not None]
        moments += [at for at in self._not_before.values() if at != _NEVER_AGAIN]
        ahead = [(moment - now).total_seconds() for moment in moments if moment > now]
        return min([LOOK_AGAIN, *(max(0.05, seconds) for seconds in ahead)])

    async def _became(self, attempts: Sequence[Attempt]) -> None:
        """Say what became of each. What failed is tried again later, but where only a person can change that."""
        for attempt in attempts:
            if attempt.error is not None:
                self._failed(attempt.key, attempt.error)
            elif attempt.report is not None:
                self._failures.pop(attempt.key, None)
                self._not_before.pop(attempt.key, None)
                sent = self.waiting.pop(attempt.key, None)
                if sent is not None and sent.soon and attempt.report.state in LEFT:
                    await sent.place.sender.answered(sent.draft)
                await self._told(attempt.report)
        if attempts:
            self._app.count_outbox()

    def _failed(self, key: str, error: MssError) -> None:
        """Neither a refused password (security.md P20) nor a copy that is gone or changed is tried again by itself."""
        again = isinstance(error, (CannotConnect, DeadlinePassed))
        count = self._failures[key] = self._failures.get(key, 0) + 1
        pause = timedelta(minutes=PAUSES[min(count, len(PAUSES)) - 1])
        self._not_before[key] = self._app.desk.clock.now() + pause if again else _NEVER_AGAIN
        stays = say("Il reste en file et sera renvoyé de lui-même (6 : boîte d'envoi).")
        waits = say("Il reste en file et attend votre décision (6 : boîte d'envoi).")
        self._app.fail(error, stays if again else waits)

    async def _told(self, report: SendReport) -> None:
        """Say what became of a message; every answer is shown where one was not plainly yes."""
        self._app.count_outbox()
        if report.state is SendState.ACCEPTED:
            copy = self._app.words(COPY[report.sent_copy])
            self._app.say(say("Envoyé à {n} destinataire(s), {copy}.", n=len(report.recipients), copy=copy), Tone.GOOD)
        else:
            from mss_tui.tui.screens.report import ReportScreen

            self._app.push_screen(ReportScreen(report))

    def _say_unsure(self, place: Place) -> None:
        """What a person must decide is said when it is found."""
        unsure = sum(w.state is SendState.UNKNOWN and not w.elsewhere for w in place.outbox.list())
        if unsure:
            said = say(
                "{n} message(s) de {box} sont peut-être partis : 6, la boîte d'envoi, aide à le savoir.",
                n=unsure,
                box=place.account.id,
            )
            self._app.say(said, Tone.WARN)

    def _decide(self, key: str) -> Decide:
        """Who answers about refused recipients: the person who sent the message a moment ago, for now."""
        sent = self.waiting.get(key)
        here = sent is not None and sent.soon and self._app.desk.clock.now() - sent.due < PRESENT
        return self._ask if here else _nobody

    async def _ask(self, answers: tuple[RecipientAnswer, ...]) -> bool:
        refused = ", ".join(clean(a.address) for a in answers if not a.accepted)
        dialog = AskYesNo(say("Le serveur refuse : {who}. Envoyer aux autres ?", who=clean(refused, 300)))
        answered: asyncio.Future[bool] = asyncio.get_running_loop().create_future()

        def answer(yes: bool | None) -> None:
            if not answered.done():
                answered.set_result(bool(yes))

        self._app.push_screen(dialog, answer)
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                return await answered
        except TimeoutError:
            with suppress(ScreenStackError):
                dialog.dismiss(False)
            return False


_NEVER_AGAIN = datetime.max.replace(tzinfo=UTC)


async def _nobody(answers: tuple[RecipientAnswer, ...]) -> bool:
    return False


def _quiet(progress: Progress) -> None:
    """What became of a message is said, not how far it is."""

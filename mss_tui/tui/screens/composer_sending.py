"""Sending from the composer: what blocks, the three reflexes, the way out, and what became of it."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime

from textual.worker import Worker

from mss_tui.errors import MssError, OutcomeUnknown
from mss_tui.model.draft import Draft
from mss_tui.model.sending import LEFT, RecipientAnswer, SendReport, SendState
from mss_tui.model.verdict import Verdict
from mss_tui.phrase import say
from mss_tui.ports.submission import Progress, Stage
from mss_tui.services.refusals import Blocked, Unconfirmed
from mss_tui.services.sealing import unseal
from mss_tui.text import clean
from mss_tui.tui.departures import Sent
from mss_tui.tui.paint import Tone
from mss_tui.tui.screens.ask import AskYesNo
from mss_tui.tui.screens.composer_wishes import ComposerWishes
from mss_tui.tui.screens.reflexes import Reflexes
from mss_tui.tui.screens.report import ReportScreen
from mss_tui.tui.widgets.walker import Walker
from mss_tui.tui.wording import COPY, full_moment, octets, to_the_second

LEARN_SECONDS = 3.0


class ComposerSending(ComposerWishes):
    """Ctrl+X."""

    on_its_way: Worker[None] | None = None
    _stage = Stage.CONNECTING
    _tenth = -1
    _said_blocked = ""
    """The sentence that said what blocks, for as long as it may be on screen."""

    def action_send(self) -> None:
        """Send: what blocks is shown first, then the three reflexes are asked."""
        if self.on_its_way is None:
            self.mss.work(self, "send", self._ask_and_send())

    async def _ask_and_send(self) -> None:
        draft = self.draft()
        if not draft.recipients:
            self.give_keys("to")
            self.mss.say(say("Écrivez au moins un destinataire dans « À »."), Tone.WARN)
            return
        self.mss.say(say("Vérification dans l'annuaire…"))
        try:
            async with asyncio.timeout(LEARN_SECONDS):
                await self.place.checker.learn(draft)
        except TimeoutError:
            pass  # the recipients stay unknown: the rules ask
        self.mss.quiet()
        verdicts = self.judge(all_of_it=True)
        if not self._blocked(verdicts):
            await self._confirm_and_send(draft, verdicts)

    def _blocked(self, verdicts: Sequence[Verdict]) -> bool:
        """Show what blocks, with its remedies at hand."""
        blocks = sum(v.blocks for v in verdicts)
        if blocks:
            walker = self.query_one(Walker)
            walker.step()
            walker.at = next((i for i, v in enumerate(walker.verdicts) if v.blocks), 0)
            walker.renew()
            self._say_blocked(blocks)
        return bool(blocks)

    def _say_blocked(self, blocks: int) -> None:
        said = say("Ce message ne peut pas partir : {n} point(s) bloquent. Réglez-les ci-dessus.", n=blocks)
        self._said_blocked = self.mss.words(said)
        self.mss.say(said, Tone.BAD)

    def judge(self, *, all_of_it: bool = False) -> tuple[Verdict, ...]:
        """Also take back what was said of the message once it is no longer so."""
        verdicts = super().judge(all_of_it=all_of_it)
        if self._said_blocked and self.mss.screen is self:
            blocks = sum(v.blocks for v in verdicts)
            if self.mss.said[0] != self._said_blocked:
                self._said_blocked = ""
            elif blocks:
                self._say_blocked(blocks)
            else:
                self._said_blocked = ""
                self.mss.say(say("Plus rien ne bloque : Ctrl+X envoie."), Tone.GOOD)
        return verdicts

    async def _confirm_and_send(self, draft: Draft, verdicts: Sequence[Verdict]) -> None:
        accepted = self.query_one(Walker).accepted
        dialog = Reflexes(self.place, draft, verdicts, accepted=accepted, reason=self.reason)
        confirmed = await self.mss.push_screen_wait(dialog)
        if confirmed is not None:
            # the application's worker: leaving this screen does not end it
            due = self.departure()
            sending = self.mss.run_worker(
                self._send(draft, confirmed) if due is None else self._queue(draft, confirmed, due),
                name="send",
                group=f"send-{draft.key}",
                exclusive=True,
                exit_on_error=False,
            )
            self.on_its_way = sending
            self.query_one("#composer").disabled = True

    async def _queue(self, draft: Draft, confirmed: dict[str, str], due: datetime) -> None:
        """Let it wait on the server; where that cannot keep it, it may still leave at once, if the person says so."""
        self.mss.say(say("Mise en file sur le serveur… (Échap arrête)"))
        soon = self.due is None
        sent = Sent(self.place, draft, due, len(self.mss.main.undos), soon)
        try:
            await self.mss.departures.queue(sent, confirmed)
        except (Blocked, Unconfirmed, OutcomeUnknown) as error:
            self._refused(error)
        except MssError as error:
            self._refused(error)
            if soon:
                self.on_its_way = None
                question = say("Ce message ne peut pas attendre sur le serveur. L'envoyer sans délai d'annulation ?")
                if await self.mss.push_screen_wait(AskYesNo(question)):
                    await self._send(draft, confirmed)
        except asyncio.CancelledError:
            self.mss.say(say("Envoi arrêté : rien n'est parti, le message est ici."), Tone.WARN)
            raise
        else:
            await unseal(self.place.sealed, draft)
            self.saved = draft
            self.close_it()
            if soon:
                said = say("Part à {hour} pour {n} destinataire(s) : z annule l'envoi.",
                           hour=to_the_second(due), n=len(draft.recipients))  # fmt: skip
            else:
                said = say("En file : part le {when}. 6, boîte d'envoi ; z annule.", when=full_moment(due))
            self.mss.say(said, Tone.GOOD)
        finally:
            self._over()

    def _refused(self, error: MssError) -> None:
        """Nothing left: say why, and where the message is."""
        self.mss.fail(error)
        if isinstance(error, (Blocked, Unconfirmed)):
            self.query_one(Walker).put(error.verdicts)
        elif not isinstance(error, OutcomeUnknown) and self.unsaved:
            self.kept(on_server=False)

    def _over(self) -> None:
        self.on_its_way = None
        self.mss.count_outbox()
        for writing in self.query("#composer"):
            writing.disabled = False

    async def _send(self, draft: Draft, confirmed: dict[str, str]) -> None:
        self._stage, self._tenth = Stage.CONNECTING, -1
        self.mss.say(say("Envoi : connexion… (Échap arrête l'envoi)"))
        try:
            report = await self.place.sender.send(
                draft, self.mss.desk.actor, confirmed=confirmed, decide=self._decide, watch=self._watch
            )
        except MssError as error:
            self._refused(error)
        except asyncio.CancelledError:
            self.mss.say(say("Envoi arrêté : rien n'est parti, le message est ici."), Tone.WARN)
            raise
        else:
            if report.state in LEFT or (report.state is SendState.UNKNOWN and self._stored(draft)):
                await unseal(self.place.sealed, draft)
            self._became(draft, report)
        finally:
            self._over()

    def _watch(self, progress: Progress) -> None:
        """Say how far it is, a tenth at a time: a slow line has better to carry."""
        self._stage = progress.stage
        if progress.stage is Stage.DATA and progress.total:
            tenth = 10 * progress.sent // progress.total
            if tenth != self._tenth:
                self._tenth = tenth
                self.mss.say(say("Envoi : {p} % de {size}", p=10 * tenth, size=octets(progress.total)))

    async def _decide(self, answers: tuple[RecipientAnswer, ...]) -> bool:
        """Some recipients were refused before anything left: send to the others?"""
        refused = ", ".join(clean(a.address) for a in answers if not a.accepted)
        question = say("Le serveur refuse : {who}. Envoyer aux autres ?", who=clean(refused, 300))
        return await self.mss.push_screen_wait(AskYesNo(question))

    def stop_sending(self) -> None:
        """Before DATA nothing has left; from there on only the server's answer tells."""
        if self.on_its_way is None:
            return
        if self._stage in (Stage.DATA, Stage.DONE):
            self.mss.say(say("Le message est en train de partir : attendez la réponse du serveur."), Tone.WARN)
        else:
            self.on_its_way.cancel()

    def _became(self, draft: Draft, report: SendReport) -> None:
        """Say what became of it; every answer is shown where one was not plainly yes."""
        if report.state is SendState.ACCEPTED:
            copy = self.mss.words(COPY[report.sent_copy])
            self.mss.say(say("Envoyé à {n} destinataire(s), {copy}.", n=len(report.recipients), copy=copy), Tone.GOOD)
        if report.state in LEFT or (report.state is SendState.UNKNOWN and self._stored(draft)):
            self.saved = draft
            self.close_it()
        if report.state is not SendState.ACCEPTED:
            self.mss.quiet()
            self.mss.push_screen(ReportScreen(report))

    def _stored(self, draft: Draft) -> bool:
        """Does the server hold it, so that the outbox can show it? Otherwise it is here and nowhere else."""
        return any(w.key == draft.key and w.draft is not None for w in self.place.outbox.list())

    def close_it(self) -> None:
        """Leave, with whatever stands above."""
        self.mss.writing.close(self)  # type: ignore[arg-type]

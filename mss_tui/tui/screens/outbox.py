"""The outbox: what waits, what may have left, what was refused; each with what is known and what can be done."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from textual import on
from textual.binding import BindingType
from textual.widget import Widget

from mss_tui.errors import MssError
from mss_tui.model.sending import LEFT, RecipientAnswer, SendState, SentCopy
from mss_tui.phrase import say
from mss_tui.ports.submission import Progress
from mss_tui.services.desk import Place
from mss_tui.services.drafts import addressed_to
from mss_tui.services.receipts import Timeline
from mss_tui.services.waiting import Waiting
from mss_tui.text import clean
from mss_tui.tui.actions import Scope, bindings
from mss_tui.tui.paint import Line, Tone
from mss_tui.tui.receipt_words import MEANING, STATE, STATE_TONE, timeline_words
from mss_tui.tui.screens.ask import AskChoice, AskYesNo, Choice
from mss_tui.tui.screens.base import MssScreen
from mss_tui.tui.screens.report import ReportScreen
from mss_tui.tui.widgets.lines import Lines, paragraph
from mss_tui.tui.widgets.rows import Rows
from mss_tui.tui.widgets.title import Title
from mss_tui.tui.widgets.waiting import WaitingList
from mss_tui.tui.wording import COPY, full_moment


class OutboxScreen(MssScreen):
    """Every mailbox's outbox."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings(Scope.OUTBOX, Scope.PAGE)]
    AUTO_FOCUS = "#waiting"

    def __init__(self) -> None:
        super().__init__()
        self._found: dict[str, list[tuple[str, Tone]]] = {}
        self._looked: set[str] = set()

    def body(self) -> Iterable[Widget]:
        """The list, and what is known of the message under the bar."""
        yield Title(say("Boîte d'envoi"), id="outbox-title")
        yield WaitingList(id="waiting")
        yield Title(say("Ce qui est connu"), quiet=True)
        yield Lines(id="known")

    def on_mount(self) -> None:
        """What this machine knows at once; subjects and recipients when the servers tell."""
        self.query_one("#known", Lines).can_focus = False
        self.renew()
        self.mss.work(self, "rows", self._learn())

    def key_hints(self) -> tuple[Scope, ...]:
        """The acts."""
        return (Scope.OUTBOX, Scope.PAGE)

    @property
    def rows(self) -> WaitingList:
        """The list."""
        return self.query_one("#waiting", WaitingList)

    @property
    def here(self) -> tuple[Place, Waiting] | None:
        """The message under the bar."""
        rows = self.rows
        return rows.listed[rows.cursor] if rows.cursor < len(rows.listed) else None

    def renew(self) -> None:
        """Read the outboxes again, from this machine."""
        rows = self.rows
        key = self.here[1].key if self.here else ""
        found = [(place, waiting) for place in self.mss.desk.places for waiting in place.outbox.list()]
        if found == rows.listed and rows.listed:
            return
        rows.listed = found
        rows.cursor = next(
            (i for i, (_, w) in enumerate(rows.listed) if w.key == key), min(rows.cursor, len(rows.listed))
        )
        rows.changed()
        self.query_one("#outbox-title", Title).put(
            say("Boîte d'envoi"), self.mss.words(say("{n} message(s)", n=len(rows.listed)))
        )
        self._tell()

    def show_status(self) -> None:
        """The count has changed, or the line: so may the list, without a key."""
        super().show_status()
        self.renew()

    async def _learn(self) -> None:
        for place, waiting in list(self.rows.listed):
            try:
                row = await place.outbox.row(waiting.key)
            except MssError:
                continue
            if row is not None:
                self.rows.known[waiting.key] = row
        self.rows.changed()
        self._tell()

    @on(Rows.Moved)
    def _tell(self) -> None:
        """What is known of the message under the bar."""
        self.query_one("#known", Lines).show(self._known)

    def _known(self, width: int) -> list[Line]:
        words, here = self.mss.words, self.here
        if here is None:
            return paragraph(words(say("Rien n'attend, rien n'est incertain.")), width, Tone.GOOD)
        place, waiting = here
        lines = paragraph(words(STATE[waiting.state]), width, STATE_TONE.get(waiting.state, Tone.STRONG))
        if waiting.due is not None and waiting.state is SendState.QUEUED:
            when = full_moment(waiting.due)
            told = say("Part le {when}.", when=when)
            if waiting.late:
                told = say("Devait partir le {when} : relisez-le, puis décidez.", when=when)
            lines += paragraph(words(told), width, Tone.WARN if waiting.late else Tone.PLAIN)
        lines += paragraph(words(MEANING[waiting.state]), width)
        row = self.rows.known.get(waiting.key)
        if row is not None:
            people = ", ".join(p.address for p in (*row.to, *row.cc))
            lines += paragraph(words(say("Objet : {subject}", subject=row.subject or "-")), width)
            lines += paragraph(words(say("À : {people}", people=people or "-")), width, indent="    ")
        codes = [code for code in waiting.codes if code]
        if codes:
            taken = sum(200 <= code < 300 for code in codes)
            counts = say("{n} destinataire(s) : {taken} admis, {refused} refusé(s) par le serveur.",
                         n=waiting.recipients, taken=taken, refused=len(codes) - taken)  # fmt: skip
        else:
            counts = say("{n} destinataire(s).", n=waiting.recipients)
        lines += paragraph(words(counts), width)
        about = say("{box} · préparé le {when} · {id}", box=place.account.address, when=full_moment(waiting.at),
                    id=waiting.message_id)  # fmt: skip
        lines += paragraph(words(about), width, Tone.FAINT)
        for text, tone in self._found.get(waiting.key, ()):
            lines += paragraph(text, width, tone, indent="  ")
        return lines

    # acts

    def action_back(self) -> None:
        """Échap."""
        self.dismiss(None)

    @on(Rows.Chosen)
    def _chosen(self) -> None:
        self.action_look()

    def action_look(self) -> None:
        """Look for its copy in Sent and for receipts."""
        if self.here is not None:
            self.mss.say(say("Recherche dans Envoyés et parmi les accusés…"))
            self.mss.work(self, "look", self._look(*self.here))

    async def _look(self, place: Place, waiting: Waiting) -> None:
        words = self.mss.words
        told: list[tuple[str, Tone]] = []
        if await place.outbox.in_sent(waiting.key):
            told.append((words(say("Sa copie est dans Envoyés : il est parti.")), Tone.GOOD))
        else:
            told.append((words(say("Il n'est pas dans Envoyés.")), Tone.PLAIN))
        row = await place.outbox.row(waiting.key)
        timeline = await place.receipts.of(row, waiting.codes) if row is not None else None
        if timeline is not None and (_heard(timeline) or waiting.state is not SendState.UNKNOWN):
            told += timeline_words(timeline, words)
        elif waiting.state is SendState.UNKNOWN:
            told.append(
                (words(say("Aucun accusé reçu : cela ne prouve rien ; attendez-en quelques minutes.")), Tone.WARN)
            )
        self._looked.add(waiting.key)
        self._found[waiting.key] = told
        self.mss.quiet()
        self._tell()

    def action_retry(self) -> None:
        """Send it now; where it may have left, looking comes first."""
        if self.here is not None:
            self.mss.work(self, "act", self._retry(*self.here))

    async def _retry(self, place: Place, waiting: Waiting) -> None:
        if waiting.state in LEFT:
            self.mss.say(say("Ce message est parti : il n'est pas renvoyé. e écrit aux refusés seulement."), Tone.WARN)
            return
        if waiting.state is SendState.UNKNOWN and not await self._sure(place, waiting):
            return
        self.mss.say(say("Envoi…"))
        try:
            report = await place.outbox.retry(waiting.key, self.mss.desk.actor, decide=self._decide, watch=_quiet)
        finally:
            self._after()
        self.mss.quiet()
        if report.state is SendState.ACCEPTED:
            self.mss.say(say("Envoyé, {copy}.", copy=self.mss.words(COPY[report.sent_copy])), Tone.GOOD)
        else:
            self.mss.push_screen(ReportScreen(report))

    async def _sure(self, place: Place, waiting: Waiting) -> bool:
        """Of a message that may have left: look first, or know, or send it a second time with open eyes."""
        words = self.mss.words
        look = Choice(words(say("Chercher d'abord dans Envoyés et les accusés")), "look")
        choices = [
            *(() if waiting.key in self._looked else (look,)),
            Choice(words(say("Il est bien parti : ranger sa copie dans Envoyés")), "left"),
            Choice(words(say("Le renvoyer quand même : il peut arriver deux fois")), "again"),
        ]
        question = say("Ce message est peut-être déjà parti")
        choice = await self.mss.push_screen_wait(AskChoice(question, choices, filtered=False))
        match choice.key if choice is not None else "":
            case "look":
                await self._look(place, waiting)
            case "left":
                await self._left(place, waiting)
            case "again":
                return True
        return False

    def action_left(self) -> None:
        """Somebody knows that it left."""
        if self.here is not None and self.here[1].state is SendState.UNKNOWN:
            self.mss.work(self, "act", self._left(*self.here))
        else:
            self.mss.say(say("Rien à décider : le sort de ce message est connu."))

    async def _left(self, place: Place, waiting: Waiting) -> None:
        copy = await place.outbox.left(waiting.key, self.mss.desk.actor)
        self._after()
        stored = copy is SentCopy.STORED
        self.mss.say(
            say("Noté : il est parti, {copy}.", copy=self.mss.words(COPY[copy])), Tone.GOOD if stored else Tone.WARN
        )

    def action_discard(self) -> None:
        """Take it out; what did not surely leave is an ordinary draft again."""
        if self.here is not None:
            self.mss.work(self, "act", self._discard(*self.here))

    async def _discard(self, place: Place, waiting: Waiting) -> None:
        if waiting.state is SendState.UNKNOWN:
            question = say("Le retirer sans savoir s'il est parti ? Il restera dans Brouillons.")
            if not await self.mss.push_screen_wait(AskYesNo(question)):
                return
        ref = await place.outbox.discard(waiting.key, self.mss.desk.actor)
        self.mss.departures.waiting.pop(waiting.key, None)
        self._after()
        self.mss.say(say("Retiré ; il est dans Brouillons.") if ref else say("Retiré de la boîte d'envoi."), Tone.GOOD)

    def action_undo(self) -> None:
        """Take a waiting message back into the composer."""
        if self.here is not None:
            self.mss.work(self, "act", self._undo(*self.here))

    async def _undo(self, place: Place, waiting: Waiting) -> None:
        if waiting.state is not SendState.QUEUED:
            self.mss.say(say("Seul un message en file peut être repris."), Tone.WARN)
            return
        sent = self.mss.departures.waiting.get(waiting.key)
        if sent is None:
            await self._discard(place, waiting)
            return
        draft = await self.mss.departures.take_back(sent)
        self.mss.main.write_message(place, draft)
        self.mss.say(say("Envoi annulé : rien n'est parti, le message est ici."), Tone.GOOD)

    def action_resend(self) -> None:
        """A new message to the refused recipients alone."""
        if self.here is not None:
            self.mss.work(self, "act", self._resend(*self.here))

    async def _resend(self, place: Place, waiting: Waiting) -> None:
        if waiting.state is not SendState.PARTLY_REFUSED:
            self.mss.say(say("Aucun destinataire refusé parmi d'autres : r envoie à tous."), Tone.WARN)
            return
        ref, refused = await place.outbox.refused(waiting.key)
        if ref is None or not refused:
            self.mss.say(say("La copie n'est plus dans Envoyés : écrivez-le de nouveau."), Tone.WARN)
            return
        row = await place.reader.row(ref)
        reading = await place.reader.open(row, self.mss.desk.actor, mark=False)
        self.mss.main.write_message(place, addressed_to(reading, place.account, refused))

    def _after(self) -> None:
        self.mss.count_outbox()
        if self.is_attached:
            self.renew()

    async def _decide(self, answers: tuple[RecipientAnswer, ...]) -> bool:
        refused = ", ".join(clean(a.address) for a in answers if not a.accepted)
        question = say("Le serveur refuse : {who}. Envoyer aux autres ?", who=clean(refused, 300))
        return await self.mss.push_screen_wait(AskYesNo(question))


def _heard(timeline: Timeline) -> bool:
    return bool(timeline.others) or any(heard.receipts for heard in timeline.people)


def _quiet(progress: Progress) -> None:
    """What became of the message is said, not how far it is."""

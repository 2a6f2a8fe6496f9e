"""The outbox: messages that wait, that were cut short, or of which nobody knows whether they left.

Recovery says of each what is true, from its record and from the server, and does alone only what cannot send a second
time. Sending again is always somebody's act; of an unknown message, on a key press (security.md P10).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from hashlib import sha256

from mss_tui.errors import AuthRefused, MssError, NotFound, UsageError
from mss_tui.mime.build_stored import from_stored, moved_to
from mss_tui.model.draft import Draft
from mss_tui.model.folder import Role
from mss_tui.model.message import MessageRef, Row
from mss_tui.model.people import Actor
from mss_tui.model.sending import LEFT, RecipientAnswer, SendReport, SendState, SentCopy
from mss_tui.phrase import say
from mss_tui.ports.clock import Clock
from mss_tui.ports.store import OutboxRecord, OutboxRecords
from mss_tui.ports.submission import Decide, Watch
from mss_tui.record import dataclass
from mss_tui.services.sending import Sender
from mss_tui.services.shelf import ref_of, with_ref
from mss_tui.services.waiting import TooLate, Waiting, waiting_of

_MAY_LEAVE = (SendState.QUEUED, SendState.DRAFT, SendState.REFUSED, SendState.UNKNOWN)


@dataclass(frozen=True, slots=True)
class Attempt:
    """What became of one message that was due: a report, or the error that left it waiting."""

    key: str
    report: SendReport | None = None
    error: MssError | None = None


class Outbox:
    """The outbox of one account."""

    def __init__(self, sender: Sender, records: OutboxRecords, clock: Clock) -> None:
        self._sender = sender
        self._records = records
        self._clock = clock

    def list(self) -> tuple[Waiting, ...]:
        """What the outbox holds, oldest first; from this machine alone, without the network."""
        now = self._clock.now()
        return tuple(
            waiting_of(record, now, elsewhere=live and self._records.claim(record.key) is None)
            for record, live in self._records.all()
            if record.account == self._sender.account.id
        )

    async def recover(self) -> tuple[Waiting, ...]:
        """After a start or a return of the line: bring every record to what is true, then say what is left.

        Cut short before DATA, it did not leave: its copy is an ordinary draft again. Accepted, its copy goes to Sent.
        Unknown stays unknown. What the server cannot do now is left for the next time.
        """
        for waiting in self.list():
            record = self._claim(waiting.key)
            if record is not None:
                with suppress(MssError):
                    await self._recover(record)
        return self.list()

    async def _recover(self, record: OutboxRecord) -> None:
        if record.state in LEFT:
            if not record.copied:
                await self._sender.file(record)
            return
        if record.state is SendState.UNKNOWN:
            return
        if record.state is SendState.SENDING:
            waits = SendState.QUEUED if record.due else SendState.DRAFT
            record = self._sender.note(replace(record, state=waits))
        ref = await self._where(record)
        if record.state is SendState.QUEUED and ref is not None:
            self._sender.note(with_ref(record, ref))
            return
        if ref is not None:
            await self._sender.shelf.release(ref)
        if record.state is not SendState.REFUSED:
            # a draft like any other; or it died before it was stored, and nobody was told that it waits
            self._records.remove(record.key)

    async def queue(self, draft: Draft, actor: Actor, *, confirmed: Mapping[str, str], due: datetime) -> str:
        """Let a message wait on the server until `due` (undo delay, "demain 8 h"). Returns its key.

        Raises:
            Blocked, Unconfirmed, OutcomeUnknown: as `Sender.send`.
            MssError: it could not be stored; it is in no queue.
        """
        with self._sender.at_work(draft.key):
            _, record = await self._sender.admit(draft, actor, confirmed, due=due)
        await self._sender.tidy(draft)
        return record.key

    async def take_back(self, draft: Draft, actor: Actor) -> Draft:
        """A message that waits, and has not begun to leave, is the draft again that it was: its copy is its saved one.

        Raises:
            NotFound: it left, or is about to.
            MssError: the copy cannot be found now; the message still waits.
        """
        waiting = next((w for w in self.list() if w.key == draft.key), None)
        if waiting is None or waiting.state is not SendState.QUEUED:
            raise _gone()
        ref = await self.discard(draft.key, actor)
        return draft if ref is None else moved_to(draft, ref)

    def codes(self, message_id: str) -> tuple[int, ...]:
        """The submission server's answers to a message, by recipient; empty where they are not remembered."""
        return next((r.answers for r, _ in self._records.all() if r.message_id == message_id), ())

    async def row(self, key: str) -> Row | None:
        """Where the copy of a message stands, as a list shows it: among the drafts, else in Sent.

        Raises:
            MssError: the server cannot be asked.
        """
        record = next((r for r, _ in self._records.all() if r.key == key), None)
        if record is None:
            return None
        roles = (Role.SENT, Role.DRAFTS) if record.state in LEFT else (Role.DRAFTS, Role.SENT)
        for role in roles:
            row = await self._sender.shelf.find_row(role, record.message_id, record.at)
            if row is not None:
                return row
        return None

    async def in_sent(self, key: str) -> bool:
        """Is there a copy of it in Sent? Some servers store one by themselves, once they accepted the message.

        Raises:
            MssError: the server cannot be asked.
        """
        record = next((r for r, _ in self._records.all() if r.key == key), None)
        if record is None:
            raise _gone()
        return await self._sender.shelf.find(Role.SENT, record.message_id, record.at) is not None

    async def run(
        self,
        actor: Actor,
        *,
        watch: Watch,
        decide: Callable[[str], Decide] | None = None,
        skip: frozenset[str] = frozenset(),
        late: bool = False,
    ) -> tuple[Attempt, ...]:
        """Send what is due, and bring copies that are missing to Sent.

        Where nobody is there to answer (`decide` gives who is, by key), a partial refusal stops a message, and is shown
        later as refused. A refused authentication ends the run: the next message would be a second try of the same
        password. `skip` names messages that are left alone this time. What is long overdue stays (`TooLate`), unless
        `late` says that it may leave.
        """
        attempts: list[Attempt] = []
        for waiting in self.list():
            if waiting.state in LEFT and not waiting.copied:
                await self.copy(waiting.key)
            if waiting.state is not SendState.QUEUED or (waiting.due and waiting.due > self._clock.now()):
                continue
            if waiting.key in skip:
                continue
            if waiting.late and waiting.due is not None and not late:
                attempts.append(Attempt(waiting.key, error=TooLate(waiting.due)))
                continue
            try:
                asked = decide(waiting.key) if decide is not None else _never
                report = await self._leave(waiting.key, actor, asked, watch, attended=False)
            except MssError as error:
                attempts.append(Attempt(waiting.key, error=error))
                if isinstance(error, AuthRefused):
                    break
            else:
                attempts += [Attempt(waiting.key, report)] if report else []
        return tuple(attempts)

    async def retry(self, key: str, actor: Actor, *, decide: Decide, watch: Watch) -> SendReport:
        """Send a message of the outbox, now, because somebody says so: the same octets, the same Message-ID.

        Raises:
            NotFound: it is not in the outbox, or another program is at work on it, or its copy is gone.
            UsageError: its stored copy is not what the rules passed.
            MssError: nothing left this time, for certain.
        """
        report = await self._leave(key, actor, decide, watch, attended=True)
        if report is None:
            raise _gone()
        return report

    async def _leave(
        self, key: str, actor: Actor, decide: Decide, watch: Watch, *, attended: bool
    ) -> SendReport | None:
        record = self._claim(key)
        if record is None or record.state not in _MAY_LEAVE:
            return None
        with self._sender.at_work(key):
            ref = await self._where(record)
            if ref is None:
                raise NotFound(
                    say("La copie de ce message n'est plus dans les brouillons : il ne peut pas être renvoyé d'ici."),
                    remedy=say("Cherchez-le dans Envoyés ; sinon, écrivez-le de nouveau."),
                )
            copy = await self._sender.shelf.octets(ref)
            if sha256(copy).hexdigest() != record.digest:
                raise UsageError(
                    say("La copie de ce message a été changée sur le serveur depuis sa vérification."),
                    meaning=say("Il n'est pas parti."),
                    remedy=say("Rouvrez-le dans les brouillons, vérifiez-le et renvoyez-le."),
                )
            built = from_stored(copy, want_delivery=record.want_delivery)
            self._sender.trace(actor, built)
            record = with_ref(record, ref)
            return await self._sender.leave(built, record, actor, copy, decide=decide, watch=watch, attended=attended)

    async def copy(self, key: str) -> SentCopy:
        """Try again to bring the copy of a message that left to Sent."""
        record = self._claim(key)
        if record is None or record.state not in LEFT:
            return SentCopy.NONE
        return await self._sender.file(record)

    async def discard(self, key: str, actor: Actor) -> MessageRef | None:
        """Take a message out of the outbox; what did not surely leave is an ordinary draft again: its reference.

        Raises:
            NotFound: it is not there, or another program is at work on it.
        """
        record = self._claim(key)
        if record is None:
            raise _gone()
        self._sender.decided(actor, record, "discarded")
        ref = None if record.state in LEFT else await self._where(record)
        if ref is not None:
            await self._sender.shelf.release(ref)
        self._records.remove(key)
        return ref

    async def left(self, key: str, actor: Actor) -> SentCopy:
        """Somebody found out that an unknown message did leave: its copy goes to Sent.

        Raises:
            NotFound: it is not there, or another program is at work on it.
        """
        record = self._claim(key)
        if record is None or record.state is not SendState.UNKNOWN:
            raise _gone()
        self._sender.decided(actor, record, "left")
        return await self._sender.file(self._sender.note(replace(record, state=SendState.ACCEPTED)))

    async def refused(self, key: str) -> tuple[MessageRef | None, tuple[str, ...]]:
        """Of a message partly refused: where its copy is, and who was refused, to write to these alone.

        Raises:
            NotFound: it is not there.
            MssError: the copy cannot be read now.
        """
        record = self._claim(key)
        if record is None:
            raise _gone()
        ref = await self._sender.shelf.find(Role.SENT, record.message_id, record.at)
        if ref is None:
            return None, ()
        people = from_stored(await self._sender.shelf.octets(ref)).recipients
        if len(people) != len(record.answers):
            return ref, ()
        return ref, tuple(who for who, code in zip(people, record.answers, strict=True) if not 200 <= code < 300)

    async def _where(self, record: OutboxRecord) -> MessageRef | None:
        """Where the stored copy is; looked for where the program died before it knew."""
        return ref_of(record) or await self._sender.shelf.find(Role.DRAFTS, record.message_id, record.at)

    def _claim(self, key: str) -> OutboxRecord | None:
        """A record of this account that nobody is at work on; held from now on."""
        ours = any(w.key == key for w in self.list())
        return self._records.claim(key) if ours and not self._sender.is_at_work(key) else None


async def _never(answers: tuple[RecipientAnswer, ...]) -> bool:
    return False


def _gone() -> NotFound:
    return NotFound(
        say("Ce message n'est pas dans la boîte d'envoi, ou un autre mss-tui s'en occupe."),
        remedy=say("Regardez la boîte d'envoi de nouveau."),
    )

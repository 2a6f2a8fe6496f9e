"""Before a message leaves: its bytes, the rules on them, the journal, the outbox record, the copy it leaves from."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import datetime
from hashlib import sha256

from mss_tui.errors import MssError, NotFound
from mss_tui.mime.build import File, build, new_message_id
from mss_tui.mime.build_stored import stored_copy
from mss_tui.model.draft import Built, Draft, LocalFile, RemotePart
from mss_tui.model.people import Account, Actor, Person
from mss_tui.model.sending import SendState
from mss_tui.model.verdict import Verdict
from mss_tui.phrase import say
from mss_tui.ports.clock import Clock
from mss_tui.ports.mail import MailStore
from mss_tui.ports.store import Acceptances, Journal, OutboxRecord, OutboxRecords
from mss_tui.ports.submission import Submission
from mss_tui.services.refusals import Blocked, Unconfirmed, answered, earlier
from mss_tui.services.shelf import Shelf, ref_of, with_ref
from mss_tui.services.trail import Trail

Check = Callable[[Draft, Built], Sequence[Verdict]]
Read = Callable[[LocalFile | RemotePart], Awaitable[File]]
Complete = Callable[[Draft], Awaitable[Draft]]


class Admission:
    """Lets drafts of one account through: checked, noted, and stored where they leave from.

    Args:
        person: the holder of a nominative mailbox, for the label of From; who acts is told with each call.
        check: the rules, on the draft and on the bytes that were built from it.
        read: the octets of an attachment.
        complete: the draft with what is computed of its attachments (X-MSS fields).
        product: the reference of X-MSS-NIL, "" where none was given (ECO.2.4.3).
        accepted: told once what was confirmed is remembered, so that the rules read it again.
        wrote_to: told whom a message went to.
    """

    def __init__(
        self,
        account: Account,
        person: Person | None,
        *,
        store: MailStore,
        submission: Submission,
        records: OutboxRecords,
        journal: Journal,
        acceptances: Acceptances,
        clock: Clock,
        check: Check,
        read: Read,
        complete: Complete | None = None,
        product: str = "",
        accepted: Callable[[], None] = lambda: None,
        wrote_to: Callable[[Sequence[str]], None] = lambda _addresses: None,
    ) -> None:
        self.account = account
        self.shelf = Shelf(account, store)
        self._person = person
        self._submission = submission
        self._records = records
        self._trail = Trail(journal, account.address)
        self._acceptances = acceptances
        self._clock = clock
        self._check = check
        self._read = read
        self._complete = complete
        self._product = product
        self._accepted = accepted
        self._wrote_to = wrote_to
        self._at_work: set[str] = set()

    async def prepare(self, draft: Draft) -> Built:
        """The bytes that would leave now, with a Message-ID of their own.

        Raises:
            UsageError: an address or an attachment is not usable.
        """
        if self._complete is not None:
            draft = await self._complete(draft)
        files = [await self._read(attachment) for attachment in draft.attachments]
        message_id = new_message_id(self.account, secrets.token_hex(16))
        return await asyncio.to_thread(
            build,
            draft,
            self.account,
            self._person,
            files,
            now=self._clock.now(),
            message_id=message_id,
            product=self._product,
        )

    async def admit(
        self, draft: Draft, actor: Actor, confirmed: Mapping[str, str], *, due: datetime | None = None
    ) -> tuple[Built, OutboxRecord]:
        """Build, check, note in the journal what was confirmed, and put the message on the server to leave from.

        With `due` it waits there. Without, a server that cannot keep it now (IMAP gone, quota full) does not stop it:
        the record then has no reference.

        Raises:
            Blocked, Unconfirmed, OutcomeUnknown: as `send`.
            MssError: it could not be noted here; with `due`, also that the server did not keep it.
        """
        before = earlier(self._records, draft.key)
        built = await self.prepare(draft)
        verdicts = self._check(draft, built)
        if any(v.blocks for v in verdicts):
            raise Blocked(verdicts)
        missing = list(dict.fromkeys(v.rule for v in verdicts if v.asks and not answered(v, confirmed)))
        if missing:
            raise Unconfirmed(verdicts, missing)
        asked = {v.rule: confirmed[v.rule] for v in verdicts if v.asks}
        self._trail.intent(actor, built, asked)
        copy = stored_copy(built, draft.bcc)
        record = self.note(
            OutboxRecord(
                key=draft.key,
                account=self.account.id,
                message_id=built.message_id,
                state=SendState.SENDING if due is None else SendState.QUEUED,
                at=self._clock.now(),
                answers=(0,) * len(built.recipients),
                digest=sha256(copy).hexdigest(),
                due=due,
                want_delivery=draft.want_delivery,
            )
        )
        for verdict in verdicts:
            if verdict.asks and verdict.where.item:
                self._acceptances.accept(*verdict.acceptance)
        self._accepted()
        try:
            record = await self._shelve(record, copy)
        except MssError:
            if due is not None:
                self._records.remove(record.key)
                raise
        except BaseException:
            with suppress(MssError):
                self.note(replace(record, state=SendState.DRAFT))
            raise
        old = ref_of(before) if before else None
        if old is not None and record.stored_uid:
            with suppress(MssError):
                await self.shelf.drop(old)
        return built, record

    async def _shelve(self, record: OutboxRecord, copy: bytes) -> OutboxRecord:
        ref = await self.shelf.put(copy, record.message_id, record.at)
        if ref is not None:
            return self.note(with_ref(record, ref))
        if record.due is not None:
            raise NotFound(
                say("Cette boîte n'a pas de dossier de brouillons : le message ne peut pas y attendre."),
                meaning=say("Rien n'est parti ; le brouillon est gardé."),
                remedy=say("Envoyez-le tout de suite, ou nommez ce dossier dans le profil (folders)."),
            )
        return record

    @contextmanager
    def at_work(self, key: str) -> Iterator[None]:
        """Nobody else in this program takes the message meanwhile."""
        self._at_work.add(key)
        try:
            yield
        finally:
            self._at_work.discard(key)

    def is_at_work(self, key: str) -> bool:
        """Is the message being sent by this program now?"""
        return key in self._at_work

    def trace(self, actor: Actor, built: Built) -> None:
        """The journal line before a message is sent again."""
        self._trail.intent(actor, built)

    def decided(self, actor: Actor, record: OutboxRecord, what: str) -> None:
        """The journal line of what a person decided about a message of the outbox.

        Raises:
            MssError: it could not be written: nothing is decided.
        """
        self._trail.decision(actor, record, what)

    def note(self, record: OutboxRecord) -> OutboxRecord:
        """Write a record and return it."""
        self._records.write(record)
        return record

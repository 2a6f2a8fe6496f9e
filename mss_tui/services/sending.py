"""Sending a message that was admitted: SMTP, what became of it, the copy in Sent.

At each step the record says what is true if the program dies there; `unknown` is written before DATA begins and stays
unless the server's answer came (design.md, Outbox; RFC 1047).
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace

from mss_tui.errors import MssError
from mss_tui.mime.build_stored import stored_copy
from mss_tui.model.draft import Built, Draft, Origin
from mss_tui.model.folder import Role
from mss_tui.model.message import ANSWERED, FORWARDED, PARTLY
from mss_tui.model.people import Actor
from mss_tui.model.sending import LEFT, SendReport, SendState, SentCopy
from mss_tui.phrase import say
from mss_tui.ports.store import OutboxRecord
from mss_tui.ports.submission import Decide, Watch
from mss_tui.services.admission import Admission
from mss_tui.services.shelf import ref_of


class Sender(Admission):
    """Sends from one account."""

    async def send(
        self, draft: Draft, actor: Actor, *, confirmed: Mapping[str, str], decide: Decide, watch: Watch
    ) -> SendReport:
        """Send a draft.

        Args:
            confirmed: rule ids that the sender accepted, each with a reason (which may be empty).
            decide: asked before DATA when some recipients, not all, were refused.

        Raises:
            Blocked, Unconfirmed: the rules say no, or ask.
            OutcomeUnknown: this very draft may have left already.
            MssError: nothing left, for certain; the draft is kept.
        """
        with self.at_work(draft.key):
            built, record = await self.admit(draft, actor, confirmed)
            report = await self.leave(built, record, actor, stored_copy(built, draft.bcc), decide=decide, watch=watch)
        if report.state in LEFT:
            await self.answered(draft)
            await self.tidy(draft)
        return report

    async def leave(
        self,
        built: Built,
        record: OutboxRecord,
        actor: Actor,
        copy: bytes,
        *,
        decide: Decide,
        watch: Watch,
        attended: bool = True,
    ) -> SendReport:
        """Submit what was admitted, then bring its copy to Sent.

        Args:
            copy: the sender's own copy, for where none is stored.
            attended: somebody sees the outcome now; else a message that could not leave waits for the next run.

        Raises:
            MssError: nothing left this time, for certain.
        """
        before = record.state
        if before is not SendState.UNKNOWN:  # what may have left once is unknown until it surely left
            record = self.note(replace(record, state=SendState.SENDING))
        begun = False

        def before_data() -> None:
            nonlocal begun
            self.note(replace(record, state=SendState.UNKNOWN))
            begun = True

        def back(state: SendState) -> SendState:
            if before is SendState.UNKNOWN:
                return SendState.UNKNOWN
            return state if attended else SendState.QUEUED

        try:
            report = await self._submission.submit(built, decide=decide, watch=watch, before_data=before_data)
        except MssError as error:
            record = replace(record, state=back(SendState.DRAFT))
            self._trail.outcome(actor, record, "failed", error=type(error).__name__)
            await self._give_back(record)
            raise
        except BaseException as error:
            record = replace(record, state=SendState.UNKNOWN if begun else back(SendState.DRAFT))
            self._trail.outcome(actor, record, "failed", error=type(error).__name__)
            with suppress(MssError):
                self.note(record)
            raise
        state = report.state
        if state in (SendState.REFUSED, SendState.DRAFT):
            state = SendState.UNKNOWN if before is SendState.UNKNOWN else state if attended else SendState.REFUSED
        return await self._settle(replace(report, state=state), record, actor, copy)

    async def _settle(self, report: SendReport, record: OutboxRecord, actor: Actor, copy: bytes) -> SendReport:
        """Write down what became of the message, before anything else can go wrong; then see to its copy."""
        codes = tuple(answer.code for answer in report.recipients)
        record = replace(record, state=report.state, answers=codes)
        left = report.state in LEFT
        try:
            self.note(record)
        except MssError as error:
            report = replace(report, remark=error.what)
        self._trail.outcome(actor, record, "done" if left else "failed", codes=" ".join(map(str, codes)))
        if report.state is SendState.UNKNOWN:
            return replace(
                report,
                remark=say(
                    "Le message est peut-être parti : cherchez-le dans Envoyés, "
                    "attendez un accusé, et ne le renvoyez qu'ensuite."
                ),
            )
        if left:
            with suppress(MssError):  # who is known is a convenience: the message left all the same
                self._wrote_to([answer.address for answer in report.recipients if answer.accepted])
            return replace(report, sent_copy=await self.file(record, copy))
        await self._give_back(record)
        return report

    async def file(self, record: OutboxRecord, copy: bytes | None = None) -> SentCopy:
        """Bring the copy of a message that left to Sent. May be called again until it is there; never raises."""
        try:
            state = await self.shelf.sent(ref_of(record), record.message_id, record.at, copy)
        except MssError:
            return SentCopy.WAITING
        with suppress(MssError):
            settled = state is SentCopy.STORED or (state is SentCopy.NONE and not record.stored_uid)
            if record.state is SendState.ACCEPTED and settled:
                self._records.remove(record.key)
            else:
                self.note(replace(record, copied=state is SentCopy.STORED))
        if record.state is SendState.PARTLY_REFUSED and state is SentCopy.STORED:
            with suppress(MssError):
                ref = await self.shelf.find(Role.SENT, record.message_id, record.at)
                if ref is not None:
                    await self.shelf.mark(ref, PARTLY)
        return state

    async def _give_back(self, record: OutboxRecord) -> None:
        """Nothing left: the stored message is an ordinary draft again, unless it waits or may have left before."""
        with suppress(MssError):
            self.note(record)
            ref = ref_of(record)
            if ref is not None and record.state in (SendState.DRAFT, SendState.REFUSED):
                await self.shelf.release(ref)

    async def answered(self, draft: Draft) -> None:
        """Once a message left: mark what it answers. What fails here is no news about the message."""
        keyword = {Origin.REPLY: ANSWERED, Origin.REPLY_ALL: ANSWERED, Origin.FORWARD: FORWARDED}.get(draft.origin)
        if draft.answers is not None and keyword is not None:
            with suppress(MssError):
                await self.shelf.mark(draft.answers, keyword)

    async def tidy(self, draft: Draft) -> None:
        """Once a message left, or waits on the server with all it holds: drop the saved draft.

        Not before: its attachments may be parts of that draft. What fails here is no news about the message.
        """
        if draft.saved_as is not None:
            with suppress(MssError):
                await self.shelf.drop(draft.saved_as)

"""The outbox: what waits, what was cut short, what nobody knows; and who may send it again."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from mss_tui.errors import AuthRefused, MssError, NotFound, OutcomeUnknown, UsageError
from mss_tui.mime.build import build, split_recipient
from mss_tui.mime.build_stored import from_stored, stored_copy
from mss_tui.model.folder import Role
from mss_tui.model.message import DRAFT, SEEN, SENDING
from mss_tui.model.sending import SendState, SentCopy
from mss_tui.phrase import say
from mss_tui.services.waiting import LATE, TooLate
from tests.sending.desk import Here, here
from tests.sending.fakes import GONE, MemoryRecords, MemoryStore, MemorySubmission
from tests.sending.samples import ACTOR, LEFEBVRE, MARTIN, NOW, PATIENT, PHARMACY, account, draft

TOMORROW = NOW + timedelta(hours=23)
KEY = draft().key
DENIED = AuthRefused(say("Non."))


async def queued(desk: Here, **changes: object) -> str:
    return await desk.outbox.queue(draft(**changes), ACTOR, confirmed={}, due=TOMORROW)


async def unknown(**options: object) -> Here:
    desk = here(submission=MemorySubmission(state=SendState.UNKNOWN), **options)  # type: ignore[arg-type]
    await desk.send(draft())
    desk.submission.state = SendState.ACCEPTED
    return desk


async def test_a_message_that_waits_is_on_the_server_and_leaves_when_it_is_due() -> None:
    desk = here()
    key = await queued(desk, bcc=(PHARMACY,))
    (waiting,) = desk.outbox.list()
    assert (waiting.key, waiting.state, waiting.due, waiting.recipients) == (key, SendState.QUEUED, TOMORROW, 2)
    assert desk.store.of(Role.DRAFTS)[0].flags == {SEEN, DRAFT, SENDING}
    assert await desk.outbox.run(ACTOR, watch=desk.watch) == ()
    assert desk.submission.left == []
    desk.clock.at = TOMORROW
    (attempt,) = await desk.outbox.run(ACTOR, watch=desk.watch)
    assert attempt.report is not None
    assert attempt.report.state is SendState.ACCEPTED
    assert desk.submission.left[0].recipients == (LEFEBVRE, PHARMACY)
    assert desk.submission.left[0].data == desk.checked[0].data
    assert desk.outbox.list() == ()
    assert desk.store.of(Role.DRAFTS) == []
    assert len(desk.store.of(Role.SENT)) == 1
    assert desk.phases() == ["intent", "intent", "done"]


async def test_what_is_long_overdue_stays_until_somebody_says_that_it_may_leave() -> None:
    desk = here()
    key = await queued(desk)
    desk.clock.at = TOMORROW + LATE
    assert not desk.outbox.list()[0].late
    desk.clock.at += timedelta(seconds=1)
    assert desk.outbox.list()[0].late
    (held,) = await desk.outbox.run(ACTOR, watch=desk.watch)
    assert isinstance(held.error, TooLate)
    assert (held.key, desk.submission.left, desk.outbox.list()[0].state) == (key, [], SendState.QUEUED)
    (left,) = await desk.outbox.run(ACTOR, watch=desk.watch, late=True)
    assert left.report is not None
    assert left.report.state is SendState.ACCEPTED


async def test_what_is_long_overdue_can_be_sent_by_name() -> None:
    desk = here()
    key = await queued(desk)
    desk.clock.at = TOMORROW + 2 * LATE
    report = await desk.outbox.retry(key, ACTOR, decide=desk.decide, watch=desk.watch)
    assert report.state is SendState.ACCEPTED


async def test_the_saved_draft_gives_way_to_the_message_that_waits() -> None:
    desk = here()
    saved = await desk.store.append("Brouillons", b"Message-ID: <d@x>\r\n\r\n")
    await queued(desk, saved_as=saved)
    assert [kept.flags for kept in desk.store.of(Role.DRAFTS)] == [{SEEN, DRAFT, SENDING}]


async def test_what_the_server_does_not_keep_is_in_no_queue() -> None:
    for store in (MemoryStore(fails={"append": GONE}), MemoryStore(folders_={Role.SENT: "Envoyés"})):
        desk = here(store=store)
        with pytest.raises(MssError):
            await queued(desk)
        assert desk.outbox.list() == ()


async def test_sending_undone_is_a_draft_again() -> None:
    desk = here()
    key = await queued(desk)
    ref = await desk.outbox.discard(key, ACTOR)
    assert ref == desk.store.of(Role.DRAFTS)[0].ref
    assert desk.store.of(Role.DRAFTS)[0].flags == {SEEN, DRAFT}
    assert desk.outbox.list() == ()
    desk.clock.at = TOMORROW
    assert await desk.outbox.run(ACTOR, watch=desk.watch) == ()
    assert desk.submission.left == []


async def test_a_message_without_a_line_when_it_is_due_waits_for_the_next_run() -> None:
    desk = here(submission=MemorySubmission(fails=GONE))
    await queued(desk)
    desk.clock.at = TOMORROW
    (attempt,) = await desk.outbox.run(ACTOR, watch=desk.watch)
    assert attempt.error is GONE
    assert desk.outbox.list()[0].state is SendState.QUEUED
    assert desk.store.of(Role.DRAFTS)[0].flags == {SEEN, DRAFT, SENDING}
    desk.submission.fails = None
    (attempt,) = await desk.outbox.run(ACTOR, watch=desk.watch)
    assert attempt.report is not None
    assert len(desk.submission.left) == 1


async def test_a_refused_password_is_not_tried_on_the_next_message() -> None:
    desk = here(submission=MemorySubmission(fails=DENIED))
    await queued(desk)
    await queued(desk, key="8899")
    desk.clock.at = TOMORROW
    assert len(await desk.outbox.run(ACTOR, watch=desk.watch)) == 1
    assert [w.state for w in desk.outbox.list()] == [SendState.QUEUED, SendState.QUEUED]


async def test_a_partial_refusal_with_nobody_there_sends_to_nobody_and_is_shown() -> None:
    desk = here(submission=MemorySubmission(answers={PHARMACY: 550}))
    await queued(desk, cc=(PHARMACY,))
    desk.clock.at = TOMORROW
    await desk.outbox.run(ACTOR, watch=desk.watch)
    assert desk.submission.left == []
    (waiting,) = await desk.outbox.recover()
    assert (waiting.state, waiting.codes) == (SendState.REFUSED, (250, 550))
    assert await desk.outbox.run(ACTOR, watch=desk.watch) == ()


async def test_an_unknown_message_leaves_again_only_when_somebody_says_so_and_is_the_same() -> None:
    desk = await unknown()
    report = await desk.retry(KEY)
    assert report.state is SendState.ACCEPTED
    assert desk.submission.left == [desk.checked[0]]
    assert report.message_id == desk.checked[0].message_id
    assert desk.outbox.list() == ()
    assert len(desk.store.of(Role.SENT)) == 1


@pytest.mark.parametrize(
    "submission",
    [MemorySubmission(fails=GONE), MemorySubmission(answers={LEFEBVRE: 550}), MemorySubmission(fails_in_data=GONE)],
)
async def test_an_unknown_message_that_fails_again_is_still_unknown(submission: MemorySubmission) -> None:
    desk = await unknown()
    desk.submission.fails, desk.submission.answers = submission.fails, submission.answers
    desk.submission.fails_in_data = submission.fails_in_data
    try:
        report = await desk.retry(KEY)
    except MssError:
        pass
    else:
        assert report.state is SendState.UNKNOWN
    assert desk.outbox.list()[0].state is SendState.UNKNOWN
    assert SendState.SENDING not in desk.records.states[desk.records.states.index(SendState.UNKNOWN) :]
    assert desk.store.of(Role.DRAFTS)[0].flags == {SEEN, DRAFT, SENDING}


async def test_an_unknown_message_that_was_found_goes_to_sent_without_being_sent_again() -> None:
    desk = await unknown()
    desk.submission.left.clear()
    assert await desk.outbox.left(KEY, ACTOR) is SentCopy.STORED
    assert desk.submission.left == []
    assert desk.outbox.list() == ()
    assert len(desk.store.of(Role.SENT)) == 1


async def test_an_unknown_message_given_up_is_a_draft() -> None:
    desk = await unknown()
    await desk.outbox.discard(KEY, ACTOR)
    assert desk.store.of(Role.DRAFTS)[0].flags == {SEEN, DRAFT}
    with pytest.raises(NotFound):
        await desk.retry(KEY)


async def test_a_copy_changed_on_the_server_does_not_leave() -> None:
    desk = await unknown()
    kept = desk.store.of(Role.DRAFTS)[0]
    for data in (
        kept.data.replace(b"Lettre", b"Autre lettre"),
        kept.data.replace(LEFEBVRE.encode(), b"espion@ailleurs.mssante.fr"),
        b"Bcc: espion@ailleurs.mssante.fr\r\n" + kept.data,
        b"From: x\r\n\r\n",
        b"",
    ):
        kept.data = data
        with pytest.raises(UsageError):
            await desk.retry(KEY)
    assert desk.submission.left == []
    assert desk.outbox.list()[0].state is SendState.UNKNOWN


async def test_a_copy_that_is_gone_is_said() -> None:
    desk = await unknown(store=MemoryStore(uidplus=False))
    desk.store.kept.clear()
    desk.records.records[KEY] = replace(desk.records.records[KEY], stored_uid=0)
    with pytest.raises(NotFound, match="brouillons"):
        await desk.retry(KEY)


async def test_nobody_takes_a_message_that_is_being_sent() -> None:
    desk = here(submission=MemorySubmission(wait_before=asyncio.Event()))
    sending = asyncio.ensure_future(desk.send(draft()))
    await desk.submission.reached.wait()
    for act in (desk.retry(KEY), desk.outbox.discard(KEY, ACTOR), desk.outbox.left(KEY, ACTOR)):
        with pytest.raises(NotFound):
            await act
    assert [w.state for w in await desk.outbox.recover()] == [SendState.SENDING]
    assert desk.submission.wait_before is not None
    desk.submission.wait_before.set()
    assert (await sending).state is SendState.ACCEPTED


async def test_nobody_takes_a_message_of_another_program() -> None:
    desk = await unknown()
    desk.records.others.add(KEY)
    (waiting,) = await desk.outbox.recover()
    assert waiting.elsewhere
    for act in (desk.retry(KEY), desk.outbox.discard(KEY, ACTOR), desk.outbox.left(KEY, ACTOR)):
        with pytest.raises(NotFound, match="un autre mss-tui"):
            await act


async def test_messages_of_other_accounts_are_not_touched() -> None:
    desk = await unknown()
    desk.records.records[KEY] = replace(desk.records.records[KEY], account="ehpad")
    assert desk.outbox.list() == ()
    with pytest.raises(NotFound):
        await desk.retry(KEY)


async def test_a_message_cut_short_before_data_is_a_draft_after_a_restart() -> None:
    desk = await unknown()
    desk.records.records[KEY] = replace(desk.records.records[KEY], state=SendState.SENDING)
    assert await desk.outbox.recover() == ()
    assert desk.store.of(Role.DRAFTS)[0].flags == {SEEN, DRAFT}


async def test_a_scheduled_message_cut_short_before_data_waits_again() -> None:
    desk = here()
    key = await queued(desk)
    desk.records.records[key] = replace(desk.records.records[key], state=SendState.SENDING)
    assert [w.state for w in await desk.outbox.recover()] == [SendState.QUEUED]
    assert desk.store.of(Role.DRAFTS)[0].flags == {SEEN, DRAFT, SENDING}


async def test_recovery_without_a_line_changes_nothing_and_is_tried_again() -> None:
    desk = await unknown()
    desk.records.records[KEY] = replace(desk.records.records[KEY], state=SendState.ACCEPTED)
    desk.store.fails = dict.fromkeys(("folders", "move", "append", "search", "flag"), GONE)
    assert [w.state for w in await desk.outbox.recover()] == [SendState.ACCEPTED]
    desk.store.fails = {}
    assert await desk.outbox.recover() == ()
    assert len(desk.store.of(Role.SENT)) == 1


async def test_a_record_written_before_its_copy_was_stored_is_forgotten() -> None:
    desk = here(records=MemoryRecords())
    await queued(desk)
    (record,) = desk.records.records.values()
    desk.store.kept.clear()
    desk.records.records[KEY] = replace(record, stored_uid=0)
    assert await desk.outbox.recover() == ()


async def test_refused_messages_stay_in_view_until_somebody_decides() -> None:
    desk = here(submission=MemorySubmission(answers={LEFEBVRE: 550}))
    await desk.send(draft())
    assert [w.codes for w in await desk.outbox.recover()] == [(550,)]
    desk.submission.answers = {}
    assert (await desk.retry(KEY)).state is SendState.ACCEPTED


async def test_a_message_partly_refused_is_settled_by_hand() -> None:
    desk = here(submission=MemorySubmission(answers={PHARMACY: 550}))
    await desk.send(draft(cc=(PHARMACY,)))
    assert [w.state for w in await desk.outbox.recover()] == [SendState.PARTLY_REFUSED]
    with pytest.raises(NotFound):
        await desk.retry(KEY)
    with pytest.raises(OutcomeUnknown):
        await queued(desk)
    ref, people = await desk.outbox.refused(KEY)
    assert (ref, people) == (desk.store.of(Role.SENT)[0].ref, (PHARMACY,))
    assert await desk.outbox.discard(KEY, ACTOR) is None
    assert (desk.journal.lines[-1].act, desk.journal.lines[-1].details["decision"]) == ("outbox", "discarded")
    assert len(desk.store.of(Role.SENT)) == 1


@pytest.mark.parametrize("bcc", [(), (PHARMACY,), ("Pharmacie, du Pont <p@pont.mssante.fr>", PHARMACY, PATIENT) * 9])
def test_a_stored_copy_gives_back_exactly_what_leaves(bcc: tuple[str, ...]) -> None:
    message = draft(to=('"É, b" <x@y.mssante.fr>', LEFEBVRE), cc=("Dr A, B <a@b.mssante.fr>",), bcc=bcc)
    built = build(message, account(label="Dr_Éric, MARTIN"), MARTIN, [], now=NOW, message_id="<abcdefgh@x.mssante.fr>")
    copy = stored_copy(built, bcc)
    assert from_stored(copy) == built
    assert copy.endswith(built.data)
    assert all(str(split_recipient(b)[1]).encode() in copy for b in bcc)

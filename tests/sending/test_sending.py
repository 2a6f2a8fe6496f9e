"""One message on its way: what the sender, the journal, the records and the server's folders say at each turn."""

from __future__ import annotations

import asyncio
import os
from dataclasses import replace
from pathlib import Path

import pytest

from mss_tui.errors import ExitCode, MssError, NotFound, OutcomeUnknown, ServerRefused, UsageError
from mss_tui.model.draft import LocalFile, Origin, RemotePart
from mss_tui.model.folder import Role
from mss_tui.model.message import ANSWERED, DRAFT, FORWARDED, SEEN, SENDING, MessageRef
from mss_tui.model.sending import SendState, SentCopy
from mss_tui.model.verdict import Place, Severity, State, Verdict, Where
from mss_tui.phrase import say
from mss_tui.services.refusals import Blocked, Unconfirmed
from tests.sending.desk import here
from tests.sending.fakes import GONE, MemoryJournal, MemoryRecords, MemoryStore, MemorySubmission
from tests.sending.samples import ACTOR, LEFEBVRE, PATIENT, PHARMACY, draft

ASKS = Verdict("destinataire.non-verifie", Severity.CONFIRM, State.VIOLATED, Where(Place.TO, LEFEBVRE))
BLOCKS = Verdict("destinataire.hors-espace", Severity.BLOCK, State.VIOLATED, Where(Place.CC, "jean@gmail.com"))
FULL = ServerRefused(say("La boîte est pleine."))


async def test_an_accepted_message_is_in_sent_and_nowhere_else() -> None:
    desk = here()
    report = await desk.send(draft())
    assert report.state is SendState.ACCEPTED
    assert report.sent_copy is SentCopy.STORED
    assert desk.store.of(Role.DRAFTS) == []
    (copy,) = desk.store.of(Role.SENT)
    assert copy.data == desk.submission.left[0].data
    assert copy.flags == {SEEN}
    assert desk.records.records == {}
    assert desk.records.states == [
        SendState.SENDING,
        SendState.SENDING,
        SendState.SENDING,
        SendState.UNKNOWN,
        SendState.ACCEPTED,
    ]
    assert desk.phases() == ["intent", "done"]


async def test_the_rules_see_the_very_octets_that_leave() -> None:
    desk = here()
    await desk.send(draft())
    assert desk.checked == desk.submission.left


async def test_it_waits_in_drafts_under_its_mark_while_it_leaves() -> None:
    desk = here()
    seen: list[frozenset[str]] = []
    desk.submission.hook = lambda step: seen.extend(k.flags for k in desk.store.of(Role.DRAFTS))
    await desk.send(draft())
    assert set(seen) == {frozenset({SEEN, DRAFT, SENDING})}


async def test_a_block_stops_before_anything_is_stored_or_said() -> None:
    desk = here(verdicts=(BLOCKS, ASKS))
    with pytest.raises(Blocked, match="hors de l'espace de confiance") as stop:
        await desk.send(draft(), **{ASKS.rule: "ok"})
    assert stop.value.exit_code is ExitCode.RULE_BLOCKS
    assert stop.value.verdicts == (BLOCKS, ASKS)
    assert desk.store.calls == []
    assert desk.journal.lines == []
    assert desk.submission.left == []


async def test_a_confirmation_that_was_not_given_stops_and_one_that_was_is_written_down() -> None:
    unknown = replace(BLOCKS, state=State.UNKNOWN)
    desk = here(verdicts=(unknown, ASKS))
    with pytest.raises(Unconfirmed, match="vérifi") as stop:
        await desk.send(draft())
    assert stop.value.exit_code is ExitCode.NOT_CONFIRMED
    assert desk.journal.lines == []
    await desk.send(draft(), **{unknown.rule: "", ASKS.rule: "vu au téléphone", "objet.vague": "sans objet"})
    details = desk.journal.lines[0].details
    assert details["confirm:destinataire.hors-espace"] == "oui"
    assert details["confirm:destinataire.non-verifie"] == "vu au téléphone"
    assert "confirm:objet.vague" not in details
    assert desk.acceptances.accepted == [("destinataire.hors-espace?", "jean@gmail.com"), (ASKS.rule, LEFEBVRE)]


async def test_the_journal_names_recipients_and_no_content() -> None:
    desk = here()
    await desk.send(draft(cc=(PATIENT,), subject="Secret"))
    details = desk.journal.lines[0].details
    assert details["to1"] == LEFEBVRE
    assert details["to2"] == PATIENT
    assert "Secret" not in str(desk.journal.lines)


async def test_without_a_journal_nothing_leaves() -> None:
    desk = here(journal=MemoryJournal(fails=("intent",)))
    with pytest.raises(MssError, match="journal"):
        await desk.send(draft())
    assert desk.store.calls == []
    assert desk.submission.left == []


async def test_a_journal_that_fails_afterwards_hides_nothing() -> None:
    desk = here(journal=MemoryJournal(fails=("done",)))
    assert (await desk.send(draft())).state is SendState.ACCEPTED


async def test_without_a_record_nothing_leaves() -> None:
    for state in (SendState.SENDING, SendState.UNKNOWN):
        desk = here(records=MemoryRecords(fails_at=state))
        with pytest.raises(MssError, match="disque"):
            await desk.send(draft())
        assert desk.submission.left == []


async def test_a_lost_connection_before_data_leaves_an_ordinary_draft() -> None:
    desk = here(submission=MemorySubmission(fails=GONE))
    with pytest.raises(MssError, match="coupée"):
        await desk.send(draft())
    (kept,) = desk.store.of(Role.DRAFTS)
    assert kept.flags == {SEEN, DRAFT}
    assert desk.records.records[draft().key].state is SendState.DRAFT
    assert desk.phases() == ["intent", "failed"]


async def test_a_loss_during_data_but_before_the_dot_is_known_to_have_sent_nothing() -> None:
    desk = here(submission=MemorySubmission(fails_in_data=GONE))
    with pytest.raises(MssError, match="coupée"):
        await desk.send(draft())
    assert desk.records.records[draft().key].state is SendState.DRAFT


async def test_an_unknown_outcome_is_kept_and_never_sent_again_by_itself() -> None:
    desk = here(submission=MemorySubmission(state=SendState.UNKNOWN))
    report = await desk.send(draft())
    assert report.state is SendState.UNKNOWN
    assert report.remark is not None
    assert desk.store.of(Role.DRAFTS)[0].flags == {SEEN, DRAFT, SENDING}
    assert desk.records.records[draft().key].state is SendState.UNKNOWN
    with pytest.raises(OutcomeUnknown, match="peut-être"):
        await desk.send(draft())
    desk.clock.go(10 * 86400)
    assert await desk.outbox.run(ACTOR, watch=desk.watch) == ()
    assert [w.state for w in await desk.outbox.recover()] == [SendState.UNKNOWN]


async def test_a_refusal_gives_the_draft_back_and_keeps_every_answer() -> None:
    desk = here(submission=MemorySubmission(answers={LEFEBVRE: 550}))
    report = await desk.send(draft())
    assert report.state is SendState.REFUSED
    assert report.sent_copy is SentCopy.NONE
    assert desk.store.of(Role.DRAFTS)[0].flags == {SEEN, DRAFT}
    assert desk.records.records[draft().key].answers == (550,)


async def test_sending_again_after_a_refusal_leaves_one_copy() -> None:
    desk = here(submission=MemorySubmission(answers={LEFEBVRE: 550}))
    first = await desk.send(draft())
    desk.submission.answers = {}
    second = await desk.send(draft(subject="corrigé"))
    assert second.state is SendState.ACCEPTED
    assert first.message_id != second.message_id
    assert desk.store.of(Role.DRAFTS) == []
    assert len(desk.store.of(Role.SENT)) == 1


async def test_a_partial_refusal_asks_and_a_yes_sends_to_the_others() -> None:
    desk = here(submission=MemorySubmission(answers={PHARMACY: 550}))
    report = await desk.send(draft(cc=(PHARMACY,)))
    assert report.state is SendState.PARTLY_REFUSED
    assert [a.code for a in desk.asked[0]] == [250, 550]
    record = desk.records.records[draft().key]
    assert (record.state, record.answers, record.copied) == (SendState.PARTLY_REFUSED, (250, 550), True)
    with pytest.raises(OutcomeUnknown, match="déjà parti"):
        await desk.send(draft(cc=(PHARMACY,)))


async def test_a_partial_refusal_and_a_no_leave_a_draft() -> None:
    desk = here(submission=MemorySubmission(answers={PHARMACY: 550}), goes_on=False)
    report = await desk.send(draft(cc=(PHARMACY,)))
    assert report.state is SendState.DRAFT
    assert desk.submission.left == []
    assert desk.store.of(Role.DRAFTS)[0].flags == {SEEN, DRAFT}


async def test_blind_copies_are_kept_in_the_sender_s_copy_alone() -> None:
    desk = here()
    await desk.send(draft(bcc=(PHARMACY,)))
    (copy,) = desk.store.of(Role.SENT)
    assert copy.data == f"Bcc: {PHARMACY}\r\n".encode() + desk.submission.left[0].data
    assert PHARMACY.encode() not in desk.submission.left[0].data


async def test_a_server_without_move_gets_the_copy_by_append_first() -> None:
    desk = here(store=MemoryStore(move_works=False))
    report = await desk.send(draft())
    assert report.sent_copy is SentCopy.STORED
    assert len(desk.store.of(Role.SENT)) == 1
    assert desk.store.of(Role.DRAFTS) == []
    assert desk.store.calls.index("expunge") > [i for i, c in enumerate(desk.store.calls) if c == "append"][1]


async def test_a_server_without_uidplus_is_found_out_by_message_id() -> None:
    desk = here(store=MemoryStore(uidplus=False))
    report = await desk.send(draft())
    assert report.sent_copy is SentCopy.STORED
    assert desk.store.of(Role.SENT)[0].flags == {SEEN}
    assert desk.store.of(Role.DRAFTS) == []


async def test_a_copy_that_cannot_be_stored_now_is_brought_later_and_not_twice() -> None:
    desk = here()
    desk.store.lies = {"move"}
    report = await desk.send(draft())
    assert report.state is SendState.ACCEPTED
    assert report.sent_copy is SentCopy.WAITING
    desk.store.lies = set()
    assert await desk.outbox.recover() == ()
    assert len(desk.store.of(Role.SENT)) == 1
    assert desk.store.of(Role.DRAFTS) == []


async def test_a_copy_stored_by_an_append_whose_answer_was_lost_is_not_stored_again() -> None:
    desk = here(store=MemoryStore(move_works=False, lies={"append"}))
    assert (await desk.send(draft())).sent_copy is SentCopy.WAITING
    desk.store.lies = set()
    assert await desk.outbox.recover() == ()
    assert len(desk.store.of(Role.SENT)) == 1
    assert desk.store.of(Role.DRAFTS) == []


async def test_a_full_mailbox_does_not_stop_a_message_and_its_copy_waits() -> None:
    desk = here(store=MemoryStore(fails={"append": FULL}))
    report = await desk.send(draft())
    assert report.state is SendState.ACCEPTED
    assert report.sent_copy is SentCopy.WAITING
    assert desk.records.records[draft().key].state is SendState.ACCEPTED


async def test_cancelled_before_data_nothing_leaves_and_the_record_says_so() -> None:
    desk = here(submission=MemorySubmission(wait_before=asyncio.Event()))
    sending = asyncio.ensure_future(desk.send(draft()))
    await desk.submission.reached.wait()
    sending.cancel()
    with pytest.raises(asyncio.CancelledError):
        await sending
    assert desk.records.records[draft().key].state is SendState.DRAFT
    assert desk.submission.left == []


async def test_cancelled_after_data_the_outcome_is_unknown() -> None:
    desk = here(submission=MemorySubmission(wait_after=asyncio.Event()))
    sending = asyncio.ensure_future(desk.send(draft()))
    await desk.submission.reached.wait()
    sending.cancel()
    with pytest.raises(asyncio.CancelledError):
        await sending
    assert desk.records.records[draft().key].state is SendState.UNKNOWN


@pytest.mark.parametrize(
    ("origin", "flag"), [(Origin.REPLY, ANSWERED), (Origin.REPLY_ALL, ANSWERED), (Origin.FORWARD, FORWARDED)]
)
async def test_the_message_answered_is_marked_once_the_answer_left(origin: Origin, flag: str) -> None:
    desk = here()
    received = await desk.store.append("INBOX", b"Message-ID: <r@x>\r\n\r\n")
    await desk.send(draft(origin=origin, answers=received))
    assert desk.store.of(Role.INBOX)[0].flags == {flag}


async def test_the_saved_draft_gives_way_to_the_message() -> None:
    desk = here()
    saved = await desk.store.append("Brouillons", b"Message-ID: <d@x>\r\n\r\n")
    await desk.send(draft(saved_as=saved))
    assert desk.store.of(Role.DRAFTS) == []


async def test_a_saved_draft_stays_until_the_message_left_for_its_parts_may_be_attached() -> None:
    desk = here(submission=MemorySubmission(fails=GONE))
    saved = await desk.store.append("Brouillons", b"Message-ID: <d@x>\r\n\r\n")
    with pytest.raises(MssError):
        await desk.send(draft(saved_as=saved))
    assert saved in [kept.ref for kept in desk.store.of(Role.DRAFTS)]
    desk.submission.fails = None
    await desk.send(draft(saved_as=saved))
    assert desk.store.of(Role.DRAFTS) == []


async def test_another_program_at_work_on_the_draft_is_respected() -> None:
    desk = here(records=MemoryRecords(others={draft().key}))
    with pytest.raises(MssError, match="Un autre mss-tui"):
        await desk.send(draft())
    assert desk.submission.left == []


async def test_attachments_are_read_when_the_message_is_built(tmp_path: Path) -> None:
    path = tmp_path / "lettre.pdf"
    path.write_bytes(b"%PDF-1.4 lettre")
    attached = LocalFile(path, "lettre.pdf", "application/pdf", 15)
    desk = here()
    await desk.send(draft(attachments=(attached,)))
    assert b"JVBERi0xLjQgbGV0dHJl" in desk.submission.left[0].data


async def test_a_file_that_changed_or_went_away_stops_the_message(tmp_path: Path) -> None:
    path = tmp_path / "lettre.pdf"
    attached = LocalFile(path, "lettre.pdf", "application/pdf", 15)
    desk = here()
    with pytest.raises(NotFound, match=r"lettre\.pdf"):
        await desk.send(draft(attachments=(attached,)))
    path.write_bytes(b"%PDF-1.4 autre lettre")
    with pytest.raises(UsageError, match="a changé"):
        await desk.send(draft(attachments=(attached,)))
    assert desk.store.calls == []


async def test_a_file_that_never_ends_is_none(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "tube")
    with pytest.raises(UsageError, match="n'est pas un fichier"):
        await here().send(draft(attachments=(LocalFile(tmp_path / "tube", "tube", "application/pdf", 5),)))


async def test_a_part_that_is_gone_stops_the_message() -> None:
    part = RemotePart(MessageRef("dr-martin", "INBOX", 7, 1), "2", "cr.pdf", "application/pdf", 5)
    desk = here()

    async def fetch(ref: MessageRef) -> object:
        raise NotFound(say("Ce message n'est plus là."))

    desk.store.fetch = fetch  # type: ignore[attr-defined]
    with pytest.raises(NotFound):
        await desk.send(draft(attachments=(part,)))

"""The timeline of a sent message, and the read receipts that others ask for."""

from __future__ import annotations

from email import message_from_bytes, policy

import pytest

from mss_tui.errors import ConfirmationNeeded, InternalError, MssError, NotFound, RefusedByRule, ServerRefused
from mss_tui.mime.build import build
from mss_tui.mime.report import read_report
from mss_tui.model.message import MDN_SENT, Row
from mss_tui.model.receipt import Event, Report
from mss_tui.model.sending import SendState
from mss_tui.phrase import say
from mss_tui.services.reading_receipts import ReadingReceipts
from mss_tui.services.receipts import Receipts
from mss_tui.services.shelf import Shelf
from tests.sending.fakes import GONE, FixedClock, MemoryJournal, MemoryStore, MemorySubmission
from tests.sending.reports import ID, delivery, disposition, mail, person
from tests.sending.samples import ACTOR, LEFEBVRE, MARTIN, NOW, PATIENT, PHARMACY, account, draft


class HereWorker:
    """Runs the job in process; may be told to fail."""

    fails = False

    async def run(self, job: str, result: type[Report], data: bytes, *_: object, **__: object) -> Report:
        assert job == "report"
        if self.fails:
            raise InternalError(say("L'ouvrier est mort."))
        return read_report(data)


async def sent(store: MemoryStore, **changes: object) -> Row:
    message = build(draft(**changes), account(), MARTIN, [], now=NOW, message_id=ID)
    ref = await store.append("Envoyés", message.data)
    assert ref is not None
    return (await store.rows_of("Envoyés", [ref.uid]))[0]


def receipts(store: MemoryStore, worker: object = None) -> Receipts:
    return Receipts(store, Shelf(account(), store), worker or HereWorker())  # type: ignore[arg-type]


async def test_each_recipient_s_receipts_stand_in_order_under_their_name() -> None:
    store = MemoryStore()
    row = await sent(store, to=(LEFEBVRE, PATIENT), cc=(PHARMACY,), want_reading=True)
    read = disposition("manual-action/MDN-sent-manually; displayed").replace(b"a@b.mssante.fr", LEFEBVRE.encode())
    await store.append("INBOX", read.replace(b"09:15:00", b"18:30:00"))
    await store.append(
        "INBOX",
        delivery(person("delivered", "2.0.0", address=LEFEBVRE.upper()), person("failed", "5.2.2", address=PHARMACY)),
    )
    await store.append("INBOX", mail("Re: CR", f"In-Reply-To: {ID}\n", sender="x@y.mssante.fr"))
    await store.append("INBOX", delivery(person("delivered", "2.0.0", address="liste@z.mssante.fr")))
    timeline = await receipts(store).of(row)
    assert [p.address for p in timeline.people] == [LEFEBVRE, PATIENT, PHARMACY]
    assert [[r.event for r in p.receipts] for p in timeline.people] == [
        [Event.DELIVERED, Event.READ],
        [],
        [Event.FAILED],
    ]
    assert [p.failed for p in timeline.people] == [False, False, True]
    assert timeline.people[1].last is None
    assert [r.recipient for r in timeline.others] == ["liste@z.mssante.fr"]
    assert timeline.reading_asked
    assert timeline.complete
    assert len(timeline.reports) == 3


async def test_a_report_about_another_message_is_not_ours() -> None:
    store = MemoryStore()
    row = await sent(store)
    other = delivery(person("failed", "5.1.1", address=LEFEBVRE)).replace(
        b"Message-ID: " + ID.encode(), b"Message-ID: <autre@x>\r\nReferences: " + ID.encode()
    )
    await store.append("INBOX", other)
    assert (await receipts(store).of(row)).people[0].receipts == ()


async def test_a_report_that_only_knows_the_envelope_is_ours() -> None:
    store = MemoryStore()
    row = await sent(store)
    data = delivery(person("delivered", "2.0.0", address=LEFEBVRE)).replace(b"Message-ID: " + ID.encode(), b"X: y")
    await store.append("INBOX", data)
    assert (await receipts(store).of(row)).people[0].receipts[0].event is Event.DELIVERED


async def test_a_report_that_cannot_be_read_is_said() -> None:
    store = MemoryStore()
    row = await sent(store)
    await store.append("INBOX", delivery(person("delivered", "2.0.0", address=LEFEBVRE)))
    worker = HereWorker()
    worker.fails = True
    timeline = await receipts(store, worker).of(row)
    assert not timeline.complete
    assert timeline.people[0].last is None


async def test_without_a_line_there_is_no_timeline() -> None:
    store = MemoryStore()
    row = await sent(store)
    store.fails = {"search": GONE}
    with pytest.raises(MssError):
        await receipts(store).of(row)


REQUEST = (
    "Return-Path: <{path}>\r\nFrom: Anne <{path}>\r\nTo: dr.martin@medecin.mssante.fr\r\n"
    "Disposition-Notification-To: {to}\r\nOriginal-Recipient: rfc822;dr.martin@medecin.mssante.fr\r\n"
    "Subject: CR biologie\r\nMessage-ID: " + ID + "\r\n\r\nBonjour.\r\n"
)


class Answers:
    """Read receipts with everything around them in memory."""

    def __init__(self) -> None:
        self.store = MemoryStore()
        self.submission = MemorySubmission()
        self.journal = MemoryJournal()
        self.receipts = ReadingReceipts(
            account(),
            MARTIN,
            store=self.store,  # type: ignore[arg-type]
            submission=self.submission,
            journal=self.journal,  # type: ignore[arg-type]
            clock=FixedClock(),
        )

    async def received(self, to: str = LEFEBVRE, path: str = LEFEBVRE, data: bytes = b"") -> Row:
        ref = await self.store.append("INBOX", data or REQUEST.format(to=to, path=path).encode())
        assert ref is not None
        return (await self.store.rows_of("INBOX", [ref.uid]))[0]


@pytest.fixture
def answers() -> Answers:
    return Answers()


async def test_a_receipt_is_sent_once_by_hand_and_comes_back_as_read(answers: Answers) -> None:
    row = await answers.received()
    asked = await answers.receipts.asked(row)
    assert asked is not None
    assert (str(asked.to), asked.elsewhere, asked.answered) == (LEFEBVRE, False, False)
    await answers.receipts.send(row, ACTOR)
    (built,) = answers.submission.left
    assert built.sender == ""
    assert built.recipients == (LEFEBVRE,)
    found = read_report(built.data)
    assert found.message_id == ID
    assert (found.receipts[0].event, found.receipts[0].automatic) == (Event.READ, False)
    assert found.receipts[0].recipient == account().address
    assert found.receipts[0].wanted == account().address
    message = message_from_bytes(built.data, policy=policy.default)
    assert message.get_content_type() == "multipart/report"
    assert message["Subject"] == "Lu : CR biologie"
    kinds = [part.get_content_type() for part in message.iter_parts()]
    assert kinds == ["text/plain", "message/disposition-notification", "message/rfc822"]
    assert REQUEST.format(to=LEFEBVRE, path=LEFEBVRE).encode() in built.data
    assert answers.store.kept["INBOX"][0].flags == {MDN_SENT}
    assert [(line.act, line.phase) for line in answers.journal.lines] == [
        ("read_receipt", "intent"),
        ("read_receipt", "done"),
    ]
    again = (await answers.store.rows_of("INBOX", [row.ref.uid]))[0]
    with pytest.raises(NotFound):
        await answers.receipts.send(again, ACTOR)


async def test_a_message_that_is_not_plain_ascii_goes_back_as_its_header(answers: Answers) -> None:
    data = REQUEST.format(to=LEFEBVRE, path=LEFEBVRE).replace("Bonjour.", "Été =_ " + "x" * 2000).encode()
    await answers.receipts.send(await answers.received(data=data), ACTOR)
    built = answers.submission.left[0]
    assert built.data.isascii()
    assert b"text/rfc822-headers" in built.data
    assert "Été".encode() not in built.data
    assert read_report(built.data).message_id == ID


async def test_a_receipt_elsewhere_than_the_sender_is_asked_about(answers: Answers) -> None:
    row = await answers.received(to=PHARMACY)
    with pytest.raises(ConfirmationNeeded, match="pharmacie"):
        await answers.receipts.send(row, ACTOR)
    assert answers.submission.left == []
    await answers.receipts.send(row, ACTOR, although_elsewhere=True)
    assert answers.submission.left[0].recipients == (PHARMACY,)


async def test_a_receipt_never_leaves_the_trust_space(answers: Answers) -> None:
    row = await answers.received(to="x@gmail.com", path="x@gmail.com")
    with pytest.raises(RefusedByRule, match="hors de l'espace"):
        await answers.receipts.send(row, ACTOR, although_elsewhere=True)
    assert answers.submission.left == []


@pytest.mark.parametrize("to", ["", "personne", f"{LEFEBVRE}, {PHARMACY}", "a@b"])
async def test_what_asks_nothing_clear_is_not_answered(answers: Answers, to: str) -> None:
    row = await answers.received(to=to)
    assert await answers.receipts.asked(row) is None
    with pytest.raises(NotFound):
        await answers.receipts.send(row, ACTOR)


async def test_a_receipt_that_did_not_leave_may_be_tried_again(answers: Answers) -> None:
    row = await answers.received()
    answers.submission.fails = GONE
    with pytest.raises(MssError, match="coupée"):
        await answers.receipts.send(row, ACTOR)
    answers.submission.fails = None
    answers.submission.answers = {LEFEBVRE: 550}
    with pytest.raises(ServerRefused, match="accusé"):
        await answers.receipts.send(row, ACTOR)
    assert answers.store.kept["INBOX"][0].flags == set()
    assert [line.phase for line in answers.journal.lines] == ["intent", "failed", "intent", "failed"]


async def test_a_receipt_that_may_have_left_is_not_sent_twice(answers: Answers) -> None:
    answers.submission.state = SendState.UNKNOWN
    await answers.receipts.send(await answers.received(), ACTOR)
    assert answers.store.kept["INBOX"][0].flags == {MDN_SENT}


async def test_without_a_journal_no_receipt_leaves(answers: Answers) -> None:
    answers.journal.fails = ("intent",)
    with pytest.raises(MssError, match="journal"):
        await answers.receipts.send(await answers.received(), ACTOR)
    assert answers.submission.left == []

"""A desk of fakes: the real services of a mailbox over ports in memory, for tests of the screens."""

from __future__ import annotations

import threading
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from mss_tui.adapters.clock import SetClock
from mss_tui.config.policies import load_policy
from mss_tui.errors import MssError
from mss_tui.mime.build import File
from mss_tui.model.directory import DirectoryEntry, SearchResult, Tier
from mss_tui.model.draft import Built, LocalFile, RemotePart
from mss_tui.model.mailbox import Remembered
from mss_tui.model.message import SEEN, Attachment, Header, MessageRef, Part, Reading, Row
from mss_tui.model.people import Account, Actor, Call, Endpoint, MailboxType, Person, Profile
from mss_tui.model.sending import RecipientAnswer, SendReport, SendState
from mss_tui.ports.directory import Filters
from mss_tui.ports.registers import PatientStore
from mss_tui.ports.store import Entry, OutboxRecord
from mss_tui.ports.submission import Progress, Stage
from mss_tui.rules.catalogue import catalogue
from mss_tui.services.annuaire import Annuaire
from mss_tui.services.attached import Attached
from mss_tui.services.box import Box
from mss_tui.services.checking import Checker
from mss_tui.services.desk import Desk, Place
from mss_tui.services.documents import Documents
from mss_tui.services.handling import Acts
from mss_tui.services.outbox import Outbox
from mss_tui.services.reading_receipts import ReadingReceipts
from mss_tui.services.receipts import Receipts
from mss_tui.services.registers import Registers
from mss_tui.services.sending import Sender
from mss_tui.text import DisplayText, clean, clean_lines
from tests.support.fake_mail import NOW, FakeMail, correspondent
from tests.support.jobs import JobsHere
from tests.support.keeping_mail import KeepingMail, ReportsHere

ADDRESS = "garde@hopital.mssante.fr"
PERSON = Person("Jean MARTIN", "Dr", "10100000001", "Cabinet du Port")


class FakeFacts:
    def __init__(self) -> None:
        self.known: dict[str, Remembered] = {}

    def of(self, account: str) -> Remembered:
        return self.known.get(account, Remembered(account))

    def update(self, account: str, **changes: Any) -> Remembered:
        self.known[account] = replace(self.of(account), **changes)
        return self.known[account]


class FakeJournal:
    def __init__(self, clock: SetClock) -> None:
        self.lines: list[Entry] = []
        self._clock = clock

    def write(self, actor: Actor, mailbox: str, act: str, phase: str, **details: str) -> None:
        self.lines.append(Entry(self._clock.now(), actor.person.name, actor.proof, mailbox, act, phase, details))

    def entries(self, last: int = 200) -> Sequence[Entry]:
        return self.lines[-last:]


class FakeAcceptances:
    def __init__(self) -> None:
        self.pairs: set[tuple[str, str]] = set()

    def recent(self, days: int) -> frozenset[tuple[str, str]]:
        return frozenset(self.pairs)

    def accept(self, rule: str, item: str) -> None:
        self.pairs.add((rule, item))


class FakeRecords:
    def __init__(self) -> None:
        self.kept: dict[str, OutboxRecord] = {}

    def write(self, record: OutboxRecord) -> None:
        self.kept[record.key] = record

    def claim(self, key: str) -> OutboxRecord | None:
        return self.kept.get(key)

    def all(self) -> Sequence[tuple[OutboxRecord, bool]]:
        return [(record, False) for record in self.kept.values()]

    def remove(self, key: str) -> None:
        self.kept.pop(key, None)


class FakeSubmission:
    """Takes every message; `refused` recipients are refused, `failure` is raised instead."""

    def __init__(self) -> None:
        self.sent: list[Built] = []
        self.refused: set[str] = set()
        self.failure: MssError | None = None

    async def limit(self) -> int | None:
        return 60_000_000

    async def authenticate(self) -> None:
        if self.failure is not None:
            raise self.failure

    async def submit(
        self,
        built: Built,
        *,
        decide: Callable[[tuple[RecipientAnswer, ...]], Awaitable[bool]],
        watch: Callable[[Progress], None],
        before_data: Callable[[], None],
    ) -> SendReport:
        watch(Progress(Stage.ADDRESSING, 0, len(built.data)))
        if self.failure is not None:
            raise self.failure
        answers = tuple(
            RecipientAnswer(r, 550, clean("inconnu")) if r in self.refused else RecipientAnswer(r, 250, clean("OK"))
            for r in built.recipients
        )
        refused = [a for a in answers if not a.accepted]
        if refused and (len(refused) == len(answers) or not await decide(answers)):
            return SendReport(built.message_id, SendState.REFUSED, answers)
        before_data()
        watch(Progress(Stage.DONE, len(built.data), len(built.data)))
        self.sent.append(built)
        return SendReport(built.message_id, SendState.PARTLY_REFUSED if refused else SendState.ACCEPTED, answers)


@dataclass
class Body:
    """What the fake reader shows of a message."""

    text: str = "Bonjour,\n\nveuillez trouver le compte rendu.\n\nBien confraternellement"
    attachments: tuple[Attachment, ...] = ()
    quoted_from: int | None = None
    headers: tuple[tuple[str, str], ...] = ()


class FakeReader:
    """Opens rows of a `FakeMail`; with `unwashed` it gives what it has as it is, as a faulty adapter would."""

    unwashed = False

    def __init__(self, mail: FakeMail) -> None:
        self._mail = mail
        self.bodies: dict[int, Body] = {}
        self.saved: list[tuple[str, Path]] = []
        self.prefetched: list[int] = []
        self.pieces: dict[tuple[int, str], bytes] = {}

    async def open(self, row: Row, actor: Actor, *, mark: bool = True) -> Reading:
        await self._mail._called("open-message", row.ref)
        body = self.bodies.get(row.ref.uid, Body())
        if mark and SEEN not in row.flags:
            row = replace(row, flags=row.flags | {SEEN})
            await self._mail.flag([row.ref], [SEEN])
        wash = (lambda text: text) if self.unwashed else clean
        headers = (("From", f"{row.sender.name} <{row.sender.address}>"), ("Subject", row.subject), *body.headers)
        return Reading(
            row=row,
            headers=tuple(Header(wash(name), wash(value)) for name, value in headers),
            text=DisplayText(body.text) if self.unwashed else clean_lines(body.text),
            attachments=body.attachments,
            quoted_from=body.quoted_from,
        )

    async def peek(self, row: Row) -> Reading:
        return await self.open(row, Actor(PERSON), mark=False)

    async def row(self, ref: MessageRef) -> Row:
        (found,) = await self._mail.rows_of(ref.folder, [ref.uid])
        return found

    async def save(
        self,
        ref: MessageRef,
        attachment: Attachment,
        folder: Path,
        actor: Actor,
        watch: Callable[[int], None] | None = None,
    ) -> Path:
        path = folder / attachment.name
        self.saved.append((attachment.section, path))
        return path

    async def save_message(self, row: Row, folder: Path, actor: Actor) -> Path:
        path = folder / "message.eml"
        self.saved.append(("", path))
        return path

    async def octets(self, ref: MessageRef, section: str, watch: Callable[[int], None] | None = None) -> bytes:
        return self.pieces[ref.uid, section]

    async def beginning(self, ref: MessageRef, section: str, octets: int) -> bytes:
        return self.pieces.get((ref.uid, section), b"")[:octets]

    async def part(self, ref: MessageRef, section: str) -> Part:
        return Part(section, "text/plain", encoding="8bit", charset="utf-8")

    def learned(self, reading: Reading) -> None:
        pass

    async def raw(self, ref: MessageRef) -> DisplayText:
        return clean_lines(f"Return-Path: <x>\r\nSubject: brut {ref.uid}\r\n\r\ncorps brut")

    def prefetch(self, rows: Sequence[Row]) -> None:
        self.prefetched += [row.ref.uid for row in rows]


def entry(family: str, given: str, address: str, **more: Any) -> DirectoryEntry:
    cleaned = {name: clean(value) if isinstance(value, str) else value for name, value in more.items()}
    return DirectoryEntry(address, more.pop("type", "PER"), clean(family), clean(given), **cleaned)


ENTRIES = (
    entry("LEFEBVRE", "Anne", "anne.lefebvre@chu-lyon.mssante.fr", title="Dr", rpps="10100007018",
          profession="Médecin", speciality="cardiologue", structure="CH Lyon Sud",
          town="Pierre-Bénite", postal_code="69310"),
    entry("LEFEBVRE", "Anne", "anne.lefebvre@infirmier.mssante.fr", rpps="10100002231",
          profession="Infirmier", structure="Cabinet Part-Dieu", town="Lyon", postal_code="69003"),
    entry("LEFEVRE", "Anna", "a.lefevre@medecin.mssante.fr", title="Dr", rpps="10100004410",
          profession="Médecin", speciality="cardiologue", structure="Cabinet",
          town="Lyon", postal_code="69006", tier=Tier.NEAR),
)  # fmt: skip


class FakeKnown:
    def __init__(self) -> None:
        self.kept: list[str] = []

    def favourites(self) -> tuple[str, ...]:
        return tuple(self.kept)

    def recent(self) -> tuple[str, ...]:
        return ()

    def set_favourite(self, address: str, favourite: bool) -> None:
        self.kept = [a for a in self.kept if a != address] + [address] * favourite

    def wrote_to(self, addresses: Sequence[str]) -> None:
        self.kept += []


class FakeIndex:
    """Knows `ENTRIES` and the mailbox itself; a search for words in `hold` waits until the test lets it go."""

    def __init__(self) -> None:
        self.searches: list[str] = []
        self.hold: dict[str, threading.Event] = {}
        self.failure: MssError | None = None

    def search(
        self, words: str, filters: Filters = Filters(), limit: int = 50, prefer: Sequence[str] = ()
    ) -> SearchResult:
        self.searches.append(words)
        if words in self.hold:
            self.hold[words].wait(10)
        if self.failure is not None:
            raise self.failure
        first = words.split()[0].casefold() if words.split() else "?"
        hits = tuple(e for e in ENTRIES if e.family.casefold().startswith(first) or first.startswith("lefeb"))
        return SearchResult(hits[:limit], 1, len(hits) > limit, 535_928)

    def of_address(self, address: str) -> tuple[DirectoryEntry, ...]:
        if address.lower() == ADDRESS:
            return (entry("MARTIN", "Jean", ADDRESS, rpps="10100000001"),)
        return tuple(e for e in ENTRIES if e.address == address.lower())

    def homonyms(self, entry: DirectoryEntry, limit: int = 20) -> tuple[DirectoryEntry, ...]:
        same = (e for e in ENTRIES if (e.family, e.given) == (entry.family, entry.given))
        return tuple(e for e in same if e.rpps != entry.rpps)[:limit]

    def formerly(self, address: str) -> bool:
        return False

    def labels(self, codes: Collection[str]) -> dict[str, str]:
        return {}

    def age_days(self) -> int | None:
        return 1

    def close(self) -> None:
        pass


async def read_file(attachment: LocalFile | RemotePart) -> File:
    data = attachment.path.read_bytes() if isinstance(attachment, LocalFile) else b"transmis"
    return attachment.name, attachment.type, data


@dataclass
class FakeDesk:
    """The desk and every fake in it."""

    desk: Desk
    mail: KeepingMail
    reader: FakeReader
    index: FakeIndex
    submission: FakeSubmission
    facts: FakeFacts
    journal: FakeJournal
    acceptances: FakeAcceptances
    clock: SetClock
    others: Mapping[str, FakeMail] = field(default_factory=dict)


def account(name: str = "garde", address: str = ADDRESS, kind: MailboxType = MailboxType.PER) -> Account:
    return Account(
        id=name,
        address=address,
        type=kind,
        policy=load_policy("sn-hdf"),
        imap=Endpoint("localhost", 143),
        smtp=Endpoint("localhost", 587),
        label="Dr_Jean_MARTIN_Cabinet du Port",
    )


def row(uid: int, sender: str, subject: str, *, hours: float = 3, flags: Sequence[str] = (), **more: Any) -> Row:
    """A row received some hours before the fakes' present."""
    when = NOW - timedelta(hours=hours)
    return Row(
        ref=MessageRef("garde", "INBOX", 7, uid),
        sender=correspondent(sender),
        to=(correspondent(f"<{ADDRESS}>"),),
        subject=clean(subject),
        date=when,
        received=when,
        size=5_300,
        flags=frozenset(flags),
        message_id=f"<{uid}@essai.mssante.fr>",
        **more,
    )


def sample_rows() -> tuple[Row, ...]:
    """An inbox of the night: every mark at least once."""
    return (
        row(60, "Labo BIOSUD <resultats-noreply@biosud.mssante.fr>", "CR biologie", hours=1, has_documents=True),
        row(59, "Dr Anne LEFEBVRE <anne.lefebvre@chu-lyon.mssante.fr>", "Lettre de liaison - sortie VIAL Paul",
            hours=5, has_documents=True, has_attachment=True),
        row(58, "SSIAD du Parc <ssiad@parc.mssante.fr>", "Demande de passage", hours=80, flags=[SEEN]),
        row(57, "Léo DUPOND <279035121518989@patient.mssante.fr>", "Question sur l'ordonnance",
            hours=89, flags=[SEEN, "$MssTraite", "\\Answered"]),
        row(56, "Pharmacie du Pont <pharmacie@pont.mssante.fr>", "Renouvellement", hours=24 * 85,
            flags=[SEEN, "$MssClasse"]),
        row(55, "Jean <jean@gmail.com>", "coucou", hours=50, flags=[SEEN, "\\Flagged"], has_attachment=True),
    )  # fmt: skip


def make_desk(
    rows: Sequence[Row] | None = None,
    *,
    total: int | None = None,
    moment: datetime = NOW,
    second: bool = False,
    undo_seconds: int = 0,
    patients: PatientStore | None = None,
    kind: MailboxType = MailboxType.PER,
    reads: bool = False,
) -> FakeDesk:
    """A desk of one mailbox (two with `second`), at a fixed moment; with `reads` the rules see what is attached."""
    clock = SetClock(moment)
    facts, journal, acceptances = FakeFacts(), FakeJournal(clock), FakeAcceptances()
    facts.update("garde", baseline=moment - timedelta(days=30), connected=moment, read=moment)
    index, submission = FakeIndex(), FakeSubmission()
    annuaire = Annuaire(index, None, clock, known=FakeKnown())  # type: ignore[arg-type]
    accounts = [account(kind=kind)]
    if second:
        accounts.append(account("ehpad", "secretariat@ehpad-tilleuls.mssante.fr", MailboxType.ORG))
    calls = (Call("Régulation", "15"), Call("Labo BIOSUD", "04 00 00 00 00"))
    profile = Profile("garde", PERSON, tuple(accounts), calls=calls, undo_seconds=undo_seconds)
    documents = Documents(JobsHere(), journal)
    registers = Registers(patients, journal, clock) if patients is not None else None
    attached = Attached(read_file, JobsHere()) if reads else None
    places: list[Place] = []
    mails: list[KeepingMail] = []
    readers: list[FakeReader] = []
    for number, one in enumerate(accounts):
        mail = KeepingMail(one.id, (sample_rows() if rows is None else rows) if number == 0 else (), total=total)
        reader = FakeReader(mail)
        records = FakeRecords()
        checker = Checker(
            profile, one, catalogue(), annuaire, acceptances, clock, attached, remembered=facts, registers=registers
        )
        sender = Sender(
            one,
            PERSON,
            store=mail,
            submission=submission,
            records=records,
            journal=journal,
            acceptances=acceptances,
            clock=clock,
            check=checker.check_built,
            read=read_file,
            accepted=checker.sent,
            wrote_to=annuaire.wrote_to,
        )
        box = Box(one, mail, facts, catalogue(), clock, by_person=True)
        box.documents_of = documents.facts_of_row
        outbox = Outbox(sender, records, clock)
        receipts = Receipts(mail, sender.shelf, ReportsHere())
        answers = ReadingReceipts(one, PERSON, store=mail, submission=submission, journal=journal, clock=clock)
        acts = Acts(box, journal)
        services = (box, reader, acts, checker, sender, outbox, receipts, answers, submission)
        places.append(Place(one, *services))  # type: ignore[arg-type]
        mails.append(mail)
        readers.append(reader)

    async def nothing() -> None:
        return None

    desk = Desk(
        profile,
        Actor(PERSON),
        tuple(places),
        annuaire,
        journal,
        facts,
        catalogue(),
        clock,
        documents,
        nothing,  # type: ignore[arg-type]
        registers=registers,
    )
    others = {one.id: mail for one, mail in zip(accounts[1:], mails[1:], strict=True)}
    return FakeDesk(desk, mails[0], readers[0], index, submission, facts, journal, acceptances, clock, others)

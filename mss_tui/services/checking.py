"""The rules at work on a draft or a message: facts are gathered here, verdicts come from `rules`.

`check` is pure and instant: it uses what is known now. `learn` asks the annuaire about recipients not yet known and
says whether `check` would now answer otherwise; the front end runs it apart, so that a keystroke never waits.
"""

from __future__ import annotations

from dataclasses import replace

from mss_tui.errors import MssError, UsageError
from mss_tui.mime.build import encoded_size, estimate
from mss_tui.mime.header import split_header
from mss_tui.mime.sniff import is_encrypted, pixels, sniffed_type
from mss_tui.model.address import Kind, kind_of, parse_address, split_named
from mss_tui.model.directory import Publication, Verification
from mss_tui.model.draft import Built, Draft, LocalFile, Origin, RemotePart
from mss_tui.model.facts import AttachmentFact, DocumentFact, IncomingFacts, OutgoingFacts, PatientFact, RecipientFact
from mss_tui.model.folder import Quota
from mss_tui.model.ins import ins_of_address, parse_ins
from mss_tui.model.message import Reading
from mss_tui.model.paris import day
from mss_tui.model.people import Account, Call, Profile
from mss_tui.model.policy import Policy
from mss_tui.model.verdict import Place, Verdict
from mss_tui.ports.clock import Clock
from mss_tui.ports.directory import TrustSpace
from mss_tui.ports.store import Acceptances, FactsFile
from mss_tui.record import dataclass
from mss_tui.rules.catalogue import Catalogue
from mss_tui.rules.engine import check_incoming, check_outgoing
from mss_tui.rules.numbers import text_numbers
from mss_tui.services.annuaire import Annuaire
from mss_tui.services.attached import Attached
from mss_tui.services.composing import own_words
from mss_tui.services.mailbox_rules import MailboxRules
from mss_tui.services.registers import Registers
from mss_tui.services.validation import content_digest
from mss_tui.text import clean

REMEMBER_DAYS = 30
OWN_SPACE = "mssante.fr"


@dataclass(frozen=True, slots=True)
class Kept:
    """What was known before this message: what was accepted, who is known, the mailbox's volume, the white list."""

    accepted: frozenset[tuple[str, str]]
    correspondents: frozenset[str]
    quota: Quota | None
    white_list: bool | None


class Checker(MailboxRules):
    """Checks drafts and messages of one account."""

    def __init__(
        self,
        profile: Profile,
        account: Account,
        catalogue: Catalogue,
        annuaire: Annuaire,
        acceptances: Acceptances,
        clock: Clock,
        attached: Attached | None = None,
        remembered: FactsFile | None = None,
        registers: Registers | None = None,
    ) -> None:
        super().__init__(profile, account, catalogue, clock)
        self._attached = attached
        self._remembered = remembered
        self._registers = registers
        self._patients: dict[str, tuple[PatientFact, bool | None]] = {}
        self._annuaire = annuaire
        self._acceptances = acceptances
        self._known: dict[str, Verification] = {}
        self._server_limit: int | None = None
        self._kept: Kept | None = None

    def server_limit(self, octets: int | None) -> None:
        """The submission server's SIZE, once it is known."""
        self._server_limit = octets

    def check(self, draft: Draft) -> tuple[Verdict, ...]:
        """Verdicts on a draft, from what is known now; most severe first."""
        return check_outgoing(self.facts(draft, estimate(draft)), self._catalogue)

    def check_built(self, draft: Draft, built: Built) -> tuple[Verdict, ...]:
        """Verdicts on what will really leave: the built bytes' size, the envelope's recipients, the X-MSS fields."""
        fields = tuple(
            (name, value.decode("ascii", "replace"))
            for name, value in split_header(built.data)
            if name.startswith("x-mss-")
        )
        return check_outgoing(replace(self.facts(draft, len(built.data)), headers=fields), self._catalogue)

    def facts(self, draft: Draft, encoded: int) -> OutgoingFacts:
        """The facts of a draft whose message takes `encoded` octets."""
        kept = self._kept = self._kept or self._read_kept()
        documents = self._attached.known(draft) if self._attached is not None else None
        return OutgoingFacts(
            account=self._account,
            policy=self._account.policy,
            person=self._profile.person,
            recipients=tuple(
                self._recipient(place, typed, draft, kept)
                for place, people in ((Place.TO, draft.to), (Place.CC, draft.cc), (Place.BCC, draft.bcc))
                for typed in people
                if typed.strip()
            ),
            subject=draft.subject,
            own_text=own_words(draft.body),
            quoted=draft.quoted,
            attachments=tuple(map(self._attachment, draft.attachments)),
            encoded=encoded,
            documents=documents,
            patients=self._patients_of(draft, documents),
            server_limit=self._server_limit,
            origin_new=draft.origin is Origin.NEW,
            remembered=kept.accepted,
            quota=kept.quota,
            white_list=kept.white_list,
            calls=self._profile.calls,
            reply_to=split_named(draft.reply_to)[1],
            last_to_patient=draft.last_to_patient,
            acting=self._profile.acting and bool(self._profile.person.name),
            departure=self._profile.departure,
            validation=self._profile.validation,
            validated=bool(draft.validated) and draft.validated == content_digest(draft),
            today=day(self._clock.now()),
        )

    def _read_kept(self) -> Kept:
        """What stays between messages; read again after each sending."""
        trust, known = self._annuaire.trust, self._annuaire.known
        return Kept(
            accepted=self._acceptances.recent(self._account.policy.remember_days.value or REMEMBER_DAYS),
            correspondents=frozenset((*known.favourites(), *known.recent())) if known is not None else frozenset(),
            quota=self._remembered.of(self._account.id).quota if self._remembered is not None else None,
            white_list=_loaded(trust) if trust is not None else None,
        )

    def _attachment(self, attachment: LocalFile | RemotePart) -> AttachmentFact:
        first = self._attached.first(attachment) if self._attached is not None else None
        return AttachmentFact(
            attachment.name,
            attachment.type,
            attachment.size,
            encoded_size(attachment.size),
            inline=isinstance(attachment, RemotePart) and attachment.inline,
            sniffed=sniffed_type(first) if first else "",
            encrypted=is_encrypted(attachment.name, first) if first is not None else None,
            macros=self._attached.macros(attachment) if self._attached is not None else None,
            pixels=pixels(first) if first else None,
        )

    def _patients_of(self, draft: Draft, documents: tuple[DocumentFact, ...] | None) -> tuple[PatientFact, ...]:
        """What the registers know of every patient that the message names by INS."""
        if self._registers is None:
            return ()
        named = [ins_of_address(split_named(typed)[1]) for typed in draft.recipients]
        named += [parse_ins(document.ins) for document in documents or ()]
        named += [parse_ins(number.digits) for number in text_numbers(draft.subject, draft.body)]
        return tuple(self._patient(str(ins))[0] for ins in dict.fromkeys(named) if ins is not None)

    def _patient(self, ins: str) -> tuple[PatientFact, bool | None]:
        if self._registers is None:
            return PatientFact(ins), None
        if ins not in self._patients:
            self._patients[ins] = self._registers.fact(ins)
        return self._patients[ins]

    def documents(self, draft: Draft) -> tuple[DocumentFact, ...]:
        """What was read in the attachments so far."""
        return (self._attached.known(draft) if self._attached is not None else None) or ()

    def patient_name(self, draft: Draft, ins: str) -> str:
        """What the message calls the patient of an INS: as its documents name them, else as they are addressed."""
        for document in self.documents(draft):
            if document.ins.upper() == ins and document.birth_name:
                return f"{document.given} {document.birth_name}".strip()
        named = (split_named(typed) for typed in draft.recipients)
        return next((name for name, text in named if name and str(ins_of_address(text)) == ins), "")

    def _recipient(self, place: Place, typed: str, draft: Draft, kept: Kept) -> RecipientFact:
        name, text = split_named(typed)
        try:
            address = parse_address(text)
        except UsageError:
            address = None
        kind = kind_of(text, self._account.policy.extra_domains)
        known = self._known.get(text.lower())
        trust = self._annuaire.trust
        ins = ins_of_address(text)
        return RecipientFact(
            place=place,
            typed=clean(typed, 254),
            name=clean(name, 200),
            address=address,
            kind=kind,
            publication=known.state if known else Publication.UNKNOWN,
            entry=known.entry if known else None,
            homonyms=known.homonyms if known else (),
            formerly_published=known.formerly_published if known else False,
            services=known.services if known else None,
            known_correspondent=text.lower() in kept.correspondents,
            ins_qualified=self._patient(str(ins))[1] if ins is not None else None,
            in_thread=text.lower() in draft.thread if draft.thread else None,
            in_white_list=trust.in_white_list(address.domain) if trust is not None and address is not None else None,
        )

    async def learn(self, draft: Draft) -> bool:
        """Read attachments not read yet, and ask the annuaire about professionals it was not asked about yet.

        A directory that does not answer leaves a recipient unknown: the rule then asks, it never blocks.
        """
        learned = await self.read_attachments(draft)
        learned |= await self._open_registers(draft)
        for typed in draft.recipients:
            _, text = split_named(typed)
            key = text.lower()
            if key in self._known and self._known[key].state is not Publication.UNKNOWN:
                continue
            if kind_of(text, self._account.policy.extra_domains) is not Kind.PRO:
                continue
            try:
                parse_address(text)
                verification = await self._annuaire.verify(text)
            except MssError:
                continue
            learned = learned or self._known.get(key) != verification
            self._known[key] = verification
        return learned

    async def _open_registers(self, draft: Draft) -> bool:
        """Fetch what opens the registers once a patient is named; True when they may now answer otherwise."""
        if self._registers is None or not self._patients_of(draft, self.documents(draft)):
            return False
        try:
            new = await self._registers.prepare()
        except MssError:
            return False
        if new:
            self._patients.clear()
        return new

    async def read_attachments(self, draft: Draft) -> bool:
        """Read attachments for the rules, each once; True when something new is known."""
        return self._attached is not None and await self._attached.learn(draft)

    def chosen(self, verification: Verification) -> None:
        """The user picked this entry in a pane that showed its homonyms: it is verified, and not asked again."""
        self._known[verification.address.lower()] = verification

    def verification(self, address: str) -> Verification | None:
        """What is known of an address."""
        return self._known.get(address.lower())

    def incoming(self, reading: Reading, documents: tuple[DocumentFact, ...] | None = None) -> tuple[Verdict, ...]:
        """What the rules say of an opened message, with its documents where they were opened; only what shows."""
        if reading.row.sender.address.casefold() == self._account.address.casefold():
            # nobody asks oneself for a receipt: that is the request one's own message carries
            reading = replace(reading, row=replace(reading.row, receipt_to=""))
        return received(reading, self._account.policy, self._profile.calls, self._catalogue, documents)

    def sent(self) -> None:
        """Something was accepted, or a message left: what is kept is read again before the next check."""
        self._kept = None
        self._patients.clear()


def _loaded(trust: TrustSpace) -> bool | None:
    """Is the white list loaded? False where one is there and cannot be read, None where there is none."""
    if trust.in_white_list(OWN_SPACE) is not None:
        return True
    return False if trust.unreadable else None


def received(
    reading: Reading,
    policy: Policy,
    calls: tuple[Call, ...],
    catalogue: Catalogue,
    documents: tuple[DocumentFact, ...] | None = None,
) -> tuple[Verdict, ...]:
    """What the rules say of an opened message, wherever it came from; only what shows."""
    facts = IncomingFacts(
        row=reading.row,
        kind=kind_of(reading.row.sender.address, policy.extra_domains),
        policy=policy,
        text=reading.text,
        attachments=reading.attachments,
        return_path=reading.return_path,
        documents=documents,
        calls=calls,
    )
    return tuple(v for v in check_incoming(facts, catalogue) if v.shows)

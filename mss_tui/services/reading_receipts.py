"""Read receipts that others ask for: sent when a person chooses to, never by itself (ECO.3.1.6, security.md P16)."""

from __future__ import annotations

import secrets
from contextlib import suppress

from mss_tui.errors import ConfirmationNeeded, MssError, NotFound, RefusedByRule, ServerRefused
from mss_tui.mime.build import new_message_id
from mss_tui.mime.build_mdn import MAX_WHOLE, build_mdn
from mss_tui.mime.header import parse_mailboxes, split_header
from mss_tui.model.address import Address, in_trust_space, parse_address
from mss_tui.model.message import MDN_SENT, Row
from mss_tui.model.people import Account, Actor, Person
from mss_tui.model.sending import SendState
from mss_tui.phrase import say
from mss_tui.ports.clock import Clock
from mss_tui.ports.mail import MailStore
from mss_tui.ports.store import Journal
from mss_tui.ports.submission import Submission
from mss_tui.record import dataclass
from mss_tui.text import clean

ACT = "read_receipt"


@dataclass(frozen=True, slots=True)
class Asked:
    """A receipt that was asked for: `elsewhere` than the message came from, `answered` already, by anyone."""

    to: Address
    elsewhere: bool
    answered: bool


class ReadingReceipts:
    """Answers requests for read receipts, of one account."""

    def __init__(
        self,
        account: Account,
        person: Person | None,
        *,
        store: MailStore,
        submission: Submission,
        journal: Journal,
        clock: Clock,
        product: str = "",
    ) -> None:
        self._account = account
        self._person = person
        self._store = store
        self._submission = submission
        self._journal = journal
        self._clock = clock
        self._product = product

    async def asked(self, row: Row) -> Asked | None:
        """What the message asks, None when it asks nothing that can be answered.

        Raises:
            MssError: the message cannot be fetched.
        """
        return self._asked(row, dict(reversed(split_header((await self._store.fetch(row.ref)).header))))

    def _asked(self, row: Row, fields: dict[str, bytes]) -> Asked | None:
        people = parse_mailboxes(fields.get("disposition-notification-to", b""), 2)
        if len(people) != 1:
            return None
        try:
            to = parse_address(people[0].address)
        except MssError:
            return None
        came_from = [p.address.casefold() for p in parse_mailboxes(fields.get("return-path", b""), 1)]
        return Asked(to, came_from != [str(to).casefold()], MDN_SENT in row.flags)

    async def ignore(self, row: Row, actor: Actor) -> None:
        """No receipt is sent, and nobody is asked again: the mark says that it was dealt with (RFC 3503 §3.2).

        Raises:
            MssError: it could not be noted.
        """
        self._journal.write(
            actor, self._account.address, ACT, "note", message_id=clean(row.message_id, 200), decision="ignored"
        )
        await self._store.flag([row.ref], add=(MDN_SENT,))

    async def send(self, row: Row, actor: Actor, *, although_elsewhere: bool = False) -> None:
        """Send the receipt, and mark the message so that nobody sends it twice (RFC 3503).

        Args:
            although_elsewhere: the person saw that it goes to another address than the message came from.

        Raises:
            NotFound: none is asked, or it was sent already.
            RefusedByRule: it would leave the trust space (destinataire.hors-espace).
            ConfirmationNeeded: it goes elsewhere (RFC 8098 §2.1).
            MssError: it did not leave, or may not have.
        """
        header = (await self._store.fetch(row.ref)).header
        fields = dict(reversed(split_header(header)))
        asked = self._asked(row, fields)
        if asked is None or asked.answered:
            raise NotFound(say("Aucun accusé de lecture n'est à envoyer pour ce message."))
        if not in_trust_space(asked.to.domain, self._account.policy.extra_domains):
            raise RefusedByRule(
                say("L'accusé irait à {to}, hors de l'espace MSSanté : il ne part pas.", to=clean(str(asked.to)))
            )
        if asked.elsewhere and not although_elsewhere:
            raise ConfirmationNeeded(
                say("L'accusé irait à {to}, qui n'est pas l'adresse de retour du message.", to=clean(str(asked.to))),
                remedy=say("Envoyez-le seulement si vous connaissez cette adresse."),
            )
        whole = await self._store.section(row.ref, "", MAX_WHOLE + 1)
        built = build_mdn(
            self._account,
            self._person,
            asked.to,
            whole if len(whole) <= MAX_WHOLE else header,
            subject=row.subject,
            original_id=row.message_id,
            original_recipient=fields.get("original-recipient", b"").decode("ascii", "replace").replace(" ", ""),
            now=self._clock.now(),
            message_id=new_message_id(self._account, secrets.token_hex(16)),
            product=self._product,
        )
        details = {"message_id": clean(row.message_id, 200), "to1": str(asked.to)}
        self._journal.write(actor, self._account.address, ACT, "intent", **details)
        try:
            report = await self._submission.submit(
                built, decide=_never, watch=lambda step: None, before_data=lambda: None
            )
        except BaseException as error:
            with suppress(MssError):
                self._journal.write(actor, self._account.address, ACT, "failed", **details, error=type(error).__name__)
            raise
        left = report.state is not SendState.REFUSED
        with suppress(MssError):
            phase = "done" if left else "failed"
            self._journal.write(actor, self._account.address, ACT, phase, **details, state=report.state.value)
        if not left:
            words = report.answer or next((a.text for a in report.recipients), report.answer)
            raise ServerRefused(
                say("Le serveur d'envoi a refusé l'accusé de lecture."),
                meaning=say("Le message reste lu ; l'accusé n'est pas parti."),
                detail=words,
            )
        # one that may have left is not sent again: a second one would say no more
        with suppress(MssError):
            await self._store.flag([row.ref], add=(MDN_SENT,))


async def _never(answers: object) -> bool:
    return False

"""What becomes of a message submitted to the demo: answers to its recipients, their mailboxes, reports (RFC 3464).

Some addresses are scripted, so that refusals can be tried:

    refus@…       550 5.7.1   refused
    inconnu@…     550 5.1.1   no such mailbox (as is every address that nobody published)
    pleine@…      552 5.2.2   mailbox full
    plus-tard@…   450 4.2.0   greylisted: the first time only
    retour@…      accepted, then a failure report comes back
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Sequence
from email.utils import format_datetime, make_msgid
from enum import StrEnum

from mss_tui.demo.store import MailStore, OverQuota
from mss_tui.model.ins import PATIENT_DOMAIN, parse_ins
from mss_tui.model.paris import PARIS
from mss_tui.record import dataclass

DOMAIN = "demo.mssante.fr"

_SCRIPTED = {
    "refus": "550 5.7.1 refused by the recipient's policy",
    "inconnu": "550 5.1.1 no such mailbox",
    "pleine": "552 5.2.2 the mailbox is full",
}


class Notice(StrEnum):
    """When the sender wants a report (RFC 3461 §4.1)."""

    NEVER = "NEVER"
    SUCCESS = "SUCCESS"
    FAILURE = "FAILURE"
    DELAY = "DELAY"


@dataclass(frozen=True, slots=True)
class Recipient:
    """One accepted RCPT."""

    address: str
    notices: frozenset[Notice] = frozenset({Notice.FAILURE})
    original: str = ""


@dataclass(frozen=True, slots=True)
class _Outcome:
    recipient: Recipient
    action: str
    status: str
    words: str

    @property
    def wanted(self) -> bool:
        notice = Notice.FAILURE if self.action == "failed" else Notice.SUCCESS
        return notice in self.recipient.notices


class Delivery:
    """The post office of the demo.

    Args:
        published: says whether an address stands in the demo's directory.
    """

    def __init__(self, store: MailStore, published: Callable[[str], bool]) -> None:
        self._store = store
        self._published = published
        self._greylisted: set[str] = set()

    def answer(self, address: str) -> str:
        """The answer to RCPT."""
        local, _, domain = address.lower().rpartition("@")
        if local == "plus-tard" and address.lower() not in self._greylisted:
            self._greylisted.add(address.lower())
            return "450 4.2.0 greylisted, try again"
        if domain == DOMAIN or domain.endswith("." + DOMAIN):
            if local in _SCRIPTED:
                return _SCRIPTED[local]
            if local in ("plus-tard", "retour"):
                return "250 2.1.5 Ok"
        if domain == PATIENT_DOMAIN:
            ins = parse_ins(local)
            return "250 2.1.5 Ok" if ins is not None and ins.key_matches else "550 5.1.1 no such patient"
        if self._store.of(address) is not None or self._published(address):
            return "250 2.1.5 Ok"
        return "550 5.1.1 no such mailbox"

    def _one(self, recipient: Recipient, data: bytes) -> _Outcome:
        if recipient.address.lower().startswith("retour@"):
            return _Outcome(recipient, "failed", "5.1.1", "550 5.1.1 no such mailbox")
        if self._store.of(recipient.address) is None:
            return _Outcome(recipient, "delivered", "2.0.0", "250 2.0.0 delivered")
        try:
            self._store.deliver(recipient.address, data)
        except OverQuota:
            return _Outcome(recipient, "failed", "5.2.2", "552 5.2.2 the mailbox is full")
        return _Outcome(recipient, "delivered", "2.0.0", "250 2.0.0 stored in INBOX")

    def deliver(
        self, sender: str, recipients: Sequence[Recipient], data: bytes, *, full: bool, envelope_id: str
    ) -> str:
        """Put `data` into every mailbox of the demo it goes to; reports go into the sender's INBOX.

        Args:
            full: give the whole message back in failure reports, else its header (RFC 3461 §4.3).
        """
        now = format_datetime(self._store.clock().astimezone(PARIS))
        received = f"Received: from demo (127.0.0.1) by {DOMAIN} with ESMTPSA; {now}\r\n"
        data = f"Return-Path: <{sender}>\r\n{received}".encode("ascii", "replace") + data
        done = [self._one(recipient, data) for recipient in recipients]
        for action in ("delivered", "failed"):
            wanted = [outcome for outcome in done if outcome.action == action and outcome.wanted]
            if wanted and self._store.of(sender) is not None:
                try:
                    self._store.deliver(sender, self._report(sender, wanted, data, full=full, envelope_id=envelope_id))
                except OverQuota:
                    continue
        return "250 2.0.0 Ok: queued"

    def _report(
        self, sender: str, outcomes: Collection[_Outcome], original: bytes, *, full: bool, envelope_id: str
    ) -> bytes:
        failed = any(outcome.action == "failed" for outcome in outcomes)
        return report(
            sender,
            [(o.recipient.address, o.recipient.original, o.action, o.status, o.words) for o in outcomes],
            original,
            full=full and failed,
            envelope_id=envelope_id,
            date=format_datetime(self._store.clock().astimezone(PARIS)),
            message_id=make_msgid(domain=DOMAIN),
        )


def report(
    to: str,
    outcomes: Sequence[tuple[str, str, str, str, str]],
    original: bytes,
    *,
    full: bool,
    envelope_id: str,
    date: str,
    message_id: str,
) -> bytes:
    """A delivery status notification (RFC 3464), as bytes with CRLF.

    Args:
        outcomes: address, original recipient, action, status and the answer's words, one each.
        full: carry the whole `original`, else its header fields.
    """
    failed = any(outcome[2] == "failed" for outcome in outcomes)
    subject = "Undelivered Mail Returned to Sender" if failed else "Successful Mail Delivery Report"
    says = "n'a pas pu être remis à" if failed else "a été remis à"
    boundary = "=_" + hashlib.sha256(message_id.encode("ascii")).hexdigest()[:24]
    status = [f"Reporting-MTA: dns; {DOMAIN}"]
    if envelope_id:
        status.append(f"Original-Envelope-Id: {envelope_id}")
    for address, wanted, action, code, words in outcomes:
        status += ["", f"Final-Recipient: rfc822; {address}"]
        if wanted:
            status.append(f"Original-Recipient: {wanted}")
        status += [f"Action: {action}", f"Status: {code}", f"Diagnostic-Code: smtp; {words}"]
    header, empty, _ = original.partition(b"\r\n\r\n")
    back = original if full else header + empty
    top = [
        f"From: Mail Delivery System <MAILER-DAEMON@{DOMAIN}>",
        f"To: {to}",
        f"Subject: {subject}",
        f"Date: {date}",
        f"Message-ID: {message_id}",
        "Auto-Submitted: auto-replied",
        "MIME-Version: 1.0",
        f'Content-Type: multipart/report; report-type=delivery-status; boundary="{boundary}"',
        "",
        f"--{boundary}",
        "Content-Type: text/plain; charset=utf-8",
        "Content-Transfer-Encoding: 8bit",
        "",
        *(f"Votre message {says} {address} ({words})." for address, _, _, _, words in outcomes),
        "",
        f"--{boundary}",
        "Content-Type: message/delivery-status",
        "",
        *status,
        "",
        f"--{boundary}",
        f"Content-Type: {'message/rfc822' if full else 'text/rfc822-headers'}",
        "Content-Transfer-Encoding: 8bit",
        "",
        "",
    ]
    return "\r\n".join(top).encode("utf-8") + back + f"\r\n--{boundary}--\r\n".encode("ascii")

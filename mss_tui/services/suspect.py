"""Reporting a suspicious message: whom to tell, and the technical fields they need; never its words (faq 11).

The subject, the people it went to and the text may speak of a patient: they are left out. The original itself only ever
goes to an address of the trust space that the operator's policy names.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from mss_tui.model.address import Kind, in_trust_space, kind_of
from mss_tui.model.draft import Draft, HeldFile
from mss_tui.model.message import Header, Reading
from mss_tui.model.people import Account, Actor
from mss_tui.model.policy import Policy, Support
from mss_tui.phrase import Phrase, Translate, say
from mss_tui.ports.store import Journal
from mss_tui.record import dataclass
from mss_tui.services.composing import new_draft
from mss_tui.services.help import hours
from mss_tui.services.reading import Reader
from mss_tui.text import DisplayText, clean

ACT = "signaler"
HELD = "recu.pj-suspecte"
FIELDS = (
    *("return-path", "received", "received-spf", "authentication-results", "arc-authentication-results"),
    *("dkim-signature", "from", "sender", "reply-to", "date", "message-id", "user-agent", "x-mailer"),
    *("x-originating-ip", "x-mss-nil", "content-type"),
)
_PEOPLE = ("from", "sender", "reply-to", "return-path")
_INS = re.compile(r"\d{13,15}")
_ADDRESS = re.compile(r"[^\s<>,;]+@[^\s<>,;]+")


@dataclass(frozen=True, slots=True)
class Report:
    """What to tell, and whom. `open` says whether the support answers now; `address` is where the original may go."""

    operator: str
    support: Support
    open: Phrase | None
    headers: tuple[Header, ...]
    address: str = ""


def report_on(reading: Reading, policy: Policy, now: datetime) -> Report:
    """The report on a message."""
    support = policy.support
    domain = support.address.rpartition("@")[2].lower()
    trusted = bool(domain) and in_trust_space(domain, policy.extra_domains)
    patient = kind_of(reading.row.sender.address, policy.extra_domains) is Kind.PATIENT
    kept = [_masked(h, patient) for h in reading.headers if h.name.lower() in FIELDS]
    return Report(clean(policy.name, 80), support, hours(support, now), tuple(kept), support.address if trusted else "")


def _masked(header: Header, patient: bool) -> Header:
    """A field without what names a patient."""
    value = header.value
    if patient and header.name.lower() in _PEOPLE:
        found = _ADDRESS.search(value)
        value = DisplayText(f"<…@{found[0].rpartition('@')[2].rstrip('>')}>" if found else "…")
    return replace(header, value=clean(_INS.sub("…", value), 2_000))


def support_words(report: Report, translate: Translate = str) -> str:
    """Whom to tell, on one line."""
    support = report.support
    open_now = report.open.render(translate) if report.open is not None else ""
    told = (support.name, support.phone, open_now, support.portal, support.address)
    known = " · ".join(word for word in told if word)
    return known or say("support non renseigné ; demandez à votre gestionnaire des comptes").render(translate)


def report_text(report: Report, translate: Translate = str) -> str:
    """The report as lines to copy."""
    head = say("Signalement d'un message suspect ({operator})", operator=report.operator).render(translate)
    return "\n".join([head, "", *(f"{header.name}: {header.value}" for header in report.headers)])


def note_report(journal: Journal, actor: Actor, mailbox: str, reading: Reading, how: str) -> None:
    """Who reported which message, and how ("copie", "fichier", "message au support"); nothing of what it says.

    Raises:
        MssError: it could not be written.
    """
    ref = reading.row.ref
    known = {"from": ref.folder, "uids": str(ref.uid), "message_id": clean(reading.row.message_id, 200), "how": how}
    journal.write(actor, mailbox, ACT, "note", **known)


def note_accepted(journal: Journal, actor: Actor, mailbox: str, reading: Reading, n: int, why: str = "") -> None:
    """Who opened or kept how many pieces that a rule held back; no name: it may be a patient's.

    Raises:
        MssError: it could not be written: the pieces stay held.
    """
    ref = reading.row.ref
    known = {"from": ref.folder, "uids": str(ref.uid), "n": str(n), f"confirm:{HELD}": clean(why, 200) or "oui"}
    journal.write(actor, mailbox, "pieces", "note", **known)


async def draft_to_support(reading: Reading, report: Report, reader: Reader, account: Account) -> Draft:
    """A message to the support with the original in it, byte for byte; only where `report.address` is one.

    Raises:
        ValueError: the policy names no address of the trust space.
    """
    if not report.address:
        raise ValueError(report.operator)
    data = await reader.octets(reading.row.ref, "")
    name = f"message-suspect-{reading.row.ref.uid}.eml"
    original = HeldFile(Path(name), name, "message/rfc822", len(data), data)
    draft = new_draft(account, to=(report.address,), subject=str(say("Signalement d'un message suspect")))
    return replace(draft, body=report_text(report), attachments=(original,))

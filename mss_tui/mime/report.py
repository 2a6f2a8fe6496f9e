"""Reports on messages that were sent: DSN (RFC 3464), MDN (RFC 8098, CISIS-112/113), bounces in words.

Runs in the bounded worker, as any reading of a received message; never fails, and claims no more than the report does.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime

from mss_tui.mime.charset import decode
from mss_tui.mime.dates import parse_date
from mss_tui.mime.header import decode_words, parse_mailboxes, split_header
from mss_tui.mime.report_reason import reason_of
from mss_tui.mime.report_words import bounce_in_words, integration_error, looks_like_bounce, says_undelivered
from mss_tui.mime.split import Node, Split
from mss_tui.model.receipt import Event, Form, Reason, Receipt, Report
from mss_tui.text import DisplayText, clean

MAX_OCTETS = 2_000_000
MAX_GROUPS = 500
MAX_TEXT = 20_000
MAX_PEOPLE = 20

_BLANK_LINE = re.compile(rb"(?:\r?\n[ \t]*){2,}")
_FIELDS = re.compile(r"^Final-Recipient:", re.I | re.M)
_ADDRESS_TYPE = re.compile(r"\s*(?:[A-Za-z0-9/-]{1,20}\s*;)?\s*<?([^<>]*)>?")
_MESSAGE_ID = re.compile(r"<[^<>\s]{1,250}>")
_ENHANCED = re.compile(r"(?<![\d.])([245]\.\d{1,3}\.\d{1,3})(?![\d.])")
_XTEXT = re.compile(r"\+([0-9A-F]{2})")
_ACTIONS = {
    "failed": Event.FAILED,
    "delayed": Event.DELAYED,
    "delivered": Event.DELIVERED,
    "relayed": Event.RELAYED,
    "expanded": Event.DELIVERED,
}
_DISPOSITIONS = {
    "displayed": Event.READ,
    "processed": Event.INTEGRATED,
    "dispatched": Event.RELAYED,
    "deleted": Event.DELETED,
    "denied": Event.FAILED,
    "failed": Event.FAILED,
}
Fields = Mapping[str, bytes]


def report_job(data: bytes, options: Mapping[str, str | int]) -> Report:
    """Job `report`: a message as it lies on the server."""
    return read_report(data)


def read_report(data: bytes) -> Report:
    """What a received message says about one that was sent; `Form.NONE` when it is no report."""
    split = Split(data[:MAX_OCTETS])
    nodes = list(_leaves(split.root))
    head = _first(split_header(split.data[split.root.header : split.root.body]))
    status = next((n for n in nodes if n.type in ("message/delivery-status", "message/global-delivery-status")), None)
    disposition = next((n for n in nodes if n.type.endswith("disposition-notification")), None)
    words = _words(split, nodes)
    original = _original(split, nodes)
    about = _identifier(original.get("message-id", b""))
    at = parse_date(head.get("date", b""))
    subject = decode_words(head.get("subject", b""), 500)
    if disposition is not None:
        return _disposition(_first(split_header(split.octets(disposition))), subject, words, at, about)
    # where the report lost its structure on the way, its fields stand in the text
    fields = split.octets(status) if status is not None else words.encode() if _FIELDS.search(words) else b""
    if fields:
        report = _delivery(fields, at, about)
        if report.receipts:
            return replace(report, receipts=_with_words(report.receipts, words))
    code = integration_error(subject)
    if code is not None:
        reader = next((p.address for p in parse_mailboxes(head.get("from", b""), 1)), DisplayText(""))
        return Report(Form.WORDS, (_integration(code, reader, clean(words, 500), at),), about)
    by_system = looks_like_bounce(
        decode_words(head.get("from", b""), 300), subject, head.get("return-path", b"").strip()
    )
    if not (status or by_system or (about and says_undelivered(words))):
        return Report(Form.NONE)
    said, quoted = bounce_in_words(words, decode_words(head.get("to", b""), 300))
    if not said:
        said = tuple(Receipt(Event.FAILED, clean(a, 320), words=clean(words, 500)) for a in _sent_to(original))
    receipts = tuple(replace(r, at=at, reason=reason_of(r.code, r.words)) for r in said)
    return Report(Form.WORDS if receipts else Form.NONE, receipts, about or quoted)


def _leaves(root: Node) -> Iterator[Node]:
    stack = [root]
    while stack:
        node = stack.pop()
        if node.children:
            stack.extend(reversed(node.children))
        else:
            yield node


def _first(fields: tuple[tuple[str, bytes], ...]) -> dict[str, bytes]:
    """Fields by name, the first of each."""
    found: dict[str, bytes] = {}
    for name, value in fields:
        found.setdefault(name, value)
    return found


def _original(split: Split, nodes: list[Node]) -> Fields:
    """The header of the message that came back with the report, whole or in headers."""
    for node in nodes:
        if node.type in ("message/rfc822", "text/rfc822-headers", "message/global", "message/global-headers"):
            return _first(split_header(split.octets(node).lstrip()))
    return {}


def _sent_to(original: Fields) -> list[str]:
    """Whom the message that came back was for."""
    return [str(p.address) for p in parse_mailboxes(original.get("to", b""), MAX_PEOPLE) if p.address]


def _words(split: Split, nodes: list[Node]) -> str:
    """The part written for people."""
    node = next((n for n in nodes if n.type in ("text/plain", "text/html", "multipart/report")), None)
    if node is None:
        return ""
    charset = next((value for name, value in node.parameters if name == "charset"), b"").decode("latin-1")
    text = decode(split.octets(node)[: 4 * MAX_TEXT], charset)[:MAX_TEXT]
    return re.sub(r"<(?!\S+@)[^<>]{0,200}>", " ", text) if node.type == "text/html" else text


def _delivery(octets: bytes, at: datetime | None, about: str) -> Report:
    groups = [_first(split_header(g)) for g in _BLANK_LINE.split(octets.strip(), MAX_GROUPS)[:MAX_GROUPS]]
    general: Fields = groups[0] if groups else {}
    # some servers leave the blank line out: one group then holds both
    people = [g for g in groups if "final-recipient" in g or "original-recipient" in g]
    receipts = tuple(_delivered(g, parse_date(g.get("last-attempt-date", b"")) or at) for g in people)
    envelope = _text(general.get("original-envelope-id", b""))
    return Report(Form.DELIVERY, receipts, about, _XTEXT.sub(lambda m: chr(int(m[1], 16)), envelope))


def _delivered(group: Fields, at: datetime | None) -> Receipt:
    words = _text(group.get("diagnostic-code", b""), 500)
    status = _ENHANCED.search(_text(group.get("status", b"")))
    precise = _ENHANCED.search(words)
    code = status[1] if status else ""
    if precise and (not code or code.endswith((".0.0", ".1.0", ".3.0", ".5.0"))):
        code = precise[1]
    action = _text(group.get("action", b"")).lower().split(" ")[0]
    event = _ACTIONS.get(action) or (Event.DELAYED if code.startswith("4") else Event.FAILED)
    return Receipt(
        event=event,
        recipient=_address(_text(group.get("final-recipient", b"")) or _text(group.get("original-recipient", b""))),
        wanted=_address(_text(group.get("original-recipient", b""))),
        at=at,
        code=code,
        reason=reason_of(code, words) if event in (Event.FAILED, Event.DELAYED) else None,
        words=clean(re.sub(r"^[A-Za-z0-9-]{1,20}\s*;\s*", "", words)),
    )


def _with_words(receipts: tuple[Receipt, ...], words: str) -> tuple[Receipt, ...]:
    """Where the fields do not say why, the words for people may."""
    if all(r.reason is not Reason.OTHER for r in receipts):
        return receipts
    said = {r.recipient: r for r in bounce_in_words(words, "")[0]}
    whole = Receipt(Event.FAILED, DisplayText(""), words=clean(words, 500))
    made = []
    for receipt in receipts:
        about = said.get(DisplayText(receipt.recipient.lower()), whole if len(receipts) == 1 else None)
        if receipt.reason is Reason.OTHER and about is not None:
            reason = reason_of(about.code, about.words)
            receipt = replace(receipt, reason=reason, words=receipt.words or clean(about.words, 500))
        made.append(receipt)
    return tuple(made)


def _disposition(fields: Fields, subject: str, words: str, at: datetime | None, about: str) -> Report:
    mode, _, kind = _text(fields.get("disposition", b"")).partition(";")
    kind, _, modifier = kind.strip().lower().partition("/")
    # v1.1.2 of the volet puts the error into the modifier: `processed/Error: 902^…`
    error = _text(fields.get("error", b""), 500) or modifier.partition(":")[2].strip()
    code = integration_error(error) or integration_error(subject)
    reader = _address(_text(fields.get("final-recipient", b"")))
    wanted = _address(_text(fields.get("original-recipient", b"")))
    message_id = _identifier(fields.get("original-message-id", b"")) or about
    automatic = "manual-action" not in mode.lower()
    if code is not None or modifier.startswith("error") or error:
        receipt = _integration(code or "", reader, clean(error or words, 500), at)
    else:
        receipt = Receipt(_DISPOSITIONS.get(kind.strip(), Event.READ), reader, at=at, words=clean(words, 500))
        if receipt.event is Event.FAILED:
            receipt = replace(receipt, reason=reason_of("", words))
    return Report(
        Form.DISPOSITION,
        (replace(receipt, wanted=wanted, automatic=automatic),),
        message_id,
        _text(fields.get("original-envelope-id", b"")),
    )


def _integration(code: str, reader: DisplayText, words: DisplayText, at: datetime | None) -> Receipt:
    return Receipt(Event.NOT_INTEGRATED, reader, at=at, code=code, reason=Reason.INTEGRATION, words=words)


def _address(text: str) -> DisplayText:
    """The address of an address-type field: `rfc822; x@y`."""
    found = _ADDRESS_TYPE.match(text)
    return clean(_XTEXT.sub(lambda m: chr(int(m[1], 16)), found[1].strip()) if found else text, 320)


def _identifier(value: bytes) -> str:
    found = _MESSAGE_ID.search(value[:2_000].decode("ascii", "replace"))
    return clean(found[0]) if found else ""


def _text(value: bytes, limit: int = 320) -> str:
    return decode_words(value, limit)

"""Reports in ordinary mail: bounces without RFC 3464, and « [KO Intégration système !] » (CISIS-112)."""

from __future__ import annotations

import re

from mss_tui.model.receipt import Event, Receipt
from mss_tui.text import clean

MAX_FOUND = 100
MAX_WORDS = 2_000

_SENDERS = re.compile(r"mailer-?daemon|postmaster|mail-?daemon|mail delivery (?:sub)?system|mmdf", re.I)
_SUBJECTS = re.compile(
    r"undeliver|non[- ]?deliver|returned (?:mail|to sender)|nondelivery|dsn:|rejected|unknown (?:user|recipient)"
    r"|delivery (?:status|fail|report|has failed|problem|unsuccessful)"
    r"|fail(?:ed|ure) (?:to deliver|notice|notification|delivery)|mail (?:delivery|failed|system error|could not)"
    r"|(?:message|mail).{0,20}(?:not delivered|could not be|undeliver)"
    r"|non remis|[ée]chec de la remise|non distribu[ée]|impossible de remettre|remise impossible",
    re.I,
)
_UNDELIVERED = re.compile(
    r"(?:could|can)(?: ?not|n't) be delivered|undeliverable|delivery (?:has )?failed|non (?:remis|distribu[ée])"
    r"|n'a pas pu [êe]tre (?:remis|distribu)",
    re.I,
)
_INTEGRATION = re.compile(
    r"\[\s*(?:KO\s+Int[ée]gration|Erreur\s+d.int[ée]gration)[^\]]{0,40}\]\s*(?:\[\s*(\d{3})\s*\])?", re.I
)
_ERROR_CODE = re.compile(r"\s*(9\d\d|1\d\d|20[0-7])(?:\^|\b)")
_ORIGINAL = re.compile(
    r"^[ \t>]*-{2,} ?(?:(?:below|enclosed|included|start of|this|unsent|original|returned|undelivered|forwarded)\b.*"
    r"|.*(?:copy of|original|returned) (?:the |your )?(?:message|mail|header).*)$"
    r"|^[ \t>]*(?:Return-Path|Received|Message-ID):",
    re.I | re.M,
)
_MAILBOX = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?"
_ADDRESS = re.compile(rf"(?<![\w.+/=-]){_MAILBOX}")
_LISTED = re.compile(rf"^[ \t]*<?({_MAILBOX})>?(?::|\.\.\.|[ \t]*$)", re.M)
_MESSAGE_ID = re.compile(r"^[ \t>]*Message-ID:\s*(<[^<>\s]{1,250}>)", re.I | re.M)
_CODE = re.compile(r"(?<![\d.])([45]\.\d{1,3}\.\d{1,3})(?![\d.])")
_LATER = re.compile(
    r"warning|still (?:trying|retry)|will (?:be )?(?:retr|attempt|keep)|not required to|delayed|has not yet"
    r"|n'a pas encore",
    re.I,
)
_OURS = re.compile(r"mailer-?daemon|postmaster|^abuse@|^no-?reply", re.I)


def says_undelivered(text: str) -> bool:
    """Do these words, above a message that came back, say that it was not delivered?"""
    return bool(_UNDELIVERED.search(text[:4_000]))


def integration_error(text: str) -> str | None:
    """The volet's error code in a subject or an Error field; "" for an error without one, None for none at all."""
    found = _INTEGRATION.search(text)
    if found:
        return found[1] or ""
    code = _ERROR_CODE.match(text)
    return code[1] if code else None


def looks_like_bounce(sender: str, subject: str, return_path: bytes) -> bool:
    """Is it the mail system that writes? By its name, or by an empty return path and a subject that says so."""
    return bool(_SENDERS.search(sender)) or (return_path in (b"<>", b"") and bool(_SUBJECTS.search(subject)))


def may_be_report(name: str, address: str, subject: str) -> bool:
    """Is it worth reading the message as a report, by what a list knows of it?"""
    return bool(_SENDERS.search(f"{name} {address}") or _SUBJECTS.search(subject) or _INTEGRATION.search(subject))


def bounce_in_words(text: str, own: str) -> tuple[tuple[Receipt, ...], str]:
    """What a bounce without fields says, recipient by recipient, and the Message-ID that it quotes.

    Args:
        own: the To field of the bounce, which names the sender of the lost message.
    """
    found = _MESSAGE_ID.search(text)
    end = _ORIGINAL.search(text)
    head = (text[: end.start()] if end else text).replace("\r\n", "\n").replace("\r", "\n")
    event = Event.DELAYED if _LATER.search(head) else Event.FAILED
    receipts = []
    for address, words in _said_of(head, own.lower()).items():
        code = _CODE.search(words)
        receipts.append(Receipt(event, clean(address), code=code[1] if code else "", words=clean(words, MAX_WORDS)))
    return tuple(receipts), clean(found[1]) if found else ""


def _said_of(head: str, own: str) -> dict[str, str]:
    """Each recipient and the words about them: up to the next one; about a single one, all there are."""
    places: dict[str, int] = {}
    for match in _ADDRESS.finditer(head):
        address = match[0].lower()
        if address not in places and not _OURS.search(address) and len(places) < MAX_FOUND:
            places[address] = match.start()
    # servers list whom they could not reach, each on a line; then other addresses are only spoken of
    listed = {address.lower() for address in _LISTED.findall(head)} & set(places)
    people = sorted(listed or {a for a in places if a not in own} or places, key=lambda a: places[a])
    if len(people) < 2:
        return dict.fromkeys(people, head)
    ends = [places[address] for address in people[1:]] + [len(head)]
    return {address: head[places[address] : at] for address, at in zip(people, ends, strict=True)}

"""Why a message did not arrive: by its enhanced status code (RFC 3463), or by the words where that is vague."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

from mss_tui.model.receipt import Reason

R = Reason

BY_CODE: Mapping[str, Reason] = MappingProxyType(
    {
        "1.1": R.UNKNOWN_MAILBOX,
        "1.2": R.UNKNOWN_DOMAIN,
        "1.3": R.BAD_ADDRESS,
        "1.4": R.BAD_ADDRESS,
        "1.6": R.MOVED,
        "1.7": R.SENDER_REFUSED,
        "1.8": R.SENDER_REFUSED,
        "1.9": R.UNKNOWN_DOMAIN,
        "1.10": R.UNKNOWN_DOMAIN,
        "2.1": R.CLOSED,
        "2.2": R.FULL,
        "2.3": R.TOO_BIG,
        "2.4": R.UNKNOWN_MAILBOX,
        "3.1": R.SERVER_FULL,
        "3.2": R.SERVER_DOWN,
        "3.4": R.TOO_BIG,
        "4.1": R.UNREACHABLE,
        "4.2": R.UNREACHABLE,
        "4.3": R.UNREACHABLE,
        "4.4": R.UNKNOWN_DOMAIN,
        "4.5": R.SERVER_DOWN,
        "4.6": R.LOOP,
        "4.7": R.EXPIRED,
        "5.3": R.TOO_MANY,
        "6.1": R.CONTENT_REFUSED,
        "6.2": R.CONTENT_REFUSED,
        "6.3": R.CONTENT_REFUSED,
        "7.4": R.NO_SECURITY,
        "7.5": R.NO_SECURITY,
        "7.10": R.NO_SECURITY,
    }
)
"""Subject and detail of the code; what is missing here is too vague to say anything."""

_WORDS: Mapping[Reason, tuple[str, ...]] = MappingProxyType(
    {
        R.PATIENT_CLOSED: (
            r"messagerie (?:du patient )?(?:est )?(?:ferm[ée]+e|cl[ôo]tur[ée]+e)",
            r"(?:profil|espace sant[ée]).{0,20}ferm[ée]",
        ),
        R.PATIENT_UNKNOWN: (r"patient (?:non trouv[ée]|inconnu|introuvable)",),
        R.PATIENT_ADDRESS: (r"adresse (?:du patient )?(?:est )?invalide",),
        R.FULL: (
            r"over ?(?:the )?quota",
            r"quota (?:is )?(?:exceeded|full)",
            r"exceed(?:s|ed)?.{0,30}quota",
            r"mailbox (?:is |size )?(?:full|limit)",
            r"mailbox.{0,40} is full",
            r"bo[iî]te.{0,30}pleine",
            r"storage (?:allocation|limit)",
            r"disk quota",
            r"mailbox exceeds",
            r"too much mail data",
            r"insufficient.{0,20}(?:mailbox|disk)? ?space",
            r"user.{0,20}has too many messages",
            r"account.{0,20}is full",
        ),
        R.TOO_BIG: (
            r"(?:message|mail|size).{0,40}(?:too (?:big|large|long)|exceed)",
            r"exceed.{0,40}(?:message size|size limit|maximum.{0,20}size)",
            r"trop (?:volumineux|gros|grand)",
            r"size limit",
            r"message length",
        ),
        R.LOOP: (
            r"too many hops",
            r"mail loop",
            r"routing loop",
            r"loops? (?:back|detected)",
            r"hop count",
        ),
        R.CLOSED: (
            r"(?:mailbox|account).{0,20}frozen",
            r"(?:account|mailbox|user|bo[iî]te|recipient).{0,40}"
            r"(?:disabled|inactive|suspended|deactivated|closed|not active|d[ée]sactiv[ée]e?|ferm[ée]e)",
            r"(?:disabled|inactive|suspended|discontinued).{0,20}(?:account|mailbox|user|recipient)",
        ),
        R.MOVED: (
            r"(?:has|have) (?:moved|changed)",
            r"no longer (?:at|on) this",
            r"new address",
            r"user not local; please try",
            r"account has been moved",
        ),
        R.UNKNOWN_MAILBOX: (
            r"invalid final delivery userid",
            r"address (?:wasn|couldn)['’]t (?:be )?found",
            r"user (?:is )?(?:unknown|not found)",
            r"unknown (?:user|recipient|local|mailbox|address|rcpt)",
            r"no such (?:user|mailbox|recipient|person|address|local)",
            r"(?:does|do)(?:n'?t| not) exist",
            r"(?:mailbox|recipient|address|user|account|bo[iî]te|destinataire|adresse).{0,60}"
            r"(?:unavailable|unknown|not (?:found|exist|listed|available|known|valid)|rejected|refused"
            r"|inconnue?|inexistante?)",
            r"invalid (?:recipient|mailbox|user|address)",
            r"no mailbox",
            r"not our customer",
            r"recipnotfound",
            r"not a (?:known|valid) (?:user|mailbox|recipient)",
            r"isn't in my list",
            r"(?:can'?t|cannot|couldn't|could not) (?:find|locate).{0,40}(?:user|mailbox|recipient|address)",
            r"this user doesn't have",
            r"undeliverable address",
            r"unrouteable address",
            r"addressee unknown",
            r"this address (?:no longer|is no)",
            r"no account",
        ),
        R.UNKNOWN_DOMAIN: (
            r"no smtp service",
            r"host (?:or domain name )?(?:unknown|not found)",
            r"unknown (?:host|domain)",
            r"domain (?:not|does not|doesn't|is not|of)",
            r"name or service not known",
            r"no mx",
            r"nxdomain",
            r"(?:can't|couldn't|could not|cannot) find (?:any )?(?:host|domain|a? ?mail exchanger)",
            r"invalid domain",
            r"domaine inconnu",
            r"name service error",
            r"no such domain",
        ),
        R.EXPIRED: (
            r"delivery failed \d+ attempts",
            r"(?:message|delivery|queue).{0,30}(?:expired|timed? ?out)",
            r"in the queue too long",
            r"delivery time expired",
            r"(?:not|n't) (?:be )?delivered (?:with)?in",
            r"retry time(?:out)? exceeded",
            r"max(?:imum)? time",
        ),
        R.UNREACHABLE: (
            r"connection (?:refused|timed out|reset|dropped)",
            r"(?:could|did|was) not (?:be )?(?:contact|connect|respon)",
            r"couldn't (?:establish|connect)",
            r"network (?:is )?unreachable",
            r"no route to host",
            r"(?:lost|no) connection",
            r"not accepting (?:network )?(?:messages|connections)",
            r"host (?:is )?(?:down|unreachable)",
            r"unable to connect",
            r"timeout",
        ),
        R.CONTENT_REFUSED: (
            r"\b[45]\d\d blocked\b",
            r"its content presents",
            r"attachment.{0,20}(?:blocked|refused|not allowed)",
            r"message filtered",
            r"virus",
            r"malware",
            r"infected",
            r"spam",
            r"unsolicited",
            r"junk",
            r"blocked (?:using|attachment|by content)",
            r"content (?:rejected|refused|denied|filter)",
            r"banned",
            r"phish",
            r"reputation",
            r"blocklist",
            r"blacklist",
            r"block list",
            r"listed (?:at|in|by)",
        ),
        R.NO_SECURITY: (
            r"(?:must issue a |requires? )(?:starttls|tls)",
            r"encryption (?:required|needed)",
            r"must be encrypted",
            r"authentication required",
        ),
        R.SENDER_REFUSED: (
            r"mismatches client ip",
            r"sender.{0,40}(?:rejected|refused|denied|invalid|verify|unknown|not (?:exist|allowed))",
            r"(?:spf|dkim|dmarc)",
            r"domain of sender",
            r"from address",
            r"invalid sender",
            r"exp[ée]diteur",
        ),
        R.NOT_ALLOWED: (
            r"relay(?:ing)?(?: access)? (?:denied|not|prohibited)",
            r"not (?:permitted|allowed|authori[sz]ed)",
            r"access denied",
            r"administrat",
            r"polic",
            r"denied",
            r"restricted",
            r"prohibited",
            r"refus[ée] par",
            r"non autoris[ée]",
            r"authoriz",
            r"reject",
        ),
        R.TOO_MANY: (
            r"too many (?:recipients|messages|connections|concurrent|errors)",
            r"rate limit",
            r"exceeded the maximum number",
        ),
        R.SERVER_FULL: (
            r"no space left",
            r"insufficient (?:system )?(?:storage|resources)",
            r"disk (?:is )?full",
            r"system storage",
            r"mail system full",
            r"out of memory",
        ),
        R.SERVER_DOWN: (
            r"system (?:error|not|failure)",
            r"temporar",
            r"service (?:not |un)available",
            r"try again",
            r"local error",
            r"i/o error",
            r"can'?t create",
            r"cannot (?:open|create)",
            r"internal error",
            r"config(?:uration)? error",
            r"closed unexpectedly",
            r"command died",
            r"unknown mailer error",
            r"local configuration",
        ),
    }
)
_PATTERNS = tuple((re.compile("|".join(words), re.I), reason) for reason, words in _WORDS.items())
_WEAK = ("1.10", "2.1", "4.1")
"""Codes that large servers also use for other things: the words go first."""
_CODE = re.compile(r"[245]\.(\d{1,3}\.\d{1,3})\Z")
MAX_WORDS = 2_000


def reason_of(code: str, words: str) -> Reason:
    """Why, from an enhanced status code and the server's words: a precise code first, then the words.

    5.1.0, 5.0.0, 5.7.1 and their like are used for anything, so that they say nothing by themselves.
    """
    found = _CODE.match(code)
    by_code = BY_CODE.get(found[1]) if found else None
    if found and by_code is not None and found[1] not in _WEAK:
        return by_code
    words = words[:MAX_WORDS]
    by_words = next((reason for pattern, reason in _PATTERNS if pattern.search(words)), None)
    if by_words is not None or by_code is not None:
        return by_words or by_code or R.OTHER
    if found and found[1].startswith("7."):
        return R.NOT_ALLOWED
    if code.startswith("4.") or (found and found[1].startswith(("3.", "4."))):
        return R.SERVER_DOWN
    return R.OTHER

"""Facts made from the short form of the catalogue's examples (mss_tui/rules/data/examples)."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import fields
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from pathlib import Path
from typing import Any

from mss_tui.config.policies import load_policy
from mss_tui.errors import UsageError
from mss_tui.model.address import Address, Correspondent, Kind, kind_of, parse_address
from mss_tui.model.directory import DirectoryEntry, Publication
from mss_tui.model.facts import (
    AttachmentFact,
    DocumentFact,
    Facts,
    IncomingFacts,
    MailboxFacts,
    OutgoingFacts,
    PatientFact,
    RecipientFact,
    RowFacts,
)
from mss_tui.model.folder import Quota
from mss_tui.model.mailbox import Absence, Remembered
from mss_tui.model.message import Attachment, MessageRef, Row
from mss_tui.model.people import Account, Auth, AuthMethod, Endpoint, MailboxType, Person
from mss_tui.model.policy import Policy
from mss_tui.model.verdict import Place
from mss_tui.rules.catalogue import SECTIONS
from mss_tui.text import clean

NOW = datetime(2026, 11, 20, 11, 0, tzinfo=UTC)
MISSING = "?"
EXPECTATIONS = ("note", "variant", "severity", "sending")

Example = Mapping[str, Any]


def examples() -> dict[str, dict[str, list[dict[str, Any]]]]:
    """Every rule's examples: rule → fires, clean, unknown → examples."""
    found: dict[str, dict[str, list[dict[str, Any]]]] = {}
    for section in SECTIONS:
        text = (files("mss_tui.rules.data") / "examples" / f"{section}.toml").read_text("utf-8")
        found |= tomllib.loads(text)
    return found


def account(policy: Policy | None = None, **given: Any) -> Account:
    given = dict(given)
    auth = Auth(AuthMethod(given.pop("auth", "psc")))
    given["type"] = MailboxType(given.get("type", "PER"))
    end = Endpoint("imap.exemple.mssante.fr", 143)
    label = "Dr_Jean_MARTIN" if given["type"] is MailboxType.PER else "Accueil"
    base: dict[str, Any] = {"id": "a", "address": "dr.martin@medecin.mssante.fr", "label": label}
    return Account(**(base | given), policy=policy or load_policy("sn-hdf"), imap=end, smtp=end, auth=auth)


def entry(address: str, **given: Any) -> DirectoryEntry:
    words = {k: clean(v) if k not in ("type", "rpps", "address") else v for k, v in given.items()}
    return DirectoryEntry(**({"address": address, "type": "PER"} | words))


def recipient(place: Place, given: str | Mapping[str, Any], policy: Policy) -> RecipientFact:
    data = {"address": given} if isinstance(given, str) else dict(given)
    typed = data.pop("address")
    address: Address | None
    try:
        address = parse_address(typed)
    except UsageError:
        address = None
    kind = kind_of(typed, policy.extra_domains)
    name = data.pop("name", "")
    listed = data.pop("entry", None)
    services = data.pop("services", ())
    made: dict[str, Any] = {
        "publication": Publication(data.pop("publication", "published" if kind is Kind.PRO else "unknown")),
        "entry": entry(typed, **listed) if listed is not None else None,
        "homonyms": tuple(entry(**h) for h in data.pop("homonyms", ())),
        "services": None if services == MISSING else tuple(entry(**s) for s in services),
    }
    return RecipientFact(place, clean(f"{name} <{typed}>" if name else typed), name, address, kind, **made, **data)


def attachment(given: str | Mapping[str, Any]) -> AttachmentFact:
    data = {"name": given} if isinstance(given, str) else dict(given)
    size = data.pop("size", 1000)
    kind = data.pop("type", "application/pdf" if data["name"].endswith(".pdf") else "application/octet-stream")
    pixels = data.pop("pixels", None)
    return AttachmentFact(type=kind, size=size, encoded=size * 4 // 3, pixels=tuple(pixels) if pixels else None, **data)


def document(given: Mapping[str, Any]) -> DocumentFact:
    data = dict(given)
    for name in ("interpretations", "masks"):
        data[name] = frozenset(data.get(name, ()))
    return DocumentFact(**data)


def _documents(data: dict[str, Any]) -> tuple[DocumentFact, ...] | None:
    given = data.pop("documents", [] if not data.get("files") else MISSING)
    return None if given == MISSING else tuple(map(document, given))


def _person(data: dict[str, Any]) -> Person | None:
    given = data.pop("person", {"name": "Jean MARTIN", "rpps": "10001234567"})
    return None if given == MISSING else Person(**given)


def outgoing(example: Example) -> OutgoingFacts:
    data = {k: v for k, v in example.items() if k not in EXPECTATIONS}
    policy = load_policy(data.pop("policy", "sn-hdf"))
    places = ((Place.TO, "to"), (Place.CC, "cc"), (Place.BCC, "bcc"))
    people = tuple(recipient(place, r, policy) for place, key in places for r in data.pop(key, ()))
    documents = _documents(data)
    quota, headers = data.pop("quota", None), data.pop("headers", None)
    base: dict[str, Any] = {
        "account": account(policy, **data.pop("account", {})),
        "policy": policy,
        "person": _person(data),
        "recipients": people,
        "subject": data.pop("subject", "CR de consultation"),
        "own_text": data.pop("text", ""),
        "quoted": data.pop("quoted", ""),
        "attachments": tuple(map(attachment, data.pop("files", ()))),
        "encoded": data.pop("encoded", 2000),
        "documents": documents,
        "patients": tuple(PatientFact(**p) for p in data.pop("patients", ())),
        "quota": Quota(**quota) if quota else None,
        "headers": None if headers is None else tuple(headers.items()),
    }
    return OutgoingFacts(**base, **data)


def row(**given: Any) -> Row:
    sender = given.pop("sender", "dr.durand@medecin.mssante.fr")
    name, address = sender if isinstance(sender, list) else ("", sender)
    base: dict[str, Any] = {
        "ref": MessageRef("a", "INBOX", 1, 1),
        "sender": Correspondent(clean(name), clean(address)),
        "to": (),
        "subject": clean(given.pop("subject", "CR de consultation")),
        "date": NOW,
        "received": NOW - timedelta(hours=given.pop("received", 0)),
        "size": 2000,
        "flags": frozenset(given.pop("flags", ())),
        "reply_to": tuple(Correspondent(clean(""), clean(a)) for a in [given.pop("reply_to", "")] if a),
    }
    return Row(**base, **given)


def incoming(example: Example) -> IncomingFacts:
    data = {k: v for k, v in example.items() if k not in EXPECTATIONS}
    policy = load_policy(data.pop("policy", "sn-hdf"))
    documents = _documents(data)
    attachments = tuple(Attachment("1", clean(n), "application/octet-stream", 1) for n in data.pop("files", ()))
    text = data.pop("text", None)
    of = row(**data)
    return IncomingFacts(
        of, kind_of(of.sender.address, policy.extra_domains), policy, text, attachments, documents=documents
    )


def row_facts(example: Example) -> RowFacts:
    data = {k: v for k, v in example.items() if k not in EXPECTATIONS}
    policy = load_policy(data.pop("policy", "sn-hdf"))
    baseline = data.pop("baseline", None)
    since = None if baseline is None else NOW - timedelta(hours=baseline)
    own = data.pop("own", False)
    return RowFacts(row(**data), policy, NOW, since, own)


def mailbox(example: Example) -> MailboxFacts:
    data = {k: v for k, v in example.items() if k not in EXPECTATIONS}
    policy = load_policy(data.pop("policy", "sn-hdf"))
    for key in ("read", "connected"):
        if key in data:
            data[key] = NOW - timedelta(days=data[key])
    if "quota" in data:
        data["quota"] = Quota(**data["quota"])
    if "directory" in data:
        data["directory"] = Publication(data["directory"])
    remembered = Remembered("a", **_remembered(data))
    if "absence" in data:
        data["absence"] = Absence(**data["absence"])
    if "identities" in data:
        data["identities"] = tuple(
            (who, NOW - timedelta(days=first), NOW - timedelta(days=last)) for who, first, last in data["identities"]
        )
    if "holder" in data:
        data["holder"] = Person(**data["holder"])
    if "given_names" in data:
        data["given_names"] = frozenset(data["given_names"])
    for key in ("days_off", "leave"):
        if key in data:
            data[key] = tuple(data[key])
    if data.get("product") == MISSING:
        del data["product"]
    person = _person(data)
    return MailboxFacts(account(policy, **data.pop("account", {})), policy, remembered, NOW, person, **data)


def _remembered(data: dict[str, Any]) -> dict[str, Any]:
    names = {f.name for f in fields(Remembered)} - {"account", "absence"}
    return {k: data.pop(k) for k in list(data) if k in names}


def facts_of(rule_scopes: frozenset[str], example: Example) -> Facts:
    """The facts of an example, for the scope in which the rule is to be judged."""
    if "outgoing" in rule_scopes and ("mailbox" not in rule_scopes or example.get("sending")):
        return outgoing(example)
    if "incoming" in rule_scopes:
        return incoming(example)
    return row_facts(example) if "row" in rule_scopes else mailbox(example)


CORPUS = Path(__file__).resolve().parents[3] / "shared" / "data" / "rules-corpus" / "dev.jsonl"

"""The shapes of the command line contract: model values as JSON documents. Keys change only with a CHANGELOG line."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from mss_tui.model.address import Correspondent, Kind, kind_of
from mss_tui.model.message import Attachment, Row
from mss_tui.model.paris import PARIS
from mss_tui.model.policy import Policy
from mss_tui.model.verdict import State, Verdict
from mss_tui.phrase import Translate
from mss_tui.rules.catalogue import remedy, sentence, sources

if TYPE_CHECKING:
    from mss_tui.services.box import ListEntry

Shape = dict[str, Any]

TOLD = (State.VIOLATED, State.UNKNOWN, State.NOT_IMPLEMENTED)
"""States that are told without --explain: what is not checked is never hidden (catalogue)."""


def moment(at: datetime | None) -> str | None:
    """ISO 8601 with the offset of Paris."""
    return None if at is None else at.astimezone(PARIS).isoformat(timespec="seconds")


def correspondent(who: Correspondent, policy: Policy) -> Shape:
    """A name, an address, and who stands behind it."""
    return {"name": who.name, "address": who.address, "kind": kind_of(who.address, policy.extra_domains).value}


def correspondents(people: Iterable[Correspondent], policy: Policy) -> list[Shape]:
    """Several of them."""
    return [correspondent(who, policy) for who in people]


def row(of: Row, policy: Policy) -> Shape:
    """What a message's header says."""
    sender = correspondent(of.sender, policy)
    return {
        "ref": of.ref.short if of.ref.uid else None,
        "from": sender,
        "to": correspondents(of.to, policy),
        "cc": correspondents(of.cc, policy),
        "subject": of.subject,
        "date": of.date.isoformat(timespec="seconds") if of.date else moment(of.received),
        "received": moment(of.received),
        "size": of.size,
        "flags": sorted(of.flags),
        "handling": of.handling.value,
        "taken_by": list(of.taken_by),
        "patient": _patient(of, sender["kind"]),
    }


def _patient(of: Row, kind: str) -> Shape | None:
    """The patient who writes, or whom the subject of an archive names (ECO.2.1.3); the documents alone are sure."""
    if kind == Kind.PATIENT.value:
        return {"name": of.sender.name, "ins": of.sender.address.partition("@")[0]}
    named = of.named_patient
    return {"name": named.label, "ins": None} if named is not None else None


def entry(of: ListEntry, policy: Policy) -> Shape:
    """A message as the list shows it."""
    return row(of.row, policy) | {
        "due": moment(of.due),
        "expires": moment(of.expires),
        "rules": list(dict.fromkeys(verdict.rule for verdict in of.verdicts)),
    }


def verdict(of: Verdict, translate: Translate) -> Shape:
    """A rule's word."""
    return {
        "rule": of.rule,
        "severity": of.severity.value,
        "state": of.state.value,
        "where": str(of.where),
        "message": sentence(of).render(translate),
        "remedy": remedy(of).render(translate),
        "source": " ; ".join(sources(of.rule)),
        "evidence": [{"where": e.place.value, "start": e.start, "end": e.end, "text": e.text} for e in of.evidence],
    }


def verdicts(of: Sequence[Verdict], translate: Translate, *, all_of_them: bool = False) -> list[Shape]:
    """Those that are told, or all of them."""
    return [verdict(v, translate) for v in of if all_of_them or v.state in TOLD]


def attachment(of: Attachment) -> Shape:
    """A piece that may be saved."""
    return {"part": of.section, "name": of.name, "type": of.type, "size": of.size}

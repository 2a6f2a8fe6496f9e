"""Recipients as they are typed in a field, and as the annuaire knows them."""

from __future__ import annotations

from mss_tui.model.address import Kind, kind_of, split_named
from mss_tui.model.directory import DirectoryEntry, Publication, Verification
from mss_tui.model.ins import parse_ins
from mss_tui.phrase import Phrase, say
from mss_tui.services.annuaire import API
from mss_tui.services.checking import Checker
from mss_tui.text import clean
from mss_tui.tui.wording import full_moment


def split(typed: str) -> tuple[str, ...]:
    """The recipients of a field: separated by commas or semicolons, which may stand inside a quoted name."""
    found: list[str] = []
    current: list[str] = []
    quoted = False
    for char in typed:
        if char == '"':
            quoted = not quoted
        if char in ",;" and not quoted:
            found.append("".join(current))
            current = []
        else:
            current.append(char)
    found.append("".join(current))
    return tuple(text for one in found if (text := one.strip()))


def joined(recipients: tuple[str, ...]) -> str:
    """A field with these recipients."""
    return ", ".join(recipients)


def of_entry(entry: DirectoryEntry) -> str:
    """A recipient as it goes into a field: the person's name and the address as published."""
    name = f"{entry.given} {entry.family}".strip() or entry.who
    plain = "".join(c for c in name if c not in '"<>,;@')
    return f"{plain} <{entry.address}>" if plain and plain != entry.address else entry.address


def identity(entry: DirectoryEntry) -> str:
    """Who an entry is, in one line: title and name, profession or speciality, place."""
    who = f"{entry.title} {entry.given} {entry.family}".strip() if entry.family else entry.who
    parts = [who, entry.speciality or entry.profession, entry.structure if entry.family else "", entry.town]
    return " · ".join(part for part in parts if part)


def source(known: Verification) -> Phrase:
    """Where a verification comes from, and of what day."""
    if known.source == API:
        return say("Annuaire Santé en ligne, {when}", when=full_moment(known.checked_at))
    return say("extraction")


def known_as(typed: str, checker: Checker) -> Phrase | None:
    """What is known of a recipient, None when nothing can be said yet (the rules then speak)."""
    _, address = split_named(typed)
    kind = kind_of(address)
    if kind is Kind.PATIENT:
        ins = parse_ins(address.partition("@")[0])
        return None if ins is None else say("patient · INS {ins}", ins=ins.grouped)
    known = checker.verification(address)
    if known is None or known.state is not Publication.PUBLISHED:
        return None
    if known.entry is None:
        return say("{address} · publiée ({source})", address=clean(address), source=source(known))
    return say(
        "{who} · {type}, publiée ({source})",
        who=identity(known.entry),
        type=clean(known.entry.type),
        source=source(known),
    )

"""Directory entries out of FHIR resources: one for each MSSanté mailbox (annuaire.md §1.5)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from mss_tui.adapters.directory.fhir_model import (
    EMAIL_TYPE,
    FINESS,
    MAILBOX,
    MSSANTE,
    RPPS,
    Address,
    Coding,
    Extension,
    Identifier,
    Name,
    Qualification,
    Reference,
    Resource,
    Telecom,
    each,
    one,
)
from mss_tui.model.directory import DirectoryEntry
from mss_tui.model.people import MailboxType
from mss_tui.text import DisplayText, clean

_UNRANKED = 1_000
_PROFESSION, _SKILLS = "TRE_G15", ("TRE_R38", "TRE_R39", "TRE_R40", "TRE_R42", "TRE_R44")


def entries(found: Iterable[Resource]) -> list[DirectoryEntry]:
    """Every mailbox of `found`, preferred ones first; people and structures that are referred to lend their names.

    Inactive resources are left out; a reference to what is not there leaves its fields empty.
    """
    known = {resource.reference: resource for resource in found}
    ranked: list[tuple[int, DirectoryEntry]] = []
    for resource in known.values():
        if resource.active is False:
            continue
        base: DirectoryEntry | None = None
        for telecom in each(resource.telecom, Telecom):
            kind = _mailbox_type(telecom, resource.resource_type)
            if kind is None or not telecom.value:
                continue
            base = base or _carrier(resource, known)
            type_, inferred, service = kind
            entry = replace(
                base, address=clean(telecom.value.strip(), 254), type=type_, type_inferred=inferred, service=service
            )
            ranked.append((telecom.rank if telecom.rank is not None else _UNRANKED, entry))
    return [entry for _, entry in sorted(ranked, key=lambda item: item[0])]


def _mailbox_type(telecom: Telecom, carrier: str) -> tuple[str, bool, DisplayText] | None:
    """Type, whether it was inferred from the carrier, and service of a mailbox; None for any other address."""
    mssante = False
    type_ = service = ""
    for extension in each(telecom.extension, Extension):
        if extension.url == EMAIL_TYPE and extension.value_coding is not None:
            mssante = extension.value_coding.code == MSSANTE
        elif extension.url == MAILBOX:
            for part in each(extension.extension, Extension):
                if part.url == "type":
                    type_ = next((c.code or "" for c in _codings(part)), "")
                elif part.url in ("service", "description") and part.value_string and not service:
                    service = part.value_string.strip()
    if not mssante:
        return None
    if type_ in list(MailboxType):
        return type_, False, clean(service, 200)
    return (MailboxType.ORG if carrier == "Organization" else MailboxType.PER), True, clean(service, 200)


def _codings(extension: Extension) -> list[Coding]:
    concept = extension.value_codeable_concept
    return (concept.coding or []) if concept is not None else [extension.value_coding or Coding()]


def _carrier(resource: Resource, known: dict[str, Resource]) -> DirectoryEntry:
    """What is known of who holds the mailboxes of `resource`."""
    entry = DirectoryEntry("", "")
    person, structure = resource, resource
    if resource.resource_type == "PractitionerRole":
        person = _referred(resource.practitioner, known)
        structure = _referred(resource.organization, known)
    if person.resource_type == "Practitioner":
        entry = _person(entry, person)
    if structure.resource_type == "Organization":
        entry = _structure(entry, structure)
    return entry


def _referred(to: Reference | None, known: dict[str, Resource]) -> Resource:
    """What a relative or absolute reference names, an empty resource where it is not there."""
    name = "/".join(((to.reference if to is not None else "") or "").split("/")[-2:])
    return known.get(name, Resource())


def _person(entry: DirectoryEntry, person: Resource) -> DirectoryEntry:
    names = one(person.name, list[Name]) or [Name()]
    name = names[0]
    codings = [
        coding
        for qualification in each(person.qualification, Qualification)
        for coding in (qualification.code and qualification.code.coding) or ()
    ]
    return replace(
        entry,
        family=clean(name.family or "", 200),
        given=clean(" ".join(filter(None, name.given or ())), 200),
        title=clean(next(filter(None, (*(name.suffix or ()), *(name.prefix or ()))), ""), 40),
        rpps=_identifier(person, RPPS),
        profession=_label(codings, (_PROFESSION,)),
        speciality=_label(codings, _SKILLS),
    )


def _structure(entry: DirectoryEntry, structure: Resource) -> DirectoryEntry:
    address = next(each(structure.address, Address), Address())
    return replace(
        entry,
        structure=clean(one(structure.name, str) or "", 200),
        finess=_identifier(structure, FINESS),
        street=clean(" ".join(filter(None, address.line or ())), 200),
        town=clean(address.city or "", 100),
        postal_code=clean(address.postal_code or "", 10),
    )


def _identifier(resource: Resource, system: str) -> str:
    found: Iterator[str] = (
        identifier.value
        for identifier in each(resource.identifier, Identifier)
        if identifier.system == system and identifier.value
    )
    return clean(next(found, ""), 20)


def _label(codings: list[Coding], tables: tuple[str, ...]) -> DisplayText:
    """What a code of one of `tables` is called, or the code itself where nobody says."""
    for coding in codings:
        if coding.code and any(f"/{table}" in (coding.system or "") for table in tables):
            return clean(coding.display or coding.code, 200)
    return DisplayText("")

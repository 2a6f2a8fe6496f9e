"""FHIR resources of the Annuaire Santé, as tolerant as they must be (annuaire.md §1.5, §6).

Every field may be missing or null, unknown keys are skipped, and each entry, mailbox and name is decoded by itself:
one that is odd never loses the others.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeVar

import msgspec

T = TypeVar("T")

MSSANTE = "MSSANTE"
EMAIL_TYPE = "https://hl7.fr/ig/fhir/core/StructureDefinition/fr-core-contact-point-email-type"
MAILBOX = "https://interop.esante.gouv.fr/ig/fhir/annuaire/StructureDefinition/as-ext-mailbox-mss-metadata"
RPPS = "https://rpps.esante.gouv.fr"
FINESS = "https://finess.esante.gouv.fr"


class Coding(msgspec.Struct):
    """A code of a table (`system`), rarely with its `display`."""

    system: str | None = None
    code: str | None = None
    display: str | None = None


class Concept(msgspec.Struct):
    """CodeableConcept."""

    coding: list[Coding] | None = None
    text: str | None = None


class Extension(msgspec.Struct, rename="camel"):
    """An extension, with those of its values that are read."""

    url: str | None = None
    value_coding: Coding | None = None
    value_codeable_concept: Concept | None = None
    value_string: str | None = None
    extension: list[msgspec.Raw] | None = None


class Telecom(msgspec.Struct):
    """ContactPoint."""

    system: str | None = None
    value: str | None = None
    rank: int | None = None
    extension: list[msgspec.Raw] | None = None


class Name(msgspec.Struct):
    """HumanName."""

    family: str | None = None
    given: list[str | None] | None = None
    prefix: list[str | None] | None = None
    suffix: list[str | None] | None = None


class Identifier(msgspec.Struct):
    """Identifier."""

    system: str | None = None
    value: str | None = None
    type: Concept | None = None


class Reference(msgspec.Struct):
    """Reference: `Practitioner/003-…`."""

    reference: str | None = None


class Qualification(msgspec.Struct):
    """A profession or a skill."""

    code: Concept | None = None


class Address(msgspec.Struct, rename="camel"):
    """Address."""

    line: list[str | None] | None = None
    city: str | None = None
    postal_code: str | None = None


class Resource(msgspec.Struct, rename="camel"):
    """Practitioner, PractitionerRole or Organization; `name` is a text for the last one only."""

    resource_type: str = ""
    id: str | None = None
    active: bool | None = None
    identifier: list[msgspec.Raw] | None = None
    name: msgspec.Raw = msgspec.Raw()
    telecom: list[msgspec.Raw] | None = None
    qualification: list[msgspec.Raw] | None = None
    practitioner: Reference | None = None
    organization: Reference | None = None
    address: list[msgspec.Raw] | None = None

    @property
    def reference(self) -> str:
        """What other resources call it."""
        return f"{self.resource_type}/{self.id}"


class Link(msgspec.Struct):
    """A link of a bundle."""

    relation: str | None = None
    url: str | None = None


class Entry(msgspec.Struct):
    """An entry of a bundle. No `search.mode` comes: included resources are told by their type."""

    resource: msgspec.Raw = msgspec.Raw()


class Bundle(msgspec.Struct, rename="camel"):
    """One page of answers."""

    resource_type: str = ""
    entry: list[msgspec.Raw] | None = None
    link: list[msgspec.Raw] | None = None


class Issue(msgspec.Struct):
    """An issue of an OperationOutcome: its words stand in `diagnostics`."""

    diagnostics: str | None = None


class Outcome(msgspec.Struct):
    """OperationOutcome."""

    issue: list[Issue] | None = None


def each(raws: list[msgspec.Raw] | None, kind: type[T]) -> Iterator[T]:
    """Every item that is a `kind`; the others are passed over."""
    for raw in raws or ():
        found = one(raw, kind)
        if found is not None:
            yield found


def one(raw: bytes | msgspec.Raw, kind: type[T]) -> T | None:
    """`raw` as a `kind`, None where it is not one."""
    try:
        return msgspec.json.decode(raw, type=kind, strict=False)
    except (msgspec.MsgspecError, RecursionError):
        return None


def resources(bundle: Bundle) -> list[Resource]:
    """Every readable resource of a page."""
    return [found for entry in each(bundle.entry, Entry) if (found := one(entry.resource, Resource)) is not None]


def next_page(bundle: Bundle) -> str:
    """The address of the next page, "" on the last one."""
    return next((link.url or "" for link in each(bundle.link, Link) if link.relation == "next"), "")

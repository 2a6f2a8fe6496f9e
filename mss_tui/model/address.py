"""Addresses: what may be sent to (`Address`, strict) and what was received (`Correspondent`, only shown)."""

from __future__ import annotations

import re
from collections.abc import Collection
from enum import StrEnum

from mss_tui.errors import UsageError
from mss_tui.model.ins import PATIENT_DOMAIN
from mss_tui.phrase import say
from mss_tui.record import dataclass
from mss_tui.text import DisplayText, clean

TRUST_DOMAIN = "mssante.fr"
MAX_OCTETS = 254
"""RFC 5321 §4.5.3.1.3 less the angle brackets."""

_LOCAL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*\Z")
_NAMED = re.compile(r"\s*(?P<name>[^<>]*?)\s*<(?P<address>[^<>]*)>\s*\Z")
_LABEL = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\Z")
_APPLICATION = re.compile(r"(?:^|[._-])(?:no[._-]?reply|ne[._-]?pas[._-]?repondre|noreply|auto)(?:[._-]|$)", re.I)


class Kind(StrEnum):
    """Who stands behind an address (ECO.3.1.1: PRO and PAT told apart without reading the domain)."""

    PRO = "pro"
    PATIENT = "patient"
    APPLICATION = "application"
    OUTSIDE = "outside"


@dataclass(frozen=True, slots=True)
class Address:
    """An address that mail may be sent to: a dot-atom and a lower-case domain, exactly as it goes on the wire."""

    local: str
    domain: str

    def __str__(self) -> str:
        return f"{self.local}@{self.domain}"


@dataclass(frozen=True, slots=True)
class Correspondent:
    """A name and an address as received: shown, never sent to before `parse_address` accepts it."""

    name: DisplayText
    address: DisplayText

    @property
    def label(self) -> DisplayText:
        """The name, or the address where there is none."""
        return self.name or self.address


def parse_address(text: str) -> Address:
    """The address that `text` is, to the letter; surrounding blanks aside.

    A quoted local part, an address literal, a comment or a display name is refused: no MSSanté address has one, and
    what does not round-trip must not reach an SMTP command (auth-tls-mail-libraries.md S8).

    Raises:
        UsageError: `text` is no such address.
    """
    bare = text.strip()
    local, at, domain = bare.rpartition("@")
    labels = domain.lower().split(".")
    if (
        not at
        or not bare.isascii()
        or len(bare) > MAX_OCTETS
        or len(local) > 64
        or not _LOCAL.match(local)
        or len(labels) < 2
        or not all(map(_LABEL.match, labels))
    ):
        raise UsageError(
            say("« {text} » n'est pas une adresse.", text=clean(text, 80)),
            remedy=say("Écrivez-la sous la forme nom@domaine.mssante.fr."),
        )
    return Address(local, domain.lower())


def split_named(typed: str) -> tuple[str, str]:
    """Name and address of a recipient as typed, "Dr X <x@y>" or "x@y"; neither is checked."""
    match = _NAMED.match(typed)
    return (match["name"].strip('" '), match["address"].strip()) if match else ("", typed.strip())


def within(domain: str, parent: str) -> bool:
    """Is `domain` the domain `parent` or below it, at a label boundary?"""
    return domain == parent or domain.endswith("." + parent)


def in_trust_space(domain: str, extra: Collection[str] = ()) -> bool:
    """Is `domain` `mssante.fr`, below it, or one of the policy's `extra` domains (faq 2, formation)?"""
    domain = domain.lower()
    return within(domain, TRUST_DOMAIN) or domain in extra


def kind_of(address: str, extra: Collection[str] = (), applications: Collection[str] = ()) -> Kind:
    """Who stands behind `address`, from its form alone.

    Args:
        extra: domains of the policy that belong to the trust space.
        applications: addresses known to be BAL applicatives.
    """
    local, _, domain = address.rpartition("@")
    domain = domain.lower()
    if domain == PATIENT_DOMAIN:
        return Kind.PATIENT
    if not in_trust_space(domain, extra):
        return Kind.OUTSIDE
    if address.lower() in applications or _APPLICATION.search(local):
        return Kind.APPLICATION
    return Kind.PRO

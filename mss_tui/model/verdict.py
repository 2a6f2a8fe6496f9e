"""Verdicts: what a rule of the catalogue says, where, and on what evidence (rules/catalogue.md)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from enum import StrEnum
from types import MappingProxyType

from mss_tui.phrase import Value
from mss_tui.record import dataclass


class Severity(StrEnum):
    """What a violation does. Order of declaration is order of weight."""

    BLOCK = "block"
    CONFIRM = "confirm"
    WARN = "warn"
    INFO = "info"


class State(StrEnum):
    """What is known. `UNKNOWN` is never shown as passed."""

    VIOLATED = "violated"
    SATISFIED = "satisfied"
    UNKNOWN = "unknown"
    NOT_APPLICABLE = "not_applicable"
    NOT_IMPLEMENTED = "not_implemented"


class Place(StrEnum):
    """The thing a verdict speaks of; the front ends show it there."""

    TO = "to"
    CC = "cc"
    BCC = "bcc"
    FROM = "from"
    SUBJECT = "subject"
    BODY = "body"
    ATTACHMENT = "attachment"
    MESSAGE = "message"
    MAILBOX = "mailbox"
    ROW = "row"


@dataclass(frozen=True, slots=True)
class Where:
    """A place, and which of several: `item` is the address, the attachment's name, or empty."""

    place: Place
    item: str = ""

    def __str__(self) -> str:
        return f"{self.place}:{self.item}" if self.item else str(self.place)


@dataclass(frozen=True, slots=True)
class Span:
    """Words of the text that caused a verdict: `[start, end)` in characters of the subject or body."""

    place: Place
    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """One rule's word on one thing.

    The sentences are not here: `rules.catalogue` holds their templates, `values` fills them, the front end joins
    them in its language. `values` and `evidence` are sanitised.
    """

    rule: str
    severity: Severity
    state: State
    where: Where
    values: Mapping[str, Value] = field(default_factory=lambda: MappingProxyType({}))
    evidence: tuple[Span, ...] = ()

    @property
    def blocks(self) -> bool:
        """Must the message stay?"""
        return self.state is State.VIOLATED and self.severity is Severity.BLOCK

    @property
    def asks(self) -> bool:
        """Does it ask for a confirmation? An unknown block or confirm asks once, it never blocks (catalogue)."""
        if self.state is State.VIOLATED:
            return self.severity is Severity.CONFIRM
        return self.state is State.UNKNOWN and self.severity in (Severity.BLOCK, Severity.CONFIRM)

    @property
    def acceptance(self) -> tuple[str, str]:
        """What is remembered once it was accepted: a yes to what could not be verified is none to what is wrong."""
        return (self.rule if self.state is State.VIOLATED else f"{self.rule}?"), self.where.item

    @property
    def shows(self) -> bool:
        """Is there something to show inline? What is merely not known and would only inform is shown on demand."""
        return self.state is State.VIOLATED or (self.state is State.UNKNOWN and self.severity is not Severity.INFO)

"""Who stands in the demo's directory (annuaire.md §1.5, §4)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import field

from mss_tui.record import dataclass


def luhn(digits: str) -> str:
    """`digits` with the Luhn key that RPPS and FINESS numbers end with."""
    total = 0
    for index, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if index % 2 == 0 else 1)
        total += value - 9 if value > 9 else value
    return digits + str(-total % 10)


def rpps(rank: int) -> str:
    """The RPPS of the professional of that rank; the range 109 is nobody's."""
    return luhn(f"109{rank:07d}")


def finess(department: str, rank: int) -> str:
    """The FINESS of the structure of that rank in a département."""
    return luhn(f"{department}{990000 + rank:06d}")


@dataclass(frozen=True, slots=True)
class Profession:
    """Code and label of a profession (TRE_G15) and of a savoir-faire (TRE_R38), where there is one."""

    code: str
    label: str
    skill: str = ""
    skill_label: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a structure is."""

    number: str
    kind: str
    street: str
    postal_code: str
    town: str
    department: str


@dataclass(frozen=True, slots=True)
class Structure:
    """A structure; `sector` is a code of TRE_R02."""

    rank: int
    finess: str
    name: str
    sign: str
    sector: str
    place: Place


@dataclass(frozen=True, slots=True)
class Box:
    """A mailbox: its holder's, or its structure's. One on the red list works and is published nowhere."""

    address: str
    type: str
    structure: Structure | None = None
    service: str = ""
    digital: bool = True
    red_list: bool = False

    @property
    def listed(self) -> bool:
        """Does the open extraction show it? It has neither APP nor CAB."""
        return self.type in ("PER", "ORG") and not self.red_list


@dataclass(frozen=True, slots=True)
class Professional:
    """A person and their mailboxes."""

    rank: int
    rpps: str
    family: str
    given: str
    civility: str
    title: str
    profession: Profession
    boxes: tuple[Box, ...] = ()


@dataclass(frozen=True, slots=True)
class Directory:
    """Everyone, and every structure with its own mailboxes."""

    professionals: Sequence[Professional]
    structures: Sequence[tuple[Structure, tuple[Box, ...]]]
    addresses: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "addresses", frozenset(box.address for _, box in self.boxes()))

    def boxes(self) -> Iterator[tuple[Professional | None, Box]]:
        """Every mailbox with its holder; None for a structure's own."""
        for professional in self.professionals:
            for box in professional.boxes:
                yield professional, box
        for _, own in self.structures:
            for box in own:
                yield None, box

    def has(self, address: str) -> bool:
        """Does a mailbox of that address exist, published or not?"""
        return address.lower() in self.addresses

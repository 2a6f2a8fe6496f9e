"""INS: the national health identity, its key and the addresses made of it (documents.md §3, mssante-client.md §4.2)."""

from __future__ import annotations

import re
from enum import StrEnum

from mss_tui.record import dataclass

PATIENT_DOMAIN = "patient.mssante.fr"

_MATRICULE = re.compile(r"([0-9]{5}(?:[0-9]{2}|2[ABab])[0-9]{6})([0-9]{2})\Z")
_CORSICA = {"2A": "19", "2B": "18"}


class InsOid(StrEnum):
    """Assigning authorities of a matricule; anything but NIR and NIA is no real identity."""

    NIR = "1.2.250.1.213.1.4.8"
    NIA = "1.2.250.1.213.1.4.9"
    TEST = "1.2.250.1.213.1.4.10"
    DEMO = "1.2.250.1.213.1.4.11"


@dataclass(frozen=True, slots=True)
class Ins:
    """A matricule of the right shape; its key may still be wrong (`key_matches`)."""

    number: str
    key: str

    @property
    def expected_key(self) -> str:
        """97 − (NIR mod 97), two digits; Corsica 2A counts as 19 and 2B as 18."""
        digits = self.number[:5] + _CORSICA.get(self.number[5:7], self.number[5:7]) + self.number[7:]
        return f"{97 - int(digits) % 97:02d}"

    @property
    def key_matches(self) -> bool:
        """Is the key the one that the number asks for?"""
        return self.key == self.expected_key

    @property
    def grouped(self) -> str:
        """As people read it: `2 79 03 51 215 189 89`."""
        n = self.number
        return f"{n[0]} {n[1:3]} {n[3:5]} {n[5:7]} {n[7:10]} {n[10:13]} {self.key}"

    @property
    def address(self) -> str:
        """The patient's MSSanté address (faq 13)."""
        return f"{self.number}{self.key}@{PATIENT_DOMAIN}"

    def __str__(self) -> str:
        return self.number + self.key


def parse_ins(text: str) -> Ins | None:
    """The INS that `text` is, blanks and case aside; None when it has not the shape of one."""
    match = _MATRICULE.match(re.sub(r"[\s\u00a0\u202f.]", "", text).upper())
    return Ins(match[1], match[2]) if match else None


def ins_of_address(address: str) -> Ins | None:
    """The INS that a patient's address is made of; None when it is not a patient's, or not made so."""
    local, _, domain = address.strip().rpartition("@")
    return parse_ins(local) if domain.lower() == PATIENT_DOMAIN and local.isalnum() else None

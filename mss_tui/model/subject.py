"""What the subject of a message with documents says: ECO.2.1.3 read, its prefix never shown (ECO.3.1.3)."""

from __future__ import annotations

import re

from mss_tui.record import dataclass
from mss_tui.text import DisplayText, clean

_PREFIX = re.compile(r"\s*XDM/1\.0/DDM\+?\s*", re.IGNORECASE)
_BORN = re.compile(r" (\d\d/\d\d/\d{4})\s*\Z")
_MARK = re.compile(r"\[[^\]]{1,60}\]\s*")
_CAPITALS = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*\Z")
_SHORT = frozenset({
    "CR", "CRO", "CRH", "IRM", "TDM", "ECG", "EEG", "EFR", "PET", "RCP", "VSM", "DLU", "SSR", "SMR", "HAD", "PPS",
    "ETP", "IPS", "LDL", "RX", "MDV", "VIH", "BIO", "IMG",
})  # fmt: skip
"""Words in capitals that titles of documents hold: no family begins with them."""


@dataclass(frozen=True, slots=True)
class NamedPatient:
    """The patient whom a subject names: a hint for a list, never an identity. `about` is what stands before them."""

    about: DisplayText
    family: DisplayText
    given: DisplayText
    born: DisplayText = DisplayText("")

    @property
    def label(self) -> str:
        """VIAL Paul."""
        return f"{self.family} {self.given}"


def without_prefix(subject: str) -> DisplayText:
    """A subject as it is shown: `XDM/1.0/DDM+` left out wherever it stands; the raw subject stays where it was."""
    found = _PREFIX.search(subject)
    if found is None:
        return clean(subject)
    before, after = subject[: found.start()], subject[found.end() :]
    return clean(f"{before} {after}".strip())


def carries_documents(subject: str) -> bool:
    """Does a subject announce an archive?"""
    return _PREFIX.search(subject) is not None


def named_patient(subject: str) -> NamedPatient | None:
    """The patient that the subject of an archive names, None where it names none in the form of ECO.2.1.3."""
    found = _PREFIX.search(subject)
    if found is None:
        return None
    rest = _MARK.sub("", subject[found.end() :]).rstrip()
    born = _BORN.search(rest)
    words = (rest[: born.start()] if born else rest).split()
    end = len(words)
    while end > 1 and not _is_capital(words[end - 1]):
        end -= 1
    given = words[end:]
    if not given and born and len(words) > 2:
        given, end = words[-1:], len(words) - 1
    start = end
    while start > 1 and _is_capital(words[start - 1]) and words[start - 1] not in _SHORT:
        start -= 1
    family = words[start:end]
    if not family or not 0 < len(given) < 4 or any(char.isdigit() for char in "".join(given)):
        return None
    about = f"{''.join(_MARK.findall(subject[found.end() :]))}{' '.join(words[:start])}"
    return NamedPatient(
        clean(about), clean(" ".join(family)), clean(" ".join(given)), clean(born[1]) if born else DisplayText("")
    )


def _is_capital(word: str) -> bool:
    return len(word) > 1 and word == word.upper() and _CAPITALS.match(word) is not None

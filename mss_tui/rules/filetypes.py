"""File names and types that are dangerous, disguised, or a scanned signature."""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import StrEnum
from functools import cache

from mss_tui.record import dataclass
from mss_tui.rules.data import load
from mss_tui.rules.words import fold


@dataclass(frozen=True, slots=True)
class _FileTypes:
    active: frozenset[str]
    shown: frozenset[str]
    encrypted: frozenset[str]
    executable_types: frozenset[str]
    types: Mapping[str, frozenset[str]]


@cache
def _file_types() -> _FileTypes:
    data = load("fichiers")
    return _FileTypes(
        active=frozenset(f"{data['runs']} {data['macros']} {data['active_pages']}".split()),
        shown=frozenset(data["shown"].split()),
        encrypted=frozenset(data["encrypted"].split()),
        executable_types=frozenset(data["executable_types"].split()),
        types={name: frozenset(types.split()) for name, types in data["types"].items()},
    )


_VAGUE = frozenset(("", "application/octet-stream", "application/x-download", "application/download", "text/plain"))
_SIGNATURE = r"(?:^|[^a-z])(?:signatures?|sign|paraphes?|tampons?|cachets?|griffes?)(?:[^a-z]|$)|signature|paraphe"
_CLINICAL = r"tamponnement|signature[ _-](?:moleculaire|genetique)|griffes?[ _-](?:chat|chien|animal)"
"""Compiled when the first image is looked at (`re` keeps what it compiled)."""


class Danger(StrEnum):
    """What is wrong with a file; the values are variants of the rules' sentences ("executable" is their own)."""

    NONE = "aucun"
    RUNS = "executable"
    DISGUISED = "deguise"
    ENCRYPTED = "chiffree"


def extensions(name: str) -> list[str]:
    """The extensions of a file name, outermost last, blanks and case aside."""
    return [part.strip() for part in fold(name).strip().rstrip(". ").split(".")[1:]]


def danger(name: str, declared: str = "", sniffed: str = "", encrypted: bool = False, macros: bool = False) -> Danger:
    """What is wrong with a file: its name, its declared type, its first octets and its macros where they are known."""
    found = extensions(name)
    last = found[-1] if found else ""
    kind, seen = declared.lower().partition(";")[0].strip(), sniffed.lower()
    known = _file_types()
    runs = last in known.active
    hidden = len(found) > 1 and found[-2] in known.shown and runs
    if hidden or "\u2426" in name or re.search(r"\s{3,}\.\w+\s*$", name):
        return Danger.DISGUISED
    if runs or macros:
        return Danger.RUNS
    if seen in known.executable_types or kind in known.executable_types:
        return Danger.DISGUISED if last in known.shown else Danger.RUNS
    expected = known.types.get(last)
    if expected and seen and not encrypted and seen not in _VAGUE and seen not in expected:
        return Danger.DISGUISED
    if encrypted or last in known.encrypted:
        return Danger.ENCRYPTED
    return Danger.NONE


def signature_image(name: str, kind: str, pixels: tuple[int, int] | None = None) -> bool:
    """Is this image named, or named vaguely and shaped, as a scanned signature, paraph or stamp?"""
    stem = fold(name)
    image = kind.startswith("image/") or stem.rpartition(".")[2] in {"png", "jpg", "jpeg", "gif", "bmp", "tif", "tiff"}
    if not image or re.search(_CLINICAL, stem):
        return False
    if re.search(_SIGNATURE, stem):
        return True
    vague = re.match(r"(?:scan|sig|sans[ _-]titre|image)?[ _-]?\d*\.", stem) is not None
    return vague and pixels is not None and _strip(*pixels)


def _strip(width: int, height: int) -> bool:
    """Small, and much wider than high: the shape of a signature cut out of a scan."""
    return 0 < height <= 400 and width <= 1500 and 2.2 * height <= width

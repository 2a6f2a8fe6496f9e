"""Domains that look like the trust space and are not (catalogue, destinataire.hors-espace; security.md P7)."""

from __future__ import annotations

import unicodedata
from enum import StrEnum

from mss_tui.model.address import TRUST_DOMAIN, in_trust_space

_TRUST_LABEL = TRUST_DOMAIN.split(".")[0]

_CONFUSABLE = str.maketrans(
    "аеорсухіѕјһԁԛԝӏмнткгвзьαεορτυνικχѡɑɡɩʟɴꜱⅼոսօցզ",
    "aeopcyxisjhdqwlmhtkrb3baeoptuvikxwagilnslnuogq",
)
_PAIRS = (("rn", "m"), ("nn", "m"), ("vv", "w"), ("cl", "d"))
_DIGITS = str.maketrans("0135$", "oless")


class Look(StrEnum):
    """How a domain outside the trust space looks; the values are variants of the rule's sentence."""

    PLAIN = ""
    LOOKALIKE = "sosie"
    HOMOGLYPH = "homoglyphe"
    IDN = "idn"


def _unicode(domain: str) -> str:
    """The domain as a person would see it: punycode labels decoded where they can be."""
    labels = []
    for label in domain.lower().split("."):
        if label.startswith("xn--"):
            try:
                label = label.removeprefix("xn--").encode("ascii").decode("punycode")
            except (UnicodeError, ValueError):
                return domain
        labels.append(label)
    return ".".join(labels)


def _skeleton(text: str) -> str:
    """`text` with every character as the Latin one it is taken for."""
    plain = unicodedata.normalize("NFKD", text.casefold().translate(_CONFUSABLE))
    return "".join(c for c in plain if not unicodedata.combining(c))


def _skeletons(label: str) -> set[str]:
    found = {label, label.translate(_DIGITS)}
    for pair, single in _PAIRS:
        found |= {form.replace(pair, single) for form in found}
    return found


def one_edit(a: str, b: str) -> bool:
    """Are two words equal but for one insertion, removal, change, or swap of neighbours?"""
    if abs(len(a) - len(b)) > 1:
        return False
    start = 0
    while start < min(len(a), len(b)) and a[start] == b[start]:
        start += 1
    rest_a, rest_b = a[start:], b[start:]
    swapped = rest_a[:2] == rest_b[:2][::-1] and rest_a[2:] == rest_b[2:]
    return swapped or rest_a[1:] == rest_b[1:] or rest_a[1:] == rest_b or rest_a == rest_b[1:]


def look(domain: str) -> Look:
    """How a domain that is not in the trust space looks to a person in a hurry."""
    seen = _unicode(domain)
    plain = _skeleton(seen)
    foreign = not seen.isascii()
    if foreign and in_trust_space(plain):
        return Look.HOMOGLYPH
    labels = plain.split(".")
    near = any(
        _TRUST_LABEL in form or one_edit(form, _TRUST_LABEL)
        for label in labels
        for form in _skeletons(label.replace("-", ""))
    )
    if near:
        return Look.HOMOGLYPH if foreign else Look.LOOKALIKE
    return Look.IDN if foreign else Look.PLAIN


def display(domain: str) -> str:
    """The domain with what a punycode form hides: "xn--… (mssanté.fr)"."""
    seen = _unicode(domain)
    return f"{domain} ({seen})" if seen != domain.lower() else domain


def imitates(name: str) -> bool:
    """Does a display name mix Latin letters with look-alikes of another alphabet within one word?"""
    for word in "".join(c if c.isalpha() else " " for c in name).split():
        foreign = [c for c in word if ord(c) > 0x24F]
        if foreign and len(foreign) < len(word) and all(_skeleton(c).isascii() for c in foreign):
            return True
    return False

"""Does a secret follow? The value after "mot de passe :", "le code est", "mdp" and the like."""

from __future__ import annotations

import re

REACH = 70
_ASSIGNED = re.compile(
    r"[^\n:=]{0,45}?(?P<sign>\s:|:|=|\best\b|\bsont\b|\bc'est\b|\bc’est\b|->|→|\bvaut\b|\breste\b|\bdevient\b)\s*\n?\s*"
    r"[«\"'“(]?\s*(?P<value>\S+(?:[ .]\d{2,4}(?!\S*[a-zA-Z]))?)"
)
_BESIDE = re.compile(
    r"(?:\s+\S{1,14}){0,3}?\s*[«\"'“(]?\s*"
    r"(?P<value>\d{3}[ .]\d{3}\b|\d{4,10}\b|\S*\d\S*|\S+[!@#$*_&]\S*)"
)
_NO_SECRET = re.compile(
    r"\d{1,2}[/.h:-]\d{0,2}(?:[/.-]\d{2,4})?[.,;)]*\Z|\d{1,3}[.,;)]*\Z|\d+(?:%|€|mg|ml|kg|cm|mm|ans|jours|h|min|g|x\d*)[.,;)]*\Z|"
    r"(?:19|20)\d\d[.,;)]*\Z|https?:|www\.|\S+@\S+\.\S+|n°|\d+e\b|[jJ]\d+\b|\d+/\d+|0[1-9](?:[ .]?\d\d){4}"
)
_SPECIAL = re.compile(r"[!@#$*_&+]|\w[-./]\w")
_QUOTED = re.compile(r"\s*[:=,]?\s*[«\"“]\s*\w")
_SAME = re.compile(
    r"\s*[:=,]?\s*(?:est |c'est |c’est )?(?:le |la )?(?:idem|m[êe]me|identique|pareil|habituel)\b", re.IGNORECASE
)


def _secret(value: str, *, named: bool) -> bool:
    """Looks `value` like a secret? `named`: it follows a colon or an equals sign, so that a plain word may be one."""
    bare = value.strip("«»“”\"'()[]<>.,;:!?… ") if not _SPECIAL.search(value) else value.strip("«»“”\"'()[]<>.,;: ")
    if len(bare) < 3 or _NO_SECRET.match(bare):
        return False
    letters = any(c.isalpha() for c in bare)
    if any(c.isdigit() for c in bare):
        return letters or len(re.sub(r"\D", "", bare)) >= 4
    if _SPECIAL.search(bare) and len(bare) > 4 and "'" not in bare and "’" not in bare:
        return named
    upper = sum(c.isupper() for c in bare)
    return named and letters and (upper > 1 or (upper == 1 and not bare[0].isupper()))


def value_after(text: str, end: int) -> bool:
    """Does a value that looks like a secret follow place `end` of `text`, assigned to it or right beside?"""
    rest = text[end : end + REACH]
    if _SAME.match(rest) or _QUOTED.match(rest):
        return True
    line = rest.split("\n\n")[0]
    match = _ASSIGNED.match(line)
    if match is not None:
        sign = match["sign"].strip()
        tail = line[match.start("value") :]
        quoted = line[: match.start("value")].rstrip().endswith(("«", '"', "“"))
        if quoted or _secret(match["value"], named=sign in (":", "=", "->", "→")):
            return True
        if re.match(r"\d{3}[ .]\d{3}\b", tail):
            return True
    beside = _BESIDE.match(line)
    return beside is not None and _secret(beside["value"], named=False)

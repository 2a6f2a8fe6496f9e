"""How a document's values read in French: dates, sex, codes, matricules."""

from __future__ import annotations

import re

from mss_tui.documents.flavors import value_phrase
from mss_tui.model.document import Coded
from mss_tui.model.ins import parse_ins
from mss_tui.phrase import Phrase, say
from mss_tui.text import DisplayText, clean

_TS = re.compile(r"(\d{4})(\d{2})?(\d{2})?(\d{2})?(\d{2})?(\d{2})?(?:\.\d+)?([+-]\d{4})?\Z")
_SEX = {
    "M": say("masculin"),
    "F": say("féminin"),
    "U": say("inconnu"),
    "UN": say("indéterminé"),
    "I": say("indéterminé"),
}
_CONFIDENTIALITY = {
    "N": say("normal"),
    "R": say("restreint"),
    "V": say("très restreint"),
    "MASQUE_PS": say("masqué aux professionnels"),
    "INVISIBLE_PATIENT": say("invisible pour le patient"),
    "INVISIBLE_REPRESENTANTS_LEGAUX": say("invisible pour les représentants légaux"),
}
_CRITICAL = {
    "AA": say("anormal, alerte"),
    "HH": say("très élevé"),
    "LL": say("très bas"),
}


def moment(written: str) -> DisplayText:
    """An HL7 TS as people read it, in its own zone: "09/04/2021 15:35"; what is no TS stays as it is."""
    found = _TS.match(written)
    if found is None:
        return clean(written, 60)
    year, month, day, hour, minute, _, _ = found.groups()
    date = "/".join(part for part in (day, month, year) if part)
    return clean(f"{date} {hour}:{minute}" if hour and minute else date)


def day(written: str) -> DisplayText:
    """The date of an HL7 TS: "09/04/2021"."""
    return clean(moment(written)[:10]) if _TS.match(written) else clean(written, 60)


def iso(written: str) -> str | None:
    """An HL7 TS as ISO 8601, as precise as it is written; None when it is none."""
    found = _TS.match(written)
    if found is None:
        return None
    year, month, day_, hour, minute, second, zone = found.groups()
    date = "-".join(part for part in (year, month, day_) if part)
    if not (day_ and hour and minute):
        return date
    offset = f"{zone[:3]}:{zone[3:]}" if zone else ""
    return f"{date}T{hour}:{minute}:{second or '00'}{offset}"


def sex(code: str) -> Phrase:
    """A sex in words; the code itself, or why there is none, where it has none."""
    return _SEX.get(code) or value_phrase(clean(code, 40))


def confidentiality(code: Coded) -> Phrase:
    """A confidentiality code in words."""
    return _CONFIDENTIALITY.get(code.code, say("{code}", code=code.label or clean(code.code, 60)))


def critical(code: str) -> Phrase:
    """An interpretation that alerts, in words."""
    return _CRITICAL.get(code, say("{code}", code=clean(code, 20)))


def matricule(number: str) -> str:
    """A matricule as people read it; as it is written where it has not the form of one."""
    ins = parse_ins(number)
    return ins.grouped if ins is not None else clean(number, 40)

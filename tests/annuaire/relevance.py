"""The relevance list: who must be found first for what is typed. `python -m tests.annuaire.relevance` renders it."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.support.extraction import CARDIO, DENTIST, DOCTOR, GENERAL, MIDWIFE, NURSE, PHARMACIST, PHYSIO, Box

DATA = Path(__file__).with_name("relevance.toml")
PAGE = Path(__file__).parents[2] / "docs" / "reference" / "annuaire-recherche.md"

_PROFESSIONS = {
    "doctor": DOCTOR,
    "nurse": NURSE,
    "midwife": MIDWIFE,
    "pharmacist": PHARMACIST,
    "physio": PHYSIO,
    "dentist": DENTIST,
}
_SPECIALITIES = {"cardio": CARDIO, "general": GENERAL}
_TIERS = {"exact": "exact", "prefix": "début de mot", "phonetic": "même son", "near": "proche", "": "rien"}


@dataclass(frozen=True, slots=True)
class Query:
    """What is typed, whose mailboxes come first and in which tier (none: nothing may be found), and why."""

    words: str
    first: tuple[str, ...]
    tier: str
    why: str


def _box(known: dict[str, Any]) -> Box:
    postal, _, town = known.get("town", "").partition(" ")
    return Box(
        f"{known['key']}@{known['domain']}.mssante.fr",
        known.get("type", "PER"),
        family=known.get("family", ""),
        given=known.get("given", ""),
        rpps=known.get("rpps", ""),
        profession=_PROFESSIONS.get(known.get("profession", ""), ("", "")),
        speciality=_SPECIALITIES.get(known.get("speciality", ""), ("", "")),
        service=known.get("service", ""),
        finess=known.get("finess", ""),
        structure=known.get("structure", ""),
        postal_code=postal,
        town=town,
        department=known.get("department", ""),
    )


_READ = tomllib.loads(DATA.read_text(encoding="utf-8"))
PEOPLE = tuple(map(_box, _READ["people"]))
QUERIES = tuple(Query(q["words"], tuple(q["first"]), q["tier"], q["why"]) for q in _READ["query"])


def page() -> str:
    """The reference page."""
    who = {box.address.partition("@")[0]: box for box in PEOPLE}

    def name(key: str) -> str:
        box = who[key]
        return f"{box.family} {box.given}".strip() or f"{box.service}, {box.structure}"

    lines = [
        "# Annuaire : ce que trouve la recherche",
        "",
        "Tous les mots tapés doivent être trouvés, dans n'importe quel ordre : nom, prénom, profession, spécialité,",
        "structure, service, ville, code postal, département, RPPS, FINESS ou adresse. Les résultats sont rangés par",
        "paliers, toujours dans cet ordre, et le palier est affiché :",
        "",
        "1. **exact** : chaque mot est là en entier (accents, traits d'union, apostrophes, majuscules mis à part) ;",
        "2. **début de mot** : un mot au moins n'est que commencé ;",
        "3. **même son** : un nom se prononce pareil ;",
        "4. **proche** : une faute de frappe dans un mot d'au moins cinq lettres.",
        "",
        "Personne n'est choisi à votre place, sauf par un numéro RPPS ou une adresse exacts.",
        "",
        "Cette liste est vérifiée par les tests (`tests/annuaire/relevance.toml`) ; les personnes sont inventées.",
        "",
        "| on tape | on trouve d'abord | palier | pourquoi |",
        "|---|---|---|---|",
    ]
    for query in QUERIES:
        found = "<br>".join(map(name, query.first)) or "—"
        lines.append(f"| `{query.words}` | {found} | {_TIERS[query.tier]} | {query.why} |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    PAGE.parent.mkdir(parents=True, exist_ok=True)
    PAGE.write_text(page(), encoding="utf-8")

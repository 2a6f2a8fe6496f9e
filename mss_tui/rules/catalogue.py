"""The catalogue: every rule with its words, its sources and its severity, from the TOML files beside this module.

Rules decide by id and values (`model.verdict.Verdict`); the sentences are joined here, where they are shown.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import field
from functools import cache
from types import MappingProxyType
from typing import Any

from mss_tui.model.verdict import Severity, State, Verdict
from mss_tui.phrase import Phrase, say
from mss_tui.record import dataclass
from mss_tui.rules.data import load

SECTIONS = ("1-destinataires", "2-contenu", "3-pieces-jointes", "4-boite", "5-vie", "6-reception")

DOCUMENTS: Mapping[str, str] = MappingProxyType(
    {
        "charte": "Charte de bonnes pratiques MSS (URPS, SN-HdF)",
        "faq": "MSS : questions fréquentes",
        "memo": "MSSanté : mémo pratique (URML, Assurance Maladie)",
        "formation": "Développement des usages MSSanté, médico-social",
        "monsisra": "Messagerie sécurisée régionale MonSisra",
        "ref2": "Référentiel socle MSSanté n° 2 et Ségur vague 2",
        "produit": "Choix du produit",
    }
)

_FIELD = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True, slots=True)
class Words:
    """A message and what to do about it: French templates with `{values}`."""

    message: str
    remedy: str


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of the catalogue.

    `scopes` say which facts it judges (outgoing, incoming, row, mailbox). `unknown` is its sentence when a fact is
    missing. `variants` are other words for a violation, chosen by the verdict's value `variant`. `remember`: what
    acceptance holds for the same item for as long as the policy says: "" none, "unknown" that of an unknown alone,
    "always". `reason`: accepting a violation takes a reason in words.
    """

    id: str
    section: int
    severity: Severity
    title: str
    words: Words
    sources: tuple[str, ...]
    scopes: frozenset[str]
    unknown: str = ""
    variants: Mapping[str, Words] = field(default_factory=lambda: MappingProxyType({}))
    remember: str = ""
    reason: bool = False


Catalogue = Mapping[str, Rule]


def _rule(rule_id: str, section: int, scopes: list[str], data: dict[str, Any]) -> Rule:
    return Rule(
        id=rule_id,
        section=section,
        severity=Severity(data["severity"]),
        title=data["title"],
        words=Words(data["message"], data["remedy"]),
        sources=tuple(data["sources"]),
        scopes=frozenset(data.get("scopes", scopes)),
        unknown=data.get("unknown", ""),
        variants=MappingProxyType({name: Words(**words) for name, words in data.get("variant", {}).items()}),
        remember=data.get("remember", ""),
        reason=data.get("reason", False),
    )


@cache
def catalogue() -> Catalogue:
    """Every rule by id, in the catalogue's order; read once, never changed."""
    rules: dict[str, Rule] = {}
    for section, name in enumerate(SECTIONS, 1):
        data = load(name)
        rules |= {rule_id: _rule(rule_id, section, data["scopes"], rule) for rule_id, rule in data["rule"].items()}
    return MappingProxyType(rules)


def section_titles() -> tuple[str, ...]:
    """Titles of the sections, in order; for documentation."""
    return tuple(load(name)["title"] for name in SECTIONS)


def _words(verdict: Verdict) -> Words:
    rule = catalogue()[verdict.rule]
    return rule.variants.get(str(verdict.values.get("variant", "")), rule.words)


def _phrase(template: str, verdict: Verdict) -> Phrase:
    """The phrase; a value that a verdict of another origin does not give shows as "…" rather than fail."""
    fields = _FIELD.findall(template)
    return Phrase(template, MappingProxyType({name: verdict.values.get(name, "…") for name in fields}))


def sentence(verdict: Verdict) -> Phrase:
    """What the verdict says, in one sentence."""
    title = Phrase(catalogue()[verdict.rule].title)
    match verdict.state:
        case State.VIOLATED:
            return _phrase(_words(verdict).message, verdict)
        case State.SATISFIED:
            return say("Vérifié, rien à signaler : {title}.", title=title)
        case State.NOT_APPLICABLE:
            return say("Sans objet : {title}.", title=title)
        case State.NOT_IMPLEMENTED:
            return say("mss-tui ne vérifie pas encore : {title}.", title=title)
    if "failure" in verdict.values:
        return say("Je n'ai pas pu vérifier : {title} (erreur de mss-tui).", title=title)
    template = catalogue()[verdict.rule].unknown
    return _phrase(template, verdict) if template else say("Je n'ai pas pu vérifier : {title}.", title=title)


def remedy(verdict: Verdict) -> Phrase:
    """What to do about it, in one sentence; empty where there is nothing to do."""
    return _phrase(_words(verdict).remedy, verdict) if verdict.shows else Phrase("")


def needs_reason(verdict: Verdict) -> bool:
    """Is a yes not enough: does the catalogue ask for a reason?"""
    return verdict.asks and verdict.state is State.VIOLATED and catalogue()[verdict.rule].reason


def source_title(source: str) -> str:
    """A source as shown: "charte 2" → "Charte de bonnes pratiques MSS (URPS, SN-HdF), 2"."""
    key, _, place = source.partition(" ")
    title = DOCUMENTS[key]
    return f"{title}, {place}" if place else title


def sources(rule_id: str) -> tuple[str, ...]:
    """The titles of the documents that a rule comes from."""
    return tuple(map(source_title, catalogue()[rule_id].sources))

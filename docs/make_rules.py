"""Writes docs/rules/ from the rules' data: one page a section, the life cycle, the operator policies.

python docs/make_rules.py            writes the pages
python docs/make_rules.py --check    says which are not up to date (exit code 1)
"""

from __future__ import annotations

import sys
import tomllib
from collections.abc import Iterable, Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any

from mss_tui.config.policies import FIGURES, MARKS, POLICIES, UNSET, load_policy
from mss_tui.model.mailbox import Life
from mss_tui.model.policy import Policy
from mss_tui.rules.catalogue import DOCUMENTS, SECTIONS, Rule, catalogue, section_titles, source_title
from mss_tui.rules.lifecycle import ADVICE, TRANSITIONS, Event

FOLDER = Path(__file__).parent / "rules"
MADE = "Page produite par `docs/make_rules.py` ; ne la modifiez pas à la main.\n"

SEVERITIES = {
    "block": "**bloque** : le message ne peut pas partir",
    "confirm": "**à confirmer** : l'expéditeur accepte, et c'est écrit au journal",
    "warn": "**avertit** : montré à sa place, rien n'est demandé",
    "info": "**informe** : montré sur demande ou par une marque discrète",
}
SCOPES = {"outgoing": "à l'envoi", "incoming": "à la réception", "row": "dans la liste", "mailbox": "sur la boîte"}
KINDS = {"fires": "La règle parle", "clean": "La règle se tait", "unknown": "La règle ne sait pas"}
FIGURE_NAMES = {
    "part_octets": "Taille d'une pièce jointe (octets)",
    "message_octets": "Taille d'un message (octets)",
    "mailbox_octets": "Volume de la boîte (octets)",
    "patient_message_octets": "Taille d'un message à un patient (octets)",
    "handling_hours": "Traitement d'un message (heures)",
    "handling_warning_hours": "… marqué à partir de (heures)",
    "retention_months": "Suppression automatique d'un message (mois)",
    "retention_warning_days": "… annoncée avant (jours)",
    "unpublish_days": "Dépublication sans connexion (jours)",
    "delete_years": "Suppression de la boîte sans connexion (ans)",
    "many_recipients": "Destinataires avant confirmation",
    "many_copies": "Copies avant avertissement",
    "remember_days": "Acceptation retenue (jours)",
    "unpublish_warning_days": "Alertes avant dépublication (jours)",
    "delete_warning_days": "Alertes avant suppression (jours)",
    "quota_warning_percent": "Alertes de volume (%)",
}


def _cell(text: object) -> str:
    return str(text).replace("|", "\\|").replace("\n", " ⏎ ")


def _value(value: object) -> str:
    match value:
        case bool():
            return "oui" if value else "non"
        case str():
            return "inconnu" if value == "?" else f"« {_cell(value)} »" if value else "vide"
        case dict():
            return ", ".join(f"{key} {_value(of)}" for key, of in value.items())
        case list():
            return " ; ".join(map(_value, value)) or "aucun"
    return _cell(value)


def _example(example: Mapping[str, Any]) -> str:
    said = [f"{key} : {_value(of)}" for key, of in example.items() if key not in ("note", "variant", "severity")]
    note = f" — {_cell(example['note'])}" if "note" in example else ""
    return f"- {' · '.join(said) or 'le cas ordinaire'}{note}"


def _rule(rule: Rule, examples: Mapping[str, list[Mapping[str, Any]]]) -> Iterable[str]:
    yield f"## `{rule.id}` {rule.title}\n"
    yield f"{SEVERITIES[rule.severity]} · {', '.join(SCOPES[s] for s in SCOPES if s in rule.scopes)}\n"
    yield f"> {rule.words.message}\n>\n> {rule.words.remedy}\n"
    for name, words in rule.variants.items():
        yield f"> *{name}* : {words.message}\n>\n> {words.remedy}\n"
    if rule.unknown:
        yield f"> *inconnu* : {rule.unknown}\n"
    yield f"Sources : {' ; '.join(map(source_title, rule.sources))}.\n"
    for kind, title in KINDS.items():
        if examples.get(kind):
            yield f"{title} :\n"
            yield "\n".join(map(_example, examples[kind])) + "\n"


def section_page(section: str, title: str) -> str:
    """One section of the catalogue."""
    text = (files("mss_tui.rules.data") / "examples" / f"{section}.toml").read_text("utf-8")
    examples = tomllib.loads(text)
    number = SECTIONS.index(section) + 1
    rules = [rule for rule in catalogue().values() if rule.section == number]
    body = [line for rule in rules for line in _rule(rule, examples[rule.id])]
    return "\n".join([f"# {number}. {title}\n", MADE, *body])


def index_page() -> str:
    """Every rule on one line."""
    titles = section_titles()
    lines = [
        "# Les règles\n",
        MADE,
        "Chaque règle dit de quel document elle vient, ce qui ne va pas et ce qu'il faut faire. Quand un fait manque,",
        "elle répond « inconnu » et n'est jamais montrée comme passée.\n",
        *(f"- {words}" for words in SEVERITIES.values()),
        "",
        "Voir aussi le [cycle de vie](cycle-de-vie.md), les [politiques d'opérateur](politiques.md) et les",
        "[mesures des règles de texte](mesures.md).\n",
        *(f"- `{key}` : {title}" for key, title in DOCUMENTS.items()),
        "",
    ]
    for number, (section, title) in enumerate(zip(SECTIONS, titles, strict=True), 1):
        lines += [f"## {number}. {title}\n", "| règle | gravité | ce qu'elle regarde | source |", "|---|---|---|---|"]
        for rule in (r for r in catalogue().values() if r.section == number):
            link = f"[`{rule.id}`]({section}.md)"
            lines.append(f"| {link} | {rule.severity} | {_cell(rule.title)} | {', '.join(rule.sources)} |")
        lines.append("")
    return "\n".join(lines)


def life_page() -> str:
    """States and events of a mailbox, as a diagram and as a table."""
    lines = ["# Cycle de vie d'une boîte\n", MADE, "```mermaid", "stateDiagram-v2", f"    [*] --> {Life.UNKNOWN}"]
    moves: dict[tuple[Life, Life], list[str]] = {}
    for (before, event), after in TRANSITIONS.items():
        if before is not after:
            moves.setdefault((before, after), []).append(event.value)
    lines += [f"    {a} --> {b}: {', '.join(words)}" for (a, b), words in moves.items()]
    lines += ["```\n", f"| de \\ quand | {' | '.join(e.value for e in Event)} |", "|---" * (len(Event) + 1) + "|"]
    for state in Life:
        cells = (TRANSITIONS[state, event] for event in Event)
        lines.append(f"| **{state}** | {' | '.join('—' if s is state else s.value for s in cells)} |")
    lines += ["", "| état | que faire |", "|---|---|", *(f"| {s} | {ADVICE[s].render()} |" for s in Life), ""]
    return "\n".join(lines)


def _policy_value(policy: Policy, name: str) -> str:
    found = getattr(policy, name)
    if name in MARKS:
        return f"{', '.join(map(str, found))} (choix du produit)"
    return UNSET if found.value is None else f"{found.value:_} ({found.source})".replace("_", " ")


def policies_page() -> str:
    """Each operator's figures with their sources."""
    policies = [load_policy(name) for name in POLICIES]
    lines = [
        "# Politiques d'opérateur\n",
        MADE,
        "Un chiffre qu'aucun document ne donne est « non renseigné » : sa règle est alors sans objet. Le fichier d'un",
        "administrateur passe au-dessus de la politique livrée, clé par clé.\n",
        f"| | {' | '.join(f'`{p.id}` {p.name}' for p in policies)} |",
        "|---" * (len(policies) + 1) + "|",
        *(
            f"| {FIGURE_NAMES[name]} | {' | '.join(_policy_value(p, name) for p in policies)} |"
            for name in (*FIGURES, *MARKS)
        ),
        f"| Domaines de confiance en plus | {' | '.join(', '.join(p.extra_domains) or '—' for p in policies)} |",
        f"| Aide | {' | '.join(_support(p) for p in policies)} |",
        "",
    ]
    return "\n".join(lines)


def _support(policy: Policy) -> str:
    card = policy.support
    hours = f"{card.opens}-{card.closes}" if card.opens else ""
    return ", ".join(filter(None, (card.portal, card.phone, card.address, hours, card.source))) or UNSET


def pages() -> dict[str, str]:
    """Every page by file name."""
    sections = {f"{s}.md": section_page(s, t) for s, t in zip(SECTIONS, section_titles(), strict=True)}
    return {
        "README.md": index_page(),
        **sections,
        "cycle-de-vie.md": life_page(),
        "politiques.md": policies_page(),
    }


def main() -> int:
    """Write the pages, or with --check compare them."""
    stale = 0
    for name, text in pages().items():
        path = FOLDER / name
        if "--check" in sys.argv:
            if not path.exists() or path.read_text("utf-8") != text:
                stale = 1
                print(f"{path} n'est pas à jour")
        else:
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, "utf-8")
    return stale


if __name__ == "__main__":
    sys.exit(main())

"""Measures the text rules on labelled messages, ours and the corpus beside the checkout; writes docs/rules/mesures.md.

    python docs/make_rules_report.py

Where the corpus is not there (users do not have it), says so and leaves the page as it is.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from math import sqrt
from pathlib import Path

import make_rules_words as learning

from mss_tui.rules.language.cues import LABELS
from mss_tui.rules.language.message import labels
from mss_tui.rules.language.reading import counts_alone, decided
from mss_tui.rules.language.weights import Weights, moved

HERE = Path(__file__).resolve().parent
CORPUS = HERE.parents[1] / "shared" / "data" / "rules-corpus" / "dev.jsonl"
OWN = HERE.parent / "tests" / "rules"
PAGE = HERE / "rules" / "mesures.md"

METHOD = """# Mesures des règles de texte

Page produite par `docs/make_rules_report.py` ; ne la modifiez pas à la main.

## Comment un message est jugé

Deux moyens s'ajoutent, pour chaque règle :

- des **tournures** écrites à la main, pesées et rangées par familles (`mss_tui/rules/data/langue/*.toml`) : négation,
  contexte de soin, récit, citation, qui parle à qui ;
- des **mots** pesés par apprentissage (`mots.json`, appris par `docs/make_rules_words.py` sur nos messages étiquetés et
  sur le corpus) : chaque mot, début de mot ou paire de mots ajoute ou retire un peu à ce que donnent les tournures.
  Ils ne suffisent à décider seuls que dans un message court et quand ils sont très nets ; jamais pour une pièce jointe
  annoncée, et ils ne comptent pas pour un identifiant transmis.

`mss-tui check --explain` montre les mots qui ont compté, de l'une ou l'autre sorte.

Aucune de ces mesures ne vient d'une vraie boîte : tous les messages sont inventés, les pièges y sont bien plus nombreux
qu'en vrai. Les intervalles sont ceux de Wilson, à 95 %. Objectif : précision 0,97, rappel 0,90, fausses alertes
sous 2 % des messages propres. **Sur des textes jamais lus, la précision est un peu dessous et le rappel aussi.**

## Chaque lot à sa première lecture

Les lots ont été écrits les uns après les autres et mesurés avant toute correction : c'est ce que valaient les règles du
moment sur un texte neuf. Le premier l'a été avant d'avoir lu les règles, les autres après. Chacun, sauf le dernier, a
ensuite servi à corriger et à apprendre.

| lot (messages) | précision | rappel | fausses alertes |
|---|---|---|---|
| 1, première moitié (280), avant ce travail | {lot1} |
| 1, seconde moitié (328), avant ce travail | {lot1b} |
| 2, règles de contenu seules (277), tournures rares, avant l'apprentissage | {lot2} |
| 3, messages à la manière du corpus (134) | {lot3} |
| 1, seconde moitié, restée non lue jusque-là | {lot1c} |
| 4, tournures rares (173) | {lot4} |
| 5, collègues qui se tutoient, familles de patients : pièges (47) | {lot5} |
| 6, dernier lot (106), jamais lu ni appris | {lot6} |

Le lot 5 a montré ce que les autres cachaient : dix messages de travail familiers sur quarante pris pour privés ; il a
donné deux familles de tournures contraires. Ce qui échappe le plus : l'insulte sans mot d'insulte, la propagande sans
mot de culte ni de parti, la détresse dite sans mot médical.
"""

FIRST = {
    "lot1": ((143, 148), (143, 171), (2, 122)),
    "lot1b": ((175, 188), (175, 199), (5, 150)),
    "lot2": ((100, 106), (100, 155), None),
    "lot3": ((62, 65), (62, 70), (2, 64)),
    "lot1c": ((182, 193), (182, 199), (5, 150)),
    "lot4": ((74, 77), (74, 98), (1, 77)),
    "lot5": ((6, 17), (6, 7), (10, 40)),
    "lot6": ((47, 50), (47, 56), (1, 51)),
}
"""Right of found, right of all, alarms of clean messages, of each lot when it was first read."""
FOLDS = 8


@dataclass
class Count:
    """What was found rightly, wrongly, and missed."""

    right: int = 0
    wrong: int = 0
    missed: int = 0


def wilson(good: int, of: int) -> str:
    """A share with its 95 % interval (Wilson)."""
    if not of:
        return "—"
    z, p = 1.96, good / of
    middle, half = p + z * z / (2 * of), z * sqrt(p * (1 - p) / of + z * z / (4 * of * of))
    low, high = ((middle + sign * half) / (1 + z * z / of) for sign in (-1, 1))
    return f"{good}/{of} = {p:.2f} ({low:.2f} à {high:.2f})".replace(".", ",")


Message = tuple[str, str, list[str], set[str]]


def corpus() -> list[Message]:
    """The labelled messages: subject, body, attachments, labels."""
    lines = map(json.loads, CORPUS.read_text("utf-8").splitlines())
    return [(d["subject"], d["body"], d["attachments"], set(d["labels"])) for d in lines]


def measure(messages: Iterable[Message]) -> tuple[dict[str, Count], int, int]:
    """Counts by label, clean messages, and clean messages that raised something."""
    counts: dict[str, Count] = {}
    clean = alarms = 0
    for subject, body, files, gold in messages:
        found = set(labels(subject, body, files))
        for label in found | gold:
            count = counts.setdefault(label, Count())
            count.right += label in found and label in gold
            count.wrong += label in found and label not in gold
            count.missed += label not in found and label in gold
        clean += not gold
        alarms += bool(not gold and found)
    return counts, clean, alarms


def table(counts: dict[str, Count]) -> list[str]:
    """Precision and recall by label."""
    lines = ["| règle | précision | rappel |", "|---|---|---|"]
    total = Count()
    for label, count in sorted(counts.items()):
        total.right, total.wrong = total.right + count.right, total.wrong + count.wrong
        total.missed += count.missed
        lines.append(_row(f"`{label}`", count))
    return [*lines, _row("**toutes**", total), ""]


def _row(name: str, count: Count) -> str:
    precision = wilson(count.right, count.right + count.wrong)
    return f"| {name} | {precision} | {wilson(count.right, count.right + count.missed)} |"


def first_readings() -> dict[str, str]:
    """The cells of the table of lots."""
    return {
        name: " | ".join("—" if share is None else wilson(*share) for share in shares) for name, shares in FIRST.items()
    }


def left_out() -> list[str]:
    """Each message of our families judged with words learnt without its family: cues alone, words alone, both."""
    messages = learning.examples()
    families = list(dict.fromkeys(m.family for m in learning.jsonl(learning.OWN / "data" / "familles.jsonl")))
    both: dict[str, Count] = {}
    totals = {"tournures seules": Count(), "mots seuls": Count(), "tournures et mots": Count()}
    alarms: Counter[str] = Counter()
    clean = 0
    for fold in range(FOLDS):
        out = set(families[fold::FOLDS])
        learnt = learning.learn([m for m in messages if m.family not in out])
        for message in (m for m in messages if m.family in out):
            gold = {label for label in LABELS if f"contenu.{label}" in message.labels}
            clean += not message.labels
            for way, found in _three_ways(message, learnt).items():
                alarms[way] += bool(found and not message.labels)
                for label in found | gold:
                    counts = [totals[way]]
                    if way == "tournures et mots":
                        counts.append(both.setdefault(f"contenu.{label}", Count()))
                    for count in counts:
                        count.right += label in found and label in gold
                        count.wrong += label in found and label not in gold
                        count.missed += label not in found and label in gold
    lines = ["| | précision | rappel | fausses alertes |", "|---|---|---|---|"]
    lines += [f"{_row(way, count)} {wilson(alarms[way], clean)} |" for way, count in totals.items()]
    return [f"{len(families)} familles, en {FOLDS} parts.\n", *lines, "", *table(both)]


def _three_ways(message: learning.Example, learnt: Weights) -> dict[str, set[str]]:
    """The content labels given by the cues, by the words, by both."""
    cues = {label: message.reading.spoken(label) for label in LABELS}
    words = {label: learnt.total(label, message.grams & learnt.words.keys()) for label in LABELS}
    scores = {
        label: cues[label] if counts_alone(label, cues[label]) else cues[label] + moved(label, words[label])
        for label in LABELS
    }
    ways = {
        "tournures seules": decided(cues),
        "mots seuls": {label for label in LABELS if words[label] > 0},
        "tournures et mots": decided(scores),
    }
    return {way: {x for x in found if x != "pj-oubliee" or not message.files} for way, found in ways.items()}


def own_messages() -> list[str]:
    """Our own messages, kept in the tests."""
    lines = ["| règle | trouvés | pièges laissés en paix |", "|---|---|---|"]
    for label in LABELS:
        counts: Counter[bool] = Counter()
        right: Counter[bool] = Counter()
        for line in (OWN / "language" / f"{label}.txt").read_text("utf-8").splitlines():
            if line[:1] in ("+", "-"):
                subject, body, files = [part.strip() for part in (line[2:] + "||||").split("||")][:3]
                fires = line[0] == "+"
                found = f"contenu.{label}" in labels(subject, body.replace("⏎", "\n"), [files] if files else [])
                counts[fires] += 1
                right[fires] += found == fires
        lines.append(f"| `contenu.{label}` | {right[True]}/{counts[True]} | {right[False]}/{counts[False]} |")
    return [*lines, ""]


def page() -> str:
    """The page."""
    messages = corpus()
    counts, clean, alarms = measure(messages)
    unread = [
        (m.subject, m.body, list(m.files), set(m.labels)) for m in learning.jsonl(OWN / "data" / "aveugles.jsonl")
    ]
    blind, blind_clean, blind_alarms = measure(unread)
    return "\n".join(
        [
            METHOD.format(**first_readings()),
            "## Le dernier lot, jamais lu, avec les règles d'aujourd'hui\n",
            f"{len(unread)} messages ; fausses alertes sur les messages propres : {wilson(blind_alarms, blind_clean)}.",
            "Ses totaux ont été regardés deux fois, ses messages jamais corrigés ni appris.\n",
            *table(blind),
            "## Validation croisée par familles de tournures\n",
            "Chaque message de nos lots est jugé avec des mots appris sans aucun message de sa famille (une situation",
            "et une façon de la dire). Les tournures, corrigées sur ces lots, gardent une part d'optimisme.",
            "Ce tableau dit ce que l'apprentissage ajoute, et que les mots seuls ne suffisent pas.\n",
            *left_out(),
            "## Sur le corpus entier (lu et appris : optimiste)\n",
            f"{len(messages)} messages ; fausses alertes sur les messages propres : {wilson(alarms, clean)}.\n",
            *table(counts),
            "## Nos listes (tests/rules/language, lues et apprises : optimiste)\n",
            *own_messages(),
        ]
    )


def main() -> int:
    """Write the page."""
    if not CORPUS.exists():
        print("Le corpus n'est pas à côté du dépôt : rien n'est mesuré.")
        return 0
    PAGE.write_text(page(), "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""Learns the weights of words for the text rules, and writes mss_tui/rules/data/langue/mots.json.

    python docs/make_rules_words.py

A logistic regression a label over words, beginnings of words, pairs of words and contexts (`language.weights`), on our
own labelled messages (tests/rules) and on the labelled corpus where it is beside the checkout. Messages of
tests/rules/data/aveugles.jsonl are never learnt from: they are there to measure. The order of the messages is drawn
from a fixed seed: the same texts give the same file.
"""

from __future__ import annotations

import json
import sys
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import exp, sqrt
from pathlib import Path
from random import Random

from mss_tui.rules.language.cues import LABELS
from mss_tui.rules.language.own import own_words
from mss_tui.rules.language.reading import Reading
from mss_tui.rules.language.weights import Weights

HERE = Path(__file__).resolve().parent
OWN = HERE.parent / "tests" / "rules"
CORPUS = HERE.parents[1] / "shared" / "data" / "rules-corpus" / "dev.jsonl"
TARGET = HERE.parent / "mss_tui" / "rules" / "data" / "langue" / "mots.json"

ROUNDS = 20
DECAY = 1e-3
RATE = 1.0
SEEN = 2
"""Messages in which a word must stand to be learnt."""
SMALL = 0.2
"""Weights below it are left out."""


@dataclass(frozen=True)
class Example:
    """A labelled message with its family of phrasing."""

    subject: str
    body: str
    files: tuple[str, ...]
    labels: frozenset[str]
    family: str

    @cached_property
    def reading(self) -> Reading:
        """The message read."""
        return Reading(self.subject, own_words(self.body))

    @cached_property
    def grams(self) -> frozenset[str]:
        """What may be learnt from it."""
        return self.reading.grams()


def jsonl(path: Path) -> list[Example]:
    """The messages of a file of JSON lines; none where it does not exist."""
    lines = map(json.loads, path.read_text("utf-8").splitlines()) if path.exists() else ()
    return [
        Example(d["subject"], d["body"], tuple(d["attachments"]), frozenset(d["labels"]), d.get("family", path.stem))
        for d in lines
    ]


def listed(label: str) -> list[Example]:
    """Our own messages of one label: those that fire and traps."""
    found = []
    for line in (OWN / "language" / f"{label}.txt").read_text("utf-8").splitlines():
        if line[:1] in ("+", "-"):
            subject, body, file = [part.strip() for part in (line[2:] + "||||").split("||")][:3]
            labels = frozenset((f"contenu.{label}",)) if line[0] == "+" else frozenset()
            found.append(Example(subject, body.replace("⏎", "\n"), (file,) if file else (), labels, f"listes-{label}"))
    return found


def examples() -> list[Example]:
    """All that is learnt from."""
    ours = [example for name in (*LABELS, "propres") for example in listed(name)]
    return [*ours, *jsonl(OWN / "data" / "familles.jsonl"), *jsonl(CORPUS)]


def learn(messages: Sequence[Example]) -> Weights:
    """The weights, in hundredths, by gradient descent over the messages in a drawn order."""
    seen = Counter(gram for message in messages for gram in message.grams)
    vocabulary = {gram for gram, times in seen.items() if times >= SEEN}
    every = [_learn(label, messages, vocabulary) for label in LABELS]
    words: dict[str, list[int]] = {}
    for at, (_, of) in enumerate(every):
        for word, weight in of.items():
            if abs(weight) >= SMALL:
                words.setdefault(word, [0] * len(LABELS))[at] = round(100 * weight)
    return Weights(LABELS, [round(100 * constant) for constant, _ in every], words)


def _learn(label: str, messages: Sequence[Example], vocabulary: Collection[str]) -> tuple[float, dict[str, float]]:
    rows = [(sorted(m.grams.intersection(vocabulary)), f"contenu.{label}" in m.labels) for m in messages]
    given = sum(gold for _, gold in rows)
    rare = sqrt(min(36.0, (len(rows) - given) / max(given, 1)))
    weights: defaultdict[str, float] = defaultdict(float)
    constant = 0.0
    order = Random(1)  # noqa: S311
    for turn in range(ROUNDS):
        order.shuffle(rows)
        rate = RATE / (1 + 0.3 * turn)
        for grams, gold in rows:
            scale = 1 / sqrt(len(grams) + 1)
            total = constant + scale * sum(weights[gram] for gram in grams)
            slope = (1 / (1 + exp(-max(-30.0, min(30.0, total)))) - gold) * (rare if gold else 1.0)
            for gram in grams:
                weights[gram] -= rate * (slope * scale + DECAY * weights[gram])
            constant -= 0.3 * rate * slope
    return constant, weights


def written(learnt: Weights) -> str:
    """The file: one word a line, in their order."""
    head = f'{{"labels": {json.dumps(learnt.labels)},\n"constants": {json.dumps(learnt.constants)},\n"words": {{\n'
    lines = (
        f"{json.dumps(word, ensure_ascii=False)}:{json.dumps(of, separators=(',', ':'))}"
        for word, of in sorted(learnt.words.items())
    )
    return head + ",\n".join(lines) + "\n}}\n"


def main(messages: Iterable[Example]) -> int:
    """Learn and write."""
    if not CORPUS.exists():
        print("Le corpus n'est pas à côté du dépôt : les poids s'apprennent sur nos seuls messages.")
    TARGET.write_text(written(learn(list(messages))), "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(examples()))

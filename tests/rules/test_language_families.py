"""The text rules on messages by families of phrasing: those learnt from, and those that stay unread."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest

from mss_tui.rules.language import labels
from mss_tui.rules.language.cues import LABELS
from mss_tui.rules.language.weights import weights

DATA = Path(__file__).parent / "data"
Message = dict[str, object]


def messages(name: str) -> list[tuple[str, str, list[str], set[str]]]:
    lines = map(json.loads, (DATA / f"{name}.jsonl").read_text("utf-8").splitlines())
    return [(d["subject"], d["body"], d["attachments"], set(d["labels"])) for d in lines]


def measured(name: str) -> tuple[Counter[str], int]:
    """Right, wrong, missed; alarms on clean messages."""
    counts: Counter[str] = Counter()
    for subject, body, files, gold in messages(name):
        found = set(labels(subject, body, files))
        counts.update(right=len(found & gold), wrong=len(found - gold), missed=len(gold - found))
        counts.update(clean=not gold, alarms=bool(found and not gold))
    return counts, counts["right"] + counts["missed"]


@pytest.mark.parametrize(
    ("name", "precision", "recall", "alarms"), [("familles", 0.98, 0.97, 0.01), ("aveugles", 0.94, 0.80, 0.02)]
)
def test_families_are_found_and_clean_messages_left_in_peace(
    name: str, precision: float, recall: float, alarms: float
) -> None:
    counts, gold = measured(name)
    assert counts["right"] / (counts["right"] + counts["wrong"]) >= precision
    assert counts["right"] / gold >= recall
    assert counts["alarms"] <= alarms * counts["clean"]


def test_blind_messages_are_not_those_learnt_from() -> None:
    blind, learnt = ({body.strip() for _, body, _, _ in messages(name)} - {""} for name in ("aveugles", "familles"))
    assert len(blind) >= 100
    assert not blind & learnt


@pytest.mark.parametrize("name", ["familles", "aveugles"])
def test_every_verdict_on_the_text_shows_its_words(name: str) -> None:
    for subject, body, files, _ in messages(name):
        for label, spans in labels(subject, body, files).items():
            assert spans or label in ("objet.absent", "contenu.vide"), (label, subject, body)
            assert all(span.text in (subject + "\n" + body) for span in spans)


def test_no_secret_is_among_the_words_with_a_weight_for_secrets_alone() -> None:
    spans = labels("Accès", "Le mot de passe de la session est Hirondelle44", [])["contenu.identifiants"]
    assert not any("Hirondelle" in span.text for span in spans)


def test_weights_are_of_known_labels_and_words() -> None:
    learnt = weights()
    assert set(learnt.labels) == set(LABELS)
    assert all(len(of) == len(LABELS) for of in (learnt.constants, *learnt.words.values()))
    assert all(word == word.lower() or "NUM" in word for word in learnt.words)

"""The text rules on our own messages: what fires, what is a trap, and whose words count."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mss_tui.model.verdict import Place
from mss_tui.rules.data import load
from mss_tui.rules.language import labels
from mss_tui.rules.language.cues import FILES, LABELS
from mss_tui.rules.language.own import own_words
from mss_tui.rules.language.patterns import RANGES
from tests.support.rule_facts import CORPUS

FOLDER = Path(__file__).parent / "language"


def messages(label: str) -> list[tuple[bool, str, str, list[str]]]:
    found = []
    for line in (FOLDER / f"{label}.txt").read_text("utf-8").splitlines():
        if line and line[0] in "+-":
            subject, body, files = [part.strip() for part in (line[2:] + "||||").split("||")][:3]
            found.append((line[0] == "+", subject, body.replace("⏎", "\n"), [files] if files else []))
    return found


@pytest.mark.parametrize("label", LABELS)
def test_messages_that_fire_do_and_traps_do_not(label: str) -> None:
    wrong = [
        (fires, subject, body)
        for fires, subject, body, files in messages(label)
        if (f"contenu.{label}" in labels(subject, body, files)) != fires
    ]
    known = len(messages(label))
    assert len(wrong) <= known * 0.06, wrong
    assert known >= 25


def test_traps_raise_no_other_text_rule() -> None:
    alarms = [
        (label, subject, body)
        for label in LABELS
        for fires, subject, body, files in messages(label)
        if not fires and any(name.startswith("contenu.") for name in labels(subject, body, files))
    ]
    assert len(alarms) <= 2, alarms


def test_messages_of_organisation_and_courtesy_are_left_in_peace() -> None:
    alarms = [
        (subject, body, sorted(found))
        for _, subject, body, files in messages("propres")
        if (found := {name for name in labels(subject, body, files) if name.startswith("contenu.")})
    ]
    assert not alarms
    assert len(messages("propres")) >= 50


@pytest.mark.skipif(not CORPUS.exists(), reason="the labelled corpus is not beside this checkout")
def test_the_labelled_corpus_is_found_and_its_clean_messages_left_in_peace() -> None:
    right = wrong = missed = alarms = clean = 0
    for line in CORPUS.read_text("utf-8").splitlines():
        message = json.loads(line)
        gold = set(message["labels"])
        found = set(labels(message["subject"], message["body"], message["attachments"]))
        right, wrong, missed = right + len(found & gold), wrong + len(found - gold), missed + len(gold - found)
        clean, alarms = clean + (not gold), alarms + bool(found and not gold)
    assert right / (right + wrong) >= 0.97
    assert right / (right + missed) >= 0.90
    assert alarms < clean * 0.02


def test_subjects_that_say_nothing() -> None:
    for line in (FOLDER / "objets.txt").read_text("utf-8").splitlines():
        kind, _, subject = line.partition(": ")
        assert ("objet.vague" in labels(subject, "Bonjour", [])) == (kind == "vague"), line
    assert set(labels(" \u00a0\u200b", "Bonjour", [])) == {"objet.absent"}


def test_only_the_sender_s_own_words_count() -> None:
    urgent = "Venez immédiatement, il ne respire plus."
    assert "contenu.urgence" in labels("M. Vial", urgent, [])
    for body in (
        f"Vu, merci.\n\n> {urgent}",
        f"Vu, merci.\n\nLe 12 mars 2026 à 10:02, Dr Morel a écrit :\n{urgent}",
        f"Pour information.\n\n-----Message d'origine-----\nDe : Dr Morel\n{urgent}",
        f"Pour information.\n\nDe : Dr Morel\nEnvoyé : lundi\nObjet : M. Vial\n\n{urgent}",
        f"Vu, merci.\n-- \n{urgent}",
    ):
        assert "contenu.urgence" not in labels("Re: M. Vial", body, []), body


def test_a_legal_footer_is_not_the_sender_s_word() -> None:
    footer = "Ce message et les pièces jointes sont confidentiels et établis à l'attention exclusive"
    body = f"INR 2,4, on continue.\n\n{footer}"
    assert "contenu.pj-oubliee" not in labels("INR M. Vial", body, [])


@pytest.mark.parametrize(
    ("text", "several"),
    [
        ("2 79 03 51 215 189 89 et 1 88 07 95 912 045 21", True),
        ("279035121518989 et 188079591204521", True),
        ("2790351215189 puis 1880795912045", True),
        ("INS 2 79 03 2A 215 189 et INS 1 88 07 2B 912 045", True),
        ("279035121518989 et 279035121518988", False),
        ("2 79 03 51 215 189 89, soit 2790351215189", False),
        ("279035121518989@patient.mssante.fr et INS 2 79 03 51 215 189 89", False),
        ("INS 279035121518989 au lieu de 279035121518199, erreur de saisie", False),
        ("INS 279035121518989, dossier 188079591204500, tél 06 39 98 12 34", False),
        ("RPPS 10101234567, FINESS 590123456, accord 202511459870012", False),
    ],
)
def test_numbers_of_several_people(text: str, several: bool) -> None:
    assert ("contenu.plusieurs-patients" in labels("Ordonnances", text, [])) == several


def test_evidence_holds_no_secret() -> None:
    spans = labels("Accès", "Identifiant : dmartin, mot de passe : Tulipe2024!", [])["contenu.identifiants"]
    assert spans
    assert not any("Tulipe" in span.text for span in spans)


@given(st.text(max_size=300), st.text(max_size=600))
def test_any_text_is_read_and_evidence_is_where_it_says(subject: str, body: str) -> None:
    for spans in labels(subject, body, []).values():
        for span in spans:
            text = subject if span.place is Place.SUBJECT else body
            assert text[span.start : span.end] == span.text


@given(st.text(alphabet="ab> \n-:'’éœ", max_size=300))
def test_what_is_left_out_leaves_places_as_they_were(body: str) -> None:
    own = own_words(body)
    assert len(own) == len(body)
    assert all(a in (b, " ") for a, b in zip(own, body, strict=True))


def test_pattern_files_hold_only_words_that_a_text_can_hold() -> None:
    word = re.compile(r"(?:[a-z0-9]+\*?|[%€?])\Z")
    files = [load(f"langue/{file}") for file in FILES]
    lexicons = {name: words.split() for data in files for name, words in data.get("lexicons", {}).items()}
    assert not [w for words in lexicons.values() for w in words if not word.match(w)]
    for data in files:
        shared = [{"patterns": lines} for lines in data.get("shared", {}).values()]
        for group in (*data.get("cue", ()), *data.get("contexts", {}).values(), *shared):
            lines = [
                line
                for key in ("patterns", "with", "without", "with_message", "without_message")
                for line in group.get(key, "").split("\n")
                if line and line[0] not in "#="
            ]
            for line in lines:
                items = [item for item in line.split() if not item.startswith("~")]
                assert items[-1] == "?" or not items[-1].endswith("?"), line
                for part in (p for item in items for p in (item.removesuffix("?") or item).split("|")):
                    if part.startswith("@"):
                        assert part[1:] in lexicons, line
                    elif part not in (*RANGES, "HEURE") and not part.startswith(("NUM<", "NUM>")):
                        assert word.match(part), line


def test_contexts_that_cues_name_exist() -> None:
    data = [load(f"langue/{file}") for file in FILES]
    known = {name for d in data for name in d.get("contexts", {})}
    named = {
        line[1:]
        for d in data
        for cue in d.get("cue", ())
        for key in ("with", "without", "with_message", "without_message")
        for line in cue.get(key, "").split("\n")
        if line.startswith("#")
    }
    assert named <= known

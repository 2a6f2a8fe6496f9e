"""The catalogue's data: complete, well formed, and each rule's examples say what they are said to."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from mss_tui.model.facts import IncomingFacts, MailboxFacts, OutgoingFacts
from mss_tui.model.verdict import Place, Severity, State, Verdict, Where
from mss_tui.rules.catalogue import DOCUMENTS, catalogue, remedy, section_titles, sentence, source_title
from mss_tui.rules.checks import registry, registry_sending
from mss_tui.rules.checks.content import text_checks
from mss_tui.rules.engine import check_incoming, check_mailbox, check_outgoing, check_row
from tests.support.rule_facts import examples, facts_of, outgoing

RULES = catalogue()
EXAMPLES = examples()
CATALOGUE_OF_RECORD = Path(__file__).resolve().parents[3] / "shared" / "rules" / "catalogue.md"


def judge(rule: str, example: dict[str, Any]) -> list[Verdict]:
    facts = facts_of(RULES[rule].scopes, example)
    if isinstance(facts, OutgoingFacts):
        verdicts = check_outgoing(facts, RULES)
    elif isinstance(facts, IncomingFacts):
        verdicts = check_incoming(facts, RULES)
    elif isinstance(facts, MailboxFacts):
        verdicts = check_mailbox(facts, RULES)
    else:
        verdicts = check_row(facts, RULES)
    return [v for v in verdicts if v.rule == rule]


def cases(kind: str) -> list[Any]:
    return [
        pytest.param(rule, example, id=f"{rule}-{index}")
        for rule, of in EXAMPLES.items()
        for index, example in enumerate(of.get(kind, ()))
    ]


@pytest.mark.parametrize(("rule", "example"), cases("fires"))
def test_an_example_that_fires_is_violated_as_said(rule: str, example: dict[str, Any]) -> None:
    violated = [v for v in judge(rule, example) if v.state is State.VIOLATED]
    assert violated
    if "severity" in example:
        assert {v.severity for v in violated} == {Severity(example["severity"])}
    else:
        assert RULES[rule].severity in {v.severity for v in violated}
    said = {str(v.values.get("variant", "")) for v in violated} & {"", *RULES[rule].variants}
    assert example.get("variant", "") in said or (not said and "variant" not in example)


@pytest.mark.parametrize(("rule", "example"), cases("clean"))
def test_a_clean_example_is_left_in_peace(rule: str, example: dict[str, Any]) -> None:
    verdicts = judge(rule, example)
    assert verdicts
    assert not [v for v in verdicts if v.shows]


@pytest.mark.parametrize(("rule", "example"), cases("unknown"))
def test_an_example_without_its_facts_is_unknown_and_never_passed(rule: str, example: dict[str, Any]) -> None:
    states = {v.state for v in judge(rule, example)}
    assert State.UNKNOWN in states
    assert State.VIOLATED not in states
    assert State.SATISFIED not in states


@pytest.mark.parametrize(("rule", "example"), [*cases("fires"), *cases("unknown")])
def test_sentences_have_all_their_values(rule: str, example: dict[str, Any]) -> None:
    for verdict in judge(rule, example):
        if verdict.state is State.VIOLATED:
            assert "…" not in (*sentence(verdict).values.values(), *remedy(verdict).values.values())
            assert sentence(verdict).render()
            assert remedy(verdict).render()
        elif verdict.state is State.UNKNOWN:
            assert "…" not in sentence(verdict).values.values()
            assert "failure" not in verdict.values


def test_every_rule_has_examples_that_fire_and_that_do_not() -> None:
    assert set(EXAMPLES) == set(RULES)
    assert not [rule for rule, of in EXAMPLES.items() if not of.get("fires") or not of.get("clean")]


def test_every_variant_and_every_unknown_sentence_is_shown_by_an_example() -> None:
    for rule_id, rule in RULES.items():
        shown = {e.get("variant") for e in EXAMPLES[rule_id]["fires"]}
        assert set(rule.variants) <= shown, rule_id
        assert bool(rule.unknown) == bool(EXAMPLES[rule_id].get("unknown")), rule_id


def test_every_rule_is_checked_in_each_scope_it_has() -> None:
    checks = {
        "outgoing": {*registry_sending.OUTGOING, *text_checks(outgoing({}))},
        "incoming": set(registry.INCOMING),
        "row": set(registry.ROW),
        "mailbox": set(registry.MAILBOX),
    }
    for scope, known in checks.items():
        assert known == {r.id for r in RULES.values() if scope in r.scopes}, scope


def test_sources_name_documents() -> None:
    for rule in RULES.values():
        assert rule.sources
        for source in rule.sources:
            assert source.partition(" ")[0] in DOCUMENTS
    assert source_title("charte 2") == "Charte de bonnes pratiques MSS (URPS, SN-HdF), 2"
    assert len(section_titles()) == 6


def test_a_sentence_never_fails_on_values_of_another_origin() -> None:
    for rule in RULES.values():
        for state in State:
            verdict = Verdict(rule.id, rule.severity, state, Where(Place.MESSAGE))
            assert sentence(verdict).render()


@pytest.mark.skipif(not CATALOGUE_OF_RECORD.exists(), reason="the catalogue of record is not beside this checkout")
def test_ids_and_severities_are_those_of_the_catalogue_of_record() -> None:
    text = CATALOGUE_OF_RECORD.read_text("utf-8").partition("## 7.")[0]
    listed = dict(re.findall(r"^\| ((?:[a-z]+)\.[a-z0-9-]+) \| ([^|]+) \|", text, re.MULTILINE))
    assert set(listed) == set(RULES)
    for rule_id, words in listed.items():
        assert RULES[rule_id].severity in words, rule_id

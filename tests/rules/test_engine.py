"""The engine: order, memory, severities of the policy, and a rule that fails."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from types import MappingProxyType

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mss_tui.model.facts import OutgoingFacts
from mss_tui.model.verdict import Severity, State, Verdict
from mss_tui.rules.catalogue import catalogue, sentence
from mss_tui.rules.checks import registry_sending
from mss_tui.rules.engine import check_incoming, check_outgoing
from mss_tui.rules.finding import Finding
from tests.support.rule_facts import incoming, outgoing

RULES = catalogue()
WEIGHT = list(Severity)


def of(verdicts: tuple[Verdict, ...], rule: str) -> list[Verdict]:
    return [v for v in verdicts if v.rule == rule]


def test_every_rule_of_the_scope_gives_a_verdict() -> None:
    verdicts = check_outgoing(outgoing({}), RULES)
    assert {v.rule for v in verdicts} == {r.id for r in RULES.values() if "outgoing" in r.scopes}


def test_the_most_severe_come_first() -> None:
    facts = outgoing({"to": ["jean@gmail.com"], "bcc": ["a@b.mssante.fr"], "subject": "", "text": "Bonjour"})
    shown = [v for v in check_outgoing(facts, RULES) if v.shows]
    assert [v.severity for v in shown] == sorted((v.severity for v in shown), key=WEIGHT.index)
    assert shown[0].rule == "destinataire.hors-espace"
    verdicts = check_outgoing(facts, RULES)
    assert [v.shows for v in verdicts] == sorted((v.shows for v in verdicts), reverse=True)


def test_a_routine_message_to_a_verified_correspondent_asks_nothing() -> None:
    facts = outgoing(
        {
            "to": [{"address": "anne.lefebvre@medecin.mssante.fr", "entry": {"family": "LEFEBVRE", "given": "Anne"}}],
            "subject": "Mme LEGRAND, cicatrice",
            "text": "Chère consœur,\nJ'ai revu Mme Legrand, tout va bien.\nBien à vous,\nDr Martin",
        }
    )
    assert not [v for v in check_outgoing(facts, RULES) if v.asks or v.blocks]


def test_an_unknown_confirm_asks_and_an_unknown_block_does_not_block() -> None:
    facts = outgoing({"to": [{"address": "a@b.mssante.fr", "publication": "unknown"}]})
    [verdict] = of(check_outgoing(facts, RULES), "destinataire.non-verifie")
    assert verdict.asks
    patient = outgoing({"to": ["279035121518989@patient.mssante.fr"]})
    [objection] = of(check_outgoing(patient, RULES), "patient.opposition")
    assert objection.severity is Severity.BLOCK
    assert objection.asks
    assert not objection.blocks


def test_what_was_accepted_for_an_address_is_not_asked_again_for_it_alone() -> None:
    facts = outgoing(
        {"to": [{"address": a, "publication": "not_published"} for a in ("a@b.mssante.fr", "c@b.mssante.fr")]}
    )
    memory = frozenset({("destinataire.non-verifie", "a@b.mssante.fr")})
    found = of(check_outgoing(replace(facts, remembered=memory), RULES), "destinataire.non-verifie")
    assert {v.where.item: v.asks for v in found} == {"a@b.mssante.fr": False, "c@b.mssante.fr": True}
    assert all(v.shows for v in found)


def test_a_list_of_recipients_is_asked_once_whatever_their_order() -> None:
    people = ["a@b.mssante.fr", "c@b.mssante.fr", "d@b.mssante.fr", "e@b.mssante.fr"]
    [first] = of(check_outgoing(outgoing({"to": people}), RULES), "destinataire.multiples")
    memory = frozenset({(first.rule, first.where.item)})
    again = outgoing({"to": people[:2], "cc": people[3:1:-1]})
    more = outgoing({"to": [*people, "f@b.mssante.fr"]})
    assert not of(check_outgoing(replace(again, remembered=memory), RULES), "destinataire.multiples")[0].asks
    assert of(check_outgoing(replace(more, remembered=memory), RULES), "destinataire.multiples")[0].asks


def test_a_block_and_a_question_of_content_are_never_remembered() -> None:
    facts = outgoing({"to": ["jean@gmail.com"], "subject": ""})
    memory = frozenset({("destinataire.hors-espace", "jean@gmail.com"), ("objet.absent", "")})
    verdicts = check_outgoing(replace(facts, remembered=memory), RULES)
    assert of(verdicts, "destinataire.hors-espace")[0].blocks
    assert of(verdicts, "objet.absent")[0].asks


def with_policy(facts: OutgoingFacts, **severities: str) -> OutgoingFacts:
    raised = tuple((rule.replace("_", "."), word) for rule, word in severities.items())
    return replace(facts, policy=replace(facts.policy, raised=raised))


@pytest.mark.parametrize(
    ("copies", "word", "expected"),
    [
        (1, "confirm", Severity.CONFIRM),
        (1, "warn", Severity.WARN),
        (3, "info", Severity.WARN),
        (3, "warn", Severity.WARN),
    ],
)
def test_a_policy_raises_and_never_weakens_what_a_check_found_heavier(
    copies: int, word: str, expected: Severity
) -> None:
    facts = with_policy(outgoing({"cc": [f"a{n}@b.mssante.fr" for n in range(copies)]}), destinataire_copie=word)
    assert of(check_outgoing(facts, RULES), "destinataire.copie")[0].severity is expected


def test_an_administrator_may_lower_a_severity() -> None:
    facts = with_policy(outgoing({"subject": ""}), objet_absent="info")
    assert of(check_outgoing(facts, RULES), "objet.absent")[0].severity is Severity.INFO


def test_a_rule_that_fails_is_unknown_in_its_own_name_and_the_others_go_on(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(_: OutgoingFacts) -> Iterator[Finding]:
        raise ValueError("donnée du patient VIAL")

    broken = MappingProxyType({**registry_sending.OUTGOING, "pj.taille": fails})
    monkeypatch.setattr(registry_sending, "OUTGOING", broken)
    verdicts = check_outgoing(outgoing({"to": ["jean@gmail.com"]}), RULES)
    [verdict] = of(verdicts, "pj.taille")
    assert verdict.state is State.UNKNOWN
    assert "VIAL" not in sentence(verdict).render() + str(verdict.values)
    assert of(verdicts, "destinataire.hors-espace")[0].blocks


def test_a_rule_nobody_checks_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    left = MappingProxyType({k: v for k, v in registry_sending.OUTGOING.items() if k != "pj.taille"})
    monkeypatch.setattr(registry_sending, "OUTGOING", left)
    [verdict] = of(check_outgoing(outgoing({}), RULES), "pj.taille")
    assert verdict.state is State.NOT_IMPLEMENTED


ANY = st.text(max_size=200)


@settings(max_examples=150)
@given(ANY, ANY, st.lists(ANY, max_size=3), st.lists(ANY, max_size=3))
def test_no_draft_makes_a_rule_fail_or_shows_a_control_character(
    subject: str, body: str, people: list[str], names: list[str]
) -> None:
    facts = outgoing({"subject": subject, "text": body, "files": names})
    to = outgoing({"to": [p for p in people if p.strip()]}).recipients
    for verdict in check_outgoing(replace(facts, recipients=to), RULES):
        assert "failure" not in verdict.values, (verdict.rule, dict(verdict.values))
        words = sentence(verdict).render() + str(verdict.where)
        assert not any(ord(c) < 32 or 127 <= ord(c) < 160 for c in words)


@settings(max_examples=100)
@given(ANY, ANY, ANY, ANY)
def test_no_received_message_makes_a_rule_fail(subject: str, body: str, name: str, address: str) -> None:
    facts = incoming({"subject": subject, "text": body, "sender": [name, address], "files": [name]})
    assert not [v for v in check_incoming(facts, RULES) if "failure" in v.values]


@settings(max_examples=100)
@given(ANY, st.text(alphabet="279035121518989 .clé-AB", max_size=120))
def test_evidence_is_where_the_words_are(subject: str, body: str) -> None:
    facts = outgoing({"subject": subject, "text": body})
    for verdict in check_outgoing(facts, RULES):
        for span in verdict.evidence:
            text = facts.subject if span.place == "subject" else facts.own_text
            assert text[span.start : span.end] == span.text

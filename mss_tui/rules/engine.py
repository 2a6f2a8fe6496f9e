"""Every rule at work on facts: each that is concerned gives at least one verdict, the most severe first.

Pure and quick. A rule that fails gives `unknown` in its own name; it never stops the others and is never shown as
passed.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import TypeVar

from mss_tui.model.facts import IncomingFacts, MailboxFacts, OutgoingFacts, RowFacts
from mss_tui.model.policy import Policy
from mss_tui.model.verdict import Place, Severity, State, Verdict, Where
from mss_tui.rules.catalogue import Catalogue, Rule
from mss_tui.rules.checks import registry
from mss_tui.rules.finding import Finding, Findings

F = TypeVar("F")

_WEIGHT = {severity: weight for weight, severity in enumerate(Severity)}
_STATES = {state: weight for weight, state in enumerate(State)}
_PLACES = {place: weight for weight, place in enumerate(Place)}


def check_outgoing(facts: OutgoingFacts, catalogue: Catalogue) -> tuple[Verdict, ...]:
    """Verdicts on a message about to leave; what `facts.remembered` holds is shown and not asked again."""
    from mss_tui.rules.checks import registry_sending

    checks = {**registry_sending.OUTGOING, **registry_sending.text_checks(facts)}
    verdicts = _check("outgoing", checks, facts, facts.policy, Where(Place.MESSAGE), catalogue)
    return _ordered(quiet(verdicts, facts.remembered, catalogue))


def check_incoming(facts: IncomingFacts, catalogue: Catalogue) -> tuple[Verdict, ...]:
    """Verdicts on a received message, from its row alone or from the opened message."""
    return _ordered(_check("incoming", registry.INCOMING, facts, facts.policy, Where(Place.MESSAGE), catalogue))


def check_row(facts: RowFacts, catalogue: Catalogue) -> tuple[Verdict, ...]:
    """Verdicts of the clock on a row."""
    return _ordered(_check("row", registry.ROW, facts, facts.policy, Where(Place.ROW), catalogue))


def check_mailbox(facts: MailboxFacts, catalogue: Catalogue) -> tuple[Verdict, ...]:
    """Verdicts on the mailbox itself and its life."""
    return _ordered(_check("mailbox", registry.MAILBOX, facts, facts.policy, Where(Place.MAILBOX), catalogue))


def quiet(verdicts: Iterable[Verdict], remembered: Collection[tuple[str, str]], catalogue: Catalogue) -> list[Verdict]:
    """The verdicts, those that were accepted lately for the same item as mere information (catalogue, Few questions).

    A block is never quieted.
    """
    return [
        replace(v, severity=Severity.INFO, values=MappingProxyType({**v.values, "remembered": 1}))
        if v.asks
        and _rests(v, catalogue[v.rule])
        and (v.acceptance in remembered or (v.rule, v.where.item) in remembered)
        else v
        for v in verdicts
    ]


def _rests(verdict: Verdict, rule: Rule) -> bool:
    return rule.remember == "always" or (rule.remember == "unknown" and verdict.state is State.UNKNOWN)


def _check(
    scope: str,
    checks: Mapping[str, Callable[[F], Findings]],
    facts: F,
    policy: Policy,
    where: Where,
    catalogue: Catalogue,
) -> list[Verdict]:
    imposed = dict(policy.raised)
    verdicts: list[Verdict] = []
    for rule in catalogue.values():
        if scope not in rule.scopes:
            continue
        check = checks.get(rule.id)
        if check is None:
            verdicts.append(Verdict(rule.id, rule.severity, State.NOT_IMPLEMENTED, where))
            continue
        try:
            found = list(check(facts))
        except Exception as error:  # noqa: BLE001 - one rule's fault must not hide what the others say
            found = [Finding(State.UNKNOWN, where, MappingProxyType({"failure": type(error).__name__}))]
        if not found:
            verdicts.append(Verdict(rule.id, rule.severity, State.NOT_APPLICABLE, where))
        verdicts += [
            Verdict(rule.id, _severity(rule, f, imposed), f.state, f.where, f.values, f.evidence) for f in found
        ]
    return verdicts


def _severity(rule: Rule, finding: Finding, imposed: Mapping[str, str]) -> Severity:
    """The finding's severity, or the rule's; a policy's word raises it, an administrator's may lower it."""
    own = finding.severity or rule.severity
    if rule.id not in imposed:
        return own
    word = Severity(imposed[rule.id])
    lowers = _WEIGHT[word] > _WEIGHT[rule.severity]
    return (max if lowers else min)(own, word, key=_WEIGHT.__getitem__)


def _ordered(verdicts: list[Verdict]) -> tuple[Verdict, ...]:
    return tuple(
        sorted(verdicts, key=lambda v: (not v.shows, _WEIGHT[v.severity], _STATES[v.state], _PLACES[v.where.place]))
    )

"""Whatever is confirmed stands in the journal: each rule that asks, who said yes, and why; else nothing leaves."""

from __future__ import annotations

from typing import Any

import pytest

from mss_tui.model.draft import Built, Draft
from mss_tui.model.facts import OutgoingFacts
from mss_tui.model.sending import RecipientAnswer, SendState
from mss_tui.model.verdict import Verdict
from mss_tui.ports.submission import Progress
from mss_tui.rules.catalogue import catalogue, needs_reason
from mss_tui.rules.engine import check_outgoing
from mss_tui.services.refusals import Unconfirmed
from mss_tui.services.sending import Sender
from tests.support.desk import FakeDesk, make_desk, read_file
from tests.support.rule_facts import examples, facts_of

RULES = catalogue()
WHY = "vu avec le service"


def asking() -> list[Any]:
    """For each rule that may ask when a message is sent, violated and unknown: the first example that does."""
    found: dict[str, Any] = {}
    for rule, of in examples().items():
        if "outgoing" not in RULES[rule].scopes:
            continue
        for kind in ("fires", "unknown"):
            for example in of.get(kind, ()):
                facts = facts_of(RULES[rule].scopes, example)
                if not isinstance(facts, OutgoingFacts):
                    continue
                asks = [v for v in check_outgoing(facts, RULES) if v.rule == rule and v.asks]
                if asks:
                    found.setdefault(f"{rule}-{kind}", pytest.param(asks, id=f"{rule}-{kind}"))
    return list(found.values())


async def all_of_them(answers: tuple[RecipientAnswer, ...]) -> bool:
    return True


def silent(progress: Progress) -> None:
    """Nobody looks."""


def sender(fake: FakeDesk, verdicts: list[Verdict]) -> Sender:
    """The sender of the desk, with rules that say just this."""

    def check(draft: Draft, built: Built) -> list[Verdict]:
        return verdicts

    own = fake.desk.places[0].sender
    return Sender(
        own.account, own._person, store=fake.mail,  # type: ignore[arg-type]
        submission=fake.submission, records=own._records,
        journal=fake.journal, acceptances=fake.acceptances, clock=fake.clock, check=check, read=read_file,
    )  # fmt: skip


def test_every_rule_that_confirms_is_tried() -> None:
    tried = {param.id.rpartition("-")[0] for param in asking()}
    confirm = {rule.id for rule in RULES.values() if rule.severity == "confirm" and "outgoing" in rule.scopes}
    assert confirm <= tried


@pytest.mark.parametrize("verdicts", asking())
async def test_what_was_confirmed_by_whom_and_why_is_in_the_journal(verdicts: list[Verdict]) -> None:
    fake = make_desk()
    rule = verdicts[0].rule
    draft = Draft("k", "garde", to=("a.lefevre@medecin.mssante.fr",), subject="Suite", body="Bonjour.")
    way = sender(fake, verdicts)
    with pytest.raises(Unconfirmed):
        await way.send(draft, fake.desk.actor, confirmed={}, decide=all_of_them, watch=silent)
    assert fake.submission.sent == []
    assert not [line for line in fake.journal.lines if line.act == "send"]
    report = await way.send(draft, fake.desk.actor, confirmed={rule: WHY}, decide=all_of_them, watch=silent)
    assert report.state is SendState.ACCEPTED
    intent = next(line for line in fake.journal.lines if line.phase == "intent")
    assert (intent.actor, intent.details[f"confirm:{rule}"]) == ("Jean MARTIN", WHY)


@pytest.mark.parametrize("verdicts", asking())
async def test_a_yes_without_a_word_is_written_as_a_yes_unless_a_reason_is_wanted(verdicts: list[Verdict]) -> None:
    fake = make_desk()
    rule = verdicts[0].rule
    draft = Draft("k", "garde", to=("a.lefevre@medecin.mssante.fr",), subject="Suite", body="Bonjour.")
    way = sender(fake, verdicts)
    if any(map(needs_reason, verdicts)):
        with pytest.raises(Unconfirmed):
            await way.send(draft, fake.desk.actor, confirmed={rule: " "}, decide=all_of_them, watch=silent)
    else:
        await way.send(draft, fake.desk.actor, confirmed={rule: ""}, decide=all_of_them, watch=silent)
        intent = next(line for line in fake.journal.lines if line.phase == "intent")
        assert intent.details[f"confirm:{rule}"] == "oui"


def test_only_an_objection_to_exchanges_wants_a_reason() -> None:
    assert [rule.id for rule in RULES.values() if rule.reason] == ["patient.opposition"]

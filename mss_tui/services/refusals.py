"""Why a message does not leave: what the rules say, and what was sent before."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from mss_tui.errors import ConfirmationNeeded, OutcomeUnknown, RefusedByRule
from mss_tui.model.sending import LEFT, SendState
from mss_tui.model.verdict import Verdict
from mss_tui.phrase import Phrase, say
from mss_tui.ports.store import OutboxRecord, OutboxRecords
from mss_tui.rules.catalogue import needs_reason, sentence

MOST_SAID = 3
"""Sentences of a refusal; the screens show every verdict."""


class Blocked(RefusedByRule):
    """A rule blocks; `verdicts` are all of them, most severe first."""

    def __init__(self, verdicts: Sequence[Verdict]) -> None:
        super().__init__(
            say("Ce message ne peut pas partir. {why}", why=_said(v for v in verdicts if v.blocks)),
            meaning=say("Rien n'est parti ; le brouillon est gardé."),
            remedy=say("Corrigez ce que la vérification montre."),
        )
        self.verdicts = tuple(verdicts)


class Unconfirmed(ConfirmationNeeded):
    """A rule asks and was not answered; `verdicts` are all of them, most severe first."""

    def __init__(self, verdicts: Sequence[Verdict], missing: Sequence[str]) -> None:
        super().__init__(
            say("Ce message attend votre confirmation. {why}", why=_said(v for v in verdicts if v.rule in missing)),
            meaning=say("Rien n'est parti ; le brouillon est gardé."),
            remedy=say("Confirmez chaque point, ou corrigez-le."),
        )
        self.verdicts = tuple(verdicts)


def answered(verdict: Verdict, confirmed: Mapping[str, str]) -> bool:
    """Was what a verdict asks accepted, and with a reason where the catalogue wants one?"""
    reason = confirmed.get(verdict.rule)
    return reason is not None and bool(reason.strip() or not needs_reason(verdict))


def _said(verdicts: Iterable[Verdict]) -> Phrase:
    """The sentences of the first verdicts, one a rule."""
    first = list({v.rule: v for v in verdicts if v.shows}.values())
    said = sentence(first[0])
    for verdict in first[1:MOST_SAID]:
        said = say("{said} {more}", said=said, more=sentence(verdict))
    hidden = len(first) - MOST_SAID
    return say("{said} (et {n} de plus)", said=said, n=hidden) if hidden > 0 else said


def earlier(records: OutboxRecords, key: str) -> OutboxRecord | None:
    """What is known of earlier tries of the same draft.

    Raises:
        OutcomeUnknown: it left, or may have.
    """
    record = next((r for r, _ in records.all() if r.key == key), None)
    if record is not None and record.state in (*LEFT, SendState.UNKNOWN):
        raise _already_left(record.state)
    return record


def _already_left(state: SendState) -> OutcomeUnknown:
    """The very same draft left before, or may have."""
    unknown = state is SendState.UNKNOWN
    return OutcomeUnknown(
        say("Ce message est peut-être déjà parti.") if unknown else say("Ce message est déjà parti."),
        meaning=say("Le renvoyer pourrait le faire arriver deux fois."),
        remedy=say("Cherchez-le dans Envoyés et regardez les accusés, puis décidez dans la boîte d'envoi."),
    )

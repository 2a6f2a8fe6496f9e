"""Why a message does not leave: what the rules say, and what was sent before."""

from __future__ import annotations

from collections.abc import Sequence

from mss_tui.errors import ConfirmationNeeded, OutcomeUnknown, RefusedByRule
from mss_tui.model.sending import SendState
from mss_tui.model.verdict import Verdict
from mss_tui.phrase import say


class Blocked(RefusedByRule):
    """A rule blocks; `verdicts` are all of them, most severe first."""

    def __init__(self, verdicts: Sequence[Verdict]) -> None:
        rules = ", ".join(dict.fromkeys(v.rule for v in verdicts if v.blocks))
        super().__init__(
            say("Ce message ne peut pas partir : {rules}.", rules=rules),
            meaning=say("Rien n'est parti ; le brouillon est gardé."),
            remedy=say("Corrigez ce que la vérification montre."),
        )
        self.verdicts = tuple(verdicts)


class Unconfirmed(ConfirmationNeeded):
    """A rule asks and was not answered; `verdicts` are all of them, most severe first."""

    def __init__(self, verdicts: Sequence[Verdict], missing: Sequence[str]) -> None:
        super().__init__(
            say("Ce message attend votre confirmation : {rules}.", rules=", ".join(missing)),
            meaning=say("Rien n'est parti ; le brouillon est gardé."),
            remedy=say("Confirmez chaque point, ou corrigez-le."),
        )
        self.verdicts = tuple(verdicts)


def already_left(state: SendState) -> OutcomeUnknown:
    """The very same draft left before, or may have."""
    unknown = state is SendState.UNKNOWN
    return OutcomeUnknown(
        say("Ce message est peut-être déjà parti.") if unknown else say("Ce message est déjà parti."),
        meaning=say("Le renvoyer pourrait le faire arriver deux fois."),
        remedy=say("Cherchez-le dans Envoyés et regardez les accusés, puis décidez dans la boîte d'envoi."),
    )

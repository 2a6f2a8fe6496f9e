"""Which check answers for which rule on a message about to leave; the list of received messages loads none of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from mss_tui.model.facts import OutgoingFacts
from mss_tui.rules.checks import attachments, content, documents, mailbox, patients, recipients
from mss_tui.rules.checks.content import text_checks
from mss_tui.rules.finding import Findings

__all__ = ["OUTGOING", "text_checks"]

OUTGOING: Mapping[str, Callable[[OutgoingFacts], Findings]] = MappingProxyType(
    {
        **recipients.CHECKS,
        **patients.CHECKS,
        **content.CHECKS,
        **attachments.CHECKS,
        **documents.CHECKS,
        **mailbox.SENDING,
    }
)

"""Which check answers for which rule, by the facts that it judges."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from mss_tui.model.facts import IncomingFacts, MailboxFacts, OutgoingFacts, RowFacts
from mss_tui.rules.checks import attachments, content, documents, incoming, life, mailbox, patients, recipients, rows
from mss_tui.rules.finding import Findings

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
INCOMING: Mapping[str, Callable[[IncomingFacts], Findings]] = MappingProxyType({**incoming.CHECKS})
ROW: Mapping[str, Callable[[RowFacts], Findings]] = MappingProxyType({**rows.CHECKS})
MAILBOX: Mapping[str, Callable[[MailboxFacts], Findings]] = MappingProxyType({**life.CHECKS, **mailbox.CHECKS})

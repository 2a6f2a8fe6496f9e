"""Which check answers for which rule, by the facts that it judges; `registry_sending` for messages about to leave."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from mss_tui.model.facts import IncomingFacts, MailboxFacts, RowFacts
from mss_tui.rules.checks import incoming, life, mailbox, rows
from mss_tui.rules.finding import Findings

INCOMING: Mapping[str, Callable[[IncomingFacts], Findings]] = MappingProxyType({**incoming.CHECKS})
ROW: Mapping[str, Callable[[RowFacts], Findings]] = MappingProxyType({**rows.CHECKS})
MAILBOX: Mapping[str, Callable[[MailboxFacts], Findings]] = MappingProxyType({**life.CHECKS, **mailbox.CHECKS})

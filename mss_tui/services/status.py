"""The life of each mailbox, from the facts file alone or refreshed from the server (catalogue §5)."""

from __future__ import annotations

from dataclasses import dataclass

from mss_tui.model.folder import Quota
from mss_tui.model.mailbox import Remembered
from mss_tui.model.people import Account
from mss_tui.model.verdict import Verdict
from mss_tui.ports.store import FactsFile
from mss_tui.rules.lifecycle import LifeView, life
from mss_tui.services.checking import Checker


@dataclass(frozen=True, slots=True)
class AccountStatus:
    """One mailbox: its life, its figures and what the rules say of it (only what shows)."""

    account: Account
    life: LifeView
    remembered: Remembered
    quota: Quota | None
    verdicts: tuple[Verdict, ...]

    @property
    def attention(self) -> bool:
        """Is there something to attend to?"""
        return bool(self.verdicts)


def account_status(account: Account, checker: Checker, facts: FactsFile) -> AccountStatus:
    """What is known of a mailbox now, without asking anyone."""
    remembered = facts.of(account.id)
    return AccountStatus(
        account=account,
        life=life(checker.mailbox_facts(remembered)),
        remembered=remembered,
        quota=remembered.quota,
        verdicts=tuple(v for v in checker.mailbox(remembered) if v.shows),
    )

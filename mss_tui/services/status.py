"""The life of each mailbox, from the facts file alone or refreshed from the server (catalogue §5)."""

from __future__ import annotations

from dataclasses import dataclass

from mss_tui.model.folder import Quota
from mss_tui.model.mailbox import Life, Remembered
from mss_tui.model.people import Account
from mss_tui.model.verdict import Severity, State, Verdict
from mss_tui.ports.store import FactsFile
from mss_tui.rules.lifecycle import LifeView, life
from mss_tui.services.checking import Checker

_CRITICAL = (Life.UNPUBLISHED, Life.DELETION_NEAR, Life.SUSPENDED, Life.FULL, Life.DELETED)


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
        """Does the mailbox's life ask for something: more than information, and known (catalogue §5)?"""
        return any(
            v.state is State.VIOLATED and v.severity is not Severity.INFO and v.rule.startswith("cycle.")
            for v in self.verdicts
        )

    @property
    def critical(self) -> bool:
        """Is the mailbox lost, or about to be, for those who write to it or for its own people?"""
        return self.life.state in _CRITICAL


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

"""The life of each mailbox, from the facts file alone or refreshed from the server (catalogue §5)."""

from __future__ import annotations

from mss_tui.model.folder import Quota
from mss_tui.model.mailbox import Life, Remembered
from mss_tui.model.people import Account, Profile
from mss_tui.model.sending import SendState
from mss_tui.model.verdict import Severity, State, Verdict
from mss_tui.ports.clock import Clock
from mss_tui.ports.store import FactsFile, Journal, OutboxRecords
from mss_tui.record import dataclass
from mss_tui.rules.catalogue import Catalogue
from mss_tui.rules.lifecycle import LifeView, life
from mss_tui.services.mailbox_rules import MailboxRules
from mss_tui.services.people_acts import who_acts

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
        """Does the mailbox ask for something: a message overdue, or more than information, and known (catalogue §5)?"""
        return bool(self.remembered.overdue) or any(
            v.state is State.VIOLATED and v.severity is not Severity.INFO and v.rule.startswith("cycle.")
            for v in self.verdicts
        )

    @property
    def critical(self) -> bool:
        """Is the mailbox lost, or about to be, for those who write to it or for its own people?"""
        return self.life.state in _CRITICAL


@dataclass(frozen=True, slots=True)
class ProfileStatus:
    """Every mailbox of a profile, and its outbox: how many wait, and does one of them need somebody's decision?"""

    accounts: tuple[AccountStatus, ...]
    queued: int
    undecided: bool

    @property
    def attention(self) -> bool:
        """Is there something to attend to?"""
        return self.undecided or any(status.attention or status.critical for status in self.accounts)


_WAITING = (SendState.QUEUED, SendState.SENDING, SendState.UNKNOWN)
_UNDECIDED = (SendState.UNKNOWN, SendState.REFUSED, SendState.PARTLY_REFUSED)


def profile_status(
    profile: Profile,
    facts: FactsFile,
    records: OutboxRecords,
    catalogue: Catalogue,
    clock: Clock,
    journal: Journal | None = None,
) -> ProfileStatus:
    """What is known of a profile now, from this machine alone; the journal tells who acts on shared mailboxes."""
    names = {account.id for account in profile.accounts}
    states = [record.state for record, _ in records.all() if record.account in names]
    return ProfileStatus(
        accounts=tuple(
            account_status(account, MailboxRules(profile, account, catalogue, clock), facts, journal)
            for account in profile.accounts
        ),
        queued=sum(state in _WAITING for state in states),
        undecided=any(state in _UNDECIDED for state in states),
    )


def account_status(
    account: Account, rules: MailboxRules, facts: FactsFile, journal: Journal | None = None
) -> AccountStatus:
    """What is known of a mailbox now, without asking anyone."""
    if journal is not None and (people := who_acts(account, journal)) is not None:
        rules.known_by(people)
    remembered = facts.of(account.id)
    return AccountStatus(
        account=account,
        life=life(rules.mailbox_facts(remembered)),
        remembered=remembered,
        quota=remembered.quota,
        verdicts=tuple(v for v in rules.mailbox(remembered) if v.shows),
    )

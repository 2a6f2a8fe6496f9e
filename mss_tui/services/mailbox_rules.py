"""The rules on a mailbox itself: all that `status` needs, and nothing that is slow to import."""

from __future__ import annotations

from datetime import date, datetime

from mss_tui.model.facts import MailboxFacts
from mss_tui.model.mailbox import Absence, Remembered
from mss_tui.model.people import Account, Person, Profile
from mss_tui.model.verdict import Verdict
from mss_tui.ports.clock import Clock
from mss_tui.rules.catalogue import Catalogue
from mss_tui.rules.engine import check_mailbox

Identities = tuple[tuple[str, datetime, datetime], ...]
"""Who acts on a mailbox, with their first and last act."""


def _days(reminder: Absence | None) -> tuple[date, date] | None:
    return (reminder.start, reminder.end) if reminder and reminder.start and reminder.end else None


class MailboxRules:
    """Checks one account's mailbox."""

    def __init__(self, profile: Profile, account: Account, catalogue: Catalogue, clock: Clock) -> None:
        self._profile = profile
        self._account = account
        self._catalogue = catalogue
        self._clock = clock
        self._identities: Identities | None = None

    def mailbox(self, remembered: Remembered) -> tuple[Verdict, ...]:
        """What the rules say of the mailbox itself."""
        return check_mailbox(self.mailbox_facts(remembered), self._catalogue)

    def known_by(self, identities: Identities) -> MailboxRules:
        """The same rules, with who acts on the mailbox as the journal tells it."""
        self._identities = identities
        return self

    def mailbox_facts(self, remembered: Remembered) -> MailboxFacts:
        """The facts of the mailbox, now."""
        return MailboxFacts(
            account=self._account,
            policy=self._account.policy,
            remembered=remembered.by_anyone(),
            now=self._clock.now(),
            person=self._profile.person,
            days_off=self._profile.days_off,
            leave=self._profile.leave or _days(remembered.reminder),
            others=len(self._profile.accounts) - 1,
            acting=self._profile.acting and bool(self._profile.person.name),
            absence=remembered.absence,
            departure=self._profile.departure,
            holder=Person(self._account.holder) if self._account.holder else None,
            delegated=self._account.delegated,
            identities=self._identities,
            product=self._profile.product,
        )

"""The rules on a mailbox itself: all that `status` needs, and nothing that is slow to import."""

from __future__ import annotations

from mss_tui.model.facts import MailboxFacts
from mss_tui.model.mailbox import Remembered
from mss_tui.model.people import Account, Profile
from mss_tui.model.verdict import Verdict
from mss_tui.ports.clock import Clock
from mss_tui.rules.catalogue import Catalogue
from mss_tui.rules.engine import check_mailbox


class MailboxRules:
    """Checks one account's mailbox."""

    def __init__(self, profile: Profile, account: Account, catalogue: Catalogue, clock: Clock) -> None:
        self._profile = profile
        self._account = account
        self._catalogue = catalogue
        self._clock = clock

    def mailbox(self, remembered: Remembered) -> tuple[Verdict, ...]:
        """What the rules say of the mailbox itself."""
        return check_mailbox(self.mailbox_facts(remembered), self._catalogue)

    def mailbox_facts(self, remembered: Remembered) -> MailboxFacts:
        """The facts of the mailbox, now."""
        return MailboxFacts(
            account=self._account,
            policy=self._account.policy,
            remembered=remembered,
            now=self._clock.now(),
            person=self._profile.person,
            days_off=self._profile.days_off,
            leave=self._profile.leave,
            others=len(self._profile.accounts) - 1,
            acting=bool(self._profile.person.name),
        )

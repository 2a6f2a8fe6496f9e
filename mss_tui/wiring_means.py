"""What a desk is made with, beside the profile."""

from __future__ import annotations

import ssl
from collections.abc import Callable, Mapping
from dataclasses import field
from pathlib import Path
from typing import TYPE_CHECKING

from mss_tui.adapters.places import Places
from mss_tui.adapters.tls import context_for
from mss_tui.model.people import Account
from mss_tui.phrase import Phrase
from mss_tui.ports.clock import Clock
from mss_tui.ports.secrets import Secrets
from mss_tui.record import dataclass

if TYPE_CHECKING:
    from mss_tui.wiring_cache import Copies

Tell = Callable[[Phrase], None]


@dataclass(frozen=True, slots=True)
class Means:
    """What a desk is made with, beside the profile.

    `by_person`: a person is at the screen, so that opening the inbox is reading it. `tell` receives what is worth a
    sentence and is no error (a damaged file set aside). `indexes` are annuaire indexes, the first that is there is
    used. `identities` are the contexts of accounts that show a certificate (`wiring_identity`). `low_bandwidth` is
    the command line's word; the profile's counts too. `copies` is where the encrypted copies of mail are, None where
    none are kept. `offline`: nothing connects to anything.
    """

    places: Places
    secrets: Secrets
    clock: Clock
    tell: Tell
    by_person: bool
    indexes: tuple[Path, ...] = ()
    contexts: Mapping[Path | None, ssl.SSLContext] = field(default_factory=dict)
    identities: Mapping[str, ssl.SSLContext] = field(default_factory=dict)
    low_bandwidth: bool = False
    copies: Copies | None = None
    offline: bool = False

    def context(self, account: Account) -> ssl.SSLContext:
        """The TLS of an account.

        Raises:
            ConfigError: a file of trust anchors cannot be read.
        """
        return (
            self.identities.get(account.id)
            or self.contexts.get(account.ca)
            or context_for(account.ca, account.trust, self.clock.now(), self.places.state)
        )

"""What a command is given: its options, the two streams, and the desk of the profile when it asks for one."""

from __future__ import annotations

import argparse
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, nullcontext
from dataclasses import replace
from functools import cached_property, partial
from typing import TYPE_CHECKING

from mss_tui.cli.narration import Narration
from mss_tui.cli.output import Output
from mss_tui.cli.running import Stopping
from mss_tui.language import LANGUAGES, translator
from mss_tui.phrase import Phrase, Translate, say
from mss_tui.record import dataclass
from mss_tui.text import clean

if TYPE_CHECKING:
    from ssl import SSLContext

    from mss_tui.adapters.places import Places
    from mss_tui.adapters.psc.session import PscSession
    from mss_tui.adapters.secrets import SecretChain
    from mss_tui.config.load import Loaded, Sources
    from mss_tui.model.people import Profile
    from mss_tui.services.desk import Desk
    from mss_tui.wiring_cache import Copies
    from mss_tui.wiring_means import Means


_SHOWS = (None, "demo", "inbox", "folders", "read", "attachment", "cache")
"""The screen, and commands that show messages."""


@dataclass(frozen=True)
class Context:
    """One run of the program."""

    options: argparse.Namespace
    output: Output
    narration: Narration
    stopping: Stopping

    @property
    def json(self) -> bool:
        """Is a JSON document wanted?"""
        return bool(self.options.json)

    @property
    def translate(self) -> Translate:
        """Into the language of the interface."""
        return self.narration.translate

    @property
    def lang(self) -> str:
        """The language of what needs no profile."""
        return self.options.lang or LANGUAGES[0]

    def t(self, phrase: Phrase) -> str:
        """A sentence in that language."""
        return phrase.render(self.translate)

    @cached_property
    def sources(self) -> Sources:
        """Where configuration may be."""
        from mss_tui.config.load import Sources

        usual = self.usual
        given = self.options.config
        return Sources(given.expanduser() if given else usual.config, usual.site, named=given is not None)

    @cached_property
    def loaded(self) -> Loaded:
        """The profile that the options name; from then on its language is spoken.

        Raises:
            UsageError: the configuration or an option is wrong.
        """
        from mss_tui.config.load import Wanted, load

        o = self.options
        cache = "memory" if o.no_cache else ""
        found = load(self.sources, Wanted(o.profile, o.account, o.folder, o.read_only, o.lang, o.theme, cache))
        self.narration.translate = translator(found.profile.lang)
        return found

    @cached_property
    def usual(self) -> Places:
        """Where files are on this machine, whatever the configuration says."""
        from mss_tui.adapters.places import places

        return places()

    @cached_property
    def places(self) -> Places:
        """Where files are."""
        return replace(self.usual, state=self.loaded.state) if self.loaded.state else self.usual

    @cached_property
    def professionals(self) -> dict[str, PscSession]:
        """The Pro Santé Connect sessions, by account."""
        from mss_tui.adapters.clock import SystemClock
        from mss_tui.wiring_identity import professionals

        return professionals(self.loaded.profile, SystemClock(), lambda: self.secrets())

    @property
    def offline(self) -> bool:
        """Is nothing to be connected to anything?"""
        return bool(self.options.offline)

    def needs_network(self) -> None:
        """Say so where there is to be none.

        Raises:
            CannotConnect: --offline was given.
        """
        if self.offline:
            from mss_tui.adapters.offline import offline

            raise offline()

    def copies(self, *, mend: bool = True) -> Copies | None:
        """The encrypted copies of the profile's mailboxes; None where none are kept.

        Nobody is asked for a passphrase by a command that shows no message: it does without.

        Args:
            mend: one that does not open may be made anew; never while nothing can fill it again.
        """
        profile = self.loaded.profile
        if not profile.caching.encrypted:
            return None
        from mss_tui.adapters.cache.key import KeySource
        from mss_tui.adapters.clock import SystemClock
        from mss_tui.adapters.secrets_terminal import passphrase_prompt
        from mss_tui.wiring_cache import Copies

        place = self.places.copies(profile.name)
        new = not any(place.glob("*.db"))
        ask = None if self.options.no_prompt else passphrase_prompt(self.translate, self.stopping.caught, new=new)
        keys = KeySource(profile.name, profile.caching, ask=ask)
        if keys.asks and self.options.command not in _SHOWS:
            return None
        return Copies(place, keys, SystemClock(), self.narration.say, mend=mend and not self.offline)

    def secrets(self) -> SecretChain:
        """Where passwords come from; the user is asked only where a terminal is and --no-prompt is not given."""
        from mss_tui.adapters.hostwide import place_of
        from mss_tui.adapters.process import close_to_others
        from mss_tui.adapters.secrets import SecretChain
        from mss_tui.adapters.secrets_terminal import terminal_prompt
        from mss_tui.cli.psc import confirm

        close_to_others()
        ask = None if self.options.no_prompt else terminal_prompt(self.translate, self.stopping.caught)
        if ask is not None:
            for session in self.professionals.values():
                session.ask_with(partial(confirm, session, self.narration))
        return SecretChain(
            password_fd=self.options.password_fd,
            fd_account=self.loaded.profile.accounts[0].id,
            ask=ask,
            psc=self.professionals,
            limits=place_of(self.places.state),
        )

    async def identities(self, secrets: SecretChain) -> dict[str, SSLContext]:
        """The TLS of accounts that show a certificate; the password of its key may be asked for."""
        from mss_tui.adapters.clock import SystemClock
        from mss_tui.wiring_identity import open_certificates

        if self.offline:
            return {}
        profile = self.loaded.profile
        return await open_certificates(
            profile, secrets, SystemClock(), None if profile.shared_host else self.places.state
        )

    @cached_property
    def profile(self) -> Profile:
        """The profile, with the individual who acts where it names a service: told by an option, or asked once.

        Nobody is forced to say: reading goes on without, sending does not (bal.org-tracabilite).
        """
        from mss_tui.adapters.secrets_terminal import ask_name
        from mss_tui.model.people import Person

        profile = self.loaded.profile
        name = clean(self.options.qui_agit, 80).strip()
        if not (name or profile.acting or self.options.no_prompt or self.json):
            question = self.t(say("Qui agit ? (prénom et NOM ; rien : lecture seulement) "))
            name = clean(ask_name(question, self.stopping.caught), 80).strip()
        return replace(profile, acts=Person(name), acting=True) if name else profile

    @asynccontextmanager
    async def desk(
        self,
        *,
        by_person: bool | None = None,
        secrets: SecretChain | None = None,
        identities: dict[str, SSLContext] | None = None,
    ) -> AsyncIterator[Desk]:
        """The desk of the profile; it logs out at the end.

        Args:
            by_person: somebody reads what is shown; None: when both ends of the program are a terminal.
        """
        from mss_tui.adapters.places import passing
        from mss_tui.wiring import build

        secrets = secrets or self.secrets()
        copies = self.copies()
        if copies is not None:
            await copies.ask_ahead()
        if identities is None:
            identities = await self.identities(secrets)
        terminal = sys.stdin.isatty() and sys.stdout.isatty() and not self.json
        with passing(self.places) if self.profile.shared_host else nullcontext(self.places) as kept:
            desk = build(
                self.profile,
                self._means(kept, secrets, identities, copies, terminal if by_person is None else by_person),
            )
            try:
                yield desk
            finally:
                await desk.close()
                if copies is not None:
                    await copies.close()
                for session in self.professionals.values():
                    await session.close()
                secrets.close()

    def _means(
        self,
        places: Places,
        secrets: SecretChain,
        identities: dict[str, SSLContext],
        copies: Copies | None,
        by_person: bool,
    ) -> Means:
        from mss_tui.adapters.clock import SystemClock
        from mss_tui.wiring_means import Means

        return Means(
            places=places,
            secrets=secrets,
            clock=SystemClock(),
            tell=self.narration.say,
            by_person=by_person,
            indexes=places.indexes,
            identities=identities,
            low_bandwidth=bool(getattr(self.options, "low_bandwidth", False)),
            copies=copies,
            offline=self.offline,
        )

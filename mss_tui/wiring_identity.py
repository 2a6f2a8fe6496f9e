"""Joins what proves who acts: client certificates, and sessions of Pro Santé Connect."""

from __future__ import annotations

import ssl
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from mss_tui.adapters.tls import context_for
from mss_tui.errors import ConfigError
from mss_tui.model.people import Account, AuthMethod, Profile
from mss_tui.phrase import say
from mss_tui.ports.clock import Clock
from mss_tui.ports.secrets import Secrets

if TYPE_CHECKING:
    from mss_tui.adapters.psc.session import PscSession


async def open_certificates(
    profile: Profile, secrets: Secrets, clock: Clock, state: Path | None = None
) -> dict[str, ssl.SSLContext]:
    """The TLS of the accounts that show a client certificate; what opens its key is asked for here.

    `state` is where what is learnt of servers is kept.

    Raises:
        MssError: a certificate cannot be read, opened or used today.
    """
    found: dict[str, ssl.SSLContext] = {}
    for account in profile.accounts:
        if account.auth.method is AuthMethod.CERTIFICATE:
            from mss_tui.adapters.certificate import present

            context = context_for(account.ca, account.trust, clock.now(), state)
            await present(context, account, secrets, clock.now())
            found[account.id] = context
    return found


def professionals(profile: Profile, clock: Clock, secrets: Callable[[], Secrets]) -> dict[str, PscSession]:
    """The Pro Santé Connect session of each account that needs one; accounts of one relay and person share it.

    `secrets` opens the certificate that a relay may ask for.

    Raises:
        ConfigError: nothing says who the professional is.
    """
    shared: dict[tuple[str, str], PscSession] = {}
    found: dict[str, PscSession] = {}
    for account in profile.accounts:
        auth = account.auth
        if auth.method is not AuthMethod.PSC:
            continue
        identity = auth.identity or (f"8{profile.person.rpps}" if profile.person.rpps else "")
        if not identity:
            raise ConfigError(
                say("Pro Santé Connect ne sait pas qui est le titulaire du profil « {name} ».", name=profile.name),
                remedy=say("Donnez person.rpps, ou auth.identity."),
            )
        if (auth.relay, identity) not in shared:
            from mss_tui.adapters.psc.relay import Relay
            from mss_tui.adapters.psc.session import PscSession

            relay = Relay(auth.relay, partial(_relay_context, account, clock, secrets))
            shared[auth.relay, identity] = PscSession(relay, identity, clock, card=auth.card)
        found[account.id] = shared[auth.relay, identity]
    return found


async def _relay_context(account: Account, clock: Clock, secrets: Callable[[], Secrets]) -> ssl.SSLContext:
    context = context_for(account.auth.relay_ca, now=clock.now())
    if account.auth.certificate is not None:
        from mss_tui.adapters.certificate import present

        shown = replace(account, auth=replace(account.auth, method=AuthMethod.CERTIFICATE))
        await present(context, shown, secrets(), clock.now())
    return context

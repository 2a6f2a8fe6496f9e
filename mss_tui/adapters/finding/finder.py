"""The servers of a mailbox from its address: the table we ship, then DNS, then the published file; the first that says.

Nothing outside the trust space is looked up or followed, no literal or private address unless the caller allows it,
and what was not found is not asked for again for a quarter of an hour (mssante-client.md §3.3).
"""

from __future__ import annotations

import json
import os
import ssl
import tomllib
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from importlib.resources import files
from pathlib import Path

from mss_tui.adapters.finding import autoconfig
from mss_tui.adapters.finding.names import Names, in_trust_space, is_public
from mss_tui.errors import CannotConnect, MssError, NotFound, UsageError
from mss_tui.model.address import parse_address
from mss_tui.model.people import AuthMethod, Endpoint, Security
from mss_tui.phrase import Phrase, say
from mss_tui.ports.clock import Clock
from mss_tui.text import clean

NEGATIVE = timedelta(minutes=15)
SERVICES = ("imap", "smtp")
Tell = Callable[[Phrase], None]


@dataclass(frozen=True, slots=True)
class Found:
    """A server and where it was found: "table", "srv" or "autoconfig"."""

    endpoint: Endpoint
    origin: str


@dataclass(frozen=True, slots=True)
class Servers:
    """What was found. `method` and `user` are what the published file says, None and "" elsewhere."""

    imap: Found | None = None
    smtp: Found | None = None
    method: AuthMethod | None = None
    user: str = ""


@dataclass
class Finder:
    """Looks for servers. `refused` is a file that remembers what was not found; `private` allows private addresses."""

    context: ssl.SSLContext
    clock: Clock
    tell: Tell
    refused: Path | None = None
    names: Names = field(default_factory=Names)
    port: int = 443
    private: bool = False

    async def find(self, address: str) -> Servers:
        """The servers of the mailbox `address`; each way that is tried is told.

        Raises:
            UsageError: no address, or not one of the trust space.
            NotFound: no way led anywhere.
        """
        mailbox = str(parse_address(address))
        domain = mailbox.rpartition("@")[2]
        if not in_trust_space(domain):
            raise UsageError(
                say("{domain} n'est pas dans l'espace de confiance : rien n'y est cherché.", domain=clean(domain)),
                remedy=say("Donnez les serveurs avec --imap et --smtp."),
            )
        found = self._table(domain)
        if found.imap and found.smtp:
            return found
        if self._was_refused(domain):
            raise _nothing(domain, say("Déjà cherché il y a moins d'un quart d'heure."))
        for way in (self._srv, self._file):
            found = await self._tried(way(domain, mailbox), found)
            if found.imap and found.smtp:
                return found
        self._refuse(domain)
        raise _nothing(domain, None)

    async def _tried(self, way: Coroutine[object, object, Servers], known: Servers) -> Servers:
        try:
            more = await way
        except MssError as error:
            self.tell(error.what)
            return known
        return Servers(known.imap or more.imap, known.smtp or more.smtp, known.method or more.method, more.user)

    def _table(self, domain: str) -> Servers:
        known = tomllib.loads((files("mss_tui.adapters.finding") / "known.toml").read_text("utf-8"))
        entries = {entry["service"]: entry for entry in known.get(domain, ())}
        found = [
            Found(Endpoint(of["host"], of["port"], Security(of["security"])), "table") if of else None
            for of in map(entries.get, SERVICES)
        ]
        return Servers(found[0], found[1])

    async def _srv(self, domain: str, mailbox: str) -> Servers:
        found = [await self.names.endpoint(service, domain) for service in SERVICES]
        if not any(found):
            self.tell(say("DNS : {domain} ne nomme pas de serveur (SRV).", domain=clean(domain)))
        checked = [Found(await self._reachable(one), "srv") if one else None for one in found]
        return Servers(checked[0], checked[1])

    async def _file(self, domain: str, mailbox: str) -> Servers:
        host = f"autoconfig.{domain}"
        address = await self._address(host)
        published = autoconfig.read(await autoconfig.fetch(domain, address, self.port, self.context), mailbox)
        found = [
            Found(await self._reachable(published[service].endpoint), "autoconfig") if service in published else None
            for service in SERVICES
        ]
        imap = published.get("imap")
        return Servers(found[0], found[1], imap.method if imap else None, imap.user if imap else "")

    async def _reachable(self, endpoint: Endpoint) -> Endpoint:
        """The endpoint, when its name may be followed."""
        if not in_trust_space(endpoint.host):
            raise CannotConnect(
                say("Le serveur {host} est hors de l'espace de confiance : ignoré.", host=clean(endpoint.host))
            )
        await self._address(endpoint.host)
        return endpoint

    async def _address(self, host: str) -> str:
        addresses = await self.names.addresses(host)
        if not self.private and not all(map(is_public, addresses)):
            raise CannotConnect(
                say("{host} mène à une adresse privée : ignoré.", host=clean(host)),
                remedy=say("Si c'est voulu, ajoutez --private."),
            )
        return addresses[0]

    def _was_refused(self, domain: str) -> bool:
        at = self._remembered().get(domain, "")
        try:
            return timedelta() <= self.clock.now() - datetime.fromisoformat(at) < NEGATIVE
        except (ValueError, TypeError):
            return False

    def _remembered(self) -> dict[str, str]:
        try:
            found = json.loads(self.refused.read_bytes()[:100_000]) if self.refused else {}
        except (OSError, ValueError):
            return {}
        return found if isinstance(found, dict) else {}

    def _refuse(self, domain: str) -> None:
        if self.refused is None:
            return
        kept = {name: at for name, at in self._remembered().items() if self._was_refused(name)}
        text = json.dumps(kept | {domain: self.clock.now().isoformat()})
        aside = self.refused.with_name(f".{self.refused.name}.{os.getpid()}")
        try:
            self.refused.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            aside.write_text(text)
            aside.replace(self.refused)
        except OSError:
            aside.unlink(missing_ok=True)


def _nothing(domain: str, more: Phrase | None) -> NotFound:
    return NotFound(
        say("Aucun serveur trouvé pour {domain}.", domain=clean(domain)),
        meaning=more,
        remedy=say("Demandez-les à votre opérateur, puis donnez --imap et --smtp (« serveur:port »)."),
    )

"""DNS for finding servers: SRV records (RFC 6186, RFC 8314) and addresses, within a deadline.

What DNS says is a hint from whoever answers: only names of the trust space are followed, only to addresses that
everyone can reach, and TLS decides in the end (mssante-client.md §3.3).
"""

from __future__ import annotations

import asyncio
import ipaddress
from typing import TYPE_CHECKING

from mss_tui.errors import CannotConnect, NotFound
from mss_tui.model.people import Endpoint, Security
from mss_tui.phrase import say
from mss_tui.record import dataclass
from mss_tui.text import clean

if TYPE_CHECKING:
    from dns.asyncresolver import Resolver

SECONDS = 5.0
TRUST_SPACE = "mssante.fr"
_SERVICES = {
    "imap": (("_imaps._tcp", Security.TLS), ("_imap._tcp", Security.STARTTLS)),
    "smtp": (("_submissions._tcp", Security.TLS), ("_submission._tcp", Security.STARTTLS)),
}


def in_trust_space(name: str) -> bool:
    """Is `name` a host or domain of MSSanté's space, and no literal address?"""
    folded = name.lower().rstrip(".")
    return folded == TRUST_SPACE or folded.endswith("." + TRUST_SPACE)


@dataclass(frozen=True, slots=True)
class Names:
    """A resolver. `server` and `port` are a test's or a site's own; the system's where `server` is empty."""

    server: str = ""
    port: int = 53

    async def endpoint(self, service: str, domain: str) -> Endpoint | None:
        """The best server of `service` ("imap", "smtp") that the domain names; None where it names none.

        Implicit TLS comes before STARTTLS, and the least priority first (RFC 6186 §3.3).

        Raises:
            CannotConnect: DNS does not answer.
        """
        import dns.asyncresolver
        import dns.exception
        import dns.resolver

        for label, security in _SERVICES[service]:
            try:
                found = await self._resolver().resolve(f"{label}.{domain}", "SRV", lifetime=SECONDS)
            except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
                continue
            except (dns.exception.DNSException, OSError) as error:
                raise CannotConnect(
                    say("Le DNS ne répond pas pour {domain}.", domain=clean(domain)),
                    remedy=say("Vérifiez le réseau, ou donnez les serveurs avec --imap et --smtp."),
                ) from error
            records = sorted(found, key=lambda record: (record.priority, -record.weight, record.target.to_text()))
            host = records[0].target.to_text().lower().rstrip(".")
            if host:  # "." says that the service is not offered
                return Endpoint(host, records[0].port, security)
        return None

    async def addresses(self, host: str) -> tuple[str, ...]:
        """The addresses of `host`.

        Raises:
            NotFound: there is no such name.
        """
        if self.server:
            return await self._asked(host)
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(SECONDS):
                found = await loop.getaddrinfo(host, None, type=1)
        except (OSError, TimeoutError, UnicodeError) as error:
            raise _unknown(host) from error
        return tuple(dict.fromkeys(str(entry[4][0]) for entry in found))

    async def _asked(self, host: str) -> tuple[str, ...]:
        import dns.exception

        found: list[str] = []
        for kind in ("A", "AAAA"):
            try:
                found += [record.to_text() for record in await self._resolver().resolve(host, kind, lifetime=SECONDS)]
            except dns.exception.DNSException:
                continue
        if not found:
            raise _unknown(host)
        return tuple(found)

    def _resolver(self) -> Resolver:
        import dns.asyncresolver

        resolver = dns.asyncresolver.Resolver(configure=not self.server)
        if self.server:
            resolver.nameservers = [self.server]
            resolver.port = self.port
        return resolver


def is_public(address: str) -> bool:
    """May a name lead there: no private, loopback, link-local, shared (CGNAT), multicast or reserved address?"""
    found = ipaddress.ip_address(address.partition("%")[0])
    mapped = getattr(found, "ipv4_mapped", None) or found
    return mapped.is_global and not mapped.is_multicast


def _unknown(host: str) -> NotFound:
    return NotFound(
        say("{host} : nom inconnu.", host=clean(host)), remedy=say("Vérifiez le nom du serveur, puis le réseau.")
    )

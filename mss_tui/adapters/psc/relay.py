"""The relay over HTTPS: one origin, no redirect, small answers, a deadline; its cookies live in memory alone."""

from __future__ import annotations

import asyncio
import json
import ssl
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from mss_tui.adapters.tls import tls_error
from mss_tui.errors import CannotConnect, DeadlinePassed, HostileServer, MssError
from mss_tui.phrase import say
from mss_tui.record import dataclass
from mss_tui.text import clean

if TYPE_CHECKING:
    import httpx2

SECONDS = 15.0
MAX_OCTETS = 64 * 1024


@dataclass(frozen=True, slots=True)
class Said:
    """What the relay answered: the HTTP status and its JSON object."""

    status: int
    body: dict[str, Any]

    def text(self, name: str, limit: int = 16_384) -> str:
        """A printable ASCII text; empty where there is none."""
        value = self.body.get(name)
        return (
            value if isinstance(value, str) and value.isascii() and value.isprintable() and len(value) < limit else ""
        )

    def seconds(self, name: str, otherwise: float, most: float = 86_400) -> float:
        """A number of seconds."""
        value = self.body.get(name)
        return min(float(value), most) if isinstance(value, int | float) and value > 0 else otherwise


class Relay:
    """A client of the relay at `url`. `context` is made when it is first needed: it may have to open a certificate."""

    def __init__(self, url: str, context: Callable[[], Awaitable[ssl.SSLContext]]) -> None:
        self._url = url.rstrip("/")
        self.host = clean(urlsplit(url).hostname or "")
        self._context = context
        self._client: httpx2.AsyncClient | None = None

    async def post(self, path: str, body: dict[str, Any]) -> Said:
        """The answer to POST `path`.

        Raises:
            TlsRefused: it is not the relay that the profile names.
            CannotConnect: no answer.
            DeadlinePassed: too late.
            HostileServer: no JSON object, too much, or a redirect.
        """
        import httpx2

        if self._client is None:
            self._client = httpx2.AsyncClient(
                verify=await self._context(),
                follow_redirects=False,
                trust_env=False,
                timeout=SECONDS,
                headers={"User-Agent": "mss-tui", "Accept-Encoding": "identity"},
            )
        try:
            async with asyncio.timeout(SECONDS), self._client.stream("POST", self._url + path, json=body) as answer:
                data = bytearray()
                async for chunk in answer.aiter_raw():
                    data += chunk
                    if len(data) > MAX_OCTETS:
                        raise self._hostile()
        except (TimeoutError, httpx2.TimeoutException) as error:
            raise DeadlinePassed(
                say("Le relais Pro Santé Connect {host} ne répond pas.", host=self.host),
                remedy=say("Réessayez, ou prévenez votre service informatique."),
            ) from error
        except httpx2.TransportError as error:
            raise self._failed(error) from error
        if 300 <= answer.status_code < 400:
            raise self._hostile()
        try:
            found = json.loads(data) if data else {}
        except ValueError as error:
            raise self._hostile() from error
        if not isinstance(found, dict):
            raise self._hostile()
        return Said(answer.status_code, found)

    async def close(self) -> None:
        """Let go of connections and cookies."""
        client, self._client = self._client, None
        if client is not None:
            await client.aclose()

    def _hostile(self) -> HostileServer:
        return HostileServer(
            say("Le relais Pro Santé Connect {host} ne répond pas comme un relais.", host=self.host),
            remedy=say("Vérifiez « auth.relay » du profil (docs/reference/relais-psc.md)."),
        )

    def _failed(self, error: httpx2.TransportError) -> MssError:
        cause: BaseException | None = error
        while cause is not None:
            if isinstance(cause, ssl.SSLError):
                return tls_error(cause, self.host)
            cause = cause.__cause__ or cause.__context__
        return CannotConnect(
            say("Connexion au relais Pro Santé Connect {host} impossible.", host=self.host),
            remedy=say("Vérifiez le réseau, ou prévenez votre service informatique."),
        )

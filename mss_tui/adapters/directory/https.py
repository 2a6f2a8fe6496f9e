"""HTTPS as the annuaire needs it: one origin, no redirect, limits on octets and time (security.md P19, point 6).

Bodies are asked for as they are, without compression: their limit is then a limit on memory.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING
from urllib.parse import SplitResult, urlsplit

from mss_tui.adapters.tls import tls_error
from mss_tui.errors import CannotConnect, ConfigError, ConnectionLost, DeadlinePassed, HostileServer
from mss_tui.phrase import say
from mss_tui.record import dataclass
from mss_tui.text import clean

if TYPE_CHECKING:
    import httpx2

CONNECT_SECONDS = 10.0
SILENCE_SECONDS = 30.0
"""The gateway of the Annuaire Santé gives up after 30 seconds (annuaire.md §1.1)."""


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer read whole; header names are lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


def origin(url: str) -> tuple[str, str, int]:
    """Scheme, host and port of `url`; ("", "", 0) where it is none."""
    try:
        parts = urlsplit(url)
        return parts.scheme.lower(), (parts.hostname or "").lower(), parts.port or 443
    except ValueError:
        return "", "", 0


def https_only(url: str) -> SplitResult:
    """`url` taken apart.

    Raises:
        ConfigError: it is no plain https address.
    """
    scheme, host, _ = origin(url)
    if scheme != "https" or not host or "@" in urlsplit(url).netloc or not url.isascii() or not url.isprintable():
        raise ConfigError(
            say("« {url} » n'est pas une adresse https.", url=clean(url, 200)),
            remedy=say("Corrigez-la dans la section [directory] du profil."),
        )
    return urlsplit(url)


class Https:
    """A client of the origin of `url`. Nothing is ever sent anywhere else."""

    def __init__(self, url: str, context: ssl.SSLContext) -> None:
        https_only(url)
        self._origin = origin(url)
        self.host = self._origin[1]
        self._context = context
        self._client: httpx2.AsyncClient | None = None

    def same_origin(self, url: str) -> bool:
        """Is `url` on this origin?"""
        return origin(url) == self._origin and "@" not in urlsplit(url).netloc

    @asynccontextmanager
    async def open(self, url: str, headers: Mapping[str, str], seconds: float) -> AsyncIterator[httpx2.Response]:
        """The answer to GET `url`, its body unread; it ends `seconds` after the call, read or not.

        Raises:
            MssError: no answer, a redirect, an encoded body, too late.
        """
        if not self.same_origin(url):
            raise HostileServer(
                say("{host} renvoie vers une autre adresse : elle n'a pas été suivie.", host=clean(self.host)),
                detail=clean(url, 200),
            )
        try:
            import httpx2
        except ImportError as error:
            raise ConfigError(say("Le module httpx2 manque."), remedy=say("Réinstallez mss-tui.")) from error

        try:
            client = self._client or self._connect()
            async with (
                asyncio.timeout(seconds),
                client.stream("GET", url, headers={**headers, "Accept-Encoding": "identity"}) as answer,
            ):
                self._check(answer)
                yield answer
        except TimeoutError as error:
            raise self._late() from error
        except httpx2.TimeoutException as error:
            raise self._late() from error
        except httpx2.TransportError as error:
            raise self._failed(error) from error
        except httpx2.InvalidURL as error:
            raise HostileServer(
                say("{host} a donné une adresse illisible.", host=clean(self.host)), detail=clean(url, 200)
            ) from error

    async def get(self, url: str, headers: Mapping[str, str], *, limit: int, seconds: float) -> Answer:
        """The answer to GET `url`, at most `limit` octets of body.

        Raises:
            HostileServer: the body is larger, the answer is a redirect or compressed.
            MssError: no answer, or too late.
        """
        async with self.open(url, headers, seconds) as answer:
            body = bytearray()
            async for chunk in answer.aiter_raw():
                body += chunk
                if len(body) > limit:
                    raise self.too_large()
            return Answer(answer.status_code, {k.lower(): v for k, v in answer.headers.items()}, bytes(body))

    def too_large(self) -> HostileServer:
        """The error for a body beyond its limit."""
        return HostileServer(
            say("La réponse de {host} est trop grande ; la connexion a été fermée.", host=clean(self.host))
        )

    async def close(self) -> None:
        """Let go of connections."""
        client, self._client = self._client, None
        if client is not None:
            await client.aclose()

    def _connect(self) -> httpx2.AsyncClient:
        import httpx2

        try:
            self._client = httpx2.AsyncClient(
                verify=self._context,
                follow_redirects=False,
                timeout=httpx2.Timeout(SILENCE_SECONDS, connect=CONNECT_SECONDS),
                limits=httpx2.Limits(max_connections=3, max_keepalive_connections=3),
                headers={"User-Agent": "mss-tui"},
            )
        except (ImportError, ValueError, httpx2.InvalidURL) as error:
            raise ConfigError(
                say("Le mandataire (proxy) de l'environnement ne peut pas servir."),
                remedy=say("Corrigez les variables HTTPS_PROXY et ALL_PROXY."),
            ) from error
        return self._client

    def _check(self, answer: httpx2.Response) -> None:
        if 300 <= answer.status_code < 400 and answer.status_code != 304:
            raise HostileServer(
                say("{host} renvoie vers une autre adresse : elle n'a pas été suivie.", host=clean(self.host)),
                remedy=say("Si elle est la bonne, mettez-la dans la section [directory] du profil."),
                detail=clean(answer.headers.get("Location", ""), 200),
            )
        if answer.headers.get("Content-Encoding", "identity").lower() != "identity":
            raise HostileServer(say("{host} a répondu dans un codage qui n'était pas demandé.", host=clean(self.host)))

    def _late(self) -> DeadlinePassed:
        return DeadlinePassed(
            say("{host} n'a pas répondu à temps.", host=clean(self.host)), remedy=say("Réessayez plus tard.")
        )

    def _failed(self, error: httpx2.TransportError) -> CannotConnect:
        import httpx2

        cause: BaseException | None = error
        while cause is not None:
            if isinstance(cause, ssl.SSLError):
                found = tls_error(cause, self.host)
                return found if isinstance(found, CannotConnect) else CannotConnect(found.what)
            cause = cause.__cause__ or cause.__context__
        if isinstance(error, httpx2.ConnectError | httpx2.ProxyError):
            return CannotConnect(
                say("Connexion à {host} impossible.", host=clean(self.host)), remedy=say("Vérifiez le réseau.")
            )
        return ConnectionLost(say("{host} a coupé la connexion.", host=clean(self.host)))

"""One HTTP exchange with a server that something from outside has named: looked at first, bounded, not followed.

The connection goes to the address that was looked at, so that a second answer of the DNS changes nothing; no redirect,
no proxy of the environment, no compression, a limit in octets and one deadline for all of it (security.md P19).
"""

from __future__ import annotations

import asyncio
import ssl
from urllib.parse import urlsplit

from mss_tui.adapters.tls import tls_error
from mss_tui.errors import CannotConnect, HostileServer
from mss_tui.phrase import say
from mss_tui.text import clean


async def exchange(
    url: str,
    address: str,
    *,
    limit: int,
    seconds: float,
    context: ssl.SSLContext | None = None,
    body: bytes | None = None,
    content_type: str = "",
) -> tuple[int, bytes]:
    """Status and octets of GET, or of POST where there is a `body`, from `url` at `address`.

    Args:
        context: for https.

    Raises:
        CannotConnect: no answer in time.
        TlsRefused: it is not who it should be.
        HostileServer: a redirect, or more than `limit` octets.
    """
    import httpx2

    parts = urlsplit(url)
    host = parts.hostname or ""
    shown = f"[{address}]" if ":" in address else address
    where = f"{shown}:{parts.port}" if parts.port else shown
    headers = {"Host": parts.netloc, "User-Agent": "mss-tui", "Accept-Encoding": "identity"}
    if content_type:
        headers["Content-Type"] = content_type
    try:
        async with (
            asyncio.timeout(seconds),
            httpx2.AsyncClient(
                verify=context or ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT),
                follow_redirects=False,
                trust_env=False,
                timeout=seconds,
            ) as client,
            client.stream(
                "GET" if body is None else "POST",
                f"{parts.scheme}://{where}{parts.path or '/'}{'?' + parts.query if parts.query else ''}",
                headers=headers,
                content=body,
                extensions={"sni_hostname": host},
            ) as answer,
        ):
            data = bytearray()
            async for chunk in answer.aiter_raw():
                data += chunk
                if len(data) > limit:
                    raise misbehaves(host)
    except (TimeoutError, httpx2.TimeoutException) as error:
        raise _silent(host) from error
    except httpx2.TransportError as error:
        cause: BaseException | None = error
        while cause is not None:
            if isinstance(cause, ssl.SSLError):
                raise tls_error(cause, host) from error
            cause = cause.__cause__ or cause.__context__
        raise _silent(host) from error
    if 300 <= answer.status_code < 400:
        raise misbehaves(host)
    return answer.status_code, bytes(data)


def misbehaves(host: str) -> HostileServer:
    """What it says is not used."""
    return HostileServer(say("{host} ne répond pas comme il devrait ; rien n'en a été retenu.", host=clean(host)))


def _silent(host: str) -> CannotConnect:
    return CannotConnect(say("{host} ne répond pas.", host=clean(host)))

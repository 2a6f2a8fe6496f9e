"""Looks at a server as far as TLS, the way that the mail adapters take; nothing of the user's is said to it."""

from __future__ import annotations

import asyncio
import ssl
from datetime import UTC, datetime
from typing import Any

import aiosmtplib

from mss_tui.adapters.imap.limits import Limits
from mss_tui.adapters.imap.opening import open_line
from mss_tui.adapters.imap.refusals import late, lost
from mss_tui.adapters.smtp.answers import ours
from mss_tui.adapters.smtp.session import Session
from mss_tui.adapters.smtp.upload import Deadlines
from mss_tui.adapters.tls import describe
from mss_tui.adapters.tls_online import verified
from mss_tui.errors import CannotConnect
from mss_tui.model.people import Account, Endpoint
from mss_tui.phrase import Phrase, say
from mss_tui.record import dataclass
from mss_tui.text import clean

SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class TlsSeen:
    """A verified connection: how the status line says it, the suite, until when the certificate is good.

    `chain` is who signed whom: the names of the certificates, the server's first, the root last.
    """

    said: Phrase
    suite: str
    chain: tuple[str, ...]
    until: datetime


async def reach(endpoint: Endpoint) -> None:
    """Is there anybody at that port?

    Raises:
        CannotConnect: nobody.
    """
    try:
        async with asyncio.timeout(SECONDS):
            _, writer = await asyncio.open_connection(endpoint.host, endpoint.port)
    except (OSError, TimeoutError) as error:
        raise CannotConnect(
            say("{host} ne répond pas au port {port}.", host=clean(endpoint.host), port=endpoint.port),
            remedy=say("Un pare-feu peut le fermer : demandez son ouverture, ou vérifiez le port."),
            detail=clean(getattr(error, "strerror", "") or ""),
        ) from error
    writer.transport.abort()


async def tls_of_imap(account: Account, context: ssl.SSLContext) -> TlsSeen:
    """The TLS of the reading server.

    Raises:
        MssError: see `open_line`.
    """
    try:
        async with asyncio.timeout(SECONDS):
            pipeline = await open_line(account.imap, context, Limits(), lambda _: None)
    except TimeoutError:
        raise late() from None
    seen = _seen(pipeline.transport)
    pipeline.fail(lost())
    return seen


async def tls_of_smtp(account: Account, context: ssl.SSLContext) -> tuple[TlsSeen, int | None]:
    """The TLS of the submission server, and the largest message it takes.

    Raises:
        MssError: it cannot be reached, or not safely.
    """
    session = Session(account, context, Deadlines())
    try:
        async with asyncio.timeout(SECONDS):
            await session.open()
        return _seen(session.transport), session.size
    except (aiosmtplib.SMTPException, OSError) as error:
        raise ours(error, account.smtp.host) from error
    finally:
        await session.close()


def _seen(transport: asyncio.BaseTransport | None) -> TlsSeen:
    inside: ssl.SSLObject = transport.get_extra_info("ssl_object")  # type: ignore[union-attr]
    certificate = inside.getpeercert() or {}
    cipher = inside.cipher()
    return TlsSeen(
        describe(inside),
        clean(cipher[0] if cipher else "", 80),
        tuple(clean(_name(one.get_info()), 80) for one in verified(inside)),
        datetime.fromtimestamp(ssl.cert_time_to_seconds(str(certificate["notAfter"])), UTC),
    )


def _name(certificate: dict[str, Any]) -> str:
    """What a certificate is called: its common name, else its organisation or first other name."""
    named = {name: value for part in certificate.get("subject", ()) for name, value in part}
    others = [value for _, value in certificate.get("subjectAltName", ())]
    return str(named.get("commonName") or (others or [named.get("organizationName", "?")])[0])

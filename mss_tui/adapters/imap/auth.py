"""SASL (RFC 4422): the strongest mechanism that the profile allows, one try a credential (security.md P20)."""

from __future__ import annotations

import base64
import binascii
import ssl
from collections.abc import Callable
from dataclasses import field
from typing import TYPE_CHECKING

from mss_tui.adapters.imap.order import Answer, Order
from mss_tui.adapters.imap.pipeline import Pipeline
from mss_tui.adapters.imap.refusals import auth_refused, refused
from mss_tui.adapters.imap.response import Status
from mss_tui.adapters.imap.wire import Piece, string
from mss_tui.adapters.sasl import choose, doubted, remember, scram, unbound
from mss_tui.errors import AuthRefused, ConnectionLost, HostileServer, MssError, ServerRefused
from mss_tui.model.people import Account, AuthMethod
from mss_tui.phrase import say
from mss_tui.ports.secrets import Secret
from mss_tui.record import dataclass
from mss_tui.text import DisplayText, clean

if TYPE_CHECKING:
    from mss_tui.adapters.scram import Scram

_TEMPORARY = {"UNAVAILABLE", "LIMIT", "INUSE", "SERVERBUG", "CONTACTADMIN"}


@dataclass(slots=True)
class Exchange:
    """One SASL exchange: the initial response, then an empty answer to the challenge that explains a refusal."""

    mechanism: str
    response: bytes
    sent: bool
    challenge: DisplayText = field(default=DisplayText(""))

    def answer(self, text: bytes) -> bytes:
        """The line to send for a challenge (RFC 7628 §3.2.3: an empty one after a failure)."""
        if not self.sent:
            self.sent = True
            return self.response
        self.challenge = _explained(text)
        return b""


def strongest(account: Account, capabilities: frozenset[str], inside: ssl.SSLObject) -> str:
    """The SCRAM mechanism for the password of `account`, "" where it goes another way.

    Raises:
        ServerRefused: see `sasl.choose`.
    """
    if account.auth.method is not AuthMethod.PASSWORD:
        return ""
    offered = {name.removeprefix("AUTH=") for name in capabilities if name.startswith("AUTH=")}
    return choose(account, account.imap, offered, inside)


def in_one_flight(account: Account, secret: Secret | None, capabilities: frozenset[str]) -> bool:
    """May commands follow the authentication before its answer (docs/adr/0008)?

    A password in one line, on a server that shows ENABLE and needs no answer for a literal; never a token. What SCRAM
    proves takes two lines.
    """
    plain = "AUTH=PLAIN" in capabilities and "SASL-IR" in capabilities
    login = "AUTH=PLAIN" not in capabilities and "LOGINDISABLED" not in capabilities
    literals = not capabilities.isdisjoint(("LITERAL+", "LITERAL-"))
    password = account.auth.method is AuthMethod.PASSWORD and secret is not None
    return password and "ENABLE" in capabilities and literals and (plain or login)


def begin(
    pipeline: Pipeline,
    account: Account,
    secret: Secret,
    capabilities: frozenset[str],
    tell: Callable[[MssError], None],
) -> Order:
    """Give the password in one line, where `in_one_flight`; a refusal is told and ends the connection."""

    def judge(status: Status) -> MssError | None:
        if status.ok:
            return None
        error: MssError = refused(status) if status.code in _TEMPORARY else auth_refused(status.text)
        tell(error)
        return error

    user = account.auth.user or account.address
    password = secret.reveal()
    if "AUTH=PLAIN" in capabilities:
        response = base64.b64encode(f"\0{user}\0{password}".encode())
        return pipeline.submit(b"AUTHENTICATE", b"PLAIN", response, judge=judge)
    return pipeline.submit(b"LOGIN", string(user.encode()), string(password.encode()), judge=judge)


async def authenticate(
    pipeline: Pipeline, account: Account, secret: Secret | None, capabilities: frozenset[str], proof: str = ""
) -> Status:
    """Authenticate once; the tagged answer.

    Args:
        proof: the SCRAM mechanism to use (`strongest`).

    Raises:
        AuthRefused: the server refused the credential.
        ServerRefused: it cannot authenticate anyone now, or offers no way that the profile allows.
        HostileServer: it does not know the password that it says it checks.
        ConnectionLost: the line was cut, and nothing says that the credential is why.
    """
    user = account.auth.user or account.address
    if account.auth.method is AuthMethod.PASSWORD and secret is not None:
        password = secret.reveal()
        if proof:
            return await _scram(pipeline, account, secret, capabilities, proof)
        if "AUTH=PLAIN" in capabilities:
            return await _sasl(pipeline, "PLAIN", f"\0{user}\0{password}".encode(), capabilities)
        if "LOGINDISABLED" in capabilities:
            raise _no_way("PLAIN")
        return await _end(pipeline, b"LOGIN", string(user.encode()), string(password.encode()))
    if account.auth.method is AuthMethod.CERTIFICATE:
        return await _sasl(pipeline, "EXTERNAL", account.auth.user.encode(), capabilities)
    token = secret.reveal() if secret is not None else ""
    return await _sasl(pipeline, "XOAUTH2", f"user={user}\1auth=Bearer {token}\1\1".encode(), capabilities)


async def _scram(
    pipeline: Pipeline, account: Account, secret: Secret, capabilities: frozenset[str], proof: str
) -> Status:
    inside: ssl.SSLObject = pipeline.transport.get_extra_info("ssl_object")
    offered = {name.removeprefix("AUTH=") for name in capabilities}
    exchange = scram(proof, account, secret, offered, inside)
    status = await _proved(pipeline, exchange, capabilities)
    if not status.ok and exchange.binding and not exchange.proved and exchange.mechanism[:-5] in offered:
        exchange = unbound(exchange)  # this server binds in a way that Python cannot; it has seen no proof yet
        status = await _proved(pipeline, exchange, capabilities)
    if not status.ok:
        raise refused(status) if status.code in _TEMPORARY else doubted(auth_refused(status.text))
    exchange.require()
    remember(inside, account.imap)
    return status


async def _proved(pipeline: Pipeline, exchange: Scram, capabilities: frozenset[str]) -> Status:
    """The tagged answer to one SCRAM exchange."""
    first = base64.b64encode(exchange.first())
    waiting = [] if "SASL-IR" in capabilities else [first]
    refusal: list[AuthRefused] = []

    def answer(text: bytes) -> bytes:
        if waiting:
            return waiting.pop()
        try:
            return base64.b64encode(exchange.answer(base64.b64decode(text, validate=True)))
        except binascii.Error:
            raise HostileServer(say("La réponse du serveur à l'authentification est illisible.")) from None
        except AuthRefused as error:
            refusal.append(error)
            return b"*"  # the server says NO now (RFC 3501 §6.2.2)

    pieces: list[Piece] = [b"AUTHENTICATE", exchange.mechanism.encode(), *([] if waiting else [first])]
    status = await pipeline.finish(pipeline.submit(*pieces, barrier=True, answer=answer))
    if refusal and (exchange.proved or not exchange.binding):
        raise doubted(refusal[0])
    return status


async def _sasl(pipeline: Pipeline, mechanism: str, response: bytes, capabilities: frozenset[str]) -> Status:
    if f"AUTH={mechanism}" not in capabilities:
        raise _no_way(mechanism)
    encoded = base64.b64encode(response)
    initial = "SASL-IR" in capabilities
    exchange = Exchange(mechanism, encoded, sent=initial)
    pieces: list[Piece] = [b"AUTHENTICATE", mechanism.encode()]
    if initial:
        pieces.append(encoded or b"=")
    try:
        return await _end(pipeline, *pieces, answer=exchange.answer, exchange=exchange)
    except ConnectionLost as error:
        if exchange.challenge:  # refused, then cut without a word (auth-tls-mail-libraries.md §1.5)
            raise auth_refused(exchange.challenge) from error
        raise


async def _end(
    pipeline: Pipeline, *pieces: Piece, answer: Answer | None = None, exchange: Exchange | None = None
) -> Status:
    order = pipeline.submit(*pieces, barrier=True, answer=answer)
    status = await pipeline.finish(order)
    if status.ok:
        return status
    error: MssError
    if status.code in _TEMPORARY:
        error = refused(status)
    else:
        error = auth_refused(exchange.challenge if exchange and exchange.challenge else status.text)
    raise error


def _explained(text: bytes) -> DisplayText:
    try:
        return clean(base64.b64decode(text, validate=True).decode("utf-8", "replace"), 200)
    except ValueError:
        return DisplayText("")


def _no_way(mechanism: str) -> ServerRefused:
    return ServerRefused(
        say("La messagerie n'accepte pas l'authentification que le profil demande ({mechanism}).", mechanism=mechanism),
        meaning=say("Aucun secret ne lui a été envoyé."),
        remedy=say("Vérifiez « auth » dans le profil, ou appelez votre opérateur."),
    )

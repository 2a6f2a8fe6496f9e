"""AUTH (RFC 4954): the strongest mechanism that the profile allows, one try a credential (security.md P20)."""

from __future__ import annotations

import ssl
from base64 import b64decode, b64encode
from collections.abc import Awaitable, Callable

import aiosmtplib

from mss_tui.adapters.sasl import choose, doubted, remember, scram, unbound
from mss_tui.adapters.scram import Scram
from mss_tui.adapters.smtp.answers import NOTHING_LEFT, Answer, hostile, refused
from mss_tui.errors import AuthRefused, ServerRefused
from mss_tui.model.people import Account, AuthMethod
from mss_tui.phrase import say
from mss_tui.ports.secrets import Secret
from mss_tui.text import DisplayText, clean

Say = Callable[..., Awaitable[Answer]]
"""Says the words of one line and returns the answer."""

_MECHANISMS = {
    AuthMethod.PASSWORD: ("PLAIN", "LOGIN"),
    AuthMethod.TOKEN: ("XOAUTH2",),
    AuthMethod.PSC: ("XOAUTH2",),
    AuthMethod.CERTIFICATE: ("EXTERNAL",),
}


async def authenticate(
    tell: Say, account: Account, secret: Secret | None, offered: set[str], inside: ssl.SSLObject
) -> None:
    """Authenticate once, over the verified connection `inside`, to a server that offers `offered`.

    Raises:
        AuthRefused, ServerRefused, HostileServer: see `Session.authenticate`.
    """
    method = account.auth.method
    if method is AuthMethod.PASSWORD and secret is not None:
        proof = choose(account, account.smtp, offered, inside)
        if proof:
            await _scram(tell, account, scram(proof, account, secret, offered, inside), offered)
            remember(inside, account.smtp)
            return
    mechanism = next((m for m in _MECHANISMS[method] if m in offered), "")
    if mechanism and (secret is not None or method is AuthMethod.CERTIFICATE):
        await _told(tell, account, mechanism, secret.reveal() if secret else "")
    elif method is not AuthMethod.CERTIFICATE:
        raise ServerRefused(
            say(
                "Le serveur d'envoi n'offre pas l'authentification que le profil demande ({wanted}).",
                wanted=" ou ".join(_MECHANISMS[method]),
            ),
            meaning=say("Le mot de passe ne lui a pas été envoyé, et rien n'est parti."),
            remedy=say("Vérifiez « auth » dans le profil, ou appelez votre opérateur."),
        )


async def _told(tell: Say, account: Account, mechanism: str, secret: str) -> None:
    """A mechanism that hands the credential over."""
    user = account.auth.user or account.address
    initial = {
        "PLAIN": [f"\0{user}\0{secret}"],
        "LOGIN": [user, secret],
        "XOAUTH2": [f"user={user}\x01auth=Bearer {secret}\x01\x01", ""],
        "EXTERNAL": [user],
    }[mechanism]
    words = [b64encode(word.encode()) for word in initial]
    if mechanism == "LOGIN":
        said = await tell(b"AUTH", b"LOGIN")
    else:
        said = await tell(b"AUTH", mechanism.encode(), words.pop(0))
    challenged = said
    while said.code == 334 and words:
        challenged = said
        try:
            said = await tell(words.pop(0))
        except aiosmtplib.SMTPServerDisconnected as error:
            if mechanism != "XOAUTH2":
                raise
            raise _auth_refused(account, challenged) from error
    _judge(account, said)


async def _scram(tell: Say, account: Account, exchange: Scram, offered: set[str]) -> None:
    """Prove the password, and have the server prove that it knows it."""
    said = await tell(b"AUTH", exchange.mechanism.encode(), b64encode(exchange.first()))
    try:
        while said.code == 334 and not exchange.verified:
            said = await tell(b64encode(exchange.answer(_challenge(said))))
    except AuthRefused as error:
        said = await tell(b"*")
        if exchange.proved or not exchange.binding:
            raise doubted(error) from error
    if said.code >= 500 and exchange.binding and not exchange.proved and exchange.mechanism[:-5] in offered:
        # this server binds in a way that Python cannot; it has seen no proof yet
        await _scram(tell, account, unbound(exchange), offered)
        return
    try:
        _judge(account, said)
    except AuthRefused as error:
        raise doubted(error) from error
    exchange.require()


def _challenge(said: Answer) -> bytes:
    try:
        return b64decode(said.text, validate=True)
    except ValueError:
        raise hostile() from None


def _judge(account: Account, said: Answer) -> None:
    if said.code == 235:
        return
    if 400 <= said.code < 500 or said.code == 504:
        raise refused(say("Le serveur d'envoi ne peut pas vous authentifier pour l'instant."), said)
    raise _auth_refused(account, said)


def _auth_refused(account: Account, said: Answer) -> AuthRefused:
    if account.auth.method in (AuthMethod.TOKEN, AuthMethod.PSC):
        remedy = say("Renouvelez votre authentification Pro Santé Connect, puis renvoyez.")
    else:
        remedy = say("Vérifiez le mot de passe, puis renvoyez : plusieurs erreurs peuvent bloquer le compte.")
    return AuthRefused(
        say("La messagerie a refusé l'authentification de {who}.", who=clean(account.address)),
        meaning=NOTHING_LEFT,
        remedy=remedy,
        # a challenge is base64 for programs: its words would mean nothing to the user
        detail=said.line if said.code != 334 else DisplayText(""),
    )

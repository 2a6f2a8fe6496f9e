"""Which mechanism proves a password: the strongest that the server offers, and never less than it once did.

Inside TLS too: SCRAM keeps the password from a server that should not have it, and has the server prove itself. One
that once did so and now offers only mechanisms that take the password is either another server, or one whose operator
changed something worth a telephone call: it is not told the password unless the profile says « plain ».
"""

from __future__ import annotations

import json
import os
import ssl
from collections.abc import Collection
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from mss_tui.adapters.tls import Anchored
from mss_tui.errors import AuthRefused, ServerRefused
from mss_tui.model.people import Account, Endpoint
from mss_tui.phrase import say
from mss_tui.ports.secrets import Secret
from mss_tui.text import clean

if TYPE_CHECKING:
    from mss_tui.adapters.scram import Scram

STRONG = ("SCRAM-SHA-256-PLUS", "SCRAM-SHA-256", "SCRAM-SHA-1-PLUS", "SCRAM-SHA-1")
"""The strongest first."""
_MAX_OCTETS = 100_000


def choose(account: Account, server: Endpoint, offered: Collection[str], inside: ssl.SSLObject) -> str:
    """The SCRAM mechanism to use for the password of `account`, "" where it goes by PLAIN or LOGIN.

    `offered` are upper case; `inside` is the verified connection.

    Raises:
        ServerRefused: the profile asks for SCRAM and the server has it not, or the server had it once.
    """
    wanted = account.auth.mechanism
    if wanted == "plain":
        return ""
    named = wanted.upper()
    for mechanism in STRONG:
        plus = mechanism.endswith("-PLUS")
        if mechanism in offered and mechanism.startswith(named) and (not plus or _bound_to(inside)):
            return mechanism
    if wanted:
        raise ServerRefused(
            say(
                "{host} n'offre pas l'authentification que le profil impose ({wanted}).", host=server.host, wanted=named
            ),
            meaning=say("Le mot de passe ne lui a pas été envoyé."),
            remedy=say("Appelez votre opérateur avant de changer auth.mechanism."),
        )
    if _proved(inside, server):
        raise ServerRefused(
            say("{host} demande le mot de passe en clair dans TLS ; il ne le demandait pas avant.", host=server.host),
            meaning=say("Le mot de passe ne lui a pas été envoyé : ce peut être un autre serveur."),
            remedy=say("Appelez votre opérateur ; s'il le confirme, mettez auth.mechanism = « plain »."),
        )
    return ""


def scram(mechanism: str, account: Account, secret: Secret, offered: Collection[str], inside: ssl.SSLObject) -> Scram:
    """An exchange with the server behind `inside`, bound to its certificate where `mechanism` says so."""
    from mss_tui.adapters.scram import Scram

    return Scram(
        mechanism,
        account.auth.user or account.address,
        secret.reveal(),
        _bound_to(inside) if mechanism.endswith("-PLUS") else b"",
        could_bind=not any(name.endswith("-PLUS") for name in offered if name in STRONG),
    )


def unbound(tried: Scram) -> Scram:
    """The same without the certificate, for a server that wants another kind of binding (RFC 9266) than Python has."""
    from mss_tui.adapters.scram import Scram

    return Scram(tried.mechanism.removesuffix("-PLUS"), tried.user, tried.password)


def doubted(error: AuthRefused) -> AuthRefused:
    """The refusal of a proof: a right password is refused too where the operator keeps it so that SCRAM cannot use it.

    It is not told in the hope that it helps: that would be the way back that an attacker wants.
    """
    return AuthRefused(
        error.what,
        meaning=error.meaning,
        remedy=say(
            "Vérifiez l'identifiant et le mot de passe. S'ils sont bons, demandez à votre opérateur si SCRAM vaut pour "
            "cette boîte ; sinon, mettez auth.mechanism = « plain »."
        ),
        detail=error.detail,
    )


def remember(inside: ssl.SSLObject, server: Endpoint) -> None:
    """Note that this server proved itself by SCRAM; where no file can be kept, nothing is."""
    file = _file(inside)
    if file is None:
        return
    known = _known(file)
    name = _name(server)
    if name in known:
        return
    aside = file.with_name(f".{file.name}.{os.getpid()}")
    with suppress(OSError):
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600)
        with os.fdopen(descriptor, "w") as out:
            json.dump(sorted({*known, name}), out)
        aside.replace(file)


def _bound_to(inside: ssl.SSLObject) -> bytes:
    from mss_tui.adapters.scram import fingerprint

    return fingerprint(inside.getpeercert(True) or b"")


def _proved(inside: ssl.SSLObject, server: Endpoint) -> bool:
    file = _file(inside)
    return file is not None and _name(server) in _known(file)


def _file(inside: ssl.SSLObject) -> Path | None:
    context = inside.context
    return context.state / "scram.json" if isinstance(context, Anchored) and context.state is not None else None


def _known(file: Path) -> list[str]:
    try:
        with file.open("rb") as stream:
            found = json.loads(stream.read(_MAX_OCTETS))
    except (OSError, ValueError):
        return []
    return [str(name) for name in found] if isinstance(found, list) else []


def _name(server: Endpoint) -> str:
    return clean(f"{server.host}:{server.port}", 300)

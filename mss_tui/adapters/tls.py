"""The TLS that every connection uses (security.md P1; ECO.1.1.1, ECO.1.1.3, ECO.1.1.10).

TLS 1.2 at least, forward secrecy and authenticated encryption only, a matching DNS name in the certificate, and the
roots that the profile names: nothing else is trusted, and there is no way to switch it off.
"""

from __future__ import annotations

import ssl
from pathlib import Path

from mss_tui.errors import ConfigError, MssError, TlsRefused
from mss_tui.phrase import Phrase, say
from mss_tui.text import clean

CIPHERS = "ECDHE+AESGCM:ECDHE+CHACHA20"
"""For TLS 1.2; the suites of TLS 1.3 are all acceptable."""

_REASONS: dict[int, Phrase] = {
    10: say("le certificat du serveur a expiré"),
    9: say("le certificat du serveur n'est pas encore valable"),
    18: say("le certificat du serveur n'est signé par personne"),
    19: say("l'autorité du certificat n'est pas celle que le profil nomme"),
    20: say("l'autorité du certificat n'est pas celle que le profil nomme"),
    21: say("l'autorité du certificat n'est pas celle que le profil nomme"),
    23: say("le certificat du serveur est révoqué"),
    62: say("le certificat n'est pas au nom de ce serveur"),
    64: say("le certificat n'est pas au nom de ce serveur"),
}


def context_for(ca: Path | None) -> ssl.SSLContext:
    """A client context that trusts the PEM file `ca` alone, or the system store when it is None.

    Raises:
        ConfigError: `ca` cannot be read or holds no certificate.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_ciphers(CIPHERS)
    context.hostname_checks_common_name = False
    context.options |= ssl.OP_NO_COMPRESSION | ssl.OP_NO_RENEGOTIATION
    context.verify_flags |= ssl.VERIFY_X509_STRICT
    try:
        if ca is None:
            context.load_default_certs(ssl.Purpose.SERVER_AUTH)
        else:
            context.load_verify_locations(cafile=ca)
    except (OSError, ssl.SSLError) as error:
        raise ConfigError(
            say("Le fichier d'autorités « {path} » ne peut pas être lu.", path=clean(str(ca))),
            remedy=say("Indiquez dans « ca » un fichier PEM qui contient les autorités de votre opérateur."),
        ) from error
    return context


def tls_error(error: ssl.SSLError, host: str) -> MssError:
    """The sentence for a failed handshake with `host`: nothing was sent to it."""
    reason = say("la négociation TLS a échoué")
    if isinstance(error, ssl.SSLCertVerificationError):
        reason = _REASONS.get(error.verify_code, say("le certificat du serveur n'est pas acceptable"))
    return TlsRefused(
        say("Connexion à {host} refusée : {reason}.", host=clean(host), reason=reason),
        meaning=say("Rien ne lui a été envoyé."),
        remedy=say("Vérifiez le nom du serveur et l'autorité (« ca ») du profil, ou appelez votre opérateur."),
        detail=clean(getattr(error, "verify_message", "") or error.reason or ""),
    )


def describe(ssl_object: ssl.SSLObject, ca: Path | None) -> str:
    """What the status line says of a connection: version and trust anchor."""
    version = (ssl_object.version() or "TLS").replace("TLSv", "TLS ")
    return f"{version} {clean(ca.stem) if ca else 'autorités du système'}"

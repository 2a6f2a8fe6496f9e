"""The TLS that every connection uses (security.md P1; ECO.1.1.1, ECO.1.1.3, ECO.1.1.10).

TLS 1.2 at least, forward secrecy and authenticated encryption only, a matching DNS name in the certificate, and the
roots that the profile names: nothing else is trusted, and there is no way to switch it off.
"""

from __future__ import annotations

import hashlib
import re
import ssl
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from mss_tui.errors import ConfigError, MssError, TlsRefused
from mss_tui.model.people import Trust
from mss_tui.phrase import Phrase, listed, say
from mss_tui.text import clean

if TYPE_CHECKING:
    from mss_tui.adapters.tls_online import Online

CIPHERS = "ECDHE+AESGCM:ECDHE+CHACHA20"
"""For TLS 1.2; the suites of TLS 1.3 are all acceptable."""

_PEM = re.compile(r"-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----")

_NOT_OURS = say(
    "l'autorité du certificat n'est pas celle que le profil nomme, ou le serveur n'en envoie pas l'intermédiaire"
)
_REASONS: dict[int, Phrase] = {
    10: say("le certificat du serveur a expiré"),
    9: say("le certificat du serveur n'est pas encore valable"),
    18: say("le certificat du serveur n'est signé par personne"),
    19: say("l'autorité du certificat n'est pas celle que le profil nomme"),
    2: _NOT_OURS,
    20: _NOT_OURS,
    21: _NOT_OURS,
    3: say("la liste de révocation d'une de ses autorités manque"),
    11: say("la liste de révocation d'une de ses autorités n'est pas encore valable"),
    12: say("la liste de révocation d'une de ses autorités est périmée"),
    23: say("le certificat du serveur est révoqué"),
    26: say("ce certificat n'est pas fait pour un serveur"),
    62: say("le certificat n'est pas au nom de ce serveur"),
    64: say("le certificat n'est pas au nom de ce serveur"),
    66: say("la clé du certificat est trop faible"),
    67: say("la clé d'une de ses autorités est trop faible"),
    68: say("la signature du certificat est trop faible"),
}
_LISTS = {3, 11, 12}
"""What is wrong with a list rather than with the server."""

_OLD = {"UNSUPPORTED_PROTOCOL", "TLSV1_ALERT_PROTOCOL_VERSION", "NO_PROTOCOLS_AVAILABLE", "WRONG_SSL_VERSION"}
_WEAK = {"SSLV3_ALERT_HANDSHAKE_FAILURE", "NO_SHARED_CIPHER", "WRONG_CIPHER_RETURNED", "DH_KEY_TOO_SMALL"}


class Anchored(ssl.SSLContext):
    """A client context that knows what to say of itself: its anchor, and whether revocation is looked at."""

    anchor = say("")
    revocation: Phrase | None = None
    soft = False
    state: Path | None = None
    """Where what was learnt of servers is kept; None: nowhere."""
    online: Online | None = None
    """Asks whom the server's certificate names whether it is revoked; None: nobody is asked."""

    def soften(self, error: BaseException | None) -> bool:
        """Did only a revocation list fail, and does the profile accept that? Then go on without, and say so.

        A server whose certificate a list names stays refused.
        """
        code = getattr(error, "verify_code", None)
        if not self.soft or code not in _LISTS or not self.verify_flags & ssl.VERIFY_CRL_CHECK_LEAF:
            return False
        self.verify_flags &= ~ssl.VERIFY_CRL_CHECK_CHAIN
        self.revocation = say("révocation non vérifiée")
        return True


def context_for(
    ca: Path | None, trust: Trust = Trust(), now: datetime | None = None, state: Path | None = None
) -> Anchored:
    """A client context that trusts the file `ca` alone (PEM or DER), or the system store when it is None.

    Args:
        trust: the fingerprints that the authorities must have, and the revocation lists.
        now: when the lists are looked at; needed only where there are some.
        state: where what is learnt of servers is kept.

    Raises:
        ConfigError: `ca` cannot be read, holds no certificate, or one that is not among the fingerprints.
    """
    context = Anchored(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_ciphers(CIPHERS)
    context.hostname_checks_common_name = False
    context.options |= ssl.OP_NO_COMPRESSION | ssl.OP_NO_RENEGOTIATION
    context.verify_flags |= ssl.VERIFY_X509_STRICT
    try:
        if ca is None:
            context.load_default_certs(ssl.Purpose.SERVER_AUTH)
        else:
            context.load_verify_locations(cadata=b"".join(_authorities(ca, trust.sha256)))
    except (OSError, ssl.SSLError, ValueError) as error:
        raise ConfigError(
            say("Le fichier d'autorités « {path} » ne peut pas être lu.", path=clean(str(ca))),
            remedy=say("Indiquez dans « ca » un fichier PEM ou DER qui contient les autorités de votre opérateur."),
        ) from error
    context.anchor = say("{name}", name=clean(ca.stem)) if ca else say("autorités du système")
    if ca is not None and trust.sha256:
        context.anchor = say("{name} (empreinte vérifiée)", name=clean(ca.stem))
    if trust.crl is not None:
        from mss_tui.adapters.tls_revocation import keep_lists

        context.soft = not trust.crl_strict
        context.revocation = keep_lists(context, trust.crl, now or datetime.now(UTC), strict=trust.crl_strict)
    context.state = state
    if trust.online:
        from mss_tui.adapters.tls_online import Online

        folder = state / "revocation" if state is not None else None
        context.online = Online(folder, strict=trust.crl_strict, hosts=trust.online_hosts)
    return context


def _authorities(ca: Path, fingerprints: tuple[str, ...]) -> list[bytes]:
    """The certificates of a file, DER."""
    data = ca.read_bytes()
    if b"-----BEGIN" in data:
        blocks = _PEM.findall(data.decode("ascii", "replace"))
        found = [ssl.PEM_cert_to_DER_cert(block) for block in blocks]
    else:
        found = [data]
    if not found:
        raise ValueError("no certificate")
    for der in found if fingerprints else ():
        fingerprint = hashlib.sha256(der).hexdigest()
        if fingerprint not in fingerprints:
            raise ConfigError(
                say(
                    "« {path} » contient une autorité qui n'est pas celle attendue (SHA-256 {fingerprint}).",
                    path=clean(str(ca)),
                    fingerprint=fingerprint,
                ),
                meaning=say("Aucune connexion n'est faite avec ce fichier."),
                remedy=say("Reprenez le fichier et l'empreinte à leur source, par deux voies différentes."),
            )
    return found


def tls_error(error: ssl.SSLError, host: str) -> MssError:
    """The sentence for a failed handshake with `host`: nothing was sent to it."""
    reason = say("la négociation TLS a échoué")
    if isinstance(error, ssl.SSLCertVerificationError):
        reason = _REASONS.get(error.verify_code, say("le certificat du serveur n'est pas acceptable"))
    elif error.reason in _OLD:
        reason = say("le serveur ne sait pas TLS 1.2")
    elif error.reason in _WEAK:
        reason = say("le serveur n'offre aucun chiffrement acceptable")
    elif "CERTIFICATE" in (error.reason or "") and "ALERT" in (error.reason or ""):
        reason = say("le serveur n'accepte pas votre certificat")
    return TlsRefused(
        say("Connexion à {host} refusée : {reason}.", host=clean(host), reason=reason),
        meaning=say("Rien ne lui a été envoyé."),
        remedy=say("Vérifiez le nom du serveur et l'autorité (« ca ») du profil, ou appelez votre opérateur."),
        detail=clean(getattr(error, "verify_message", "") or error.reason or ""),
    )


def describe(ssl_object: ssl.SSLObject) -> Phrase:
    """What the status line says of a connection: version, trust anchor, revocation where lists are kept."""
    version = (ssl_object.version() or "TLS").replace("TLSv", "TLS ")
    context = ssl_object.context
    if not isinstance(context, Anchored):
        return say("{version}", version=version)
    parts = [say("{version} {anchor}", version=version, anchor=context.anchor), context.revocation]
    parts += [context.online.said] if context.online is not None else []
    return listed([part for part in parts if part is not None], " · ")

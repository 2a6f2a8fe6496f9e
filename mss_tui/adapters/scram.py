"""SCRAM (RFC 5802, RFC 7677): the password is proved without being told, and the server proves that it knows it too.

No octet is sent or read here: the mail adapters carry the four messages. `scramp` was looked at: it lets a server ask
for ten million rounds, and brings an ASN.1 library along for a fingerprint that cryptography gives.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import secrets
import stringprep
import unicodedata
from dataclasses import field

from mss_tui.errors import AuthRefused, HostileServer
from mss_tui.phrase import Phrase, say
from mss_tui.record import dataclass
from mss_tui.text import clean

MECHANISMS = {
    "SCRAM-SHA-256-PLUS": "sha256",
    "SCRAM-SHA-256": "sha256",
    "SCRAM-SHA-1-PLUS": "sha1",
    "SCRAM-SHA-1": "sha1",
}
"""The strongest first, with its hash."""

MIN_ROUNDS, MAX_ROUNDS = 4096, 600_000
"""Fewer give the password away to who hears the proof (RFC 7677 §4); more are a way to keep us busy."""

_FIRST = re.compile(
    rb"r=([\x21-\x2b\x2d-\x7e]{1,512}),s=([A-Za-z0-9+/]{1,1024}={0,2}),i=([1-9][0-9]{0,9})(?:,[a-z]=.*)?"
)
_FINAL = re.compile(rb"v=([A-Za-z0-9+/]{1,200}={0,2})(?:,[a-z]=.*)?")
_ERROR = re.compile(rb"e=([^,]{1,100})")
_BINDING = b"p=tls-server-end-point,,"


@dataclass(slots=True)
class Scram:
    """One exchange; a new one for every try.

    Args:
        mechanism: one of `MECHANISMS`.
        binding: the fingerprint of the server's certificate (RFC 5929 §4), for a mechanism with -PLUS.
        could_bind: we could, and the server offers no -PLUS: it is told so, and refuses if that offer was taken out.
        nonce: ours, printable ASCII without a comma.
    """

    mechanism: str
    user: str
    password: str = field(repr=False)
    binding: bytes = b""
    could_bind: bool = False
    nonce: str = field(default_factory=lambda: secrets.token_urlsafe(24))
    proved: bool = field(default=False, init=False)
    """The proof was made: whoever refuses now refuses the password."""
    verified: bool = field(default=False, init=False)
    """The server has shown that it knows the password."""
    _expected: bytes = field(default=b"", init=False, repr=False)

    def first(self) -> bytes:
        """What the client says first.

        Raises:
            AuthRefused: the name has a character that SASLprep forbids.
        """
        return self._header() + self._bare()

    def final(self, said: bytes) -> bytes:
        """The proof, for what the server said first; takes up to a fifth of a second of processor time.

        Raises:
            HostileServer: its answer is not one, or not to us.
            AuthRefused: it refuses already, or the password has a character that SASLprep forbids.
        """
        self._refusal(said)
        found = _FIRST.fullmatch(said)
        if found is None or self.proved:
            raise _hostile(say("sa réponse n'est pas du SCRAM"))
        nonce, salt, rounds = found[1], _decoded(found[2]), int(found[3])
        ours = self.nonce.encode()
        if not nonce.startswith(ours) or len(nonce) == len(ours):
            raise _hostile(say("il ne répond pas à notre question"))
        if not MIN_ROUNDS <= rounds <= MAX_ROUNDS:
            raise _hostile(say("il demande {n} tours de calcul", n=rounds))
        name = MECHANISMS[self.mechanism]
        salted = hashlib.pbkdf2_hmac(name, prepared(self.password).encode(), salt, rounds)
        client = hmac.digest(salted, b"Client Key", name)
        without = b"c=%s,r=%s" % (base64.b64encode(self._header() + self.binding), nonce)
        spoken = b",".join((self._bare(), said, without))
        signature = hmac.digest(hashlib.new(name, client).digest(), spoken, name)
        proof = bytes(left ^ right for left, right in zip(client, signature, strict=True))
        self._expected = hmac.digest(hmac.digest(salted, b"Server Key", name), spoken, name)
        self.proved = True
        return without + b",p=" + base64.b64encode(proof)

    def check(self, said: bytes) -> None:
        """The server's own proof.

        Raises:
            AuthRefused: it refuses ours.
            HostileServer: it does not know the password.
        """
        self._refusal(said)
        found = _FINAL.fullmatch(said)
        if not self.proved or found is None or not hmac.compare_digest(_decoded(found[1]), self._expected):
            raise _not_proved()
        self.verified = True

    def require(self) -> None:
        """The end of the exchange.

        Raises:
            HostileServer: it lets us in without having shown that it knows the password.
        """
        if not self.verified:
            raise _not_proved()

    def answer(self, said: bytes) -> bytes:
        """What to say to a challenge: the proof, then nothing once the server's own is good."""
        if not self.proved:
            return self.final(said)
        if self.verified:
            raise _hostile(say("son authentification n'a pas de fin"))
        self.check(said)
        return b""

    def _header(self) -> bytes:
        if self.binding:
            return _BINDING
        return b"y,," if self.could_bind else b"n,,"

    def _bare(self) -> bytes:
        name = prepared(self.user).replace("=", "=3D").replace(",", "=2C")
        return f"n={name},r={self.nonce}".encode()

    def _refusal(self, said: bytes) -> None:
        found = _ERROR.match(said)
        if found is not None:
            raise AuthRefused(
                say("La messagerie a refusé l'authentification."),
                remedy=say("Vérifiez l'identifiant et le mot de passe."),
                detail=clean(found[1].decode("utf-8", "replace"), 100),
            )


def _not_proved() -> HostileServer:
    return _hostile(say("il n'a pas prouvé qu'il connaît votre mot de passe"))


def fingerprint(certificate: bytes) -> bytes:
    """`tls-server-end-point` of a certificate (DER): hashed as it was signed, MD5 and SHA-1 replaced (RFC 5929 §4.1).

    Empty where its signature names no hash (Ed25519): it cannot be bound to then.
    """
    from cryptography.x509 import load_der_x509_certificate

    algorithm = load_der_x509_certificate(certificate).signature_hash_algorithm
    if algorithm is None:
        return b""
    name = "sha256" if algorithm.name in ("md5", "sha1") else algorithm.name
    return hashlib.new(name, certificate).digest()


def prepared(text: str) -> str:
    """`text` after SASLprep (RFC 4013), as it must be before it is hashed.

    Raises:
        AuthRefused: it has a character that is not allowed.
    """
    mapped = "".join(
        " " if stringprep.in_table_c12(char) else char for char in text if not stringprep.in_table_b1(char)
    )
    folded = unicodedata.ucd_3_2_0.normalize("NFKC", mapped)
    right = [stringprep.in_table_d1(char) for char in folded]
    mixed = any(right) and (not (right[0] and right[-1]) or any(map(stringprep.in_table_d2, folded)))
    if mixed or any(forbidden(char) for char in folded for forbidden in _FORBIDDEN):
        raise AuthRefused(
            say("L'identifiant ou le mot de passe a un caractère que SCRAM ne permet pas."),
            remedy=say("Changez-le, ou mettez auth.mechanism = « plain » si votre opérateur le confirme."),
        )
    return folded


_FORBIDDEN = (
    stringprep.in_table_a1,
    stringprep.in_table_c12,
    stringprep.in_table_c21_c22,
    stringprep.in_table_c3,
    stringprep.in_table_c4,
    stringprep.in_table_c5,
    stringprep.in_table_c6,
    stringprep.in_table_c7,
    stringprep.in_table_c8,
    stringprep.in_table_c9,
)


def _decoded(text: bytes) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except ValueError:
        raise _hostile(say("sa réponse n'est pas du SCRAM")) from None


def _hostile(reason: Phrase) -> HostileServer:
    return HostileServer(
        say("Authentification interrompue : {reason}.", reason=reason),
        meaning=say("Votre mot de passe ne lui a pas été dit, et rien d'autre ne lui est envoyé."),
        remedy=say("Prévenez votre opérateur avant de réessayer."),
    )

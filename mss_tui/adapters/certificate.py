"""A client certificate given to TLS, from PEM or PKCS#12, without its key touching a disk (mailbox of an application).

The key is opened in memory, closed again with a password of the moment, and read by OpenSSL from an anonymous file
(memfd); auth-tls-mail-libraries.md §2.
"""

from __future__ import annotations

import os
import secrets
import ssl
import stat
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from mss_tui.adapters.tls_revocation import in_memory
from mss_tui.errors import AuthRefused, ConfigError
from mss_tui.model.people import Account, Auth
from mss_tui.phrase import Phrase, say
from mss_tui.ports.secrets import Secrets
from mss_tui.text import clean

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes
    from cryptography.x509 import Certificate

MAX_OCTETS = 1_000_000
_PEM = b"-----BEGIN"


class _Locked(Exception):
    """The key needs a password, or another one."""


async def present(context: ssl.SSLContext, account: Account, secrets_of: Secrets, now: datetime) -> datetime:
    """Let `context` present the certificate of `account`; until when it is valid.

    `secrets_of` is asked only where the key is closed by a password.

    Raises:
        ConfigError: file, key or dates are wrong.
        AuthRefused: the password does not open the key.
        MssError: no password can be had.
    """
    auth = account.auth
    path = auth.certificate
    if path is None:
        raise ConfigError(say("« auth.certificate » manque pour {id}.", id=account.id))
    certificate, key = _file(path, private=auth.key is None), _file(auth.key, private=True) if auth.key else b""
    try:
        found = _opened(certificate, key, None)
    except _Locked:
        secret = await secrets_of.of(account)
        try:
            found = _opened(certificate, key, secret.reveal().encode())
        except _Locked as error:
            secrets_of.forget(account)
            raise AuthRefused(
                say("Le mot de passe n'ouvre pas le certificat « {path} ».", path=clean(str(path))),
                remedy=say("Vérifiez-le ; il n'est pas essayé deux fois."),
            ) from error
        except ValueError as error:
            raise _unreadable(auth) from error
    except ValueError as error:
        raise _unreadable(auth) from error
    return _give(context, *found, auth, now)


def _file(path: Path, *, private: bool) -> bytes:
    shown = clean(str(path))
    try:
        with path.open("rb") as file:
            found = os.fstat(file.fileno())
            data = file.read(MAX_OCTETS)
    except OSError as error:
        raise ConfigError(
            say("Le certificat « {path} » ne peut pas être lu.", path=shown), detail=clean(error.strerror or "")
        ) from error
    if private and (found.st_uid not in (os.getuid(), 0) or found.st_mode & (stat.S_IRWXG | stat.S_IRWXO)):
        raise ConfigError(
            say("D'autres que vous peuvent lire la clé privée « {path} ».", path=shown),
            remedy=say("« chmod 600 » sur ce fichier ; s'ils ont pu la lire, demandez un autre certificat."),
        )
    return data


def _opened(certificate: bytes, key: bytes, password: bytes | None) -> tuple[PrivateKeyTypes, list[Certificate]]:
    """The private key, and the chain with the certificate first.

    Raises:
        _Locked: the password is missing or wrong.
        ValueError: it cannot be read.
    """
    from cryptography import x509
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.serialization import load_pem_private_key, pkcs12

    try:
        if _PEM in certificate:
            private = load_pem_private_key(key or certificate, password)
            return private, list(x509.load_pem_x509_certificates(certificate))
        opened, own, more = pkcs12.load_key_and_certificates(certificate, password)
    except UnsupportedAlgorithm as error:
        raise ValueError("algorithm") from error
    except TypeError as error:
        if password is None:
            raise _Locked from error
        return _opened(certificate, key, None)  # a password was at hand and the key is open
    except ValueError as error:
        if "password" in str(error).lower() or "decrypt" in str(error).lower():
            raise _Locked from error
        raise
    if opened is None or own is None:
        raise ValueError("no key or no certificate")
    return opened, [own, *more]


def _give(
    context: ssl.SSLContext, key: PrivateKeyTypes, chain: list[Certificate], auth: Auth, now: datetime
) -> datetime:
    from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, PrivateFormat

    until = chain[0].not_valid_after_utc
    if not chain[0].not_valid_before_utc <= now <= until:
        raise _wrong(
            auth,
            say("n'est pas valable aujourd'hui (du {a} au {b})", a=_day(chain[0].not_valid_before_utc), b=_day(until)),
            say("Demandez son renouvellement à l'IGC-Santé."),
        )
    password = secrets.token_urlsafe(24)
    closed = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(password.encode()))
    try:
        with in_memory(b"".join(one.public_bytes(Encoding.PEM) for one in chain) + closed) as name:
            context.load_cert_chain(name, password=password)
    except ssl.SSLError as error:
        raise _wrong(auth, say("n'est pas celui de sa clé"), say("Donnez la clé qui va avec.")) from error
    return until


def _day(moment: datetime) -> str:
    return f"{moment:%d/%m/%Y}"


def _unreadable(auth: Auth) -> ConfigError:
    return _wrong(
        auth,
        say("n'est pas du PEM ni du PKCS#12 lisible"),
        say("Un .p12 ancien (RC2) est à ré-exporter en AES-256 : openssl pkcs12 -legacy, puis openssl pkcs12 -export."),
    )


def _wrong(auth: Auth, what: Phrase, remedy: Phrase) -> ConfigError:
    return ConfigError(
        say("Le certificat « {path} » {what}.", path=clean(str(auth.certificate)), what=what), remedy=remedy
    )

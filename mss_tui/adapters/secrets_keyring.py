"""The keyring of the session: back-ends from a list, made by us; no configuration or variable can bring another one."""

from __future__ import annotations

import importlib
from typing import Any

from mss_tui.adapters.secrets_thread import in_thread
from mss_tui.errors import AuthRefused, ConfigError, MssError
from mss_tui.phrase import say
from mss_tui.ports.secrets import Secret
from mss_tui.text import clean

ALLOWED = (
    "keyring.backends.SecretService:Keyring",
    "keyring.backends.libsecret:Keyring",
    "keyring_pass:PasswordStoreBackend",
)
"""None of these stores in clear text or asks on the terminal."""

SERVICE = "mss-tui"
SECONDS = 3.0


async def from_keyring(address: str, backends: tuple[str, ...] = ALLOWED) -> Secret | None:
    """The password stored for `address` under the service `mss-tui`; None when there is none.

    Raises:
        ConfigError: this machine has no keyring that may be used.
        AuthRefused: it is locked.
        DeadlinePassed: it did not answer; a desktop's prompt may be waiting unseen.
    """
    return await in_thread(lambda: _look_up(address, backends), SECONDS)


async def into_keyring(name: str, secret: Secret, backends: tuple[str, ...] = ALLOWED) -> None:
    """Store a secret under the service `mss-tui`.

    Raises:
        ConfigError, AuthRefused, DeadlinePassed: as `from_keyring`.
    """
    await in_thread(lambda: _store(name, secret, backends), SECONDS)


def _store(name: str, secret: Secret, backends: tuple[str, ...]) -> None:
    backend = _backend(backends)
    try:
        backend.set_password(SERVICE, name, secret.reveal())
    except Exception as error:
        raise _refusal(error) from error


def _backend(backends: tuple[str, ...]) -> Any:
    """The first that can be used.

    Raises:
        ConfigError: there is none.
    """
    backend = next(filter(None, map(_made, backends)), None)
    if backend is None:
        raise ConfigError(
            say("Ce poste n'a pas de trousseau utilisable."),
            remedy=say("Retirez auth.keyring ; donnez auth.command, ou le mot de passe vous sera demandé."),
        )
    return backend


def _look_up(address: str, backends: tuple[str, ...]) -> Secret | None:
    backend = _backend(backends)
    try:
        found = backend.get_password(SERVICE, address)
    except Exception as error:
        raise _refusal(error) from error
    return Secret(found) if found else None


def _made(name: str) -> Any:
    """The back-end, or None where its library or its service is not there."""
    module, _, kind = name.partition(":")
    try:
        backend = getattr(importlib.import_module(module), kind)
        return backend() if backend.viable else None
    except Exception:  # noqa: BLE001 - what a foreign library raises when its service is absent is its own affair
        return None


def _refusal(error: Exception) -> MssError:
    if type(error).__name__ == "KeyringLocked":
        return AuthRefused(
            say("Le trousseau est verrouillé."), remedy=say("Déverrouillez-le dans votre session, puis recommencez.")
        )
    return ConfigError(say("Le trousseau ne répond pas comme il faut."), detail=clean(type(error).__name__))

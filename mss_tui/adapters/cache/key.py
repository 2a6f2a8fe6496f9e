"""The key of the encrypted copy: 256 bits from the keyring, or a passphrase stretched by Argon2id (RFC 9106).

A passphrase comes from the profile's command, `$CREDENTIALS_DIRECTORY/cache.PROFILE`, or whoever sits at the terminal;
never from arguments, the environment or a configuration file.
"""

from __future__ import annotations

import asyncio
import os
import re
import secrets
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Protocol

from mss_tui.adapters.secrets_command import run
from mss_tui.adapters.secrets_keyring import ALLOWED, from_keyring, into_keyring
from mss_tui.adapters.secrets_value import MAX_SECRET, password
from mss_tui.errors import AuthRefused, ConfigError
from mss_tui.model.people import Caching
from mss_tui.phrase import say
from mss_tui.ports.secrets import Secret
from mss_tui.text import clean

OCTETS = 32
SHORTEST = 12
"""Characters of a passphrase: what it protects lies on disk, where it can be tried at leisure."""
MEMORY_KIB, PASSES, LANES = 64 * 1024, 3, 4
"""RFC 9106 §4, the second recommended choice."""
Ask = Callable[[], Awaitable[Secret | None]]


class Key(Protocol):
    """What opens a copy."""

    def octets(self, salt: bytes) -> bytes:
        """The 256 bits for a file whose salt is this."""
        ...


class RawKey:
    """256 bits, as they are."""

    def __init__(self, octets: bytes) -> None:
        self._octets = octets

    def octets(self, salt: bytes) -> bytes:
        """The same for every file: SQLCipher mixes the salt in."""
        return self._octets


class Passphrase:
    """256 bits made of words. Slow, and 64 MiB, on purpose: call it in a thread."""

    def __init__(self, secret: Secret) -> None:
        self._secret = secret

    def octets(self, salt: bytes) -> bytes:
        """Those for one file."""
        from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

        stretch = Argon2id(salt=salt, length=OCTETS, iterations=PASSES, lanes=LANES, memory_cost=MEMORY_KIB)
        return stretch.derive(self._secret.reveal().encode())


class KeySource:
    """The key of a profile's copies, looked for once.

    Args:
        ask: asks the user; None where nobody can be asked.
        environ: where `$CREDENTIALS_DIRECTORY` and what a command may see are looked up.
        backends: keyring back-ends that may be used.
    """

    def __init__(
        self,
        profile: str,
        caching: Caching,
        *,
        ask: Ask | None = None,
        environ: Mapping[str, str] = os.environ,
        backends: tuple[str, ...] = ALLOWED,
    ) -> None:
        self._profile = profile
        self._caching = caching
        self._ask = ask
        self._environ = environ
        self._backends = backends
        self._found: asyncio.Task[Key] | None = None

    @property
    def asks(self) -> bool:
        """Does only the user know it?"""
        return not (self._caching.command or self._caching.keyring or self._credential())

    async def key(self) -> Key:
        """The key.

        Raises:
            ConfigError: the profile's way to it does not work.
            AuthRefused: the keyring is locked, nobody can be asked, or the user gave up.
            DeadlinePassed: the way to it took too long.
        """
        if self._found is None:
            self._found = asyncio.ensure_future(self._look())
        return await asyncio.shield(self._found)

    def forget(self) -> None:
        """Keep it in memory no longer."""
        self._found = None

    async def _look(self) -> Key:
        if self._caching.command:
            way = say("la commande « {command} »", command=clean(self._caching.command[0], 80))
            data = await run(self._caching.command, self._environ)
            return _passphrase(password(data.split(b"\n", 1)[0], way))
        credential = self._credential()
        if credential is not None:
            try:
                with credential.open("rb") as file:
                    data = file.read(MAX_SECRET + 1)
            except OSError as error:
                raise ConfigError(say("« {path} » ne peut pas être lu.", path=clean(str(credential)))) from error
            return _passphrase(password(data, say("« {path} »", path=clean(str(credential)))))
        if self._caching.keyring:
            return await self._from_keyring()
        answer = None if self._ask is None else await self._ask()
        if answer is None:
            raise AuthRefused(
                say("La phrase de passe de la copie chiffrée n'a pas été donnée."),
                meaning=say("Les messages restent en mémoire."),
                remedy=say("Donnez cache_key.command ou cache_key.keyring, ou passez par un terminal."),
            )
        return _passphrase(answer)

    async def _from_keyring(self) -> Key:
        name = f"cache/{self._profile}"
        found = await from_keyring(name, self._backends)
        if found is None:
            found = Secret(secrets.token_hex(OCTETS))
            await into_keyring(name, found, self._backends)
        if not re.fullmatch(rf"[0-9a-f]{{{2 * OCTETS}}}", found.reveal()):
            raise ConfigError(
                say("Ce que le trousseau garde sous « {name} » n'est pas une clé.", name=clean(name)),
                remedy=say("Retirez-le du trousseau : une clé neuve y sera mise."),
            )
        return RawKey(bytes.fromhex(found.reveal()))

    def _credential(self) -> Path | None:
        directory = self._environ.get("CREDENTIALS_DIRECTORY")
        path = Path(directory) / f"cache.{self._profile}" if directory else None
        return path if path is not None and path.exists() else None


def _passphrase(secret: Secret) -> Key:
    if len(secret.reveal()) < SHORTEST:
        raise ConfigError(
            say("La phrase de passe de la copie chiffrée a moins de {n} caractères.", n=SHORTEST),
            meaning=say("Les messages restent en mémoire."),
        )
    return Passphrase(secret)

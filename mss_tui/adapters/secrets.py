"""Where a password or token comes from: the ways a profile names, in one order, without falling back in silence.

A descriptor given on the command line, the profile's command, `$CREDENTIALS_DIRECTORY` (systemd), the keyrings of the
kernel and of the session where the profile asks for them, then the user where one can be asked. Never arguments,
environment or a configuration file: other people read those (auth-tls-mail-libraries.md §3, §6).
"""

from __future__ import annotations

import hashlib
import hmac
import os
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from mss_tui.adapters.clock import SystemClock
from mss_tui.adapters.hostwide import refusals
from mss_tui.adapters.secrets_command import run
from mss_tui.adapters.secrets_kernel import KernelKeys
from mss_tui.adapters.secrets_keyring import ALLOWED, from_keyring
from mss_tui.adapters.secrets_thread import in_thread
from mss_tui.adapters.secrets_value import MAX_SECRET, password, token
from mss_tui.errors import AuthRefused, ConfigError, UsageError
from mss_tui.model.people import Account, AuthMethod
from mss_tui.phrase import say
from mss_tui.ports.clock import Clock
from mss_tui.ports.secrets import Secret
from mss_tui.text import clean

if TYPE_CHECKING:
    from mss_tui.adapters.psc.session import PscSession

Ask = Callable[[Account], Awaitable[Secret | None]]
"""Asks the user; None when they give up."""

FD_SECONDS = 30.0
MARGIN_SECONDS = 30.0


class SecretChain:
    """Secrets of the accounts of a profile, kept in memory until the server refuses them.

    Args:
        password_fd: a descriptor whose content is the secret of `fd_account` (of every account when that is empty).
        ask: asks the user; None where nobody can be asked.
        environ: where `$CREDENTIALS_DIRECTORY` and what a command may see are looked up.
        backends: keyring back-ends that may be used, "module:class".
        psc: the Pro Santé Connect sessions, by account id.
        limits: where the refusals that this host has met are counted; None counts nowhere.
        clock: dates them.
        kernel: keeps what was typed for the minutes that the profile gives.
    """

    def __init__(
        self,
        *,
        password_fd: int | None = None,
        fd_account: str = "",
        ask: Ask | None = None,
        environ: Mapping[str, str] = os.environ,
        backends: tuple[str, ...] = ALLOWED,
        psc: Mapping[str, PscSession] = MappingProxyType({}),
        limits: Path | None = None,
        clock: Clock = SystemClock(),
        kernel: KernelKeys = KernelKeys(),
    ) -> None:
        self._kernel = kernel
        self._psc = psc
        self._limits = limits
        self._clock = clock
        self._fd = password_fd
        self._fd_account = fd_account
        self._fd_secret: Secret | None = None
        self._ask = ask
        self._environ = environ
        self._backends = backends
        self._kept: dict[str, tuple[Secret, float | None]] = {}
        self._last: dict[str, Secret] = {}
        self._refused: set[tuple[str, bytes]] = set()

    async def of(self, account: Account) -> Secret:
        """The password or a fresh token.

        Raises:
            AuthRefused: none can be had without asking, or the user gave up.
            ConfigError: the profile's way to it does not work.
            DeadlinePassed: the way to it took too long.
        """
        if account.auth.method is AuthMethod.PSC:
            if account.id not in self._psc:
                raise ConfigError(say("Pro Santé Connect n'est pas préparé pour {address}.", address=account.address))
            return await self._psc[account.id].token()
        self._spare_the_account(account)
        kept, until = self._kept.get(account.id, (None, None))
        if kept is not None and (until is None or time.monotonic() < until):
            return kept
        ways = (
            self._from_fd,
            self._from_command,
            self._from_credentials,
            self._from_kernel,
            self._from_keyring,
            self._from_user,
        )
        for way in ways:
            found = await way(account)
            if found is not None and (account.id, _digest(found[0])) not in self._refused:
                self._kept[account.id] = found
                self._last[account.id] = found[0]
                return found[0]
        raise self._none(account)

    def proves(self, text: str) -> bool:
        """Is `text` the password of one of the accounts, as the user gave it? For the lock of the screen."""
        return any(hmac.compare_digest(text.encode(), secret.reveal().encode()) for secret in self._last.values())

    def forget(self, account: Account) -> None:
        """The server refused it: do not offer it again."""
        if account.id in self._psc:
            self._psc[account.id].forget()
            return
        self._kept.pop(account.id, None)
        last = self._last.pop(account.id, None)
        if last is not None:
            self._refused.add((account.id, _digest(last)))
        if account.auth.kernel_minutes:
            self._kernel.drop(_kernel_name(account))
        if self._limits is not None and account.auth.method is AuthMethod.PASSWORD:
            refusals(self._limits, account.address).note(self._clock.now())

    def _spare_the_account(self, account: Account) -> None:
        """Several programs with the same wrong password would have the operator close the mailbox (P20)."""
        if self._limits is None or account.auth.method is not AuthMethod.PASSWORD:
            return
        wait = refusals(self._limits, account.address).wait(self._clock.now())
        if wait:
            raise AuthRefused(
                say("{address} : trop de mots de passe refusés depuis ce poste.", address=account.address),
                meaning=say("Rien n'est essayé : l'opérateur pourrait bloquer la boîte."),
                remedy=say("Vérifiez le mot de passe, puis réessayez dans {n} minutes.", n=int(wait // 60) + 1),
            )

    async def ask_ahead(self, accounts: Iterable[Account]) -> None:
        """Ask now for what only the user can give; afterwards nobody is asked any more (the screen has the terminal).

        Raises:
            AuthRefused: the user gave up.
        """
        for account in accounts:
            if account.auth.method is AuthMethod.PASSWORD and self._ask is not None and not self._has_way(account):
                await self.of(account)
        self._ask = None

    def has_way(self, account: Account) -> bool:
        """Can a secret be had, if need be by asking?"""
        return self._ask is not None or self._has_way(account)

    def _has_way(self, account: Account) -> bool:
        """Can a secret be had without asking?"""
        from_fd = self._fd is not None and self._fd_account in ("", account.id)
        directory = self._environ.get("CREDENTIALS_DIRECTORY")
        given = bool(directory) and (Path(directory or "") / account.id).exists()
        return from_fd or bool(account.auth.command) or given or account.auth.keyring

    def log_out(self, accounts: Iterable[Account]) -> None:
        """Forget also what the kernel keeps for another run."""
        for account in accounts:
            if account.auth.kernel_minutes:
                self._kernel.drop(_kernel_name(account))
        self.close()

    def close(self) -> None:
        """Forget everything that this process keeps."""
        self._kept.clear()
        self._last.clear()
        self._fd_secret = None

    def _none(self, account: Account) -> AuthRefused:
        if any(refused == account.id for refused, _ in self._refused):
            return AuthRefused(
                say("Le mot de passe de {address} a été refusé.", address=account.address),
                remedy=say("Vérifiez-le auprès de votre opérateur ; il n'est pas essayé deux fois."),
            )
        return AuthRefused(
            say("Il n'y a pas de mot de passe pour {address}, et personne à qui le demander.", address=account.address),
            remedy=say("Donnez --password-fd, ou auth.command dans « {id} ».", id=account.id),
        )

    async def _from_fd(self, account: Account) -> _Found:
        if self._fd is None or (self._fd_account and self._fd_account != account.id):
            return None
        if self._fd_secret is None:
            descriptor = self._fd
            data = await in_thread(lambda: _read_and_close(descriptor), FD_SECONDS)
            self._fd_secret = password(data, say("--password-fd"))
        return self._fd_secret, None

    async def _from_command(self, account: Account) -> _Found:
        command = account.auth.command
        if not command:
            return None
        data = await run(command, self._environ)
        way = say("la commande « {command} »", command=clean(command[0], 80))
        if account.auth.method is AuthMethod.TOKEN:
            secret, seconds = token(data, way)
            return secret, time.monotonic() + (seconds - MARGIN_SECONDS if seconds else 0)
        return password(data.split(b"\n", 1)[0], way), None

    async def _from_credentials(self, account: Account) -> _Found:
        directory = self._environ.get("CREDENTIALS_DIRECTORY")
        if not directory:
            return None
        path = Path(directory) / account.id
        try:
            with path.open("rb") as file:
                data = file.read(MAX_SECRET + 1)
        except FileNotFoundError:
            return None
        except OSError as error:
            raise ConfigError(
                say("« {path} » ne peut pas être lu.", path=clean(str(path))), detail=clean(error.strerror or "")
            ) from error
        return password(data, say("« {path} »", path=clean(str(path)))), None

    async def _from_keyring(self, account: Account) -> _Found:
        if not account.auth.keyring:
            return None
        found = await from_keyring(account.address, self._backends)
        return None if found is None else (found, None)

    async def _from_kernel(self, account: Account) -> _Found:
        if not account.auth.kernel_minutes:
            return None
        found = self._kernel.read(_kernel_name(account))
        return None if found is None else (found, None)

    async def _from_user(self, account: Account) -> _Found:
        if self._ask is None:
            return None
        found = await self._ask(account)
        if found is None:
            raise AuthRefused(say("Le mot de passe de {address} n'a pas été donné.", address=account.address))
        if account.auth.kernel_minutes:
            self._kernel.keep(_kernel_name(account), found, account.auth.kernel_minutes)
        return found, None


_Found = tuple[Secret, float | None] | None
"""A secret, and until when (monotonic) it is kept; None: this way has none."""


def _kernel_name(account: Account) -> str:
    return f"mss-tui:{account.address}"


def _digest(secret: Secret) -> bytes:
    return hashlib.sha256(secret.reveal().encode()).digest()


def _read_and_close(descriptor: int) -> bytes:
    try:
        with os.fdopen(descriptor, "rb", buffering=0) as file:
            data = b""
            while len(data) <= MAX_SECRET and (block := file.read(MAX_SECRET + 1 - len(data))):
                data += block
            return data
    except OSError as error:
        raise UsageError(
            say("Le descripteur {number} de --password-fd ne peut pas être lu.", number=descriptor),
            remedy=say("Ouvrez-le avant de lancer mss-tui, comme --password-fd 3 3< <(pass mss/ehpad)."),
        ) from error

"""Runs a profile's command that prints a secret: an argument vector, no shell, no terminal input, a deadline."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
from collections.abc import Mapping, Sequence

from mss_tui.adapters.secrets_value import MAX_TOKEN
from mss_tui.errors import ConfigError, DeadlinePassed
from mss_tui.phrase import say
from mss_tui.text import clean

SECONDS = 30.0
MAX_COMPLAINT = 4096

SEEN = (
    "DBUS_SESSION_BUS_ADDRESS", "DISPLAY", "GNUPGHOME", "GPG_TTY", "HOME", "KRB5CCNAME", "LANG", "LC_ALL", "LOGNAME",
    "PASSWORD_STORE_DIR", "PATH", "SSH_AUTH_SOCK", "TERM", "USER", "VAULT_ADDR", "WAYLAND_DISPLAY", "XDG_CONFIG_HOME",
    "XDG_RUNTIME_DIR",
)  # fmt: skip
"""Variables that password stores need; the command sees no others."""


async def run(command: Sequence[str], environ: Mapping[str, str], seconds: float = SECONDS) -> bytes:
    """What `command` prints, at most a little more than a token may have.

    Raises:
        ConfigError: it is not there, failed, or printed far too much.
        DeadlinePassed: it took longer than `seconds`; it and what it started were ended.
    """
    name = clean(command[0], 80)
    environment = {key: environ[key] for key in SEEN if key in environ}
    try:
        process = await asyncio.create_subprocess_exec(
            *command,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            env=environment,
            process_group=0,
        )
    except (OSError, ValueError) as error:
        raise ConfigError(
            say("La commande « {command} » ne peut pas être lancée.", command=name),
            remedy=say("Corrigez « command » dans la configuration."),
            detail=clean(getattr(error, "strerror", None) or ""),
        ) from error
    try:
        async with asyncio.timeout(seconds):
            printed, complaint = await asyncio.gather(
                _at_most(process.stdout, MAX_TOKEN + 1), _at_most(process.stderr, MAX_COMPLAINT)
            )
            if len(printed) > MAX_TOKEN:
                raise ConfigError(say("La commande « {command} » écrit plus de 16 Ko.", command=name))
            code = await process.wait()
    except TimeoutError as error:
        await _end(process)
        raise DeadlinePassed(
            say("La commande « {command} » n'a pas fini en {seconds} secondes.", command=name, seconds=int(seconds)),
            remedy=say("Lancez-la à la main pour voir ce qu'elle attend."),
        ) from error
    except BaseException:
        await _end(process)
        raise
    if code:
        raise ConfigError(
            say("La commande « {command} » a échoué (code {code}).", command=name, code=code),
            remedy=say("Lancez-la à la main pour voir pourquoi."),
            detail=clean(complaint.decode(errors="replace").strip(), 200),
        )
    return printed


async def _at_most(stream: asyncio.StreamReader | None, limit: int) -> bytes:
    """The first `limit` octets; who prints more is ended by the deadline."""
    found = b""
    while stream is not None and len(found) < limit and (block := await stream.read(limit - len(found))):
        found += block
    return found


async def _end(process: asyncio.subprocess.Process) -> None:
    """End it and everything of its group."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    await process.wait()

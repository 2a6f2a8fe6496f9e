"""Runs a command that the administrator declared on octets: an argument vector, its input, a deadline, no shell.

What is given goes through its standard input alone: nothing of a patient is in its arguments, its environment or a
file.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
from collections.abc import Sequence
from pathlib import PurePath

from mss_tui.errors import ConfigError, DeadlinePassed, UsageError
from mss_tui.phrase import say
from mss_tui.text import clean

MAX_COMPLAINT = 4096
SEEN = ("CUPS_SERVER", "HOME", "LANG", "LC_ALL", "LOGNAME", "PATH", "TESSDATA_PREFIX", "USER", "XDG_RUNTIME_DIR")
"""Variables that the command sees; no others."""


async def feed(command: Sequence[str], octets: bytes, *, seconds: float, most: int) -> bytes:
    """What `command` prints when it is given `octets`, at most `most` octets.

    Raises:
        ConfigError: it is not there.
        UsageError: it failed, or printed more.
        DeadlinePassed: it took longer than `seconds`; it and what it started were ended.
    """
    name = clean(PurePath(command[0]).name, 80)
    try:
        process = await asyncio.create_subprocess_exec(
            *command,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            env={key: os.environ[key] for key in SEEN if key in os.environ},
            process_group=0,
        )
    except (OSError, ValueError) as error:
        raise ConfigError(
            say("La commande « {command} » ne peut pas être lancée.", command=name),
            remedy=say("Demandez à l'administrateur de corriger la configuration."),
            detail=clean(getattr(error, "strerror", None) or ""),
        ) from error
    try:
        async with asyncio.timeout(seconds):
            _, printed, complaint = await asyncio.gather(
                _give(process.stdin, octets), _at_most(process.stdout, most + 1), _drain(process.stderr)
            )
            if len(printed) > most:
                raise UsageError(say("La commande « {command} » écrit trop.", command=name))
            code = await process.wait()
    except TimeoutError as error:
        raise DeadlinePassed(
            say("La commande « {command} » n'a pas fini en {seconds} secondes.", command=name, seconds=int(seconds)),
            remedy=say("Demandez à l'administrateur ce qu'elle attend."),
        ) from error
    finally:
        await _end(process)
    if code:
        raise UsageError(
            say("La commande « {command} » a échoué (code {code}).", command=name, code=code),
            remedy=say("Demandez à l'administrateur pourquoi."),
            detail=clean(complaint.decode(errors="replace").strip(), 200),
        )
    return printed


async def _give(stream: asyncio.StreamWriter | None, octets: bytes) -> None:
    """Write all of it; a command may end before it has read everything: its exit code tells."""
    if stream is None:
        return
    with contextlib.suppress(BrokenPipeError, ConnectionResetError):
        stream.write(octets)
        await stream.drain()
        stream.close()
        await stream.wait_closed()


async def _at_most(stream: asyncio.StreamReader | None, limit: int) -> bytes:
    """The first `limit` octets."""
    found = b""
    while stream is not None and len(found) < limit and (block := await stream.read(limit - len(found))):
        found += block
    return found


async def _drain(stream: asyncio.StreamReader | None) -> bytes:
    """The first complaints; the rest is read, so that the command goes on, and dropped."""
    found = await _at_most(stream, MAX_COMPLAINT)
    while stream is not None and await stream.read(65536):
        pass
    return found


async def _end(process: asyncio.subprocess.Process) -> None:
    """End it, where it still runs, and what it started."""
    if process.returncode is None:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
        await process.wait()

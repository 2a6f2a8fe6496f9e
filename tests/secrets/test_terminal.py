"""The prompt: only where somebody sits, never an echo, and a signal ends it with the terminal as it was."""

from __future__ import annotations

import os
import pty
import signal
import subprocess
import sys
import termios

import pytest

PROGRAM = """
import asyncio, sys
from mss_tui.adapters.secrets_terminal import terminal_prompt
from mss_tui.model.people import Account, Endpoint, MailboxType
from mss_tui.model.policy import Policy
server = Endpoint("127.0.0.1", 143)
account = Account("a", "a@b.mssante.fr", MailboxType.ORG, Policy("p", "p"), server, server)

ask = terminal_prompt(caught=print)
if ask is None:
    sys.exit(3)
try:
    secret = asyncio.run(ask(account))
except asyncio.CancelledError:
    sys.exit(4)
sys.exit(0 if secret is not None and secret.reveal() == "s3cret" else 5)
"""


def _run(answer: bytes) -> tuple[int, bytes, bool]:
    """Exit code, what the terminal showed, and whether it echoes afterwards."""
    pid, terminal = pty.fork()
    if not pid:
        os.execv(sys.executable, [sys.executable, "-c", PROGRAM])
    shown = b""
    try:
        while not shown.endswith(b" : "):
            shown += os.read(terminal, 1000)
        os.write(terminal, answer)
        while block := _read(terminal):
            shown += block
        echo = bool(termios.tcgetattr(terminal)[3] & termios.ECHO)
        code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    except BaseException:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
        raise
    finally:
        os.close(terminal)
    return code, shown, echo


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 1000)
    except OSError:
        return b""


@pytest.mark.terminal
def test_what_is_typed_is_not_shown() -> None:
    code, shown, echo = _run(b"s3cret\n")
    assert (code, echo) == (0, True)
    assert "Mot de passe de a@b.mssante.fr : " in shown.decode()
    assert b"s3cret" not in shown


@pytest.mark.terminal
def test_nothing_typed_is_giving_up() -> None:
    assert _run(b"\n")[0] == 5
    assert _run(b"\x04")[0] == 5


@pytest.mark.terminal
def test_an_interrupt_ends_it() -> None:
    code, shown, echo = _run(b"\x03")
    assert (code, echo) == (4, True)
    assert b"2\r\n" in shown


def test_without_a_terminal_there_is_no_prompt() -> None:
    done = subprocess.run([sys.executable, "-c", PROGRAM], stdin=subprocess.DEVNULL, check=False, timeout=60)
    assert done.returncode == 3
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], stdin=subprocess.DEVNULL, check=False, timeout=60, start_new_session=True
    )
    assert done.returncode == 3

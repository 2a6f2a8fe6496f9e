"""Asks for a password on the terminal, where there is one."""

from __future__ import annotations

import asyncio
import contextlib
import os
import select
import signal
import sys
import termios
from collections.abc import Awaitable, Callable, Iterator
from types import FrameType

from mss_tui.adapters.secrets import Ask
from mss_tui.adapters.secrets_value import MAX_SECRET, password
from mss_tui.model.people import Account, AuthMethod
from mss_tui.phrase import Translate, say
from mss_tui.ports.secrets import Secret

_ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_LOCAL = 3
"""Where the local modes are in what `tcgetattr` gives."""


def terminal_prompt(translate: Translate = str, caught: Callable[[int], None] = lambda _: None) -> Ask | None:
    """A prompt on the controlling terminal; None where nobody sits in front of it.

    A signal that ends programs ends the prompt too: `caught` is told which, then the call is cancelled.
    """
    if not somebody():
        return None

    async def ask(account: Account) -> Secret | None:
        # In the loop's own thread: nothing goes on without the answer, and only here a signal can end the reading
        # and give the terminal its echo back.
        question = say("Mot de passe de {address} : ", address=account.address)
        if account.auth.method is AuthMethod.CERTIFICATE:
            question = say("Mot de passe du certificat de {address} : ", address=account.address)
        return _asked(question.render(translate), caught)

    return ask


def passphrase_prompt(
    translate: Translate, caught: Callable[[int], None], *, new: bool
) -> Callable[[], Awaitable[Secret | None]] | None:
    """As `terminal_prompt`, for the passphrase of the encrypted copy; a new one is typed twice."""
    if not somebody():
        return None

    async def ask() -> Secret | None:
        question = say("Phrase de passe de la copie chiffrée : ")
        if new:
            question = say("Nouvelle phrase de passe, pour la copie chiffrée : ")
        first = _asked(question.render(translate), caught)
        if new and first is not None:
            again = _asked(say("La même, encore une fois : ").render(translate), caught)
            if again is None or again.reveal() != first.reveal():
                return None
        return first

    return ask


def ask_name(question: str, caught: Callable[[int], None] = lambda _: None) -> str:
    """A line typed on the terminal, "" where nobody sits in front of it or nothing is typed."""
    if not (sys.stderr.isatty() and somebody()):
        return ""
    return _typed(question, caught, hidden=False).decode("utf-8", "replace").strip()


def somebody() -> bool:
    """Does somebody sit in front of the controlling terminal?"""
    if not sys.stdin.isatty():
        return False
    try:
        os.close(os.open("/dev/tty", os.O_RDWR | os.O_NOCTTY))
    except OSError:
        return False
    return True


def _asked(question: str, caught: Callable[[int], None]) -> Secret | None:
    """What is typed, unseen; None for nothing."""
    line = _typed(question, caught, hidden=True).removesuffix(b"\n")
    return password(line, say("La saisie")) if line else None


def _typed(question: str, caught: Callable[[int], None], *, hidden: bool) -> bytes:
    """A line of the terminal with its end; what there is of it where the typing ends before.

    Raises:
        asyncio.CancelledError: a signal came.
    """
    terminal = os.open("/dev/tty", os.O_RDWR | os.O_NOCTTY)
    try:
        before = termios.tcgetattr(terminal)
        quiet = [*before[:_LOCAL], before[_LOCAL] & ~termios.ECHO, *before[_LOCAL + 1 :]]
        with _interruptible(caught) as woken:
            try:
                if hidden:
                    termios.tcsetattr(terminal, termios.TCSAFLUSH, quiet)
                os.write(terminal, question.encode())
                return _line(terminal, woken)
            finally:
                if hidden:
                    termios.tcsetattr(terminal, termios.TCSAFLUSH, before)
                    os.write(terminal, b"\n")
    except KeyboardInterrupt:
        raise asyncio.CancelledError from None
    finally:
        os.close(terminal)


def _line(terminal: int, woken: int) -> bytes:
    """Wait for the line; a signal that comes just before the wait ends it too, which a plain `read` would miss."""
    found = b""
    while not found.endswith(b"\n") and len(found) <= MAX_SECRET:
        ready, _, _ = select.select([terminal, woken], [], [])
        if woken in ready:
            os.read(woken, 64)  # its handler raises before the next turn
        elif block := os.read(terminal, MAX_SECRET):
            found += block
        else:
            break
    return found


@contextlib.contextmanager
def _interruptible(caught: Callable[[int], None]) -> Iterator[int]:
    """Signals raise KeyboardInterrupt here, whatever the event loop does with them elsewhere.

    The descriptor given has an octet to read as soon as a signal has come.
    """

    def interrupt(number: int, frame: FrameType | None) -> None:
        caught(number)
        raise KeyboardInterrupt

    woken, wakes = os.pipe()
    os.set_blocking(wakes, False)
    descriptor = signal.set_wakeup_fd(wakes, warn_on_full_buffer=False)
    heard = [number for number in _ENDING if signal.getsignal(number) is not signal.SIG_IGN]
    before = {number: signal.signal(number, interrupt) for number in heard}
    try:
        yield woken
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        signal.set_wakeup_fd(descriptor)
        os.close(woken)
        os.close(wakes)

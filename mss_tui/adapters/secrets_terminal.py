"""Asks for a password on the terminal, where there is one."""

from __future__ import annotations

import asyncio
import contextlib
import getpass
import os
import signal
import sys
from collections.abc import Awaitable, Callable, Iterator
from types import FrameType

from mss_tui.adapters.secrets import Ask
from mss_tui.model.people import Account, AuthMethod
from mss_tui.phrase import Translate, say
from mss_tui.ports.secrets import Secret

_ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def terminal_prompt(translate: Translate = str, caught: Callable[[int], None] = lambda _: None) -> Ask | None:
    """A prompt on the controlling terminal; None where nobody sits in front of it.

    A signal that ends programs ends the prompt too: `caught` is told which, then the call is cancelled.
    """
    if not _somebody():
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
    if not _somebody():
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


def _somebody() -> bool:
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
    try:
        with _interruptible(caught):
            answer = getpass.getpass(question)
    except KeyboardInterrupt:
        raise asyncio.CancelledError from None
    except EOFError:
        return None
    return Secret(answer) if answer else None


def ask_name(question: str, caught: Callable[[int], None] = lambda _: None) -> str:
    """A line typed on the terminal, "" where nobody sits in front of it or nothing is typed."""
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        return ""
    try:
        with _interruptible(caught):
            sys.stderr.write(question)
            sys.stderr.flush()
            return sys.stdin.readline(200).strip()
    except KeyboardInterrupt:
        raise asyncio.CancelledError from None


@contextlib.contextmanager
def _interruptible(caught: Callable[[int], None]) -> Iterator[None]:
    """Signals raise KeyboardInterrupt here, whatever the event loop does with them elsewhere."""

    def interrupt(number: int, frame: FrameType | None) -> None:
        caught(number)
        raise KeyboardInterrupt

    heard = [number for number in _ENDING if signal.getsignal(number) is not signal.SIG_IGN]
    before = {number: signal.signal(number, interrupt) for number in heard}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)

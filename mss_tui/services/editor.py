"""The editor that a person is used to, on the text of a message: which one, and how it runs in our terminal.

It gets the terminal as a job of its own, as a shell would give it: Ctrl+C is for the editor, and Ctrl+Z, for which no
shell waits, brings it back.
"""

from __future__ import annotations

import contextlib
import os
import shlex
import shutil
import signal
import subprocess
import termios
import threading
import time
from collections.abc import Mapping
from pathlib import Path, PurePath
from typing import Any

from mss_tui.errors import ConfigError, UsageError
from mss_tui.model.people import Profile
from mss_tui.phrase import say
from mss_tui.text import clean

_VIM = ("-n", "-i", "NONE", "-c", "silent! set nobackup nowritebackup noswapfile noundofile viminfo= shada=")
_LISP = "(setq make-backup-files nil auto-save-default nil auto-save-list-file-prefix nil create-lockfiles nil)"
QUIET: Mapping[str, tuple[str, ...]] = {
    "vim": _VIM,
    "nvim": _VIM,
    "nano": ("--ignorercfiles",),
    "emacs": ("--eval", _LISP),
    "joe": ("-nobackups",),
}
"""Editors that keep copies or a memory of texts elsewhere, and what stops them."""
STAYS = {"gvim": ("-f", *_VIM), "code": ("--wait",), "codium": ("--wait",)}
"""Those that come back before the text is written, and what makes them stay."""
PATIENCE = 2.0
"""Seconds an editor has to end when the program ends."""


def chosen(profile: Profile, environ: Mapping[str, str]) -> tuple[str, ...]:
    """The editor's command: the profile's, else $VISUAL, else $EDITOR; on a shared host the profile's alone.

    Raises:
        UsageError: none is allowed, or none was chosen.
        ConfigError: the one that was chosen is not there.
    """
    if not profile.external_editor:
        raise UsageError(say("Ce profil n'ouvre pas d'éditeur externe."), remedy=say("Le texte s'écrit ici."))
    command = list(profile.editor)
    if not command and not profile.shared_host:
        wanted = environ.get("VISUAL", "").strip() or environ.get("EDITOR", "").strip()
        try:
            command = shlex.split(wanted)
        except ValueError:
            command = [wanted]
    if not command:
        raise UsageError(
            say("Aucun éditeur n'est choisi."),
            remedy=say("Écrivez {example} dans le profil.", example='editor = ["vim"]')
            if profile.shared_host
            else say("Écrivez {example} dans le profil, ou dites-le par EDITOR.", example='editor = ["vim"]'),
        )
    program = shutil.which(command[0])
    if program is None:
        raise ConfigError(
            say("L'éditeur « {name} » n'est pas sur cette machine.", name=clean(PurePath(command[0]).name, 80)),
            meaning=say("Le message est resté comme il était."),
            remedy=say("Corrigez « editor » dans le profil, ou EDITOR."),
        )
    return (command[0], *_options(program), *command[1:])


def _options(program: str) -> tuple[str, ...]:
    """What keeps a known editor from leaving traces; "vi" may be vim under another name."""
    for name in (PurePath(program).name, PurePath(os.path.realpath(program)).name):
        known = {**QUIET, **STAYS}.get(name.partition(".")[0])
        if known is not None:
            return known
    return ()


class Editing:
    """An editor at work on a file, in the terminal `terminal` (a descriptor)."""

    def __init__(self, command: tuple[str, ...], path: Path, environ: Mapping[str, str], terminal: int) -> None:
        """Start it.

        Raises:
            ConfigError: it cannot be started.
        """
        self._terminal = terminal
        self._going = threading.Event()
        self._going.set()
        self._mode: list[Any] | None = None
        try:
            self._process = subprocess.Popen(
                [*command, path.name],
                cwd=path.parent,
                env={**environ, "TMPDIR": str(path.parent)},
                process_group=0,
            )
        except (OSError, ValueError) as error:
            raise ConfigError(
                say("L'éditeur « {name} » ne peut pas être lancé.", name=clean(PurePath(command[0]).name, 80)),
                meaning=say("Le message est resté comme il était."),
                remedy=say("Corrigez « editor » dans le profil, ou EDITOR."),
                detail=clean(getattr(error, "strerror", None) or ""),
            ) from error
        self._give(self._process.pid)

    def wait(self) -> int:
        """Its exit code, once it has ended; to be called in a thread."""
        while True:
            _, status = os.waitpid(self._process.pid, os.WUNTRACED)
            if not os.WIFSTOPPED(status):
                self._process.returncode = os.waitstatus_to_exitcode(status)
                return self._process.returncode
            time.sleep(0.05)  # it had no terminal yet, or Ctrl+Z was pressed: there is no shell to go to
            if self._going.wait():
                self._signal(signal.SIGCONT)

    def pause(self) -> None:
        """Stop it, and take the terminal from it: the screen is to be locked."""
        self._going.clear()
        self._signal(signal.SIGSTOP)
        with contextlib.suppress(termios.error):
            self._mode = termios.tcgetattr(self._terminal)
        self.take_back()

    def go_on(self) -> None:
        """The terminal as it had it, and word to draw its screen again: on the other screen of the terminal, so that
        nothing of the text stays behind for the shell.
        """
        with contextlib.suppress(termios.error, OSError):
            if self._mode is not None:
                termios.tcsetattr(self._terminal, termios.TCSADRAIN, self._mode)
            os.write(self._terminal, b"\x1b[?1049h")
        self._give(self._process.pid)
        self._going.set()
        self._signal(signal.SIGCONT)
        self._signal(signal.SIGWINCH)

    def hang_up(self) -> None:
        """The program ends: so does the editor."""
        self._going.set()
        self._signal(signal.SIGHUP)
        self._signal(signal.SIGCONT)

    def kill(self) -> None:
        """It did not take the hint."""
        self._signal(signal.SIGKILL)

    def take_back(self) -> None:
        """The terminal is ours again."""
        self._give(os.getpgrp())

    def last_key(self) -> float:
        """When a key was last pressed (seconds since the epoch, to within 8), as `w` tells; 0 where nobody knows."""
        try:
            return os.fstat(self._terminal).st_atime
        except OSError:
            return 0.0

    def _signal(self, number: int) -> None:
        if self._process.returncode is None:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self._process.pid, number)

    def _give(self, group: int) -> None:
        """Who may read the terminal; a program without a terminal of its own has nothing to give."""
        before = signal.signal(signal.SIGTTOU, signal.SIG_IGN)
        try:
            os.tcsetpgrp(self._terminal, group)
        except OSError:
            return
        finally:
            signal.signal(signal.SIGTTOU, before)

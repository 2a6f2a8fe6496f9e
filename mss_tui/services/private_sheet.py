"""A text lent to a program that only knows files: a directory of its own, in memory, and nothing left of it.

The directory is 0700, the file 0600; whatever else the program writes beside it goes too. What a program that was
killed could not remove is removed by the next composer: the directory is locked for as long as its owner lives.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import stat
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from mss_tui.errors import NotFound, UsageError
from mss_tui.phrase import say

PREFIX = "mss-tui-texte-"
NAME = "message.txt"
MAX_OCTETS = 1_000_000
_IN_MEMORY = (" tmpfs ", " ramfs ")


class Sheet:
    """The file of a text, for as long as it is lent."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.path = folder / NAME

    def text(self) -> str:
        """What stands in the file now, as it is; in Windows' Latin alphabet where it is not UTF-8.

        Raises:
            NotFound: it is gone, or no longer an ordinary file.
            UsageError: it is too long for a message.
        """
        try:
            descriptor = os.open(self.path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
            with os.fdopen(descriptor, "rb") as file:
                data = file.read(MAX_OCTETS + 1) if stat.S_ISREG(os.fstat(descriptor).st_mode) else None
        except OSError:
            data = None
        if data is None:
            raise NotFound(
                say("L'éditeur n'a pas laissé de texte."), meaning=say("Le message est resté comme il était.")
            )
        if len(data) > MAX_OCTETS:
            raise UsageError(
                say("Le texte de l'éditeur dépasse {n} Mo.", n=1),
                meaning=say("Le message est resté comme il était."),
                remedy=say("Joignez-le plutôt comme fichier."),
            )
        try:
            return data.decode("utf-8-sig")
        except UnicodeDecodeError:
            return data.decode("cp1252", "replace")


def in_memory(environ: Mapping[str, str]) -> Path | None:
    """A place that is never written to a disk: `$XDG_RUNTIME_DIR`, else /dev/shm; None where there is none."""
    candidates = [Path(environ[name]) for name in ("XDG_RUNTIME_DIR",) if environ.get(name, "").startswith("/")]
    for place in (*candidates, Path("/dev/shm")):  # noqa: S108 - a directory of one's own is made in it
        if place.is_dir() and os.access(place, os.W_OK | os.X_OK) and _is_memory(place):
            return place
    return None


def _is_memory(place: Path) -> bool:
    """Is the file system that holds `place` in memory? What the system does not tell is not."""
    try:
        mounts = Path("/proc/self/mountinfo").read_text("utf-8", "surrogateescape")
        here = place.stat().st_dev
    except OSError:
        return False
    device = f" {os.major(here)}:{os.minor(here)} "
    return any(device in line and any(kind in line for kind in _IN_MEMORY) for line in mounts.splitlines())


@contextlib.contextmanager
def lent(text: str, within: Path) -> Iterator[Sheet]:
    """Lend `text` as a file below `within`; removed at the end, with everything beside it, whatever happens.

    Raises:
        UsageError: nothing can be written there.
    """
    tidy(within)
    try:
        folder = Path(tempfile.mkdtemp(prefix=PREFIX, dir=within))
    except OSError as error:
        raise _unwritable() from error
    lock = -1
    try:
        lock = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        sheet = Sheet(folder)
        descriptor = os.open(sheet.path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8", errors="replace", newline="\n") as file:
            file.write(text)
    except OSError as error:
        shutil.rmtree(folder, ignore_errors=True)
        if lock >= 0:
            os.close(lock)
        raise _unwritable() from error
    try:
        yield sheet
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        os.close(lock)


def tidy(within: Path) -> None:
    """Remove what programs of this user that were killed left there."""
    for folder in within.glob(f"{PREFIX}*"):
        with contextlib.suppress(OSError):
            descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
            try:
                if os.fstat(descriptor).st_uid == os.geteuid():
                    fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    shutil.rmtree(folder, ignore_errors=True)
            finally:
                os.close(descriptor)


def _unwritable() -> UsageError:
    return UsageError(
        say("L'éditeur ne peut pas être ouvert : aucun fichier ne peut être écrit."),
        meaning=say("Le message est resté comme il était."),
        remedy=say("Continuez ici, ou demandez à l'administrateur."),
    )

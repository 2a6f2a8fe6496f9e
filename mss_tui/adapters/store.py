"""Private files: 0600 in 0700, replaced whole, synced, locked; what is damaged is set aside and said (P21, P23).

The parts every store here is made of. Nothing in these files is mail: see ports/store.py.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import stat
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from mss_tui.errors import DeadlinePassed, MssError
from mss_tui.phrase import Phrase, say
from mss_tui.text import clean

Tell = Callable[[Phrase], None]
"""Says something to the user that is no error: a damaged file was set aside."""

MAX_OCTETS = 16_000_000
LOCK_SECONDS = 5.0
_POLL_SECONDS = 0.01


def private_directory(path: Path) -> Path:
    """`path`, made if need be, ours and closed to others.

    Raises:
        MssError: it is somebody else's, or cannot be made.
    """
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        found = path.stat()
        if found.st_uid == os.getuid():
            if stat.S_IMODE(found.st_mode) != 0o700:
                path.chmod(0o700)
            return path
    except OSError as error:
        raise unusable(path, error) from error
    raise MssError(
        say("Le dossier « {path} » appartient à quelqu'un d'autre.", path=clean(str(path))),
        remedy=say("Appelez votre administrateur."),
    )


def open_private(path: Path, flags: int) -> int:
    """A descriptor of the regular file `path`, which is ours; links are not followed.

    Raises:
        OSError: it cannot be opened, or is none of ours.
    """
    descriptor = os.open(path, flags | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK, 0o600)
    found = os.fstat(descriptor)
    if not stat.S_ISREG(found.st_mode) or found.st_uid != os.getuid():
        os.close(descriptor)
        raise PermissionError(1, "not a file of this user", str(path))
    return descriptor


def read_private(path: Path) -> bytes | None:
    """The octets of `path`; None when it is not there.

    Raises:
        OSError: it cannot be read.
        ValueError: it is longer than any of ours.
    """
    try:
        descriptor = open_private(path, os.O_RDONLY)
    except FileNotFoundError:
        return None
    with os.fdopen(descriptor, "rb") as file:
        data = file.read(MAX_OCTETS + 1)
    if len(data) > MAX_OCTETS:
        raise ValueError("too long")
    return data


def replace_private(path: Path, data: bytes) -> None:
    """Put `data` in the place of `path`: after a crash either all of the old or all of the new is there.

    Only under a lock: the name beside it is fixed, so that a crash leaves at most one.

    Raises:
        OSError: it could not be written; the old file is as it was.
    """
    beside = path.with_name(f".{path.name}.new")
    with contextlib.suppress(FileNotFoundError):
        beside.unlink()
    try:
        with os.fdopen(open_private(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL), "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
        sync_directory(path.parent)
    except OSError:
        with contextlib.suppress(OSError):
            beside.unlink()
        raise


def sync_directory(path: Path) -> None:
    """Make names in `path` last."""
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def lock(descriptor: int, path: Path) -> None:
    """Lock an open file for this process alone.

    Raises:
        DeadlinePassed: somebody else held it for `LOCK_SECONDS`.
    """
    deadline = time.monotonic() + LOCK_SECONDS
    while not try_lock(descriptor):
        if time.monotonic() > deadline:
            raise DeadlinePassed(
                say("Un autre programme tient « {path} ».", path=clean(str(path))),
                remedy=say("Fermez l'autre mss-tui, puis recommencez."),
            )
        time.sleep(_POLL_SECONDS)


def try_lock(descriptor: int) -> bool:
    """Lock an open file if nobody else has."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


@contextlib.contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold the lock file `path`; it ends with the process, whatever happens.

    Raises:
        DeadlinePassed: see `lock`.
        OSError: it cannot be made.
    """
    descriptor = open_private(path, os.O_RDWR | os.O_CREAT)
    try:
        lock(descriptor, path)
        yield
    finally:
        os.close(descriptor)


def set_aside(path: Path, tell: Tell) -> None:
    """Give a damaged file another name, and say so."""
    number = 1
    while (aside := path.with_name(f"{path.name}.abime-{number}")).exists():
        number += 1
    path.rename(aside)
    tell(
        say(
            "« {path} » est abîmé ; il est gardé sous « {aside} » et un nouveau commence.",
            path=clean(str(path)),
            aside=clean(aside.name),
        )
    )


def unusable(path: Path, error: OSError) -> MssError:
    """The sentence for a file that cannot be read or written."""
    return MssError(
        say("« {path} » ne peut pas être utilisé.", path=clean(str(path))),
        remedy=say("Libérez de la place sur le disque ou vérifiez les droits, puis recommencez."),
        detail=clean(error.strerror or ""),
    )

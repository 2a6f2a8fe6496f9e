"""Limits that every mss-tui of this host shares: a small file of moments, under a lock (security.md P19, P20).

An administrator makes the place (`/run/mss-tui`, mode 1777, docs/guide/sur-un-serveur-partage.md); without it each
user has one of their own, which their own processes share. A file that cannot be used limits nothing: the limits of
each process still hold.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

from mss_tui.record import dataclass

HOST = Path("/run/mss-tui")
MAX_OCTETS = 16_384

REFUSALS, REFUSALS_WITHIN = 3, timedelta(minutes=15)
"""Refused passwords of one mailbox; operators close an account after five or so."""
CALLS, CALLS_WITHIN = 15, timedelta(seconds=1)
"""Calls to the Annuaire Santé: 17 a second are allowed to an application (annuaire.md §1.1)."""


@dataclass(frozen=True, slots=True)
class Shared:
    """At most `most` moments within `within`, in one file."""

    path: Path
    most: int
    within: timedelta

    def take(self, now: datetime) -> float:
        """Take one; 0 when it was free, else the seconds until one is, and nothing is taken."""
        return self._with(now, take=True, force=False)

    def note(self, now: datetime) -> None:
        """One more, whatever the limit says."""
        self._with(now, take=True, force=True)

    def wait(self, now: datetime) -> float:
        """Seconds until one is free, 0 when one is."""
        return self._with(now, take=False, force=False)

    def _with(self, now: datetime, *, take: bool, force: bool) -> float:
        try:
            descriptor = _opened(self.path)
        except OSError:
            return 0
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            moments = [m for m in _moments(descriptor) if timedelta() <= now - m < self.within]
            if len(moments) >= self.most and not force:
                return (moments[-self.most] + self.within - now).total_seconds()
            if take:
                moments = [*moments, now][-max(self.most, 1) * 2 :]
                data = "".join(f"{moment.timestamp():.6f}\n" for moment in moments).encode()
                os.ftruncate(descriptor, 0)
                os.pwrite(descriptor, data, 0)
        except OSError:
            return 0
        finally:
            os.close(descriptor)
        return 0


def refusals(place: Path, address: str) -> Shared:
    """Refused passwords of a mailbox; its address does not stand in the file's name."""
    name = hashlib.sha256(address.lower().encode()).hexdigest()[:32]
    return Shared(place / f"refus-{name}", REFUSALS, REFUSALS_WITHIN)


def directory_calls(place: Path) -> Shared:
    """Calls to the Annuaire Santé."""
    return Shared(place / "annuaire", CALLS, CALLS_WITHIN)


def place_of(state: Path) -> Path:
    """The host's place where there is one that nobody can take things out of, else the user's own."""
    try:
        found = HOST.lstat()
    except OSError:
        return state / "limites"
    good = stat.S_ISDIR(found.st_mode) and found.st_uid == 0 and found.st_mode & stat.S_ISVTX
    return HOST if good else state / "limites"


def _opened(path: Path) -> int:
    """The file, made where it is not there; never through a link, never something else than a file."""
    flags = os.O_RDWR | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK
    try:
        descriptor = os.open(path, flags)
    except FileNotFoundError:
        if path.parent != HOST:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        try:
            descriptor = os.open(path, flags | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            descriptor = os.open(path, flags)
        else:
            if path.parent == HOST:
                os.fchmod(descriptor, 0o666)
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise OSError
    return descriptor


def _moments(descriptor: int) -> list[datetime]:
    """What stands in the file; a line that is no moment does not count."""
    found: list[datetime] = []
    for line in os.pread(descriptor, MAX_OCTETS, 0).split():
        with contextlib.suppress(ValueError, OverflowError, OSError):
            found.append(datetime.fromtimestamp(float(line), UTC))
    return sorted(found)

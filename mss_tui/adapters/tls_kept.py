"""What authorities said of servers' certificates, kept on this machine: verdicts by chain, lists by address."""

from __future__ import annotations

import hashlib
import json
import os
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from mss_tui.record import dataclass

MAX_LIST = 20_000_000
_MAX_VERDICT = 1_000


@dataclass(frozen=True, slots=True)
class Verdict:
    """Is one of a chain revoked, as of when, and until when that holds."""

    revoked: bool
    as_of: datetime
    until: datetime


class Kept:
    """A directory of them, for the user alone; nothing is kept where it is None or cannot be written."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder

    def verdict(self, digest: str, now: datetime) -> Verdict | None:
        """What was said of a chain, while it holds."""
        found = self.last(digest)
        return found if found is not None and now < found.until else None

    def last(self, digest: str) -> Verdict | None:
        """What was last said of a chain, whether it still holds or not."""
        try:
            found = json.loads(self._read(f"{digest}.json", _MAX_VERDICT))
            as_of, until = (datetime.fromisoformat(found[key]) for key in ("as_of", "until"))
            revoked, known = found["revoked"], as_of.tzinfo is not None and as_of <= until
            return Verdict(revoked, as_of, until) if isinstance(revoked, bool) and known else None
        except (ValueError, TypeError, KeyError):
            return None

    def keep_verdict(self, digest: str, verdict: Verdict) -> None:
        """Keep what was said of a chain."""
        said = {"revoked": verdict.revoked, "as_of": verdict.as_of.isoformat(), "until": verdict.until.isoformat()}
        self._write(f"{digest}.json", json.dumps(said).encode())

    def list_of(self, url: str) -> bytes:
        """The list that was last fetched there, empty where there is none; its signature says whether it is one."""
        return self._read(_name(url), MAX_LIST)

    def keep_list(self, url: str, data: bytes) -> None:
        """Keep a list."""
        self._write(_name(url), data)

    def _read(self, name: str, most: int) -> bytes:
        if self._folder is None:
            return b""
        try:
            with (self._folder / name).open("rb") as file:
                return file.read(most)
        except OSError:
            return b""

    def _write(self, name: str, data: bytes) -> None:
        if self._folder is None:
            return
        aside = self._folder / f".{name}.{os.getpid()}"
        with suppress(OSError):
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            with os.fdopen(os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600), "wb") as file:
                file.write(data)
            aside.replace(self._folder / name)


def _name(url: str) -> str:
    return hashlib.sha256(url.encode()).hexdigest() + ".crl"

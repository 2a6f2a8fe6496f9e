"""Where files are on this machine (XDG base directories)."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import platformdirs

from mss_tui.record import dataclass

APP = "mss-tui"
SITE = Path("/etc") / APP
SHARED_INDEX = Path("/var/lib") / APP / "annuaire.sqlite"


@dataclass(frozen=True, slots=True)
class Places:
    """Paths; none of them need exist.

    `site` is /etc/mss-tui where the administrator made it, so that no variable of the environment leads past its locks.
    """

    config: Path
    site: Path
    state: Path
    indexes: tuple[Path, ...]
    lasting: Path | None = None
    """Where what must outlast the program is (journal, outbox), when `state` does not; None: `state`."""

    @property
    def facts(self) -> Path:
        """The facts file."""
        return self.state / "facts.json"

    @property
    def journal(self) -> Path:
        """The journal."""
        return (self.lasting or self.state) / "journal.jsonl"

    @property
    def outbox(self) -> Path:
        """The directory of outbox records."""
        return (self.lasting or self.state) / "outbox"

    @property
    def acceptances(self) -> Path:
        """What was accepted lately."""
        return self.state / "acceptances.json"

    def copies(self, profile: str) -> Path:
        """The directory of a profile's encrypted copies of mail."""
        return self.state / "cache" / profile

    @property
    def patients(self) -> Path:
        """The registers of information and objections."""
        return self.state / "patients.json"


def places() -> Places:
    """Those of the user who runs the program."""
    return Places(
        config=platformdirs.user_config_path(APP) / "config.toml",
        site=SITE if SITE.is_dir() else platformdirs.site_config_path(APP),
        state=platformdirs.user_state_path(APP),
        indexes=(SHARED_INDEX, platformdirs.user_data_path(APP) / "annuaire.sqlite"),
    )


@contextlib.contextmanager
def passing(places: Places) -> Iterator[Places]:
    """The places of a shared host: what one person leaves behind is gone with them, but the journal and the outbox.

    In memory where the system has such a place (`$XDG_RUNTIME_DIR`, /dev/shm).
    """
    import shutil
    import tempfile

    runtime = os.environ.get("XDG_RUNTIME_DIR", "")
    candidates = (Path(runtime) if runtime else None, Path("/dev/shm"))  # noqa: S108 - mkdtemp makes its own in it
    within = next((path for path in candidates if path is not None and os.access(path, os.W_OK | os.X_OK)), None)
    state = Path(tempfile.mkdtemp(prefix="mss-tui-", dir=within))
    try:
        yield replace(places, state=state, lasting=places.state)
    finally:
        shutil.rmtree(state, ignore_errors=True)

"""Where files are on this machine (XDG base directories)."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import platformdirs

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

    @property
    def facts(self) -> Path:
        """The facts file."""
        return self.state / "facts.json"

    @property
    def journal(self) -> Path:
        """The journal."""
        return self.state / "journal.jsonl"

    @property
    def outbox(self) -> Path:
        """The directory of outbox records."""
        return self.state / "outbox"

    @property
    def acceptances(self) -> Path:
        """What was accepted lately."""
        return self.state / "acceptances.json"


def places() -> Places:
    """Those of the user who runs the program."""
    return Places(
        config=platformdirs.user_config_path(APP) / "config.toml",
        site=SITE if SITE.is_dir() else platformdirs.site_config_path(APP),
        state=platformdirs.user_state_path(APP),
        indexes=(SHARED_INDEX, platformdirs.user_data_path(APP) / "annuaire.sqlite"),
    )

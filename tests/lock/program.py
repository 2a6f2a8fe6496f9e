"""The screens on a desk of fakes whose clock a file moves, as a program of its own for a pseudo-terminal.

Arguments: the file of minutes that have passed, and where the outcome of leaving is written.
"""

from __future__ import annotations

import asyncio
import sys
from datetime import datetime, timedelta
from pathlib import Path

from mss_tui.model.people import Lock
from mss_tui.services.guard import Guard
from mss_tui.tui.app import run
from tests.support.desk import make_desk
from tests.support.fake_mail import NOW

PASSWORD = "motdepasse"


class FileClock:
    """As many minutes after the fixed moment as the file says."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def now(self) -> datetime:
        return NOW + timedelta(minutes=float(self._path.read_text() or "0"))


def main() -> int:
    clock, left = FileClock(Path(sys.argv[1])), Path(sys.argv[2])
    fake = make_desk()
    guard = Guard(Lock(), clock, lambda text: text == PASSWORD)
    code = asyncio.run(run(fake.desk, mouse=False, guard=guard))
    found = fake.facts.of("garde").interrupted
    left.write_text(f"{code} {'brouillon' if found and found.draft else ''}")
    return code


if __name__ == "__main__":
    sys.exit(main())
